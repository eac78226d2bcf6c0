//! The partner's webhooks in the hub: the same that the API has.

use app::{
    backend::{Administrator, Webhooks},
    hub::model::{
        self, Answer, DeliveryRow, DeliveryState, NewWebhook, Page, StepId, Tested, WebhookDetail, WebhookRow,
    },
    problem::Problem,
};
use async_trait::async_trait;
use domain::{
    Fault,
    webhook::{Event, Silence},
};
use tracing::Instrument as _;

use super::{HubService, Ids, by, window};
use crate::{
    backend::Context,
    fault::Trouble,
    store::{
        Actor, Webhook, WebhookDelivery, WebhookId, webhook,
        webhook_delivery::{self, Which},
    },
    webhooks::{self, Attempt, Secret},
};

#[async_trait]
impl Webhooks for HubService {
    async fn webhooks(
        &self,
        administrator: &Administrator,
        after: Option<String>,
    ) -> Result<Page<WebhookRow>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let found = webhook::page(context.store.read(), ids.tenant, window(after)?).await?;
            let next = found.next.map(|last| last.to_string());
            Ok(Page { rows: context.webhook_rows(&ids, found.rows).await?, previous: None, next })
        })
        .await
    }

    async fn webhook(
        &self,
        administrator: &Administrator,
        id: model::WebhookId,
        state: Option<DeliveryState>,
        after: Option<String>,
    ) -> Result<WebhookDetail, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let db = context.store.read();
            let own = webhook::find(db, ids.tenant, id.into()).await?.ok_or(Fault::NotFound)?;
            let which = match state {
                None => Which::All,
                Some(DeliveryState::Pending) => Which::Pending,
                Some(DeliveryState::Ended(outcome)) => Which::Ended(outcome),
            };
            let found = webhook_delivery::newest_first(db, &own, which, window(after)?).await?;
            let next = found.next.map(|last| last.to_string());
            let page = Page { rows: found.rows.into_iter().map(delivery_row).collect(), previous: None, next };
            Ok(WebhookDetail { webhook: context.webhook_row(&ids, own).await?, page })
        })
        .await
    }

    async fn add_webhook(
        &self,
        administrator: &Administrator,
        url: &str,
        events: &[Event],
    ) -> Result<NewWebhook, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let url = context.webhooks.address(url).map_err(|fault| match fault {
                Fault::WebhookHostUnlisted => fault,
                // However else it is wrong, another one has to be entered.
                _ => Fault::WebhookAddressRefused,
            })?;
            if events.is_empty() {
                return Err(Trouble::from(Fault::InvalidParameter));
            }
            let secret = Secret::random(&context.environment);
            let (by_whom, kept) =
                ((ids.tenant, &Actor::Administrator(ids.administrator)), (&secret, &context.code_keys));
            let added = webhooks::add(&context.store, &context.environment, by_whom, &url, kept, events);
            let added = added.instrument(by(&ids)).await?;
            let webhook = context.webhook_row(&ids, added).await?;
            Ok(NewWebhook { webhook, secret: secret.as_str().to_owned() })
        })
        .await
    }

    async fn pause_webhook(
        &self,
        administrator: &Administrator,
        webhook: model::WebhookId,
    ) -> Result<WebhookRow, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let by_whom = (ids.tenant, &Actor::Administrator(ids.administrator));
            let paused = webhooks::pause(&context.store, &context.environment, by_whom, webhook.into());
            context.webhook_row(&ids, paused.instrument(by(&ids)).await?).await
        })
        .await
    }

    async fn resume_webhook(
        &self,
        administrator: &Administrator,
        webhook: model::WebhookId,
    ) -> Result<WebhookRow, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let by_whom = (ids.tenant, &Actor::Administrator(ids.administrator));
            let resumed = webhooks::enable(&context.store, &context.environment, by_whom, webhook.into());
            context.webhook_row(&ids, resumed.instrument(by(&ids)).await?).await
        })
        .await
    }

    async fn remove_webhook(&self, administrator: &Administrator, webhook: model::WebhookId) -> Result<(), Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let by_whom = (ids.tenant, &Actor::Administrator(ids.administrator));
            let removed = webhooks::remove(&context.store, &context.environment, by_whom, webhook.into());
            removed.instrument(by(&ids)).await
        })
        .await
    }

    async fn test_webhook(&self, administrator: &Administrator, webhook: model::WebhookId) -> Result<Tested, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let by_whom = (ids.tenant, &Actor::Administrator(ids.administrator));
            let (store, environment) = (&context.store, &context.environment);
            let begun = environment.now();
            let attempt = webhooks::test(store, environment, &context.webhooks, by_whom, webhook.into()).await?;
            let took = u32::try_from(environment.now().since(begun)).unwrap_or_default();
            Ok(Tested {
                taken: attempt.as_ref().is_ok_and(|answer| answer.status.is_success()),
                answer: answer(attempt),
                took,
            })
        })
        .await
    }

    async fn repeat_delivery(
        &self,
        administrator: &Administrator,
        webhook: model::WebhookId,
        delivery: StepId,
    ) -> Result<(), Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let by_whom = (ids.tenant, &Actor::Administrator(ids.administrator));
            let delivery: (WebhookId, _) = (webhook.into(), delivery.into());
            webhooks::repeat(&context.store, &context.environment, by_whom, delivery).await
        })
        .await
    }
}

impl Context {
    async fn webhook_row(&self, ids: &Ids, webhook: Webhook) -> Result<WebhookRow, Trouble> {
        Ok(self.webhook_rows(ids, vec![webhook]).await?.pop().ok_or(Fault::Internal)?)
    }

    /// In the same order.
    async fn webhook_rows(&self, ids: &Ids, webhooks: Vec<Webhook>) -> Result<Vec<WebhookRow>, Trouble> {
        let mut events = webhook::events(self.store.read(), ids.tenant, &webhooks).await?;
        let row = |webhook: Webhook| WebhookRow {
            id: webhook.id.into(),
            events: events.remove(&webhook.id).unwrap_or_default(),
            host: webhooks::host(&webhook.url),
            url: webhook.url,
            created: webhook.created_at,
            failing: webhook.failing_since,
            silent: webhook.disabled_at,
            why: webhook.disabled_reason.as_deref().and_then(Silence::parse),
        };
        Ok(webhooks.into_iter().map(row).collect())
    }
}

fn delivery_row(delivery: WebhookDelivery) -> DeliveryRow {
    DeliveryRow {
        id: delivery.step_id.into(),
        event: delivery.event,
        user: delivery.subscriber_id.into(),
        broadworks_id: delivery.user_id.into(),
        state: delivery.outcome.map_or(DeliveryState::Pending, DeliveryState::Ended),
        attempts: delivery.attempts.cast_unsigned(),
        created: delivery.created_at,
        tried: delivery.tried_at,
        answer: Answer {
            status: delivery.response.and_then(|status| u16::try_from(status).ok()),
            problem: delivery.problem,
        },
    }
}

fn answer(attempt: Attempt) -> Answer {
    match attempt {
        Ok(answer) => Answer { status: Some(answer.status.as_u16()), problem: answer.problem().map(str::to_owned) },
        Err(problem) => Answer { status: None, problem: Some(problem) },
    }
}
