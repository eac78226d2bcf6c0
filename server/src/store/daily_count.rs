//! How users stood at the end of each day, and how many were provisioned on it: taken from the counters by a sweeper
//! (`crate::statistics`), so that nobody counts users to draw a month.

use domain::{Timestamp, timestamp::DAY};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Alias, Expr, ExprTrait as _, JoinType, OnConflict, Order, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    Tenant, Work,
    entity::{
        daily_count::{self, Column},
        history, subscriber,
    },
    ids::{CustomerId, PartnerId, StepId, first_id_at},
};

/// How the users of a partner or customer stood at the end of a day.
pub type Numbers = daily_count::Model;

/// How all the users that a tenant sees stood at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Day {
    /// Which day, counted from the epoch, in UTC.
    pub day: i64,
    /// How many were provisioned.
    pub provisioned: i64,
    /// How many waited, or were under way.
    pub pending: i64,
    /// How many were in error.
    pub error: i64,
    /// How many were provisioned on that day.
    pub activated: i64,
}

/// The tenant's days from this one on, the oldest first; those that nobody has written down are missing.
///
/// # Errors
/// If the database fails.
pub async fn since(db: &impl ConnectionTrait, tenant: Tenant, day: i64) -> Result<Vec<Day>, DbErr> {
    let whose = match tenant.customers() {
        Some(customers) => Column::OwnerId.in_subquery(customers),
        None => Column::OwnerId.eq(Uuid::from(tenant.partner())),
    };
    let sum = |column: Column| column.sum().cast_as(Alias::new("bigint"));
    daily_count::Entity::find()
        .select_only()
        .column(Column::Day)
        .column_as(sum(Column::Provisioned), "provisioned")
        .column_as(sum(Column::Pending), "pending")
        .column_as(sum(Column::Error), "error")
        .column_as(sum(Column::Activated), "activated")
        .filter(whose)
        .filter(Column::Day.gte(day))
        .group_by(Column::Day)
        .order_by_asc(Column::Day)
        .into_model()
        .all(db)
        .await
}

/// Rows to a statement: six columns each, and SQLite takes 32,766 values.
const CHUNK: usize = 1_000;

/// What of a day that was written down before is written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anew {
    /// All of it.
    Everything,
    /// Only how many were provisioned on that day.
    Activated,
}

/// Writes days down. In the order of owners, so that two servers which do so at once do not wait for each other.
///
/// # Errors
/// If the database fails.
pub async fn put(work: &Work, mut rows: Vec<Numbers>, anew: Anew) -> Result<(), DbErr> {
    rows.sort_by_key(|row| (row.owner_id, row.day));
    let columns = match anew {
        Anew::Everything => vec![Column::Provisioned, Column::Pending, Column::Error, Column::Activated],
        Anew::Activated => vec![Column::Activated],
    };
    for rows in rows.chunks(CHUNK) {
        let rows = rows.iter().map(|row| row.clone().into_active_model().reset_all());
        let mut again = OnConflict::columns([Column::OwnerId, Column::Day]);
        daily_count::Entity::insert_many(rows)
            .on_conflict(again.update_columns(columns.clone()).to_owned())
            .exec_without_returning(&**work)
            .await?;
    }
    Ok(())
}

/// Forgets the days before this one.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, day: i64) -> Result<(), DbErr> {
    daily_count::Entity::delete_many().filter(Column::Day.lt(day)).exec(&**work).await.map(drop)
}

/// For so many users of a customer an account was created; of no customer's, where the user is gone.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Activated {
    /// The customer whose users are counted.
    pub customer: Option<CustomerId>,
    /// How many users they were.
    pub users: i64,
}

/// The condition of an index that has only these steps. As it is written: a value that is bound could be another.
const ACTIVATION: &str = "history.event = 'account_created'";

