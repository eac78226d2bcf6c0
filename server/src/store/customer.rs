//! The companies that a partner serves; each is created with its first subscriber.

use std::collections::HashMap;

use domain::{SpEnterpriseId, Tag, Timestamp};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbBackend, DbErr, EntityName as _, EntityTrait, FromQueryResult as _,
    QueryFilter as _, QueryOrder as _, QuerySelect, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Func, LockType, OnConflict, Query, SelectStatement},
};

use super::{
    DirectorySync, Rows, Template, Tenant, Work,
    entity::{customer, customer_tag, customer_template, template},
    ids::{CustomerId, PartnerId, SubscriberId, TemplateId},
    page::{self, Page, Window},
    row,
};

/// A company that a partner serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The service provider's id of it.
    pub sp_enterprise_id: SpEnterpriseId,
    /// Its name, as shown in the Customer List.
    pub name: String,
    /// The subscriber who is, or is to become, its administrator.
    pub administrator_id: Option<SubscriberId>,
    /// Whether one of its subscribers has been provisioned: Provision Admin First holds nobody back any more.
    pub administrator_ready: bool,
    /// The words by which the partner sorts it.
    pub tags: Vec<Tag>,
    /// When it was created.
    pub created_at: Timestamp,
}

impl From<customer::Model> for Customer {
    fn from(row: customer::Model) -> Self {
        Self {
            id: row.id,
            partner_id: row.partner_id,
            sp_enterprise_id: SpEnterpriseId::from_stored(&row.sp_enterprise_id),
            name: row.name,
            administrator_id: row.administrator_id,
            administrator_ready: row.administrator_ready,
            tags: Tag::from_stored(&row.tags),
            created_at: Timestamp(row.created_at),
        }
    }
}

/// What the customers of a list have to fit.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The service provider's id.
    pub sp_enterprise_id: Option<String>,
    /// How that begins.
    pub beginning: Option<String>,
    /// All of these words by which the partner sorts them.
    pub tags: Vec<Tag>,
}

/// The tenant's customer of that id.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, tenant: Tenant, id: CustomerId) -> Result<Option<Customer>, DbErr> {
    Ok(of(tenant).filter(customer::Column::Id.eq(id)).one(db).await?.map(Customer::from))
}

/// The tenant's customer that the service provider calls so.
///
/// # Errors
/// If the database fails.
pub async fn called(db: &impl ConnectionTrait, tenant: Tenant, id: &SpEnterpriseId) -> Result<Option<Customer>, DbErr> {
    let found = of(tenant).filter(customer::Column::SpEnterpriseId.eq(id.as_str())).one(db).await?;
    Ok(found.map(Customer::from))
}

/// Whether somebody of the tenant may add users to the customer that the service provider calls so: to a new one only
/// whoever has all of the partner's.
///
/// # Errors
/// If the database fails.
pub async fn is_open(db: &impl ConnectionTrait, tenant: Tenant, id: &SpEnterpriseId) -> Result<bool, DbErr> {
    Ok(tenant.has_every_customer() || called(db, tenant, id).await?.is_some())
}

/// Those of the tenant's customers that have these ids.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl Rows,
    tenant: Tenant,
    ids: impl IntoIterator<Item = CustomerId>,
) -> Result<HashMap<CustomerId, Customer>, DbErr> {
    let mut ids: Vec<_> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let found = row::all(db, of(tenant).filter(customer::Column::Id.is_in(ids))).await?;
    Ok(found.into_iter().map(|row| (row.id, row.into())).collect())
}

/// The customer whose directory is read, for whoever has claimed that.
///
/// # Errors
/// If the database fails.
pub async fn of_sync(db: &impl ConnectionTrait, sync: &DirectorySync) -> Result<Option<Customer>, DbErr> {
    Ok(customer::Entity::find_by_id(sync.customer_id).one(db).await?.map(Customer::from))
}

