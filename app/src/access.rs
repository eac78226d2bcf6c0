//! What each server function asks of its caller, and who finds out what a caller may do.
//!
//! All server functions stand in [`SERVER_FUNCTIONS`]. Those of the hub begin with their guard, `signed_in::<ThisFunction>()`,
//! which looks the permission up here; those of the portal hand the visitor to the backend, which asks for
//! [`Permission::OwnActivation`] where it is said here. `server/tests/it/access/server_functions.rs` walks them: one that is
//! not named fails there, and in the hub refuses everybody.

use async_trait::async_trait;
use domain::{
    Permission,
    permission::Access::{self, Needs, Public},
};

use crate::{
    backend::{Administrator, Visitor},
    problem::Problem,
};

/// Each server function by its path, and what it asks of its caller.
pub const SERVER_FUNCTIONS: &[(&str, Access)] = &[
    ("/api/hub/sign-in", Public),
    ("/api/hub/sign-in-step", Public),
    ("/api/hub/sign-in-services", Public),
    // What opens it is the cookie that the right password has set.
    ("/api/hub/sign-in-code", Public),
    ("/api/hub/begin-passkey-sign-in", Public),
    // What opens it is a passkey.
    ("/api/hub/passkey-sign-in", Public),
    ("/api/hub/sign-out", Public),
    ("/api/hub/set-up", Public),
    // What opens it is the token in the printed link.
    ("/api/hub/set-up-link", Public),
    ("/api/hub/me", Needs(Permission::OwnAccount)),
    ("/api/hub/signed-in-now", Needs(Permission::OwnAccount)),
    ("/api/hub/proof-needed", Needs(Permission::OwnAccount)),
    ("/api/hub/prove", Needs(Permission::OwnAccount)),
    ("/api/hub/change-password", Needs(Permission::OwnAccount)),
    ("/api/hub/overview", Needs(Permission::UsersRead)),
    ("/api/hub/customers", Needs(Permission::CustomersRead)),
    ("/api/hub/customer-templates", Needs(Permission::CustomersRead)),
    ("/api/hub/save-tags", Needs(Permission::UsersWrite)),
    ("/api/hub/template", Needs(Permission::TemplatesRead)),
    ("/api/hub/find-templates", Needs(Permission::TemplatesRead)),
    ("/api/hub/outages", Needs(Permission::TemplatesRead)),
    ("/api/hub/save-user-verification", Needs(Permission::TemplatesWrite)),
    ("/api/hub/replace-share-link", Needs(Permission::TemplatesWrite)),
    ("/api/hub/save-mails", Needs(Permission::TemplatesWrite)),
    ("/api/hub/save-accent", Needs(Permission::TemplatesWrite)),
    ("/api/hub/save-logo", Needs(Permission::TemplatesWrite)),
    ("/api/hub/remove-logo", Needs(Permission::TemplatesWrite)),
    ("/api/hub/mail-preview", Needs(Permission::TemplatesRead)),
    ("/api/hub/user-status", Needs(Permission::UsersRead)),
    ("/api/hub/search", Needs(Permission::UsersRead)),
    ("/api/hub/views", Needs(Permission::UsersRead)),
    ("/api/hub/save-view", Needs(Permission::UsersRead)),
    ("/api/hub/remove-view", Needs(Permission::UsersRead)),
    ("/api/hub/user-rows", Needs(Permission::UsersRead)),
    ("/api/hub/user", Needs(Permission::UsersRead)),
    ("/api/hub/onboard", Needs(Permission::UsersWrite)),
    ("/api/hub/retry", Needs(Permission::UsersWrite)),
    ("/api/hub/resend", Needs(Permission::MailResend)),
    ("/api/hub/change-package", Needs(Permission::UsersWrite)),
    ("/api/hub/selected", Needs(Permission::UsersRead)),
    ("/api/hub/bulk-preview", Needs(Permission::UsersRead)),
    ("/api/hub/bulk", Needs(Permission::UsersWrite)),
    ("/api/hub/jobs", Needs(Permission::UsersRead)),
    ("/api/hub/open-jobs", Needs(Permission::UsersRead)),
    ("/api/hub/job", Needs(Permission::UsersRead)),
    ("/api/hub/job-rows", Needs(Permission::UsersRead)),
    ("/api/hub/cancel-job", Needs(Permission::UsersWrite)),
    ("/api/hub/roster", Needs(Permission::RosterRead)),
    ("/api/hub/members", Needs(Permission::RosterRead)),
    ("/api/hub/mail-members", Needs(Permission::RosterWrite)),
    ("/api/hub/retry-members", Needs(Permission::RosterWrite)),
    // Whoever may not decide is shown none.
    ("/api/hub/staged-deletions", Needs(Permission::UsersRead)),
    ("/api/hub/decide-deletions", Needs(Permission::DeletionsApprove)),
    ("/api/hub/deletion-threshold", Needs(Permission::DeletionsApprove)),
    ("/api/hub/tokens", Needs(Permission::TokensRead)),
    ("/api/hub/create-token", Needs(Permission::TokensWrite)),
    ("/api/hub/revoke-token", Needs(Permission::TokensWrite)),
    ("/api/hub/webhooks", Needs(Permission::WebhooksRead)),
    ("/api/hub/webhook", Needs(Permission::WebhooksRead)),
    ("/api/hub/add-webhook", Needs(Permission::WebhooksWrite)),
    ("/api/hub/test-webhook", Needs(Permission::WebhooksWrite)),
    ("/api/hub/repeat-delivery", Needs(Permission::WebhooksWrite)),
    ("/api/hub/pause-webhook", Needs(Permission::WebhooksWrite)),
    ("/api/hub/resume-webhook", Needs(Permission::WebhooksWrite)),
    ("/api/hub/remove-webhook", Needs(Permission::WebhooksWrite)),
    ("/api/hub/people", Needs(Permission::PeopleRead)),
    ("/api/hub/customer-people", Needs(Permission::PeopleRead)),
    ("/api/hub/invite", Needs(Permission::PeopleWrite)),
    ("/api/hub/change-person", Needs(Permission::PeopleWrite)),
    ("/api/hub/reset-person", Needs(Permission::PeopleWrite)),
    ("/api/hub/take-factor", Needs(Permission::PeopleWrite)),
    ("/api/hub/require-factor", Needs(Permission::PeopleWrite)),
    ("/api/hub/disable-person", Needs(Permission::PeopleWrite)),
    ("/api/hub/remove-person", Needs(Permission::PeopleWrite)),
    ("/api/hub/audit", Needs(Permission::AuditRead)),
    ("/api/hub/second-factor", Needs(Permission::OwnAccount)),
    ("/api/hub/begin-second-factor", Needs(Permission::OwnAccount)),
    ("/api/hub/confirm-second-factor", Needs(Permission::OwnAccount)),
    ("/api/hub/renew-recovery-codes", Needs(Permission::OwnAccount)),
    ("/api/hub/remove-second-factor", Needs(Permission::OwnAccount)),
    ("/api/hub/passkeys", Needs(Permission::OwnAccount)),
    ("/api/hub/begin-passkey", Needs(Permission::OwnAccount)),
    ("/api/hub/add-passkey", Needs(Permission::OwnAccount)),
    ("/api/hub/rename-passkey", Needs(Permission::OwnAccount)),
    ("/api/hub/remove-passkey", Needs(Permission::OwnAccount)),
    ("/api/hub/begin-passkey-proof", Needs(Permission::OwnAccount)),
    ("/api/hub/passkey-proof", Needs(Permission::OwnAccount)),
    ("/api/hub/sessions", Needs(Permission::OwnAccount)),
    ("/api/hub/end-sessions", Needs(Permission::OwnAccount)),
    // What opens it is the token in the invitation.
    ("/api/hub/invitation", Public),
    ("/api/hub/accept-invitation", Public),
    ("/api/portal/page", Public),
    ("/api/portal/sign_in", Public),
    ("/api/portal/sign_out", Public),
    // What opens it is the token in the mailed link.
    ("/api/portal/join_page", Public),
    ("/api/portal/join", Public),
    // Whoever has the link: it was mailed.
    ("/api/portal/renew", Public),
    // What opens it is the seal in the link.
    ("/api/portal/stop_page", Public),
    ("/api/portal/stop", Public),
    ("/api/portal/address", Needs(Permission::OwnActivation)),
    ("/api/portal/change_address", Needs(Permission::OwnActivation)),
    ("/api/portal/code", Needs(Permission::OwnActivation)),
    ("/api/portal/resend", Needs(Permission::OwnActivation)),
    ("/api/portal/try_again", Needs(Permission::OwnActivation)),
];

