//! Who is in a customer's BroadWorks directory and is no subscriber: a copy, kept by `crate::directory_sync`.

use domain::BroadWorksId;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _, Select,
    sea_query::{OnConflict, SimpleExpr},
};

pub use super::entity::external_user::Model as ExternalUser;
use super::{Customer, DirectorySync, Work, entity::external_user};

/// The one of that id at a customer.
///
/// # Errors
/// If the database fails.
pub async fn find(work: &Work, customer: &Customer, user_id: &BroadWorksId) -> Result<Option<ExternalUser>, DbErr> {
    external_user::Entity::find_by_id((customer.id.into(), user_id.key())).one(&**work).await
}

/// Those of these ids, by what they are compared by, in the directory that is being read.
///
/// # Errors
/// If the database fails.
pub async fn some(
    work: &Work,
    sync: &DirectorySync,
    keys: impl IntoIterator<Item = String>,
) -> Result<Vec<ExternalUser>, DbErr> {
    of(sync).filter(external_user::Column::UserIdKey.is_in(keys)).all(&**work).await
}

/// How many there are in the directory that is being read.
///
/// # Errors
/// If the database fails.
pub async fn count(work: &Work, sync: &DirectorySync) -> Result<u64, DbErr> {
    of(sync).count(&**work).await
}

/// Writes them down as they are now.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, users: Vec<ExternalUser>) -> Result<(), DbErr> {
    use external_user::Column;
    if users.is_empty() {
        return Ok(());
    }
    let replace = OnConflict::columns([Column::CustomerId, Column::UserIdKey])
        .update_columns([
            Column::UserId,
            Column::FirstName,
            Column::LastName,
            Column::Phone,
            Column::Extension,
            Column::MobilePhone,
            Column::Run,
        ])
        .to_owned();
    let users = users.into_iter().map(|user| user.into_active_model().reset_all());
    external_user::Entity::insert_many(users).on_conflict(replace).exec_without_returning(&**work).await.map(drop)
}

/// Forgets one.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, user: &ExternalUser) -> Result<(), DbErr> {
    let key = (user.customer_id, user.user_id_key.clone());
    external_user::Entity::delete_by_id(key).exec(&**work).await.map(drop)
}

/// Forgets whom the run did not see, and says how many.
///
/// # Errors
/// If the database fails.
pub async fn delete_unseen(work: &Work, sync: &DirectorySync) -> Result<u64, DbErr> {
    let forgotten = external_user::Entity::delete_many()
        .filter(is_of(sync))
        .filter(external_user::Column::Run.ne(sync.run))
        .exec(&**work)
        .await?;
    Ok(forgotten.rows_affected)
}

/// Forgets everybody at a customer.
///
/// # Errors
/// If the database fails.
pub async fn delete_all(work: &Work, customer: &Customer) -> Result<(), DbErr> {
    let theirs = external_user::Column::CustomerId.eq(customer.id);
    external_user::Entity::delete_many().filter(theirs).exec(&**work).await.map(drop)
}

fn of(sync: &DirectorySync) -> Select<external_user::Entity> {
    external_user::Entity::find().filter(is_of(sync))
}

fn is_of(sync: &DirectorySync) -> SimpleExpr {
    external_user::Column::CustomerId.eq(sync.customer_id)
}