/// A part of the tenant's customers, the oldest first.
///
/// # Errors
/// If the database fails.
pub async fn page(
    db: &impl Rows,
    tenant: Tenant,
    filter: &Filter,
    window: Window<CustomerId>,
) -> Result<Page<Customer, CustomerId>, DbErr> {
    let mut rows = of(tenant);
    if let Some(id) = &filter.sp_enterprise_id {
        rows = rows.filter(customer::Column::SpEnterpriseId.eq(id.as_str()));
    }
    if let Some(beginning) = &filter.beginning {
        // LIKE compares without case on SQLite and with it on PostgreSQL.
        let length = i32::try_from(beginning.chars().count()).unwrap_or(i32::MAX);
        let id = Expr::col(customer::Column::SpEnterpriseId);
        let begins = Func::cust("substr").args([id, Expr::value(1), Expr::value(length)]);
        rows = rows.filter(Expr::expr(begins).eq(beginning.as_str()));
    }
    for tag in &filter.tags {
        let tagged = customer_tag::Entity::find()
            .select_only()
            .column(customer_tag::Column::CustomerId)
            .filter(customer_tag::Column::PartnerId.eq(tenant.partner()))
            .filter(customer_tag::Column::Tag.eq(tag.as_str()))
            .into_query();
        rows = rows.filter(customer::Column::Id.in_subquery(tagged));
    }
    let id = (customer::Column::Id, |row: &customer::Model| row.id);
    Ok(page::oldest_first(db, rows, id, window).await?.map(Customer::from))
}

/// By which templates users of these customers came, the newest template first.
///
/// # Errors
/// If the database fails.
pub async fn templates(
    db: &impl ConnectionTrait,
    customers: &[Customer],
) -> Result<Vec<(CustomerId, TemplateId)>, DbErr> {
    let links = customer_template::Entity::find()
        .filter(customer_template::Column::CustomerId.is_in(customers.iter().map(|customer| customer.id)))
        .order_by_desc(customer_template::Column::TemplateId)
        .all(db)
        .await?;
    Ok(links.into_iter().map(|link| (link.customer_id, link.template_id)).collect())
}

/// The customers that the templates' partner calls so, locked one after the other; each created with its id if it is new. Without
/// those whose template has been deleted since it was read: nobody comes by it any more.
///
/// # Errors
/// If the database fails.
pub async fn locked(
    work: &Work,
    wanted: &[(&Template, &SpEnterpriseId, CustomerId)],
    now: Timestamp,
) -> Result<Vec<Customer>, DbErr> {
    let new = |(template, called, id): &(&Template, &SpEnterpriseId, CustomerId)| {
        Query::select()
            .expr(Expr::value(*id))
            .expr(Expr::value(template.partner_id))
            .expr(Expr::value(called.as_str()))
            .expr(Expr::value(called.as_str()))
            .expr(Expr::value(false))
            .expr(Expr::value(0))
            .expr(Expr::value(now.0))
            .from(template::Entity)
            .and_where(template::Column::Id.eq(template.id))
            .to_owned()
    };
    let mut customers = Vec::new();
    for part in row::in_parts(wanted) {
        let Some(all) = row::one_after_the_other(part.iter().map(new)) else { continue };
        let insert = Query::insert()
            .into_table(customer::Entity)
            .columns([
                customer::Column::Id,
                customer::Column::PartnerId,
                customer::Column::SpEnterpriseId,
                customer::Column::Name,
                customer::Column::AdministratorReady,
                customer::Column::Turn,
                customer::Column::CreatedAt,
            ])
            .select_from(all)
            .map_err(|error| DbErr::Custom(error.to_string()))?
            .on_conflict(
                // An update that changes nothing locks the row and returns it, whoever made it.
                OnConflict::columns([customer::Column::PartnerId, customer::Column::SpEnterpriseId])
                    .update_column(customer::Column::SpEnterpriseId)
                    .to_owned(),
            )
            .returning_all()
            .to_owned();
        for row in work.query_all(&insert).await? {
            customers.push(Customer::from(customer::Model::from_query_result(&row, "")?));
        }
    }
    Ok(customers)
}

/// Locks a customer until the transaction ends.
///
/// # Errors
/// If the database fails.
pub async fn lock(work: &Work, customer: &Customer) -> Result<(), DbErr> {
    customer::Entity::find_by_id(customer.id).lock_exclusive().one(&**work).await.map(drop)
}

/// What a query finds, locked until the transaction ends, and before it the customer whose it is: PostgreSQL locks in the order
/// in which the tables are named (`it engine::locks`). SQLite has one writer.
pub(super) fn locked_first<E: EntityTrait>(mut rows: Select<E>, whose: E::Column, backend: DbBackend) -> Select<E> {
    if backend == DbBackend::Postgres {
        let its = Expr::col(whose.as_column_ref()).equals(customer::Column::Id.as_column_ref());
        let tables = [customer::Entity.table_ref(), E::default().table_ref()];
        let query = QuerySelect::query(&mut rows);
        query.inner_join(customer::Entity, its).lock_with_tables(LockType::Update, tables);
    }
    rows
}

