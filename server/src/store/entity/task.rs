//! Something that has to be done for a subscriber: at most one per subscriber and lane.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{CustomerId, PartnerId, ProofId, TaskId};

/// Something that has to be done for a subscriber: at most one per subscriber and lane.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "task")]
pub struct Model {
    /// Its id, and the idempotency key of its attempts at the target.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaskId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Of which company: turns are fair between customers.
    pub customer_id: CustomerId,
    /// For whom or what: a subscriber or a workspace.
    #[sea_orm(column_name = "subscriber_id")]
    pub owner_id: Uuid,
    /// `account` or `mail`.
    pub lane: String,
    /// The target that it needs, or `mail`: while that is down, its tasks are left alone.
    pub target: String,
    /// The order: see `provisioning::queue`.
    pub kind: String,
    /// Which request to prove an address the mail is for.
    pub proof_id: Option<ProofId>,
    /// Grows when a new order replaces this one: an attempt begun for the old one changes nothing.
    pub generation: i32,
    /// How many attempts have failed through its own fault: see `domain::outage`.
    pub attempts: i32,
    /// Not before, epoch milliseconds.
    pub run_at: i64,
    /// The fair order.
    pub turn: i64,
    /// Waits for the customer's administrator.
    pub held: bool,
    /// Taken until, epoch milliseconds; 0: free.
    pub lease_until: i64,
    /// By which server process.
    pub lease_owner: Option<String>,
    /// How often it was taken: tells an attempt that lost its lease from the one that holds it now.
    pub claims: i64,
    /// Until then an attempt that got no answer may still have an effect at the target, epoch milliseconds: a new order
    /// waits for that. 0: nothing is in doubt.
    pub doubt_until: i64,
    /// The same of the attempts before the last one: what that is answered says nothing of them.
    pub earlier_doubt: i64,
    /// When the first attempt failed of those that have since; 0: the last one did not.
    pub refused_since: i64,
    /// When the target first said that it works on it; 0: it has not.
    pub accepted_since: i64,
    /// Epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
