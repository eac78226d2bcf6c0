//! The database: SQLite embedded by default, PostgreSQL when several replicas share the work.
//!
//! Reads go through [`Store::read`]. Every write is a [`Work`]: one transaction that holds state, history and the task
//! that follows from it, and that notifies open pages and the worker when it has been committed. Neither waits without an
//! end, and a database that cannot be used is told apart from one that says no ([`interruption()`]).

pub mod adapter_account;
pub mod administrator;
pub mod admission;
pub mod api_token;
pub mod assignment;
pub mod audit;
pub mod backup;
pub mod billing_report;
pub mod broadworks_outage;
pub mod bulk_job;
mod calls;
mod cells;
pub mod clock;
pub mod counter;
pub mod customer;
pub mod daily_count;
pub mod deletion_count;
pub mod directory_account;
pub mod directory_place;
pub mod directory_sync;
mod driver;
mod due;
mod entity;
pub mod external_user;
mod health;
pub mod history;
pub mod hub_session;
pub mod hub_sign_in;
pub mod idempotency_key;
pub mod ids;
mod interruption;
pub mod invitation;
pub mod kept_secret;
pub mod lease;
pub mod logo;
pub mod migration;
mod mishap;
pub mod oidc_sign_in;
mod page;
pub mod partner;
pub mod passkey;
pub mod passkey_ceremony;
mod patience;
pub mod person;
pub mod portal_session;
mod postgres;
pub mod proof;
mod pulse;
mod reader;
pub mod recovery_code;
pub mod replicas;
mod row;
pub mod saved_view;
pub mod search;
pub mod second_factor;
pub mod server_key;
pub mod setup_link;
mod sqlite;
mod subject;
pub mod subscriber;
pub mod task;
pub mod template;
mod tenant;
pub mod throttle;
mod transaction;
mod trouble;
pub mod usage;
pub mod user_id;
pub mod webhook;
pub mod webhook_delivery;
mod work;
pub mod workspace;

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

use self::{
    calls::Calls,
    driver::Driver,
    health::Health,
    migration::{Migration, Schema},
    patience::Patience,
    reader::Readers,
    sqlite::{DatabaseFile, Location, Migrations},
    transaction::Writer,
};
use crate::{access::throttle::Memory, handover::Handover, live::Live, metrics::Metrics};
pub use administrator::Administrator;
pub use api_token::ApiToken;
pub use billing_report::BillingReport;
pub use cells::Rows;
pub use customer::Customer;
pub use directory_account::DirectoryAccount;
pub use directory_place::DirectoryPlace;
pub use directory_sync::DirectorySync;
pub use driver::is_taken;
pub use ids::{
    AdministratorId, ApiTokenId, AuditEventId, BillingReportId, BulkJobId, CustomerId, OwnerId, PartnerId, PasskeyId,
    ProofId, StepId, SubscriberId, TaskId, TemplateId, UsageId, WebhookId, WorkspaceId,
};
pub use interruption::{BROKEN_OFF, CONTENDED, DAMAGED, LOCKED, SILENT, SLOW, interruption, is_away, why};
pub use mishap::{Call, Mishap, Mishaps};
pub use page::{Page, Window};
pub use partner::Partner;
pub use patience::at_the_door;
pub use postgres::Pools;
pub use reader::Reader;
pub use row::leave_out;
pub use sea_orm::DbErr;
pub use sqlite::Effort;
pub use subject::{Stored, Subject};
pub use subscriber::Subscriber;
pub use template::Template;
pub use tenant::Tenant;
pub use transaction::Transaction;
pub use trouble::{Trouble, Unreadable};
pub use webhook::Webhook;
pub use webhook_delivery::WebhookDelivery;
pub use work::{Actor, Owner, Step, Work};
pub use workspace::Workspace;

/// Of whom a query is asked: what reads, or an open unit of work.
pub trait Database: ConnectionTrait {}

impl<D: ConnectionTrait> Database for D {}

/// A connected database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    reader: Reader,
    writer: Writer,
    /// What [`Store::patiently`] uses instead.
    background: (Reader, Writer),
    calls: Calls,
    file: Option<Arc<DatabaseFile>>,
    live: Live,
    tries: Memory,
    handover: Handover,
}

impl Store {
    /// Connects to `sqlite:path/to/file.db` (created if missing) or `postgres://…`.
    ///
    /// # Errors
    /// If the database cannot be reached or opened.
    pub async fn connect(url: &str, live: Live) -> Result<Self, DbErr> {
        Self::connect_with(url, live, Pools::default()).await
    }

