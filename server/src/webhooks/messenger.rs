//! Sends what webhooks have to tell.
//!
//! A webhook's messages go one after another, in the order of the changes: what cannot be delivered is tried again with
//! growing pauses and holds up the same webhook's later ones, and nobody else's. After a day it is given up.
//!
//! A webhook that answers 410 is not wanted any more (standardwebhooks.com), nor is one that took nothing for days: it is
//! disabled, and says why.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    Status, Timestamp, retry,
    timestamp::{DAY, HOUR, MINUTE, SECOND},
    webhook::{Outcome, Silence},
};
use reqwest::StatusCode;
use serde_json::json;

use super::{Answer, Attempt, Sender};
use crate::{
    environment::Environment,
    fault::Trouble,
    iso8601,
    lease::{self, Leased, Pace},
    store::{
        self, Store, Webhook, WebhookDelivery,
        history::{self, Taken},
        webhook::{self, Turn},
        webhook_delivery,
    },
    vendor_id::Kind,
};

/// How many webhooks one server sends to at a time.
const CONCURRENCY: usize = 8;
/// How many messages a webhook gets before another one has its turn.
const TURN: u64 = 10;
/// Longer than a turn can take, in milliseconds.
const LEASE: i64 = 2 * MINUTE;
/// How long to wait before looking again.
const POLL: Duration = Duration::from_millis(500);
/// The first pause after a failure and the longest, in milliseconds.
const FIRST_PAUSE: i64 = 5 * SECOND;
const LONGEST_PAUSE: i64 = HOUR;
/// How long a message is tried, in milliseconds.
const PATIENCE: i64 = DAY;
/// How long a webhook may take nothing at all before it is disabled, in milliseconds.
const LONGEST_FAILURE: i64 = 5 * DAY;

/// Sends what webhooks have to tell. Cheap to clone; one per server.
#[derive(Clone)]
pub struct Messenger {
    store: Store,
    environment: Environment,
    sender: Sender,
}

#[async_trait]
impl Leased for Messenger {
    type Item = Webhook;

    fn pace(&self) -> Pace {
        Pace { name: "webhooks", at_once: CONCURRENCY, poll: POLL, renew: None, grace: Duration::ZERO }
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    async fn claim(&self, most: usize) -> Result<Vec<Webhook>, Trouble> {
        let now = self.environment.now();
        if !webhook::is_due(self.store.read(), now).await? {
            return Ok(Vec::new());
        }
        let work = self.store.work().await?;
        let claimed = webhook::claim(&work, now, now.plus(LEASE), most as u64).await?;
        work.commit().await?;
        Ok(claimed)
    }

    async fn carry_out(&self, webhook: Webhook) -> Result<(), Trouble> {
        let pending = webhook_delivery::pending(self.store.read(), &webhook, TURN).await?;
        let (mut failures, mut failing_since) = (webhook.failures, webhook.failing_since);
        let (mut last, mut given_up) = (None, false);
        for delivery in pending {
            let attempt = self.send(&webhook, &delivery).await?;
            let taken = attempt.as_ref().is_ok_and(|answer| answer.status.is_success());
            last = attempt.as_ref().ok().copied();
            if taken {
                (failures, failing_since) = (0, None);
            } else {
                failures = failures.saturating_add(1);
                failing_since = failing_since.or(Some(self.environment.now()));
            }
            given_up = self.write_down(delivery, attempt, taken).await?;
            if !taken {
                break;
            }
        }
        let now = self.environment.now();
        let work = self.store.work().await?;
        let run_at = now.plus(self.pause(failures, last));
        webhook::end_turn(&work, &webhook, Turn { failures, failing_since, run_at, ended_at: now }).await?;
        if let Some(why) = unwanted(last, failing_since.filter(|_| given_up), now) {
            super::disable(&work, &webhook, why, now).await?;
            let (webhook, partner, reason) = (webhook.id, webhook.partner_id, why.as_str());
            tracing::info!(event = "webhook_disabled", %webhook, %partner, reason, "a webhook is told no more");
        }
        Ok(work.commit().await?)
    }
}

impl Messenger {
    /// A messenger.
    #[must_use]
    pub fn new(store: Store, environment: Environment, sender: Sender) -> Self {
        Self { store, environment, sender }
    }

