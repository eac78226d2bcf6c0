//! A page's title.

use leptos::{prelude::*, text_prop::TextProp};

/// A page's title, which on the server is read where it stands: `leptos_meta` reads it when the page's head is complete,
/// on whatever thread that is, where under load the signals of another page are at hand (`leptos_integration_utils` 0.8.9).
/// It is escaped here, too, because `leptos_meta` (0.8.7) writes it into the head as it is, and titles hold what
/// outsiders have written. The browser sets the text, not markup, and gets it as it is.
#[component]
pub fn Title(
    /// What the page is about.
    #[prop(into)]
    text: TextProp,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let text = TextProp::from(html_escape::encode_text(&untrack(|| text.get())).into_owned());
    view! { <leptos_meta::Title text/> }
}
