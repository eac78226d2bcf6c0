//! What several of the hub's screens say in the same words.

use domain::{Package, subscriber::Requirement, template::UserVerification};

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

/// Who vouches for addresses, in the reader's language.
pub(super) fn verification_text(locale: Locale, verification: UserVerification) -> &'static str {
    match verification {
        UserVerification::Trusted => td_string!(locale, hub.verification.trusted),
        UserVerification::Untrusted => td_string!(locale, hub.verification.untrusted),
    }
}
