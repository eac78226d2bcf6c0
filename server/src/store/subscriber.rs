//! People with a BroadWorks user id. Their state is written only by `provisioning::change`.

use domain::{BroadWorksId, EmailAddress, SpEnterpriseId, Status, Timestamp, lifecycle::AtTarget};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Func, OnConflict, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

pub use super::entity::subscriber::Model as Subscriber;
use super::{
    Customer, Tenant, Work, customer,
    entity::subscriber,
    ids::{CustomerId, TemplateId},
    page::{self, Page, Window},
    proof,
    row::changed,
    template,
};

/// What the subscribers of a list have to fit.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The BroadWorks user id.
    pub user_id: Option<BroadWorksId>,
    /// The account's id at the target.
    pub person_id: Option<String>,
    /// The address.
    pub email: Option<EmailAddress>,
    /// Onboarded by which template.
    pub template: Option<TemplateId>,
    /// Onboarded by the template with this provisioning ID.
    pub provisioning_id: Option<String>,
    /// Of which customer.
    pub customer: Option<CustomerId>,
    /// Of the customer that the service provider calls so.
    pub sp_enterprise_id: Option<SpEnterpriseId>,
    /// With another status since.
    pub changed_after: Option<Timestamp>,
    /// Here since.
    pub created_after: Option<Timestamp>,
    /// With one of these.
    pub statuses: Option<Vec<Status>>,
    /// Not with this one.
    pub but: Option<Status>,
    /// Came by the share link alone, or not.
    pub self_activated: Option<bool>,
}

/// The tenant's subscriber of that id.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, tenant: Tenant, id: Uuid) -> Result<Option<Subscriber>, DbErr> {
    of(tenant).filter(subscriber::Column::Id.eq(id)).one(db).await
}

/// The tenant's subscriber whom BroadWorks knows by that id.
///
/// # Errors
/// If the database fails.
pub async fn known_as(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    user_id: &BroadWorksId,
) -> Result<Option<Subscriber>, DbErr> {
    of(tenant).filter(subscriber::Column::UserIdKey.eq(user_id.key())).one(db).await
}

/// Those of the tenant's subscribers that have these ids.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Subscriber>, DbErr> {
    of(tenant).filter(subscriber::Column::Id.is_in(ids)).all(db).await
}

/// A part of the tenant's subscribers, the oldest first.
///
/// # Errors
/// If the database fails.
pub async fn oldest_first(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    filter: &Filter,
    window: Window,
) -> Result<Page<Subscriber>, DbErr> {
    page::oldest_first(db, fitting(tenant, filter), (subscriber::Column::Id, |row: &Subscriber| row.id), window).await
}

/// A part of the tenant's subscribers, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn newest_first(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    filter: &Filter,
    window: Window,
) -> Result<Page<Subscriber>, DbErr> {
    page::newest_first(db, fitting(tenant, filter), (subscriber::Column::Id, |row: &Subscriber| row.id), window).await
}

/// Which of these ids, by what they are compared by, a subscriber of the tenant has.
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
        .column(subscriber::Column::UserIdKey)
        .filter(subscriber::Column::UserIdKey.is_in(keys))
        .into_tuple()
        .all(db)
        .await
}

/// The BroadWorks user ids of the customer's first subscribers.
///
/// # Errors
/// If the database fails.
pub async fn ids_at(db: &impl ConnectionTrait, customer: &Customer, most: u64) -> Result<Vec<BroadWorksId>, DbErr> {
    let ids: Vec<String> = subscriber::Entity::find()
        .select_only()
        .column(subscriber::Column::UserId)
        .filter(subscriber::Column::CustomerId.eq(customer.id))
        .order_by_asc(subscriber::Column::Id)
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.iter().map(|id| BroadWorksId::kept(id)).collect())
}

/// Reads a subscriber and locks it until the transaction ends, if there is one: its customer first, as everybody does. For
/// the engine and its callers, who see to whose it is.
///
/// # Errors
/// If the database fails.
pub async fn lock(work: &Work, id: Uuid) -> Result<Option<Subscriber>, DbErr> {
    let customer = subscriber::Entity::find_by_id(id).select_only().column(subscriber::Column::CustomerId);
    customer::lock_those(work, customer.into_query()).await?;
    subscriber::Entity::find_by_id(id).lock_exclusive().one(&**work).await
}

