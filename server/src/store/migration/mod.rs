//! Schema changes, in order. One set for SQLite and PostgreSQL; a landed migration is never edited.

use sea_orm_migration::prelude::*;

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

/// Runs the migrations.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first_schema::Migration),
            Box::new(m0002_subscriber_filters::Migration),
            Box::new(m0003_idempotency_key::Migration),
            Box::new(m0004_adapter_account::Migration),
            Box::new(m0005_bulk::Migration),
            Box::new(m0006_webhook::Migration),
            Box::new(m0007_subscriber_filters_in_order::Migration),
            Box::new(m0008_directory_sync::Migration),
            Box::new(m0009_usage::Migration),
            Box::new(m0010_workspace::Migration),
            Box::new(m0011_bulk_row_line::Migration),
            Box::new(m0012_subscriber_lists::Migration),
            Box::new(m0013_pulse::Migration),
            Box::new(m0014_outage::Migration),
            Box::new(m0015_server_key::Migration),
            Box::new(m0016_administrator_disabled::Migration),
            Box::new(m0017_directories_of_partners::Migration),
            Box::new(m0018_admission::Migration),
            Box::new(m0019_outside::Migration),
        ]
    }
}
