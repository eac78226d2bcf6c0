//! Webhooks, as the hub shows them.

use domain::{
    Timestamp,
    webhook::{Event, Outcome, Silence},
};
use serde::{Deserialize, Serialize};

use super::{
    id::{StepId, UserId, WebhookId},
    page::Page,
};

/// A row of the list of webhooks. Its secret is nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRow {
    /// Its id.
    pub id: WebhookId,
    /// Where it is told.
    pub url: String,
    /// The host of that: what stands behind it may be a token.
    pub host: String,
    /// The events that it reports.
    pub events: Vec<Event>,
    /// Since when it is there.
    pub created: Timestamp,
    /// Since when it takes nothing; none after a success.
    pub failing: Option<Timestamp>,
    /// Since when it is told nothing; none while it is told.
    pub silent: Option<Timestamp>,
    /// Why not, if this version knows.
    pub why: Option<Silence>,
}

/// A webhook that was added, and its secret, which cannot be shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewWebhook {
    /// The webhook.
    pub webhook: WebhookRow,
    /// With what its messages are signed.
    pub secret: String,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is still to be told.
    Pending,
    /// It was told, or given up.
    Ended(Outcome),
}

impl DeliveryState {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Ended(Outcome::Failed), Self::Ended(Outcome::Delivered)];

    /// Its name in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ended(outcome) => outcome.as_str(),
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A change that a webhook is told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    /// The step of the user's history, which is the message's id, too.
    pub id: StepId,
    /// The event that it reports.
    pub event: Event,
    /// The user whom the event is about.
    pub user: UserId,
    /// Their BroadWorks id then.
    pub broadworks_id: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it happened.
    pub created: Timestamp,
    /// The last try.
    pub tried: Option<Timestamp>,
    /// What came of that.
    pub answer: Answer,
}

/// What a webhook answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// What else there is to know, in English: why there was none, or what is wrong with it.
    pub problem: Option<String>,
}

/// A webhook and a page of what it was and is told, the last change first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookDetail {
    /// The webhook.
    pub webhook: WebhookRow,
    /// Its deliveries.
    pub page: Page<DeliveryRow>,
}

/// What came of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    /// Whether it was taken.
    pub taken: bool,
    /// The answer.
    pub answer: Answer,
    /// How long it took, in milliseconds.
    pub took: u32,
}
