//! Who is signed in: sessions live in the database as hashes; a cookie holds the token.

pub mod watch;

use domain::{Network, Timestamp, limit};

use crate::{
    access::secret::fingerprint,
    environment::Environment,
    fault::Trouble,
    store::{
        Administrator, AdministratorId, Customer, DbErr, Store, Subscriber, SubscriberId, Template, TemplateId, Work,
        hub_session, hub_sign_in, interruption, invitation, oidc_sign_in, passkey_ceremony, portal_session,
        second_factor,
    },
};

/// How often a session's last use is written down, in milliseconds: not with every click.
const SEEN_EVERY: i64 = 5 * domain::timestamp::MINUTE;

/// A session that has just begun; `Id` is its owner's.
#[derive(Debug)]
pub struct Opened<Id> {
    /// The cookie's value.
    pub token: String,
    /// The owner of the session that it replaces in this browser, if there was one.
    pub replaced: Option<Id>,
}

/// Begins a portal session in a browser, which has had the session `before`: that one ends.
///
/// # Errors
/// If the database fails.
pub async fn open_portal(
    work: &Work,
    environment: &Environment,
    of: &Subscriber,
    before: Option<&str>,
) -> Result<Opened<SubscriberId>, Trouble> {
    let replaced = match before {
        Some(token) => portal_session::delete(work, &fingerprint(token)).await?,
        None => None,
    };
    let token = environment.token();
    portal_session::insert(work, fingerprint(&token), of, environment.now()).await?;
    Ok(Opened { token, replaced })
}

/// The subscriber who is signed in to the portal of this template.
///
/// # Errors
/// If they cannot be read, or the database fails.
pub async fn portal(
    store: &Store,
    now: Timestamp,
    template: TemplateId,
    token: &str,
) -> Result<Option<Subscriber>, Trouble> {
    let hash = fingerprint(token);
    let found = portal_session::find(store.read(), now, template, &hash).await?;
    used_portal(store, now, &hash, found).await
}

/// The subscriber who is signed in to the portal behind this share link, with template and customer.
///
/// # Errors
/// If they cannot be read, or the database fails.
pub async fn portal_whole(
    store: &Store,
    now: Timestamp,
    share: &str,
    token: &str,
) -> Result<Option<(Subscriber, Template, Customer)>, Trouble> {
    let hash = fingerprint(token);
    let found = portal_session::find_whole(store.read(), now, share, &hash).await?;
    used_portal(store, now, &hash, found).await
}

/// Whose a portal's session is that is being used.
async fn used_portal<T>(
    store: &Store,
    now: Timestamp,
    hash: &str,
    found: Option<portal_session::Found<T>>,
) -> Result<Option<T>, Trouble> {
    let Some((whose, seen_at)) = found else { return Ok(None) };
    if seen_at.is_none_or(|seen_at| now.since(seen_at) > SEEN_EVERY) {
        in_passing(store, async |work| portal_session::note_seen(work, hash, now).await).await?;
    }
    Ok(Some(whose))
}

/// Begins a hub session in a browser in this network, which has had the session `before`: that one ends.
///
/// # Errors
/// If the database fails.
pub async fn open_hub(
    work: &Work,
    environment: &Environment,
    administrator: AdministratorId,
    network: Network,
    before: Option<&str>,
) -> Result<Opened<AdministratorId>, Trouble> {
    let replaced = match before {
        Some(token) => end_hub(work, token).await?,
        None => None,
    };
    let token = environment.token();
    hub_session::insert(work, fingerprint(&token), administrator, environment.now(), network).await?;
    Ok(Opened { token, replaced })
}

/// Begins a sign-in that waits for a code in a browser, which has had the session `before`: that one ends. Returns the cookie's
/// value; it opens nothing.
///
/// # Errors
/// If the database fails.
pub async fn await_code(
    work: &Work,
    environment: &Environment,
    of: &Administrator,
    before: Option<&str>,
) -> Result<Opened<AdministratorId>, Trouble> {
    let replaced = match before {
        Some(token) => end_hub(work, token).await?,
        None => None,
    };
    let token = environment.token();
    hub_sign_in::insert(work, fingerprint(&token), of, environment.now()).await?;
    Ok(Opened { token, replaced })
}

/// Ends what a hub's cookie stands for, a session or a sign-in that waits for a code. Returns whose session it was.
async fn end_hub(work: &Work, token: &str) -> Result<Option<AdministratorId>, Trouble> {
    let hash = fingerprint(token);
    hub_sign_in::delete(work, &hash).await?;
    Ok(hub_session::delete(work, &hash).await?)
}

/// The administrator who is signed in to the hub.
///
/// # Errors
/// If the database fails.
pub async fn hub(store: &Store, now: Timestamp, token: &str) -> Result<Option<Administrator>, Trouble> {
    let hash = fingerprint(token);
    let Some(session) = hub_session::find(store.read(), now, &hash).await? else { return Ok(None) };
    if now.since(session.seen_at) > SEEN_EVERY {
        in_passing(store, async |work| hub_session::note_seen(work, &hash, now).await).await?;
    }
    Ok(Some(session.administrator))
}

/// Whether whoever has this hub session has proven a short while ago who they are.
///
/// # Errors
/// If the database fails.
pub async fn is_proven(store: &Store, now: Timestamp, token: &str) -> Result<bool, Trouble> {
    let proven = hub_session::proven(store.read(), &fingerprint(token)).await?;
    Ok(proven.is_some_and(|at| now.since(at) < limit::HUB_PROOF))
}

/// Writes down that they have just done so.
///
/// # Errors
/// If the database fails.
pub async fn note_proven(work: &Work, now: Timestamp, token: &str) -> Result<(), Trouble> {
    Ok(hub_session::note_proven(work, &fingerprint(token), now).await?)
}

/// Writes something down for whoever only reads and need not wait until the database can be written again.
async fn in_passing(store: &Store, write: impl AsyncFnOnce(&Work) -> Result<(), DbErr>) -> Result<(), DbErr> {
    let written = async {
        let work = store.in_passing().work().await?;
        write(&work).await?;
        work.commit().await
    };
    written.await.or_else(|error| if interruption(&error).is_some() { Ok(()) } else { Err(error) })
}

/// Signs a user out of the portal. Returns who it was.
///
/// # Errors
/// If the database fails.
pub async fn close_portal(store: &Store, token: &str) -> Result<Option<SubscriberId>, Trouble> {
    let work = store.work().await?;
    let subscriber = portal_session::delete(&work, &fingerprint(token)).await?;
    work.commit().await?;
    Ok(subscriber)
}

/// Signs an administrator out of the hub. Returns who it was.
///
/// # Errors
/// If the database fails.
pub async fn close_hub(store: &Store, token: &str) -> Result<Option<AdministratorId>, Trouble> {
    let work = store.work().await?;
    let administrator = end_hub(&work, token).await?;
    work.commit().await?;
    Ok(administrator)
}

/// Forgets sessions that have ended.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    let work = store.work().await?;
    portal_session::sweep(&work, now).await?;
    hub_session::sweep(&work, now).await?;
    hub_sign_in::sweep(&work, now).await?;
    oidc_sign_in::sweep(&work, now).await?;
    passkey_ceremony::sweep(&work, now).await?;
    second_factor::sweep(&work, now).await?;
    invitation::sweep(&work, now).await?;
    Ok(work.commit().await?)
}
