//! One row of User Status and its menu.

use domain::Timestamp;
use leptos::prelude::*;
use leptos_router::components::A;

use super::{beside::Beside, list::Row};
use crate::{
    hub::{
        address,
        deeds::{dialog::UserDialog, menu::UserMenu},
        model::UserId,
        pending::Pending,
        selection::{Tick, Ticked},
        text::package_text,
    },
    i18n::*,
    ui::{
        badge::StatusBadge,
        moment::{Ago, Moment},
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
    /// Whether it is ticked.
    ticked: Ticked,
    /// Who else is on the page.
    page: Signal<Vec<UserId>>,
    /// The time now.
    now: Signal<Option<Timestamp>>,
    /// Who is shown beside the list.
    beside: Beside,
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
    let to = address::user(row.id);
    let name = Signal::derive(move || user.read().broadworks_id.clone());
    let id = row.id;
    let is_beside = move || (beside.user.get() == Some(id)).then_some("true");
    let is_ticked = move || ticked.has(id).then_some("");
    view! {
        <tr
            role="row"
            data-changed=changed
            data-ticked=is_ticked
            aria-current=is_beside
            on:click=move |event| beside.click(&event, id)
        >
            <Cell label=text!(i18n, hub.status.broadworks_id)>
                <Tick ticked id name page/>
                <A href=to attr:class="id" attr:translate="no" attr:aria-keyshortcuts="o">
                    {move || user.read().broadworks_id.clone()}
                </A>
            </Cell>
            <Cell label=text!(i18n, hub.status.name)>{move || user.read().name.clone()}</Cell>
            <Cell label=text!(i18n, hub.status.package)>{package}</Cell>
            <Cell label=text!(i18n, hub.status.status)>
                <StatusBadge status=Signal::derive(move || user.read().status)/>
            </Cell>
            <Cell label=text!(i18n, hub.status.pending)>
                <div class="pending">
                    <Pending user/>
                </div>
            </Cell>
            <Cell label=text!(i18n, hub.status.changed)>
                <Moment at=moment/> " " <Ago at=moment now/>
            </Cell>
            <Cell label=text!(i18n, hub.status.actions)>
                <UserMenu id=format!("menu-{id}") user dialog/>
            </Cell>
        </tr>
    }
}
