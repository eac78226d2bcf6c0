//! Revoking an API token.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        confirmation::Confirmation,
        model::{TokenId, TokenRow},
    },
    i18n::*,
    problem::Problem,
    ui::button::Emphasis,
};

/// Revokes a token at once.
#[server(prefix = "/api", endpoint = "hub/revoke-token", client = crate::hub::client::HubClient)]
pub async fn revoke_token(token: TokenId) -> Result<TokenRow, Problem> {
    let (hub, administrator) = signed_in::<RevokeToken>().await?;
    hub.revoke_token(&administrator, token).await
}

/// The confirmation.
#[component]
pub(super) fn RevokeToken(
    token: TokenRow,
    /// Called once it is revoked and the dialog is closed.
    revoked: Callback<()>,
    on_close: impl Fn() + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let TokenRow { id, name, .. } = token;
    let done = move |token: TokenRow| {
        _ = revoked.try_run(());
        tu_string!(i18n, hub.tokens.revoke_done, token = token.name.as_str()).to_string()
    };
    view! {
        <Confirmation
            title=text!(i18n, hub.tokens.revoke_title)
            ask=move || revoke_token(id)
            done
            problem_id="revoke-problem"
            submit=text!(i18n, hub.tokens.revoke_submit)
            emphasis=Emphasis::Danger
            on_close
        >
            <p>
                <strong>{t!(i18n, hub.tokens.revoke_lead, token = move || name.clone())}</strong>
            </p>
            <p>{text!(i18n, hub.tokens.revoke_effect)}</p>
        </Confirmation>
    }
}
