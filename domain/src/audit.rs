//! What stands in the audit log: deeds of administrators, of API clients and of whoever runs the server. Who, what, to what and
//! when; no names and no addresses, only ids.

use serde::{Deserialize, Serialize};

use crate::{Happening, HistoryEvent, Permission};

/// Of which kind a deed is: by this the log is filtered, in the hub and by the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Signing in, and what concerns one's own sign-in.
    Logins,
    /// Who signs in, and as what.
    Administrators,
    /// API tokens.
    Tokens,
    /// Onboarding templates.
    Templates,
    /// Users and workspaces.
    Users,
    /// What other systems have of the server: webhooks, directory sync, billing reports.
    Integrations,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Logins, Self::Administrators, Self::Tokens, Self::Templates, Self::Users, Self::Integrations];

    /// Its name in the database, in addresses, and in capitals in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Logins => "logins",
            Self::Administrators => "administrators",
            Self::Tokens => "tokens",
            Self::Templates => "templates",
            Self::Users => "users",
            Self::Integrations => "integrations",
        }
    }

    /// The category of that name, in whatever case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.as_str().eq_ignore_ascii_case(name))
    }
}

/// Writes the enum, its names, categories and permissions from one table.
macro_rules! deeds {
    ($($(#[$doc:meta])* $deed:ident => $name:literal, $category:ident, $permission:ident;)*) => {
        /// A kind of deed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Deed {
            $($(#[$doc])* $deed,)*
        }

        impl Deed {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$deed,)*];

            /// Its name in the database and the API.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$deed => $name,)*
                }
            }

            /// Of which kind it is.
            #[must_use]
            pub const fn category(self) -> Category {
                match self {
                    $(Self::$deed => Category::$category,)*
                }
            }

            /// What an administrator has to be allowed for it, still when it is written down.
            #[must_use]
            pub const fn permission(self) -> Permission {
                match self {
                    $(Self::$deed => Permission::$permission,)*
                }
            }
        }
    };
}

deeds! {
    /// Somebody signed in.
    SignedIn => "signed_in", Logins, OwnAccount;
    /// Somebody chose another password.
    PasswordChanged => "password_changed", Logins, OwnAccount;
    /// Somebody set up a second factor.
    FactorAdded => "factor_added", Logins, OwnAccount;
    /// Somebody removed their own second factor.
    FactorRemoved => "factor_removed", Logins, OwnAccount;
    /// Somebody added a passkey of their own.
    PasskeyAdded => "passkey_added", Logins, OwnAccount;
    /// Somebody removed one.
    PasskeyRemoved => "passkey_removed", Logins, OwnAccount;
    /// Somebody had new recovery codes made.
    RecoveryCodesMade => "recovery_codes_made", Logins, OwnAccount;
    /// Somebody ended sessions of their own.
    SessionsEnded => "sessions_ended", Logins, OwnAccount;
    /// Whoever was invited chose a password.
    InvitationAccepted => "invitation_accepted", Logins, OwnAccount;
    /// Somebody was invited.
    PersonInvited => "person_invited", Administrators, PeopleWrite;
    /// Somebody was added with a password, at the command line or as the first one.
    PersonAdded => "person_added", Administrators, PeopleWrite;
    /// Somebody signs in by the identity provider from now on, and was added with that if nobody had the address.
    PersonJoined => "person_joined", Administrators, OwnAccount;
    /// Somebody is something else, or for other customers.
    RoleChanged => "role_changed", Administrators, PeopleWrite;
    /// Somebody's password was taken away.
    PasswordReset => "password_reset", Administrators, PeopleWrite;
    /// Somebody's second factor was taken away.
    FactorReset => "factor_reset", Administrators, PeopleWrite;
    /// Whoever signs in has to have a second factor.
    FactorRequired => "second_factor_required", Administrators, PeopleWrite;
    /// It is theirs to decide again.
    FactorOptional => "second_factor_optional", Administrators, PeopleWrite;
    /// Somebody can no longer sign in.
    PersonDisabled => "person_disabled", Administrators, PeopleWrite;
    /// Somebody can sign in again.
    PersonEnabled => "person_enabled", Administrators, PeopleWrite;
    /// Somebody was removed.
    PersonRemoved => "person_removed", Administrators, PeopleWrite;
    /// The partner has another name.
    PartnerRenamed => "partner_renamed", Administrators, PeopleWrite;
    /// An API token was made.
    TokenCreated => "token_created", Tokens, TokensWrite;
    /// An API token was revoked.
    TokenRevoked => "token_revoked", Tokens, TokensWrite;
    /// A template was made.
    TemplateAdded => "template_added", Templates, TemplatesWrite;
    /// A template was deleted.
    TemplateDeleted => "template_deleted", Templates, TemplatesWrite;
    /// The account of a template's flow-through adapter was set or replaced.
    AdapterAccountSet => "adapter_account_set", Templates, TemplatesWrite;
    /// The settings of a template were changed.
    TemplateChanged => "template_changed", Templates, TemplatesWrite;
    /// A template's share link was replaced.
    ShareLinkReplaced => "share_link_replaced", Templates, TemplatesWrite;
    /// A template's provisioning ID was replaced.
    ProvisioningIdReplaced => "provisioning_id_replaced", Templates, TemplatesWrite;
    /// Users were imported from a file.
    UsersImported => "users_imported", Users, UsersWrite;
    /// A list of users was taken out.
    UsersExported => "users_exported", Users, UsersExport;
    /// Something was asked for many users at once.
    JobBegun => "job_begun", Users, UsersWrite;
    /// That was ended early, or taken back.
    JobCancelled => "job_cancelled", Users, UsersWrite;
    /// A user was to be deleted, which waits for approval.
    DeletionStaged => "deletion_staged", Users, UsersWrite;
    /// Deletions that waited were approved.
    DeletionsApproved => "deletions_approved", Users, DeletionsApprove;
    /// Deletions that waited were refused.
    DeletionsRefused => "deletions_refused", Users, DeletionsApprove;
    /// From another number on deletions wait.
    DeletionThresholdSet => "deletion_threshold_set", Users, DeletionsApprove;
    /// A user was added.
    UserAdded => "user_added", Users, UsersWrite;
    /// A user was onboarded with an address.
    UserOnboarded => "user_onboarded", Users, UsersWrite;
    /// A failed attempt was asked for again.
    UserRetried => "user_retried", Users, UsersWrite;
    /// The mail that asks a user to prove an address was sent again.
    MailResent => "mail_resent", Users, MailResend;
    /// A user was given an address by their customer's administrator, and an activation mail was asked for.
    ActivationMailed => "activation_mailed", Users, RosterWrite;
    /// A failed activation was asked for again there.
    ActivationRetried => "activation_retried", Users, RosterWrite;
    /// Another package was asked for.
    PackageChanged => "package_changed", Users, UsersWrite;
    /// Names or numbers were changed.
    DetailsChanged => "details_changed", Users, UsersWrite;
    /// A user was moved to another template.
    UserMoved => "user_moved", Users, UsersWrite;
    /// A user was deleted.
    UserDeleted => "user_deleted", Users, UsersWrite;
    /// Something else was done for a user.
    UserChanged => "user_changed", Users, UsersWrite;
    /// All that was kept of a person was erased.
    PersonErased => "person_erased", Users, UsersWrite;
    /// A workspace was added.
    WorkspaceAdded => "workspace_added", Users, WorkspacesWrite;
    /// A workspace was to be something else, or tried again.
    WorkspaceChanged => "workspace_changed", Users, WorkspacesWrite;
    /// A workspace was deleted.
    WorkspaceDeleted => "workspace_deleted", Users, WorkspacesWrite;
    /// A customer was given other tags.
    CustomerTagged => "customer_tagged", Users, UsersWrite;
    /// A webhook was added.
    WebhookAdded => "webhook_added", Integrations, WebhooksWrite;
    /// A webhook was removed.
    WebhookRemoved => "webhook_removed", Integrations, WebhooksWrite;
    /// A webhook that was disabled was enabled.
    WebhookEnabled => "webhook_enabled", Integrations, WebhooksWrite;
    /// A webhook was paused.
    WebhookPaused => "webhook_paused", Integrations, WebhooksWrite;
    /// A test was sent to a webhook.
    WebhookTested => "webhook_tested", Integrations, WebhooksWrite;
    /// Something that a webhook was told, or was to be told, is told again.
    DeliveryRepeated => "webhook_delivery_repeated", Integrations, WebhooksWrite;
    /// Directory sync was switched on for a customer.
    SyncSwitchedOn => "directory_sync_switched_on", Integrations, UsersWrite;
    /// It was switched off.
    SyncSwitchedOff => "directory_sync_switched_off", Integrations, UsersWrite;
    /// It was started.
    SyncStarted => "directory_sync_started", Integrations, UsersWrite;
    /// A billing report was made.
    ReportMade => "billing_report_made", Integrations, BillingWrite;
    /// A billing report was removed.
    ReportRemoved => "billing_report_removed", Integrations, BillingWrite;
}

