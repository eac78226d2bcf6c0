//! Schema changes, in order. One set for SQLite and PostgreSQL; docs/MIGRATIONS.md says how one is written.
//!
//! A migration names tables and columns itself, and what it does is frozen in `frozen/`: what the code calls them today must
//! not change what was done to a database years ago.

use std::collections::{BTreeSet, HashSet};

use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait as _, Schema as Builder,
    Statement,
};
use sea_orm_migration::{IntoSchemaManagerConnection, MigrationTrait, SchemaManager, seaql_migrations};

use crate::environment::Environment;

mod concurrent;
mod m0001_first_schema;
mod m0002_subscriber_filters;
mod m0003_idempotency_key;
mod m0004_adapter_account;
mod m0005_bulk;
mod m0006_webhook;
mod m0007_subscriber_filters_in_order;
mod m0008_directory_sync;
mod m0009_usage;
mod m0010_workspace;
mod m0011_bulk_row_line;
mod m0012_subscriber_lists;
mod m0013_pulse;
mod m0014_outage;
mod m0015_server_key;
mod m0016_administrator_disabled;
mod m0017_directories_of_partners;
mod m0018_admission;
mod m0019_outside;
mod m0020_counters;
mod m0021_search;
mod m0022_subscriber_by_fault;
mod m0023_earlier_doubt;
mod m0024_administrator_role;
mod m0025_audit;
mod m0026_bulk_selection;
mod m0027_bulk_job_by_partner;
mod m0028_bulk_words;
mod m0029_bulk_row_by_subscriber;
mod m0030_proof_by_time;
mod m0031_daily_count;
mod m0032_activations;
mod m0033_proof_report;
mod m0034_ready_mail;
mod m0035_reminders;
mod m0037_second_factor;
mod m0040_staged_deletion;
mod m0043_proof_note;
mod m0046_subscriber_by_customer_and_status;
mod m0049_former_links;
mod m0051_factor_required;
mod m0052_share_token_in_capitals;
mod m0053_former_token_in_capitals;
mod m0054_portal_session_seen;
mod m0055_usage_by_owner;
mod m0057_session_proof;
mod m0058_saved_view;
mod m0059_branding;
mod m0061_directory_account_customer;
mod m0062_fault_count;
mod m0063_identity_provider;
mod m0064_administrator_by_subject;
mod m0065_waiting_moved;
mod m0066_customer_tag;
mod m0067_passkey;
#[cfg(test)]
mod tests;

pub(super) use concurrent::up as up_on_postgres;

/// Every migration, the oldest first.
#[must_use]
pub fn all() -> Vec<Migration> {
    vec![
        Migration::schema(m0001_first_schema::Migration),
        Migration::schema(m0002_subscriber_filters::Migration),
        Migration::schema(m0003_idempotency_key::Migration),
        Migration::schema(m0004_adapter_account::Migration),
        Migration::schema(m0005_bulk::Migration),
        Migration::schema(m0006_webhook::Migration),
        Migration::schema(m0007_subscriber_filters_in_order::Migration),
        Migration::schema(m0008_directory_sync::Migration),
        Migration::schema(m0009_usage::Migration),
        Migration::schema(m0010_workspace::Migration),
        Migration::schema(m0011_bulk_row_line::Migration),
        Migration::schema(m0012_subscriber_lists::Migration),
        Migration::schema(m0013_pulse::Migration),
        Migration::schema(m0014_outage::Migration),
        Migration::schema(m0015_server_key::Migration),
        Migration::schema(m0016_administrator_disabled::Migration),
        Migration::schema(m0017_directories_of_partners::Migration),
        Migration::schema(m0018_admission::Migration),
        Migration::schema(m0019_outside::Migration),
        Migration::schema(m0020_counters::Migration),
        Migration::schema(m0021_search::Migration),
        Migration::Index(m0022_subscriber_by_fault::OF_ATTEMPT),
        Migration::Index(m0022_subscriber_by_fault::OF_MAIL),
        Migration::schema(m0023_earlier_doubt::Migration),
        Migration::schema(m0024_administrator_role::Migration),
        Migration::schema(m0025_audit::Migration),
        Migration::schema(m0026_bulk_selection::Migration),
        Migration::Index(m0027_bulk_job_by_partner::INDEX),
        Migration::schema(m0028_bulk_words::Migration),
        Migration::Index(m0029_bulk_row_by_subscriber::INDEX),
        Migration::Index(m0030_proof_by_time::INDEX),
        Migration::schema(m0031_daily_count::Migration),
        Migration::Index(m0032_activations::INDEX),
        Migration::schema(m0033_proof_report::Migration),
        Migration::schema(m0034_ready_mail::Migration),
        Migration::Index(m0034_ready_mail::INDEX),
        Migration::schema(m0035_reminders::Migration),
        Migration::Index(m0035_reminders::INDEX),
        Migration::schema(m0037_second_factor::Migration),
        Migration::schema(m0040_staged_deletion::Migration),
        Migration::schema(m0043_proof_note::Migration),
        Migration::Index(m0046_subscriber_by_customer_and_status::INDEX),
        Migration::schema(m0049_former_links::Migration),
        Migration::schema(m0051_factor_required::Migration),
        Migration::Index(m0052_share_token_in_capitals::INDEX),
        Migration::Index(m0053_former_token_in_capitals::INDEX),
        Migration::schema(m0054_portal_session_seen::Migration),
        Migration::Index(m0055_usage_by_owner::INDEX),
        Migration::schema(m0057_session_proof::Migration),
        Migration::schema(m0058_saved_view::Migration),
        Migration::schema(m0059_branding::Migration),
        Migration::schema(m0061_directory_account_customer::Migration),
        Migration::schema(m0062_fault_count::Migration),
        Migration::schema(m0063_identity_provider::Migration),
        Migration::Index(m0064_administrator_by_subject::INDEX),
        Migration::schema(m0065_waiting_moved::Migration),
        Migration::schema(m0066_customer_tag::Migration),
        Migration::schema(m0067_passkey::Migration),
    ]
}

