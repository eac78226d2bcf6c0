//! What is wrong with a cell of an import, in the reader's language: the same on the page and in the file that is given back.

use domain::{Fault, Field, fault::Audience};

use crate::{i18n::*, ui::fault};

/// Where, what, and what to do about it.
#[must_use]
pub fn in_words(locale: Locale, field: Option<Field>, found: Fault) -> String {
    let place = field.map(|field| format!("{}: ", field.column())).unwrap_or_default();
    format!("{place}{} {}", cause(locale, found), remedy(locale, field, found))
}

/// What Export calls the column.
#[must_use]
pub fn column(field: Option<Field>) -> &'static str {
    field.map(Field::column).unwrap_or_default()
}

/// What is wrong: the catalogue speaks to clients of the API where it means parameters.
#[must_use]
pub fn cause(locale: Locale, found: Fault) -> &'static str {
    match found {
        Fault::MissingParameter => td_string!(locale, hub.importing.missing),
        Fault::InvalidParameterSize => td_string!(locale, hub.importing.too_long),
        Fault::InvalidParameter => td_string!(locale, hub.importing.not_allowed),
        Fault::UserIdTaken => td_string!(locale, hub.importing.twice),
        Fault::UnknownProvisioningId => td_string!(locale, hub.importing.no_template),
        other => fault::cause(locale, other),
    }
}

/// What to do about it.
#[must_use]
pub fn remedy(locale: Locale, field: Option<Field>, found: Fault) -> &'static str {
    match (found, field) {
        (Fault::InvalidParameter, Some(Field::Package)) => td_string!(locale, hub.importing.package_remedy),
        (Fault::InvalidParameter, Some(Field::TimeZone)) => td_string!(locale, hub.importing.timezone_remedy),
        (Fault::InvalidParameter, Some(Field::Language)) => td_string!(locale, hub.importing.language_remedy),
        (Fault::InvalidParameter, Some(Field::UserId)) => td_string!(locale, hub.importing.user_id_remedy),
        (Fault::MissingParameter, _) => td_string!(locale, hub.importing.missing_remedy),
        (Fault::InvalidParameterSize, _) => td_string!(locale, hub.importing.too_long_remedy),
        (Fault::InvalidParameter, _) => td_string!(locale, hub.importing.not_allowed_remedy),
        (Fault::UserIdTaken, _) => td_string!(locale, hub.importing.twice_remedy),
        (Fault::UnknownProvisioningId, _) => td_string!(locale, hub.importing.no_template_remedy),
        (other, _) => fault::remedy(locale, Audience::Administrator, other),
    }
}
