//! A field for a filter in words, and what is wrong with it.

use domain::filter::Flaw;
use leptos::{prelude::*, text_prop::TextProp};

use super::text::flaw_text;
use crate::{i18n::*, ui::button::Emphasis};

/// A form that shows what a filter in words leaves. What cannot be understood stays in the field.
#[component]
pub(super) fn FilterForm(
    /// Where the list is.
    action: String,
    /// The parameter that holds the filter.
    name: &'static str,
    /// What was typed.
    typed: String,
    /// What is wrong with it.
    flaw: Option<Flaw>,
    /// What it is called, if not users are filtered.
    #[prop(into, optional)]
    label: Option<TextProp>,
    /// What could stand there.
    #[prop(default = "status:error stuck:>3d package:basic")]
    example: &'static str,
    /// What else the address has to hold.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let i18n = use_i18n();
    let wrong = flaw.is_some();
    let label = label.unwrap_or_else(|| TextProp::from(move || t_string!(i18n, hub.search.label)));
    let (form_label, field_label) = (label.clone(), label);
    let error = move || flaw.as_ref().map(|flaw| flaw_text(i18n.get_locale(), flaw));
    view! {
        <form method="get" action=action class="filter-form" role="search" aria-label=move || form_label.get()>
            {children.map(|more| more())}
            <label for="filter" class="visually-hidden">{move || field_label.get()}</label>
            <input
                type="search"
                id="filter"
                name=name
                value=typed
                class="input"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder=example
                aria-invalid=wrong.then_some("true")
                aria-describedby="filter-error"
            />
            <button type="submit" class=Emphasis::Secondary.class()>{text!(i18n, hub.search.submit)}</button>
            <p class="field-error" id="filter-error" role=wrong.then_some("alert")>{error}</p>
        </form>
    }
}
