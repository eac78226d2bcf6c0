//! Of what clients of the REST API may be told.

use crate::subscriber::Status;

/// Something of which a webhook may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    }
}
