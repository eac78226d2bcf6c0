//! The API tokens of a partner.

use async_trait::async_trait;
use domain::Permission;

use super::caller::Administrator;
use crate::{
    hub::model::{Page, TokenId, TokenLifetime, TokenRow},
    problem::Problem,
};

/// The API tokens of the administrator's partner.
#[async_trait]
pub trait Tokens: Send + Sync {
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
    async fn revoke_token(&self, administrator: &Administrator, token: TokenId) -> Result<TokenRow, Problem>;
}
