//! The people of a customer.

use async_trait::async_trait;

use super::caller::Administrator;
use crate::{
    hub::model::{Cursor, CustomerId, GivenAddress, Member, MemberOutcome, Roster, UserId},
    problem::Problem,
};

/// The people of a customer, for the customer's own administrator and whoever looks after that customer.
#[async_trait]
pub trait Rosters: Send + Sync {
    /// A page of them, the newest first, 50 to a page; of the caller's own customer, unless another one is named.
    async fn roster(
        &self,
        administrator: &Administrator,
        customer: Option<CustomerId>,
        find: Option<String>,
        cursor: Cursor,
    ) -> Result<Roster, Problem>;
    /// How these stand now.
    async fn members(&self, administrator: &Administrator, wanted: Vec<UserId>) -> Result<Vec<Member>, Problem>;
    /// Gives them these addresses, which they prove themselves, and sends each the activation mail, with these words in it.
    async fn mail_members(
        &self,
        administrator: &Administrator,
        given: Vec<GivenAddress>,
        note: &str,
    ) -> Result<Vec<MemberOutcome>, Problem>;
    /// Tries failed activations again as they were.
    async fn retry_members(
        &self,
        administrator: &Administrator,
        wanted: Vec<UserId>,
    ) -> Result<Vec<MemberOutcome>, Problem>;
}
