//! The refused rows as a file, to be corrected and imported.

use leptos::prelude::*;

use crate::{i18n::*, ui::button::Emphasis};

/// The link to the file. It is made of what the page holds: the server keeps nothing of what was refused.
#[component]
pub(super) fn GivenBack(file: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    let link = RwSignal::new(None::<String>);
    #[cfg(feature = "hydrate")]
    Effect::new(move || link.set(file.as_deref().and_then(linked)));
    #[cfg(not(feature = "hydrate"))]
    let _ = file;
    on_cleanup(move || {
        if let Some(Some(link)) = link.try_get_untracked() {
            forget(&link);
        }
    });
    move || {
        link.get().map(|href| {
            view! {
                <p class="actions">
                    <a class=Emphasis::Secondary.class() href=href download="refused-rows.csv" rel="external">
                        {text!(i18n, hub.importing.given_back)}
                    </a>
                    <span class="muted">{text!(i18n, hub.importing.given_back_hint)}</span>
                </p>
            }
        })
    }
}

/// An address in this page under which the browser has the text.
#[cfg(feature = "hydrate")]
fn linked(text: &str) -> Option<String> {
    use web_sys::{Blob, Url};
    let parts = js_sys::Array::of1(&text.into());
    Url::create_object_url_with_blob(&Blob::new_with_str_sequence(&parts).ok()?).ok()
}

/// The browser needs the text no longer.
#[cfg(feature = "hydrate")]
fn forget(link: &str) {
    // Fails for what is no address.
    _ = web_sys::Url::revoke_object_url(link);
}

#[cfg(not(feature = "hydrate"))]
const fn forget(_: &str) {}
