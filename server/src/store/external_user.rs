//! Who is in a customer's BroadWorks directory and is no subscriber: a copy, kept by `crate::directory_sync`.

use domain::BroadWorksId;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _, Select,
    sea_query::{OnConflict, SimpleExpr},
};

use super::{Customer, DirectorySync, Work, entity::external_user, ids::CustomerId};

/// A BroadWorks user of a customer's who is no subscriber, as the directory showed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalUser {
    /// The customer.
    pub customer_id: CustomerId,
    /// The BroadWorks user id, as BroadWorks writes it.
    pub user_id: BroadWorksId,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// The directory number.
    pub phone: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// The mobile number.
    pub mobile_phone: Option<String>,
    /// The last run that saw the user.
    pub run: i64,
}

impl From<external_user::Model> for ExternalUser {
    fn from(row: external_user::Model) -> Self {
        Self {
            customer_id: row.customer_id,
            user_id: BroadWorksId::from_stored(&row.user_id),
            first_name: row.first_name,
            last_name: row.last_name,
            phone: row.phone,
            extension: row.extension,
            mobile_phone: row.mobile_phone,
            run: row.run,
        }
    }
}

impl From<ExternalUser> for external_user::Model {
    fn from(user: ExternalUser) -> Self {
        Self {
            customer_id: user.customer_id,
            user_id_key: user.user_id.key(),
            user_id: user.user_id.into(),
            first_name: user.first_name,
            last_name: user.last_name,
            phone: user.phone,
            extension: user.extension,
            mobile_phone: user.mobile_phone,
            run: user.run,
        }
    }
}

/// The one of that id at a customer.
///
/// # Errors
/// If the database fails.
pub async fn find(work: &Work, customer: &Customer, user_id: &BroadWorksId) -> Result<Option<ExternalUser>, DbErr> {
    let found = external_user::Entity::find_by_id((customer.id, user_id.key())).one(&**work).await?;
    Ok(found.map(ExternalUser::from))
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
    let found = of(sync).filter(external_user::Column::UserIdKey.is_in(keys)).all(&**work).await?;
    Ok(found.into_iter().map(ExternalUser::from).collect())
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
    let users = users.into_iter().map(|user| external_user::Model::from(user).into_active_model().reset_all());
    external_user::Entity::insert_many(users).on_conflict(replace).exec_without_returning(&**work).await.map(drop)
}

/// Forgets one.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, user: &ExternalUser) -> Result<(), DbErr> {
    let key = (user.customer_id, user.user_id.key());
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
