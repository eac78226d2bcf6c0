//! How the mail that asks to prove an address fares.

use serde::{Deserialize, Serialize};

/// How a mail fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mailing {
    /// On its way to the mail server.
    Queued,
    /// Being handed to the mail server. Found by a later attempt, it is [`Self::Uncertain`].
    Sending,
    /// The mail server may have taken it, or not: the process or the connection was gone before it said so.
    Uncertain,
    /// The receiving side asked to be tried again, and will be.
    PutOff,
    /// The mail server took it.
    Sent,
    /// The mail server took it, and has reported since that the receiving side asks it to wait.
    Delayed,
    /// The mail server refused it for good.
    Refused,
    /// The mail server took it, and has reported since that it could not be delivered.
    Bounced,
}

impl Mailing {
    const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::Uncertain,
        Self::PutOff,
        Self::Sent,
        Self::Delayed,
        Self::Refused,
        Self::Bounced,
    ];

    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Uncertain => "uncertain",
            Self::PutOff => "put_off",
            Self::Sent => "sent",
            Self::Delayed => "delayed",
            Self::Refused => "refused",
            Self::Bounced => "bounced",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mailing| mailing.as_str() == name)
    }

    /// Whether nothing more comes of it by itself.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Sent | Self::Delayed | Self::Uncertain | Self::Refused | Self::Bounced)
    }

    /// Whether it is known not to arrive.
    #[must_use]
    pub const fn has_failed(self) -> bool {
        matches!(self, Self::Refused | Self::Bounced)
    }

    /// Whether it may have left, so that a report on it can come.
    #[must_use]
    pub const fn may_have_left(self) -> bool {
        matches!(self, Self::Sending | Self::Uncertain | Self::Sent | Self::Delayed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for mailing in Mailing::ALL {
            assert_eq!(Mailing::parse(mailing.as_str()), Some(mailing));
        }
        assert_eq!(Mailing::parse("lost"), None);
    }

    #[test]
    fn a_mail_of_which_nothing_more_is_heard_is_over() {
        for mailing in Mailing::ALL {
            let waits = matches!(mailing, Mailing::Queued | Mailing::Sending | Mailing::PutOff);
            assert_eq!(mailing.is_over(), !waits, "{mailing:?}");
        }
    }
}
