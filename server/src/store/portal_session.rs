//! Who is signed in to the activation portal, by the hash of a cookie's value.

use std::collections::HashSet;

use domain::{Timestamp, limit};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};

use super::{
    Customer, Subscriber, Template, Work,
    entity::{
        customer,
        portal_session::{Column, Entity, Model},
        subscriber, template,
    },
    ids::{SubscriberId, TemplateId},
    row,
};
use crate::store::Trouble;

/// Whose a session is, and when it was used last, as far as that was written down.
pub type Found<T> = (T, Option<Timestamp>);

/// The user who is signed in to the portal of a template.
///
/// # Errors
/// If they cannot be read, or the database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    now: Timestamp,
    template: TemplateId,
    token_hash: &str,
) -> Result<Option<Found<Subscriber>>, Trouble> {
    let found = Entity::find_by_id(token_hash)
        .filter(has_ended(now).not())
        .filter(Column::TemplateId.eq(template))
        .find_also_related(subscriber::Entity)
        .one(db)
        .await?;
    let Some((session, Some(whose))) = found else { return Ok(None) };
    Ok(Some((whose.try_into()?, session.seen_at.map(Timestamp))))
}

/// The user who is signed in to the portal behind a share link, also of one that was replaced meanwhile, with template and customer.
///
/// # Errors
/// If they cannot be read, or the database fails.
pub async fn find_whole(
    db: &impl ConnectionTrait,
    now: Timestamp,
    share_token: &str,
    token_hash: &str,
) -> Result<Option<Found<(Subscriber, Template, Customer)>>, Trouble> {
    let found = Entity::find_by_id(token_hash)
        .filter(has_ended(now).not())
        .filter(Expr::col(Column::TemplateId.as_column_ref()).eq(super::template::id_by_share_token(share_token)))
        .find_also_related(subscriber::Entity)
        .find_also(subscriber::Entity, template::Entity)
        .find_also(subscriber::Entity, customer::Entity)
        .one(db)
        .await?;
    let Some((session, Some(whose), Some(template), Some(customer))) = found else { return Ok(None) };
    let whole = (whose.try_into()?, template.try_into()?, customer.into());
    Ok(Some((whole, session.seen_at.map(Timestamp))))
}

/// Which of these, by the hashes of their cookies, have not ended and are of somebody who is there.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl ConnectionTrait,
    now: Timestamp,
    token_hashes: &[String],
) -> Result<HashSet<String>, DbErr> {
    let subscribers = subscriber::Entity::find().select_only().column(subscriber::Column::Id).into_query();
    let there = Entity::find()
        .select_only()
        .column(Column::TokenHash)
        .filter(Column::TokenHash.is_in(token_hashes))
        .filter(has_ended(now).not())
        .filter(Column::SubscriberId.in_subquery(subscribers));
    let hashes: Vec<String> = there.into_tuple().all(db).await?;
    Ok(hashes.into_iter().collect())
}

/// Begins one.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, token_hash: String, of: &Subscriber, now: Timestamp) -> Result<(), DbErr> {
    let row = Model {
        token_hash,
        subscriber_id: of.id,
        template_id: of.template_id,
        expires_at: now.plus(limit::PORTAL_SESSION).0,
        seen_at: Some(now.0),
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

/// Ends one. Returns whose it was, the subscriber's id.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, token_hash: &str) -> Result<Option<SubscriberId>, DbErr> {
    let ended = Entity::delete_by_id(token_hash).exec_with_returning(&**work).await?;
    Ok(ended.map(|session| session.subscriber_id))
}

/// Ends every one of a subscriber. Returns how many there were.
///
/// # Errors
/// If the database fails.
pub async fn delete_all_of(work: &Work, subscriber: SubscriberId) -> Result<u64, DbErr> {
    let ended = Entity::delete_many().filter(Column::SubscriberId.eq(subscriber)).exec(&**work).await?;
    Ok(ended.rows_affected)
}

/// Deletes those that have ended.
///
/// # Errors
/// If the database fails.
pub async fn sweep(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many().filter(has_ended(now)).exec(&**work).await.map(drop)
}

/// Whether a session was not used for too long, or lasts too long. Of one that the version before has begun nobody knows how long it
/// was not used.
fn has_ended(now: Timestamp) -> SimpleExpr {
    // A condition that is neither true nor false is no answer to its opposite.
    let unused = Expr::col(Column::SeenAt.as_column_ref()).if_null(now.0).lte(now.plus(-limit::PORTAL_SESSION_IDLE).0);
    Column::ExpiresAt.lte(now.0).or(unused)
}
