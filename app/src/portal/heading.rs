//! A step's heading.

use leptos::{html::H1, prelude::*, text_prop::TextProp};

use super::visit::use_visit;
use crate::ui::title::Title;

/// The page's heading and title. When the step changed under the reader, the focus comes here.
#[component]
pub fn Heading(
    /// What this step is about.
    #[prop(into)]
    text: TextProp,
) -> impl IntoView {
    let visit = use_visit();
    let heading = NodeRef::<H1>::new();
    Effect::new(move || {
        if let Some(heading) = heading.get()
            && visit.take_moved()
        {
            let _ = heading.focus();
        }
    });
    let title = {
        let text = text.clone();
        move || match visit.page().with(|page| page.branding.provider.clone()) {
            provider if provider.is_empty() => text.get().into_owned(),
            provider => format!("{} · {provider}", text.get()),
        }
    };
    view! {
        <Title text=title/>
        <h1 node_ref=heading tabindex="-1">{move || text.get()}</h1>
    }
}
