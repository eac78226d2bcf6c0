//! The one connection that writes, and how units of work share its commits.
//!
//! Units of work take turns. One that is done does not commit at once: it joins the *group* of those whose changes stand
//! in the open transaction, and queues once more, behind those who wait already. Each of these takes its turn in the same
//! transaction, behind a savepoint of its own, so that one that fails undoes only itself; then whoever of the group
//! comes first commits for all. So nobody ever waits for more to come, and the more wait, the more share a commit.
//!
//! The first one has no savepoint: to undo it is to undo the transaction. Behind a savepoint SQLite keeps each page as it was
//! in a list in memory, and goes through that list from its beginning whenever a statement ends that could have failed half-way
//! (`memjrnlTruncate`): nothing for some rows, most of the time for some hundred. So whoever writes many begins a transaction
//! ([`Writer::apart`]).
//!
//! Nobody is told that a commit was made before it is on the disk. If it fails, or if SQLite ends the transaction by
//! itself (a full disk, an I/O error: <https://sqlite.org/lang_transaction.html>, "Response to errors within a
//! transaction"), everybody in the group is told so, and the connection is closed: the next unit of work opens another.

use std::{
    sync::{
        Arc, Mutex as Lock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use rusqlite::Connection;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, ProxyExecResult, ProxyRow, QueryResult, Statement};
use serde::de::DeserializeOwned;
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard, oneshot},
    task::spawn_blocking,
};

use super::{
    super::{cells::Rows, patience::BUSY},
    Location,
    failure::{connecting, executing, locked},
    gone, row,
};
use crate::store::{LOCKED, SILENT, interruption};

/// What a member of a group is told: whether its changes are on the disk.
type Outcome = Result<(), DbErr>;

/// The line of those who wait to write. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    location: Location,
    turn: Arc<Mutex<Turn>>,
    /// Whether another process was found to be writing, and nobody has written since.
    locked: Arc<AtomicBool>,
    /// Whether a commit waits for the disk on the thread that asks for it.
    alone: bool,
    /// Whether units of work begin a transaction each.
    apart: bool,
}

impl Writer {
    /// Opens the connection, so that a file that cannot be written is known at once.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub(in crate::store) fn open(location: Location) -> Result<Self, DbErr> {
        let turn = Turn { connection: Some(location.create()?), group: Vec::new() };
        Ok(Self { location, turn: Arc::new(Mutex::new(turn)), locked: Arc::default(), alone: false, apart: false })
    }

    /// The same line, for whoever writes much at a time: each unit of work is the first of its transaction. Others may still join
    /// its commit.
    pub(in crate::store) fn apart(self) -> Self {
        Self { apart: true, ..self }
    }

    /// The same line, for whoever has one thread alone.
    pub(in crate::store) fn on_one_thread(self) -> Self {
        Self { alone: true, ..self }
    }

    /// Begins a unit of work when its turn has come. The caller bounds the wait.
    ///
    /// # Errors
    /// If the file cannot be opened, or another process writes for too long.
    pub(in crate::store) async fn begin(&self) -> Result<Unit, DbErr> {
        let mut turn = self.turn.clone().lock_owned().await;
        if self.apart {
            turn = self.commit(turn).await?;
        }
        let unit = Unit { turn: Lock::new(Some(turn)), writer: self.clone() };
        match unit.begin(Duration::ZERO) {
            Err(error) if interruption(&error) == Some(LOCKED) => self.locked.store(true, Ordering::Relaxed),
            begun => {
                self.locked.store(false, Ordering::Relaxed);
                return begun.map(|()| unit);
            }
        }
        // Another process is writing (an import, an administrator's command). It is not waited for on a thread that others
        // need; and whoever gives up waiting leaves nothing open, because a unit of work that is dropped is undone.
        let patiently = move || {
            unit.begin(BUSY)?;
            unit.writer.locked.store(false, Ordering::Relaxed);
            Ok(unit)
        };
        spawn_blocking(patiently).await.map_err(|ended| DbErr::Custom(ended.to_string()))?
    }

    /// Why nobody's turn has come, for whoever has given up waiting for it: it is what the one whose turn it is waits for.
    pub(in crate::store) fn explain(&self, given_up: DbErr) -> DbErr {
        if self.locked.load(Ordering::Relaxed) && interruption(&given_up) == Some(SILENT) { locked() } else { given_up }
    }

    /// Moves all that stands in the log to its place: the file alone holds everything then, and a copy of it is whole.
    ///
    /// # Errors
    /// If somebody reads or writes for too long, or the disk has no room.
    pub(in crate::store) async fn settle(&self) -> Result<(), DbErr> {
        let (mut turn, location) = (self.turn.clone().lock_owned().await, self.location.clone());
        let settled = spawn_blocking(move || {
            turn.commit();
            let connection = turn.connection.take().map_or_else(|| location.open_for_writing(), Ok)?;
            let busy: bool = connection
                .busy_timeout(BUSY)
                .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)))
                .map_err(executing)?;
            if busy { Err(locked()) } else { Ok(()) }
        });
        settled.await.map_err(|ended| DbErr::Custom(ended.to_string()))?
    }

    /// Commits for those whose changes stand in the open transaction, unless somebody has done it already.
    async fn flush(&self) {
        let turn = self.turn.clone().lock_owned().await;
        let _ = self.commit(turn).await;
    }

    /// The same, for whoever has the turn, and keeps it.
    async fn commit(&self, mut turn: OwnedMutexGuard<Turn>) -> Result<OwnedMutexGuard<Turn>, DbErr> {
        if turn.group.is_empty() {
            return Ok(turn);
        }
        let commit = move || {
            turn.commit();
            turn
        };
        if self.alone {
            return Ok(commit());
        }
        // It waits for the disk: not on a thread that others need.
        spawn_blocking(commit).await.map_err(|ended| DbErr::Custom(ended.to_string()))
    }
}

