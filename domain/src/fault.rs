//! The catalogue of everything that can go wrong: code, cause, remedy, who can fix it, and whether trying again helps.
//!
//! One list for the portal, the hub, the API and the engine, so that "Copy Error Text", a log line and an API answer
//! all say the same. The entries stand in a file per area. The texts there are the English ones that the API answers;
//! `app/locales` holds them in the reader's language, and a test there keeps the English ones equal to these.

mod anywhere;
mod api;
mod hub;
mod mail;
mod portal;
mod provisioning;

use serde::{Deserialize, Serialize};

/// Who reads a remedy. What an administrator is told, a client of the API is told too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The person who activates an account, in the portal.
    User,
    /// Whoever looks after users: in the hub, by the API, on the command line.
    Administrator,
}

/// Who can do something about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fixer {
    /// The person who sees it.
    User,
    /// An administrator in the partner hub.
    Administrator,
    /// Whoever runs the server.
    Operator,
    /// The author of the API client.
    Client,
    /// Nobody needs to: it passes.
    Nobody,
}

/// Whether the same attempt may succeed later without anything being changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Persistence {
    /// It may: the engine tries again by itself.
    Transient,
    /// It will not: something has to be changed first.
    Permanent,
}

/// What to do about a fault, in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The same, whoever reads it.
    Alike(&'static str),
    /// Not everybody can do the same about it: to each what they can do.
    Each {
        /// For the person who activates an account.
        user: &'static str,
        /// For whoever looks after users.
        administrator: &'static str,
    },
}

impl Remedy {
    /// The text for this reader.
    #[must_use]
    pub const fn text(self, audience: Audience) -> &'static str {
        match (self, audience) {
            (Self::Alike(text), _)
            | (Self::Each { user: text, .. }, Audience::User)
            | (Self::Each { administrator: text, .. }, Audience::Administrator) => text,
        }
    }
}

/// One line of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number in API answers and copied error texts.
    pub code: u32,
    /// The key of its texts in `app/locales/*/fault.json`.
    pub key: &'static str,
    /// What happened, in English.
    pub cause: &'static str,
    /// What to do about it, in English.
    pub remedy: Remedy,
    /// Who can do it.
    pub fixer: Fixer,
    /// Whether trying again helps.
    pub persistence: Persistence,
}

