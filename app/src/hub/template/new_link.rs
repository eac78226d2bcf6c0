//! Another share link for a template, when the one that it has has got into the wrong hands.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        confirmation::Confirmation,
        model::{TemplateDetail, TemplateId},
    },
    i18n::*,
    problem::Problem,
    ui::button::Emphasis,
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
    let done = move |template| {
        _ = replaced.try_run(template);
        tu_string!(i18n, hub.verification.replaced).to_owned()
    };
    view! {
        <Confirmation
            title=text!(i18n, hub.verification.replace_title)
            ask=move || replace_share_link(template, version)
            done
            problem_id="new-link-problem"
            submit=text!(i18n, hub.verification.replace_submit)
            emphasis=Emphasis::Danger
            on_close
        >
            <p>
                <strong>{text!(i18n, hub.verification.replace_lead)}</strong>
            </p>
            <p>{text!(i18n, hub.verification.replace_effect)}</p>
        </Confirmation>
    }
}
