//! The phone companies that run BroadWorks; their administrators use the hub. Only operators look through all of them.

use domain::{Timestamp, deletion};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

use uuid::Uuid;

use super::{Rows, Tenant, Work, entity::partner, ids::PartnerId, row};

/// A phone company that runs BroadWorks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partner {
    /// Its id.
    pub id: PartnerId,
    /// Its name.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// How many users may be deleted in an hour before deletions wait for approval.
    pub deletion_threshold: i32,
    /// Since when whoever signs in has to have a second factor; nothing if that is theirs to decide.
    pub factor_required_at: Option<Timestamp>,
}

impl From<partner::Model> for Partner {
    fn from(row: partner::Model) -> Self {
        let deletion_threshold = row.deletion_threshold.unwrap_or(deletion::THRESHOLD);
        Self {
            id: row.id,
            name: row.name,
            created_at: Timestamp(row.created_at),
            deletion_threshold,
            factor_required_at: row.factor_required_at.map(Timestamp),
        }
    }
}

/// The tenant itself.
///
/// # Errors
/// If the database fails.
pub async fn of(db: &impl ConnectionTrait, tenant: Tenant) -> Result<Option<Partner>, DbErr> {
    let found = partner::Entity::find_by_id(tenant.partner()).one(db).await?;
    Ok(found.map(Partner::from))
}

/// The tenant itself, locked until the transaction ends: for what two must not do at once.
///
/// # Errors
/// If the database fails.
pub async fn lock(work: &Work, tenant: Tenant) -> Result<Option<Partner>, DbErr> {
    let found = partner::Entity::find_by_id(tenant.partner()).lock_exclusive().one(&**work).await?;
    Ok(found.map(Partner::from))
}

/// All of them, by name.
///
/// # Errors
/// If the database fails.
pub async fn all(db: &impl Rows) -> Result<Vec<Partner>, DbErr> {
    let found = row::all(db, partner::Entity::find().order_by_asc(partner::Column::Name)).await?;
    Ok(found.into_iter().map(Partner::from).collect())
}

/// How many there are.
///
/// # Errors
/// If the database fails.
pub async fn count(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    partner::Entity::find().count(db).await
}

/// The one of that name.
///
/// # Errors
/// If the database fails.
pub async fn named(db: &impl ConnectionTrait, name: &str) -> Result<Option<Partner>, DbErr> {
    let found = partner::Entity::find().filter(partner::Column::Name.eq(name)).one(db).await?;
    Ok(found.map(Partner::from))
}

/// Writes a new one down.
///
/// # Errors
/// If the database fails.
pub async fn add(work: &Work, id: Uuid, name: String, created_at: Timestamp) -> Result<Partner, DbErr> {
    let created_at = created_at.0;
    let id = PartnerId::new(id);
    let row = partner::Model { id, name, created_at, deletion_threshold: None, factor_required_at: None };
    Ok(row.into_active_model().insert(&**work).await?.into())
}

/// Gives one another name.
///
/// # Errors
/// If the database fails.
pub async fn rename(work: &Work, partner: &Partner, name: &str) -> Result<(), DbErr> {
    partner::Entity::update_many()
        .col_expr(partner::Column::Name, name.into())
        .filter(partner::Column::Id.eq(partner.id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Writes down from how many deletions on they wait.
///
/// # Errors
/// If the database fails.
pub async fn save_deletion_threshold(work: &Work, tenant: Tenant, threshold: i32) -> Result<(), DbErr> {
    partner::Entity::update_many()
        .col_expr(partner::Column::DeletionThreshold, threshold.into())
        .filter(partner::Column::Id.eq(tenant.partner()))
        .exec(&**work)
        .await
        .map(drop)
}

/// Writes down since when whoever signs in has to have a second factor, or that it is theirs to decide. Returns whether that was
/// different.
///
/// # Errors
/// If the database fails.
pub async fn require_factor(work: &Work, tenant: Tenant, since: Option<Timestamp>) -> Result<bool, DbErr> {
    let required = partner::Column::FactorRequiredAt;
    let otherwise = if since.is_some() { required.is_null() } else { required.is_not_null() };
    let changed = partner::Entity::update_many()
        .col_expr(required, Expr::value(since.map(|since| since.0)))
        .filter(partner::Column::Id.eq(tenant.partner()))
        .filter(otherwise)
        .exec(&**work)
        .await?;
    Ok(changed.rows_affected > 0)
}
