//! What can have happened to a user or a workspace: the steps that a history is made of.

use serde::{Deserialize, Serialize};

use crate::{
    lifecycle::{Event, Proof},
    workspace,
};

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
    /// The user was moved to another template.
    Moved => "moved",
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
    /// The user is reminded to prove the address.
    Reminded => "reminded",
    /// The user wants no more reminders.
    RemindersStopped => "reminders_stopped",
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

/// What a step of a history says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryEvent {
    /// What happens to users, and some of it to workspaces likewise.
    Happened(Happening),
    /// A workspace was created at its target.
    WorkspaceCreated,
    /// A workspace is to be something else.
    WorkspaceChanged,
    /// The target holds a workspace as it is to be.
    WorkspaceUpdated,
    /// The target holds a workspace no more.
    WorkspaceRemoved,
}

impl HistoryEvent {
    /// What happens to workspaces alone.
    const OF_WORKSPACES: [Self; 4] =
        [Self::WorkspaceCreated, Self::WorkspaceChanged, Self::WorkspaceUpdated, Self::WorkspaceRemoved];

    /// The name under which history keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Happened(happening) => happening.as_str(),
            Self::WorkspaceCreated => "workspace_created",
            Self::WorkspaceChanged => "workspace_changed",
            Self::WorkspaceUpdated => "workspace_updated",
            Self::WorkspaceRemoved => "workspace_removed",
        }
    }

    /// The one of that name; none for what a later version may have written.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let of_workspaces = Self::OF_WORKSPACES.into_iter().find(|event| event.as_str() == name);
        of_workspaces.or_else(|| Happening::parse(name).map(Self::Happened))
    }
}

impl From<Happening> for HistoryEvent {
    fn from(happening: Happening) -> Self {
        Self::Happened(happening)
    }
}

impl From<&Event> for HistoryEvent {
    fn from(event: &Event) -> Self {
        Self::Happened(event.happening())
    }
}

impl From<&workspace::Event> for HistoryEvent {
    fn from(event: &workspace::Event) -> Self {
        match event {
            workspace::Event::Created => Self::WorkspaceCreated,
            workspace::Event::Changed => Self::WorkspaceChanged,
            workspace::Event::Updated => Self::WorkspaceUpdated,
            workspace::Event::Removed => Self::WorkspaceRemoved,
            workspace::Event::RemovalRequested => Self::Happened(Happening::RemovalRequested),
            workspace::Event::AttemptFailed(_) => Self::Happened(Happening::AttemptFailed),
        }
    }
}

impl Event {
    /// What a history says of it.
    #[must_use]
    pub const fn happening(&self) -> Happening {
        match self {
            Self::AddressEntered(_) => Happening::AddressEntered,
            Self::AddressWithdrawn => Happening::AddressWithdrawn,
            Self::ReminderDue => Happening::Reminded,
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
            Self::Moved(_) => Happening::Moved,
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
        for event in HistoryEvent::OF_WORKSPACES.into_iter().chain(Happening::ALL.iter().copied().map(Into::into)) {
            assert_eq!(HistoryEvent::parse(event.as_str()), Some(event));
        }
        assert_eq!(HistoryEvent::parse("workspace_praised"), None);
    }
}
