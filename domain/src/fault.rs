//! The catalogue of everything that can go wrong: code, cause, remedy, who can mend it, and whether trying again helps.
//!
//! One list for the portal, the hub, the API and the engine, so that "Copy Error Text", a log line and an API answer
//! all say the same. The texts here are the English ones that the API answers; `app/locales` holds them in the
//! reader's language, and a test there keeps the English ones equal to these.

use serde::{Deserialize, Serialize};

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
    pub remedy: &'static str,
    /// Who can do it.
    pub fixer: Fixer,
    /// Whether trying again helps.
    pub persistence: Persistence,
}

/// Something that went wrong. 1001, 1002 and 10022 are the vendor's numbers; ours begin at 41000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[error("{} {}", self.code(), self.cause())]
pub enum Fault {
    // Provisioning: recorded on a subscriber, shown in the portal, the hub and the API's `errors[]`.
    /// The email address already belongs to another account.
    AddressInUse,
    /// The service that creates accounts cannot be reached.
    TargetUnavailable,
    /// The service that creates accounts did not answer in time.
    TargetTimeout,
    /// The service that creates accounts takes no more requests for now.
    TargetBusy,
    /// The service that creates accounts refused the request.
    TargetRefused,
    /// The service that creates accounts does not accept our credentials.
    TargetUnauthorized,
    /// No licence is left for the user's package.
    PackageUnavailable,
    /// An account for this BroadWorks user already exists under another customer.
    AccountConflict,
    /// The owner of the existing account did not agree to the move.
    ConsentDeclined,
    // Mail: recorded on the request to prove an address.
    /// The mail server refused the message: the address does not seem to exist.
    MailRefused,
    /// The message could not be sent yet.
    MailUnavailable,
    // Portal: answered to the person in the activation portal.
    /// The BroadWorks user ID or the password is not right.
    BadCredentials,
    /// Your password cannot be checked right now.
    SignInUnavailable,
    /// Your BroadWorks user has not been set up for this service.
    NotInvited,
    /// Activation is not set up correctly by your provider.
    TemplateMisconfigured,
    /// This activation link does not exist.
    UnknownShareLink,
    /// There were too many attempts.
    TooManyAttempts,
    /// This is not a complete email address.
    InvalidAddress,
    /// The code is not right.
    CodeWrong,
    /// The code has expired.
    CodeExpired,
    /// The link has expired.
    LinkExpired,
    /// The link has already been used or replaced by a newer one.
    LinkUsed,
    /// You were signed out because some time has passed.
    SessionEnded,
    // Hub: answered to an administrator.
    /// The email address or the password is not right.
    HubBadCredentials,
    /// You are not signed in.
    NotSignedIn,
    /// What you asked for does not exist or is not yours.
    NotFound,
    /// Another change to this user is still under way.
    InProgress,
    /// The user is already provisioned.
    AlreadyProvisioned,
    /// There is nothing to retry in the user's current state.
    NothingToRetry,
    /// The share link is not a web address.
    InvalidShareLink,
    /// This set-up link was used already or has expired.
    SetupLinkInvalid,
    /// The password is too short.
    PasswordTooShort,
    /// Somebody else changed this in the meantime.
    ChangedMeanwhile,
    // API: answered to a client. The first three numbers are the vendor's own.
    /// A mandatory parameter is missing.
    MissingParameter,
    /// A parameter is too long.
    InvalidParameterSize,
    /// The BroadWorks UserID is already associated with an existing user.
    UserIdTaken,
    /// A parameter has a value that is not allowed.
    InvalidParameter,
    /// The request body is not valid JSON.
    MalformedBody,
    /// The provisioning ID does not exist.
    UnknownProvisioningId,
    /// The access token is missing, expired or revoked.
    Unauthorized,
    /// The access token does not allow this.
    ScopeMissing,
    /// The requested resource does not exist.
    UnknownResource,
    /// The resource does not support this method.
    MethodNotAllowed,
    /// The content type is not supported.
    UnsupportedMediaType,
    /// The request is too large.
    TooLarge,
    /// There were too many requests.
    TooManyRequests,
    /// The Idempotency-Key was already used for another request.
    IdempotencyKeyReused,
    /// The same request is still being processed.
    RequestUnderWay,
    /// The provisioning account's user name or password is not right.
    AdapterUnauthorized,
    /// The user is not waiting for the consent of an existing account's owner.
    ConsentNotAwaited,
    /// The address cannot receive webhooks.
    WebhookAddressRefused,
    /// The file cannot be read as a table of subscribers.
    MalformedFile,
    /// BroadWorks' directory cannot be read.
    DirectoryUnavailable,
    /// Directory sync is switched off for this enterprise.
    DirectorySyncOff,
    /// The billing period has not begun yet.
    BillingPeriodAhead,
    // Anywhere.
    /// Something went wrong on our side.
    Internal,
}

