//! What stands in the audit log: deeds of administrators, of API clients and of whoever runs the server. Who, what, to what and
//! when; no names and no addresses, only ids.

use serde::{Deserialize, Serialize};

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
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Logins, Self::Administrators, Self::Tokens, Self::Templates, Self::Users];

    /// Its name in the database, in addresses, and in capitals in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Logins => "logins",
            Self::Administrators => "administrators",
            Self::Tokens => "tokens",
            Self::Templates => "templates",
            Self::Users => "users",
        }
    }

    /// The category of that name, in whatever case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.as_str().eq_ignore_ascii_case(name))
    }
}

/// Writes the enum, its names and categories from one table.
macro_rules! deeds {
    ($($(#[$doc:meta])* $deed:ident => $name:literal, $category:ident;)*) => {
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
        }
    };
}

deeds! {
    /// Somebody signed in.
    SignedIn => "signed_in", Logins;
    /// Somebody chose another password.
    PasswordChanged => "password_changed", Logins;
    /// Somebody ended sessions of their own.
    SessionsEnded => "sessions_ended", Logins;
    /// Whoever was invited chose a password.
    InvitationAccepted => "invitation_accepted", Logins;
    /// Somebody was invited.
    PersonInvited => "person_invited", Administrators;
    /// Somebody is something else, or for other customers.
    RoleChanged => "role_changed", Administrators;
    /// Somebody's password was taken away.
    PasswordReset => "password_reset", Administrators;
    /// Somebody can no longer sign in.
    PersonDisabled => "person_disabled", Administrators;
    /// Somebody can sign in again.
    PersonEnabled => "person_enabled", Administrators;
    /// Somebody was removed.
    PersonRemoved => "person_removed", Administrators;
    /// An API token was made.
    TokenCreated => "token_created", Tokens;
    /// An API token was revoked.
    TokenRevoked => "token_revoked", Tokens;
    /// The settings of a template were changed.
    TemplateChanged => "template_changed", Templates;
    /// Users were imported from a file.
    UsersImported => "users_imported", Users;
    /// A list of users was taken out.
    UsersExported => "users_exported", Users;
    /// A user or workspace was added.
    UserAdded => "user_added", Users;
    /// A user was onboarded with an address.
    UserOnboarded => "user_onboarded", Users;
    /// A failed attempt was asked for again.
    UserRetried => "user_retried", Users;
    /// Another package was asked for.
    PackageChanged => "package_changed", Users;
    /// Names or numbers were changed.
    DetailsChanged => "details_changed", Users;
    /// A user or workspace was deleted.
    UserDeleted => "user_deleted", Users;
    /// Something else was done for a user.
    UserChanged => "user_changed", Users;
}

impl Deed {
    /// The deed of that name; none for what a later version may have written.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|deed| deed.as_str() == name)
    }

    /// What was done, by the step that it is in the history of a user or workspace.
    #[must_use]
    pub fn of_step(event: &str) -> Self {
        match event {
            "arrived" | "workspace_created" => Self::UserAdded,
            "onboarded" => Self::UserOnboarded,
            "retried" => Self::UserRetried,
            "package_changed" => Self::PackageChanged,
            "details_changed" => Self::DetailsChanged,
            "removal_requested" => Self::UserDeleted,
            _ => Self::UserChanged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Happening;

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
            Happening::PackageChanged,
            Happening::DetailsChanged,
            Happening::RemovalRequested,
        ] {
            assert_ne!(Deed::of_step(happening.as_str()), Deed::UserChanged, "{happening:?}");
        }
    }
}
