//! The page of every address at which there is none.

use leptos::prelude::*;

use super::{arrival::Arrived, missing::WayOut};
use crate::{i18n::*, ui::title::Title};

/// There is no page at this address.
#[component]
pub fn NoSuchPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::status::set_status(axum::http::StatusCode::NOT_FOUND);
    let i18n = use_i18n();
    view! {
        <Title text=text!(i18n, hub.missing.page)/>
        <header class="page-head">
            <h1>{text!(i18n, hub.missing.page)}</h1>
            <p class="lead">{text!(i18n, hub.missing.page_lead)}</p>
        </header>
        <p class="actions">
            <WayOut/>
        </p>
        <Arrived/>
    }
}
