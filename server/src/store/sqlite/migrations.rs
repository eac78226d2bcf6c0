//! Migrations take a connection of SeaORM's own kind: one that does everything in an open unit of work.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use sea_orm::{
    Database, DatabaseConnection, DbBackend, DbErr, ProxyDatabaseTrait, ProxyExecResult, ProxyRow, Statement,
};

use super::Unit;

/// A unit of work, lent to the migrator.
pub struct Migrations(Arc<Unit>);

impl Migrations {
    /// Lends it.
    pub(in crate::store) fn within(unit: Unit) -> Self {
        Self(Arc::new(unit))
    }

    /// What the migrator takes. It has to be gone before [`Migrations::done`].
    pub(in crate::store) async fn connection(&self) -> Result<DatabaseConnection, DbErr> {
        Database::connect_proxy(DbBackend::Sqlite, Arc::new(Box::new(Lent(self.0.clone())))).await
    }

    /// The unit of work again.
    pub(in crate::store) fn done(self) -> Result<Unit, DbErr> {
        Arc::try_unwrap(self.0).map_err(|_| DbErr::Custom("a migration has not ended".to_owned()))
    }
}

struct Lent(Arc<Unit>);

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a unit of work")
    }
}

#[async_trait]
impl ProxyDatabaseTrait for Lent {
    async fn query(&self, statement: Statement) -> Result<Vec<ProxyRow>, DbErr> {
        self.0.query(&statement)
    }

    async fn execute(&self, statement: Statement) -> Result<ProxyExecResult, DbErr> {
        self.0.execute(&statement)
    }
}
