//! Tasks: at most one per subscriber or workspace and lane, leased while an attempt is under way, in turns that are fair
//! between customers.
//!
//! Turns follow the virtual clock: each task of a customer is due [`STEP`] after the customer's last one, and never
//! earlier than now. A customer with 50,000 new users fills the next hours' turns; another one's single user still
//! comes next.

use domain::{Fault, Timestamp, lifecycle::Order, workspace};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, OnConflict, Query},
};
use uuid::Uuid;

use crate::{
    environment::Environment,
    store::{
        Store, Whose, Work,
        entity::{customer, task},
    },
};

/// How far apart a customer's turns are, in milliseconds.
const STEP: i64 = 20;
/// How long a server that holds a task may be silent before the task counts as abandoned, in milliseconds. While an
/// attempt is under way, its server renews the lease several times in this span.
pub const LEASE: i64 = 15_000;

/// How long after its caller has given up a target may still do what it was asked, in milliseconds. A request that hangs
/// in some queue longer than this is beyond us.
pub const SETTLING: i64 = 30_000;

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Mail a link and a code.
    SendProof,
    /// Create the account.
    CreateAccount,
    /// Ask whether the owner of the existing account has agreed.
    AwaitConsent,
    /// Bring the account up to date.
    UpdateAccount,
    /// Remove the account.
    RemoveAccount,
    /// Create the workspace.
    CreateWorkspace,
    /// Bring the workspace up to date.
    UpdateWorkspace,
    /// Remove the workspace.
    RemoveWorkspace,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::SendProof,
        Self::CreateAccount,
        Self::AwaitConsent,
        Self::UpdateAccount,
        Self::RemoveAccount,
        Self::CreateWorkspace,
        Self::UpdateWorkspace,
        Self::RemoveWorkspace,
    ];

    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendProof => "send_proof",
            Self::CreateAccount => "create_account",
            Self::AwaitConsent => "await_consent",
            Self::UpdateAccount => "update_account",
            Self::RemoveAccount => "remove_account",
            Self::CreateWorkspace => "create_workspace",
            Self::UpdateWorkspace => "update_workspace",
            Self::RemoveWorkspace => "remove_workspace",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Which of a subscriber's orders it carries out; none if it is about a workspace.
    #[must_use]
    pub const fn order(self) -> Option<Order> {
        match self {
            Self::SendProof => Some(Order::SendProof),
            Self::CreateAccount => Some(Order::CreateAccount),
            Self::AwaitConsent => Some(Order::AwaitConsent),
            Self::UpdateAccount => Some(Order::UpdateAccount),
            Self::RemoveAccount => Some(Order::RemoveAccount),
            Self::CreateWorkspace | Self::UpdateWorkspace | Self::RemoveWorkspace => None,
        }
    }

    /// The kind of that name, if it is about a workspace.
    #[must_use]
    pub fn of_workspace(name: &str) -> Option<Self> {
        let about = |kind: &Self| matches!(kind, Self::CreateWorkspace | Self::UpdateWorkspace | Self::RemoveWorkspace);
        Self::parse(name).filter(about)
    }

    const fn lane(self) -> &'static str {
        match self {
            Self::SendProof => MAIL,
            _ => ACCOUNT,
        }
    }
}

const ACCOUNT: &str = "account";
/// The kinds whose effect at the target may come late and then be in the way of another order.
const EFFECTIVE: [&str; 4] = [
    Kind::CreateAccount.as_str(),
    Kind::UpdateAccount.as_str(),
    Kind::CreateWorkspace.as_str(),
    Kind::UpdateWorkspace.as_str(),
];
/// How long the calls of one attempt may take together, in milliseconds.
pub const LONGEST_CALL: i64 = 20_000;
/// The target of mails.
pub const MAIL: &str = "mail";

impl From<Order> for Kind {
    fn from(order: Order) -> Self {
        match order {
            Order::SendProof => Self::SendProof,
            Order::CreateAccount => Self::CreateAccount,
            Order::AwaitConsent => Self::AwaitConsent,
            Order::UpdateAccount => Self::UpdateAccount,
            Order::RemoveAccount => Self::RemoveAccount,
        }
    }
}

impl From<workspace::Order> for Kind {
    fn from(order: workspace::Order) -> Self {
        match order {
            workspace::Order::Create => Self::CreateWorkspace,
            workspace::Order::Update => Self::UpdateWorkspace,
            workspace::Order::Remove => Self::RemoveWorkspace,
        }
    }
}

/// A task to be added.
pub struct NewTask<'a> {
    /// For whom.
    pub whose: Whose,
    /// What to do.
    pub kind: Kind,
    /// The target that it needs, or [`MAIL`].
    pub target: &'a str,
    /// Which proof the mail is for.
    pub proof: Option<Uuid>,
    /// Waits for the customer's administrator.
    pub held: bool,
    /// Until when an earlier order may still have an effect: see [`in_doubt`].
    pub not_before: Timestamp,
}

