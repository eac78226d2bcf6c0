//! Provisioning: recorded on a subscriber, shown in the portal, the hub and the API's `errors[]`.

use super::{
    Entry,
    Fixer::{Administrator, Nobody, Operator, User},
    Persistence::{Permanent, Transient},
    Remedy::Each,
};

pub(super) const ADDRESS_IN_USE: Entry = Entry {
    code: 41001,
    key: "address_in_use",
    cause: "The email address already belongs to another account.",
    remedy: Each {
        user: "Enter a different address that only you use, then try again.",
        administrator: "Retry the activation with an address that only this user reads.",
    },
    fixer: User,
    persistence: Permanent,
};

pub(super) const TARGET_UNAVAILABLE: Entry = Entry {
    code: 41002,
    key: "target_unavailable",
    cause: "The service that creates accounts cannot be reached.",
    remedy: Each {
        user: "Wait a few minutes, then try again.",
        administrator: "Wait a few minutes, then retry the activation.",
    },
    fixer: Nobody,
    persistence: Transient,
};

pub(super) const TARGET_TIMEOUT: Entry = Entry {
    code: 41003,
    key: "target_timeout",
    cause: "The service that creates accounts did not answer in time.",
    remedy: Each {
        user: "Wait a few minutes, then try again.",
        administrator: "Wait a few minutes, then retry the activation.",
    },
    fixer: Nobody,
    persistence: Transient,
};

pub(super) const TARGET_BUSY: Entry = Entry {
    code: 41004,
    key: "target_busy",
    cause: "The service that creates accounts takes no more requests for now.",
    remedy: Each {
        user: "Wait a few minutes, then try again.",
        administrator: "Wait a few minutes, then retry the activation.",
    },
    fixer: Nobody,
    persistence: Transient,
};

pub(super) const TARGET_REFUSED: Entry = Entry {
    code: 41005,
    key: "target_refused",
    cause: "The service that creates accounts refused the request.",
    remedy: Each {
        user: "Your administrator has to check your data and package first. Then try again.",
        administrator: "Check the user's data and package, then retry the activation.",
    },
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const TARGET_UNAUTHORIZED: Entry = Entry {
    code: 41006,
    key: "target_unauthorized",
    cause: "The service that creates accounts does not accept our credentials.",
    remedy: Each {
        user: "Your provider has to put this right first. Try again later.",
        administrator: "Ask whoever runs the server to check the target's credentials. Users who wait then go on by themselves; retry the activation of those in error.",
    },
    fixer: Operator,
    // Once they are put right, everybody who waits for it goes on.
    persistence: Transient,
};

pub(super) const PACKAGE_UNAVAILABLE: Entry = Entry {
    code: 41007,
    key: "package_unavailable",
    cause: "No licence is left for this package.",
    remedy: Each {
        user: "Your administrator has to add a licence first. Then try again.",
        administrator: "Change the package type or add licences, then retry the activation.",
    },
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const ACCOUNT_CONFLICT: Entry = Entry {
    code: 41008,
    key: "account_conflict",
    cause: "An account for this user already exists at another company.",
    remedy: Each {
        user: "Your administrator has to have the other account removed first. Then try again.",
        administrator: "Delete that account at the target, then retry the activation.",
    },
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const CONSENT_DECLINED: Entry = Entry {
    code: 41009,
    key: "consent_declined",
    cause: "The owner of the existing account did not agree to move it.",
    remedy: Each {
        user: "Enter a different address, then try again.",
        administrator: "Retry the activation with a different address.",
    },
    fixer: User,
    persistence: Permanent,
};

pub(super) const ADDRESS_ELSEWHERE: Entry = Entry {
    code: 41010,
    key: "address_elsewhere",
    cause: "The email address belongs to an account at another company.",
    remedy: Each {
        user: "Enter a different address. To use this one, first ask the other company's administrator to remove the account there, then try again.",
        administrator: "Retry the activation with a different address, or have the account at the other company removed and retry then.",
    },
    fixer: User,
    persistence: Permanent,
};
