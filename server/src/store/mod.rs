//! The database: SQLite embedded by default, PostgreSQL when several replicas share the work.
//!
//! Reads go through [`Store::read`]. Every write is a [`Work`]: one transaction that holds state, history and the task
//! that follows from it, and that tells open pages and the worker when it has been committed.

pub mod entity;
mod migration;
pub mod replicas;
mod work;

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, DbErr};
use sea_orm_migration::MigratorTrait;

use crate::{live::Live, throttle::Memory};
pub use work::{Actor, Step, Whose, Work};

/// How long a statement waits for a lock or a free connection before it fails.
const PATIENCE: Duration = Duration::from_secs(10);

/// The advisory lock of migrations on PostgreSQL: any number that nobody else uses in this database.
const MIGRATION_LOCK: i64 = 0x466c_6f77_7468;

/// A connected database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    live: Live,
    tries: Memory,
}

impl Store {
    /// Connects to `sqlite:path/to/file.db` (created if missing) or `postgres://…`.
    ///
    /// # Errors
    /// If the database cannot be reached or opened.
    pub async fn connect(url: &str, live: Live) -> Result<Self, DbErr> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let url = format!("sqlite:{}?mode=rwc", path.trim_start_matches("//"));
            // SQLite has one writer; queueing for it here is fairer than SQLite's own busy loop. Readers see the last
            // commit meanwhile (WAL).
            let writer = Database::connect(sqlite(&url, 1)).await?;
            let reader = Database::connect(sqlite(&url, 4)).await?;
            Ok(Self { reader, writer, live, tries: Memory::default() })
        } else {
            let mut options = ConnectOptions::new(url);
            options.max_connections(16).acquire_timeout(PATIENCE).sqlx_logging(false);
            let pool = Database::connect(options).await?;
            Ok(Self { reader: pool.clone(), writer: pool, live, tries: Memory::default() })
        }
    }

    /// Brings the schema up to date, in one transaction: the disk is waited for once, and a half-made schema is never
    /// seen. Of replicas that start together, one migrates and the others wait for it.
    ///
    /// # Errors
    /// If a migration fails; then nothing has changed.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        let work = self.work().await?;
        if self.backend() == DbBackend::Postgres {
            work.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
        }
        migration::Migrator::up(&*work, None).await?;
        work.commit().await
    }

    /// For reading: never blocked by a writer.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a unit of work: the only way to write.
    ///
    /// # Errors
    /// If no connection is free in time or the database is gone.
    pub async fn work(&self) -> Result<Work, DbErr> {
        Work::begin(&self.writer, self.live.clone()).await
    }

    /// Where changes are told.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// What this server remembers of the tries that are counted here.
    #[must_use]
    pub fn tries(&self) -> &Memory {
        &self.tries
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.ping().await
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }
}

fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(PATIENCE)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .journal_mode(SqliteJournalMode::Wal)
                // A commit that was answered survives a power cut, not only a crash: "accepted" is a promise.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(PATIENCE)
                .foreign_keys(true)
        });
    options
}
