//! What is written down of a subscriber, by whatever name: in a call of the API, in a column of a file.

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::{
    fault::Fault,
    subscriber::{BroadWorksId, SpEnterpriseId},
};

/// What is written down of a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Which onboarding template.
    ProvisioningId,
    /// The BroadWorks user id.
    UserId,
    /// The service provider's id of the customer.
    SpEnterpriseId,
    /// First name.
    FirstName,
    /// Last name.
    LastName,
    /// The package.
    Package,
    /// The email address.
    Email,
    /// Primary phone number.
    PrimaryPhone,
    /// Mobile phone number.
    MobilePhone,
    /// Extension.
    Extension,
    /// Preferred language.
    Language,
    /// Time zone.
    TimeZone,
    /// The group within the enterprise, as the service provider calls it.
    SpEnterpriseGroupId,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 13] = [
        Self::ProvisioningId,
        Self::UserId,
        Self::SpEnterpriseId,
        Self::FirstName,
        Self::LastName,
        Self::Package,
        Self::Email,
        Self::PrimaryPhone,
        Self::MobilePhone,
        Self::Extension,
        Self::Language,
        Self::TimeZone,
        Self::SpEnterpriseGroupId,
    ];

    /// Its name in the vendor's API.
    #[must_use]
    pub const fn property(self) -> &'static str {
        match self {
            Self::ProvisioningId => "provisioningId",
            Self::UserId => "userId",
            Self::SpEnterpriseId => "spEnterpriseId",
            Self::FirstName => "firstName",
            Self::LastName => "lastName",
            Self::Package => "package",
            Self::Email => "email",
            Self::PrimaryPhone => "primaryPhoneNumber",
            Self::MobilePhone => "mobilePhoneNumber",
            Self::Extension => "extension",
            Self::Language => "language",
            Self::TimeZone => "timezone",
            // Not in the vendor's specification: its newer clients send it.
            Self::SpEnterpriseGroupId => "spEnterpriseGroupId",
        }
    }

    /// Its column in Export and import.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::ProvisioningId => "Provisioning ID",
            Self::UserId => "BroadWorks ID",
            Self::SpEnterpriseId => "Enterprise ID",
            Self::FirstName => "First Name",
            Self::LastName => "Last Name",
            Self::Package => "Package",
            Self::Email => "Email",
            Self::PrimaryPhone => "Primary Phone",
            Self::MobilePhone => "Mobile Phone",
            Self::Extension => "Extension",
            Self::Language => "Language",
            Self::TimeZone => "Time Zone",
            Self::SpEnterpriseGroupId => "Group ID",
        }
    }

    /// The most characters it may have.
    #[must_use]
    pub const fn longest(self) -> usize {
        match self {
            Self::ProvisioningId | Self::Email => 254,
            Self::UserId => BroadWorksId::MAX_LENGTH,
            Self::SpEnterpriseId | Self::SpEnterpriseGroupId => SpEnterpriseId::MAX_LENGTH,
            Self::FirstName | Self::LastName | Self::Package | Self::TimeZone => 80,
            Self::PrimaryPhone | Self::MobilePhone => 40,
            Self::Extension => 20,
            // RFC 5646 §4.4.1.
            Self::Language => 35,
        }
    }

    /// The field of a column with this header. Case does not matter, nor do spaces and signs: `E-mail` is `Email`.
    #[must_use]
    pub fn of_column(header: &str) -> Option<Self> {
        COLUMNS.get(&letters(header)).copied()
    }

    /// The field that a header most likely means which is not the one that Export writes: the name in the API, or what
    /// other lists of people call it.
    #[must_use]
    pub fn of_other_name(header: &str) -> Option<Self> {
        ELSEWHERE.get(&letters(header)).copied()
    }

    /// What to do about a value that is not allowed, in English, where more can be said than that.
    #[must_use]
    pub const fn remedy(self, fault: Fault) -> Option<&'static str> {
        match (self, fault) {
            (Self::Package, Fault::InvalidParameter) => Some("Use softphone, basic, standard or premium."),
            (Self::TimeZone, Fault::InvalidParameter) => {
                Some("Use a name of the IANA time zone database, such as Europe/Sofia.")
            }
            (Self::PrimaryPhone | Self::MobilePhone, Fault::InvalidParameter) => {
                Some("Use digits, with + ( ) - . / or spaces between them, such as +1-240-555-1212.")
            }
            (Self::PrimaryPhone | Self::MobilePhone, Fault::InvalidParameterSize) => Some(
                "A phone number has at least 3 digits and at most 15, with its country's code and without its extension.",
            ),
            (Self::Extension, Fault::InvalidParameter) => Some("Use digits only."),
            (Self::Language, Fault::InvalidParameter) => Some("Use a language tag, such as en or en-US."),
            (Self::UserId, Fault::InvalidParameter) => {
                Some("Use unaccented letters, digits and signs, and no space or any of \" \\ / :")
            }
            _ => None,
        }
    }
}

