//! What has to be done for subscribers and workspaces: at most one task of each and lane. What it means to have, lose and
//! repeat one is for `provisioning::queue` to say.

use std::collections::HashMap;

use domain::Timestamp;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, OnConflict, Order, Query},
};
use uuid::Uuid;

pub use super::entity::task::Model as Task;
use super::{Store, Tenant, Work, entity::task, ids::CustomerId, row::changed};

/// The lane of what is asked of a target.
pub const ACCOUNT: &str = "account";
/// The lane of mails, and the target that they need.
pub const MAIL: &str = "mail";

/// Whose tasks to take.
#[derive(Clone, Debug)]
pub enum For {
    /// Those of every target but these, which are given a rest.
    AllBut(Vec<String>),
    /// Those of this target.
    Only(String),
}

impl For {
    /// Whoever is only tried now and then goes by how long it has waited, so that one that always fails is not in the
    /// way of the others.
    const fn order(&self) -> task::Column {
        match self {
            Self::AllBut(_) => task::Column::Turn,
            Self::Only(_) => task::Column::RunAt,
        }
    }

    fn condition(self) -> Condition {
        match self {
            Self::AllBut(none) if none.is_empty() => Condition::all(),
            Self::AllBut(resting) => Condition::all().add(task::Column::Target.is_not_in(resting)),
            Self::Only(target) => Condition::all().add(task::Column::Target.eq(target)),
        }
    }
}

/// How a task is taken.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// By which server process.
    pub owner: &'a str,
    /// Until when.
    pub until: Timestamp,
    /// The kinds that may still have an effect at the target when nobody waits for its answer any more.
    pub effective: &'a [&'a str],
    /// Until when such an effect has to be expected.
    pub doubt: Timestamp,
}

/// Adds a task, or replaces the one in its lane, which keeps its lease and what is in doubt.
///
/// # Errors
/// If the database fails.
pub async fn put(work: &mut Work, new: Task) -> Result<(), DbErr> {
    let now = new.created_at;
    task::Entity::insert(new.into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns([task::Column::SubscriberId, task::Column::Lane])
                .update_columns([
                    task::Column::Id,
                    task::Column::Target,
                    task::Column::Kind,
                    task::Column::ProofId,
                    task::Column::Attempts,
                    task::Column::Turn,
                    task::Column::Held,
                    task::Column::RefusedSince,
                    task::Column::AcceptedSince,
                    task::Column::CreatedAt,
                ])
                .value(task::Column::Generation, Expr::col((task::Entity, task::Column::Generation)).add(1))
                // A removal that came before the creation it follows would leave an orphan.
                .value(task::Column::RunAt, Expr::case(doubt().gt(now), doubt()).finally(now))
                .to_owned(),
        )
        .exec_without_returning(&**work)
        .await?;
    work.tasks_added();
    Ok(())
}

fn doubt() -> Expr {
    Expr::col((task::Entity, task::Column::DoubtUntil))
}

/// Forgets the tasks of a subscriber or workspace that is gone.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, subscriber: Uuid) -> Result<(), DbErr> {
    task::Entity::delete_many().filter(task::Column::SubscriberId.eq(subscriber)).exec(&**work).await.map(drop)
}

/// Forgets a mail that nobody waits for any more.
///
/// # Errors
/// If the database fails.
pub async fn forget_mail(work: &Work, subscriber: Uuid) -> Result<(), DbErr> {
    task::Entity::delete_many()
        .filter(task::Column::SubscriberId.eq(subscriber))
        .filter(task::Column::Lane.eq(MAIL))
        .exec(&**work)
        .await
        .map(drop)
}

/// When the mail to a subscriber is tried next, if one is on its way.
///
/// # Errors
/// If the database fails.
pub async fn next_mail(db: &impl ConnectionTrait, subscriber: Uuid) -> Result<Option<Timestamp>, DbErr> {
    let run_at: Option<i64> = task::Entity::find()
        .select_only()
        .column(task::Column::RunAt)
        .filter(task::Column::SubscriberId.eq(subscriber))
        .filter(task::Column::Lane.eq(MAIL))
        .into_tuple()
        .one(db)
        .await?;
    Ok(run_at.map(Timestamp))
}

