//! Mail: recorded on the request to prove an address.

use super::{
    Entry,
    Fixer::{Operator, User},
    Persistence::{Permanent, Transient},
    Remedy::Each,
};

pub(super) const MAIL_REFUSED: Entry = Entry {
    code: 42001,
    key: "mail_refused",
    cause: "The mail server refused the message: the address does not seem to exist.",
    remedy: Each {
        user: "Check the address for typing errors or enter another one.",
        administrator: "Ask the user for the right address, then retry the activation with it.",
    },
    fixer: User,
    persistence: Permanent,
};

pub(super) const MAIL_UNAVAILABLE: Entry = Entry {
    code: 42002,
    key: "mail_unavailable",
    cause: "The message could not be sent yet.",
    remedy: Each {
        user: "Wait a few minutes, then ask for the message again.",
        administrator: "It is tried again by itself. If it lasts, ask whoever runs the server to check its mail server.",
    },
    fixer: Operator,
    persistence: Transient,
};
