//! What somebody may do: one list for all doors. A caller of the hub, the REST API, the flow-through adapter or the portal
//! has a set of permissions, and whatever can be called names the one that it asks for.
//!
//! A permission says what, never whose: a caller's partner is beside it. A role is a set of permissions with a name
//! ([`crate::Role`]).
//!
//! ```
//! use domain::{Permission, Permissions};
//!
//! let reader = Permissions::of(&[Permission::UsersRead]);
//! assert!(reader.allow(Permission::UsersRead) && !reader.allow(Permission::UsersWrite));
//! assert!(!Permissions::TOKEN.allow(Permission::TokensWrite), "a token cannot make tokens");
//! ```

use serde::{Deserialize, Serialize};

/// Something that a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Reading the customers.
    CustomersRead,
    /// Reading the onboarding templates.
    TemplatesRead,
    /// Changing the settings of onboarding templates.
    TemplatesWrite,
    /// Reading users (subscribers) and their customers' directories; by a token also the webhooks that report on them.
    UsersRead,
    /// Adding, changing and removing users, and all that is done for them; by a token also webhooks.
    UsersWrite,
    /// Taking lists of users out of the hub.
    UsersExport,
    /// Seeing users' email addresses in lists.
    AddressesRead,
    /// Saying yes or no to deletions that wait because they were very many, and from how many on they do.
    DeletionsApprove,
    /// Having the mail sent again that asks a user to prove an address.
    MailResend,
    /// Seeing the people of a customer, and how far each is, as that customer's own administrator does.
    RosterRead,
    /// Giving them addresses, which they prove themselves, and having activation mails sent to them.
    RosterWrite,
    /// Reading workspaces.
    WorkspacesRead,
    /// Adding, changing and removing workspaces.
    WorkspacesWrite,
    /// Reading billing reports.
    BillingRead,
    /// Making and removing billing reports.
    BillingWrite,
    /// Reading the list of API tokens.
    TokensRead,
    /// Creating and revoking API tokens.
    TokensWrite,
    /// Seeing the partner's webhooks in the hub, and what each has told.
    WebhooksRead,
    /// Adding, pausing and removing webhooks there, and having something told again.
    WebhooksWrite,
    /// Seeing who signs in to the hub, and as what.
    PeopleRead,
    /// Inviting, changing and removing those who sign in to the hub.
    PeopleWrite,
    /// Reading the audit log.
    AuditRead,
    /// Reading and changing one's own sign-in to the hub.
    OwnAccount,
    /// Activating oneself in the portal.
    OwnActivation,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::CustomersRead,
        Self::TemplatesRead,
        Self::TemplatesWrite,
        Self::UsersRead,
        Self::UsersWrite,
        Self::UsersExport,
        Self::AddressesRead,
        Self::DeletionsApprove,
        Self::MailResend,
        Self::RosterRead,
        Self::RosterWrite,
        Self::WorkspacesRead,
        Self::WorkspacesWrite,
        Self::BillingRead,
        Self::BillingWrite,
        Self::TokensRead,
        Self::TokensWrite,
        Self::WebhooksRead,
        Self::WebhooksWrite,
        Self::PeopleRead,
        Self::PeopleWrite,
        Self::AuditRead,
        Self::OwnAccount,
        Self::OwnActivation,
    ];

    /// The scope of an API token that grants it, by the vendor's name; nothing if no token can have it.
    #[must_use]
    pub const fn scope(self) -> Option<&'static str> {
        match self {
            Self::UsersRead => Some("spark-admin:broadworks_subscribers_read"),
            Self::UsersWrite => Some("spark-admin:broadworks_subscribers_write"),
            // The vendor's API for BroadWorks has no call that needs it.
            Self::WorkspacesRead => Some("spark-admin:places_read"),
            Self::WorkspacesWrite => Some("spark-admin:places_write"),
            Self::BillingRead => Some("spark-admin:broadworks_billing_reports_read"),
            Self::BillingWrite => Some("spark-admin:broadworks_billing_reports_write"),
            Self::AuditRead => Some("audit:events_read"),
            Self::CustomersRead
            | Self::TemplatesRead
            | Self::TemplatesWrite
            | Self::UsersExport
            | Self::AddressesRead
            | Self::DeletionsApprove
            | Self::MailResend
            | Self::RosterRead
            | Self::RosterWrite
            | Self::TokensRead
            | Self::TokensWrite
            | Self::WebhooksRead
            | Self::WebhooksWrite
            | Self::PeopleRead
            | Self::PeopleWrite
            | Self::OwnAccount
            | Self::OwnActivation => None,
        }
    }

    /// The permission that a scope of an API token grants.
    #[must_use]
    pub fn of_scope(name: &str) -> Option<Self> {
        Permissions::TOKEN.iter().find(|permission| permission.scope() == Some(name))
    }
}

