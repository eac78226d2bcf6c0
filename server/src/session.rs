//! Who is signed in: sessions live in the database as hashes; a cookie holds the token.

use domain::{Timestamp, limit};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use crate::{
    environment::Environment,
    fault::Trouble,
    secret::fingerprint,
    store::{
        Store, Work,
        entity::{administrator, hub_session, portal_session, subscriber},
    },
};

/// How often a hub session's last use is written down, in milliseconds: not with every click.
const SEEN_EVERY: i64 = 5 * domain::timestamp::MINUTE;

/// Begins a portal session. Answers the cookie's value.
///
/// # Errors
/// If the database fails.
pub async fn open_portal(work: &Work, environment: &Environment, of: &subscriber::Model) -> Result<String, Trouble> {
    let token = environment.token();
    portal_session::ActiveModel {
        token_hash: Set(fingerprint(&token)),
        subscriber_id: Set(of.id),
        template_id: Set(of.template_id),
        expires_at: Set(environment.now().plus(limit::PORTAL_SESSION).0),
    }
    .insert(&**work)
    .await?;
    Ok(token)
}

/// The subscriber who is signed in to the portal of this template.
///
/// # Errors
/// If the database fails.
pub async fn portal(
    store: &Store,
    now: Timestamp,
    template: Uuid,
    token: &str,
) -> Result<Option<subscriber::Model>, Trouble> {
    let session = portal_session::Entity::find_by_id(fingerprint(token)).one(store.read()).await?;
    let session = session.filter(|session| session.expires_at > now.0 && session.template_id == template);
    Ok(match session {
        Some(session) => subscriber::Entity::find_by_id(session.subscriber_id).one(store.read()).await?,
        None => None,
    })
}

/// Begins a hub session. Answers the cookie's value.
///
/// # Errors
/// If the database fails.
pub async fn open_hub(work: &Work, environment: &Environment, administrator: Uuid) -> Result<String, Trouble> {
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
    Ok(token)
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
    if idle > SEEN_EVERY {
        let work = store.work().await?;
        let mut session: hub_session::ActiveModel = session.into();
        session.seen_at = Set(now.0);
        session.update(&*work).await?;
        work.commit().await?;
    }
    Ok(administrator)
}

/// Ends a session of either kind.
///
/// # Errors
/// If the database fails.
pub async fn close(store: &Store, token: &str) -> Result<(), Trouble> {
    let hash = fingerprint(token);
    let work = store.work().await?;
    portal_session::Entity::delete_by_id(hash.clone()).exec(&*work).await?;
    hub_session::Entity::delete_by_id(hash).exec(&*work).await?;
    Ok(work.commit().await?)
}

/// Forgets sessions that have ended.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    let work = store.work().await?;
    portal_session::Entity::delete_many().filter(portal_session::Column::ExpiresAt.lte(now.0)).exec(&*work).await?;
    hub_session::Entity::delete_many()
        .filter(
            Expr::col(hub_session::Column::SeenAt)
                .lte(now.plus(-limit::HUB_SESSION_IDLE).0)
                .or(Expr::col(hub_session::Column::CreatedAt).lte(now.plus(-limit::HUB_SESSION).0)),
        )
        .exec(&*work)
        .await?;
    Ok(work.commit().await?)
}