/// Notes that users of these customers come by these templates.
///
/// # Errors
/// If the database fails.
pub async fn link(work: &Work, links: &[(CustomerId, TemplateId)]) -> Result<(), DbErr> {
    for part in row::in_parts(links) {
        let links = part.iter().map(|(customer, template)| customer_template::ActiveModel {
            customer_id: Set(*customer),
            template_id: Set(*template),
        });
        customer_template::Entity::insert_many(links)
            .on_conflict(
                OnConflict::columns([customer_template::Column::CustomerId, customer_template::Column::TemplateId])
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(&**work)
            .await?;
    }
    Ok(())
}

/// Writes down who is, or is to become, the customer's administrator, and whether that one has been provisioned.
///
/// # Errors
/// If the database fails.
pub async fn save_administrator(
    work: &Work,
    customer: &Customer,
    administrator: Option<SubscriberId>,
    ready: bool,
) -> Result<(), DbErr> {
    customer::Entity::update_many()
        .col_expr(customer::Column::AdministratorId, Expr::value(administrator))
        .col_expr(customer::Column::AdministratorReady, ready.into())
        .filter(customer::Column::Id.eq(customer.id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Gives the customer its next turn: `step` after its last one, and never earlier than now.
///
/// # Errors
/// If the database fails.
pub async fn next_turn(work: &Work, customer: CustomerId, step: i64, now: Timestamp) -> Result<i64, DbErr> {
    let after_last = || Expr::col(customer::Column::Turn).add(step);
    let updated = customer::Entity::update_many()
        .col_expr(customer::Column::Turn, Expr::case(after_last().lt(now.0), now.0).finally(after_last()).into())
        .filter(customer::Column::Id.eq(customer))
        .exec_with_returning(&**work)
        .await?;
    Ok(updated.first().map_or(now.0, |customer| customer.turn))
}

/// Gives the tenant's customer that the service provider calls so a name to show.
///
/// # Errors
/// If the database fails.
pub async fn rename(work: &Work, tenant: Tenant, sp_enterprise_id: &str, name: &str) -> Result<(), DbErr> {
    customer::Entity::update_many()
        .col_expr(customer::Column::Name, name.into())
        .filter(customer::Column::PartnerId.eq(tenant.partner()))
        .filter(customer::Column::SpEnterpriseId.eq(sp_enterprise_id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Sorts a customer, who is locked, by these words and by no others.
///
/// # Errors
/// If the database fails.
pub async fn save_tags(work: &Work, customer: &Customer, tags: &[Tag]) -> Result<(), DbErr> {
    customer::Entity::update_many()
        .col_expr(customer::Column::Tags, Tag::stored(tags).into())
        .filter(customer::Column::Id.eq(customer.id))
        .exec(&**work)
        .await?;
    customer_tag::Entity::delete_many().filter(customer_tag::Column::CustomerId.eq(customer.id)).exec(&**work).await?;
    let row = |tag: &Tag| customer_tag::Model {
        customer_id: customer.id,
        tag: tag.as_str().to_owned(),
        partner_id: customer.partner_id,
    };
    row::add_all::<customer_tag::Entity>(&**work, &tags.iter().map(row).collect::<Vec<_>>()).await
}

/// Which of the tenant's customers the service provider calls so, for another query to ask.
pub(super) fn id_of(tenant: Tenant, sp_enterprise_id: &SpEnterpriseId) -> SelectStatement {
    let called = customer::Column::SpEnterpriseId.eq(sp_enterprise_id.as_str());
    of(tenant).select_only().column(customer::Column::Id).filter(called).into_query()
}

/// Which of the tenant's customers have that name, or that id of the service provider's, for another query to ask.
pub(super) fn ids_called(tenant: Tenant, name: &str) -> SelectStatement {
    let called = customer::Column::SpEnterpriseId.eq(name).or(customer::Column::Name.eq(name));
    of(tenant).select_only().column(customer::Column::Id).filter(called).into_query()
}

/// The tenant's customers: where every query begins.
fn of(tenant: Tenant) -> Select<customer::Entity> {
    customer::Entity::find().filter(tenant.own(customer::Column::PartnerId, customer::Column::Id))
}