    /// The same, with so many connections to PostgreSQL.
    ///
    /// # Errors
    /// If the database cannot be reached or opened.
    pub async fn connect_with(url: &str, live: Live, pools: Pools) -> Result<Self, DbErr> {
        let backend = if sqlite::path(url).is_some() { DbBackend::Sqlite } else { DbBackend::Postgres };
        let (health, metrics) = (Arc::new(Health::new(sqlite::path(url).map(sqlite::mark))), Metrics::default());
        let calls = Calls {
            patience: Patience::of_requests(backend),
            health,
            metrics: metrics.clone(),
            mishaps: None,
            witness: None,
        };
        let patient = calls.patiently();
        let (requests, background, file): ((Readers, Writer), (Readers, Writer), _) = match sqlite::path(url) {
            Some(path) => {
                sqlite::keep_private(path);
                sqlite::keep_log(path)?;
                let location = Location::new(path);
                let writer = Driver::Sqlite(sqlite::Writer::open(location.clone())?);
                let reader = sqlite::Reader::open(location)?;
                let file = reader.file();
                let both = (Driver::Sqlite(reader), writer);
                (both.clone(), both, file)
            }
            None => {
                let requests = postgres::connect(url, pools.requests, calls.patience).await?;
                let engine = postgres::connect(url, pools.engine, patient.patience).await?;
                let both = |pool: DatabaseConnection| (Driver::Postgres(pool.clone()), Driver::Postgres(pool));
                (both(requests), both(engine), None)
            }
        };
        let witness = match &requests.1 {
            Driver::Sqlite(_) => None,
            Driver::Postgres(pool) => Some(pool.clone()),
        };
        let calls = Calls { witness, ..calls };
        Ok(Self {
            reader: Reader::new(requests.0, calls.clone()),
            writer: requests.1,
            background: (Reader::new(background.0, patient), background.1),
            calls,
            file,
            live,
            tries: Memory::new(metrics),
            handover: Handover::default(),
        })
    }

