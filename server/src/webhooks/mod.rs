//! Webhooks: clients of the REST API are told when a subscriber's status changes.
//!
//! What is to be told is written in the transaction of the change ([`note`]) and sent outside it, by the
//! [`Messenger`]: a change that is rolled back is told to nobody, and one that is committed is told at least once. The
//! format of a message and its signature is that of standardwebhooks.com.

mod address;
mod messenger;
mod sender;
mod signature;

pub use address::WebhookUrl;
pub use domain::webhook::Event;
pub use messenger::Messenger;
pub use sender::{Answer, Attempt, Sender};
pub use signature::Secret;

use domain::{Fault, Timestamp, audit::Deed, timestamp::DAY, webhook::Silence};
use serde_json::json;
use url::{Position, Url};

use crate::{
    access::{code_keys::CodeKeys, kept_secret},
    environment::Environment,
    fault::Trouble,
    iso8601,
    log::SECURITY,
    store::{
        Actor, DbErr, StepId, Store, Subscriber, Tenant, Webhook, WebhookId, Work, audit, webhook, webhook_delivery,
    },
};

/// What a test says that it is, where a change says what has happened.
const TEST: &str = "webhook.test";

/// How long a delivery that was made or given up can be looked up, in milliseconds.
const KEPT: i64 = 7 * DAY;

/// Adds a webhook, whose secret is kept under these keys.
///
/// # Errors
/// If the database fails.
pub async fn add(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    url: &WebhookUrl,
    (secret, keys): (&Secret, &CodeKeys),
    events: &[Event],
) -> Result<Webhook, Trouble> {
    let (now, id) = (environment.now(), environment.id());
    let new = Webhook {
        id: id.into(),
        partner_id: tenant.partner(),
        url: url.as_str().to_owned(),
        secret: kept_secret::keep(keys, environment, id, secret.as_str()),
        failures: 0,
        run_at: now,
        lease_until: now,
        created_at: now,
        failing_since: None,
        disabled_at: None,
        disabled_reason: None,
    };
    let work = store.work().await?;
    webhook::insert(&work, new.clone(), events).await?;
    audit::record(&work, environment, tenant, actor, (Deed::WebhookAdded, Some(new.id.into()))).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "webhook_added", webhook = %new.id, partner = %new.partner_id);
    Ok(new)
}

/// Removes a webhook and what it had not told yet.
///
/// # Errors
/// [`Fault::NotFound`] if the partner has none of that id, or a database error.
pub async fn remove(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    id: WebhookId,
) -> Result<(), Trouble> {
    let work = store.work().await?;
    if !webhook::delete(&work, tenant, id).await? {
        return Err(Fault::NotFound.into());
    }
    audit::record(&work, environment, tenant, actor, (Deed::WebhookRemoved, Some(id.into()))).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "webhook_removed", webhook = %id, partner = %tenant.partner());
    Ok(())
}

/// Has a webhook told nothing any more. What it had not been told is given up: it is not wanted.
async fn disable(work: &Work, webhook: &Webhook, why: Silence, now: Timestamp) -> Result<(), DbErr> {
    webhook::disable(work, webhook, why.as_str(), now).await?;
    webhook_delivery::give_up(work, webhook).await
}

/// Has a webhook told nothing until it is enabled. One that is told nothing already stays as it is.
///
/// # Errors
/// [`Fault::NotFound`] if the partner has none of that id, or a database error.
pub async fn pause(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    id: WebhookId,
) -> Result<Webhook, Trouble> {
    let work = store.work().await?;
    let own = webhook::find(&*work, tenant, id).await?.ok_or(Fault::NotFound)?;
    if own.disabled_at.is_some() {
        return Ok(own);
    }
    disable(&work, &own, Silence::Paused, environment.now()).await?;
    audit::record(&work, environment, tenant, actor, (Deed::WebhookPaused, Some(id.into()))).await?;
    let paused = webhook::find(&*work, tenant, id).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "webhook_paused", webhook = %id, partner = %tenant.partner());
    paused.ok_or_else(|| Fault::NotFound.into())
}

