//! Who is signed in to the activation portal, by the hash of a cookie's value.

use std::collections::HashSet;

use domain::Timestamp;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _},
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

/// The user who is signed in to the portal of a template.
///
/// # Errors
/// If they cannot be read, or the database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    now: Timestamp,
    template: TemplateId,
    token_hash: &str,
) -> Result<Option<Subscriber>, Trouble> {
    let session = Entity::find_by_id(token_hash)
        .select_only()
        .column(Column::SubscriberId)
        .filter(Column::ExpiresAt.gt(now.0))
        .filter(Column::TemplateId.eq(template))
        .into_query();
    let whose = subscriber::Entity::find().filter(subscriber::Column::Id.in_subquery(session)).one(db).await?;
    Ok(whose.map(Subscriber::try_from).transpose()?)
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
) -> Result<Option<(Subscriber, Template, Customer)>, Trouble> {
    let session = Entity::find_by_id(token_hash)
        .select_only()
        .column(Column::SubscriberId)
        .filter(Column::ExpiresAt.gt(now.0))
        .filter(Expr::col(Column::TemplateId.as_column_ref()).eq(super::template::id_by_share_token(share_token)))
        .into_query();
    // By the id alone: asked for the template's users, too, SQLite would walk through them.
    let whole = subscriber::Entity::find()
        .filter(subscriber::Column::Id.in_subquery(session))
        .find_also_related(template::Entity)
        .find_also_related(customer::Entity)
        .one(db)
        .await?;
    let Some((whose, Some(template), Some(customer))) = whole else { return Ok(None) };
    Ok(Some((whose.try_into()?, template.try_into()?, customer.into())))
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
        .filter(Column::ExpiresAt.gt(now.0))
        .filter(Column::SubscriberId.in_subquery(subscribers));
    let hashes: Vec<String> = there.into_tuple().all(db).await?;
    Ok(hashes.into_iter().collect())
}

/// Begins one.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, token_hash: String, of: &Subscriber, expires_at: Timestamp) -> Result<(), DbErr> {
    let row = Model { token_hash, subscriber_id: of.id, template_id: of.template_id, expires_at: expires_at.0 };
    row::add::<Entity>(&**work, row).await
}

/// Ends one. Returns whose it was, the subscriber's id.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, token_hash: &str) -> Result<Option<SubscriberId>, DbErr> {
    let ended = Entity::delete_by_id(token_hash).exec_with_returning(&**work).await?;
    Ok(ended.map(|session| session.subscriber_id))
}

/// Ends every one of a subscriber.
///
/// # Errors
/// If the database fails.
pub async fn delete_all_of(work: &Work, subscriber: SubscriberId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::SubscriberId.eq(subscriber)).exec(&**work).await.map(drop)
}

/// Deletes those that have ended.
///
/// # Errors
/// If the database fails.
pub async fn sweep(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::ExpiresAt.lte(now.0)).exec(&**work).await.map(drop)
}
