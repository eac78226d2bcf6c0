//! Anywhere.

use super::{Entry, Fixer::Operator, Persistence::Transient, Remedy::Each};

pub(super) const INTERNAL: Entry = Entry {
    code: 49001,
    key: "internal",
    cause: "Something went wrong on our side.",
    remedy: Each {
        user: "Try again. If it happens again, give your administrator the tracking ID.",
        administrator: "Try again. If it happens again, give the tracking ID to whoever runs the server.",
    },
    fixer: Operator,
    persistence: Transient,
};
