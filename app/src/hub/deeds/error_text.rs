//! Copy Error Text: everything that somebody who helps needs to know to find the user and the cause, and no name or address.

use domain::fault::Audience;
use leptos::{html, prelude::*, task::spawn_local};

use super::dialog::UserDialog;
use crate::{
    hub::{model::UserRow, text::requirement_text},
    i18n::*,
    ui::{
        badge::status_text, clipboard, dialog::Dialog, dialog_foot::DialogFoot, fault, moment::iso8601,
        text_area::TextArea, toast::Toasts,
    },
};

/// Copies a user's error text; where the browser does not allow that, shows it to be copied by hand.
pub(super) fn copier(
    i18n: leptos_i18n::I18nContext<Locale>,
    user: Signal<UserRow>,
    dialog: RwSignal<Option<UserDialog>>,
) -> impl Fn() + Copy + Send + Sync + 'static {
    let toasts = Toasts::here();
    move || {
        let text = user.with_untracked(|user| error_text(i18n.get_locale_untracked(), user));
        spawn_local(async move {
            if clipboard::copy(&text).await {
                toasts.show(tu_string!(i18n, ui.copied));
            } else {
                dialog.set(Some(UserDialog::ErrorText(text)));
            }
        });
    }
}

/// One fact per line, in the reader's language.
fn error_text(locale: Locale, user: &UserRow) -> String {
    let under_way = user.under_way;
    let fault = user.fault().or_else(|| under_way.and_then(|under_way| under_way.setback));
    let again = under_way.and_then(|under_way| under_way.again);
    let tracking_id = user.problem.as_ref().and_then(|problem| problem.tracking_id.clone());
    let lines = [
        (td_string!(locale, hub.status.broadworks_id), Some(user.broadworks_id.clone())),
        (td_string!(locale, hub.customers.name), Some(format!("{} ({})", user.customer, user.enterprise_id))),
        (td_string!(locale, hub.template.kind), Some(user.template.clone())),
        (td_string!(locale, hub.error_text.code), fault.map(|fault| fault.code().to_string())),
        (td_string!(locale, hub.error_text.cause), fault.map(|found| fault::cause(locale, found).to_owned())),
        (
            td_string!(locale, hub.error_text.remedy),
            fault.map(|found| fault::remedy(locale, Audience::Administrator, found).to_owned()),
        ),
        (td_string!(locale, hub.error_text.detail), user.detail.clone()),
        (
            td_string!(locale, hub.error_text.pending),
            user.requirement.map(|requirement| requirement_text(locale, requirement).to_owned()),
        ),
        (
            td_string!(locale, hub.error_text.status),
            Some(format!("{} ({})", status_text(locale, user.status), user.status.as_str())),
        ),
        (td_string!(locale, hub.error_text.time), Some(iso8601(user.changed))),
        (
            td_string!(locale, hub.error_text.attempts),
            under_way.filter(|under_way| under_way.attempts > 0).map(|under_way| under_way.attempts.to_string()),
        ),
        (td_string!(locale, hub.error_text.again), again.map(iso8601)),
        (td_string!(locale, hub.error_text.tracking_id), tracking_id),
    ];
    let lines: Vec<String> =
        lines.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?))).collect();
    lines.join("\n")
}

/// The text, selected, in a dialog.
#[component]
pub(super) fn ErrorText(text: String, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let area = NodeRef::<html::Textarea>::new();
    Effect::new(move || {
        if let Some(area) = area.get() {
            area.select();
        }
    });
    view! {
        <Dialog title=text!(i18n, hub.error_text.title) on_close>
            <p>{text!(i18n, hub.error_text.blocked)}</p>
            <TextArea
                text
                node_ref=area
                attr:rows="11"
                attr:readonly=true
                attr:autofocus=true
                attr:aria-label=text!(i18n, hub.error_text.label)
            />
            <DialogFoot way_out=text!(i18n, ui.close)/>
        </Dialog>
    }
}