/// For how many of a partner's users an account was created on a day, customer by customer.
///
/// # Errors
/// If the database fails.
pub async fn activated(db: &impl ConnectionTrait, partner: PartnerId, day: i64) -> Result<Vec<Activated>, DbErr> {
    let customer = (subscriber::Entity, subscriber::Column::CustomerId);
    let mut query = activations(partner, day);
    query
        .expr_as(Expr::col(customer), "customer")
        .join(JoinType::LeftJoin, subscriber::Entity, is_the_owner())
        .group_by_col(customer);
    Activated::find_by_statement(db.get_database_backend().build(&query)).all(db).await
}

/// For how many of those whom the tenant sees an account was created on a day.
///
/// # Errors
/// If the database fails.
pub async fn activated_of(db: &impl ConnectionTrait, tenant: Tenant, day: i64) -> Result<i64, DbErr> {
    let mut query = activations(tenant.partner(), day);
    if let Some(customers) = tenant.customers() {
        let customer = (subscriber::Entity, subscriber::Column::CustomerId);
        query
            .join(JoinType::InnerJoin, subscriber::Entity, is_the_owner())
            .and_where(Expr::col(customer).in_subquery(customers));
    }
    let row = db.query_one(&query).await?;
    row.map_or(Ok(0), |row| row.try_get("", "users"))
}

/// For how many of a partner's users an account was created on a day, by the index.
fn activations(partner: PartnerId, day: i64) -> SelectStatement {
    use history::Column as Step;
    Query::select()
        .expr_as(Expr::cust("COUNT(*)"), "users")
        .from(history::Entity)
        .and_where(Expr::col((history::Entity, Step::PartnerId)).eq(partner))
        .and_where(Expr::cust(ACTIVATION))
        .and_where(Expr::col((history::Entity, Step::Id)).gte(first_of(day)))
        .and_where(Expr::col((history::Entity, Step::Id)).lt(first_of(day + 1)))
        .to_owned()
}

fn is_the_owner() -> Expr {
    Expr::col((subscriber::Entity, subscriber::Column::Id)).equals((history::Entity, history::Column::OwnerId))
}

/// How long it took from the arrival of the tenant's users to their account, in milliseconds: of those who got it last.
///
/// # Errors
/// If the database fails.
pub async fn durations(db: &impl ConnectionTrait, tenant: Tenant, day: i64, most: u64) -> Result<Vec<i64>, DbErr> {
    use history::Column as Step;
    let last = Query::select()
        .columns([Step::OwnerId, Step::At])
        .from(history::Entity)
        .and_where(Expr::col((history::Entity, Step::PartnerId)).eq(tenant.partner()))
        .and_where(Expr::cust(ACTIVATION))
        .and_where(Expr::col((history::Entity, Step::Id)).gte(first_of(day)))
        .order_by((history::Entity, Step::Id), Order::Desc)
        .limit(most)
        .to_owned();
    let (last_alias, created) = (Alias::new("last"), (subscriber::Entity, subscriber::Column::CreatedAt));
    let whose = Expr::col((subscriber::Entity, subscriber::Column::Id)).equals((last_alias.clone(), Step::OwnerId));
    let query = Query::select()
        .expr_as(Expr::col((last_alias.clone(), Step::At)).sub(Expr::col(created)), "took")
        .from_subquery(last, last_alias)
        .join(JoinType::InnerJoin, subscriber::Entity, whose)
        .cond_where(tenant.own_among(subscriber::Column::PartnerId, subscriber::Column::CustomerId))
        .to_owned();
    let rows = db.query_all(&query).await?;
    rows.iter().map(|row| row.try_get("", "took")).collect()
}

/// The day of a moment, counted from the epoch, in UTC.
#[must_use]
pub const fn day_of(at: Timestamp) -> i64 {
    at.0.div_euclid(DAY)
}

/// Before every step of that day, and behind all of the day before.
fn first_of(day: i64) -> StepId {
    first_id_at(Timestamp(day * DAY)).into()
}
