//! Rooms and desks with a BroadWorks user id. Their state is written only by `provisioning::workspaces`.

use domain::{BroadWorksId, SpEnterpriseId, Status};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

pub use super::entity::workspace::Model as Workspace;
use super::{
    Tenant, Work, customer,
    entity::workspace,
    page::{self, Page, Window},
    row::changed,
};

/// What the workspaces of a list have to fit.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The BroadWorks user id.
    pub user_id: Option<BroadWorksId>,
    /// Of which company.
    pub sp_enterprise_id: Option<SpEnterpriseId>,
    /// One of these.
    pub statuses: Option<Vec<Status>>,
}

/// The tenant's workspace of that id.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, tenant: Tenant, id: Uuid) -> Result<Option<Workspace>, DbErr> {
    of(tenant).filter(workspace::Column::Id.eq(id)).one(db).await
}

/// A part of the tenant's workspaces, the oldest first.
///
/// # Errors
/// If the database fails.
pub async fn page(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    filter: &Filter,
    window: Window,
) -> Result<Page<Workspace>, DbErr> {
    let mut rows = of(tenant);
    if let Some(id) = &filter.user_id {
        rows = rows.filter(workspace::Column::UserIdKey.eq(id.key()));
    }
    if let Some(id) = &filter.sp_enterprise_id {
        // One id and not a set of them: with an index in the order of the list, that saves sorting.
        let customer = Expr::from(customer::id_of(tenant, id));
        rows = rows.filter(Expr::col(workspace::Column::CustomerId).eq(customer));
    }
    if let Some(statuses) = &filter.statuses {
        rows = rows.filter(workspace::Column::Status.is_in(statuses.iter().map(|status| status.as_str())));
    }
    page::oldest_first(db, rows, (workspace::Column::Id, |row: &Workspace| row.id), window).await
}

/// Reads a workspace and locks it until the transaction ends, if there is one: its customer first, as everybody does. For
/// the engine and its callers, who see to whose it is.
///
/// # Errors
/// If the database fails.
pub async fn lock(work: &Work, id: Uuid) -> Result<Option<Workspace>, DbErr> {
    let customer = workspace::Entity::find_by_id(id).select_only().column(workspace::Column::CustomerId);
    customer::lock_those(work, customer.into_query()).await?;
    workspace::Entity::find_by_id(id).lock_exclusive().one(&**work).await
}

/// Writes a new one down.
///
/// # Errors
/// If the database fails; [`super::is_taken`] if the partner has a workspace of that BroadWorks user id.
pub async fn insert(work: &Work, new: Workspace) -> Result<Workspace, DbErr> {
    new.into_active_model().insert(&**work).await
}

/// Writes down what has changed of one that was `before`.
///
/// # Errors
/// If the database fails; [`super::is_taken`] if the partner has a workspace of that BroadWorks user id.
pub async fn save(work: &Work, before: &Workspace, after: Workspace) -> Result<Workspace, DbErr> {
    changed::<workspace::ActiveModel>(before.clone(), after).update(&**work).await
}

/// Forgets one that is gone.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, workspace: &Workspace) -> Result<(), DbErr> {
    workspace::Entity::delete_by_id(workspace.id).exec(&**work).await.map(drop)
}

/// Which of these ids, by what they are compared by, a workspace of the tenant has.
///
/// # Errors
/// If the database fails.
pub async fn with_ids(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    keys: impl IntoIterator<Item = String>,
) -> Result<Vec<String>, DbErr> {
    of(tenant)
        .select_only()
        .column(workspace::Column::UserIdKey)
        .filter(workspace::Column::UserIdKey.is_in(keys))
        .into_tuple()
        .all(db)
        .await
}

/// The tenant's workspaces: where every query begins.
fn of(tenant: Tenant) -> Select<workspace::Entity> {
    workspace::Entity::find().filter(workspace::Column::PartnerId.eq(tenant.partner()))
}
