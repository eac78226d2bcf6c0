//! The catalogue of faults in the reader's language.

use domain::{Fault, fault::Audience};

use crate::i18n::{Locale, td_string};

/// Writes both look-ups from one table, so that no fault has a cause without a remedy.
macro_rules! texts {
    (
        alike { $($alike:ident => $alike_key:ident,)* }
        each { $($each:ident => $each_key:ident,)* }
        english { $($api:ident,)* }
    ) => {
        /// What happened.
        #[must_use]
        pub fn cause(locale: Locale, fault: Fault) -> &'static str {
            match fault {
                $(Fault::$alike => td_string!(locale, fault.$alike_key.cause),)*
                $(Fault::$each => td_string!(locale, fault.$each_key.cause),)*
                $(Fault::$api)|* => fault.cause(),
            }
        }

        /// What this reader can do about it.
        #[must_use]
        pub fn remedy(locale: Locale, audience: Audience, fault: Fault) -> &'static str {
            match (fault, audience) {
                $((Fault::$alike, _) => td_string!(locale, fault.$alike_key.remedy),)*
                $((Fault::$each, Audience::User) => td_string!(locale, fault.$each_key.user),)*
                $((Fault::$each, Audience::Administrator) => td_string!(locale, fault.$each_key.administrator),)*
                ($(Fault::$api)|*, _) => fault.remedy(audience),
            }
        }
    };
}

texts! {
    // Whoever reads it can do the same about it: `cause` and `remedy` in the locale files.
    alike {
        BadCredentials => bad_credentials,
        SignInUnavailable => sign_in_unavailable,
        NotInvited => not_invited,
        TemplateMisconfigured => template_misconfigured,
        UnknownShareLink => unknown_share_link,
        ShareLinkReplaced => share_link_replaced,
        TooManyAttempts => too_many_attempts,
        Busy => busy,
        InvalidAddress => invalid_address,
        CodeWrong => code_wrong,
        CodeExpired => code_expired,
        CodeSpent => code_spent,
        CodeOfAnotherAddress => code_of_another_address,
        LinkExpired => link_expired,
        LinkUsed => link_used,
        SessionEnded => session_ended,
        CodeIncomplete => code_incomplete,
        UserIdMissing => user_id_missing,
        UserIdStrange => user_id_strange,
        PasswordMissing => password_missing,
        CredentialsMissing => credentials_missing,
        AddressMissing => address_missing,
        AlreadyConfirmed => already_confirmed,
        AddressSettled => address_settled,
        LinkSuperseded => link_superseded,
        HubBadCredentials => hub_bad_credentials,
        HubCredentialsMissing => hub_credentials_missing,
        NotSignedIn => not_signed_in,
        NotFound => not_found,
        InProgress => in_progress,
        AlreadyProvisioned => already_provisioned,
        NothingToRetry => nothing_to_retry,
        InvalidShareLink => invalid_share_link,
        SetupLinkInvalid => setup_link_invalid,
        PasswordTooShort => password_too_short,
        ChangedMeanwhile => changed_meanwhile,
        PasswordTooLong => password_too_long,
        PasswordGuessable => password_guessable,
        PasswordNamesOwner => password_names_owner,
        CurrentPasswordWrong => current_password_wrong,
        PermissionMissing => permission_missing,
        PersonExists => person_exists,
        LastFullAdministrator => last_full_administrator,
        InvitationInvalid => invitation_invalid,
        MailedRecently => mailed_recently,
        FactorCodeWrong => factor_code_wrong,
        FactorCodeMissing => factor_code_missing,
        FactorUnavailable => factor_unavailable,
        FactorRequired => factor_required,
        ProofRequired => proof_required,
        WebhookPaused => webhook_paused,
        LogoUnreadable => logo_unreadable,
        LogoTooLarge => logo_too_large,
        InvalidColour => invalid_colour,
        AccentTooPale => accent_too_pale,
        OidcSignInFailed => oidc_sign_in_failed,
        OidcUnavailable => oidc_unavailable,
        OidcRoleMissing => oidc_role_missing,
        OidcAccountRefused => oidc_account_refused,
        AccountStays => account_stays,
        PasskeyRefused => passkey_refused,
        PasskeyNotShown => passkey_not_shown,
        WebhookAddressRefused => webhook_address_refused,
        WebhookHostUnlisted => webhook_host_unlisted,
        MalformedFile => malformed_file,
        DamagedBySpreadsheet => damaged_by_spreadsheet,
        TooManyCells => too_many_cells,
        Offline => offline,
        StoreUnavailable => store_unavailable,
    }
    // Users and administrators can do different things about it: `cause`, `user` and `administrator`.
    each {
        MeantForAnother => meant_for_another,
        CookiesRefused => cookies_refused,
        ProfileUnusable => profile_unusable,
        AddressInUse => address_in_use,
        TargetUnavailable => target_unavailable,
        TargetTimeout => target_timeout,
        TargetBusy => target_busy,
        TargetRefused => target_refused,
        TargetUnauthorized => target_unauthorized,
        PackageUnavailable => package_unavailable,
        AccountConflict => account_conflict,
        ConsentDeclined => consent_declined,
        AddressElsewhere => address_elsewhere,
        MailboxUnknown => mailbox_unknown,
        MailUnavailable => mail_unavailable,
        MailDomainUnknown => mail_domain_unknown,
        MailboxFull => mailbox_full,
        MailboxInactive => mailbox_inactive,
        MailBlocked => mail_blocked,
        MailRelayDenied => mail_relay_denied,
        MailUnauthorized => mail_unauthorized,
        MailHostRefused => mail_host_refused,
        MailSenderRefused => mail_sender_refused,
        MailContentRefused => mail_content_refused,
        MailAddressUnsupported => mail_address_unsupported,
        MailPutOff => mail_put_off,
        MailGivenUp => mail_given_up,
        MailNotTaken => mail_not_taken,
        MailTlsRequired => mail_tls_required,
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
        TooSlow,
        TooManyRequests,
        IdempotencyKeyReused,
        RequestUnderWay,
        AnswerLost,
        Fixed,
        Misdirected,
        AdapterUnauthorized,
        ConsentNotAwaited,
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
        for &fault in Fault::ALL {
            assert_eq!(cause(Locale::en, fault), fault.cause());
            for audience in [Audience::User, Audience::Administrator] {
                assert_eq!(remedy(Locale::en, audience, fault), fault.remedy(audience));
            }
        }
    }
}
