//! The users of a list who are ticked, and what ticks them. The ticks outlive a page of the list, not the list.

use std::collections::BTreeSet;

use domain::Permission;
use leptos::{ev, html, prelude::*, task::spawn_local};

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    allowed::CurrentAdministrator,
    model::{Me, Selection, UserId},
};
use crate::{i18n::*, problem::Problem, ui::hydrated::use_hydrated};

/// How many users are selected.
#[server(prefix = "/api", endpoint = "hub/selected", client = crate::hub::client::HubClient)]
pub async fn count_selected(selection: Selection) -> Result<u32, Problem> {
    let (hub, administrator) = signed_in::<CountSelected>().await?;
    hub.count_selected(&administrator, &selection).await
}

/// Who is ticked.
#[derive(Clone, Copy)]
pub(super) struct Ticked {
    /// Of which list; its own ids are none.
    list: RwSignal<Selection>,
    ids: RwSignal<BTreeSet<UserId>>,
    /// Set if everybody who fits is meant, whoever is on the page.
    everybody: RwSignal<bool>,
    /// How many those are, once that is known.
    fitting: RwSignal<Option<u32>>,
}

impl Ticked {
    /// For all pages below.
    pub(super) fn provide() {
        provide_context(Self {
            list: RwSignal::default(),
            ids: RwSignal::default(),
            everybody: RwSignal::default(),
            fitting: RwSignal::default(),
        });
    }

    /// Those of this list. Who was ticked in another one is not any more.
    pub(super) fn of(list: Selection) -> Self {
        let ticked: Self = expect_context();
        if ticked.list.with_untracked(|known| *known != list) {
            ticked.clear();
            ticked.fitting.set(None);
            ticked.list.set(list);
        }
        ticked
    }

    /// Whether somebody is.
    pub(super) fn has(self, id: UserId) -> bool {
        self.everybody.get() || self.ids.read().contains(&id)
    }

    /// Whether all of these are.
    pub(super) fn has_all(self, page: &[UserId]) -> bool {
        !page.is_empty() && (self.everybody.get() || page.iter().all(|id| self.ids.read().contains(id)))
    }

    /// Whether everybody who fits is meant.
    pub(super) fn is_everybody(self) -> bool {
        self.everybody.get()
    }

    /// How many fit, once that is known.
    pub(super) fn fitting(self) -> Option<u32> {
        self.fitting.get()
    }

    /// How many are ticked.
    pub(super) fn count(self) -> u32 {
        match self.fitting.get().filter(|_| self.everybody.get()) {
            Some(all) => all,
            None => u32::try_from(self.ids.read().len()).unwrap_or(u32::MAX),
        }
    }

    /// Who is ticked, for the server.
    pub(super) fn selection(self) -> Selection {
        let everybody = self.everybody.get();
        let ids = if everybody { Vec::new() } else { self.ids.get().into_iter().collect() };
        Selection { everybody, ids, ..self.list.get() }
    }

    /// Ticks one or not. Where everybody was meant, the others of the page stay ticked.
    pub(super) fn set(self, id: UserId, ticked: bool, page: &[UserId]) {
        if self.everybody.get_untracked() {
            self.everybody.set(false);
            self.ids.set(page.iter().copied().collect());
        }
        self.ids.update(|ids| _ = if ticked { ids.insert(id) } else { ids.remove(&id) });
    }

    /// Ticks all of a page or none of it.
    pub(super) fn set_all(self, page: &[UserId], ticked: bool) {
        self.everybody.set(false);
        self.ids.update(|ids| {
            for id in page {
                _ = if ticked { ids.insert(*id) } else { ids.remove(id) };
            }
        });
        if ticked {
            self.ask();
        }
    }

    /// Means everybody who fits.
    pub(super) fn set_everybody(self) {
        self.everybody.set(true);
    }

    /// Ticks nobody.
    pub(super) fn clear(self) {
        self.everybody.set(false);
        self.ids.set(BTreeSet::new());
    }

    /// Asks how many fit: only for whoever has ticked a whole page, because it takes its time.
    fn ask(self) {
        let list = self.list.get_untracked();
        spawn_local(async move {
            let answer = count_selected(Selection { everybody: true, ..list.clone() }).await;
            // Another list may be open by now, or none.
            if let Ok(all) = answer
                && self.list.try_with_untracked(|now| *now == list) == Some(true)
            {
                _ = self.fitting.try_set(Some(all));
            }
        });
    }
}

/// Whether nobody gains anything by ticking: who may neither change users nor take their list out is shown no boxes. It is known once
/// the page is hydrated.
fn useless() -> Signal<bool> {
    let (me, hydrated): (CurrentAdministrator, _) = (expect_context(), use_hydrated());
    let may =
        |me: &Me| [Permission::UsersWrite, Permission::UsersExport].iter().any(|to| me.role.permissions().allow(*to));
    Signal::derive(move || hydrated.get() && me.with(|me| !matches!(me, Some(Ok(me)) if may(me))))
}

