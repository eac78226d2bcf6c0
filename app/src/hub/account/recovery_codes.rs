//! The recovery codes, which are shown this once.

use leptos::prelude::*;

use crate::{
    i18n::*,
    ui::{clipboard::CopyHere, text_file::TextFile},
};

/// The codes, to be copied or kept as a file.
#[component]
pub(super) fn RecoveryCodes(
    /// The codes.
    codes: Vec<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let lines = codes.iter().map(|code| format!("{code}\n")).collect::<String>();
    view! {
        <p>
            <strong>{text!(i18n, hub.factor.codes_lead)}</strong>
        </p>
        <ol class="recovery-codes id" translate="no">
            {codes.into_iter().map(|code| view! { <li>{code}</li> }).collect_view()}
        </ol>
        <p class="actions">
            <CopyHere text=lines.clone() label=text!(i18n, hub.factor.copy) autofocus=true>
                <TextFile text=lines name="recovery-codes.txt">{text!(i18n, hub.factor.download)}</TextFile>
            </CopyHere>
        </p>
    }
}
