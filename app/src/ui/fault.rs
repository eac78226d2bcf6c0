//! The catalogue of faults in the reader's language.

use domain::Fault;

use crate::i18n::{Locale, td_string};

/// Writes both look-ups from one table, so that no fault has a cause without a remedy.
macro_rules! texts {
    (translated { $($fault:ident => $key:ident,)* } english { $($api:ident,)* }) => {
        /// What happened.
        #[must_use]
        pub fn cause(locale: Locale, fault: Fault) -> &'static str {
            match fault {
                $(Fault::$fault => td_string!(locale, fault.$key.cause),)*
                $(Fault::$api)|* => fault.cause(),
            }
        }

        /// What to do about it.
        #[must_use]
        pub fn remedy(locale: Locale, fault: Fault) -> &'static str {
            match fault {
                $(Fault::$fault => td_string!(locale, fault.$key.remedy),)*
                $(Fault::$api)|* => fault.remedy(),
            }
        }
    };
}

texts! {
    translated {
        AddressInUse => address_in_use,
        TargetUnavailable => target_unavailable,
        TargetTimeout => target_timeout,
        TargetBusy => target_busy,
        TargetRefused => target_refused,
        TargetUnauthorized => target_unauthorized,
        PackageUnavailable => package_unavailable,
        AccountConflict => account_conflict,
        ConsentDeclined => consent_declined,
        MailRefused => mail_refused,
        MailUnavailable => mail_unavailable,
        BadCredentials => bad_credentials,
        SignInUnavailable => sign_in_unavailable,
        NotInvited => not_invited,
        TemplateMisconfigured => template_misconfigured,
        UnknownShareLink => unknown_share_link,
        TooManyAttempts => too_many_attempts,
        InvalidAddress => invalid_address,
        CodeWrong => code_wrong,
        CodeExpired => code_expired,
        LinkExpired => link_expired,
        LinkUsed => link_used,
        SessionEnded => session_ended,
        HubBadCredentials => hub_bad_credentials,
        NotSignedIn => not_signed_in,
        NotFound => not_found,
        InProgress => in_progress,
        AlreadyProvisioned => already_provisioned,
        NothingToRetry => nothing_to_retry,
        InvalidShareLink => invalid_share_link,
        SetupLinkInvalid => setup_link_invalid,
        PasswordTooShort => password_too_short,
        ChangedMeanwhile => changed_meanwhile,
        MalformedFile => malformed_file,
        Internal => internal,
    }
    // Only clients of the API meet these, and the API answers in English.
    english {
        MissingParameter,
        InvalidParameterSize,
        UserIdTaken,
        InvalidParameter,
        MalformedBody,
        UnknownProvisioningId,
        Unauthorized,
        ScopeMissing,
        UnknownResource,
        MethodNotAllowed,
        UnsupportedMediaType,
        TooLarge,
        TooManyRequests,
        IdempotencyKeyReused,
        RequestUnderWay,
        AdapterUnauthorized,
        ConsentNotAwaited,
        WebhookAddressRefused,
        DirectoryUnavailable,
        DirectorySyncOff,
        BillingPeriodAhead,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_says_what_the_catalogue_says() {
        for fault in Fault::ALL {
            assert_eq!(cause(Locale::en, fault), fault.cause());
            assert_eq!(remedy(Locale::en, fault), fault.remedy());
        }
    }
}