/// Those that ask besides for a proof of who the caller is that is not long ago ([`Guard::proven`]): what lets somebody in, or takes out what
/// is known of users. The routes of exports ask for it, too.
pub const PROOF_NEEDED: &[&str] = &[
    "/api/hub/create-token",
    "/api/hub/add-webhook",
    "/api/hub/invite",
    "/api/hub/change-person",
    "/api/hub/reset-person",
    "/api/hub/take-factor",
    "/api/hub/require-factor",
    "/api/hub/disable-person",
    "/api/hub/remove-person",
    "/api/hub/begin-passkey",
    "/api/hub/add-passkey",
    "/api/hub/remove-passkey",
];

/// The permission that the server function at this path asks for, if it asks for one.
#[must_use]
pub fn needed(path: &str) -> Option<Permission> {
    SERVER_FUNCTIONS.iter().find_map(|(function, access)| match access {
        Needs(permission) if *function == path => Some(*permission),
        _ => None,
    })
}

/// Finds out what a caller may do: the server implements it.
#[async_trait]
pub trait Guard: Send + Sync {
    /// The administrator who is signed in to the hub, if they have the permission. Only this makes an [`Administrator`].
    async fn administrator(&self, visitor: &Visitor, permission: Permission) -> Result<Administrator, Problem>;
    /// Whether whoever is signed in has proven a short while ago who they are: if not, [`domain::Fault::ProofRequired`].
    async fn proven(&self, visitor: &Visitor) -> Result<(), Problem>;
}
