//! Another share link for a template, when the one that it has has got into the wrong hands.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        dialog_form::DialogForm,
        model::{TemplateDetail, TemplateId},
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

/// Gives a template another share link, unless somebody else has changed it meanwhile.
#[server(prefix = "/api", endpoint = "hub/replace-share-link", client = crate::hub::client::HubClient)]
pub async fn replace_share_link(template: TemplateId, version: i32) -> Result<TemplateDetail, Problem> {
    let (hub, administrator) = signed_in::<ReplaceShareLink>().await?;
    hub.replace_share_link(&administrator, template, version).await
}

/// The confirmation.
#[component]
pub(super) fn NewShareLink(
    /// The template's id.
    template: TemplateId,
    /// The version that was read or saved last.
    version: i32,
    /// Called with the template as it is then.
    replaced: Callback<TemplateDetail>,
    on_close: impl Fn() + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog title=text!(i18n, hub.verification.replace_title) on_close>
            <Confirmation template version replaced/>
        </Dialog>
    }
}

#[component]
fn Confirmation(template: TemplateId, version: i32, replaced: Callback<TemplateDetail>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, toasts, request) = (CloseDialog::here(), Toasts::here(), Request::new());
    let send = move || {
        request.send(replace_share_link(template, version), move |template| {
            dialog.close();
            // The page may have been left meanwhile.
            _ = replaced.try_run(template);
            toasts.show(tu_string!(i18n, hub.verification.replaced));
        });
    };
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id="new-link-problem"
            submit=text!(i18n, hub.verification.replace_submit)
            emphasis=Emphasis::Danger
        >
            <p>
                <strong>{text!(i18n, hub.verification.replace_lead)}</strong>
            </p>
            <p>{text!(i18n, hub.verification.replace_effect)}</p>
        </DialogForm>
    }
}
