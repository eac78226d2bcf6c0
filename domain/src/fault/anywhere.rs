//! Anywhere.

use super::{
    Entry,
    Fixer::{Nobody, Operator, User},
    Persistence::{Permanent, Transient},
    Remedy::{Alike, Each},
};

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

pub(super) const OFFLINE: Entry = Entry {
    code: 49004,
    key: "offline",
    cause: "The server cannot be reached.",
    remedy: Alike("Check your internet connection, then try again."),
    fixer: User,
    persistence: Transient,
};

pub(super) const BUSY: Entry = Entry {
    code: 49003,
    key: "busy",
    cause: "The server is too busy at the moment.",
    remedy: Alike("Wait a few seconds, then try again."),
    fixer: Nobody,
    persistence: Transient,
};

pub(super) const STORE_UNAVAILABLE: Entry = Entry {
    code: 49002,
    key: "store_unavailable",
    cause: "The service is interrupted for a moment.",
    remedy: Alike("Wait a moment, then try again. Nothing that was confirmed is lost."),
    fixer: Operator,
    persistence: Transient,
};

pub(super) const MEANT_FOR_ANOTHER: Entry = Entry {
    code: 49005,
    key: "meant_for_another",
    cause: "This page was made for somebody else, who was signed in here before.",
    remedy: Each {
        user: "Nothing was changed. Below you see who is signed in now: go on as that user, or sign out.",
        administrator: "Nothing was changed. Reload the page to go on as the administrator who is signed in now.",
    },
    fixer: User,
    persistence: Permanent,
};

pub(super) const COOKIES_REFUSED: Entry = Entry {
    code: 49006,
    key: "cookies_refused",
    cause: "Your browser did not keep the cookie that keeps you signed in.",
    remedy: Each {
        user: "Allow cookies for this site in your browser's settings, then sign in again.",
        administrator: "Allow cookies for this site, then sign in again. Over http:// browsers keep them on the server's own machine only: use the https:// address.",
    },
    fixer: User,
    persistence: Permanent,
};
