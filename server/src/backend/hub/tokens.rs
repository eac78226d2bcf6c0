//! The partner's API tokens in the hub.

use app::hub::model::{Page, TokenLifetime, TokenRow, TokenState};
use domain::{Fault, Permission, Permissions, timestamp::DAY};

use super::{Ids, PAGE};
use crate::{
    access::tokens::{self, Standing},
    backend::Context,
    fault::Trouble,
    store::{ApiToken, ApiTokenId, api_token},
};

impl Context {
    pub(super) async fn tokens(&self, ids: &Ids, after: Option<String>) -> Result<Page<TokenRow>, Trouble> {
        let after = after.as_deref().map(parsed).transpose()?;
        let found = api_token::page(self.store.read(), ids.tenant, after, PAGE + 1).await?;
        let (rows, next) = page(found);
        Ok(Page { rows: rows.into_iter().map(|token| self.token_row(token)).collect(), previous: None, next })
    }

    pub(super) async fn create_token(
        &self,
        ids: &Ids,
        name: &str,
        permissions: &[Permission],
        lifetime: TokenLifetime,
    ) -> Result<String, Trouble> {
        let lifetime = match lifetime {
            TokenLifetime::Days(days) => Some(i64::from(days) * DAY),
            TokenLifetime::Unlimited => None,
        };
        tokens::add(&self.store, &self.environment, ids.tenant, name, Permissions::of(permissions), lifetime).await
    }

    pub(super) async fn revoke_token(&self, ids: &Ids, token: &str) -> Result<TokenRow, Trouble> {
        let revoked = tokens::revoke(&self.store, &self.environment, ids.tenant, parsed(token)?).await?;
        Ok(self.token_row(revoked))
    }

    fn token_row(&self, token: ApiToken) -> TokenRow {
        let state = match tokens::standing(&token, self.environment.now()) {
            Standing::Valid => TokenState::Valid,
            Standing::Expired => TokenState::Expired,
            Standing::Revoked => TokenState::Revoked,
        };
        TokenRow {
            id: token.id.to_string(),
            permissions: token.permissions.iter().collect(),
            created: token.created_at,
            expires: token.expires_at,
            used: token.used_at,
            name: token.name,
            state,
        }
    }
}

fn parsed(id: &str) -> Result<ApiTokenId, Fault> {
    id.parse().map_err(|_| Fault::NotFound)
}

/// Cuts the one row too many that says whether there is a next page.
fn page(mut tokens: Vec<ApiToken>) -> (Vec<ApiToken>, Option<String>) {
    let more = tokens.len() as u64 > PAGE;
    tokens.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = tokens.last().filter(|_| more).map(|token| token.id.to_string());
    (tokens, next)
}
