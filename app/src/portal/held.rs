//! Provision Admin First: the customer's administrator has to come before this user.

use leptos::prelude::*;

use crate::{
    i18n::*,
    ui::notice::{Notice, Tone},
};

/// For whom the user will wait, said while there still is something to do for them.
#[component]
pub fn Held() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Notice tone=Tone::Info>
            <p class="notice-title">{t!(i18n, portal.held.title)}</p>
            <p>{t!(i18n, portal.held.address)}</p>
        </Notice>
    }
}
