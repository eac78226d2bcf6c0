//! Of what clients of the REST API may be told.

use serde::{Deserialize, Serialize};

use crate::subscriber::Status;

/// Something of which a webhook may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Event {
    /// A subscriber has this status now.
    Status(Status),
    /// The mail that asks to prove a subscriber's address was refused for good. The status stays, and nothing comes of it by itself.
    MailRefused,
    /// That mail was taken and came back later. The status stays, and nothing comes of it by itself.
    MailBounced,
    /// A subscriber was to be deleted, which waits for approval. The status stays.
    DeletionWaits,
    /// A subscriber is gone.
    Removed,
}

impl Event {
    /// Every event.
    pub fn all() -> impl Iterator<Item = Self> {
        Status::ALL.into_iter().map(Self::Status).chain([
            Self::MailRefused,
            Self::MailBounced,
            Self::DeletionWaits,
            Self::Removed,
        ])
    }

    /// Its name: `subscriber.` and the status, `subscriber.mail_refused`, `subscriber.mail_bounced`,
    /// `subscriber.deletion_waits` or `subscriber.removed`.
    #[must_use]
    pub fn name(self) -> String {
        let what = match self {
            Self::Status(status) => status.as_str(),
            Self::MailRefused => "mail_refused",
            Self::MailBounced => "mail_bounced",
            Self::DeletionWaits => "deletion_waits",
            Self::Removed => "removed",
        };
        format!("subscriber.{what}")
    }

    /// The event of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|event| event.name() == name)
    }
}

impl From<Event> for String {
    fn from(event: Event) -> Self {
        event.name()
    }
}

impl TryFrom<String> for Event {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::parse(&name).ok_or(name)
    }
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The client took it.
    Delivered,
    /// It was given up.
    Failed,
}

impl Outcome {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::Delivered, Self::Failed];

    /// Its name in the API, the database and the hub's addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// The outcome of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// Why a webhook is told nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// It said itself that it is not wanted.
    Gone,
    /// It has taken nothing for days.
    Deaf,
    /// An administrator paused it.
    Paused,
}

impl Silence {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Gone, Self::Deaf, Self::Paused];

    /// In the words of the API, which the database has, too.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "it answered 410 Gone",
            Self::Deaf => "it has taken nothing for five days",
            Self::Paused => "an administrator paused it",
        }
    }

    /// What these words say; none for those of a later version.
    #[must_use]
    pub fn parse(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|silence| silence.as_str() == words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_no_two_are_the_same() {
        let names: Vec<String> = Event::all().map(Event::name).collect();
        for (at, event) in Event::all().enumerate() {
            assert_eq!(Event::parse(&names[at]), Some(event));
            assert!(!names[..at].contains(&names[at]), "{event:?}");
        }
        assert_eq!(Event::Status(Status::Provisioned).name(), "subscriber.provisioned");
        assert_eq!((Event::parse("provisioned"), Event::parse("subscriber.gone")), (None, None));
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
        }
        for silence in Silence::ALL {
            assert_eq!(Silence::parse(silence.as_str()), Some(silence));
        }
        assert_eq!((Outcome::parse("pending"), Silence::parse("")), (None, None));
    }
}
