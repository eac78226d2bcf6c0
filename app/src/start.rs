//! The two pages that belong to neither portal nor hub: the start page, and the one that is not there.

use leptos::prelude::*;

use crate::{
    frame::{Branding, Frame},
    i18n::*,
    ui::{button::Emphasis, title::Title},
};

/// What this is, for who comes without a link.
#[cfg(feature = "ssr")]
#[component]
pub fn Start() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Title text=move || t_string!(i18n, portal.start.title)/>
        <Frame branding=Branding::default()>
            <h1>{t!(i18n, portal.start.heading)}</h1>
            <p class="portal-lead">{t!(i18n, portal.start.lead)}</p>
            <div class="aside">
                <p class="muted">{t!(i18n, portal.start.administrators)}</p>
                <p><a class=Emphasis::Secondary.class() href="/hub" rel="external">{t!(i18n, portal.start.hub)}</a></p>
            </div>
        </Frame>
    }
}

/// There is no such page.
#[component]
pub fn Unknown() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::status::set_status(axum::http::StatusCode::NOT_FOUND);
    let i18n = use_i18n();
    view! {
        <Title text=move || t_string!(i18n, portal.unknown.heading)/>
        <Frame branding=Branding::default()>
            <h1>{t!(i18n, portal.unknown.heading)}</h1>
            <p class="portal-lead">{t!(i18n, portal.unknown.lead)}</p>
            <p><a class=Emphasis::Secondary.class() href="/" rel="external">{t!(i18n, portal.unknown.start)}</a></p>
        </Frame>
    }
}
