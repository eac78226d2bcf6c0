//! A page's title.

use leptos::{prelude::*, text_prop::TextProp};

/// A page's title, which on the server is read where it stands: `leptos_meta` reads it when the page's head is complete,
/// on whatever thread that is, where under load the signals of another page are at hand (`leptos_integration_utils` 0.8.9).
/// The browser reads it until another page has one, when what the page kept for its words is gone: so its last words are kept apart.
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
    #[cfg(not(feature = "ssr"))]
    let text = lasting(text);
    view! { <leptos_meta::Title text/> }
}

/// The same words, and the last of them when those who say them are gone.
#[cfg(any(test, not(feature = "ssr")))]
fn lasting(text: TextProp) -> TextProp {
    let said = ArcRwSignal::new(untrack(|| text.get()));
    let says = said.clone();
    Effect::new(move || says.set(text.get()));
    TextProp::from(move || said.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_outlives_its_page() {
        let page = Owner::new();
        let title = page.with(|| {
            let words = RwSignal::new("User Status");
            lasting(TextProp::from(move || words.get()))
        });
        page.cleanup();
        drop(page);
        assert_eq!(untrack(|| title.get()), "User Status");
    }
}