/// What Export calls columns, as [`letters`].
static COLUMNS: LazyLock<HashMap<String, Field>> =
    LazyLock::new(|| Field::ALL.map(|field| (letters(field.column()), field)).into());
/// What the API and other lists call them, as [`letters`].
static ELSEWHERE: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let of_api = Field::ALL.map(|field| (letters(field.property()), field));
    OTHER_NAMES.into_iter().map(|(name, field)| (name.to_owned(), field)).chain(of_api).collect()
});

/// What columns are called in other lists, as [`letters`].
const OTHER_NAMES: [(&str, Field); 17] = [
    ("broadworksuserid", Field::UserId),
    ("givenname", Field::FirstName),
    ("forename", Field::FirstName),
    ("surname", Field::LastName),
    ("familyname", Field::LastName),
    ("packagetype", Field::Package),
    ("emailaddress", Field::Email),
    ("mail", Field::Email),
    ("phone", Field::PrimaryPhone),
    ("phonenumber", Field::PrimaryPhone),
    ("telephone", Field::PrimaryPhone),
    ("mobile", Field::MobilePhone),
    ("mobilenumber", Field::MobilePhone),
    ("cellphone", Field::MobilePhone),
    ("ext", Field::Extension),
    ("locale", Field::Language),
    ("tz", Field::TimeZone),
];

/// The letters and digits of a header, in lower case; nothing, if it holds what is no text.
fn letters(header: &str) -> String {
    if header.contains(|c: char| c.is_control() && !c.is_whitespace()) {
        return String::new();
    }
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Package;

    #[test]
    fn a_column_is_known_however_its_header_is_written() {
        for (header, field) in [
            (" broadworks id ", Field::UserId),
            ("\u{feff}BROADWORKS_ID", Field::UserId),
            ("E-mail", Field::Email),
            ("First\u{a0}Name", Field::FirstName),
            ("Enter\u{200b}prise ID", Field::SpEnterpriseId),
            ("TimeZone", Field::TimeZone),
        ] {
            assert_eq!(Field::of_column(header), Some(field), "{header}");
        }
        for header in ["Email Address", "Status", "", "ID", "E\u{0}mail"] {
            assert_eq!(Field::of_column(header), None, "{header}");
        }
        for field in Field::ALL {
            assert_eq!(Field::of_column(field.column()), Some(field));
            assert_eq!(Field::of_other_name(field.property()), Some(field));
        }
        assert_eq!(Field::of_other_name("Email address"), Some(Field::Email));
        assert_eq!(Field::of_other_name("Status"), None);
    }

    #[test]
    fn a_number_that_is_too_long_or_short_is_told_how_many_digits_it_has() {
        use crate::phone::{FEWEST_DIGITS, MOST_DIGITS};
        for field in [Field::PrimaryPhone, Field::MobilePhone] {
            let remedy = field.remedy(Fault::InvalidParameterSize).expect("more to say");
            assert!(remedy.contains(&format!("at least {FEWEST_DIGITS} digits and at most {MOST_DIGITS}")));
        }
    }

    #[test]
    fn a_wrong_package_is_told_the_right_ones() {
        let remedy = Field::Package.remedy(Fault::InvalidParameter).expect("more to say");
        assert!(Package::ALL.iter().all(|package| remedy.contains(package.as_str())));
    }

    #[test]
    fn what_is_advised_about_a_wrong_value_would_be_taken() {
        for (field, example) in [
            (Field::TimeZone, "Europe/Sofia"),
            (Field::PrimaryPhone, "+1-240-555-1212"),
            (Field::MobilePhone, "+1-240-555-1212"),
            (Field::Language, "en-US"),
        ] {
            let remedy = field.remedy(Fault::InvalidParameter).expect("more to say");
            assert!(remedy.contains(example), "{field:?}");
            let mut draft = crate::draft::Draft::default();
            draft.set(field, Ok(example.to_owned()));
            assert_eq!(draft.text(field), Ok(Some(example.to_owned())));
        }
        assert!(Field::Extension.remedy(Fault::InvalidParameter).expect("more to say").contains("digits"));
        let of_ids = Field::UserId.remedy(Fault::InvalidParameter).expect("more to say");
        for refused in ["a\"b", "a\\b", "a/b", "a:b"] {
            assert!(BroadWorksId::parse(refused).is_err() && of_ids.contains(&refused[1..2]), "{refused}");
        }
        for field in Field::ALL {
            assert_eq!(field.remedy(Fault::MissingParameter), None, "{field:?}: the catalogue says it");
        }
    }
}
