//! The activation portal, as its server functions see it.

use async_trait::async_trait;

use domain::Doubt;

use super::caller::{NewSession, Visitor};
use crate::{
    portal::{Join, LinkPage, PortalPage},
    problem::Problem,
};

/// What the activation portal can ask for. `share` is the token in the share link.
///
/// Every write is safe to repeat. A [`Problem`] never reveals whether a user or an address exists.
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
    /// Takes the address and mails a link and a code to it. Of somebody who is not `sure` an address that looks wrong is not taken:
    /// they are to be asked why it may be wrong.
    async fn enter_address(
        &self,
        visitor: &Visitor,
        share: &str,
        email: &str,
        sure: bool,
    ) -> Result<Option<Doubt>, Problem>;
    /// Goes back to the address step.
    async fn change_address(&self, visitor: &Visitor, share: &str) -> Result<(), Problem>;
    /// Mails a new link and code.
    async fn resend(&self, visitor: &Visitor, share: &str) -> Result<(), Problem>;
    /// Proves the address by the mailed code.
    async fn enter_code(&self, visitor: &Visitor, share: &str, code: &str) -> Result<(), Problem>;
    /// Makes the failed attempt again.
    async fn try_again(&self, visitor: &Visitor, share: &str) -> Result<(), Problem>;
    /// What a mailed link is good for.
    async fn join_page(&self, visitor: &Visitor, share: &str, token: &str) -> Result<LinkPage<Join>, Problem>;
    /// Proves the address by the mailed link and begins a session, on the portal of the share link that comes with it: whoever was
    /// moved to another template since the mail is at home there.
    async fn join(&self, visitor: &Visitor, share: &str, token: &str) -> Result<(NewSession, String), Problem>;
    /// Mails a new link and code to whom this link was mailed, which is too old.
    async fn renew(&self, visitor: &Visitor, share: &str, token: &str) -> Result<(), Problem>;
    /// What a reminder's link is good for: whether its user gets no more of them already.
    async fn stop_page(&self, visitor: &Visitor, token: &str) -> Result<LinkPage<bool>, Problem>;
    /// Sends no more reminders to whom the link was sent.
    async fn stop_reminders(&self, visitor: &Visitor, token: &str) -> Result<(), Problem>;
}
