//! What server functions call: the server implements these traits and provides them through Leptos' context.
//!
//! A server function opens with its guard ([`crate::access`]), parses its request and calls one method here.
//! It holds no rule of its own.

mod administrators;
mod audit;
mod customers;
mod deletions;
mod jobs;
mod overview;
mod people;
mod portal;
mod roster;
mod second_factor;
mod templates;
mod tokens;
mod users;

use std::{any::Any, sync::Arc};

use domain::Network;

pub use self::{
    administrators::Administrators, audit::Audit, customers::Customers, deletions::Deletions, jobs::Jobs,
    overview::Overview, people::People, portal::PortalBackend, roster::Rosters, second_factor::SecondFactors,
    templates::Templates, tokens::Tokens, users::Users,
};
use crate::i18n::Locale;

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
/// was asked for. What is in it is the server's own, so that nobody makes one up from ids; here it is only handed on.
#[derive(Clone, Debug)]
pub struct Administrator(Arc<dyn Any + Send + Sync>);

impl Administrator {
    /// A caller, as the server knows it.
    #[must_use]
    pub fn new(known: impl Any + Send + Sync) -> Self {
        Self(Arc::new(known))
    }

    /// What the server knows of the caller.
    #[must_use]
    pub fn known<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

/// A new session: the value for the cookie, and how many seconds it lasts.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Opaque, random; stored only as a hash.
    pub token: String,
    /// Seconds.
    pub lifetime: i64,
    /// The new value of the cookie by which the browser is known from now on; nothing while a code is awaited.
    pub device: Option<String>,
}

/// What the partner hub can ask for: a trait for each noun. Everything but signing in needs an [`Administrator`] and sees
/// only its partner.
pub trait HubBackend:
    Administrators
    + Customers
    + Deletions
    + Jobs
    + Overview
    + Templates
    + Users
    + Tokens
    + People
    + Rosters
    + SecondFactors
    + Audit
{
}

impl<
    T: Administrators
        + Customers
        + Deletions
        + Jobs
        + Overview
        + Templates
        + Users
        + Tokens
        + People
        + Rosters
        + SecondFactors
        + Audit,
> HubBackend for T
{
}
