//! The directory sync of a customer; there is one while it is switched on.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::CustomerId;

/// The directory sync of a customer; there is one while it is switched on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "directory_sync")]
pub struct Model {
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: CustomerId,
    /// `directory_sync::Status::as_str`.
    pub status: String,
    /// When it has to begin or go on, epoch milliseconds.
    pub due_at: i64,
    /// Until when a server works on it, epoch milliseconds.
    pub lease_until: i64,
    /// Drawn by the server that works on it: one that lost its lease finds another here.
    pub claim: Uuid,
    /// How often it has begun: what the directory shows now is marked with it.
    pub run: i64,
    /// With which entry of the directory it goes on, from 1.
    pub position: i64,
    /// How often BroadWorks could not be asked.
    pub attempts: i32,
    /// Users that came in this run.
    pub added: i64,
    /// Users that changed in this run.
    pub updated: i64,
    /// Users that went in this run.
    pub deleted: i64,
    /// Users that are known.
    pub total: i64,
    /// Why the last run failed: a fault's code.
    pub fault: Option<i32>,
    /// Epoch milliseconds.
    pub started_at: Option<i64>,
    /// Epoch milliseconds; none while it is under way.
    pub ended_at: Option<i64>,
    /// When a run last came to its good end, epoch milliseconds.
    pub succeeded_at: Option<i64>,
    /// Of the call that started it.
    pub tracking_id: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
