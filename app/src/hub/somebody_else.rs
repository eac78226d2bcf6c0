//! Says so when somebody else has signed in since the page was made: the session is all tabs', and the page is not theirs.

use leptos::{ev, prelude::*, task::spawn_local};

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{client, model::Me};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{button::Emphasis, notice::Tone},
};

/// Who is signed in now, whomever the page was made for.
#[server(prefix = "/api", endpoint = "hub/signed-in-now")]
pub async fn signed_in_now() -> Result<Me, Problem> {
    let (hub, administrator) = signed_in::<SignedInNow>().await?;
    hub.me(&administrator).await
}

/// Who is signed in now in place of the administrator for whom the open page was made.
#[derive(Clone, Copy)]
pub(super) struct SomebodyElse(RwSignal<Option<Me>>);

impl SomebodyElse {
    /// For all pages below. Looks whenever the reader comes back to the page from another tab or window.
    pub(super) fn provide() {
        let somebody_else = Self(RwSignal::new(None));
        provide_context(somebody_else);
        Effect::new(move || {
            let look = move || {
                if !document().hidden() {
                    somebody_else.look();
                }
            };
            let shown = window_event_listener(ev::visibilitychange, move |_| look());
            let focused = window_event_listener(ev::focus, move |_| look());
            on_cleanup(move || {
                shown.remove();
                focused.remove();
            });
        });
    }

    pub(super) fn here() -> Self {
        expect_context()
    }

    /// Asks who is signed in by now. Nobody, or no answer, is for the page's next request to find out.
    pub(super) fn look(self) {
        let Some(owner) = client::administrator() else { return };
        spawn_local(async move {
            if let Ok(now) = signed_in_now().await {
                _ = self.0.try_set(Some(now).filter(|now| now.id != owner));
            }
        });
    }
}

/// That somebody else is signed in now, and the way to go on as them.
#[component]
pub(super) fn SomebodyElseNotice() -> impl IntoView {
    let i18n = use_i18n();
    let SomebodyElse(now) = SomebodyElse::here();
    // A page that cannot be loaded stays.
    let reload = |_| _ = window().location().reload();
    view! {
        <div role="alert">
            {move || now.get().map(|now| view! {
                <div class=Tone::Warning.class()>
                    <p class="notice-title">{t!(i18n, hub.somebody_else.title, email = move || now.email.clone())}</p>
                    <p>{text!(i18n, hub.somebody_else.lead)}</p>
                    <p class="actions">
                        <button type="button" class=Emphasis::Secondary.class() on:click=reload>
                            {text!(i18n, hub.reload)}
                        </button>
                    </p>
                </div>
            })}
        </div>
    }
}