impl Fault {
    /// The whole catalogue.
    pub const ALL: [Self; 56] = [
        Self::AddressInUse,
        Self::TargetUnavailable,
        Self::TargetTimeout,
        Self::TargetBusy,
        Self::TargetRefused,
        Self::TargetUnauthorized,
        Self::PackageUnavailable,
        Self::AccountConflict,
        Self::ConsentDeclined,
        Self::MailRefused,
        Self::MailUnavailable,
        Self::BadCredentials,
        Self::SignInUnavailable,
        Self::NotInvited,
        Self::TemplateMisconfigured,
        Self::UnknownShareLink,
        Self::TooManyAttempts,
        Self::InvalidAddress,
        Self::CodeWrong,
        Self::CodeExpired,
        Self::LinkExpired,
        Self::LinkUsed,
        Self::SessionEnded,
        Self::HubBadCredentials,
        Self::NotSignedIn,
        Self::NotFound,
        Self::InProgress,
        Self::AlreadyProvisioned,
        Self::NothingToRetry,
        Self::InvalidShareLink,
        Self::SetupLinkInvalid,
        Self::PasswordTooShort,
        Self::ChangedMeanwhile,
        Self::MissingParameter,
        Self::InvalidParameterSize,
        Self::UserIdTaken,
        Self::InvalidParameter,
        Self::MalformedBody,
        Self::UnknownProvisioningId,
        Self::Unauthorized,
        Self::ScopeMissing,
        Self::UnknownResource,
        Self::MethodNotAllowed,
        Self::UnsupportedMediaType,
        Self::TooLarge,
        Self::TooManyRequests,
        Self::IdempotencyKeyReused,
        Self::RequestUnderWay,
        Self::AdapterUnauthorized,
        Self::ConsentNotAwaited,
        Self::WebhookAddressRefused,
        Self::MalformedFile,
        Self::DirectoryUnavailable,
        Self::DirectorySyncOff,
        Self::BillingPeriodAhead,
        Self::Internal,
    ];

