//! Revoking an API token.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        dialog_form::DialogForm,
        model::{TokenId, TokenRow},
        request::Request,
    },
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        dialog::{CloseDialog, Dialog},
        toast::Toasts,
    },
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
    view! {
        <Dialog title=text!(i18n, hub.tokens.revoke_title) on_close>
            <Confirmation token revoked/>
        </Dialog>
    }
}

#[component]
fn Confirmation(token: TokenRow, revoked: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, toasts, request) = (CloseDialog::here(), Toasts::here(), Request::new());
    let TokenRow { id, name, .. } = token;
    let named = name.clone();
    let send = move || {
        request.send(revoke_token(id), move |token| {
            dialog.close();
            // The page may have been left meanwhile.
            _ = revoked.try_run(());
            toasts.show(tu_string!(i18n, hub.tokens.revoke_done, token = token.name.as_str()));
        });
    };
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id="revoke-problem"
            submit=text!(i18n, hub.tokens.revoke_submit)
            emphasis=Emphasis::Danger
        >
            <p>
                <strong>{t!(i18n, hub.tokens.revoke_lead, token = move || named.clone())}</strong>
            </p>
            <p>{text!(i18n, hub.tokens.revoke_effect)}</p>
        </DialogForm>
    }
}