/// What a route or a server function asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing: anybody may call.
    Public,
    /// A permission.
    Needs(Permission),
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u32);

impl Permissions {
    /// All that an API token can have.
    pub const TOKEN: Self = Self::of(&[
        Permission::UsersRead,
        Permission::UsersWrite,
        Permission::WorkspacesRead,
        Permission::WorkspacesWrite,
        Permission::BillingRead,
        Permission::BillingWrite,
        Permission::AuditRead,
    ]);
    /// All that somebody who signs in to the hub can have.
    pub const HUB: Self = Self::of(&[
        Permission::CustomersRead,
        Permission::TemplatesRead,
        Permission::TemplatesWrite,
        Permission::UsersRead,
        Permission::UsersWrite,
        Permission::UsersExport,
        Permission::AddressesRead,
        Permission::DeletionsApprove,
        Permission::MailResend,
        Permission::RosterRead,
        Permission::RosterWrite,
        Permission::TokensRead,
        Permission::TokensWrite,
        Permission::WebhooksRead,
        Permission::WebhooksWrite,
        Permission::PeopleRead,
        Permission::PeopleWrite,
        Permission::AuditRead,
        Permission::OwnAccount,
    ]);
    /// What BroadWorks has at a template's flow-through adapter.
    pub const ADAPTER: Self = Self::of(&[Permission::UsersWrite]);
    /// What a user has who is signed in to the portal.
    pub const USER: Self = Self::of(&[Permission::OwnActivation]);

    /// These.
    #[must_use]
    pub const fn of(permissions: &[Permission]) -> Self {
        let mut set = 0;
        let mut rest = permissions;
        while let [first, others @ ..] = rest {
            set |= 1 << *first as u32;
            rest = others;
        }
        Self(set)
    }

    /// Whether it is among them.
    #[must_use]
    pub const fn allow(self, permission: Permission) -> bool {
        self.0 & 1 << permission as u32 != 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.allow(*permission))
    }

    /// The scopes of an API token that grant them, by the vendor's names.
    pub fn scopes(self) -> impl Iterator<Item = &'static str> {
        self.iter().filter_map(Permission::scope)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<T: IntoIterator<Item = Permission>>(permissions: T) -> Self {
        permissions.into_iter().fold(Self::default(), |set, one| Self(set.0 | Self::of(&[one]).0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_into_it_and_all_is_all() {
        for permission in Permission::ALL {
            let one = Permissions::of(&[permission]);
            assert_eq!(one.iter().collect::<Vec<_>>(), [permission]);
            assert_eq!([permission].into_iter().collect::<Permissions>(), one);
            assert_eq!([permission; 2].into_iter().collect::<Permissions>(), one, "twice is once");
            assert_eq!(Permissions::of(&[permission; 2]), one, "twice is once");
            let others: Permissions = Permission::ALL.into_iter().filter(|other| *other != permission).collect();
            assert!(!others.allow(permission) && others.iter().count() == Permission::ALL.len() - 1);
        }
        assert!(Permissions::of(&[]).is_empty() && !Permissions::USER.is_empty());
    }

    #[test]
    fn a_token_can_have_exactly_what_has_a_scope() {
        for permission in Permission::ALL {
            assert_eq!(permission.scope().is_some(), Permissions::TOKEN.allow(permission), "{permission:?}");
            assert_eq!(permission.scope().and_then(Permission::of_scope), permission.scope().map(|_| permission));
        }
        assert_eq!(Permission::of_scope("everything"), None);
    }

    #[test]
    fn only_the_portal_activates_and_nobody_else_has_an_account_of_their_own_there() {
        for others in [Permissions::TOKEN, Permissions::HUB, Permissions::ADAPTER] {
            assert!(!others.allow(Permission::OwnActivation));
        }
        assert!(Permissions::USER.iter().eq([Permission::OwnActivation]));
    }
}
