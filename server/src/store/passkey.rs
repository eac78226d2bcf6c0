//! The passkeys of administrators: several each. Whoever shows one has no partner yet; what looks it up proves one.

use std::collections::HashSet;

use domain::Timestamp;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::{
    Administrator, Work, administrator,
    entity::passkey::{Column, Entity, Model},
    ids::{AdministratorId, PasskeyId},
    row,
};
use crate::store::Trouble;

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// By what the authenticator knows it, base64url.
    pub credential_id: String,
    /// The public key and what stays as it was when it was made.
    pub public_key: String,
    /// What may change with each use.
    pub state: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
}

/// One that has just been made.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// Its id.
    pub id: PasskeyId,
    /// By what the authenticator knows it, base64url.
    pub credential_id: String,
    /// The public key and what stays as it is.
    pub public_key: String,
    /// What may change with each use.
    pub state: String,
    /// What its owner calls it.
    pub name: String,
}

impl From<Model> for Passkey {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            credential_id: row.credential_id,
            public_key: row.public_key,
            state: row.state,
            name: row.name,
            created_at: Timestamp(row.created_at),
            used_at: row.used_at.map(Timestamp),
        }
    }
}

/// An administrator's, the oldest first.
///
/// # Errors
/// If the database fails.
pub async fn of(db: &impl ConnectionTrait, whose: AdministratorId) -> Result<Vec<Passkey>, DbErr> {
    let rows = Entity::find().filter(Column::AdministratorId.eq(whose)).order_by_asc(Column::Id).all(db).await?;
    Ok(rows.into_iter().map(Passkey::from).collect())
}

/// How many an administrator has.
///
/// # Errors
/// If the database fails.
pub async fn count(db: &impl ConnectionTrait, whose: AdministratorId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::AdministratorId.eq(whose)).count(db).await
}

/// Which of these administrators have any.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl ConnectionTrait,
    administrators: &[Administrator],
) -> Result<HashSet<AdministratorId>, DbErr> {
    let ids = administrators.iter().map(|one| one.id);
    let with = Entity::find().select_only().column(Column::AdministratorId).distinct();
    let with: Vec<AdministratorId> = with.filter(Column::AdministratorId.is_in(ids)).into_tuple().all(db).await?;
    Ok(with.into_iter().collect())
}

/// The one that an authenticator knows so, and whose it is, unless they must not sign in.
///
/// # Errors
/// If the database fails.
pub async fn by_credential(
    db: &impl ConnectionTrait,
    credential_id: &str,
) -> Result<Option<(Passkey, Administrator)>, Trouble> {
    let Some(row) = Entity::find().filter(Column::CredentialId.eq(credential_id)).one(db).await? else {
        return Ok(None);
    };
    let whose = administrator::admitted(db, row.administrator_id).await?;
    Ok(whose.map(|whose| (row.into(), whose)))
}

/// Adds one to an administrator's.
///
/// # Errors
/// If there is one already that the authenticator knows so ([`super::is_taken`]), or the database fails.
pub async fn insert(work: &Work, whose: AdministratorId, new: NewPasskey, now: Timestamp) -> Result<(), DbErr> {
    let NewPasskey { id, credential_id, public_key, state, name } = new;
    let (created_at, used_at) = (now.0, None);
    let row = Model { id, administrator_id: whose, credential_id, public_key, state, name, created_at, used_at };
    row::add::<Entity>(&**work, row).await
}

/// Writes down that one was used, and how it stands since. Returns whether nobody else has used it meanwhile, and it is still there.
///
/// # Errors
/// If the database fails.
pub async fn note_used(work: &Work, known: &Passkey, state: &str, now: Timestamp) -> Result<bool, DbErr> {
    let used = Entity::update_many()
        .col_expr(Column::State, state.into())
        .col_expr(Column::UsedAt, now.0.into())
        .filter(Column::Id.eq(known.id))
        .filter(Column::State.eq(known.state.as_str()))
        .exec(&**work)
        .await?;
    Ok(used.rows_affected > 0)
}

/// Gives an administrator's another name. Returns whether there is one.
///
/// # Errors
/// If the database fails.
pub async fn rename(work: &Work, whose: AdministratorId, id: PasskeyId, name: &str) -> Result<bool, DbErr> {
    let renamed = Entity::update_many()
        .col_expr(Column::Name, name.into())
        .filter(Column::Id.eq(id))
        .filter(Column::AdministratorId.eq(whose))
        .exec(&**work)
        .await?;
    Ok(renamed.rows_affected > 0)
}

/// Removes an administrator's. Returns whether there was one.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, whose: AdministratorId, id: PasskeyId) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::AdministratorId.eq(whose)).filter(Column::Id.eq(id));
    Ok(own.exec(&**work).await?.rows_affected > 0)
}

/// Forgets all of an administrator's. Returns whether there were any.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, whose: AdministratorId) -> Result<bool, DbErr> {
    let gone = Entity::delete_many().filter(Column::AdministratorId.eq(whose)).exec(&**work).await?;
    Ok(gone.rows_affected > 0)
}
