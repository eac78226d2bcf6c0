//! The one connection that writes, and how units of work share its commits.
//!
//! Units of work take turns. One that is done does not commit at once: it joins the *group* of those whose changes stand
//! in the open transaction, and queues once more, behind those who wait already. Each of these takes its turn in the same
//! transaction, behind a savepoint of its own, so that one that fails undoes only itself; then whoever of the group
//! comes first commits for all. So nobody ever waits for more to come, and the more wait, the more share a commit.
//!
//! Nobody is told that a commit was made before it is on the disk. If it fails, or if SQLite ends the transaction by
//! itself (a full disk, an I/O error: <https://sqlite.org/lang_transaction.html>, "Response to errors within a
//! transaction"), everybody in the group is told so, and the connection is closed: the next unit of work opens another.

use std::{
    sync::{Arc, Mutex as Lock, PoisonError},
    time::Duration,
};

use rusqlite::Connection;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard, oneshot},
    task::spawn_blocking,
};

use super::{File, failed, is_busy, row};

/// How long the beginning of a transaction waits for another process that is writing (an import, an administrator's
/// command).
const PATIENCE: Duration = Duration::from_millis(1_500);

/// What a member of a group is told: whether its changes are on the disk.
type Outcome = Result<(), DbErr>;

/// Whose turn it is. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    file: File,
    turn: Arc<Mutex<Turn>>,
}

impl Writer {
    /// Opens the connection, so that a file that cannot be written is known at once.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub(in crate::store) fn open(file: File) -> Result<Self, DbErr> {
        let turn = Turn { connection: Some(file.open_for_writing()?), group: Vec::new() };
        Ok(Self { file, turn: Arc::new(Mutex::new(turn)) })
    }

    /// Begins a unit of work when its turn has come. The caller bounds the wait.
    ///
    /// # Errors
    /// If the file cannot be opened, or another process writes for too long.
    pub(in crate::store) async fn begin(&self) -> Result<Unit, DbErr> {
        let mut turn = self.turn.clone().lock_owned().await;
        if turn.connection.is_none() {
            turn.connection = Some(self.file.open_for_writing()?);
        }
        if turn.connection()?.is_autocommit() {
            turn = begin_transaction(turn).await?;
        }
        turn.run("SAVEPOINT unit")?;
        Ok(Unit { turn: Lock::new(Some(turn)), writer: self.clone() })
    }

    /// Commits for those whose changes stand in the open transaction, unless somebody has done it already.
    async fn flush(&self) {
        let mut turn = self.turn.clone().lock_owned().await;
        // It waits for the disk: not on a thread that others need.
        let _ = spawn_blocking(move || turn.commit()).await;
    }
}

/// Begins the transaction; waits for another process that is writing, but not on a thread that others need.
async fn begin_transaction(turn: OwnedMutexGuard<Turn>) -> Result<OwnedMutexGuard<Turn>, DbErr> {
    let begin = |connection: &Connection| connection.execute_batch("BEGIN IMMEDIATE");
    match begin(turn.connection()?) {
        Ok(()) => return Ok(turn),
        Err(error) if is_busy(&error) => {}
        Err(error) => return Err(failed(&error)),
    }
    let patiently = move || {
        let connection = turn.connection()?;
        let begun = connection.busy_timeout(PATIENCE).and_then(|()| begin(connection));
        begun.and(connection.busy_timeout(Duration::ZERO)).map_err(|error| failed(&error))?;
        Ok(turn)
    };
    spawn_blocking(patiently).await.map_err(|ended| DbErr::Custom(ended.to_string()))?
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
        self.connection.as_ref().ok_or_else(|| DbErr::Exec(RuntimeErr::Internal("the transaction has ended".to_owned())))
    }

    fn run(&self, sql: &str) -> Outcome {
        let run = |connection: &Connection| connection.prepare_cached(sql)?.raw_execute();
        run(self.connection()?).map(|_| ()).map_err(|error| failed(&error))
    }

    /// Runs a statement of a unit of work. If SQLite ended the transaction with it, that is the end for the group too.
    fn statement<T>(&mut self, run: impl FnOnce(&Connection) -> Result<T, DbErr>) -> Result<T, DbErr> {
        let result = run(self.connection()?);
        if let Err(error) = &result
            && self.connection()?.is_autocommit()
        {
            self.end(&Err(error.clone()));
        }
        result
    }

    /// Lets a unit of work that is done join the group.
    fn join(&mut self) -> Result<oneshot::Receiver<Outcome>, DbErr> {
        if let Err(error) = self.run("RELEASE unit") {
            self.end(&Err(error.clone()));
            return Err(error);
        }
        let (tell, told) = oneshot::channel();
        self.group.push(tell);
        Ok(told)
    }

    /// Undoes a unit of work that was given up, and nothing else.
    fn undo(&mut self) {
        let undone = if self.group.is_empty() {
            self.run("ROLLBACK")
        } else {
            self.run("ROLLBACK TO unit").and_then(|()| self.run("RELEASE unit"))
        };
        if self.connection.is_some() && undone.is_err() {
            self.end(&undone);
        }
    }

    fn commit(&mut self) {
        if !self.group.is_empty() {
            let outcome = self.run("COMMIT");
            self.end(&outcome);
        }
    }

    /// The transaction has ended, well or badly: tells the group. After a bad end nothing of the connection is used again;
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

/// A unit of work: statements between a savepoint and its release. Dropped without a commit, it is undone.
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
        let lost = || DbErr::Exec(RuntimeErr::Internal("the writer has stopped".to_owned()));
        let mut told = self.take().ok_or_else(lost)?.join()?;
        let unfinished = Unfinished(Some(self.writer.clone()));
        let outcome = tokio::select! {
            biased;
            outcome = &mut told => outcome,
            () = self.writer.flush() => told.await,
        };
        unfinished.done();
        outcome.map_err(|_| lost())?
    }

    fn take(&self) -> Option<OwnedMutexGuard<Turn>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn statement<T>(&self, run: impl FnOnce(&Connection) -> Result<T, DbErr>) -> Result<T, DbErr> {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match turn.as_mut() {
            Some(turn) => turn.statement(run),
            None => Err(DbErr::Exec(RuntimeErr::Internal("the unit of work is over".to_owned()))),
        }
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        if let Some(mut turn) = self.take() {
            turn.undo();
        }
    }
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

#[async_trait::async_trait]
impl ConnectionTrait for Unit {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.statement(|connection| row::execute(connection, &statement))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.statement(|connection| row::execute_batch(connection, sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.statement(|connection| row::query_one(connection, &statement))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.statement(|connection| row::query(connection, &statement))
    }
}
