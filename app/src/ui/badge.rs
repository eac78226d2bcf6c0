//! A subscriber's status at a glance.

use domain::Status;
use leptos::prelude::*;

use crate::i18n::*;

/// The status in the reader's language. Colour and mark go with the words, they never stand for them.
#[component]
pub fn StatusBadge(
    /// The status.
    #[prop(into)]
    status: Signal<Status>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <span class="status" data-tone=move || tone(status.get())>
            {move || status_text(i18n.get_locale(), status.get())}
        </span>
    }
}

/// The status in the reader's language.
#[must_use]
pub fn status_text(locale: Locale, status: Status) -> &'static str {
    match status {
        Status::PendingEmailInput => td_string!(locale, ui.state.pending_email_input),
        Status::PendingEmailValidation => td_string!(locale, ui.state.pending_email_validation),
        Status::PendingUserMigration => td_string!(locale, ui.state.pending_user_migration),
        Status::Provisioning => td_string!(locale, ui.state.provisioning),
        Status::Provisioned => td_string!(locale, ui.state.provisioned),
        Status::Updating => td_string!(locale, ui.state.updating),
        Status::Error => td_string!(locale, ui.state.error),
    }
}

/// What the status means for the one who looks: nothing to do, somebody has to act, under way, failed.
const fn tone(status: Status) -> &'static str {
    match status {
        Status::Provisioned => "good",
        Status::PendingEmailInput | Status::PendingEmailValidation | Status::PendingUserMigration => "waiting",
        Status::Provisioning | Status::Updating => "busy",
        Status::Error => "bad",
    }
}