/// Has a change told once more to a webhook, at once. Whoever receives it twice knows it by its id.
///
/// # Errors
/// [`Fault::NotFound`] if the partner has no such webhook or this one no such delivery, [`Fault::WebhookPaused`], or a database error.
pub async fn repeat(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    (id, step): (WebhookId, StepId),
) -> Result<(), Trouble> {
    let work = store.work().await?;
    let own = webhook::find(&*work, tenant, id).await?.ok_or(Fault::NotFound)?;
    if own.disabled_at.is_some() {
        return Err(Fault::WebhookPaused.into());
    }
    if !webhook_delivery::repeat(&work, &own, step).await? {
        return Err(Fault::NotFound.into());
    }
    webhook::hurry(&work, &own, environment.now()).await?;
    audit::record(&work, environment, tenant, actor, (Deed::DeliveryRepeated, Some(id.into()))).await?;
    Ok(work.commit().await?)
}

/// Sends a test to a webhook, whether it is told of changes or not, and waits for the answer.
///
/// # Errors
/// [`Fault::NotFound`] if the partner has none of that id, or a database error.
pub async fn test(
    store: &Store,
    environment: &Environment,
    sender: &Sender,
    (tenant, actor): (Tenant, &Actor),
    id: WebhookId,
) -> Result<Attempt, Trouble> {
    let work = store.work().await?;
    let own = webhook::find(&*work, tenant, id).await?.ok_or(Fault::NotFound)?;
    audit::record(&work, environment, tenant, actor, (Deed::WebhookTested, Some(id.into()))).await?;
    work.commit().await?;
    let now = environment.now();
    let body = json!({ "type": TEST, "timestamp": iso8601::format(now), "data": { "webhookId": id.to_string() } });
    Ok(sender.send(&own, &environment.id().to_string(), now, body.to_string()).await)
}

/// Has a webhook told again, from now on. One that is told already stays as it is.
///
/// # Errors
/// [`Fault::NotFound`] if the partner has none of that id, or a database error.
pub async fn enable(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    id: WebhookId,
) -> Result<Webhook, Trouble> {
    let work = store.work().await?;
    let enabled = webhook::enable(&work, tenant, id, environment.now()).await?;
    let own = webhook::find(&*work, tenant, id).await?;
    if enabled {
        audit::record(&work, environment, tenant, actor, (Deed::WebhookEnabled, Some(id.into()))).await?;
    }
    work.commit().await?;
    if enabled {
        tracing::info!(target: SECURITY, event = "webhook_enabled", webhook = %id, partner = %tenant.partner());
    }
    own.ok_or_else(|| Fault::NotFound.into())
}

/// The host of a webhook's address, with its port where it is not the usual one: it says more than an id, and no token that may
/// stand in the address.
#[must_use]
pub fn host(url: &str) -> String {
    let url = Url::parse(url).ok();
    url.map(|url| url[Position::BeforeHost..Position::AfterPort].to_owned()).unwrap_or_default()
}

/// Notes that a subscriber's status changed with this step of its history, for every webhook that reports it.
///
/// # Errors
/// If the database fails.
pub async fn note(
    work: &mut Work,
    environment: &Environment,
    subscriber: &Subscriber,
    step: StepId,
    event: Event,
) -> Result<(), DbErr> {
    webhook_delivery::note(work, subscriber, step, event, environment.now()).await
}

/// Forgets deliveries that were made or given up long ago.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    // One webhook at a time: a short transaction by its index each.
    for webhook in webhook::ids(store.read()).await? {
        let work = store.work().await?;
        webhook_delivery::delete_old(&work, webhook, now.plus(-KEPT)).await?;
        work.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_called_by_its_host_and_port_without_what_may_be_secret() {
        for (url, called) in [
            ("https://hooks.acme.com/a?token=b", "hooks.acme.com"),
            ("https://1.1.1.1:8443/", "1.1.1.1:8443"),
            ("https://user:password@acme.com?token=b", "acme.com"),
            ("not an address", ""),
        ] {
            assert_eq!(host(url), called);
        }
    }
}
