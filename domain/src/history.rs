//! What can have happened to a user: the steps that a history is made of.

use serde::{Deserialize, Serialize};

use crate::lifecycle::{Event, Proof};

/// Writes the enum and its names from one table.
macro_rules! happenings {
    ($($(#[$doc:meta])* $happening:ident => $name:literal,)*) => {
        /// A kind of step in a user's history.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Happening {
            $($(#[$doc])* $happening,)*
        }

        impl Happening {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$happening,)*];

            /// The name under which history keeps it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$happening => $name,)*
                }
            }
        }
    };
}

happenings! {
    /// Somebody or something brought the user in.
    Arrived => "arrived",
    /// The user came by the share link alone.
    SelfActivated => "self_activated",
    /// An address was entered, and a mail asks to prove it.
    AddressEntered => "address_entered",
    /// The user wants to enter another address.
    AddressWithdrawn => "address_withdrawn",
    /// The user proved the address by the mailed link.
    AddressProvenByLink => "address_proven_by_link",
    /// The user proved the address by the mailed code.
    AddressProvenByCode => "address_proven_by_code",
    /// An administrator vouched for an address.
    Onboarded => "onboarded",
    /// The failed attempt was asked for again as it was.
    Retried => "retried",
    /// The target created the account, or had it already.
    AccountCreated => "account_created",
    /// The target asked the owner of an existing account for consent.
    ConsentAsked => "consent_asked",
    /// The owner of the existing account agreed.
    ConsentGiven => "consent_given",
    /// The owner is to be asked again.
    ConsentRequested => "consent_requested",
    /// The target changed the account.
    AccountUpdated => "account_updated",
    /// The target holds no account any more.
    AccountRemoved => "account_removed",
    /// The attempt failed for good, or for the last time.
    AttemptFailed => "attempt_failed",
    /// The attempt failed, and is made again.
    AttemptPostponed => "attempt_postponed",
    /// Another package was asked for.
    PackageChanged => "package_changed",
    /// Names or numbers were changed.
    DetailsChanged => "details_changed",
    /// The user was to be deleted, together with very many others: that waits for approval.
    DeletionStaged => "deletion_staged",
    /// The user is to be gone.
    RemovalRequested => "removal_requested",
    /// The mail server took the mail that asks to prove the address.
    MailSent => "mail_sent",
    /// The mail server may have taken that mail, or not.
    MailUncertain => "mail_uncertain",
    /// That mail was refused for good.
    MailRefused => "mail_refused",
    /// The mail server that took that mail reports that the receiving side asks it to wait.
    MailDelayed => "mail_delayed",
    /// The mail server that took that mail reports that it could not be delivered.
    MailBounced => "mail_bounced",
    /// The mail server took the mail that says that the account is ready.
    ReadyMailSent => "ready_mail_sent",
}

impl Happening {
    /// Those after which an address may count as the user's own.
    pub const PROOFS: [Self; 5] =
        [Self::AddressProvenByLink, Self::AddressProvenByCode, Self::Onboarded, Self::Arrived, Self::SelfActivated];

    /// The one of that name; none for what a later version may have written.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|happening| happening.as_str() == name)
    }
}

impl Event {
    /// What a history says of it.
    #[must_use]
    pub const fn happening(&self) -> Happening {
        match self {
            Self::AddressEntered(_) => Happening::AddressEntered,
            Self::AddressWithdrawn => Happening::AddressWithdrawn,
            Self::AddressProven(_, Proof::Link) => Happening::AddressProvenByLink,
            Self::AddressProven(..) => Happening::AddressProvenByCode,
            Self::Onboarded(_) => Happening::Onboarded,
            Self::Retried => Happening::Retried,
            Self::AccountCreated => Happening::AccountCreated,
            Self::ConsentAsked => Happening::ConsentAsked,
            Self::ConsentGiven => Happening::ConsentGiven,
            Self::ConsentRequested => Happening::ConsentRequested,
            Self::AccountUpdated => Happening::AccountUpdated,
            Self::AccountRemoved => Happening::AccountRemoved,
            Self::AttemptFailed(_) => Happening::AttemptFailed,
            Self::PackageChanged(_) => Happening::PackageChanged,
            Self::DetailsChanged(_) => Happening::DetailsChanged,
            Self::RemovalRequested => Happening::RemovalRequested,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for &happening in Happening::ALL {
            assert_eq!(Happening::parse(happening.as_str()), Some(happening));
        }
        assert_eq!(Happening::parse("workspace_created"), None);
    }
}