/// What is handed from one unit of work to the next.
struct Turn {
    /// None after it was closed, until somebody needs it.
    connection: Option<Connection>,
    /// Those whose changes stand in the open transaction, to be told when they are on the disk.
    group: Vec<oneshot::Sender<Outcome>>,
}

impl Turn {
    fn connection(&self) -> Result<&Connection, DbErr> {
        self.connection.as_ref().ok_or_else(|| gone("the transaction has ended"))
    }

    fn run(&self, sql: &str) -> Outcome {
        let run = |connection: &Connection| connection.prepare_cached(sql)?.raw_execute();
        run(self.connection()?).map(drop).map_err(executing)
    }

    /// Begins a unit of work: a transaction, or in the one of the group. Waits so long for another process.
    fn begin(&mut self, location: &Location, patience: Duration) -> Outcome {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => location.open_again()?,
        };
        let connection = self.connection.insert(connection);
        connection.busy_timeout(patience).map_err(connecting)?;
        self.run(if self.group.is_empty() { "BEGIN IMMEDIATE" } else { "SAVEPOINT unit" })
    }

    /// Runs a statement of a unit of work. If the transaction ended with it, that is the end for the group too.
    fn statement<T>(&mut self, run: impl FnOnce(&Connection) -> Result<T, DbErr>) -> Result<T, DbErr> {
        let connection = self.connection()?;
        let mut result = run(connection);
        if connection.is_autocommit() {
            let error = result.err().unwrap_or_else(|| gone("the transaction was rolled back"));
            self.end(&Err(error.clone()));
            result = Err(error);
        }
        result
    }

    /// Lets a unit of work that is done join the group.
    fn join(&mut self) -> Result<oneshot::Receiver<Outcome>, DbErr> {
        let joined = if self.group.is_empty() { Ok(()) } else { self.run("RELEASE unit") };
        if let Err(error) = joined {
            self.end(&Err(error.clone()));
            return Err(error);
        }
        Ok(self.listen())
    }

    /// Will be told what becomes of the group.
    fn listen(&mut self) -> oneshot::Receiver<Outcome> {
        let (tell, told) = oneshot::channel();
        self.group.push(tell);
        told
    }

    /// Undoes a unit of work that was given up, and nothing else.
    fn undo(&mut self) -> Outcome {
        if self.connection().map_or(true, Connection::is_autocommit) {
            return Ok(());
        }
        let undone = if self.group.is_empty() {
            self.run("ROLLBACK")
        } else {
            self.run("ROLLBACK TO unit").and_then(|()| self.run("RELEASE unit"))
        };
        if undone.is_err() {
            self.end(&undone);
        }
        undone
    }

    fn commit(&mut self) {
        if !self.group.is_empty() {
            let outcome = self.run("COMMIT");
            self.end(&outcome);
        }
    }

    /// The transaction has ended, well or badly: notifies the group. After a bad end nothing of the connection is used again;
    /// closing it undoes what may still be open.
    fn end(&mut self, outcome: &Outcome) {
        if outcome.is_err() {
            self.connection = None;
        }
        for member in self.group.drain(..) {
            // Whoever does not listen any more has given up.
            let _ = member.send(outcome.clone());
        }
    }
}

/// A unit of work: statements that are done together or not at all. Dropped without a commit, it is undone.
pub struct Unit {
    /// None when it has been given on. A lock, because SeaORM lends connections to several threads; one has it at a time.
    turn: Lock<Option<OwnedMutexGuard<Turn>>>,
    writer: Writer,
}