/// The box that ticks a user. It stands in the cell that says who it is.
#[component]
pub(super) fn Tick(
    /// The ticks.
    ticked: Ticked,
    /// The user's id.
    id: UserId,
    /// The BroadWorks ID.
    #[prop(into)]
    name: Signal<String>,
    /// Who else is on the page.
    page: Signal<Vec<UserId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let hydrated = use_hydrated();
    let label = move || name.with(|user| t_string!(i18n, hub.bulk.pick, user = user.as_str()).to_string());
    let on = Memo::new(move |_| ticked.has(id));
    view! {
        <label class="tick" hidden=useless()>
            <input
                type="checkbox"
                aria-label=label
                aria-keyshortcuts="x"
                disabled=move || !hydrated.get()
                prop:checked=on
                on:change=move |event| ticked.set(id, event_target_checked(&event), &page.get_untracked())
            />
        </label>
    }
}

/// The box that ticks a whole page.
#[component]
pub(super) fn TickPage(
    /// The ticks.
    ticked: Ticked,
    /// Who is on the page.
    page: Signal<Vec<UserId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let hydrated = use_hydrated();
    let all = Memo::new(move |_| ticked.has_all(&page.read()));
    let some = Memo::new(move |_| !all.get() && page.read().iter().any(|id| ticked.has(*id)));
    view! {
        <label class="tick" hidden=useless()>
            <input
                type="checkbox"
                aria-label=text!(i18n, hub.bulk.pick_page)
                disabled=move || !hydrated.get()
                prop:checked=all
                prop:indeterminate=some
                on:change=move |event| ticked.set_all(&page.get_untracked(), event_target_checked(&event))
            />
        </label>
    }
}

/// While the list is open: `j` and `k` walk its rows, of which `walked` hears, and `x` ticks the one that has the focus.
pub(super) fn walk_by_keys(table: NodeRef<html::Div>, walked: impl Fn(Option<usize>) + Copy + 'static) {
    Effect::new(move || {
        let listener = window_event_listener(ev::keydown, move |event| {
            let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
            let Some(table) = table.get_untracked().filter(|_| plain && !typed_into(&event)) else { return };
            match event.key().as_str() {
                "j" => walked(walk(&table, 1)),
                "k" => walked(walk(&table, -1)),
                "x" => tick_focused(),
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || listener.remove());
    });
}

/// Whether a key belongs to whoever types there: a box to be ticked takes no letters.
pub(super) fn typed_into(event: &ev::KeyboardEvent) -> bool {
    let target = event_target::<leptos::web_sys::Element>(event);
    let kinds = "input:not([type=checkbox]), textarea, select, dialog, [role=menu], [contenteditable]";
    target.closest(kinds).ok().flatten().is_some()
}

/// Gives the row that is so many further on than the one with the focus the focus, at most the last one, and says which that is. Who
/// is in none goes on from the one that is shown beside the list, or begins.
#[cfg(feature = "hydrate")]
pub(super) fn walk(table: &leptos::web_sys::HtmlDivElement, by: i32) -> Option<usize> {
    use wasm_bindgen::JsCast as _;
    let links = links(table);
    let shown = || links.iter().position(|link| link.closest("tr[aria-current]").ok().flatten().is_some());
    let next = match focused(table).or_else(shown) {
        Some(at) => at.saturating_add_signed(isize::try_from(by).unwrap_or_default()).min(links.len().checked_sub(1)?),
        None => 0,
    };
    let link = links.get(next)?.dyn_ref::<leptos::web_sys::HtmlElement>()?;
    link.focus().is_ok().then_some(next)
}

/// Which row has the focus.
#[cfg(feature = "hydrate")]
pub(super) fn focused(table: &leptos::web_sys::HtmlDivElement) -> Option<usize> {
    let row = document().active_element()?.closest("tr").ok().flatten()?;
    links(table).iter().position(|link| link.closest("tr").ok().flatten().as_ref() == Some(&row))
}

/// The link of each row.
#[cfg(feature = "hydrate")]
fn links(table: &leptos::web_sys::HtmlDivElement) -> Vec<leptos::web_sys::Element> {
    use wasm_bindgen::JsCast as _;
    let Ok(links) = table.query_selector_all("tbody tr td:first-child a") else { return Vec::new() };
    (0..links.length()).filter_map(|at| links.item(at)?.dyn_into().ok()).collect()
}

#[cfg(not(feature = "hydrate"))]
pub(super) const fn walk(_: &leptos::web_sys::HtmlDivElement, _: i32) -> Option<usize> {
    None
}

#[cfg(not(feature = "hydrate"))]
pub(super) const fn focused(_: &leptos::web_sys::HtmlDivElement) -> Option<usize> {
    None
}

#[cfg(feature = "hydrate")]
fn tick_focused() {
    use wasm_bindgen::JsCast as _;
    let row = document().active_element().and_then(|active| active.closest("tr").ok().flatten());
    let tick = row.and_then(|row| row.query_selector(".tick:not([hidden]) input").ok().flatten());
    if let Some(tick) = tick.and_then(|tick| tick.dyn_into::<leptos::web_sys::HtmlElement>().ok()) {
        tick.click();
    }
}

#[cfg(not(feature = "hydrate"))]
const fn tick_focused() {}