/// One migration.
pub enum Migration {
    /// Statements that take a moment, in one transaction with those before and after.
    Schema(Box<dyn MigrationTrait>),
    /// An index of a table that was there before: on PostgreSQL it is built while others write.
    Index(Index),
}

/// An index that a migration adds.
#[derive(Clone, Copy, Debug)]
pub struct Index {
    /// The migration's name.
    pub migration: &'static str,
    /// The index's.
    pub name: &'static str,
    /// Whether no two rows may have the same.
    pub unique: bool,
    /// What it is on, in words that both databases understand: `subscriber (partner_id, lower(email), id)`.
    pub on: &'static str,
}

impl Index {
    fn statement(&self, concurrently: &str) -> String {
        let unique = if self.unique { "UNIQUE " } else { "" };
        format!("CREATE {unique}INDEX {concurrently}{} ON {}", self.name, self.on)
    }
}

impl Migration {
    /// Statements in the common transaction.
    #[must_use]
    pub fn schema(migration: impl MigrationTrait + 'static) -> Self {
        Self::Schema(Box::new(migration))
    }

    /// By which name a database remembers it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Schema(migration) => migration.name(),
            Self::Index(index) => index.migration,
        }
    }

    /// Does it, within whatever the caller has begun.
    async fn up(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        match self {
            Self::Schema(migration) => migration.up(manager).await,
            Self::Index(index) => manager.get_connection().execute_unprepared(&index.statement("")).await.map(drop),
        }
    }
}

/// Does what has not been done yet, in the caller's transaction. Returns the first index that has to be built outside it, if
/// there is one; what comes after it has not been done either.
///
/// What a newer version has done is left alone: so this version can be started again after an update.
pub(super) async fn up<'c, 'm, C>(database: &'c C, migrations: &'m [Migration]) -> Result<Option<&'m Index>, DbErr>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    let backend = database.get_database_backend();
    let mut table = Builder::new(backend).create_table_from_entity(seaql_migrations::Entity);
    database.execute(table.if_not_exists()).await?;
    let done: HashSet<String> =
        seaql_migrations::Entity::find().all(database).await?.into_iter().map(|done| done.version).collect();
    let outside = backend == DbBackend::Postgres && !done.is_empty();
    for migration in migrations.iter().filter(|migration| !done.contains(migration.name())) {
        match migration {
            Migration::Index(index) if outside => return Ok(Some(index)),
            _ => migration.up(&SchemaManager::new(database)).await?,
        }
        record(database, migration.name()).await?;
    }
    let known: HashSet<_> = migrations.iter().map(Migration::name).collect();
    if let Some(newest) = done.iter().filter(|name| !known.contains(name.as_str())).max() {
        tracing::warn!(event = "database_is_newer", migration = newest, "a newer version has migrated this database");
    }
    Ok(None)
}

/// The same on a connection of SeaORM's own kind.
pub(super) async fn up_on_sqlite(database: &DatabaseConnection, migrations: &[Migration]) -> Result<(), DbErr> {
    up(database, migrations).await.map(drop)
}

/// How far a database's schema is from what this version knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// What is still to be done, in order.
    pub pending: Vec<String>,
    /// What a newer version has done.
    pub newer: Vec<String>,
    /// Whether there is any: an empty database is nobody's.
    pub is_there: bool,
}

/// Looks, and changes nothing: an empty database stays so.
pub(super) async fn schema(database: &impl ConnectionTrait) -> Result<Schema, DbErr> {
    let backend = database.get_database_backend();
    let is_there = match backend {
        DbBackend::Postgres => "SELECT 1 AS one FROM pg_class WHERE oid = to_regclass('seaql_migrations')",
        _ => "SELECT 1 AS one FROM sqlite_schema WHERE name = 'seaql_migrations'",
    };
    let done = match database.query_one_raw(Statement::from_string(backend, is_there)).await? {
        Some(_) => seaql_migrations::Entity::find().all(database).await?,
        None => Vec::new(),
    };
    let done: BTreeSet<String> = done.into_iter().map(|done| done.version).collect();
    let known: Vec<String> = all().iter().map(|migration| migration.name().to_owned()).collect();
    let newer = done.iter().filter(|name| !known.contains(name)).cloned().collect();
    let is_there = !done.is_empty();
    Ok(Schema { newer, is_there, pending: known.into_iter().filter(|name| !done.contains(name)).collect() })
}

async fn record(database: &impl ConnectionTrait, name: &str) -> Result<(), DbErr> {
    let done = seaql_migrations::ActiveModel {
        version: Set(name.to_owned()),
        applied_at: Set(Environment::real().now().0 / 1000),
    };
    seaql_migrations::Entity::insert(done).exec_without_returning(database).await.map(drop)
}
