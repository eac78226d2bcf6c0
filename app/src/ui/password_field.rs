//! A field for a password, which can be shown where JavaScript runs.

use leptos::{prelude::*, text_prop::TextProp};

use super::{field::Field, hydrated::use_hydrated};
use crate::i18n::*;

/// A field for a password.
#[component]
pub fn PasswordField(
    /// The form field's name, and the element's id.
    name: &'static str,
    /// The label.
    #[prop(into)]
    label: TextProp,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// What to enter, said below the label.
    #[prop(into, optional)]
    hint: TextProp,
    /// What is wrong with what was entered, said below the field.
    #[prop(into, optional)]
    error: MaybeProp<String>,
    /// The id of the element that says what is wrong, if that is told elsewhere.
    #[prop(into, optional)]
    refused_by: MaybeProp<&'static str>,
    /// Whether a new page begins here.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let hydrated = use_hydrated();
    let shown = RwSignal::new(false);
    // In the portal `frontend/portal` shows it and listens to it.
    let toggle = view! {
            <button
                type="button"
                class="password-toggle"
                hidden=move || !hydrated.get()
                data-shown=move || shown.get().then_some("")
                data-other=text!(i18n, ui.hide_password)
                aria-controls=name
                // There may be another one on the page.
                aria-describedby=format!("{name}-label")
                aria-label=move || {
                    if shown.get() { t_string!(i18n, ui.hide_password) } else { t_string!(i18n, ui.show_password) }
                }
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false">
                    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/>
                    <circle cx="12" cy="12" r="2.8"/>
                    <path class="password-strike" d="M4 20 20 4"/>
                </svg>
            </button>
    };
    view! {
        <div class="password">
            <Field
                name
                label
                hint
                error
                refused_by
                input=view! {
                    <{..}
                        type=move || if shown.get() { "text" } else { "password" }
                        required=""
                        autocomplete=autocomplete
                        autocapitalize="none"
                        spellcheck="false"
                        autofocus=autofocus
                    />
                }
            />
            {toggle}
        </div>
    }
}
