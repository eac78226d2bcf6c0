//! The page of a customer's people, for the partner.

use leptos::prelude::*;

use super::{
    loaded::loaded,
    roster_grid::{AskForDrafts, Drafts, Grid, asked, read},
};

/// The people of a customer.
#[component]
pub fn Roster() -> impl IntoView {
    let (query, drafts) = (asked(), Drafts::new());
    let roster = Resource::new_blocking(move || query.get(), read);
    let shown = loaded(roster, move |found| Some(view! { <Grid query=query.get_untracked().ok()? found drafts/> }));
    view! {
        {shown}
        <AskForDrafts drafts/>
    }
}
