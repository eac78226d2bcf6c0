//! What has to be done for subscribers and workspaces: at most one task of each and lane. What it means to have, lose and
//! repeat one is for `provisioning::queue` to say.

use std::collections::HashMap;

use domain::{Timestamp, lifecycle::Order as Requested, task::Kind};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, OnConflict, Order, Query},
};

use super::{
    Owner, Rows, Store, Tenant, Work,
    entity::task,
    ids::{CustomerId, OwnerId, ProofId, SubscriberId, TaskId},
    row::{self, Unreadable, changed, readable},
};
use crate::store::Trouble;

/// The lane of what is asked of a target.
const ACCOUNT: &str = "account";
/// The lane of mails, and the target that they need.
pub const MAIL: &str = "mail";

const fn lane(kind: Kind) -> &'static str {
    match kind {
        Kind::Subscriber(Requested::SendProof) => MAIL,
        _ => ACCOUNT,
    }
}

/// Something that has to be done for a subscriber or a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its id, and the idempotency key of its attempts at the target.
    pub id: TaskId,
    /// For whom or what.
    pub owner: Owner,
    /// The target that it needs, or [`MAIL`]: while that is down, its tasks are left alone.
    pub target: String,
    /// What has to be done.
    pub kind: Kind,
    /// Which request to prove an address the mail is for.
    pub proof_id: Option<ProofId>,
    /// Grows when a new order replaces this one: an attempt begun for the old one changes nothing.
    pub generation: i32,
    /// How many attempts have failed through its own fault: see `domain::outage`.
    pub attempts: i32,
    /// Not before.
    pub run_at: Timestamp,
    /// The fair order.
    pub turn: i64,
    /// Waits for the customer's administrator.
    pub held: bool,
    /// Taken until; the epoch: free.
    pub lease_until: Timestamp,
    /// By which server process.
    pub lease_owner: Option<String>,
    /// How often it was taken: tells an attempt that lost its lease from the one that holds it now.
    pub claims: i64,
    /// Until then an attempt that got no answer may still have an effect at the target: a new order waits for that. The
    /// epoch: nothing is in doubt.
    pub doubt_until: Timestamp,
    /// The same of the attempts before the last one: what that is answered says nothing of them.
    pub earlier_doubt: Timestamp,
    /// When the first attempt failed of those that have since; none if the last one did not.
    pub refused_since: Option<Timestamp>,
    /// When the target first said that it works on it, if it has.
    pub accepted_since: Option<Timestamp>,
    /// When it was ordered.
    pub created_at: Timestamp,
}

impl TryFrom<task::Model> for Task {
    type Error = Unreadable;

    fn try_from(row: task::Model) -> Result<Self, Unreadable> {
        let unreadable = Unreadable { table: "task", id: row.id.into(), column: "kind" };
        let since = |at| Some(Timestamp(at)).filter(|at| at.0 != 0);
        let kind = Kind::parse(&row.kind).ok_or(unreadable)?;
        let owner = match kind {
            Kind::Subscriber(_) => OwnerId::Subscriber(row.owner_id.into()),
            Kind::Workspace(_) => OwnerId::Workspace(row.owner_id.into()),
        };
        Ok(Self {
            kind,
            id: row.id,
            owner: Owner { partner: row.partner_id, customer: row.customer_id, id: owner },
            target: row.target,
            proof_id: row.proof_id,
            generation: row.generation,
            attempts: row.attempts,
            run_at: Timestamp(row.run_at),
            turn: row.turn,
            held: row.held,
            lease_until: Timestamp(row.lease_until),
            lease_owner: row.lease_owner,
            claims: row.claims,
            doubt_until: Timestamp(row.doubt_until),
            earlier_doubt: Timestamp(row.earlier_doubt),
            refused_since: since(row.refused_since),
            accepted_since: since(row.accepted_since),
            created_at: Timestamp(row.created_at),
        })
    }
}

impl From<Task> for task::Model {
    fn from(task: Task) -> Self {
        Self {
            id: task.id,
            partner_id: task.owner.partner,
            customer_id: task.owner.customer,
            owner_id: task.owner.id.into(),
            lane: lane(task.kind).to_owned(),
            target: task.target,
            kind: task.kind.as_str().to_owned(),
            proof_id: task.proof_id,
            generation: task.generation,
            attempts: task.attempts,
            run_at: task.run_at.0,
            turn: task.turn,
            held: task.held,
            lease_until: task.lease_until.0,
            lease_owner: task.lease_owner,
            claims: task.claims,
            doubt_until: task.doubt_until.0,
            earlier_doubt: task.earlier_doubt.0,
            refused_since: task.refused_since.map_or(0, |at| at.0),
            accepted_since: task.accepted_since.map_or(0, |at| at.0),
            created_at: task.created_at.0,
        }
    }
}

