//! Those who sign in to the hub.

use async_trait::async_trait;

use super::caller::{Administrator, NewSession, Visitor};
use crate::{
    hub::model::{CustomerId, CustomerPeople, Invited, Person, PersonId, Post, SessionRow, Sessions},
    problem::Problem,
};

/// The administrators of a partner, and the sessions of whoever calls.
#[async_trait]
pub trait People: Send + Sync {
    /// All who sign in for the partner, in the order in which they were added.
    async fn people(&self, administrator: &Administrator) -> Result<Vec<Person>, Problem>;
    /// Those of them who see a customer.
    async fn customer_people(
        &self,
        administrator: &Administrator,
        customer: CustomerId,
    ) -> Result<CustomerPeople, Problem>;
    /// Adds somebody. Returns the link by which they choose a password, which cannot be shown again.
    async fn invite(&self, administrator: &Administrator, email: &str, post: Post) -> Result<Invited, Problem>;
    /// Makes somebody something else, and signs them out.
    async fn change_person(&self, administrator: &Administrator, person: PersonId, post: Post) -> Result<(), Problem>;
    /// Takes somebody's password away, and signs them out. Returns the link by which they choose another one.
    async fn reset_person(&self, administrator: &Administrator, person: PersonId) -> Result<Invited, Problem>;
    /// Takes somebody's second factor away, and signs them out. Returns whether they were told by mail.
    async fn take_factor(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        person: PersonId,
    ) -> Result<bool, Problem>;
    /// Keeps somebody from signing in, or no longer.
    async fn disable_person(
        &self,
        administrator: &Administrator,
        person: PersonId,
        disabled: bool,
    ) -> Result<(), Problem>;
    /// Forgets somebody.
    async fn remove_person(&self, administrator: &Administrator, person: PersonId) -> Result<(), Problem>;
    /// The caller's own sessions, the last used first.
    async fn sessions(&self, administrator: &Administrator, visitor: &Visitor) -> Result<Vec<SessionRow>, Problem>;
    /// Ends sessions of the caller.
    async fn end_sessions(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        which: Sessions,
    ) -> Result<Vec<SessionRow>, Problem>;
    /// The address of whoever was invited by a link that still works.
    async fn invitation(&self, token: &str) -> Result<String, Problem>;
    /// Gives whoever was invited a password, and begins a session.
    async fn accept_invitation(&self, visitor: &Visitor, token: &str, password: &str) -> Result<NewSession, Problem>;
}
