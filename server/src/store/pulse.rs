//! A write for its own sake: whether the database takes any.

use std::time::Duration;

use domain::Timestamp;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DbBackend, DbErr, EntityTrait as _, QueryFilter as _, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{Store, entity::pulse, sqlite};

/// As much as a subscriber's arrival writes, with room to spare, in bytes: a disk that has no place for this is full.
const BALLAST: usize = 64 << 10;
/// After how many milliseconds the row of a server that is gone is forgotten.
const KEPT: i64 = domain::timestamp::HOUR;

impl Store {
    /// Writes something, as durably as everything else.
    ///
    /// # Errors
    /// Why that does not work, or why what is written would be lost.
    pub async fn beat(&self, now: Timestamp) -> Result<(), DbErr> {
        if let Some(file) = &self.file {
            file.check_content().inspect_err(|error| self.calls.health.not_written(error))?;
        }
        if self.calls.health.is_damaged() {
            return Err(sqlite::damaged("it was found to be damaged"));
        }
        let work = self.work().await?;
        let row = pulse::ActiveModel {
            id: Set(self.server()),
            at: Set(now.0),
            // Another one each time: what stays the same is not written.
            ballast: Set(format!("{now:020}", now = now.0).repeat(BALLAST / 20)),
        };
        let mine = OnConflict::column(pulse::Column::Id)
            .update_columns([pulse::Column::At, pulse::Column::Ballast])
            .to_owned();
        pulse::Entity::insert(row).on_conflict(mine).exec_without_returning(&*work).await?;
        work.commit().await
    }

    /// Takes away what [`Store::beat`] wrote on PostgreSQL; on SQLite the row is the one server's.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stop_beating(&self) -> Result<(), DbErr> {
        if self.backend() == DbBackend::Sqlite {
            return Ok(());
        }
        let work = self.work().await?;
        pulse::Entity::delete_by_id(self.server()).exec(&*work).await?;
        work.commit().await
    }

    /// Whether something was written of late.
    #[must_use]
    pub fn has_written_within(&self, span: Duration) -> bool {
        self.calls.health.has_written_within(span)
    }

    /// Grows whenever the database could not be used.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.calls.health.failures()
    }

    /// Whether reading fails now, and whether writing does.
    #[must_use]
    pub fn failing(&self) -> [bool; 2] {
        self.calls.health.failing()
    }

    /// Forgets servers that are gone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_gone_servers(&self, now: Timestamp) -> Result<(), DbErr> {
        let work = self.work().await?;
        pulse::Entity::delete_many()
            .filter(pulse::Column::At.lte(now.plus(-KEPT).0))
            .filter(pulse::Column::Id.ne(self.server()))
            .exec(&*work)
            .await?;
        work.commit().await
    }

    /// The server's own row: servers that share a database do not wait for each other.
    fn server(&self) -> Uuid {
        if self.backend() == DbBackend::Sqlite { Uuid::nil() } else { self.live.origin() }
    }
}