/// Writes a new one down, unless the partner has a subscriber of that BroadWorks user id: then nothing is there.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, new: Subscriber) -> Result<Option<Subscriber>, DbErr> {
    let mut taken = OnConflict::columns([subscriber::Column::PartnerId, subscriber::Column::UserIdKey]);
    let inserted = subscriber::Entity::insert(new.into_active_model().reset_all())
        .on_conflict(taken.do_nothing().to_owned())
        .exec_with_returning(&**work)
        .await;
    match inserted {
        Ok(subscriber) => Ok(Some(subscriber)),
        Err(DbErr::RecordNotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes down what has changed of one that was `before`.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, before: &Subscriber, after: Subscriber) -> Result<Subscriber, DbErr> {
    changed::<subscriber::ActiveModel>(before.clone(), after).update(&**work).await
}

/// Forgets one who is gone.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, subscriber: &Subscriber) -> Result<(), DbErr> {
    subscriber::Entity::delete_by_id(subscriber.id).exec(&**work).await.map(drop)
}

/// The one who is to prove an address, for whoever has the request to.
///
/// # Errors
/// If the database fails.
pub async fn of_proof(db: &impl ConnectionTrait, request: &proof::Request) -> Result<Option<Subscriber>, DbErr> {
    subscriber::Entity::find_by_id(request.subscriber_id).one(db).await
}

/// The one whose own id it is, for a user who is signed in.
///
/// # Errors
/// If the database fails.
pub async fn oneself(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Subscriber>, DbErr> {
    subscriber::Entity::find_by_id(id).one(db).await
}

/// Everybody's ids, for another query to ask who is still there.
pub fn ids() -> SelectStatement {
    subscriber::Entity::find().select_only().column(subscriber::Column::Id).into_query()
}

/// The customer's first subscriber.
///
/// # Errors
/// If the database fails.
pub async fn first_of(db: &impl ConnectionTrait, customer: &Customer) -> Result<Option<Subscriber>, DbErr> {
    subscriber::Entity::find()
        .filter(subscriber::Column::CustomerId.eq(customer.id))
        .order_by_asc(subscriber::Column::Id)
        .one(db)
        .await
}

/// Whether another subscriber of the same partner has an account with this address.
///
/// # Errors
/// If the database fails.
pub async fn is_a_colleagues(
    db: &impl ConnectionTrait,
    subscriber: &Subscriber,
    email: &EmailAddress,
) -> Result<bool, DbErr> {
    let colleague = of(Tenant::of_subscriber(subscriber))
        .filter(has_address(email))
        .filter(subscriber::Column::AtTarget.eq(AtTarget::Account.as_str()))
        .filter(subscriber::Column::Id.ne(subscriber.id));
    Ok(colleague.one(db).await?.is_some())
}

fn fitting(tenant: Tenant, filter: &Filter) -> Select<subscriber::Entity> {
    use subscriber::Column;
    let Filter { user_id, person_id, email, template, provisioning_id, customer, sp_enterprise_id, .. } = filter;
    let Filter { changed_after, created_after, statuses, but, self_activated, .. } = filter;
    // One template and one customer and not sets of them: with an index in the order of the list, that saves sorting.
    let by_template = |id: &String| Expr::col(Column::TemplateId).eq(Expr::from(template::id_of(tenant, id)));
    let of_customer = |id: &SpEnterpriseId| Expr::col(Column::CustomerId).eq(Expr::from(customer::id_of(tenant, id)));
    let conditions: [Option<SimpleExpr>; 12] = [
        user_id.as_ref().map(|id| Column::UserIdKey.eq(id.key())),
        person_id.as_ref().map(|id| Column::PersonId.eq(id.as_str())),
        email.as_ref().map(has_address),
        template.map(|id| Column::TemplateId.eq(id)),
        provisioning_id.as_ref().map(by_template),
        customer.map(|id| Column::CustomerId.eq(id)),
        sp_enterprise_id.as_ref().map(of_customer),
        changed_after.map(|moment| Column::StatusChangedAt.gt(moment.0)),
        created_after.map(|moment| Column::CreatedAt.gt(moment.0)),
        statuses.as_ref().map(|statuses| Column::Status.is_in(statuses.iter().map(|status| status.as_str()))),
        but.map(|status| Column::Status.ne(status.as_str())),
        self_activated.map(|wanted| Column::SelfActivated.eq(wanted)),
    ];
    conditions.into_iter().flatten().fold(of(tenant), |rows, condition| rows.filter(condition))
}

fn has_address(email: &EmailAddress) -> SimpleExpr {
    Expr::expr(Func::lower(Expr::col(subscriber::Column::Email))).eq(email.key())
}

/// The tenant's subscribers: where every query begins.
fn of(tenant: Tenant) -> Select<subscriber::Entity> {
    subscriber::Entity::find().filter(subscriber::Column::PartnerId.eq(tenant.partner()))
}