    /// Its line of the catalogue.
    #[must_use]
    pub const fn entry(self) -> Entry {
        use Fixer::{Administrator, Client, Nobody, Operator, User};
        use Persistence::{Permanent, Transient};
        match self {
            Self::AddressInUse => Entry {
                code: 41001,
                key: "address_in_use",
                cause: "The email address already belongs to another account.",
                remedy: "Enter a different address that only you use, then try again.",
                fixer: User,
                persistence: Permanent,
            },
            Self::TargetUnavailable => Entry {
                code: 41002,
                key: "target_unavailable",
                cause: "The service that creates accounts cannot be reached.",
                remedy: "Wait a few minutes, then try again.",
                fixer: Nobody,
                persistence: Transient,
            },
            Self::TargetTimeout => Entry {
                code: 41003,
                key: "target_timeout",
                cause: "The service that creates accounts did not answer in time.",
                remedy: "Wait a few minutes, then try again.",
                fixer: Nobody,
                persistence: Transient,
            },
            Self::TargetBusy => Entry {
                code: 41004,
                key: "target_busy",
                cause: "The service that creates accounts takes no more requests for now.",
                remedy: "Wait a few minutes, then try again.",
                fixer: Nobody,
                persistence: Transient,
            },
            Self::TargetRefused => Entry {
                code: 41005,
                key: "target_refused",
                cause: "The service that creates accounts refused the request.",
                remedy: "Check the user's data and package, then retry the activation.",
                fixer: Administrator,
                persistence: Permanent,
            },
            Self::TargetUnauthorized => Entry {
                code: 41006,
                key: "target_unauthorized",
                cause: "The service that creates accounts does not accept our credentials.",
                remedy: "Check the target's credentials in the server's settings, then retry the activation.",
                fixer: Operator,
                persistence: Permanent,
            },
            Self::PackageUnavailable => Entry {
                code: 41007,
                key: "package_unavailable",
                cause: "No licence is left for the user's package.",
                remedy: "Change the package type or add licences, then retry the activation.",
                fixer: Administrator,
                persistence: Permanent,
            },
            Self::AccountConflict => Entry {
                code: 41008,
                key: "account_conflict",
                cause: "An account for this BroadWorks user already exists under another customer.",
                remedy: "Delete that account at the target, then retry the activation.",
                fixer: Administrator,
                persistence: Permanent,
            },
            Self::ConsentDeclined => Entry {
                code: 41009,
                key: "consent_declined",
                cause: "The owner of the existing account did not agree to the move.",
                remedy: "Enter a different address, then try again.",
                fixer: User,
                persistence: Permanent,
            },
            Self::MailRefused => Entry {
                code: 42001,
                key: "mail_refused",
                cause: "The mail server refused the message: the address does not seem to exist.",
                remedy: "Check the address for typing errors or enter another one.",
                fixer: User,
                persistence: Permanent,
            },
            Self::MailUnavailable => Entry {
                code: 42002,
                key: "mail_unavailable",
                cause: "The message could not be sent yet.",
                remedy: "Wait a few minutes, then ask for the message again.",
                fixer: Operator,
                persistence: Transient,
            },
            Self::BadCredentials => Entry {
                code: 43001,
                key: "bad_credentials",
                cause: "The BroadWorks user ID or the password is not right.",
                remedy: "Check both and try again. If you do not know them, ask your administrator.",
                fixer: User,
                persistence: Permanent,
            },
            Self::SignInUnavailable => Entry {
                code: 43002,
                key: "sign_in_unavailable",
                cause: "Your password cannot be checked right now.",
                remedy: "Wait a few minutes, then try again.",
                fixer: Nobody,
                persistence: Transient,
            },
            Self::NotInvited => Entry {
                code: 43003,
                key: "not_invited",
                cause: "Your BroadWorks user has not been set up for this service.",
                remedy: "Ask your administrator to add you, then try again.",
                fixer: Administrator,
                persistence: Permanent,
            },
            Self::TemplateMisconfigured => Entry {
                code: 43004,
                key: "template_misconfigured",
                cause: "Activation is not set up correctly by your provider.",
                remedy: "Tell your administrator to check User Verification in the onboarding template, then try again.",
                fixer: Administrator,
                persistence: Permanent,
            },
            Self::UnknownShareLink => Entry {
                code: 43005,
                key: "unknown_share_link",
                cause: "This activation link does not exist.",
                remedy: "Check that you opened the whole link, or ask your administrator for a new one.",
                fixer: Administrator,
                persistence: Permanent,
            },
            Self::TooManyAttempts => Entry {
                code: 43006,
                key: "too_many_attempts",
                cause: "There were too many attempts.",
                remedy: "Wait a while, then try again.",
                fixer: Nobody,
                persistence: Transient,
            },
            Self::InvalidAddress => Entry {
                code: 43007,
                key: "invalid_address",
                cause: "This is not a complete email address.",
                remedy: "Enter an address such as name@example.com.",
                fixer: User,
                persistence: Permanent,
            },
            Self::CodeWrong => Entry {
                code: 43008,
                key: "code_wrong",
                cause: "The code is not right.",
                remedy: "Check the six digits in the newest message and try again.",
                fixer: User,
                persistence: Permanent,
            },
            Self::CodeExpired => Entry {
                code: 43009,
                key: "code_expired",
                cause: "The code has expired.",
                remedy: "Ask for a new message and enter the code from it.",
                fixer: User,
                persistence: Permanent,
            },
            Self::LinkExpired => Entry {
                code: 43010,
                key: "link_expired",
                cause: "The link has expired.",
                remedy: "Sign in again and ask for a new message.",
                fixer: User,
                persistence: Permanent,
            },
            Self::LinkUsed => Entry {
                code: 43011,
                key: "link_used",
                cause: "The link has already been used or replaced by a newer one.",
                remedy: "Open the link in the newest message, or sign in to see where your activation stands.",
                fixer: User,
                persistence: Permanent,
            },
            Self::SessionEnded => Entry {
                code: 43012,
                key: "session_ended",
                cause: "You were signed out because some time has passed.",
                remedy: "Sign in again; nothing that was done is lost.",
                fixer: User,
                persistence: Permanent,
            },
            Self::HubBadCredentials => Entry {
                code: 44001,
                key: "hub_bad_credentials",
                cause: "The email address or the password is not right.",
                remedy: "Check both and try again.",
                fixer: User,
                persistence: Permanent,
            },
            Self::NotSignedIn => Entry {
                code: 44002,
                key: "not_signed_in",
                cause: "You are not signed in.",
                remedy: "Sign in and try again.",
                fixer: User,
                persistence: Permanent,
            },
            Self::NotFound => Entry {
                code: 44003,
                key: "not_found",
                cause: "What you asked for does not exist or is not yours.",
                remedy: "Go back to the list and load it again.",
                fixer: User,
                persistence: Permanent,
            },
            Self::InProgress => Entry {
                code: 44004,
                key: "in_progress",
                cause: "Another change to this user is still under way.",
                remedy: "Wait until it is finished, then try again.",
                fixer: Nobody,
                persistence: Transient,
            },
            Self::AlreadyProvisioned => Entry {
                code: 44005,
                key: "already_provisioned",
                cause: "The user is already provisioned.",
                remedy: "Nothing needs to be done.",
                fixer: Administrator,
                persistence: Permanent,
            },
            Self::NothingToRetry => Entry {
                code: 44006,
                key: "nothing_to_retry",
                cause: "There is nothing to retry in the user's current state.",
                remedy: "Load the list again to see the current state.",
                fixer: Administrator,
                persistence: Permanent,
            },
            Self::InvalidShareLink => Entry {
                code: 44007,
                key: "invalid_share_link",
                cause: "The share link is not a web address.",
                remedy: "Enter a complete link that begins with https://.",
                fixer: Administrator,
                persistence: Permanent,
            },
            Self::SetupLinkInvalid => Entry {
                code: 44008,
                key: "setup_link_invalid",
                cause: "This set-up link was used already or has expired.",
                remedy: "Create an administrator with flowthrough admin add on the server.",
                fixer: Operator,
                persistence: Permanent,
            },
            Self::PasswordTooShort => Entry {
                code: 44009,
                key: "password_too_short",
                cause: "The password is too short.",
                remedy: "Use at least 12 characters.",
                fixer: User,
                persistence: Permanent,
            },
            Self::ChangedMeanwhile => Entry {
                code: 44010,
                key: "changed_meanwhile",
                cause: "Somebody else changed this in the meantime.",
                remedy: "Load the page again and repeat your change.",
                fixer: Administrator,
                persistence: Permanent,
            },
            Self::MissingParameter => Entry {
                code: 1001,
                key: "missing_parameter",
                cause: "A mandatory parameter is missing.",
                remedy: "Send the parameter that fieldName names.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::InvalidParameterSize => Entry {
                code: 1002,
                key: "invalid_parameter_size",
                cause: "A parameter is too long.",
                remedy: "Shorten the parameter that fieldName names.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::UserIdTaken => Entry {
                code: 10022,
                key: "user_id_taken",
                cause: "The BroadWorks UserID is already associated with an existing user.",
                remedy: "Update that subscriber, or remove it first.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::InvalidParameter => Entry {
                code: 45001,
                key: "invalid_parameter",
                cause: "A parameter has a value that is not allowed.",
                remedy: "Correct the parameter that fieldName names.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::MalformedBody => Entry {
                code: 45002,
                key: "malformed_body",
                cause: "The request body is not valid JSON.",
                remedy: "Send a JSON object as the API's description shows.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::UnknownProvisioningId => Entry {
                code: 45003,
                key: "unknown_provisioning_id",
                cause: "The provisioning ID does not exist.",
                remedy: "Copy the provisioning ID from the onboarding template.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::Unauthorized => Entry {
                code: 45004,
                key: "unauthorized",
                cause: "The access token is missing, expired or revoked.",
                remedy: "Send a valid token as Authorization: Bearer.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::ScopeMissing => Entry {
                code: 45005,
                key: "scope_missing",
                cause: "The access token does not allow this.",
                remedy: "Create a token with the needed scope.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::UnknownResource => Entry {
                code: 45006,
                key: "unknown_resource",
                cause: "The requested resource does not exist.",
                remedy: "Check the address and the id.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::MethodNotAllowed => Entry {
                code: 45007,
                key: "method_not_allowed",
                cause: "The resource does not support this method.",
                remedy: "Use a method that the Allow header names.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::UnsupportedMediaType => Entry {
                code: 45008,
                key: "unsupported_media_type",
                cause: "The content type is not supported.",
                remedy: "Send application/json.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::TooLarge => Entry {
                code: 45009,
                key: "too_large",
                cause: "The request is too large.",
                remedy: "Send less at once.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::TooManyRequests => Entry {
                code: 45010,
                key: "too_many_requests",
                cause: "There were too many requests.",
                remedy: "Wait as long as Retry-After says.",
                fixer: Client,
                persistence: Transient,
            },
            Self::IdempotencyKeyReused => Entry {
                code: 45012,
                key: "idempotency_key_reused",
                cause: "The Idempotency-Key was already used for another request.",
                remedy: "Send a new key with each new request.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::RequestUnderWay => Entry {
                code: 45013,
                key: "request_under_way",
                cause: "The same request is still being processed.",
                remedy: "Wait as long as Retry-After says, then repeat it.",
                fixer: Nobody,
                persistence: Transient,
            },
            Self::AdapterUnauthorized => Entry {
                code: 45014,
                key: "adapter_unauthorized",
                cause: "The provisioning account's user name or password is not right.",
                remedy: "Enter the account that flowthrough template adapter printed.",
                fixer: Operator,
                persistence: Permanent,
            },
            Self::ConsentNotAwaited => Entry {
                code: 45015,
                key: "consent_not_awaited",
                cause: "The user is not waiting for the consent of an existing account's owner.",
                remedy: "Get the subscriber to see the current state.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::WebhookAddressRefused => Entry {
                code: 45016,
                key: "webhook_address_refused",
                cause: "The address cannot receive webhooks.",
                remedy: "Send an https address of a public host.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::MalformedFile => Entry {
                code: 45011,
                key: "malformed_file",
                cause: "The file cannot be read as a table of subscribers.",
                remedy: "Save it as CSV in UTF-8 with the header names of Export.",
                fixer: Administrator,
                persistence: Permanent,
            },
            Self::DirectoryUnavailable => Entry {
                code: 46001,
                key: "directory_unavailable",
                cause: "BroadWorks' directory cannot be read.",
                remedy: "Start the sync again later. If it happens again, check the server's account at BroadWorks.",
                fixer: Operator,
                persistence: Transient,
            },
            Self::DirectorySyncOff => Entry {
                code: 46002,
                key: "directory_sync_off",
                cause: "Directory sync is switched off for this enterprise.",
                remedy: "Switch it on first.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::BillingPeriodAhead => Entry {
                code: 47001,
                key: "billing_period_ahead",
                cause: "The billing period has not begun yet.",
                remedy: "Ask for the current month or an earlier one.",
                fixer: Client,
                persistence: Permanent,
            },
            Self::Internal => Entry {
                code: 49001,
                key: "internal",
                cause: "Something went wrong on our side.",
                remedy: "Try again. If it happens again, give your provider the tracking ID.",
                fixer: Operator,
                persistence: Transient,
            },
        }
    }

    /// The fault with that number.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.code() == code)
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

    /// What to do about it, in English.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        self.entry().remedy
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
    fn numbers_are_unique_and_ours_are_in_our_range() {
        let codes: HashSet<u32> = Fault::ALL.iter().map(|fault| fault.code()).collect();
        assert_eq!(codes.len(), Fault::ALL.len());
        for code in codes {
            assert!([1001, 1002, 10022].contains(&code) || (41_000..50_000).contains(&code), "{code}");
        }
    }

    #[test]
    fn every_fault_says_what_happened_and_what_to_do() {
        for fault in Fault::ALL {
            assert_eq!(Fault::from_code(fault.code()), Some(fault));
            assert!(fault.cause().ends_with('.') && fault.remedy().ends_with('.'), "{fault:?}");
        }
    }
}
