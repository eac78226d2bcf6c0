//! A page's heading.

use leptos::{html::H1, prelude::*, text_prop::TextProp};

use super::visit::use_visit;
use crate::ui::{hydrated::use_hydrated, title::Title};

/// A step's heading and title.
#[component]
pub fn Heading(
    /// What this step is about.
    #[prop(into)]
    text: TextProp,
    /// Whether to begin here even where the whole page is new, because it answers what was just pressed.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let visit = use_visit();
    let title = {
        let text = text.clone();
        move || match visit.page().with(|page| page.branding.provider.clone()) {
            provider if provider.is_empty() => text.get().into_owned(),
            provider => format!("{} · {provider}", text.get()),
        }
    };
    view! {
        <Title text=title/>
        <Headline text autofocus/>
    }
}

/// A heading. Where it replaces another one in the open page, it takes the focus: what had it before is gone, and
/// whoever does not see the page hears what is there now.
#[component]
pub fn Headline(
    /// What the page is about.
    #[prop(into)]
    text: TextProp,
    /// Whether to begin here even where the whole page is new.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let replaces = use_hydrated().get_untracked();
    let heading = NodeRef::<H1>::new();
    Effect::new(move || {
        if let Some(heading) = heading.get()
            && replaces
        {
            _ = heading.focus();
        }
    });
    view! { <h1 node_ref=heading tabindex="-1" autofocus=autofocus>{move || text.get()}</h1> }
}
