//! Who calls: what a request says of them, and what the guard has found out.

use std::{any::Any, sync::Arc};

use domain::Network;

use crate::i18n::Locale;

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
