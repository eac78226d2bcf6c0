//! The partner's API tokens in the hub.

use app::{
    backend::{Administrator, Tokens},
    hub::model::{Page, TokenId, TokenLifetime, TokenRow},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{Permission, Permissions, timestamp::DAY};
use tracing::Instrument as _;

use super::{HubService, by, window};
use crate::{
    access::tokens,
    backend::Context,
    store::{Actor, ApiToken, api_token},
};

#[async_trait]
impl Tokens for HubService {
    async fn tokens(&self, administrator: &Administrator, after: Option<String>) -> Result<Page<TokenRow>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let found = api_token::newest_first(context.store.read(), ids.tenant, window(after)?).await?;
            Ok(Page {
                rows: found.rows.into_iter().map(|token| context.token_row(token)).collect(),
                previous: None,
                next: found.next.map(|next| next.to_string()),
            })
        })
        .await
    }

    async fn create_token(
        &self,
        administrator: &Administrator,
        name: &str,
        permissions: &[Permission],
        lifetime: TokenLifetime,
    ) -> Result<String, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let permissions = Permissions::of(permissions);
            let lifetime = match lifetime {
                TokenLifetime::Days(days) => Some(i64::from(days) * DAY),
                TokenLifetime::Unlimited => None,
            };
            let by_whom = (ids.tenant, &Actor::Administrator(ids.administrator));
            let added = tokens::add_by(&context.store, &context.environment, by_whom, name, permissions, lifetime);
            added.instrument(by(&ids)).await
        })
        .await
    }

    async fn revoke_token(&self, administrator: &Administrator, token: TokenId) -> Result<TokenRow, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let by_whom = (ids.tenant, &Actor::Administrator(ids.administrator));
            let revoked = tokens::revoke_by(&context.store, &context.environment, by_whom, token.into());
            Ok(context.token_row(revoked.instrument(by(&ids)).await?))
        })
        .await
    }
}

impl Context {
    fn token_row(&self, token: ApiToken) -> TokenRow {
        TokenRow {
            state: tokens::state(&token, self.environment.now()),
            id: token.id.into(),
            permissions: token.permissions.iter().collect(),
            created: token.created_at,
            expires: token.expires_at,
            used: token.used_at,
            name: token.name,
        }
    }
}