    /// Sends until `stop` resolves; messages under way then are sent again by whoever comes next.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        lease::run(Arc::new(self), stop).await;
    }

    /// Gives webhooks that have something to send their turns. Returns whether there were any.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn round(&self) -> Result<bool, Trouble> {
        lease::round(self, CONCURRENCY).await
    }

    /// How long to wait after so many failures: never less than the client asks for.
    fn pause(&self, failures: i32, last: Option<Answer>) -> i64 {
        let ours = match u32::try_from(failures) {
            Ok(0) | Err(_) => return 0,
            Ok(failures) => retry::pause(failures, self.environment.chance(), FIRST_PAUSE, LONGEST_PAUSE),
        };
        let theirs = last.and_then(|answer| answer.retry_after).unwrap_or_default();
        Ord::max(ours, theirs)
    }

    async fn send(&self, webhook: &Webhook, delivery: &WebhookDelivery) -> Result<Attempt, Trouble> {
        let step = match history::of_delivery(self.store.read(), delivery).await {
            Ok(Some(step)) => step,
            Ok(None) => return Ok(Err("the change is not in the history any more".to_owned())),
            Err(Trouble::Unreadable(row)) => {
                store::leave_out(&row);
                return Ok(Err("the change cannot be read".to_owned()));
            }
            Err(other) => return Err(other),
        };
        let (id, now) = (delivery.step_id.to_string(), self.environment.now());
        Ok(self.sender.send(webhook, &id, now, message(delivery, &step)).await)
    }

    /// The delivery log. Says whether the message is given up.
    async fn write_down(&self, before: WebhookDelivery, attempt: Attempt, taken: bool) -> Result<bool, Trouble> {
        let now = self.environment.now();
        let too_old = now.since(before.created_at) >= PATIENCE;
        let outcome = match (taken, too_old) {
            (true, _) => Some(Outcome::Delivered),
            (false, true) => Some(Outcome::Failed),
            (false, false) => None,
        };
        let after = WebhookDelivery {
            attempts: before.attempts + 1,
            tried_at: Some(now),
            response: attempt.as_ref().ok().map(|answer| answer.status.as_u16().into()),
            problem: match attempt {
                Ok(answer) => answer.problem().map(str::to_owned),
                Err(problem) => Some(problem),
            },
            outcome,
            ..before.clone()
        };
        let work = self.store.work().await?;
        if !webhook_delivery::save(&work, before, after).await? {
            // The webhook was removed meanwhile.
            return Ok(false);
        }
        work.commit().await?;
        Ok(outcome == Some(Outcome::Failed))
    }
}

/// Why a webhook is not wanted any more, if it is not; `failing_since` when a message was given up. One attempt that fails
/// after quiet days says nothing: a message is tried for a day before it counts.
fn unwanted(last: Option<Answer>, failing_since: Option<Timestamp>, now: Timestamp) -> Option<Silence> {
    if last.is_some_and(|answer| answer.status == StatusCode::GONE) {
        return Some(Silence::Gone);
    }
    (now.since(failing_since?) >= LONGEST_FAILURE).then_some(Silence::Deaf)
}

/// What a client is told.
fn message(delivery: &WebhookDelivery, step: &Taken) -> String {
    let error = step.fault.map(|fault| json!({ "errorCode": fault.code(), "description": fault.cause() }));
    let body = json!({
        "type": delivery.event.name(),
        "timestamp": iso8601::format(step.at),
        "data": {
            "subscriberId": Kind::Subscriber.encode(delivery.subscriber_id),
            "userId": delivery.user_id.as_str(),
            "status": step.status.map(Status::as_str),
            "event": step.event.as_str(),
            "error": error,
        },
    });
    body.to_string()
}
