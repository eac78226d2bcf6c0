//! Deletions that wait until somebody says yes or no: asked for once for the whole page, and said above each.

use std::time::Duration;

use domain::Fault;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{address::DELETIONS, model::StagedDeletions, reader::Reader};
use crate::{
    i18n::*,
    problem::Problem,
    ui::notice::{Notice, Tone},
};

/// How long before it is looked again.
const BETWEEN: Duration = Duration::from_secs(30);

/// The deletions that wait for approval; none for whoever may not decide about them.
#[server(prefix = "/api", endpoint = "hub/staged-deletions", client = crate::hub::client::HubClient)]
pub async fn list_staged() -> Result<StagedDeletions, Problem> {
    let (hub, administrator) = signed_in::<ListStaged>().await?;
    hub.staged_deletions(&administrator).await
}

/// Says so, with the way to where it is decided; nothing while none wait, and there itself.
#[component]
pub(super) fn StagedBanner() -> impl IntoView {
    let i18n = use_i18n();
    let path = use_location().pathname;
    // Each page shows how it is now.
    let staged = Resource::new_blocking(move || path.get(), |_| list_staged());
    let reader = Reader::new();
    let signed_out = StoredValue::new(false);
    // Also the pages that read nothing by themselves are left when their reader is signed out.
    let look = move || match signed_out.try_get_value() {
        Some(true) => spawn_local(async move { reader.signed_out() }),
        _ => staged.refetch(),
    };
    Effect::new(move || {
        let looking = set_interval_with_handle(look, BETWEEN);
        on_cleanup(move || {
            if let Ok(looking) = looking {
                looking.clear();
            }
        });
    });
    let notice = move || {
        Suspend::new(async move {
            let answer = staged.await;
            let is_signed_out = answer.as_ref().is_err_and(|problem| problem.fault == Fault::NotSignedIn);
            _ = signed_out.try_update_value(|signed_out| *signed_out = is_signed_out);
            let users = answer.unwrap_or_default().users();
            let elsewhere = move || path.read().as_str() != DELETIONS;
            (users > 0).then(|| {
                view! {
                    <Show when=elsewhere>
                        <Notice tone=Tone::Warning>
                            <p class="notice-title">{text!(i18n, hub.deletions.banner)}</p>
                            <p>
                                {t!(i18n, hub.deletions.banner_text, count = move || users)} " "
                                <a href=DELETIONS>{text!(i18n, hub.deletions.look)}</a>
                            </p>
                        </Notice>
                    </Show>
                }
            })
        })
    };
    view! { <div role="status"><Transition>{notice}</Transition></div> }
}
