//! A person whom a phone company's BroadWorks knows by a user id, and what the vendor's API says of one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// A BroadWorks user id, e.g. `95547321@sp.com`; BroadWorks limits it to 80 characters.
///
/// Kept as it was given; [`BroadWorksId::key`] is what two are compared by. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BroadWorksId(String);

impl BroadWorksId {
    /// The longest id that BroadWorks takes, in characters.
    pub const MAX_LENGTH: usize = 80;

    /// Parses an id; white space around it is forgiven.
    ///
    /// # Errors
    /// [`Fault::MissingParameter`] if nothing is there, [`Fault::InvalidParameterSize`] if it is too long,
    /// [`Fault::InvalidParameter`] if it holds a space, a control character or one of `"`, `\`, `/`, `:`,
    /// which no BroadWorks user id may hold (a colon would also split Basic authentication, RFC 7617 §2).
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        let typed = bounded(typed, Self::MAX_LENGTH)?;
        if typed.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\\' | '/' | ':')) {
            return Err(Fault::InvalidParameter);
        }
        Ok(Self(typed.to_owned()))
    }

    /// The id as BroadWorks shows it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two ids are compared by: BroadWorks does not tell upper from lower case when a user signs in.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Debug for BroadWorksId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BroadWorksId(…)")
    }
}

impl TryFrom<String> for BroadWorksId {
    type Error = Fault;
    fn try_from(typed: String) -> Result<Self, Fault> {
        Self::parse(&typed)
    }
}

impl From<BroadWorksId> for String {
    fn from(id: BroadWorksId) -> Self {
        id.0
    }
}

/// The id of a customer at its service provider, `SP1+acme` (service provider + group) or `Enterprise1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SpEnterpriseId(String);

impl SpEnterpriseId {
    /// Two BroadWorks names of at most 80 characters and the plus between them.
    pub const MAX_LENGTH: usize = 161;

    /// Parses an id; white space around it is forgiven.
    ///
    /// # Errors
    /// [`Fault::MissingParameter`], [`Fault::InvalidParameterSize`] or, for a control character,
    /// [`Fault::InvalidParameter`].
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        bounded(typed, Self::MAX_LENGTH).map(|typed| Self(typed.to_owned()))
    }

    /// The id as the service provider wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SpEnterpriseId {
    type Error = Fault;
    fn try_from(typed: String) -> Result<Self, Fault> {
        Self::parse(&typed)
    }
}

impl From<SpEnterpriseId> for String {
    fn from(id: SpEnterpriseId) -> Self {
        id.0
    }
}

/// Checks one line of text: trimmed, not empty, at most `longest` characters, no control characters.
///
/// # Errors
/// [`Fault::MissingParameter`], [`Fault::InvalidParameterSize`] or [`Fault::InvalidParameter`].
pub fn bounded(typed: &str, longest: usize) -> Result<&str, Fault> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Fault::MissingParameter);
    }
    if typed.chars().count() > longest {
        return Err(Fault::InvalidParameterSize);
    }
    if typed.contains(char::is_control) {
        return Err(Fault::InvalidParameter);
    }
    Ok(typed)
}

/// What a subscriber may use. The wire names are the vendor API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Package {
    /// `softphone`
    Softphone,
    /// `basic`
    Basic,
    /// `standard`
    Standard,
    /// `premium`
    Premium,
}

impl Package {
    /// All packages, smallest first.
    pub const ALL: [Self; 4] = [Self::Softphone, Self::Basic, Self::Standard, Self::Premium];

    /// The vendor API's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Softphone => "softphone",
            Self::Basic => "basic",
            Self::Standard => "standard",
            Self::Premium => "premium",
        }
    }

    /// The package of that name.
    ///
    /// # Errors
    /// [`Fault::MissingParameter`] or [`Fault::InvalidParameter`].
    pub fn parse(name: &str) -> Result<Self, Fault> {
        let name = bounded(name, 80)?;
        Self::ALL.into_iter().find(|package| package.as_str() == name).ok_or(Fault::InvalidParameter)
    }
}

/// Where a subscriber stands. The wire names and their meaning are the vendor API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No address yet.
    PendingEmailInput,
    /// An address was entered and is not proven.
    PendingEmailValidation,
    /// The address belongs to an existing free account; its owner was asked for consent.
    PendingUserMigration,
    /// The account is being created.
    Provisioning,
    /// The account is there.
    Provisioned,
    /// A change or a removal is on its way to the target.
    Updating,
    /// The last attempt failed.
    Error,
}

impl Status {
    /// All states, in the order in which a subscriber usually passes them.
    pub const ALL: [Self; 7] = [
        Self::PendingEmailInput,
        Self::PendingEmailValidation,
        Self::PendingUserMigration,
        Self::Provisioning,
        Self::Provisioned,
        Self::Updating,
        Self::Error,
    ];

    /// The vendor API's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingEmailInput => "pending_email_input",
            Self::PendingEmailValidation => "pending_email_validation",
            Self::PendingUserMigration => "pending_user_migration",
            Self::Provisioning => "provisioning",
            Self::Provisioned => "provisioned",
            Self::Updating => "updating",
            Self::Error => "error",
        }
    }

    /// The state of that name.
    ///
    /// # Errors
    /// [`Fault::InvalidParameter`] for any other text.
    pub fn parse(name: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|status| status.as_str() == name).ok_or(Fault::InvalidParameter)
    }
}

/// What keeps a subscriber from being provisioned, when it is not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// The user has to enter an address in the portal.
    EmailInput,
    /// The user has to prove the address.
    EmailValidation,
    /// The owner of an existing free account has to consent.
    Consent,
    /// The customer's first user has to be provisioned first (template: Provision Admin First).
    Administrator,
}

impl Requirement {
    /// What a subscriber in this state waits for; `held` says that its customer has no administrator yet.
    #[must_use]
    pub const fn of(status: Status, held: bool) -> Option<Self> {
        match status {
            Status::PendingEmailInput => Some(Self::EmailInput),
            Status::PendingEmailValidation => Some(Self::EmailValidation),
            Status::PendingUserMigration => Some(Self::Consent),
            Status::Provisioning if held => Some(Self::Administrator),
            Status::Provisioning | Status::Provisioned | Status::Updating | Status::Error => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadworks_ids_compare_without_case_and_stay_out_of_logs() {
        let id = BroadWorksId::parse(" 95547321@SP.com ").expect("valid");
        assert_eq!(id.as_str(), "95547321@SP.com");
        assert_eq!(id.key(), "95547321@sp.com");
        assert!(!format!("{id:?}").contains("9554"));
    }

    #[test]
    fn broadworks_ids_say_what_is_wrong() {
        assert_eq!(BroadWorksId::parse("  "), Err(Fault::MissingParameter));
        assert_eq!(BroadWorksId::parse(&"9".repeat(81)), Err(Fault::InvalidParameterSize));
        for bad in ["a b", "a:b", "a/b", "a\u{0}b", "a\\b"] {
            assert_eq!(BroadWorksId::parse(bad), Err(Fault::InvalidParameter), "{bad}");
        }
    }

    #[test]
    fn names_round_trip() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Ok(status));
        }
        for package in Package::ALL {
            assert_eq!(Package::parse(package.as_str()), Ok(package));
        }
        assert_eq!(Package::parse("gold"), Err(Fault::InvalidParameter));
    }
}
