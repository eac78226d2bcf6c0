//! Provision Admin First: the customer's administrator has to come before this user.

use leptos::prelude::*;

use crate::{
    i18n::*,
    ui::notice::{Notice, Tone},
};

/// For whom the user will wait, said while there still is something to do for them.
#[component]
pub fn Held(
    /// The customer.
    company: String,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Notice tone=Tone::Info>
            <p class="notice-title">{t!(i18n, portal.held.title)}</p>
            <Company name=company/>
            <p>{t!(i18n, portal.held.address)}</p>
        </Notice>
    }
}

/// Which customer it is: one who works for two sees whose administrator to ask.
#[component]
pub fn Company(
    /// Its name.
    name: String,
) -> impl IntoView {
    let i18n = use_i18n();
    view! { <p>{t!(i18n, portal.held.company)} ": " <bdi translate="no">{name}</bdi></p> }
}
