//! The directory syncs of customers; there is one while it is switched on. `crate::directory_sync` says what they mean.

use std::collections::HashMap;

use domain::{Fault, Timestamp};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
    sea_query::{ExprTrait as _, LockBehavior, LockType, OnConflict, Order, Query, SimpleExpr},
};
use uuid::Uuid;

use super::{
    Customer, Work,
    entity::directory_sync::{Column, Entity, Model},
    ids::CustomerId,
    row::{Unreadable, code, fault, readable},
};
use crate::store::Trouble;

/// How a sync stands. The vendor's API shows three of these names in its examples; `FAILED` is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was never begun.
    NotSynced,
    /// It was begun.
    InProgress,
    /// It came to its good end.
    Complete,
    /// It came to a bad one.
    Failed,
}

impl Status {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::NotSynced, Self::InProgress, Self::Complete, Self::Failed];

    /// Its name in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSynced => "NOT_SYNCED",
            Self::InProgress => "IN_PROGRESS",
            Self::Complete => "COMPLETE",
            Self::Failed => "FAILED",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// The directory sync of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectorySync {
    /// The customer.
    pub customer_id: CustomerId,
    /// How it stands.
    pub status: Status,
    /// When it has to begin or go on.
    pub due_at: Timestamp,
    /// Until when a server works on it.
    pub lease_until: Timestamp,
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
    /// Why the last run failed.
    pub fault: Option<Fault>,
    /// When the last run began.
    pub started_at: Option<Timestamp>,
    /// When it ended; none while it is under way.
    pub ended_at: Option<Timestamp>,
    /// When a run last came to its good end.
    pub succeeded_at: Option<Timestamp>,
    /// Of the call that started it.
    pub tracking_id: Option<String>,
}

impl TryFrom<Model> for DirectorySync {
    type Error = Unreadable;

    fn try_from(row: Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "directory_sync", id: row.customer_id.into(), column };
        Ok(Self {
            status: Status::parse(&row.status).ok_or(unreadable("status"))?,
            fault: fault(row.fault, unreadable("fault"))?,
            customer_id: row.customer_id,
            due_at: Timestamp(row.due_at),
            lease_until: Timestamp(row.lease_until),
            claim: row.claim,
            run: row.run,
            position: row.position,
            attempts: row.attempts,
            added: row.added,
            updated: row.updated,
            deleted: row.deleted,
            total: row.total,
            started_at: row.started_at.map(Timestamp),
            ended_at: row.ended_at.map(Timestamp),
            succeeded_at: row.succeeded_at.map(Timestamp),
            tracking_id: row.tracking_id,
        })
    }
}

impl From<DirectorySync> for Model {
    fn from(sync: DirectorySync) -> Self {
        Self {
            customer_id: sync.customer_id,
            status: sync.status.as_str().to_owned(),
            due_at: sync.due_at.0,
            lease_until: sync.lease_until.0,
            claim: sync.claim,
            run: sync.run,
            position: sync.position,
            attempts: sync.attempts,
            added: sync.added,
            updated: sync.updated,
            deleted: sync.deleted,
            total: sync.total,
            fault: sync.fault.map(code),
            started_at: sync.started_at.map(|at| at.0),
            ended_at: sync.ended_at.map(|at| at.0),
            succeeded_at: sync.succeeded_at.map(|at| at.0),
            tracking_id: sync.tracking_id,
        }
    }
}

/// The customer's sync, if it is switched on.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn find(db: &impl ConnectionTrait, customer: &Customer) -> Result<Option<DirectorySync>, Trouble> {
    let found = Entity::find_by_id(customer.id).one(db).await?;
    Ok(found.map(DirectorySync::try_from).transpose()?)
}

/// The syncs of those of these customers for whom it is switched on.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl ConnectionTrait,
    customers: &[Customer],
) -> Result<HashMap<CustomerId, DirectorySync>, DbErr> {
    let theirs = Column::CustomerId.is_in(customers.iter().map(|customer| customer.id));
    let rows = Entity::find().filter(theirs).all(db).await?;
    Ok(readable(rows).into_iter().map(|sync: DirectorySync| (sync.customer_id, sync)).collect())
}

/// The customer's sync, locked until the transaction ends, if it is switched on.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn lock(work: &Work, customer: &Customer) -> Result<Option<DirectorySync>, Trouble> {
    locked(work, customer.id).await
}

/// What has become of a sync that was claimed, locked until the transaction ends.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn current(work: &Work, claimed: &DirectorySync) -> Result<Option<DirectorySync>, Trouble> {
    locked(work, claimed.customer_id).await
}

async fn locked(work: &Work, customer: CustomerId) -> Result<Option<DirectorySync>, Trouble> {
    let found = Entity::find_by_id(customer).lock_exclusive().one(&**work).await?;
    Ok(found.map(DirectorySync::try_from).transpose()?)
}

/// Writes a new one down, unless the customer has one.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, new: DirectorySync) -> Result<(), DbErr> {
    let there = OnConflict::column(Column::CustomerId).do_nothing().to_owned();
    let row: Model = new.into();
    Entity::insert(row.into_active_model()).on_conflict(there).exec_without_returning(&**work).await.map(drop)
}

/// Writes one down as it is now.
///
/// # Errors
/// If the database fails, or it was switched off.
pub async fn save(work: &Work, sync: DirectorySync) -> Result<(), DbErr> {
    let row: Model = sync.into();
    row.into_active_model().reset_all().update(&**work).await.map(drop)
}

/// Forgets the customer's.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, customer: &Customer) -> Result<(), DbErr> {
    Entity::delete_by_id(customer.id).exec(&**work).await.map(drop)
}

/// Whether one is due that no server works on, whichever partner's.
///
/// # Errors
/// If the database fails.
pub async fn is_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool, DbErr> {
    Ok(Entity::find().filter(due(now)).one(db).await?.is_some())
}

/// Takes the one that has been due for longest, whichever partner's, until then and by that claim.
///
/// # Errors
/// If the database fails.
pub async fn claim(work: &Work, now: Timestamp, until: Timestamp, claim: Uuid) -> Result<Option<DirectorySync>, DbErr> {
    let next = Query::select()
        .column(Column::CustomerId)
        .from(Entity)
        .and_where(due(now))
        .order_by(Column::DueAt, Order::Asc)
        .order_by(Column::CustomerId, Order::Asc)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned();
    let claimed = Entity::update_many()
        .col_expr(Column::LeaseUntil, until.0.into())
        .col_expr(Column::Claim, claim.into())
        .filter(Column::CustomerId.in_subquery(next))
        .exec_with_returning(&**work)
        .await?;
    Ok(readable(claimed).into_iter().next())
}

fn due(now: Timestamp) -> SimpleExpr {
    Column::DueAt.lte(now.0).and(Column::LeaseUntil.lte(now.0))
}
