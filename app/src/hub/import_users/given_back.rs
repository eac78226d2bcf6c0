//! The refused rows as a file, to be corrected and imported.

use leptos::prelude::*;

use crate::{i18n::*, ui::text_file::TextFile};

/// The link to the file, where there are any.
#[component]
pub(super) fn GivenBack(file: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    file.map(|file| {
        view! {
            <p class="actions">
                <TextFile text=file name="refused-rows.csv">{text!(i18n, hub.importing.given_back)}</TextFile>
                <span class="muted">{text!(i18n, hub.importing.given_back_hint)}</span>
            </p>
        }
    })
}
