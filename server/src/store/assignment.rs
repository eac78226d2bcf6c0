//! Which customers are assigned to which administrators.

use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, sea_query::SelectStatement,
};

use super::{
    Administrator, Customer, Work,
    entity::assignment::{ActiveModel, Column, Entity},
    ids::{AdministratorId, CustomerId},
};

/// The ids of an administrator's customers, for another query to ask.
pub(super) fn customers(administrator: AdministratorId) -> SelectStatement {
    Entity::find()
        .select_only()
        .column(Column::CustomerId)
        .filter(Column::AdministratorId.eq(administrator))
        .into_query()
}

/// The ids of those to whom a customer is assigned, for another query to ask.
pub(super) fn administrators(customer: CustomerId) -> SelectStatement {
    Entity::find().select_only().column(Column::AdministratorId).filter(Column::CustomerId.eq(customer)).into_query()
}

/// The customers of each of these administrators.
///
/// # Errors
/// If the database fails.
pub async fn of(
    db: &impl ConnectionTrait,
    administrators: &[Administrator],
) -> Result<HashMap<AdministratorId, Vec<CustomerId>>, DbErr> {
    let whose = administrators.iter().map(|administrator| administrator.id);
    let mut found: HashMap<AdministratorId, Vec<CustomerId>> = HashMap::new();
    for row in Entity::find().filter(Column::AdministratorId.is_in(whose)).all(db).await? {
        found.entry(row.administrator_id).or_default().push(row.customer_id);
    }
    Ok(found)
}

/// Whether a customer is assigned to an administrator.
pub(super) async fn is(
    db: &impl ConnectionTrait,
    administrator: AdministratorId,
    customer: CustomerId,
) -> Result<bool, DbErr> {
    Ok(Entity::find_by_id((administrator, customer)).one(db).await?.is_some())
}

/// Assigns these customers to an administrator, in place of those that were.
///
/// # Errors
/// If the database fails.
pub async fn set(work: &Work, administrator: AdministratorId, customers: &[Customer]) -> Result<(), DbErr> {
    forget(work, administrator).await?;
    if customers.is_empty() {
        return Ok(());
    }
    let rows = customers
        .iter()
        .map(|customer| ActiveModel { administrator_id: Set(administrator), customer_id: Set(customer.id) });
    Entity::insert_many(rows).exec_without_returning(&**work).await.map(drop)
}

/// Takes every customer from an administrator.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, administrator: AdministratorId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AdministratorId.eq(administrator)).exec(&**work).await.map(drop)
}