/// Which tasks to take.
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

/// What time it is.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// For what is to come.
    pub now: Timestamp,
    /// For what may still happen, and for who has a task: earlier, if the clock was set ahead a moment ago.
    pub settled: Timestamp,
}

/// How a task is taken.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// By which server process.
    pub owner: &'a str,
    /// Until when.
    pub until: Timestamp,
    /// Until when an effect at the target has to be expected that comes when nobody waits for its answer any more.
    pub doubt: Timestamp,
}

/// Whether the one is in the place of the other, which it may have replaced.
pub(super) fn is_in_place_of(one: &Task, other: &Task) -> bool {
    one.owner.id == other.owner.id && lane(one.kind) == lane(other.kind)
}

/// Adds a task, or replaces the one in its lane, which keeps its lease and what is in doubt. Returns it as it is then.
///
/// # Errors
/// If the database fails.
pub async fn put(work: &Work, new: Task) -> Result<Task, Trouble> {
    let run_at = new.run_at.0;
    let put = task::Entity::insert(task::Model::from(new).into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns([task::Column::OwnerId, task::Column::Lane])
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
                .value(task::Column::RunAt, Expr::case(doubt().gt(run_at), doubt()).finally(run_at))
                .to_owned(),
        )
        .exec_with_returning(&**work)
        .await?;
    Ok(put.try_into()?)
}

fn doubt() -> Expr {
    Expr::col((task::Entity, task::Column::DoubtUntil))
}

/// Forgets the tasks of a subscriber or workspace that is gone.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, owner: OwnerId) -> Result<(), DbErr> {
    task::Entity::delete_many().filter(task::Column::OwnerId.eq(owner)).exec(&**work).await.map(drop)
}

/// Forgets a mail that nobody waits for any more.
///
/// # Errors
/// If the database fails.
pub async fn forget_mail(work: &Work, subscriber: SubscriberId) -> Result<(), DbErr> {
    task::Entity::delete_many()
        .filter(task::Column::OwnerId.eq(subscriber))
        .filter(task::Column::Lane.eq(MAIL))
        .exec(&**work)
        .await
        .map(drop)
}

/// When the mail to a subscriber is tried next, if one is on its way.
///
/// # Errors
/// If the database fails.
pub async fn next_mail(db: &impl ConnectionTrait, subscriber: SubscriberId) -> Result<Option<Timestamp>, DbErr> {
    let run_at: Option<i64> = task::Entity::find()
        .select_only()
        .column(task::Column::RunAt)
        .filter(task::Column::OwnerId.eq(subscriber))
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
    db: &impl Rows,
    tenant: Tenant,
    subscribers: impl IntoIterator<Item = SubscriberId>,
) -> Result<HashMap<SubscriberId, Vec<Task>>, DbErr> {
    let rows = task::Entity::find()
        .filter(tenant.own(task::Column::PartnerId, task::Column::CustomerId))
        .filter(task::Column::OwnerId.is_in(subscribers));
    let mut tasks: HashMap<SubscriberId, Vec<Task>> = HashMap::new();
    for task in readable::<_, Task>(row::all(db, rows).await?) {
        if let OwnerId::Subscriber(id) = task.owner.id {
            tasks.entry(id).or_default().push(task);
        }
    }
    Ok(tasks)
}

