//! What an administrator of a partner is: a named set of permissions. This is the one table of who may do what in the hub.
//!
//! A role says what, and not whose: the customers that are assigned to an administrator are beside it.
//!
//! ```
//! use domain::{Permission, Role};
//!
//! assert!(Role::HelpDesk.permissions().allow(Permission::MailResend));
//! assert!(!Role::HelpDesk.permissions().allow(Permission::UsersExport));
//! ```

use serde::{Deserialize, Serialize};

use crate::{Permission, Permissions};

/// What somebody who signs in to the hub is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Does everything, for every customer: only this one changes templates, tokens and other administrators.
    FullAdministrator,
    /// Looks after users, of every customer or of those that are assigned.
    Administrator,
    /// Sees what an administrator sees, and changes nothing.
    ReadOnly,
    /// Helps callers: sees how users stand and how their mail fares, and has it sent again. No lists leave the hub, and no list
    /// shows an address.
    HelpDesk,
    /// The customer's own: sees the people of one customer on one page, gives them addresses and has them sent activation mails.
    CustomerAdministrator,
}

impl Role {
    /// All of them, whoever may do most first.
    pub const ALL: [Self; 5] =
        [Self::FullAdministrator, Self::Administrator, Self::ReadOnly, Self::HelpDesk, Self::CustomerAdministrator];

    /// Its name in the database and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FullAdministrator => "full_administrator",
            Self::Administrator => "administrator",
            Self::ReadOnly => "read_only",
            Self::HelpDesk => "help_desk",
            Self::CustomerAdministrator => "customer_administrator",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// What it allows.
    #[must_use]
    pub const fn permissions(self) -> Permissions {
        match self {
            Self::FullAdministrator => Permissions::HUB,
            Self::Administrator => Permissions::of(&[
                Permission::CustomersRead,
                Permission::TemplatesRead,
                Permission::UsersRead,
                Permission::UsersWrite,
                Permission::UsersExport,
                Permission::AddressesRead,
                Permission::MailResend,
                Permission::RosterRead,
                Permission::RosterWrite,
                Permission::OwnAccount,
            ]),
            Self::ReadOnly => Permissions::of(&[
                Permission::CustomersRead,
                Permission::TemplatesRead,
                Permission::UsersRead,
                Permission::UsersExport,
                Permission::AddressesRead,
                Permission::RosterRead,
                Permission::OwnAccount,
            ]),
            Self::HelpDesk => Permissions::of(&[
                Permission::CustomersRead,
                Permission::TemplatesRead,
                Permission::UsersRead,
                Permission::MailResend,
                Permission::OwnAccount,
            ]),
            Self::CustomerAdministrator => {
                Permissions::of(&[Permission::RosterRead, Permission::RosterWrite, Permission::OwnAccount])
            }
        }
    }

    /// Whether it can be for some of the partner's customers only. What belongs to no customer is a full administrator's.
    #[must_use]
    pub const fn can_be_assigned(self) -> bool {
        !matches!(self, Self::FullAdministrator)
    }

    /// Whether it is for one customer and never for more: whoever has it is of that customer, and not of the partner.
    #[must_use]
    pub const fn is_of_one_customer(self) -> bool {
        matches!(self, Self::CustomerAdministrator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_and_is_found_by_it() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }

    #[test]
    fn nobody_may_what_a_full_administrator_may_not_and_everybody_has_an_account() {
        for role in Role::ALL {
            assert!(role.permissions().iter().all(|permission| Permissions::HUB.allow(permission)), "{role:?}");
            assert!(role.permissions().allow(Permission::OwnAccount), "{role:?}");
        }
    }

    #[test]
    fn what_belongs_to_the_whole_partner_is_nobodys_whose_customers_are_assigned() {
        let of_the_partner = [
            Permission::TemplatesWrite,
            Permission::DeletionsApprove,
            Permission::TokensRead,
            Permission::TokensWrite,
            Permission::WebhooksRead,
            Permission::WebhooksWrite,
            Permission::PeopleRead,
            Permission::PeopleWrite,
            Permission::AuditRead,
        ];
        for role in Role::ALL {
            assert_eq!(role.can_be_assigned(), role != Role::FullAdministrator, "{role:?}");
        }
        for role in Role::ALL.into_iter().filter(|role| role.can_be_assigned()) {
            assert!(!of_the_partner.iter().any(|permission| role.permissions().allow(*permission)), "{role:?}");
        }
    }

    #[test]
    fn a_reader_writes_nothing_and_the_help_desk_takes_nothing_away() {
        let reader = Role::ReadOnly.permissions();
        for writing in [Permission::UsersWrite, Permission::MailResend, Permission::TemplatesWrite] {
            assert!(!reader.allow(writing), "{writing:?}");
        }
        let help_desk = Role::HelpDesk.permissions();
        for beyond in [Permission::UsersWrite, Permission::UsersExport, Permission::AddressesRead] {
            assert!(!help_desk.allow(beyond), "{beyond:?}");
        }
    }

    #[test]
    fn a_customers_administrator_has_one_page_and_can_be_of_one_customer_only() {
        let theirs = Role::CustomerAdministrator.permissions();
        let all = [Permission::RosterRead, Permission::RosterWrite, Permission::OwnAccount];
        assert_eq!(theirs.iter().collect::<Vec<_>>(), all);
        let of_one: Vec<_> = Role::ALL.into_iter().filter(|role| role.is_of_one_customer()).collect();
        assert_eq!(of_one, [Role::CustomerAdministrator]);
        assert!(Role::CustomerAdministrator.can_be_assigned());
    }
}
