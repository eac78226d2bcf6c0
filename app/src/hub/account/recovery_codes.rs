//! The recovery codes, which are shown this once.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    i18n::*,
    ui::{button::Emphasis, clipboard, dialog_foot::DialogFoot, notice::Tone, text_file::TextFile},
};

/// The codes, to be copied or kept as a file.
#[component]
pub(super) fn RecoveryCodes(
    /// The codes.
    codes: Vec<String>,
    /// Until somebody says that they have them.
    at_risk: RwSignal<bool>,
    /// Whether somebody wanted to close the dialog before.
    reminded: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let lines = codes.iter().map(|code| format!("{code}\n")).collect::<String>();
    let copied = RwSignal::new(None::<bool>);
    let copy = {
        let lines = lines.clone();
        move |_| {
            let lines = lines.clone();
            spawn_local(async move {
                let done = clipboard::copy(&lines).await;
                _ = copied.try_set(Some(done));
            });
        }
    };
    // A toast would stand behind the dialog.
    let outcome = move || {
        copied.get().map(|done| match done {
            true => t_string!(i18n, ui.copied),
            false => t_string!(i18n, ui.copy_blocked),
        })
    };
    view! {
        <div class="form">
            <p>
                <strong>{text!(i18n, hub.factor.codes_lead)}</strong>
            </p>
            <ol class="recovery-codes id" translate="no">
                {codes.into_iter().map(|code| view! { <li>{code}</li> }).collect_view()}
            </ol>
            <p class="actions">
                <button type="button" class=Emphasis::Primary.class() autofocus=true on:click=copy>
                    {text!(i18n, hub.factor.copy)}
                </button>
                <TextFile text=lines name="recovery-codes.txt">{text!(i18n, hub.factor.download)}</TextFile>
                <span class="secret-copied" role="status">{outcome}</span>
            </p>
            <p role="alert" class=move || reminded.get().then_some(Tone::Warning.class())>
                {move || reminded.get().then(|| t_string!(i18n, hub.factor.reminder))}
            </p>
            <DialogFoot way_out=move || t_string!(i18n, hub.factor.kept) on_leave=move || at_risk.set(false)/>
        </div>
    }
}
