//! What server functions call: the server implements these traits and provides them through Leptos' context.
//!
//! A server function opens with its guard ([`crate::access`]), parses its request and calls one method here.
//! It holds no rule of its own.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{EmailAddress, Network, Package, Permission};

use crate::{
    hub::model::{
        Cursor, CustomerRow, CustomerTemplates, Me, Page, ServiceOutage, TemplateDetail, TokenLifetime, TokenRow,
        UserFilter, UserRow, UserStatus,
    },
    i18n::Locale,
    portal::{JoinPage, PortalPage},
    problem::Problem,
};

/// The portal, as its server functions see it.
pub type Portal = Arc<dyn PortalBackend>;
/// The hub, as its server functions see it.
pub type Hub = Arc<dyn HubBackend>;

/// From where a request came. The server puts it into the request's extensions, because only it knows its proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Network);

/// Whoever calls, before anything is known of them.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The session cookie's value, as sent.
    pub session: Option<String>,
    /// The id of whom the page was made for that asks, where it says so: somebody else may be signed in by now.
    pub meant_for: Option<String>,
    /// From where, to count tries by.
    pub network: Network,
    /// The cookie by which a browser is known in which somebody has signed in before, as sent.
    pub device: Option<String>,
    /// The language to write mails in.
    pub locale: Locale,
}

/// Who calls in the hub. Only [`crate::access::Guard`] makes one: whoever holds it is signed in, and has the permission that
/// was asked for.
#[derive(Clone, Debug)]
pub struct Administrator {
    /// The administrator's id (a UUID).
    pub id: String,
    /// The partner's id (a UUID): every query begins here.
    pub partner: String,
}

/// A new session: the value for the cookie, and how many seconds it lasts.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Opaque, random; stored only as a hash.
    pub token: String,
    /// Seconds.
    pub lifetime: i64,
    /// The new value of the cookie by which the browser is known from now on.
    pub device: String,
}

/// What the activation portal can ask for. `share` is the token in the share link.
///
/// Every write is safe to repeat. A [`Problem`] never tells whether a user or an address exists.
#[async_trait]
pub trait PortalBackend: Send + Sync {
    /// Where the visitor stands. Unknown links and wrong set-ups are steps, not errors.
    async fn page(&self, visitor: &Visitor, share: &str) -> Result<PortalPage, Problem>;
    /// Checks BroadWorks credentials and begins a session; creates the subscriber where the template allows it.
    async fn sign_in(
        &self,
        visitor: &Visitor,
        share: &str,
        user_id: &str,
        password: &str,
    ) -> Result<NewSession, Problem>;
    /// Ends the session.
    async fn sign_out(&self, visitor: &Visitor) -> Result<(), Problem>;
    /// Takes the address and mails a link and a code to it.
    async fn enter_address(&self, visitor: &Visitor, share: &str, email: &str) -> Result<(), Problem>;
    /// Goes back to the address step.
    async fn change_address(&self, visitor: &Visitor, share: &str) -> Result<(), Problem>;
    /// Mails a new link and code.
    async fn resend(&self, visitor: &Visitor, share: &str) -> Result<(), Problem>;
    /// Proves the address by the mailed code.
    async fn enter_code(&self, visitor: &Visitor, share: &str, code: &str) -> Result<(), Problem>;
    /// Makes the failed attempt again.
    async fn try_again(&self, visitor: &Visitor, share: &str) -> Result<(), Problem>;
    /// What a mailed link is good for.
    async fn join_page(&self, visitor: &Visitor, share: &str, token: &str) -> Result<JoinPage, Problem>;
    /// Proves the address by the mailed link and begins a session.
    async fn join(&self, visitor: &Visitor, share: &str, token: &str) -> Result<NewSession, Problem>;
}

/// What the partner hub can ask for. Everything but signing in needs an [`Administrator`] and sees only its partner.
#[async_trait]
pub trait HubBackend: Send + Sync {
    /// Begins a session.
    async fn sign_in(&self, visitor: &Visitor, email: &str, password: &str) -> Result<NewSession, Problem>;
    /// Ends the session.
    async fn sign_out(&self, visitor: &Visitor) -> Result<(), Problem>;
    /// Creates the first administrator by the one-time set-up link and begins a session.
    async fn set_up(&self, visitor: &Visitor, token: &str, email: &str, password: &str) -> Result<NewSession, Problem>;
    /// Gives the administrator another password. Ends all their sessions but for the visitor's, which is renewed.
    async fn change_password(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        current: &str,
        new: &str,
    ) -> Result<NewSession, Problem>;
    /// Who is signed in.
    async fn me(&self, administrator: &Administrator) -> Result<Me, Problem>;
    /// The Customer List.
    async fn customers(
        &self,
        administrator: &Administrator,
        after: Option<String>,
    ) -> Result<Page<CustomerRow>, Problem>;
    /// The name of one customer.
    async fn customer_name(&self, administrator: &Administrator, customer: &str) -> Result<String, Problem>;
    /// View Templates of one customer.
    async fn customer_templates(
        &self,
        administrator: &Administrator,
        customer: &str,
    ) -> Result<CustomerTemplates, Problem>;
    /// One onboarding template.
    async fn template(&self, administrator: &Administrator, template: &str) -> Result<TemplateDetail, Problem>;
    /// What the users of a template wait for that is down for everybody.
    async fn outages(&self, administrator: &Administrator, template: &str) -> Result<Vec<ServiceOutage>, Problem>;
    /// Saves User Verification.
    async fn save_user_verification(
        &self,
        administrator: &Administrator,
        template: &str,
        version: i32,
        verification: domain::template::UserVerification,
        share_link: &str,
    ) -> Result<TemplateDetail, Problem>;
    /// The User Status list, newest users first, 50 to a page.
    async fn user_status(
        &self,
        administrator: &Administrator,
        template: &str,
        filter: UserFilter,
        cursor: Cursor,
    ) -> Result<UserStatus, Problem>;
    /// The current rows of these users (at most 100), for live updates; those that are gone are missing.
    async fn user_rows(&self, administrator: &Administrator, ids: Vec<String>) -> Result<Vec<UserRow>, Problem>;
    /// Retry Activation → Onboard: provisions with this address.
    async fn onboard(&self, administrator: &Administrator, user: &str, email: EmailAddress)
    -> Result<UserRow, Problem>;
    /// Makes a failed attempt (of an update or a removal too) again as it was.
    async fn retry(&self, administrator: &Administrator, user: &str) -> Result<UserRow, Problem>;
    /// Delete User; with `forbid` the user cannot come back. Answers the row while the removal is under way, `None` when
    /// the user is gone at once.
    async fn delete_user(
        &self,
        administrator: &Administrator,
        user: &str,
        forbid: bool,
    ) -> Result<Option<UserRow>, Problem>;
    /// Change Package Type.
    async fn change_package(
        &self,
        administrator: &Administrator,
        user: &str,
        package: Package,
    ) -> Result<UserRow, Problem>;
    /// The partner's API tokens, the newest first.
    async fn tokens(&self, administrator: &Administrator, after: Option<String>) -> Result<Page<TokenRow>, Problem>;
    /// Creates an API token. Returns the token itself, which cannot be shown again.
    async fn create_token(
        &self,
        administrator: &Administrator,
        name: &str,
        permissions: &[Permission],
        lifetime: TokenLifetime,
    ) -> Result<String, Problem>;
    /// Revokes an API token at once; again is no error.
    async fn revoke_token(&self, administrator: &Administrator, token: &str) -> Result<TokenRow, Problem>;
}
