//! What several of the hub's screens say in the same words.

use domain::{Package, filter::Flaw, subscriber::Requirement, template::UserVerification};

use crate::i18n::{Locale, td_string};

/// The package's name.
pub(super) fn package_text(locale: Locale, package: Package) -> &'static str {
    match package {
        Package::Softphone => td_string!(locale, hub.package.softphone),
        Package::Basic => td_string!(locale, hub.package.basic),
        Package::Standard => td_string!(locale, hub.package.standard),
        Package::Premium => td_string!(locale, hub.package.premium),
    }
}

/// The requirement in the reader's language.
pub(super) fn requirement_text(locale: Locale, requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::EmailInput => td_string!(locale, hub.requirement.email_input),
        Requirement::EmailValidation => td_string!(locale, hub.requirement.email_validation),
        Requirement::Consent => td_string!(locale, hub.requirement.consent),
        Requirement::Administrator => td_string!(locale, hub.requirement.administrator),
    }
}

/// What is wrong with a filter, in the reader's language.
pub(super) fn flaw_text(locale: Locale, flaw: &Flaw) -> String {
    match flaw {
        Flaw::Key { key, meant } => {
            td_string!(locale, hub.search.no_key, key = key.as_str(), meant = meant.as_str()).to_string()
        }
        Flaw::Value { key, value, meant } => {
            td_string!(locale, hub.search.no_value, key = key.as_str(), value = value.as_str(), meant = meant.as_str())
                .to_string()
        }
        Flaw::Twice { key } => td_string!(locale, hub.search.twice, key = key.as_str()).to_string(),
        Flaw::Unquoted => td_string!(locale, hub.search.unquoted).to_owned(),
        Flaw::TooLong => td_string!(locale, hub.search.too_long).to_owned(),
    }
}

/// Who vouches for addresses, in the reader's language.
pub(super) fn verification_text(locale: Locale, verification: UserVerification) -> &'static str {
    match verification {
        UserVerification::Trusted => td_string!(locale, hub.verification.trusted),
        UserVerification::Untrusted => td_string!(locale, hub.verification.untrusted),
    }
}
