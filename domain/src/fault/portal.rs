//! Portal: answered to the person in the activation portal.

use super::{
    Entry,
    Fixer::{Administrator, Nobody, User},
    Persistence::{Permanent, Transient},
    Remedy::{Alike, Each},
};

pub(super) const BAD_CREDENTIALS: Entry = Entry {
    code: 43001,
    key: "bad_credentials",
    cause: "The user ID or the password is not right.",
    remedy: Alike("Check both and try again. If you do not know them, ask your administrator."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const SIGN_IN_UNAVAILABLE: Entry = Entry {
    code: 43002,
    key: "sign_in_unavailable",
    cause: "Your password cannot be checked right now.",
    remedy: Alike("Wait a few minutes, then try again."),
    fixer: Nobody,
    persistence: Transient,
};

pub(super) const NOT_INVITED: Entry = Entry {
    code: 43003,
    key: "not_invited",
    cause: "You have not been added to this service.",
    remedy: Alike("Ask your administrator to add you, then try again."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const TEMPLATE_MISCONFIGURED: Entry = Entry {
    code: 43004,
    key: "template_misconfigured",
    cause: "Activation is not set up correctly by your provider.",
    remedy: Alike("Ask your administrator to check User Verification in the onboarding template, then try again."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const UNKNOWN_SHARE_LINK: Entry = Entry {
    code: 43005,
    key: "unknown_share_link",
    cause: "This activation link does not exist.",
    remedy: Alike("Check that you opened the whole link, or ask your administrator for a new one."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const SHARE_LINK_REPLACED: Entry = Entry {
    code: 43024,
    key: "share_link_replaced",
    cause: "This activation link has been replaced by a new one.",
    remedy: Alike("Ask your administrator for the new link."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const TOO_MANY_ATTEMPTS: Entry = Entry {
    code: 43006,
    key: "too_many_attempts",
    cause: "There were too many attempts.",
    remedy: Alike("Wait a while, then try again."),
    fixer: Nobody,
    persistence: Transient,
};

pub(super) const INVALID_ADDRESS: Entry = Entry {
    code: 43007,
    key: "invalid_address",
    cause: "This is not a complete email address.",
    remedy: Alike("Enter an address such as name@example.com."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const CODE_WRONG: Entry = Entry {
    code: 43008,
    key: "code_wrong",
    cause: "The code is not right.",
    remedy: Alike("Check the six digits in the newest message and try again."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const CODE_EXPIRED: Entry = Entry {
    code: 43009,
    key: "code_expired",
    cause: "The code has expired.",
    remedy: Alike("Ask for a new message and enter the code from it."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const LINK_EXPIRED: Entry = Entry {
    code: 43010,
    key: "link_expired",
    cause: "The link has expired.",
    remedy: Alike("Ask for a new message."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const LINK_USED: Entry = Entry {
    code: 43011,
    key: "link_used",
    cause: "The link has already been used or replaced by a newer one.",
    remedy: Alike("Open the link in the newest message, or sign in to see where your activation stands."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const SESSION_ENDED: Entry = Entry {
    code: 43012,
    key: "session_ended",
    cause: "You are no longer signed in.",
    remedy: Alike("Sign in again; nothing that was done is lost."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const CODE_INCOMPLETE: Entry = Entry {
    code: 43013,
    key: "code_incomplete",
    cause: "This is not a six-digit code.",
    remedy: Alike("Enter the six digits from the newest message. This try was not counted."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const USER_ID_MISSING: Entry = Entry {
    code: 43014,
    key: "user_id_missing",
    cause: "The user ID is missing.",
    remedy: Alike("Enter the user ID of your phone service."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const USER_ID_STRANGE: Entry = Entry {
    code: 43025,
    key: "user_id_strange",
    cause: "No user ID has characters like these.",
    remedy: Alike("Enter it with the letters a to z and digits, as it was given to you."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const PASSWORD_MISSING: Entry = Entry {
    code: 43015,
    key: "password_missing",
    cause: "The password is missing.",
    remedy: Alike("Enter your password."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const CREDENTIALS_MISSING: Entry = Entry {
    code: 43016,
    key: "credentials_missing",
    cause: "The user ID and the password are missing.",
    remedy: Alike("Enter both, then sign in."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const ADDRESS_MISSING: Entry = Entry {
    code: 43017,
    key: "address_missing",
    cause: "The email address is missing.",
    remedy: Alike("Enter an address such as name@example.com."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const ALREADY_CONFIRMED: Entry = Entry {
    code: 43018,
    key: "already_confirmed",
    cause: "This address is already confirmed.",
    remedy: Alike("Continue to see where your activation stands."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const CODE_OF_ANOTHER_ADDRESS: Entry = Entry {
    code: 43020,
    key: "code_of_another_address",
    cause: "This code was sent to an address that you have replaced.",
    remedy: Alike("Only the code in the message to your new address counts."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const CODE_SPENT: Entry = Entry {
    code: 43019,
    key: "code_spent",
    cause: "There were too many wrong codes. This code no longer works.",
    remedy: Alike("Ask for a new message and enter the code from it."),
    fixer: User,
    persistence: Permanent,
};

pub(super) const PROFILE_UNUSABLE: Entry = Entry {
    code: 43021,
    key: "profile_unusable",
    cause: "Your phone service's record of you cannot be used.",
    remedy: Each {
        user: "Ask your administrator to check your user's settings, then sign in again.",
        administrator: "Check user ID, service provider and group in this user's BroadWorks profile, also for characters that cannot be seen.",
    },
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const ADDRESS_SETTLED: Entry = Entry {
    code: 43022,
    key: "address_settled",
    cause: "The email address can no longer be changed here.",
    remedy: Alike("Your account has the address on this page. If it should be another one, ask your administrator."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const LINK_SUPERSEDED: Entry = Entry {
    code: 43023,
    key: "link_superseded",
    cause: "A newer message has replaced this link.",
    remedy: Alike("Use the link or the code in the newest message."),
    fixer: User,
    persistence: Permanent,
};