/// Until when an order that ended with this fault at that time may still have an effect at the target: if it ended without
/// an answer.
#[must_use]
pub fn in_doubt(fault: Option<i32>, ended_at: i64) -> Timestamp {
    let unanswered = i32::try_from(Fault::TargetTimeout.code()).ok();
    Timestamp(if fault == unanswered { ended_at + SETTLING } else { 0 })
}

/// Adds a task, or replaces the one in its lane. A replaced task that is under way keeps its lease: the new one runs
/// only when that attempt has ended or its lease has.
///
/// # Errors
/// If the database fails.
pub async fn add(work: &mut Work, environment: &Environment, new: NewTask<'_>) -> Result<(), DbErr> {
    let now = environment.now();
    let turn = next_turn(work, new.whose.customer, now).await?;
    let task = task::ActiveModel {
        id: Set(environment.id()),
        partner_id: Set(new.whose.partner),
        customer_id: Set(new.whose.customer),
        subscriber_id: Set(new.whose.id),
        lane: Set(new.kind.lane().to_owned()),
        target: Set(new.target.to_owned()),
        kind: Set(new.kind.as_str().to_owned()),
        proof_id: Set(new.proof),
        generation: Set(0),
        attempts: Set(0),
        run_at: Set(now.max(new.not_before).0),
        turn: Set(turn),
        held: Set(new.held),
        lease_until: Set(0),
        lease_owner: Set(None),
        claims: Set(0),
        doubt_until: Set(0),
        refused_since: Set(0),
        accepted_since: Set(0),
        created_at: Set(now.0),
    };
    task::Entity::insert(task)
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
                .value(task::Column::RunAt, Expr::case(doubt().gt(now.0), doubt()).finally(now.0))
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

async fn next_turn(work: &Work, customer: Uuid, now: Timestamp) -> Result<i64, DbErr> {
    let after_last = || Expr::col(customer::Column::Turn).add(STEP);
    let updated = customer::Entity::update_many()
        .col_expr(customer::Column::Turn, Expr::case(after_last().lt(now.0), now.0).finally(after_last()).into())
        .filter(customer::Column::Id.eq(customer))
        .exec_with_returning(&**work)
        .await?;
    Ok(updated.first().map_or(now.0, |customer| customer.turn))
}

/// Forgets the tasks of a subscriber who is gone.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, subscriber: Uuid) -> Result<(), DbErr> {
    task::Entity::delete_many().filter(task::Column::SubscriberId.eq(subscriber)).exec(&**work).await?;
    Ok(())
}

