//! Whether those who are deleted may come back by themselves.

use leptos::prelude::*;

use crate::i18n::*;

/// The question, for one or for several.
#[component]
pub(super) fn Comeback(
    /// Whether they may not.
    forbid: RwSignal<bool>,
    /// Whether it is asked of several.
    #[prop(optional)]
    several: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let words = move |one: &'static str, all: &'static str| if several { all } else { one };
    let allow = move || words(t_string!(i18n, hub.delete.allow), t_string!(i18n, hub.bulk.allow));
    let refuse = move || words(t_string!(i18n, hub.delete.forbid), t_string!(i18n, hub.bulk.forbid));
    view! {
        <fieldset class="choices">
            <legend>{text!(i18n, hub.delete.afterwards)}</legend>
            <label class="choice">
                <input type="radio" name="comeback" checked=true on:change=move |_| forbid.set(false)/>
                {allow}
            </label>
            <label class="choice">
                <input type="radio" name="comeback" on:change=move |_| forbid.set(true)/>
                {refuse}
            </label>
        </fieldset>
    }
}
