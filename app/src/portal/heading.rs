//! A page's heading.

use leptos::{prelude::*, text_prop::TextProp};

use super::visit::use_visit;
use crate::ui::title::Title;

/// A step's heading and title. It takes the focus where it replaces another one in the open page (`frontend/portal`): what had it
/// before is gone, and whoever does not see the page hears what is there now.
#[component]
pub fn Heading(
    /// What this step is about.
    #[prop(into)]
    text: TextProp,
    /// Whether to begin here even where the whole page is new, because it answers what was just pressed.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let provider = use_visit().provider;
    let text = text.get();
    let title = if provider.is_empty() { text.to_string() } else { format!("{text} · {provider}") };
    view! {
        <Title text=title/>
        // The same step may come to be about something else: a message that was on its way has come back.
        <h1 id="heading" tabindex="-1" autofocus=autofocus data-fresh="">{text}</h1>
    }
}
