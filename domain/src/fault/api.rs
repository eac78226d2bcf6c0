//! API: answered to a client. Numbers below 41000 are the vendor's own.

use super::{
    Entry,
    Fixer::{Administrator, Client, Nobody, Operator},
    Persistence::{Permanent, Transient},
    Remedy::Alike,
};

pub(super) const MISSING_PARAMETER: Entry = Entry {
    code: 1001,
    key: "missing_parameter",
    cause: "A mandatory parameter is missing.",
    remedy: Alike("Send the parameter that fieldName names."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const INVALID_PARAMETER_SIZE: Entry = Entry {
    code: 1002,
    key: "invalid_parameter_size",
    cause: "A parameter is too long or too short.",
    remedy: Alike("Give the parameter that fieldName names as many characters as are allowed."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const USER_ID_TAKEN: Entry = Entry {
    code: 10022,
    key: "user_id_taken",
    cause: "The BroadWorks UserID is already associated with an existing user.",
    remedy: Alike("Update that subscriber, or remove it first."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const INVALID_PARAMETER: Entry = Entry {
    code: 45001,
    key: "invalid_parameter",
    cause: "A parameter has a value that is not allowed.",
    remedy: Alike("Correct the parameter that fieldName names."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const MALFORMED_BODY: Entry = Entry {
    code: 45002,
    key: "malformed_body",
    cause: "The request body broke off, or is not a JSON object.",
    remedy: Alike(
        "Send the whole body: a JSON object as the API's description shows, or a CSV file where one is taken.",
    ),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const UNKNOWN_PROVISIONING_ID: Entry = Entry {
    code: 45003,
    key: "unknown_provisioning_id",
    cause: "The provisioning ID does not exist.",
    remedy: Alike("Copy the provisioning ID from the onboarding template."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const UNAUTHORIZED: Entry = Entry {
    code: 45004,
    key: "unauthorized",
    cause: "The access token is missing, expired or revoked.",
    remedy: Alike("Send a valid token as Authorization: Bearer."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const SCOPE_MISSING: Entry = Entry {
    code: 45005,
    key: "scope_missing",
    cause: "The access token does not allow this.",
    remedy: Alike("Create a token with the needed scope."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const UNKNOWN_RESOURCE: Entry = Entry {
    code: 45006,
    key: "unknown_resource",
    cause: "The requested resource does not exist.",
    remedy: Alike("Check the address and the id."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const METHOD_NOT_ALLOWED: Entry = Entry {
    code: 45007,
    key: "method_not_allowed",
    cause: "The resource does not support this method.",
    remedy: Alike("Use a method that the Allow header names."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const UNSUPPORTED_MEDIA_TYPE: Entry = Entry {
    code: 45008,
    key: "unsupported_media_type",
    cause: "The content type is not supported.",
    remedy: Alike("Send application/json."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const TOO_LARGE: Entry = Entry {
    code: 45009,
    key: "too_large",
    cause: "The request is too large.",
    remedy: Alike("Send less at once."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const TOO_MANY_REQUESTS: Entry = Entry {
    code: 45010,
    key: "too_many_requests",
    cause: "There were too many requests.",
    remedy: Alike("Wait as long as Retry-After says."),
    fixer: Client,
    persistence: Transient,
};

pub(super) const IDEMPOTENCY_KEY_REUSED: Entry = Entry {
    code: 45012,
    key: "idempotency_key_reused",
    cause: "The Idempotency-Key was already used for another request.",
    remedy: Alike("Send a new key with each new request."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const REQUEST_UNDER_WAY: Entry = Entry {
    code: 45013,
    key: "request_under_way",
    cause: "The same request is still being processed.",
    remedy: Alike("Wait as long as Retry-After says, then repeat it."),
    fixer: Nobody,
    persistence: Transient,
};

pub(super) const ANSWER_LOST: Entry = Entry {
    code: 45020,
    key: "answer_lost",
    cause: "The request was carried out, but its answer is lost.",
    remedy: Alike("Look up what it made. With a new Idempotency-Key it would be carried out once more."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const FIXED: Entry = Entry {
    code: 45021,
    key: "fixed",
    cause: "This stays as it is as long as the subscriber or workspace is there.",
    remedy: Alike("Leave it out, or remove it and add it again."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const MISDIRECTED: Entry = Entry {
    code: 45022,
    key: "misdirected",
    cause: "This server does not answer for this host.",
    remedy: Alike(
        "Use the public address. Whoever runs the server can have it answer for more hosts: FLOWTHROUGH_HOSTS.",
    ),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const WEBHOOK_HOST_UNLISTED: Entry = Entry {
    code: 45023,
    key: "webhook_host_unlisted",
    cause: "Webhooks may not be sent to this host.",
    remedy: Alike("Ask whoever runs the server to allow it: FLOWTHROUGH_OUTGOING_HOSTS."),
    fixer: Operator,
    persistence: Permanent,
};

pub(super) const ADAPTER_UNAUTHORIZED: Entry = Entry {
    code: 45014,
    key: "adapter_unauthorized",
    cause: "The provisioning account's user name or password is not right.",
    remedy: Alike("Enter the account that flowthrough template adapter printed."),
    fixer: Operator,
    persistence: Permanent,
};

pub(super) const CONSENT_NOT_AWAITED: Entry = Entry {
    code: 45015,
    key: "consent_not_awaited",
    cause: "The user is not waiting for the consent of an existing account's owner.",
    remedy: Alike("Get the subscriber to see the current state."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const WEBHOOK_ADDRESS_REFUSED: Entry = Entry {
    code: 45016,
    key: "webhook_address_refused",
    cause: "The address cannot receive webhooks.",
    remedy: Alike("Use an https address of a public host."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const DAMAGED_BY_SPREADSHEET: Entry = Entry {
    code: 45017,
    key: "damaged_by_spreadsheet",
    cause: "A spreadsheet has changed this value.",
    remedy: Alike("Format the column as text, enter the value again and save the file once more."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const TOO_MANY_CELLS: Entry = Entry {
    code: 45018,
    key: "too_many_cells",
    cause: "This row has more cells than the header.",
    remedy: Alike("Put a text with a comma, semicolon or quotation mark in it into quotation marks."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const TOO_SLOW: Entry = Entry {
    code: 45019,
    key: "too_slow",
    cause: "The request came too slowly.",
    remedy: Alike("Send it again, in smaller parts if the connection is slow."),
    fixer: Client,
    persistence: Transient,
};

pub(super) const MALFORMED_FILE: Entry = Entry {
    code: 45011,
    key: "malformed_file",
    cause: "The file cannot be read as a table of subscribers.",
    remedy: Alike("Save it as CSV in UTF-8 with the header names of Export."),
    fixer: Administrator,
    persistence: Permanent,
};

pub(super) const DIRECTORY_UNAVAILABLE: Entry = Entry {
    code: 46001,
    key: "directory_unavailable",
    cause: "BroadWorks' directory cannot be read.",
    remedy: Alike(
        "Start the sync again later. If it happens again, ask whoever runs the server to check its account at BroadWorks.",
    ),
    fixer: Operator,
    persistence: Transient,
};

pub(super) const DIRECTORY_SYNC_OFF: Entry = Entry {
    code: 46002,
    key: "directory_sync_off",
    cause: "Directory sync is switched off for this enterprise.",
    remedy: Alike("Switch it on first."),
    fixer: Client,
    persistence: Permanent,
};

pub(super) const BILLING_PERIOD_AHEAD: Entry = Entry {
    code: 47001,
    key: "billing_period_ahead",
    cause: "The billing period has not begun yet.",
    remedy: Alike("Ask for the current month or an earlier one."),
    fixer: Client,
    persistence: Permanent,
};