/// Forgets a mail that nobody waits for any more.
///
/// # Errors
/// If the database fails.
pub async fn forget_mail(work: &Work, subscriber: Uuid) -> Result<(), DbErr> {
    task::Entity::delete_many()
        .filter(task::Column::SubscriberId.eq(subscriber))
        .filter(task::Column::Lane.eq(Kind::SendProof.lane()))
        .exec(&**work)
        .await?;
    Ok(())
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

/// Lets a customer's held tasks go.
///
/// # Errors
/// If the database fails.
pub async fn release(work: &mut Work, customer: Uuid) -> Result<(), DbErr> {
    task::Entity::update_many()
        .col_expr(task::Column::Held, false.into())
        .filter(task::Column::CustomerId.eq(customer))
        .filter(task::Column::Held.eq(true))
        .exec(&**work)
        .await?;
    work.tasks_added();
    Ok(())
}

/// Lets the account task of one subscriber go: it has become its customer's administrator-to-be.
///
/// # Errors
/// If the database fails.
pub async fn release_one(work: &mut Work, subscriber: Uuid) -> Result<(), DbErr> {
    task::Entity::update_many()
        .col_expr(task::Column::Held, false.into())
        .filter(task::Column::SubscriberId.eq(subscriber))
        .filter(task::Column::Held.eq(true))
        .exec(&**work)
        .await?;
    work.tasks_added();
    Ok(())
}

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

/// Takes up to `most` tasks that are due, for [`LEASE`] milliseconds.
///
/// # Errors
/// If the database fails.
pub async fn claim(
    store: &Store,
    now: Timestamp,
    owner: &str,
    most: u64,
    whose: For,
) -> Result<Vec<task::Model>, DbErr> {
    let work = store.work().await?;
    let order = whose.order();
    let due = Query::select()
        .column(task::Column::Id)
        .from(task::Entity)
        .cond_where(ready(now).add(whose.condition()))
        .order_by(order, sea_orm::Order::Asc)
        .limit(most)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned();
    let claimed = task::Entity::update_many()
        .col_expr(task::Column::LeaseUntil, now.plus(LEASE).0.into())
        .col_expr(task::Column::LeaseOwner, owner.into())
        .col_expr(task::Column::Claims, Expr::col(task::Column::Claims).add(1))
        // Said now, because a process that dies says nothing.
        .col_expr(
            task::Column::DoubtUntil,
            Expr::case(task::Column::Kind.is_in(EFFECTIVE), now.plus(LONGEST_CALL + SETTLING).0)
                .finally(doubt())
                .into(),
        )
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
pub async fn renew(store: &Store, now: Timestamp, owner: &str, subscribers: Vec<Uuid>) -> Result<(), DbErr> {
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
        .col_expr(task::Column::LeaseUntil, now.plus(LEASE).0.into())
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

/// What became of a task while an attempt was under way.
pub enum Standing {
    /// It is still what it was: the attempt's outcome counts.
    Mine(Box<task::Model>),
    /// A newer order has replaced it; the lease is free now, so that the new order can run.
    Replaced,
    /// It is gone, or its lease ran out and somebody else took it.
    Lost,
}

/// Looks a task up again when its attempt has ended, and locks it until the transaction ends. `answered`: see
/// [`postpone`].
///
/// # Errors
/// If the database fails.
pub async fn stand(work: &mut Work, task: &task::Model, now: Timestamp, answered: bool) -> Result<Standing, DbErr> {
    let current = task::Entity::find()
        .filter(task::Column::SubscriberId.eq(task.subscriber_id))
        .filter(task::Column::Lane.eq(task.lane.as_str()))
        .lock_exclusive()
        .one(&**work)
        .await?;
    let Some(current) = current else { return Ok(Standing::Lost) };
    if current.lease_owner != task.lease_owner || current.claims != task.claims {
        return Ok(Standing::Lost);
    }
    if current.id == task.id {
        return Ok(Standing::Mine(Box::new(current)));
    }
    let run_at = if answered { now } else { now.plus(SETTLING) };
    free_at(work, current, run_at, answered).await?;
    work.tasks_added();
    Ok(Standing::Replaced)
}

/// Whether the task is still what its attempt has claimed: not replaced, gone, or taken over by another server.
///
/// # Errors
/// If the database fails.
pub async fn is_held(work: &Work, task: &task::Model) -> Result<bool, DbErr> {
    let current = task::Entity::find_by_id(task.id).one(&**work).await?;
    Ok(current.is_some_and(|current| current.lease_owner == task.lease_owner && current.claims == task.claims))
}

/// An attempt that failed and is made again.
#[derive(Clone, Copy, Debug)]
pub struct Setback {
    /// When it is made again.
    pub run_at: Timestamp,
    /// Whether the target has said something, so that nothing that it was asked is still under way.
    pub answered: bool,
    /// Whether the task has lost an attempt.
    pub counts: bool,
}

/// Gives a task back to be tried again.
///
/// # Errors
/// If the database fails.
pub async fn postpone(work: &Work, mut task: task::Model, now: Timestamp, setback: Setback) -> Result<(), DbErr> {
    let Setback { run_at, answered, counts } = setback;
    if task.refused_since == 0 {
        task.refused_since = now.0;
    }
    if counts {
        task.attempts += 1;
    } else {
        // What is down does not work on anything.
        task.accepted_since = 0;
    }
    free_at(work, task, run_at, answered).await
}

/// Gives a task back that the target works on: to be asked again at `run_at`. It answered, so the count of failed
/// attempts begins anew.
///
/// # Errors
/// If the database fails.
pub async fn wait(work: &Work, mut task: task::Model, now: Timestamp, run_at: Timestamp) -> Result<(), DbErr> {
    if task.accepted_since == 0 {
        task.accepted_since = now.0;
    }
    (task.attempts, task.refused_since) = (0, 0);
    free_at(work, task, run_at, true).await
}

async fn free_at(work: &Work, task: task::Model, run_at: Timestamp, answered: bool) -> Result<(), DbErr> {
    let task::Model { attempts, refused_since, accepted_since, .. } = task;
    let doubt_until = if answered { 0 } else { task.doubt_until };
    let mut row: task::ActiveModel = task.into();
    row.attempts = Set(attempts);
    row.refused_since = Set(refused_since);
    row.accepted_since = Set(accepted_since);
    row.doubt_until = Set(doubt_until);
    row.run_at = Set(run_at.0);
    row.lease_until = Set(0);
    row.lease_owner = Set(None);
    row.update(&**work).await?;
    Ok(())
}

/// Forgets a finished task.
///
/// # Errors
/// If the database fails.
pub async fn finish(work: &Work, task: &task::Model) -> Result<(), DbErr> {
    task::Entity::delete_by_id(task.id).exec(&**work).await?;
    Ok(())
}

/// How many tasks there are.
///
/// # Errors
/// If the database fails.
pub async fn length(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    use sea_orm::PaginatorTrait as _;
    task::Entity::find().count(db).await
}