impl Unit {
    /// Makes everything durable.
    ///
    /// # Errors
    /// If it is not; then nothing was written.
    pub(in crate::store) async fn commit(self) -> Outcome {
        let told = self.take().ok_or_else(over)?.join()?;
        self.wait(told).await
    }

    /// Gives everything up, and waits until what this unit of work has read of others is on the disk: an answer may rest
    /// on that.
    ///
    /// # Errors
    /// If it is not.
    pub(in crate::store) async fn abandon(self) -> Outcome {
        let mut turn = self.take().ok_or_else(over)?;
        turn.undo()?;
        if turn.group.is_empty() {
            return Ok(());
        }
        let told = turn.listen();
        drop(turn);
        self.wait(told).await
    }

    /// Waits for the group's commit, or makes it.
    async fn wait(&self, mut told: oneshot::Receiver<Outcome>) -> Outcome {
        let unfinished = Unfinished(Some(self.writer.clone()));
        let outcome = tokio::select! {
            biased;
            outcome = &mut told => outcome,
            () = self.writer.flush() => told.await,
        };
        unfinished.done();
        outcome.map_err(|_| gone("the writer has stopped"))?
    }

    fn take(&self) -> Option<OwnedMutexGuard<Turn>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn with<T>(&self, act: impl FnOnce(&mut Turn) -> Result<T, DbErr>) -> Result<T, DbErr> {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        turn.as_mut().map_or_else(|| Err(over()), |turn| act(turn))
    }

    fn begin(&self, patience: Duration) -> Outcome {
        self.with(|turn| turn.begin(&self.writer.location, patience))
    }

    /// Runs a statement whose rows nobody wants.
    pub(super) fn execute(&self, statement: &Statement) -> Result<ProxyExecResult, DbErr> {
        self.with(|turn| turn.statement(|connection| row::execute(connection, statement)))
    }

    /// Every row that a statement returns.
    pub(super) fn query(&self, statement: &Statement) -> Result<Vec<ProxyRow>, DbErr> {
        self.with(|turn| turn.statement(|connection| row::query(connection, statement)))
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        if let Some(mut turn) = self.take() {
            // What else could be done about it has been.
            let _ = turn.undo();
        }
    }
}

fn over() -> DbErr {
    gone("the unit of work is over")
}

/// Stands for a member of a group until it is told the outcome. Whoever is given up before that has its group committed
/// by somebody else: an open transaction must not be left behind.
struct Unfinished(Option<Writer>);

impl Unfinished {
    fn done(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let (Some(writer), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(async move { writer.flush().await });
        }
    }
}

#[async_trait]
impl ConnectionTrait for Unit {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.execute(&statement).map(Into::into)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let executed = self.with(|turn| turn.statement(|connection| row::execute_batch(connection, sql)));
        executed.map(Into::into)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        // To its end, even if nobody wants more than a row: it may be an UPDATE.
        Ok(self.query(&statement)?.into_iter().next().map(Into::into))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        Ok(self.query(&statement)?.into_iter().map(Into::into).collect())
    }
}