    /// Whether there is a pooler before PostgreSQL that gives each transaction another connection: then nothing here works.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn is_pooled_by_transaction(url: &str) -> Result<bool, DbErr> {
        if sqlite::path(url).is_some() {
            return Ok(false);
        }
        let found = postgres::is_pooled_by_transaction(url).await;
        found.map_err(|error| DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))
    }

    /// The same database for whoever has time: the engine, commands, large files. On PostgreSQL it has connections of its
    /// own, so that requests and the engine are not in each other's way.
    #[must_use]
    pub fn patiently(&self) -> Self {
        let (reader, writer) = self.background.clone();
        Self { reader, writer, calls: self.calls.patiently(), ..self.clone() }
    }

    /// The same database for a note that can be left out when it would have to be waited for.
    #[must_use]
    pub fn in_passing(&self) -> Self {
        let calls = Calls { patience: Patience::in_passing(self.backend()), ..self.calls.clone() };
        Self { calls, ..self.clone() }
    }

    /// The same database, with calls that fail as they are told: for tests.
    #[must_use]
    pub fn with_mishaps(&self, mishaps: Arc<dyn Mishaps>) -> Self {
        let calls = Calls { mishaps: Some(mishaps), ..self.calls.clone() };
        let reader = self.reader.with(calls.clone());
        let background = (self.background.0.with(calls.patiently()), self.background.1.clone());
        Self { reader, background, calls, ..self.clone() }
    }

    /// The same database, all of whose work is done on the thread that asks for it: for a simulation, in which everything happens in
    /// an order that repeats.
    #[must_use]
    pub fn on_one_thread(&self) -> Self {
        self.writing(sqlite::Writer::on_one_thread)
    }

    /// The same database for units of work that write some hundred rows: on SQLite they begin a transaction each, in which that
    /// costs no more than a few.
    #[must_use]
    pub fn at_length(&self) -> Self {
        self.writing(sqlite::Writer::apart)
    }

    fn writing(&self, how: fn(sqlite::Writer) -> sqlite::Writer) -> Self {
        let so = |writer: &Writer| match writer {
            Driver::Sqlite(writer) => Driver::Sqlite(how(writer.clone())),
            Driver::Postgres(pool) => Driver::Postgres(pool.clone()),
        };
        let background = (self.background.0.clone(), so(&self.background.1));
        Self { writer: so(&self.writer), background, ..self.clone() }
    }

    /// The same database as another server has it, with listeners and a memory of its own: for a simulation of several.
    #[must_use]
    pub fn of_another_server(&self, live: Live) -> Self {
        Self { live, tries: Memory::new(self.calls.metrics.clone()), handover: Handover::default(), ..self.clone() }
    }

    /// Brings the schema up to date, in one transaction but for indexes of tables in use: the disk is waited for once, and a
    /// half-made schema is never seen. Of replicas that start together, one migrates and the others wait for it.
    ///
    /// # Errors
    /// If a migration fails; then nothing of its transaction has changed.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        // A command that finds nothing to do waits for nobody who writes.
        if self.schema().await?.pending.is_empty() {
            return Ok(());
        }
        self.apply(&migration::all()).await
    }

    /// Does those of these migrations that have not been done: for tests, which begin with an older schema.
    ///
    /// # Errors
    /// If one fails; then nothing of its transaction has changed.
    pub async fn apply(&self, migrations: &[Migration]) -> Result<(), DbErr> {
        // Without a limit: a migration takes as long as it takes.
        match &self.background.1 {
            Driver::Sqlite(writer) => {
                let unit = Migrations::within(writer.begin().await?);
                migration::up_on_sqlite(&unit.connection().await?, migrations).await?;
                unit.done()?.commit().await
            }
            Driver::Postgres(pool) => migration::up_on_postgres(pool, migrations).await,
        }
    }

    /// Puts all that was written into SQLite's one file, so that a copy of that alone is whole: for the end of a server.
    ///
    /// # Errors
    /// If somebody else is at the file for too long, or has put another one in its place, or it is damaged, or the disk has no room;
    /// nothing is lost by that.
    pub async fn settle(&self) -> Result<(), DbErr> {
        let Driver::Sqlite(writer) = &self.writer else { return Ok(()) };
        if let Err(error) = self.is_ours() {
            self.reader.keep();
            return Err(error);
        }
        writer.settle().await
    }

    /// # Errors
    /// If SQLite's file is not what was written into it: then all stays where it is.
    fn is_ours(&self) -> Result<(), DbErr> {
        let Some(file) = &self.file else { return Ok(()) };
        if file.is_anothers() {
            file.check()?;
        }
        if self.calls.health.is_damaged() {
            return Err(sqlite::damaged("it was found to be damaged"));
        }
        file.check_log()
    }

    /// How far the schema is from what this version knows. Changes nothing.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn schema(&self) -> Result<Schema, DbErr> {
        migration::schema(&self.reader).await
    }

    /// For reading: never blocked by a writer.
    #[must_use]
    pub fn read(&self) -> &Reader {
        &self.reader
    }

    /// Begins a unit of work: the only way to write.
    ///
    /// # Errors
    /// If no connection is free in time or the database is gone.
    pub async fn work(&self) -> Result<Work, DbErr> {
        let heard = (self.live.clone(), self.handover.clone());
        Work::begin(&self.writer, self.calls.clone(), self.file.clone(), heard).await
    }

    /// Waits until no other server is at the same thing, and keeps others out until what it returns is dropped. SQLite has
    /// one server.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn alone(&self, at: i64) -> Result<Option<Work>, DbErr> {
        if self.backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let work = self.patiently().work().await?;
        work.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({at})")).await?;
        Ok(Some(work))
    }

    /// Looks the whole database through, as far as that can be done in reasonable time: before a server begins to serve, and while it
    /// does. A database that was found to be damaged takes nothing more.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn check(&self) -> Result<(), DbErr> {
        let begins_well = self.file.as_ref().map_or(Ok(()), |file| file.check_content());
        let found = match begins_well {
            Ok(()) => self.reader.check().await,
            refused => refused,
        };
        self.calls.health.read(&found);
        found
    }

    /// Where changes are told.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Where it is counted what happens here.
    #[must_use]
    pub const fn metrics(&self) -> &Metrics {
        &self.calls.metrics
    }

    /// PostgreSQL's connections: for what they are, how many are used, and how many are not.
    #[must_use]
    pub fn pools(&self) -> Vec<(&'static str, i64, i64)> {
        let pools = [("requests", &self.writer), ("background", &self.background.1)];
        let counted = pools.into_iter().filter_map(|(name, driver)| match driver {
            Driver::Postgres(pool) => {
                let pool = pool.get_postgres_connection_pool();
                let (all, idle) = (i64::from(pool.size()), i64::try_from(pool.num_idle()).unwrap_or(0));
                Some((name, (all - idle).max(0), idle))
            }
            Driver::Sqlite(_) => None,
        });
        counted.collect()
    }

    /// What this server remembers of the tries that are counted here.
    #[must_use]
    pub fn tries(&self) -> &Memory {
        &self.tries
    }

    /// Who carries out at once what is ordered here.
    #[must_use]
    pub const fn handover(&self) -> &Handover {
        &self.handover
    }

    /// Whether several servers may work on it, and wait for each other's rows and not for one writer: PostgreSQL.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.backend() == DbBackend::Postgres
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }
}
