//! A labelled text field.

use leptos::{attr::Attribute, prelude::*, text_prop::TextProp};

/// A labelled text field.
///
/// ```ignore
/// <Field name="email" label="Email address" input=view! { <{..} type="email" autocomplete="email" required/> }/>
/// ```
#[component]
pub fn Field<A: Attribute>(
    /// The form field's name, and the element's id.
    name: &'static str,
    /// The label.
    #[prop(into)]
    label: TextProp,
    /// What to enter, said below the label.
    #[prop(into, optional)]
    hint: TextProp,
    /// What is wrong with what was entered, said below the field.
    #[prop(into, optional)]
    error: MaybeProp<String>,
    /// The id of the element that says what is wrong, if that is told elsewhere.
    #[prop(into, optional)]
    refused_by: MaybeProp<&'static str>,
    /// The attributes and listeners of its input. (Those given to a component itself go to its outermost element.)
    input: A,
) -> impl IntoView {
    let hint_id = (!untrack(|| hint.get()).is_empty()).then(|| format!("{name}-hint"));
    let error_id = format!("{name}-error");
    let described_by = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || {
            let ids: Vec<String> =
                [refused_by.get().map(str::to_owned), error.get().map(|_| error_id.clone()), hint_id.clone()]
                    .into_iter()
                    .flatten()
                    .collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    let invalid = move || (error.get().is_some() || refused_by.get().is_some()).then_some("true");
    view! {
        <div class="field">
            <label for=name id=format!("{name}-label")>{text(&label)}</label>
            {hint_id.map(|id| view! { <p class="field-hint" id=id>{text(&hint)}</p> })}
            <input
                id=name
                name=name
                aria-describedby=described_by
                aria-invalid=invalid
                class="input"
                {..input}
            />
            <p class="field-error" id=error_id aria-live="polite">{move || error.get()}</p>
        </div>
    }
}

/// The text as a view that follows the language.
fn text(text: &TextProp) -> impl Fn() -> Oco<'static, str> + use<> {
    let text = text.clone();
    move || text.get()
}
