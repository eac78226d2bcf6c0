//! Who is signed in: sessions live in the database as hashes; a cookie holds the token.

pub mod watch;

use std::collections::HashSet;

use domain::{Timestamp, limit};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    access::secret::fingerprint,
    environment::Environment,
    fault::{Trouble, interruption},
    store::{
        Store, TemplateId, Work,
        entity::{administrator, hub_session, portal_session, subscriber},
    },
};

/// How often a hub session's last use is written down, in milliseconds: not with every click.
const SEEN_EVERY: i64 = 5 * domain::timestamp::MINUTE;

/// A session that has just begun.
#[derive(Debug)]
pub struct Opened {
    /// The cookie's value.
    pub token: String,
    /// Whose session it replaces in this browser, if there was one.
    pub replaced: Option<Uuid>,
}

/// Begins a portal session in a browser, which has had the session `before`: that one ends.
///
/// # Errors
/// If the database fails.
pub async fn open_portal(
    work: &Work,
    environment: &Environment,
    of: &subscriber::Model,
    before: Option<&str>,
) -> Result<Opened, Trouble> {
    let replaced = match before {
        Some(token) => end_portal(work, token).await?,
        None => None,
    };
    let token = environment.token();
    portal_session::ActiveModel {
        token_hash: Set(fingerprint(&token)),
        subscriber_id: Set(of.id),
        template_id: Set(of.template_id),
        expires_at: Set(environment.now().plus(limit::PORTAL_SESSION).0),
    }
    .insert(&**work)
    .await?;
    Ok(Opened { token, replaced })
}

/// The subscriber who is signed in to the portal of this template.
///
/// # Errors
/// If the database fails.
pub async fn portal(
    store: &Store,
    now: Timestamp,
    template: TemplateId,
    token: &str,
) -> Result<Option<subscriber::Model>, Trouble> {
    let session = portal_session::Entity::find_by_id(fingerprint(token)).one(store.read()).await?;
    let session =
        session.filter(|session| session.expires_at > now.0 && TemplateId::from(session.template_id) == template);
    Ok(match session {
        Some(session) => subscriber::Entity::find_by_id(session.subscriber_id).one(store.read()).await?,
        None => None,
    })
}

/// Which of these sessions in the portal, by the hashes of their tokens, have not ended.
async fn portal_sessions(store: &Store, now: Timestamp, tokens: &[String]) -> Result<HashSet<String>, Trouble> {
    let subscribers = subscriber::Entity::find().select_only().column(subscriber::Column::Id).into_query();
    let there = portal_session::Entity::find()
        .filter(portal_session::Column::TokenHash.is_in(tokens))
        .filter(portal_session::Column::ExpiresAt.gt(now.0))
        .filter(portal_session::Column::SubscriberId.in_subquery(subscribers));
    hashes(store, there, portal_session::Column::TokenHash).await
}

/// Begins a hub session in a browser, which has had the session `before`: that one ends.
///
/// # Errors
/// If the database fails.
pub async fn open_hub(
    work: &Work,
    environment: &Environment,
    administrator: Uuid,
    before: Option<&str>,
) -> Result<Opened, Trouble> {
    let replaced = match before {
        Some(token) => end_hub(work, token).await?,
        None => None,
    };
    let token = environment.token();
    let now = environment.now().0;
    hub_session::ActiveModel {
        token_hash: Set(fingerprint(&token)),
        administrator_id: Set(administrator),
        created_at: Set(now),
        seen_at: Set(now),
    }
    .insert(&**work)
    .await?;
    Ok(Opened { token, replaced })
}

/// The administrator who is signed in to the hub.
///
/// # Errors
/// If the database fails.
pub async fn hub(store: &Store, now: Timestamp, token: &str) -> Result<Option<administrator::Model>, Trouble> {
    let Some(session) = hub_session::Entity::find_by_id(fingerprint(token)).one(store.read()).await? else {
        return Ok(None);
    };
    let idle = now.since(Timestamp(session.seen_at));
    if idle > limit::HUB_SESSION_IDLE || now.since(Timestamp(session.created_at)) > limit::HUB_SESSION {
        return Ok(None);
    }
    let administrator = administrator::Entity::find_by_id(session.administrator_id).one(store.read()).await?;
    let administrator = administrator.filter(|administrator| administrator.disabled_at.is_none());
    if idle > SEEN_EVERY && administrator.is_some() {
        match note_seen(&store.in_passing(), now, &session.token_hash).await {
            // Whoever only reads need not wait until the database can be written again.
            Err(error) if interruption(&error).is_some() => {}
            noted => noted?,
        }
    }
    Ok(administrator)
}

