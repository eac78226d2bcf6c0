//! Hub: answered to an administrator.

use super::{
    Entry,
    Fixer::{Administrator, Nobody, Operator, User},
    Persistence::{Permanent, Transient},
    Remedy::Alike,
};

pub(super) const HUB_BAD_CREDENTIALS: Entry = Entry {
    code: 44001,
    key: "hub_bad_credentials",
    cause: "The email address or the password is not right.",
    remedy: Alike("Check both and try again."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const NOT_SIGNED_IN: Entry = Entry {
    code: 44002,
    key: "not_signed_in",
    cause: "You are not signed in.",
    remedy: Alike("Sign in and try again."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const NOT_FOUND: Entry = Entry {
    code: 44003,
    key: "not_found",
    cause: "What you asked for does not exist, or you have no access to it.",
    remedy: Alike("Go back to the list and reload it."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const IN_PROGRESS: Entry = Entry {
    code: 44004,
    key: "in_progress",
    cause: "Another change to this user is still under way.",
    remedy: Alike("Wait until it is finished, then try again."),
    fixer: Nobody,
    persistence: Transient,
};

pub(super) const ALREADY_PROVISIONED: Entry = Entry {
    code: 44005,
    key: "already_provisioned",
    cause: "The user is already provisioned.",
    remedy: Alike("Nothing needs to be done."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const NOTHING_TO_RETRY: Entry = Entry {
    code: 44006,
    key: "nothing_to_retry",
    cause: "There is nothing to retry in the user's current state.",
    remedy: Alike("Reload the list to see the current state."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const INVALID_SHARE_LINK: Entry = Entry {
    code: 44007,
    key: "invalid_share_link",
    cause: "The share link is not a web address.",
    remedy: Alike("Enter a complete link that begins with https://."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const SETUP_LINK_INVALID: Entry = Entry {
    code: 44008,
    key: "setup_link_invalid",
    cause: "This set-up link was used already or has expired.",
    remedy: Alike("Create an administrator with flowthrough admin add on the server."),
    fixer: Operator,
    persistence: Permanent,
};

pub(super) const PASSWORD_TOO_SHORT: Entry = Entry {
    code: 44009,
    key: "password_too_short",
    cause: "The password is too short.",
    remedy: Alike("Use at least 15 characters: a few words are easy to remember."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const CHANGED_MEANWHILE: Entry = Entry {
    code: 44010,
    key: "changed_meanwhile",
    cause: "Somebody else changed this in the meantime.",
    remedy: Alike("Reload the page and repeat your change."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const HUB_CREDENTIALS_MISSING: Entry = Entry {
    code: 44011,
    key: "hub_credentials_missing",
    cause: "The email address and the password are missing.",
    remedy: Alike("Enter both, then sign in."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const PASSWORD_TOO_LONG: Entry = Entry {
    code: 44012,
    key: "password_too_long",
    cause: "The password is too long.",
    remedy: Alike("Use at most 1,024 characters."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const PASSWORD_GUESSABLE: Entry = Entry {
    code: 44013,
    key: "password_guessable",
    cause: "The password is easy to guess.",
    remedy: Alike(
        "Use several words that do not belong together; no well-known phrase, no repetition, no row of keys.",
    ),
    fixer: User,
    persistence: Permanent,
};

pub(super) const PASSWORD_NAMES_OWNER: Entry = Entry {
    code: 44014,
    key: "password_names_owner",
    cause: "The password can be guessed by whoever knows your company.",
    remedy: Alike("Do not build it from your address, your company's name, Flowthrough or BroadWorks."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const CURRENT_PASSWORD_WRONG: Entry = Entry {
    code: 44015,
    key: "current_password_wrong",
    cause: "The current password is not right.",
    remedy: Alike("Enter the password with which you sign in."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const PERSON_EXISTS: Entry = Entry {
    code: 44024,
    key: "person_exists",
    cause: "Somebody with this email address can sign in to the hub already.",
    remedy: Alike("Look for them under People, or use another address."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const LAST_FULL_ADMINISTRATOR: Entry = Entry {
    code: 44017,
    key: "last_full_administrator",
    cause: "Nobody else is a full administrator.",
    remedy: Alike("Make somebody else a full administrator first."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const INVITATION_INVALID: Entry = Entry {
    code: 44018,
    key: "invitation_invalid",
    cause: "This invitation was used already or has expired.",
    remedy: Alike("Ask a full administrator of your company for a new one."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const PERMISSION_MISSING: Entry = Entry {
    code: 44016,
    key: "permission_missing",
    cause: "You do not have permission to do this.",
    remedy: Alike("Ask another administrator of your company to do it."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const MAILED_RECENTLY: Entry = Entry {
    code: 44020,
    key: "mailed_recently",
    cause: "The user was sent a message less than 24 hours ago.",
    remedy: Alike("Give the user a day, or send the message again from the user's page."),
    fixer: Nobody,
    persistence: Permanent,
};

pub(super) const FACTOR_CODE_WRONG: Entry = Entry {
    code: 44021,
    key: "factor_code_wrong",
    cause: "The code is not right, or it was used already.",
    remedy: Alike("Enter the code that your app shows next, or a recovery code that you have not used yet."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const FACTOR_CODE_MISSING: Entry = Entry {
    code: 44022,
    key: "factor_code_missing",
    cause: "The code is missing.",
    remedy: Alike("Enter the code that your app shows, or a recovery code."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const FACTOR_REQUIRED: Entry = Entry {
    code: 44025,
    key: "factor_required",
    cause: "Your company requires a second factor, and you have not set one up.",
    remedy: Alike("Set it up on your account page."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const PROOF_REQUIRED: Entry = Entry {
    code: 44027,
    key: "proof_required",
    cause: "You signed in a while ago, and this needs a fresh confirmation that it is you.",
    remedy: Alike("Confirm with your password, or with a code if you have a second factor."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const WEBHOOK_PAUSED: Entry = Entry {
    code: 44028,
    key: "webhook_paused",
    cause: "This webhook is paused.",
    remedy: Alike("Resume it, then try again."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const LOGO_UNREADABLE: Entry = Entry {
    code: 44029,
    key: "logo_unreadable",
    cause: "The file cannot be read as a PNG, JPEG or WebP picture.",
    remedy: Alike("Choose one of these. SVG and other formats are not accepted: export the logo as PNG."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const LOGO_TOO_LARGE: Entry = Entry {
    code: 44030,
    key: "logo_too_large",
    cause: "The picture is too large for a logo.",
    remedy: Alike("Choose one of at most 512 kB that is at most 2500 pixels wide and high."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const INVALID_COLOUR: Entry = Entry {
    code: 44031,
    key: "invalid_colour",
    cause: "This is not a colour code.",
    remedy: Alike("Write it as # and six digits from 0 to f, such as #0b6b6b."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const ACCENT_TOO_PALE: Entry = Entry {
    code: 44032,
    key: "accent_too_pale",
    cause: "Text in this colour is too pale to be read on a light page.",
    remedy: Alike("Choose a darker colour. Text needs a contrast of at least 4.5:1."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const OIDC_SIGN_IN_FAILED: Entry = Entry {
    code: 44033,
    key: "oidc_sign_in_failed",
    cause: "Signing in with your company's sign-in service did not come to an end.",
    remedy: Alike("Begin again on the sign-in page, and finish in the same browser within ten minutes."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const OIDC_UNAVAILABLE: Entry = Entry {
    code: 44034,
    key: "oidc_unavailable",
    cause: "Your company's sign-in service cannot be reached.",
    remedy: Alike("Wait a few minutes, then try again."),
    fixer: Operator,
    persistence: Transient,
};

pub(super) const OIDC_ROLE_MISSING: Entry = Entry {
    code: 44035,
    key: "oidc_role_missing",
    cause: "Your account at the sign-in service has no role in this hub.",
    remedy: Alike("Ask whoever manages the accounts there to give it one, then sign in again."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const OIDC_ACCOUNT_REFUSED: Entry = Entry {
    code: 44036,
    key: "oidc_account_refused",
    cause: "Your account at the sign-in service cannot be used in this hub.",
    remedy: Alike("Sign in with another account, or ask a full administrator of the hub."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const PASSKEY_REFUSED: Entry = Entry {
    code: 44038,
    key: "passkey_refused",
    cause: "This passkey cannot be used here.",
    remedy: Alike("Try again within five minutes, with a passkey of this hub, or sign in with your password."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const PASSKEY_NOT_SHOWN: Entry = Entry {
    code: 44039,
    key: "passkey_not_shown",
    cause: "Your browser has not used a passkey.",
    remedy: Alike(
        "Try again, and follow what your browser asks. A device that has a passkey already needs no other one.",
    ),
    fixer: User,
    persistence: Permanent,
};

pub(super) const FACTOR_UNAVAILABLE: Entry = Entry {
    code: 44023,
    key: "factor_unavailable",
    cause: "This server cannot read your second factor.",
    remedy: Alike("Use a recovery code, and tell whoever runs the server."),
    fixer: Operator,
    persistence: Permanent,
};

pub(super) const ACCOUNT_STAYS: Entry = Entry {
    code: 44037,
    key: "account_stays",
    cause: "The user has an account, or may have one, where this template creates none.",
    remedy: Alike("Choose a template with the same target, or delete the user and add them under this one."),
    fixer: Administrator,
    persistence: Permanent,
};
