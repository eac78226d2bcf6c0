//! A boxed remark.

use leptos::prelude::*;

/// What kind of remark it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    #[default]
    Info,
    /// It worked.
    Success,
    /// Needs attention soon.
    Warning,
    /// Something went wrong.
    Error,
}

impl Tone {
    /// The CSS classes of a box in this tone.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Info => "notice notice-info",
            Self::Success => "notice notice-success",
            Self::Warning => "notice notice-warning",
            Self::Error => "notice notice-error",
        }
    }
}

/// A boxed remark that belongs to the page. What happens later is announced by [`super::problem::ProblemNotice`].
#[component]
pub fn Notice(
    /// What kind of remark it is.
    #[prop(optional)]
    tone: Tone,
    /// The remark.
    children: Children,
) -> impl IntoView {
    view! { <div class=tone.class()>{children()}</div> }
}