/// Writes the enum, the list of all and the look-up from one table, so that no fault is missing in any of them.
macro_rules! catalogue {
    ($(#[$attribute:meta])* pub enum Fault { $($(#[$doc:meta])* $fault:ident => $area:ident::$entry:ident,)* }) => {
        $(#[$attribute])*
        pub enum Fault {
            $($(#[$doc])* $fault,)*
        }

        impl Fault {
            /// The whole catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$fault,)*];

            /// Its line of the catalogue.
            #[must_use]
            pub const fn entry(self) -> Entry {
                match self {
                    $(Self::$fault => $area::$entry,)*
                }
            }
        }
    };
}

catalogue! {
/// Something that went wrong. 1001, 1002 and 10022 are the vendor's numbers; ours begin at 41000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[error("{} {}", self.code(), self.cause())]
pub enum Fault {
    // Provisioning: recorded on a subscriber, shown in the portal, the hub and the API's `errors[]`.
    /// The email address already belongs to another account.
    AddressInUse => provisioning::ADDRESS_IN_USE,
    /// The service that creates accounts cannot be reached.
    TargetUnavailable => provisioning::TARGET_UNAVAILABLE,
    /// The service that creates accounts did not answer in time.
    TargetTimeout => provisioning::TARGET_TIMEOUT,
    /// The service that creates accounts takes no more requests for now.
    TargetBusy => provisioning::TARGET_BUSY,
    /// The service that creates accounts refused the request.
    TargetRefused => provisioning::TARGET_REFUSED,
    /// The service that creates accounts does not accept our credentials.
    TargetUnauthorized => provisioning::TARGET_UNAUTHORIZED,
    /// No licence is left for this package.
    PackageUnavailable => provisioning::PACKAGE_UNAVAILABLE,
    /// An account for this user already exists at another company.
    AccountConflict => provisioning::ACCOUNT_CONFLICT,
    /// The owner of the existing account did not agree to move it.
    ConsentDeclined => provisioning::CONSENT_DECLINED,
    /// The email address belongs to an account at another company.
    AddressElsewhere => provisioning::ADDRESS_ELSEWHERE,
    // Mail: recorded on the request to prove an address.
    /// The mail server refused the message: the address does not seem to exist.
    MailboxUnknown => mail::MAILBOX_UNKNOWN,
    /// The message could not be sent yet.
    MailUnavailable => mail::MAIL_UNAVAILABLE,
    /// No mail can be delivered to the domain of this address.
    MailDomainUnknown => mail::MAIL_DOMAIN_UNKNOWN,
    /// The mailbox is full.
    MailboxFull => mail::MAILBOX_FULL,
    /// The mailbox is switched off or no longer in use.
    MailboxInactive => mail::MAILBOX_INACTIVE,
    /// The receiving mail system did not let the message through.
    MailBlocked => mail::MAIL_BLOCKED,
    /// Our mail server does not pass messages on to this address.
    MailRelayDenied => mail::MAIL_RELAY_DENIED,
    /// Our mail server does not accept our credentials.
    MailUnauthorized => mail::MAIL_UNAUTHORIZED,
    /// The mail server does not accept our server by its name or network address.
    MailHostRefused => mail::MAIL_HOST_REFUSED,
    /// The mail server does not accept our sender address.
    MailSenderRefused => mail::MAIL_SENDER_REFUSED,
    /// The receiving mail system does not take a message of this size or form.
    MailContentRefused => mail::MAIL_CONTENT_REFUSED,
    /// The mail system does not take an address with letters like these.
    MailAddressUnsupported => mail::MAIL_ADDRESS_UNSUPPORTED,
    /// The receiving mail system asks us to wait.
    MailPutOff => mail::MAIL_PUT_OFF,
    /// The receiving mail system did not take the message for a whole day.
    MailGivenUp => mail::MAIL_GIVEN_UP,
    /// The mail system refused the message without a reason that we know.
    MailNotTaken => mail::MAIL_NOT_TAKEN,
    /// Our mail server takes nothing over a connection that is not encrypted.
    MailTlsRequired => mail::MAIL_TLS_REQUIRED,
    // Portal: answered to the person in the activation portal.
    /// The user ID or the password is not right.
    BadCredentials => portal::BAD_CREDENTIALS,
    /// Your password cannot be checked right now.
    SignInUnavailable => portal::SIGN_IN_UNAVAILABLE,
    /// You have not been added to this service.
    NotInvited => portal::NOT_INVITED,
    /// Activation is not set up correctly by your provider.
    TemplateMisconfigured => portal::TEMPLATE_MISCONFIGURED,
    /// This activation link does not exist.
    UnknownShareLink => portal::UNKNOWN_SHARE_LINK,
    /// This activation link has been replaced by a new one.
    ShareLinkReplaced => portal::SHARE_LINK_REPLACED,
    /// There were too many attempts.
    TooManyAttempts => portal::TOO_MANY_ATTEMPTS,
    /// This is not a complete email address.
    InvalidAddress => portal::INVALID_ADDRESS,
    /// The code is not right.
    CodeWrong => portal::CODE_WRONG,
    /// The code has expired.
    CodeExpired => portal::CODE_EXPIRED,
    /// There were too many wrong codes. This code no longer works.
    CodeSpent => portal::CODE_SPENT,
    /// This code was sent to an address that you have replaced.
    CodeOfAnotherAddress => portal::CODE_OF_ANOTHER_ADDRESS,
    /// The link has expired.
    LinkExpired => portal::LINK_EXPIRED,
    /// The link has already been used or replaced by a newer one.
    LinkUsed => portal::LINK_USED,
    /// You are no longer signed in.
    SessionEnded => portal::SESSION_ENDED,
    /// This is not a six-digit code.
    CodeIncomplete => portal::CODE_INCOMPLETE,
    /// The user ID is missing.
    UserIdMissing => portal::USER_ID_MISSING,
    /// No user ID has characters like these.
    UserIdStrange => portal::USER_ID_STRANGE,
    /// The password is missing.
    PasswordMissing => portal::PASSWORD_MISSING,
    /// The user ID and the password are missing.
    CredentialsMissing => portal::CREDENTIALS_MISSING,
    /// The email address is missing.
    AddressMissing => portal::ADDRESS_MISSING,
    /// This address is already confirmed.
    AlreadyConfirmed => portal::ALREADY_CONFIRMED,
    /// The phone service's record of you cannot be used.
    ProfileUnusable => portal::PROFILE_UNUSABLE,
    /// The address can no longer be changed here.
    AddressSettled => portal::ADDRESS_SETTLED,
    /// A newer message has replaced the link.
    LinkSuperseded => portal::LINK_SUPERSEDED,
    // Hub: answered to an administrator.
    /// The email address or the password is not right.
    HubBadCredentials => hub::HUB_BAD_CREDENTIALS,
    /// You are not signed in.
    NotSignedIn => hub::NOT_SIGNED_IN,
    /// What you asked for does not exist, or you have no access to it.
    NotFound => hub::NOT_FOUND,
    /// Another change to this user is still under way.
    InProgress => hub::IN_PROGRESS,
    /// The user is already provisioned.
    AlreadyProvisioned => hub::ALREADY_PROVISIONED,
    /// There is nothing to retry in the user's current state.
    NothingToRetry => hub::NOTHING_TO_RETRY,
    /// The share link is not a web address.
    InvalidShareLink => hub::INVALID_SHARE_LINK,
    /// This set-up link was used already or has expired.
    SetupLinkInvalid => hub::SETUP_LINK_INVALID,
    /// The password is too short.
    PasswordTooShort => hub::PASSWORD_TOO_SHORT,
    /// Somebody else changed this in the meantime.
    ChangedMeanwhile => hub::CHANGED_MEANWHILE,
    /// The email address and the password are missing.
    HubCredentialsMissing => hub::HUB_CREDENTIALS_MISSING,
    /// The password is too long.
    PasswordTooLong => hub::PASSWORD_TOO_LONG,
    /// The password is easy to guess.
    PasswordGuessable => hub::PASSWORD_GUESSABLE,
    /// The password can be guessed by whoever knows your company.
    PasswordNamesOwner => hub::PASSWORD_NAMES_OWNER,
    /// The current password is not right.
    CurrentPasswordWrong => hub::CURRENT_PASSWORD_WRONG,
    /// Whoever is signed in to the hub may not do this.
    PermissionMissing => hub::PERMISSION_MISSING,
    /// Whoever is invited or added to the hub is there already, perhaps of another partner.
    PersonExists => hub::PERSON_EXISTS,
    /// Nobody else is a full administrator.
    LastFullAdministrator => hub::LAST_FULL_ADMINISTRATOR,
    /// The invitation is used up or expired.
    InvitationInvalid => hub::INVITATION_INVALID,
    /// The user was sent a message less than 24 hours ago.
    MailedRecently => hub::MAILED_RECENTLY,
    /// The code of a second factor is not right, or was used already.
    FactorCodeWrong => hub::FACTOR_CODE_WRONG,
    /// The code of a second factor is missing.
    FactorCodeMissing => hub::FACTOR_CODE_MISSING,
    /// A second factor cannot be read.
    FactorUnavailable => hub::FACTOR_UNAVAILABLE,
    /// The partner asks for a second factor, and whoever is signed in has none.
    FactorRequired => hub::FACTOR_REQUIRED,
    /// Whoever is signed in has proven it too long ago for what they ask.
    ProofRequired => hub::PROOF_REQUIRED,
    /// Nothing is told to a webhook that is paused.
    WebhookPaused => hub::WEBHOOK_PAUSED,
    /// A file is no picture that a logo can be made of.
    LogoUnreadable => hub::LOGO_UNREADABLE,
    /// A picture is too large for a logo.
    LogoTooLarge => hub::LOGO_TOO_LARGE,
    /// A colour is not written as one.
    InvalidColour => hub::INVALID_COLOUR,
    /// Text in a colour cannot be read.
    AccentTooPale => hub::ACCENT_TOO_PALE,
    /// A sign-in by an identity provider was broken off, or its answer is not what was asked for.
    OidcSignInFailed => hub::OIDC_SIGN_IN_FAILED,
    /// An identity provider cannot be reached.
    OidcUnavailable => hub::OIDC_UNAVAILABLE,
    /// Whoever an identity provider let in has no role here.
    OidcRoleMissing => hub::OIDC_ROLE_MISSING,
    /// Whoever an identity provider let in cannot be one of the hub's people.
    OidcAccountRefused => hub::OIDC_ACCOUNT_REFUSED,
    /// Somebody cannot be moved to a template whose accounts are elsewhere.
    AccountStays => hub::ACCOUNT_STAYS,
    /// A passkey is none of the hub's, was not asked for, or has not been shown as it has to be.
    PasskeyRefused => hub::PASSKEY_REFUSED,
    /// A browser was asked for a passkey, and its owner broke off, or it has none.
    PasskeyNotShown => hub::PASSKEY_NOT_SHOWN,
    // API: answered to a client. Numbers below 41000 are the vendor's own.
    /// A mandatory parameter is missing.
    MissingParameter => api::MISSING_PARAMETER,
    /// A parameter is too long.
    InvalidParameterSize => api::INVALID_PARAMETER_SIZE,
    /// The BroadWorks UserID is already associated with an existing user.
    UserIdTaken => api::USER_ID_TAKEN,
    /// A parameter has a value that is not allowed.
    InvalidParameter => api::INVALID_PARAMETER,
    /// The request body is not valid JSON.
    MalformedBody => api::MALFORMED_BODY,
    /// The provisioning ID does not exist.
    UnknownProvisioningId => api::UNKNOWN_PROVISIONING_ID,
    /// The access token is missing, expired or revoked.
    Unauthorized => api::UNAUTHORIZED,
    /// The access token does not allow this.
    ScopeMissing => api::SCOPE_MISSING,
    /// The requested resource does not exist.
    UnknownResource => api::UNKNOWN_RESOURCE,
    /// The resource does not support this method.
    MethodNotAllowed => api::METHOD_NOT_ALLOWED,
    /// The content type is not supported.
    UnsupportedMediaType => api::UNSUPPORTED_MEDIA_TYPE,
    /// The request is too large.
    TooLarge => api::TOO_LARGE,
    /// The request came too slowly.
    TooSlow => api::TOO_SLOW,
    /// There were too many requests.
    TooManyRequests => api::TOO_MANY_REQUESTS,
    /// The Idempotency-Key was already used for another request.
    IdempotencyKeyReused => api::IDEMPOTENCY_KEY_REUSED,
    /// The same request is still being processed.
    RequestUnderWay => api::REQUEST_UNDER_WAY,
    /// The request was carried out, but its answer is lost.
    AnswerLost => api::ANSWER_LOST,
    /// This stays as it is as long as the subscriber or workspace is there.
    Fixed => api::FIXED,
    /// This server does not answer for this host.
    Misdirected => api::MISDIRECTED,
    /// Webhooks may not be sent to this host.
    WebhookHostUnlisted => api::WEBHOOK_HOST_UNLISTED,
    /// The provisioning account's user name or password is not right.
    AdapterUnauthorized => api::ADAPTER_UNAUTHORIZED,
    /// The user is not waiting for the consent of an existing account's owner.
    ConsentNotAwaited => api::CONSENT_NOT_AWAITED,
    /// The address cannot receive webhooks.
    WebhookAddressRefused => api::WEBHOOK_ADDRESS_REFUSED,
    /// A spreadsheet has changed this value.
    DamagedBySpreadsheet => api::DAMAGED_BY_SPREADSHEET,
    /// This row has more cells than the header.
    TooManyCells => api::TOO_MANY_CELLS,
    /// The file cannot be read as a table of subscribers.
    MalformedFile => api::MALFORMED_FILE,
    /// BroadWorks' directory cannot be read.
    DirectoryUnavailable => api::DIRECTORY_UNAVAILABLE,
    /// Directory sync is switched off for this enterprise.
    DirectorySyncOff => api::DIRECTORY_SYNC_OFF,
    /// The billing period has not begun yet.
    BillingPeriodAhead => api::BILLING_PERIOD_AHEAD,
    // Anywhere.
    /// Something went wrong on our side.
    Internal => anywhere::INTERNAL,
    /// The server cannot be reached: said by the page itself, never by the server.
    Offline => anywhere::OFFLINE,
    /// The server is too busy at the moment.
    Busy => anywhere::BUSY,
    /// The service is interrupted for a moment.
    StoreUnavailable => anywhere::STORE_UNAVAILABLE,
    /// This page was made for somebody else, who was signed in here before.
    MeantForAnother => anywhere::MEANT_FOR_ANOTHER,
    /// Your browser did not keep the cookie that keeps you signed in.
    CookiesRefused => anywhere::COOKIES_REFUSED,
}
}

impl Fault {
    /// The fault with that number.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.code() == code)
    }

    /// Its number.
    #[must_use]
    pub const fn code(self) -> u32 {
        self.entry().code
    }

    /// What happened, in English.
    #[must_use]
    pub const fn cause(self) -> &'static str {
        self.entry().cause
    }

    /// What this reader can do about it, in English.
    #[must_use]
    pub const fn remedy(self, audience: Audience) -> &'static str {
        self.entry().remedy.text(audience)
    }

    /// Whether it is for the person in the activation portal to read.
    #[must_use]
    pub const fn is_shown_to_users(self) -> bool {
        matches!(self.code() / 1_000, 41 | 42 | 43 | 49)
    }

    /// Whether it is answered to administrators only.
    #[must_use]
    pub const fn is_of_the_hub(self) -> bool {
        self.code() / 1_000 == 44
    }

    /// Whether the engine tries again by itself.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self.entry().persistence, Persistence::Transient)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn numbers_and_keys_are_unique_and_ours_are_in_our_range() {
        let codes: HashSet<u32> = Fault::ALL.iter().map(|fault| fault.code()).collect();
        assert_eq!(codes.len(), Fault::ALL.len());
        for code in codes {
            assert!([1001, 1002, 10022].contains(&code) || (41_000..50_000).contains(&code), "{code}");
        }
        let keys: HashSet<&str> = Fault::ALL.iter().map(|fault| fault.entry().key).collect();
        assert_eq!(keys.len(), Fault::ALL.len());
    }

    #[test]
    fn every_fault_says_what_happened_and_what_to_do() {
        for &fault in Fault::ALL {
            assert_eq!(Fault::from_code(fault.code()), Some(fault));
            assert!(fault.cause().ends_with('.'), "{fault:?}");
            for audience in [Audience::User, Audience::Administrator] {
                assert!(fault.remedy(audience).ends_with('.'), "{fault:?}");
            }
            if let Remedy::Each { user, administrator } = fault.entry().remedy {
                assert_ne!(user, administrator, "{fault:?}");
            }
        }
    }

    /// What only an administrator can do (or whoever runs the server) is no remedy for the person in the portal.
    #[test]
    fn nobody_in_the_portal_is_told_to_do_what_only_an_administrator_can() {
        for fault in Fault::ALL {
            let remedy = fault.remedy(Audience::User);
            let theirs = ["licence", "package", "target", "credential", "retry the activation", "server"];
            let asks = ["our administrator", "our provider"].iter().any(|who| remedy.contains(who));
            assert!(
                !fault.is_shown_to_users() || asks || !theirs.iter().any(|word| remedy.contains(word)),
                "{fault:?}: {remedy}"
            );
        }
    }

    #[test]
    fn what_passes_or_is_fixed_is_tried_again_and_what_somebody_has_to_change_is_not() {
        for &fault in Fault::ALL {
            let fixed = crate::outage::lasts_until_fixed(fault);
            assert!(!fixed || fault.is_transient(), "{fault:?}");
        }
        for passing in [Fault::TargetUnavailable, Fault::TargetTimeout, Fault::TargetBusy] {
            assert!(passing.is_transient(), "{passing:?}");
        }
        for lasting in [Fault::MissingParameter, Fault::InvalidAddress, Fault::AddressInUse, Fault::TargetRefused] {
            assert!(!lasting.is_transient(), "{lasting:?}");
        }
    }
}
