//! What somebody is called, in a sentence.

use leptos::prelude::*;

/// An email address or a BroadWorks ID: read from left to right in every language, translated in none. Where it is too long for
/// a line it goes on behind the `@`.
#[component]
pub fn Identifier(
    /// What it is.
    text: String,
) -> impl IntoView {
    let (name, domain) = match text.rsplit_once('@') {
        Some((name, domain)) => (format!("{name}@"), domain.to_owned()),
        None => (text, String::new()),
    };
    view! { <bdi class="address" translate="no">{name}<wbr/>{domain}</bdi> }
}
