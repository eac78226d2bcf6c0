//! A text that the page holds, as a file to keep.

use leptos::prelude::*;

use super::button::Emphasis;

/// The link to the file. It is made of what the page holds: the server keeps nothing of it.
#[component]
pub fn TextFile(
    /// What is in it.
    text: String,
    /// What the file is called.
    name: &'static str,
    /// The link's words.
    children: ChildrenFn,
) -> impl IntoView {
    let link = RwSignal::new(None::<String>);
    #[cfg(feature = "hydrate")]
    Effect::new(move || link.set(linked(&text)));
    #[cfg(not(feature = "hydrate"))]
    let _ = text;
    on_cleanup(move || {
        if let Some(Some(link)) = link.try_get_untracked() {
            forget(&link);
        }
    });
    move || {
        let words = children.clone();
        link.get().map(|href| {
            view! {
                <a class=Emphasis::Secondary.class() href=href download=name rel="external">
                    {words()}
                </a>
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
