//! A part of what is shown of a user.

use leptos::{either::Either, prelude::*};

use super::place::Place;

/// A card with a heading, which stands one below the user's.
#[component]
pub(super) fn Part(
    /// The heading's element id.
    id: &'static str,
    /// The heading.
    #[prop(into)]
    title: Signal<&'static str>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let heading = match Place::here() {
        Place::Page => Either::Left(view! { <h2 id=id>{title}</h2> }),
        Place::Panel => Either::Right(view! { <h3 id=id>{title}</h3> }),
    };
    view! {
        <section class="card user-card" aria-labelledby=id>
            {heading}
            {children()}
        </section>
    }
}
