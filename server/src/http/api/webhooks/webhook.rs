//! A webhook as clients see it.

use domain::{Fault, Timestamp};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::Serialize;
use uuid::Uuid;

use super::{ApiState, Named, Refusal, Resource};
use crate::{
    iso8601,
    store::entity::{webhook, webhook_event},
    webhooks,
};

/// A webhook.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    id: Uuid,
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
    fn id(written: &str) -> Option<Uuid> {
        Uuid::try_parse(written).ok()
    }
}

impl Named<Webhook> {
    /// The client's webhook of that id.
    pub async fn find(&self, state: &ApiState, partner: Uuid) -> Result<webhook::Model, Refusal> {
        let found = webhook::Entity::find_by_id(self.id).filter(webhook::Column::PartnerId.eq(partner));
        Ok(found.one(state.store.read()).await?.ok_or(Fault::UnknownResource)?)
    }
}

impl Webhook {
    /// Shows one webhook.
    pub async fn show(state: &ApiState, webhook: webhook::Model) -> Result<Self, Refusal> {
        Ok(Self::show_all(state, vec![webhook]).await?.pop().ok_or(Fault::Internal)?)
    }

    /// Shows a page of webhooks, in the same order.
    pub async fn show_all(state: &ApiState, webhooks: Vec<webhook::Model>) -> Result<Vec<Self>, Refusal> {
        let events: Vec<webhook_event::Model> = webhooks::events(&state.store, &webhooks).await?;
        let of = |id| events.iter().filter(|told| told.webhook_id == id).map(|told| told.event.clone()).collect();
        let shown = webhooks.into_iter().map(|webhook| Self {
            id: webhook.id,
            events: of(webhook.id),
            url: webhook.url,
            created: iso8601::format(Timestamp(webhook.created_at)),
            failures: webhook.failures,
            status: if webhook.disabled_at.is_some() { "disabled" } else { "active" },
            disabled: webhook.disabled_at.map(|at| iso8601::format(Timestamp(at))),
            disabled_reason: webhook.disabled_reason,
            secret: None,
        });
        Ok(shown.collect())
    }
}