/// All of the tenant's: for the demo, which makes them up.
///
/// # Errors
/// If the database fails.
pub async fn all(db: &impl ConnectionTrait, tenant: Tenant) -> Result<Vec<Task>, DbErr> {
    Ok(readable(task::Entity::find().filter(task::Column::PartnerId.eq(tenant.partner())).all(db).await?))
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
pub async fn release_one(work: &mut Work, subscriber: SubscriberId) -> Result<(), DbErr> {
    release_those(work, Condition::all().add(task::Column::OwnerId.eq(subscriber))).await
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
pub async fn claim(store: &Store, at: Moment, terms: Terms<'_>, most: u64, whose: For) -> Result<Vec<Task>, DbErr> {
    let work = store.work().await?;
    let order = whose.order();
    let due = Query::select()
        .column(task::Column::Id)
        .from(task::Entity)
        .cond_where(ready(at).add(whose.condition()))
        .order_by(order, Order::Asc)
        .limit(most)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned();
    let effective = task::Column::Kind.is_in(names(Kind::is_effective));
    let claimed = task::Entity::update_many()
        .col_expr(task::Column::LeaseUntil, terms.until.0.into())
        .col_expr(task::Column::LeaseOwner, terms.owner.into())
        .col_expr(task::Column::Claims, Expr::col(task::Column::Claims).add(1))
        .col_expr(task::Column::EarlierDoubt, doubt())
        // Said now, because a process that dies says nothing.
        .col_expr(task::Column::DoubtUntil, Expr::case(effective, terms.doubt.0).finally(doubt()).into())
        .filter(task::Column::Id.in_subquery(due))
        .exec_with_returning(&*work)
        .await?;
    work.commit().await?;
    Ok(readable(claimed))
}

/// What a newer version has to do, with which this one runs while servers are upgraded, is left to that.
fn ready(at: Moment) -> Condition {
    let ready = Condition::all()
        .add(task::Column::Kind.is_in(names(|_| true)))
        .add(task::Column::Held.eq(false))
        .add(task::Column::RunAt.lte(at.now.0))
        .add(task::Column::LeaseUntil.lte(at.settled.0));
    if at.settled == at.now {
        return ready;
    }
    ready.add(task::Column::DoubtUntil.eq(0).or(task::Column::RunAt.lte(at.settled.0)))
}

fn names(which: fn(Kind) -> bool) -> impl Iterator<Item = &'static str> {
    Kind::ALL.into_iter().filter(move |kind| which(*kind)).map(Kind::as_str)
}

/// Keeps the leases of the attempts that this server has under way for these owners. By owner, because a task
/// that was replaced meanwhile has another id, and must not run before the attempt has ended.
///
/// # Errors
/// If the database fails.
pub async fn renew(store: &Store, until: Timestamp, server: &str, owners: Vec<OwnerId>) -> Result<(), DbErr> {
    // A task that is locked is just being changed by somebody who may wait for the next one in this list: it is left to
    // the next renewal, or it needs none any more.
    let unlocked = Query::select()
        .column(task::Column::Id)
        .from(task::Entity)
        .and_where(task::Column::LeaseOwner.eq(server))
        .and_where(task::Column::OwnerId.is_in(owners))
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
pub async fn is_due(store: &Store, at: Moment) -> Result<bool, DbErr> {
    let first: Option<TaskId> = task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .filter(ready(at))
        .into_tuple()
        .one(store.read())
        .await?;
    Ok(first.is_some())
}

/// Since when the most overdue task has been due that nobody has taken; nothing if none is. Of a very long queue its beginning
/// is looked at, in the order of turns, which an index has.
///
/// # Errors
/// If the database fails.
pub async fn due_since(db: &impl ConnectionTrait, now: Timestamp) -> Result<Option<Timestamp>, DbErr> {
    const LOOK: u64 = 10_000;
    let first = Query::select()
        .columns([task::Column::RunAt, task::Column::LeaseUntil])
        .from(task::Entity)
        .and_where(task::Column::Held.eq(false))
        .order_by(task::Column::Turn, Order::Asc)
        .limit(LOOK)
        .to_owned();
    let due = Query::select()
        .expr_as(Expr::col(task::Column::RunAt).min(), "run_at")
        .from_subquery(first, "first")
        .and_where(Expr::col(task::Column::RunAt).lte(now.0))
        .and_where(Expr::col(task::Column::LeaseUntil).lte(now.0))
        .to_owned();
    let row = db.query_one(&due).await?;
    let since: Option<i64> = row.map(|row| row.try_get("", "run_at")).transpose()?.flatten();
    Ok(since.map(Timestamp))
}

/// What is now in a task's place, locked until the transaction ends.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn current(work: &Work, task: &Task) -> Result<Option<Task>, Trouble> {
    let current = task::Entity::find()
        .filter(task::Column::OwnerId.eq(task.owner.id))
        .filter(task::Column::Lane.eq(lane(task.kind)))
        .lock_exclusive()
        .one(&**work)
        .await?;
    Ok(current.map(Task::try_from).transpose()?)
}

/// Writes down what has changed of a task that was `before`.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, before: &Task, after: &Task) -> Result<(), DbErr> {
    let (before, after): (task::Model, task::Model) = (before.clone().into(), after.clone().into());
    row::save(&**work, changed::<task::ActiveModel>(before, after)).await
}

/// Forgets a finished task, if it is still what its attempt has claimed. Returns whether it was.
///
/// # Errors
/// If the database fails.
pub async fn finish(work: &Work, task: &Task) -> Result<bool, DbErr> {
    let owned = task::Column::LeaseOwner;
    let finished = task::Entity::delete_by_id(task.id)
        .filter(task.lease_owner.as_deref().map_or_else(|| owned.is_null(), |owner| owned.eq(owner)))
        .filter(task::Column::Claims.eq(task.claims))
        .exec(&**work)
        .await?;
    Ok(finished.rows_affected > 0)
}

/// How many tasks there are.
///
/// # Errors
/// If the database fails.
pub async fn length(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    task::Entity::find().count(db).await
}
