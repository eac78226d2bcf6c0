//! The partner's API tokens in the hub.

use app::hub::{Page, TokenLifetime, TokenRow, TokenScope, TokenState};
use domain::{Timestamp, timestamp::DAY};

use super::{Ids, PAGE, page};
use crate::{
    access::tokens::{self, BILLING_READ, BILLING_WRITE, PLACES_READ, PLACES_WRITE, READ, Standing, WRITE},
    backend::{Context, id},
    fault::Trouble,
    store::entity::api_token,
};

impl Context {
    pub(super) async fn tokens(&self, ids: &Ids, after: Option<String>) -> Result<Page<TokenRow>, Trouble> {
        let after = after.as_deref().map(id).transpose()?;
        let found = tokens::page(&self.store, ids.partner, after, PAGE + 1).await?;
        let (rows, next) = page(found, |token| token.id);
        Ok(Page { rows: rows.into_iter().map(|token| self.token_row(token)).collect(), next })
    }

    pub(super) async fn create_token(
        &self,
        ids: &Ids,
        name: &str,
        scopes: &[TokenScope],
        lifetime: TokenLifetime,
    ) -> Result<String, Trouble> {
        let scopes: Vec<_> = scopes.iter().map(|scope| scope_name(*scope).to_owned()).collect();
        let lifetime = match lifetime {
            TokenLifetime::Days(days) => Some(i64::from(days) * DAY),
            TokenLifetime::Unlimited => None,
        };
        tokens::add(&self.store, &self.environment, ids.partner, name, &scopes, lifetime).await
    }

    pub(super) async fn revoke_token(&self, ids: &Ids, token: &str) -> Result<TokenRow, Trouble> {
        let revoked = tokens::revoke(&self.store, &self.environment, ids.partner, id(token)?).await?;
        Ok(self.token_row(revoked))
    }

    fn token_row(&self, token: api_token::Model) -> TokenRow {
        let state = match tokens::standing(&token, self.environment.now()) {
            Standing::Valid => TokenState::Valid,
            Standing::Expired => TokenState::Expired,
            Standing::Revoked => TokenState::Revoked,
        };
        let allows = |scope: &TokenScope| token.scopes.split_whitespace().any(|name| name == scope_name(*scope));
        TokenRow {
            id: token.id.to_string(),
            scopes: TokenScope::ALL.into_iter().filter(allows).collect(),
            created: Timestamp(token.created_at),
            expires: token.expires_at.map(Timestamp),
            used: token.used_at.map(Timestamp),
            name: token.name,
            state,
        }
    }
}

const fn scope_name(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Read => READ,
        TokenScope::Write => WRITE,
        TokenScope::WorkspacesRead => PLACES_READ,
        TokenScope::WorkspacesWrite => PLACES_WRITE,
        TokenScope::BillingRead => BILLING_READ,
        TokenScope::BillingWrite => BILLING_WRITE,
    }
}
