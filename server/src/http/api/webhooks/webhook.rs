//! A webhook as clients see it.

use domain::{Fault, webhook::Event};
use serde::Serialize;

use super::{ApiState, Named, Refusal, Resource};
use crate::{
    iso8601,
    store::{self, Tenant, WebhookId, webhook},
};

/// A webhook.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    #[schema(value_type = uuid::Uuid)]
    id: WebhookId,
    url: String,
    events: Vec<String>,
    created: String,
    /// Failed attempts since the last one that succeeded.
    failures: i32,
    /// `active`, or `disabled` when nothing is sent to it any more.
    status: &'static str,
    /// Since when it is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled: Option<String>,
    /// Why it was disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_reason: Option<String>,
    /// Shown once, when the webhook is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl Resource for Webhook {
    type Id = WebhookId;
    const PARAMETER: &'static str = "webhook";
}

impl Named<Webhook> {
    /// The client's webhook of that id.
    pub async fn find(&self, state: &ApiState, tenant: Tenant) -> Result<store::Webhook, Refusal> {
        let found = webhook::find(state.store.read(), tenant, self.id).await?;
        found.ok_or_else(|| Fault::UnknownResource.into())
    }
}

impl Webhook {
    /// Shows one webhook.
    pub async fn show(state: &ApiState, tenant: Tenant, webhook: store::Webhook) -> Result<Self, Refusal> {
        Ok(Self::show_all(state, tenant, vec![webhook]).await?.pop().ok_or(Fault::Internal)?)
    }

    /// Shows a page of webhooks, in the same order.
    pub async fn show_all(
        state: &ApiState,
        tenant: Tenant,
        webhooks: Vec<store::Webhook>,
    ) -> Result<Vec<Self>, Refusal> {
        let mut events = webhook::events(state.store.read(), tenant, &webhooks).await?;
        let mut told = |id| events.remove(&id).unwrap_or_default().into_iter().map(Event::name).collect();
        let shown = webhooks.into_iter().map(|webhook| Self {
            id: webhook.id,
            events: told(webhook.id),
            url: webhook.url,
            created: iso8601::format(webhook.created_at),
            failures: webhook.failures,
            status: if webhook.disabled_at.is_some() { "disabled" } else { "active" },
            disabled: webhook.disabled_at.map(iso8601::format),
            disabled_reason: webhook.disabled_reason,
            secret: None,
        });
        Ok(shown.collect())
    }
}
