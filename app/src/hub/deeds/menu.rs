//! The menu of what can be done for a user.

use domain::lifecycle::Actions;
use leptos::prelude::*;

use super::{dialog::UserDialog, error_text};
use crate::{
    hub::model::UserRow,
    i18n::*,
    ui::menu::{Menu, MenuItem},
};

/// The three dots: only what is possible now.
#[component]
pub(in crate::hub) fn UserMenu(
    /// Its element id.
    id: String,
    /// How the user stands.
    #[prop(into)]
    user: Signal<UserRow>,
    /// Where it opens dialogs.
    dialog: RwSignal<Option<UserDialog>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let offered = Memo::new(move |_| (user.read().actions, user.read().has_error_text()));
    let any = move || {
        let (Actions { onboard, retry, remove, change_package, relocate }, has_error_text) = offered.get();
        onboard || retry || remove || change_package || relocate || has_error_text
    };
    let label = Signal::derive(move || {
        user.with(|user| t_string!(i18n, hub.status.actions_for, user = user.broadworks_id.as_str()))
    });
    let open = move |of: fn(UserRow) -> UserDialog| move || dialog.set(Some(of(user.get_untracked())));
    let copy = error_text::copier(i18n, user, dialog);
    let items = move || {
        let (actions, has_error_text) = offered.get();
        view! {
            {(actions.onboard || actions.retry).then(|| view! {
                <MenuItem on_choose=open(UserDialog::Retry)>{text!(i18n, hub.retry.title)}</MenuItem>
            })}
            {actions.change_package.then(|| view! {
                <MenuItem on_choose=open(UserDialog::ChangePackage)>{text!(i18n, hub.change_package.title)}</MenuItem>
            })}
            {actions.relocate.then(|| view! {
                <MenuItem on_choose=open(UserDialog::Move)>{text!(i18n, hub.moving.title)}</MenuItem>
            })}
            {has_error_text.then(|| view! { <MenuItem on_choose=copy>{text!(i18n, hub.error_text.title)}</MenuItem> })}
            {actions.remove.then(|| view! {
                <MenuItem on_choose=open(UserDialog::Delete) danger=true>{text!(i18n, hub.delete.title)}</MenuItem>
            })}
        }
    };
    view! {
        <Show when=any>
            <Menu id=id.clone() label>{items}</Menu>
        </Show>
    }
}