impl Deed {
    /// The deed of that name; none for what a later version may have written.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|deed| deed.as_str() == name)
    }

    /// What was done, by the step that it is in the history of a user.
    #[must_use]
    pub const fn of_step(event: HistoryEvent) -> Self {
        let HistoryEvent::Happened(happening) = event else { return Self::UserChanged };
        match happening {
            Happening::Arrived => Self::UserAdded,
            Happening::Onboarded => Self::UserOnboarded,
            Happening::Retried => Self::UserRetried,
            // Nobody else enters a user's address for them: it is the one that they had entered.
            Happening::AddressEntered => Self::MailResent,
            Happening::PackageChanged => Self::PackageChanged,
            Happening::DetailsChanged => Self::DetailsChanged,
            Happening::Moved => Self::UserMoved,
            Happening::RemovalRequested => Self::UserDeleted,
            Happening::DeletionStaged => Self::DeletionStaged,
            _ => Self::UserChanged,
        }
    }

    /// What was done, by the step that it is in the history of a workspace.
    #[must_use]
    pub const fn of_workspace_step(event: HistoryEvent) -> Self {
        match event {
            HistoryEvent::Happened(Happening::Arrived) => Self::WorkspaceAdded,
            HistoryEvent::Happened(Happening::RemovalRequested) => Self::WorkspaceDeleted,
            _ => Self::WorkspaceChanged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_no_two_are_the_same() {
        for (at, &deed) in Deed::ALL.iter().enumerate() {
            assert_eq!(Deed::parse(deed.as_str()), Some(deed));
            assert!(Deed::ALL[..at].iter().all(|other| other.as_str() != deed.as_str()));
        }
        for category in Category::ALL {
            assert_eq!(Category::parse(&category.as_str().to_uppercase()), Some(category));
        }
        assert_eq!((Deed::parse("hacked"), Category::parse("everything")), (None, None));
    }

    #[test]
    fn what_an_administrator_does_for_a_user_has_a_deed_of_its_own() {
        for happening in [
            Happening::Arrived,
            Happening::Onboarded,
            Happening::Retried,
            Happening::AddressEntered,
            Happening::PackageChanged,
            Happening::DetailsChanged,
            Happening::Moved,
            Happening::RemovalRequested,
            Happening::DeletionStaged,
        ] {
            assert_ne!(Deed::of_step(happening.into()), Deed::UserChanged, "{happening:?}");
        }
    }
}
