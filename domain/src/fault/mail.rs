//! Mail: recorded on the request to prove an address. Which reply of a mail server is which of these is the server's
//! `mail::refusal` to say.

use super::{
    Entry,
    Fixer::{Nobody, Operator, User},
    Persistence::{Permanent, Transient},
    Remedy::Each,
};

pub(super) const MAILBOX_UNKNOWN: Entry = Entry {
    code: 42001,
    key: "mailbox_unknown",
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
        user: "It is sent by itself as soon as possible; you do not need to do anything.",
        administrator: "It is sent by itself as soon as possible. If it lasts, ask whoever runs the server to check its mail server.",
    },
    fixer: Operator,
    persistence: Transient,
};

pub(super) const MAIL_DOMAIN_UNKNOWN: Entry = Entry {
    code: 42003,
    key: "mail_domain_unknown",
    cause: "No mail can be delivered to the domain of this address.",
    remedy: Each {
        user: "Check the part of the address after the @, or enter another address.",
        administrator: "Ask the user for the right address, then retry the activation with it.",
    },
    fixer: User,
    persistence: Permanent,
};

pub(super) const MAILBOX_FULL: Entry = Entry {
    code: 42004,
    key: "mailbox_full",
    cause: "The mailbox is full.",
    remedy: Each {
        user: "Make room in the mailbox, then ask for a new message, or enter another address.",
        administrator: "Ask the user to make room in the mailbox, or retry the activation with another address.",
    },
    fixer: User,
    persistence: Permanent,
};

pub(super) const MAILBOX_INACTIVE: Entry = Entry {
    code: 42005,
    key: "mailbox_inactive",
    cause: "The mailbox is switched off or no longer in use.",
    remedy: Each {
        user: "Enter another address, or have this mailbox switched on again.",
        administrator: "Ask the user for another address, then retry the activation with it.",
    },
    fixer: User,
    persistence: Permanent,
};

pub(super) const MAIL_BLOCKED: Entry = Entry {
    code: 42006,
    key: "mail_blocked",
    cause: "The receiving mail system did not let the message through.",
    remedy: Each {
        user: "Enter another address, or ask whoever looks after your mailbox to let our messages through.",
        administrator: "Retry the activation with another address. If it happens with many addresses, ask whoever runs the server whether its mails are taken for spam.",
    },
    fixer: User,
    persistence: Permanent,
};

pub(super) const MAIL_RELAY_DENIED: Entry = Entry {
    code: 42007,
    key: "mail_relay_denied",
    cause: "Our mail server does not pass messages on to this address.",
    remedy: Each {
        user: "Your provider has to put this right. The message waits and is then sent by itself.",
        administrator: "Ask whoever runs the server: its mail server has to accept mails for other domains from it. The message waits and is then sent by itself.",
    },
    fixer: Operator,
    persistence: Transient,
};

pub(super) const MAIL_UNAUTHORIZED: Entry = Entry {
    code: 42008,
    key: "mail_unauthorized",
    cause: "Our mail server does not accept our credentials.",
    remedy: Each {
        user: "Your provider has to put this right. The message waits and is then sent by itself.",
        administrator: "Ask whoever runs the server to check the credentials for its mail server. The message waits and is then sent by itself.",
    },
    fixer: Operator,
    persistence: Transient,
};

pub(super) const MAIL_HOST_REFUSED: Entry = Entry {
    code: 42009,
    key: "mail_host_refused",
    cause: "The mail server does not accept our server by its name or network address.",
    remedy: Each {
        user: "Your provider has to put this right. The message waits and is then sent by itself.",
        administrator: "Ask whoever runs the server to check the name it gives to its mail server (FLOWTHROUGH_EHLO), and its network address. The message waits and is then sent by itself.",
    },
    fixer: Operator,
    persistence: Transient,
};

pub(super) const MAIL_SENDER_REFUSED: Entry = Entry {
    code: 42010,
    key: "mail_sender_refused",
    cause: "The mail server does not accept our sender address.",
    remedy: Each {
        user: "Your provider has to put this right. The message waits and is then sent by itself.",
        administrator: "Ask whoever runs the server to check the sender address (FLOWTHROUGH_MAIL_FROM) and what its domain says about it (SPF, DKIM, DMARC). The message waits and is then sent by itself.",
    },
    fixer: Operator,
    persistence: Transient,
};

pub(super) const MAIL_CONTENT_REFUSED: Entry = Entry {
    code: 42011,
    key: "mail_content_refused",
    cause: "The receiving mail system does not take a message of this size or form.",
    remedy: Each {
        user: "Enter another address, or give your administrator the code.",
        administrator: "Retry the activation with another address, and give whoever runs the server the code and what the mail system said.",
    },
    fixer: Operator,
    persistence: Permanent,
};

pub(super) const MAIL_ADDRESS_UNSUPPORTED: Entry = Entry {
    code: 42012,
    key: "mail_address_unsupported",
    cause: "The mail system does not take an address with letters like these.",
    remedy: Each {
        user: "Enter an address that is written with the letters a to z only.",
        administrator: "Ask the user for another address, then retry the activation with it.",
    },
    fixer: User,
    persistence: Permanent,
};

pub(super) const MAIL_PUT_OFF: Entry = Entry {
    code: 42013,
    key: "mail_put_off",
    cause: "The receiving mail system asks us to wait.",
    remedy: Each {
        user: "The message is tried again by itself; you do not need to do anything.",
        administrator: "The message is tried again by itself; nobody needs to do anything.",
    },
    fixer: Nobody,
    persistence: Transient,
};

pub(super) const MAIL_GIVEN_UP: Entry = Entry {
    code: 42014,
    key: "mail_given_up",
    cause: "The receiving mail system did not take the message for a whole day.",
    remedy: Each {
        user: "Ask for a new message, or enter another address.",
        administrator: "Ask the user for another address, then retry the activation with it.",
    },
    fixer: User,
    persistence: Permanent,
};

pub(super) const MAIL_NOT_TAKEN: Entry = Entry {
    code: 42015,
    key: "mail_not_taken",
    cause: "The mail system refused the message without a reason that we know.",
    remedy: Each {
        user: "Check the address for typing errors, ask for a new message, or enter another address.",
        administrator: "See what the mail system said, ask the user for another address, then retry the activation with it.",
    },
    fixer: User,
    persistence: Permanent,
};

pub(super) const MAIL_TLS_REQUIRED: Entry = Entry {
    code: 42016,
    key: "mail_tls_required",
    cause: "Our mail server requires an encrypted connection.",
    remedy: Each {
        user: "Your provider has to put this right. The message waits and is then sent by itself.",
        administrator: "Ask whoever runs the server to have mails sent encrypted: ?tls=required at the end of FLOWTHROUGH_SMTP_URL, or smtps://. The message waits and is then sent by itself.",
    },
    fixer: Operator,
    persistence: Transient,
};
