//! The button that sends a form.

use leptos::prelude::*;

use super::spinner::Spinner;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emphasis {
    /// What the page is for: one on a page.
    #[default]
    Primary,
    /// Something else that may be done.
    Secondary,
    /// Looks like a link.
    Quiet,
    /// Cannot be undone.
    Danger,
}

impl Emphasis {
    /// The CSS classes of a button or of a link that looks like one.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button button-secondary",
            Self::Quiet => "button button-quiet",
            Self::Danger => "button button-danger",
        }
    }
}

/// Sends the form around it. While `pending` it keeps its name and the focus, but sends nothing.
#[component]
pub fn SubmitButton(
    /// Whether an answer is awaited.
    #[prop(into, optional)]
    pending: Signal<bool>,
    /// Whether it may not be pressed now for another reason, which is told beside it.
    #[prop(into, optional)]
    unavailable: Signal<bool>,
    /// How much it asks for attention.
    #[prop(optional)]
    emphasis: Emphasis,
    /// A parameter that it adds to what the form sends, and its value.
    #[prop(optional)]
    adds: Option<(&'static str, &'static str)>,
    /// Its name.
    children: Children,
) -> impl IntoView {
    let idle = move || pending.get() || unavailable.get();
    view! {
        <button
            type="submit"
            name=adds.map(|(name, _)| name)
            value=adds.map(|(_, value)| value)
            class=emphasis.class()
            aria-disabled=move || idle().then_some("true")
            aria-busy=move || pending.get().then_some("true")
            on:click=move |event| {
                if untrack(idle) {
                    event.prevent_default();
                }
            }
        >
            {move || pending.get().then(|| view! { <Spinner/> })}
            {children()}
        </button>
    }
}
