//! One row of User Status and its menu.

use domain::{
    Fault, Status, Timestamp,
    fault::Audience,
    lifecycle::{Actions, Order},
    subscriber::Requirement,
};
use leptos::prelude::*;

use super::{dialogs::UserDialog, error_text, list::Row};
use crate::{
    hub::{
        model::{UnderWay, UserRow},
        text::{package_text, requirement_text},
    },
    i18n::*,
    ui::{
        badge::StatusBadge,
        fault,
        menu::{Menu, MenuItem},
        moment::Moment,
        table::Cell,
    },
};

/// One row.
#[component]
pub(super) fn User(
    /// What it shows.
    row: Row,
    /// Where its menu opens dialogs.
    dialog: RwSignal<Option<UserDialog>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let user = RwSignal::from(row.user);
    let changes = RwSignal::from(row.changes);
    let package = move || {
        let package = package_text(i18n.get_locale(), user.read().package);
        let wanted = user.with(|user| user.wanted_package.filter(|wanted| *wanted != user.package)).map(|wanted| {
            let becomes = move || package_text(i18n.get_locale(), wanted);
            view! { <span class="muted">{t!(i18n, hub.status.becomes, package = becomes)}</span> }
        });
        view! { {package} " " {wanted} }
    };
    let moment = Signal::derive(move || user.read().changed);
    // Two names for the same animation: it runs again for the next change.
    let changed = move || match changes.get() {
        0 => None,
        odd if odd % 2 == 1 => Some("odd"),
        _ => Some("even"),
    };
    view! {
        <tr role="row" data-changed=changed>
            <Cell label=move || t_string!(i18n, hub.status.broadworks_id)>
                <span class="id" translate="no">{move || user.read().broadworks_id.clone()}</span>
            </Cell>
            <Cell label=move || t_string!(i18n, hub.status.name)>{move || user.read().name.clone()}</Cell>
            <Cell label=move || t_string!(i18n, hub.status.package)>{package}</Cell>
            <Cell label=move || t_string!(i18n, hub.status.status)>
                <StatusBadge status=Signal::derive(move || user.read().status)/>
            </Cell>
            <Cell label=move || t_string!(i18n, hub.status.pending)>
                <Pending user/>
            </Cell>
            <Cell label=move || t_string!(i18n, hub.status.changed)>
                <Moment at=moment/>
            </Cell>
            <Cell label=move || t_string!(i18n, hub.status.actions)>
                <UserMenu id=row.id user dialog/>
            </Cell>
        </tr>
    }
}

/// What the user waits for, or what went wrong and what to do about it. Never nothing: an empty cell says less than that
/// nothing is pending.
#[component]
fn Pending(user: RwSignal<UserRow>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        let user = user.get();
        let locale = i18n.get_locale();
        let fault = user.fault().map(|found| {
            view! {
                <Cause found/>
                <p class="muted">{fault::remedy(locale, Audience::Administrator, found)}</p>
            }
        });
        let requirement = user.requirement.map(|requirement| {
            // Somebody who is to enter or confirm an address, where the portal takes none.
            let closed =
                matches!(requirement, Requirement::EmailInput | Requirement::EmailValidation) && !user.portal_open;
            view! {
                <p>{requirement_text(locale, requirement)}</p>
                {closed.then(|| view! { <p class="fault">{t!(i18n, hub.requirement.portal_closed)}</p> })}
            }
        });
        let under_way = match (user.under_way, user.status) {
            // The requirement says it already, and better.
            (Some(UnderWay { hitch: None, .. }), _) if user.requirement.is_some() => None,
            (Some(under_way), _) => Some(view! { <Working under_way since=user.changed/> }.into_any()),
            (None, Status::Provisioning | Status::Updating) => {
                Some(view! { <p>{t!(i18n, hub.under_way.update)}</p> }.into_any())
            }
            (None, _) => None,
        };
        let nothing = (fault.is_none() && requirement.is_none() && under_way.is_none())
            .then(|| view! { <span class="muted none">{t!(i18n, hub.status.nothing_pending)}</span> });
        view! {
            {requirement}
            {fault}
            {under_way}
            {nothing}
        }
    }
}

#[component]
fn Cause(found: Fault) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <p class="fault">
            {move || fault::cause(i18n.get_locale(), found)} " "
            <span class="code">{t!(i18n, hub.status.code, code = move || found.code())}</span>
        </p>
    }
}

/// What is being done; if that did not succeed at first, why, since when, how often it was tried and when it is again.
#[component]
fn Working(under_way: UnderWay, since: Timestamp) -> impl IntoView {
    let i18n = use_i18n();
    let UnderWay { order, attempts, hitch, again } = under_way;
    let doing = move || match order {
        Order::SendProof => t_string!(i18n, hub.under_way.mail),
        Order::CreateAccount => t_string!(i18n, hub.under_way.create),
        Order::AwaitConsent => t_string!(i18n, hub.under_way.consent),
        Order::UpdateAccount => t_string!(i18n, hub.under_way.update),
        Order::RemoveAccount => t_string!(i18n, hub.under_way.remove),
    };
    let Some(found) = hitch else { return view! { <p>{doing}</p> }.into_any() };
    view! {
        <Cause found/>
        <p class="muted">
            {doing} " " {t!(i18n, hub.under_way.since)} " " <Moment at=since/> "."
            {(attempts > 0).then(|| view! { " " {t!(i18n, hub.under_way.attempts, count = move || attempts)} })}
            {again.map(|at| view! { " " {t!(i18n, hub.under_way.again)} " " <Moment at/> "." })}
        </p>
    }
    .into_any()
}

/// The three dots: only what is possible now.
#[component]
fn UserMenu(id: String, user: RwSignal<UserRow>, dialog: RwSignal<Option<UserDialog>>) -> impl IntoView {
    let i18n = use_i18n();
    let offered = Memo::new(move |_| (user.read().actions, user.read().has_error_text()));
    let any = move || {
        let (Actions { onboard, retry, remove, change_package }, has_error_text) = offered.get();
        onboard || retry || remove || change_package || has_error_text
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
                <MenuItem on_choose=open(UserDialog::Retry)>{t!(i18n, hub.retry.title)}</MenuItem>
            })}
            {actions.change_package.then(|| view! {
                <MenuItem on_choose=open(UserDialog::ChangePackage)>{t!(i18n, hub.change_package.title)}</MenuItem>
            })}
            {has_error_text.then(|| view! { <MenuItem on_choose=copy>{t!(i18n, hub.error_text.title)}</MenuItem> })}
            {actions.remove.then(|| view! {
                <MenuItem on_choose=open(UserDialog::Delete) danger=true>{t!(i18n, hub.delete.title)}</MenuItem>
            })}
        }
    };
    view! {
        <Show when=any>
            <Menu id=format!("menu-{id}") label>{items}</Menu>
        </Show>
    }
}