async fn note_seen(store: &Store, now: Timestamp, token_hash: &str) -> Result<(), DbErr> {
    let work = store.work().await?;
    // By a filter: the session may have ended meanwhile.
    hub_session::Entity::update_many()
        .col_expr(hub_session::Column::SeenAt, now.0.into())
        .filter(hub_session::Column::TokenHash.eq(token_hash))
        .exec(&*work)
        .await?;
    work.commit().await
}

/// Which of these sessions in the hub, by the hashes of their tokens, have not ended.
async fn hub_sessions(store: &Store, now: Timestamp, tokens: &[String]) -> Result<HashSet<String>, Trouble> {
    let administrators = administrator::Entity::find()
        .select_only()
        .column(administrator::Column::Id)
        .filter(administrator::Column::DisabledAt.is_null())
        .into_query();
    let there = hub_session::Entity::find()
        .filter(hub_session::Column::TokenHash.is_in(tokens))
        .filter(has_ended(now).not())
        .filter(hub_session::Column::AdministratorId.in_subquery(administrators));
    hashes(store, there, hub_session::Column::TokenHash).await
}

async fn hashes<E: sea_orm::EntityTrait>(
    store: &Store,
    sessions: Select<E>,
    hash: E::Column,
) -> Result<HashSet<String>, Trouble> {
    let hashes: Vec<String> = sessions.select_only().column(hash).into_tuple().all(store.read()).await?;
    Ok(hashes.into_iter().collect())
}

/// Signs a user out of the portal. Answers who it was.
///
/// # Errors
/// If the database fails.
pub async fn close_portal(store: &Store, token: &str) -> Result<Option<Uuid>, Trouble> {
    let work = store.work().await?;
    let who = end_portal(&work, token).await?;
    work.commit().await?;
    Ok(who)
}

/// Signs an administrator out of the hub. Answers who it was.
///
/// # Errors
/// If the database fails.
pub async fn close_hub(store: &Store, token: &str) -> Result<Option<Uuid>, Trouble> {
    let work = store.work().await?;
    let who = end_hub(&work, token).await?;
    work.commit().await?;
    Ok(who)
}

/// Signs an administrator out everywhere.
///
/// # Errors
/// If the database fails.
pub async fn close_all(work: &Work, administrator: Uuid) -> Result<(), Trouble> {
    let theirs = hub_session::Column::AdministratorId.eq(administrator);
    hub_session::Entity::delete_many().filter(theirs).exec(&**work).await?;
    Ok(())
}

async fn end_portal(work: &Work, token: &str) -> Result<Option<Uuid>, Trouble> {
    let ended = portal_session::Entity::delete_by_id(fingerprint(token)).exec_with_returning(&**work).await?;
    Ok(ended.map(|session| session.subscriber_id))
}

async fn end_hub(work: &Work, token: &str) -> Result<Option<Uuid>, Trouble> {
    let ended = hub_session::Entity::delete_by_id(fingerprint(token)).exec_with_returning(&**work).await?;
    Ok(ended.map(|session| session.administrator_id))
}

/// Forgets sessions that have ended.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    let work = store.work().await?;
    portal_session::Entity::delete_many().filter(portal_session::Column::ExpiresAt.lte(now.0)).exec(&*work).await?;
    hub_session::Entity::delete_many().filter(has_ended(now)).exec(&*work).await?;
    Ok(work.commit().await?)
}

/// Whether a hub session was not used for too long, or lasts too long.
fn has_ended(now: Timestamp) -> SimpleExpr {
    Expr::col(hub_session::Column::SeenAt)
        .lte(now.plus(-limit::HUB_SESSION_IDLE).0)
        .or(Expr::col(hub_session::Column::CreatedAt).lte(now.plus(-limit::HUB_SESSION).0))
}
