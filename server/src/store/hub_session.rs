//! Who is signed in to the partner hub, by the hash of a cookie's value: whoever has the cookie has no partner yet, the session
//! says which.

use std::collections::HashSet;

use domain::{Network, Timestamp, limit};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{ExprTrait as _, SimpleExpr},
};

use super::{
    Rows, Work,
    administrator::{self, Administrator},
    entity::{
        self,
        hub_session::{Column, Entity, Model},
    },
    hub_sign_in,
    ids::AdministratorId,
    row, second_factor,
};
use crate::store::Trouble;

/// A signed-in administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HubSession {
    /// The administrator who is signed in.
    pub administrator: Administrator,
    /// Last use, as far as it was written down.
    pub seen_at: Timestamp,
}

/// A session that has begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The hash of its cookie's value.
    pub token_hash: String,
    /// When it began.
    pub created_at: Timestamp,
    /// Last use, as far as it was written down.
    pub seen_at: Timestamp,
    /// From where it was begun, if that is known.
    pub network: Option<String>,
}

/// Which sessions to end, by the hashes of their cookies.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// One.
    This(&'a str),
    /// All but one.
    AllBut(&'a str),
}

/// The session whose cookie has this hash, if it has not ended and its administrator may sign in.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, now: Timestamp, token_hash: &str) -> Result<Option<HubSession>, Trouble> {
    let session = Entity::find_by_id(token_hash)
        .filter(has_ended(now).not())
        .find_also_related(entity::administrator::Entity)
        .and_also_related(entity::partner::Entity)
        .filter(administrator::is_admitted())
        .one(db)
        .await?;
    let Some((Model { seen_at, by_passkey, .. }, Some(whose), Some(partner))) = session else { return Ok(None) };
    let mut administrator: Administrator = whose.try_into()?;
    administrator.owes_factor =
        // A provider asks for what it wants to know.
        partner.factor_required_at.is_some()
            && administrator.provider.is_none()
            && !by_passkey
            && !second_factor::counts(db, administrator.id).await?;
    Ok(Some(HubSession { administrator, seen_at: Timestamp(seen_at) }))
}

/// Which of these, by the hashes of their cookies, [`find`] would find.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl ConnectionTrait,
    now: Timestamp,
    token_hashes: &[String],
) -> Result<HashSet<String>, DbErr> {
    let there = Entity::find()
        .select_only()
        .column(Column::TokenHash)
        .filter(Column::TokenHash.is_in(token_hashes))
        .filter(has_ended(now).not())
        .filter(Column::AdministratorId.in_subquery(administrator::ids_admitted()));
    let hashes: Vec<String> = there.into_tuple().all(db).await?;
    Ok(hashes.into_iter().collect())
}

/// Begins one.
///
/// # Errors
/// If the database fails.
pub async fn insert(
    work: &Work,
    token_hash: String,
    administrator: AdministratorId,
    now: Timestamp,
    network: Network,
) -> Result<(), DbErr> {
    let network = (network != Network::UNKNOWN).then(|| network.to_string());
    let (created_at, seen_at) = (now.0, now.0);
    let row = Model {
        token_hash,
        administrator_id: administrator,
        created_at,
        seen_at,
        network,
        proven_at: None,
        by_passkey: false,
    };
    row::add::<Entity>(&**work, row).await
}

/// Writes down that it is being used, if it has not ended meanwhile.
///
/// # Errors
/// If the database fails.
pub async fn note_seen(work: &Work, token_hash: &str, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::SeenAt, now.0.into())
        .filter(Column::TokenHash.eq(token_hash))
        .exec(&**work)
        .await
        .map(drop)
}

/// When the owner of the session whose cookie has this hash has last proven who they are; its beginning was a proof.
///
/// # Errors
/// If the database fails.
pub async fn proven(db: &impl ConnectionTrait, token_hash: &str) -> Result<Option<Timestamp>, DbErr> {
    let session = Entity::find_by_id(token_hash).one(db).await?;
    Ok(session.map(|session| Timestamp(session.proven_at.unwrap_or(session.created_at))))
}

/// Writes down that its owner has proven who they are, if it has not ended meanwhile.
///
/// # Errors
/// If the database fails.
pub async fn note_proven(work: &Work, token_hash: &str, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ProvenAt, now.0.into())
        .filter(Column::TokenHash.eq(token_hash))
        .exec(&**work)
        .await
        .map(drop)
}

/// Whether its owner has shown a passkey in the session whose cookie has this hash.
///
/// # Errors
/// If the database fails.
pub async fn is_by_passkey(work: &Work, token_hash: &str) -> Result<bool, DbErr> {
    Ok(Entity::find_by_id(token_hash).one(&**work).await?.is_some_and(|session| session.by_passkey))
}

/// Writes down whether its owner has shown a passkey in it, if it has not ended meanwhile.
///
/// # Errors
/// If the database fails.
pub async fn note_passkey(work: &Work, token_hash: &str, shown: bool) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ByPasskey, shown.into())
        .filter(Column::TokenHash.eq(token_hash))
        .exec(&**work)
        .await
        .map(drop)
}

/// Ends one. Returns whose it was.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, token_hash: &str) -> Result<Option<AdministratorId>, DbErr> {
    let ended = Entity::delete_by_id(token_hash).exec_with_returning(&**work).await?;
    Ok(ended.map(|session| session.administrator_id))
}

/// Those of an administrator that have not ended, the last used first; each by the hash of its cookie's value, from which
/// nobody makes the cookie.
///
/// # Errors
/// If the database fails.
pub async fn of(db: &impl Rows, now: Timestamp, administrator: AdministratorId) -> Result<Vec<Begun>, DbErr> {
    let rows = Entity::find().filter(Column::AdministratorId.eq(administrator)).filter(has_ended(now).not());
    let rows = row::all(db, rows.order_by_desc(Column::SeenAt).order_by_asc(Column::TokenHash)).await?;
    let begun = |row: Model| Begun {
        token_hash: row.token_hash,
        created_at: Timestamp(row.created_at),
        seen_at: Timestamp(row.seen_at),
        network: row.network,
    };
    Ok(rows.into_iter().map(begun).collect())
}

/// Ends an administrator's session of this hash, or, where one is to be kept, every other one.
///
/// # Errors
/// If the database fails.
pub async fn end(work: &Work, administrator: AdministratorId, which: Which<'_>) -> Result<(), DbErr> {
    let which = match which {
        Which::This(token_hash) => Column::TokenHash.eq(token_hash),
        Which::AllBut(token_hash) => Column::TokenHash.ne(token_hash),
    };
    let own = Entity::delete_many().filter(Column::AdministratorId.eq(administrator));
    own.filter(which).exec(&**work).await.map(drop)
}

/// Ends every one of an administrator, and what waits to become one.
///
/// # Errors
/// If the database fails.
pub async fn delete_all_of(work: &Work, administrator: AdministratorId) -> Result<(), DbErr> {
    hub_sign_in::delete_all_of(work, administrator).await?;
    Entity::delete_many().filter(Column::AdministratorId.eq(administrator)).exec(&**work).await.map(drop)
}

/// Deletes those that have ended.
///
/// # Errors
/// If the database fails.
pub async fn sweep(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many().filter(has_ended(now)).exec(&**work).await.map(drop)
}

/// Whether a session was not used for too long, or lasts too long.
fn has_ended(now: Timestamp) -> SimpleExpr {
    Column::SeenAt.lte(now.plus(-limit::HUB_SESSION_IDLE).0).or(Column::CreatedAt.lte(now.plus(-limit::HUB_SESSION).0))
}