impl Rows for Unit {
    async fn rows<R: DeserializeOwned + Send>(&self, statement: Statement) -> Result<Vec<Option<R>>, DbErr> {
        self.with(|turn| turn.statement(|connection| row::read(connection, &statement)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = "CREATE TABLE parent (id integer PRIMARY KEY); \
         CREATE TABLE child (parent integer REFERENCES parent DEFERRABLE INITIALLY DEFERRED)";

    async fn write(writer: &Writer, sql: &str) {
        let unit = writer.begin().await.unwrap();
        unit.execute_unprepared(sql).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// A database with a table of blobs, and how large its log is.
    async fn with_blobs() -> (tempfile::TempDir, Location, Writer, impl Fn() -> u64) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("flowthrough.db");
        let location = Location::new(file.to_str().unwrap());
        let writer = Writer::open(location.clone()).unwrap();
        write(&writer, "CREATE TABLE blob (bytes blob)").await;
        let log = file.with_extension("db-wal");
        (folder, location, writer, move || std::fs::metadata(&log).unwrap().len())
    }

    const MEGABYTE: &str = "INSERT INTO blob VALUES (zeroblob(1048576));";

    #[tokio::test]
    async fn after_a_failure_the_log_gives_its_room_back() {
        let (_folder, location, writer, size) = with_blobs().await;
        // Whoever closes a database's last connection empties the log.
        let _reader = location.open_for_reading().unwrap();
        write(&writer, MEGABYTE).await;
        assert!(size() > 1 << 20);
        // As SQLite does when the disk is full.
        writer.begin().await.unwrap().execute_unprepared("ROLLBACK").await.unwrap_err();
        write(&writer, "INSERT INTO blob VALUES (NULL)").await;
        assert!(size() < 1 << 18, "{}", size());
    }

    #[tokio::test]
    async fn a_log_that_nothing_could_be_moved_from_gives_its_room_back() {
        let (_folder, location, writer, size) = with_blobs().await;
        let reader = location.open_for_reading().unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM blob").unwrap();
        write(&writer, &MEGABYTE.repeat(70)).await;
        let usual = u64::from(super::super::LOG);
        assert!(size() > usual);
        drop(reader);
        for _ in 0..2 {
            write(&writer, "INSERT INTO blob VALUES (NULL)").await;
        }
        assert!(size() <= usual, "{}", size());
    }

    #[tokio::test]
    async fn whoever_waits_behind_one_that_is_locked_out_knows_for_what() {
        let (_folder, location, writer, _) = with_blobs().await;
        let cause = || interruption(&writer.explain(gone("no answer in time")));
        assert_eq!(cause(), Some(SILENT));
        let other = location.open_for_writing().unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(50), writer.begin()).await.is_err());
        assert_eq!(cause(), Some(LOCKED));
        other.execute_batch("ROLLBACK").unwrap();
        write(&writer, MEGABYTE).await;
        assert_eq!(cause(), Some(SILENT));
    }

    #[tokio::test]
    async fn what_is_settled_stands_in_the_file() {
        let (_folder, location, writer, size) = with_blobs().await;
        let _reader = location.open_for_reading().unwrap();
        write(&writer, MEGABYTE).await;
        assert!(size() > 0);
        writer.settle().await.unwrap();
        assert_eq!(size(), 0);
        write(&writer, MEGABYTE).await;
    }

    /// Whether a unit of work stands behind a savepoint.
    async fn is_behind_others(unit: &Unit) -> bool {
        unit.execute_unprepared("RELEASE unit; SAVEPOINT unit").await.is_ok()
    }

    #[tokio::test]
    async fn the_first_of_a_transaction_needs_no_savepoint_and_whoever_writes_much_is_the_first() {
        let (_folder, _location, writer, _) = with_blobs().await;
        for apart in [false, true] {
            let first = writer.begin().await.unwrap();
            assert!(!is_behind_others(&first).await);
            first.execute_unprepared("INSERT INTO blob VALUES (NULL)").await.unwrap();
            let queued = if apart { writer.clone().apart() } else { writer.clone() };
            let second = tokio::spawn(async move { queued.begin().await.unwrap() });
            // It stands in the queue now.
            tokio::task::yield_now().await;
            let (first, ()) = tokio::join!(first.commit(), async {
                let second = second.await.unwrap();
                assert_eq!(is_behind_others(&second).await, !apart);
                second.execute_unprepared("DELETE FROM blob").await.unwrap();
                drop(second);
            });
            first.unwrap();
        }
        let blobs = Statement::from_string(DbBackend::Sqlite, "SELECT bytes FROM blob");
        let given_up = writer.begin().await.unwrap();
        assert_eq!(given_up.query(&blobs).unwrap().len(), 2, "who gives up undoes itself alone");
        given_up.execute_unprepared("DELETE FROM blob").await.unwrap();
        drop(given_up);
        assert_eq!(writer.begin().await.unwrap().query(&blobs).unwrap().len(), 2);
    }

    /// How many children a unit of work sees.
    fn children(unit: &Unit) -> usize {
        unit.query(&Statement::from_string(DbBackend::Sqlite, "SELECT parent FROM child")).unwrap().len()
    }

    #[tokio::test]
    async fn what_others_have_written_is_answered_for_only_when_it_is_durable() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::new(folder.path().join("flowthrough.db").to_str().unwrap());
        let writer = Writer::open(location).unwrap();
        let schema = writer.begin().await.unwrap();
        schema.execute_unprepared(SCHEMA).await.unwrap();
        schema.commit().await.unwrap();
        // The commit of one whose parent is missing fails.
        for (parent, durable) in [("NULL", true), ("7", false)] {
            let first = writer.begin().await.unwrap();
            first.execute_unprepared(&format!("INSERT INTO child VALUES ({parent})")).await.unwrap();
            let seen = children(&first);
            let queued = writer.clone();
            let second = tokio::spawn(async move { queued.begin().await.unwrap() });
            // It stands in the queue now.
            tokio::task::yield_now().await;
            let (first, second) = tokio::join!(first.commit(), async {
                let second = second.await.unwrap();
                assert_eq!(children(&second), seen, "it is in the same transaction");
                second.abandon().await
            });
            assert_eq!((first.is_ok(), second.is_ok()), (durable, durable));
        }
        assert_eq!(children(&writer.begin().await.unwrap()), 1);
    }
}
