//! A labelled field in which a file is chosen, in the reader's language: what a browser writes into its own is in the
//! browser's.

use leptos::{attr::Attribute, prelude::*, text_prop::TextProp};

use crate::i18n::*;

/// A labelled field in which a file is chosen or dropped. The browser's own lies over it, unseen, and works as ever.
///
/// ```ignore
/// <FileField name="photo" label="Photo" chosen input=view! { <{..} accept="image/*" on:change=move |_| send()/> }/>
/// ```
#[component]
pub fn FileField<A: Attribute>(
    /// The form field's name, and the element's id.
    name: &'static str,
    /// The label.
    #[prop(into)]
    label: TextProp,
    /// What to choose, said below the label.
    #[prop(into)]
    hint: TextProp,
    /// The name of the chosen file.
    #[prop(into)]
    chosen: Signal<Option<String>>,
    /// The attributes and listeners of its input.
    input: A,
) -> impl IntoView {
    let i18n = use_i18n();
    let [label_id, hint_id, button_id] = ["label", "hint", "button"].map(|part| format!("{name}-{part}"));
    let shown = move || match chosen.get() {
        Some(file) => view! { <span class="file-name" translate="no">{file}</span> }.into_any(),
        None => view! { <span class="file-name muted">{text!(i18n, ui.no_file)}</span> }.into_any(),
    };
    view! {
        <div class="field">
            <label for=name id=label_id.clone()>{move || label.get()}</label>
            <p class="field-hint" id=hint_id.clone()>{move || hint.get()}</p>
            <div class="file">
                <span class="button button-secondary" id=button_id.clone()>{text!(i18n, ui.choose_file)}</span>
                {shown}
                <input
                    id=name
                    name=name
                    aria-labelledby=format!("{label_id} {button_id}")
                    aria-describedby=hint_id
                    type="file"
                    {..input}
                />
            </div>
        </div>
    }
}
