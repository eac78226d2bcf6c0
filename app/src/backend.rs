//! What server functions call: the server implements these traits and provides them through Leptos' context.
//!
//! A server function opens with its guard ([`crate::access`]), parses its request and calls one method here.
//! It holds no rule of its own.

mod administrators;
mod audit;
pub(crate) mod caller;
mod customers;
mod deletions;
mod jobs;
mod overview;
mod passkeys;
mod people;
mod portal;
mod roster;
mod second_factor;
mod templates;
mod tokens;
mod users;
mod views;
mod webhooks;

use std::sync::Arc;

pub use self::{
    administrators::Administrators,
    audit::Audit,
    caller::{Administrator, ClientAddress, NewSession, Visitor},
    customers::Customers,
    deletions::Deletions,
    jobs::Jobs,
    overview::Overview,
    passkeys::Passkeys,
    people::People,
    portal::PortalBackend,
    roster::Rosters,
    second_factor::SecondFactors,
    templates::Templates,
    tokens::Tokens,
    users::Users,
    views::Views,
    webhooks::Webhooks,
};

/// The portal, as its server functions see it.
pub type Portal = Arc<dyn PortalBackend>;
/// The hub, as its server functions see it.
pub type Hub = Arc<dyn HubBackend>;

/// What the partner hub can ask for: a trait for each noun. Everything but signing in needs an [`Administrator`] and sees
/// only its partner.
pub trait HubBackend:
    Administrators
    + Customers
    + Deletions
    + Jobs
    + Overview
    + Passkeys
    + Templates
    + Users
    + Tokens
    + Views
    + Webhooks
    + People
    + Rosters
    + SecondFactors
    + Audit
{
}
