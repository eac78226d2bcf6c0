//! The webhooks of a partner.

use async_trait::async_trait;
use domain::webhook::Event;

use super::caller::Administrator;
use crate::{
    hub::model::{DeliveryState, NewWebhook, Page, StepId, Tested, WebhookDetail, WebhookId, WebhookRow},
    problem::Problem,
};

/// The webhooks of the administrator's partner: the same that the API has.
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// The partner's webhooks, the oldest first.
    async fn webhooks(&self, administrator: &Administrator, after: Option<String>)
    -> Result<Page<WebhookRow>, Problem>;
    /// A webhook, and what it was and is told.
    async fn webhook(
        &self,
        administrator: &Administrator,
        webhook: WebhookId,
        state: Option<DeliveryState>,
        after: Option<String>,
    ) -> Result<WebhookDetail, Problem>;
    /// Adds a webhook. Returns its secret, too, which cannot be shown again.
    async fn add_webhook(
        &self,
        administrator: &Administrator,
        url: &str,
        events: &[Event],
    ) -> Result<NewWebhook, Problem>;
    /// Has it told nothing until it is resumed; again is no error.
    async fn pause_webhook(&self, administrator: &Administrator, webhook: WebhookId) -> Result<WebhookRow, Problem>;
    /// Has it told again, from now on; again is no error.
    async fn resume_webhook(&self, administrator: &Administrator, webhook: WebhookId) -> Result<WebhookRow, Problem>;
    /// Removes it, and what it was and is told.
    async fn remove_webhook(&self, administrator: &Administrator, webhook: WebhookId) -> Result<(), Problem>;
    /// Sends it a test and waits for the answer.
    async fn test_webhook(&self, administrator: &Administrator, webhook: WebhookId) -> Result<Tested, Problem>;
    /// Has it told a change once more.
    async fn repeat_delivery(
        &self,
        administrator: &Administrator,
        webhook: WebhookId,
        delivery: StepId,
    ) -> Result<(), Problem>;
}
