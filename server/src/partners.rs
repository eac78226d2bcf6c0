//! The partners: the phone companies that this server serves.

use domain::subscriber::identifying;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::{
    environment::Environment,
    fault::Trouble,
    store::{Store, entity::partner},
};

/// The most characters that a partner's name may have.
const LONGEST_NAME: usize = 80;

/// All of them, by name.
///
/// # Errors
/// If the database fails.
pub async fn all(store: &Store) -> Result<Vec<partner::Model>, Trouble> {
    Ok(partner::Entity::find().order_by_asc(partner::Column::Name).all(store.read()).await?)
}

/// The one of that name.
///
/// # Errors
/// If the database fails.
pub async fn named(store: &Store, name: &str) -> Result<Option<partner::Model>, Trouble> {
    Ok(partner::Entity::find().filter(partner::Column::Name.eq(name.trim())).one(store.read()).await?)
}

/// The one of that name, created if it is new.
///
/// # Errors
/// As [`identifying`] for a name that is none, or a database error.
pub async fn named_or_new(store: &Store, environment: &Environment, name: &str) -> Result<partner::Model, Trouble> {
    let work = store.work().await?;
    if let Some(found) = partner::Entity::find().filter(partner::Column::Name.eq(name.trim())).one(&*work).await? {
        work.abandon().await?;
        return Ok(found);
    }
    let name = identifying(name, LONGEST_NAME)?.to_owned();
    let new = partner::ActiveModel { id: Set(environment.id()), name: Set(name), created_at: Set(environment.now().0) };
    let new = new.insert(&*work).await?;
    work.commit().await?;
    Ok(new)
}
