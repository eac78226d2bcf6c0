//! A text of several lines, to be copied or edited.

use leptos::{html, prelude::*};

/// A text of several lines. The only place that makes a `<textarea>`: `tachys` (0.2.19) writes its children as they are,
/// as if they were a script's, so on the server they are escaped here.
#[component]
pub fn TextArea(
    /// What stands in it at first.
    #[prop(into)]
    text: String,
    /// The element.
    #[prop(optional)]
    node_ref: NodeRef<html::Textarea>,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let text = html_escape::encode_text(&text).into_owned();
    view! { <textarea class="input" node_ref=node_ref>{text}</textarea> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_ends_it() {
        let html = Owner::new().with(|| view! { <TextArea text="a</textarea><script>&"/> }.to_html());
        assert!(html.contains("a&lt;/textarea&gt;&lt;script&gt;&amp;"), "{html}");
    }
}