/// What has to be done for each of the tenant's subscribers of these ids.
///
/// # Errors
/// If the database fails.
pub async fn of(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    subscribers: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Vec<Task>>, DbErr> {
    let rows = task::Entity::find()
        .filter(task::Column::PartnerId.eq(tenant.partner()))
        .filter(task::Column::SubscriberId.is_in(subscribers));
    let mut tasks: HashMap<Uuid, Vec<Task>> = HashMap::new();
    for task in rows.all(db).await? {
        tasks.entry(task.subscriber_id).or_default().push(task);
    }
    Ok(tasks)
}

/// All of the tenant's: for the demo, which makes them up.
///
/// # Errors
/// If the database fails.
pub async fn all(db: &impl ConnectionTrait, tenant: Tenant) -> Result<Vec<Task>, DbErr> {
    task::Entity::find().filter(task::Column::PartnerId.eq(tenant.partner())).all(db).await
}

/// Lets a customer's held tasks go.
///
/// # Errors
/// If the database fails.
pub async fn release(work: &mut Work, customer: CustomerId) -> Result<(), DbErr> {
    release_those(work, Condition::all().add(task::Column::CustomerId.eq(customer))).await
}

/// Lets the account task of one subscriber go: it has become its customer's administrator-to-be.
///
/// # Errors
/// If the database fails.
pub async fn release_one(work: &mut Work, subscriber: Uuid) -> Result<(), DbErr> {
    release_those(work, Condition::all().add(task::Column::SubscriberId.eq(subscriber))).await
}

async fn release_those(work: &mut Work, which: Condition) -> Result<(), DbErr> {
    task::Entity::update_many()
        .col_expr(task::Column::Held, false.into())
        .filter(which)
        .filter(task::Column::Held.eq(true))
        .exec(&**work)
        .await?;
    work.tasks_added();
    Ok(())
}

/// Takes up to `most` tasks that are due, whichever partner's.
///
/// # Errors
/// If the database fails.
pub async fn claim(store: &Store, now: Timestamp, terms: Terms<'_>, most: u64, whose: For) -> Result<Vec<Task>, DbErr> {
    let work = store.work().await?;
    let order = whose.order();
    let due = Query::select()
        .column(task::Column::Id)
        .from(task::Entity)
        .cond_where(ready(now).add(whose.condition()))
        .order_by(order, Order::Asc)
        .limit(most)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned();
    let effective = task::Column::Kind.is_in(terms.effective.iter().copied());
    let claimed = task::Entity::update_many()
        .col_expr(task::Column::LeaseUntil, terms.until.0.into())
        .col_expr(task::Column::LeaseOwner, terms.owner.into())
        .col_expr(task::Column::Claims, Expr::col(task::Column::Claims).add(1))
        // Said now, because a process that dies says nothing.
        .col_expr(task::Column::DoubtUntil, Expr::case(effective, terms.doubt.0).finally(doubt()).into())
        .filter(task::Column::Id.in_subquery(due))
        .exec_with_returning(&*work)
        .await?;
    work.commit().await?;
    Ok(claimed)
}

fn ready(now: Timestamp) -> Condition {
    Condition::all()
        .add(task::Column::Held.eq(false))
        .add(task::Column::RunAt.lte(now.0))
        .add(task::Column::LeaseUntil.lte(now.0))
}

/// Keeps the leases of the attempts that this server has under way for these subscribers. By subscriber, because a task
/// that was replaced meanwhile has another id, and must not run before the attempt has ended.
///
/// # Errors
/// If the database fails.
pub async fn renew(store: &Store, until: Timestamp, owner: &str, subscribers: Vec<Uuid>) -> Result<(), DbErr> {
    // A task that is locked is just being changed by somebody who may wait for the next one in this list: it is left to
    // the next renewal, or it needs none any more.
    let unlocked = Query::select()
        .column(task::Column::Id)
        .from(task::Entity)
        .and_where(task::Column::LeaseOwner.eq(owner))
        .and_where(task::Column::SubscriberId.is_in(subscribers))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned();
    let work = store.work().await?;
    task::Entity::update_many()
        .col_expr(task::Column::LeaseUntil, until.0.into())
        .filter(task::Column::Id.in_subquery(unlocked))
        .exec(&*work)
        .await?;
    work.commit().await
}

/// Frees the leases of one server, which is about to end; or all of them, for a server that has just started and knows
/// that it is the only one.
///
/// # Errors
/// If the database fails.
pub async fn free(store: &Store, owner: Option<&str>) -> Result<(), DbErr> {
    let whose = match owner {
        Some(owner) => task::Column::LeaseOwner.eq(owner),
        None => task::Column::LeaseUntil.ne(0),
    };
    // One lane after the other: whoever changes a subscriber may hold its task in one and wait for that in the other.
    for lane in [MAIL, ACCOUNT] {
        let work = store.work().await?;
        task::Entity::update_many()
            .col_expr(task::Column::LeaseUntil, 0.into())
            .col_expr(task::Column::LeaseOwner, Expr::value(Option::<String>::None))
            .filter(task::Column::Lane.eq(lane))
            .filter(whose.clone())
            .exec(&*work)
            .await?;
        work.commit().await?;
    }
    Ok(())
}

/// Whether a task is due that nobody has taken.
///
/// # Errors
/// If the database fails.
pub async fn is_due(store: &Store, now: Timestamp) -> Result<bool, DbErr> {
    let first: Option<Uuid> = task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .filter(ready(now))
        .into_tuple()
        .one(store.read())
        .await?;
    Ok(first.is_some())
}

/// What is now in a task's place, locked until the transaction ends.
///
/// # Errors
/// If the database fails.
pub async fn current(work: &Work, task: &Task) -> Result<Option<Task>, DbErr> {
    task::Entity::find()
        .filter(task::Column::SubscriberId.eq(task.subscriber_id))
        .filter(task::Column::Lane.eq(task.lane.as_str()))
        .lock_exclusive()
        .one(&**work)
        .await
}

/// Writes down what has changed of a task that was `before`.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, before: &Task, after: Task) -> Result<(), DbErr> {
    changed::<task::ActiveModel>(before.clone(), after).update(&**work).await.map(drop)
}

/// Forgets a finished task.
///
/// # Errors
/// If the database fails.
pub async fn finish(work: &Work, task: &Task) -> Result<(), DbErr> {
    task::Entity::delete_by_id(task.id).exec(&**work).await.map(drop)
}

/// How many tasks there are.
///
/// # Errors
/// If the database fails.
pub async fn length(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    task::Entity::find().count(db).await
}
