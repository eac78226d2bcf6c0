//! Who is shown beside the list. It stands in the address, so that it can be sent, outlives a reload, and going back closes it.

use std::time::Duration;

use leptos::{ev, html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
    params::ParamsMap,
};

use crate::{
    hub::{
        address,
        live::Stale,
        model::UserId,
        selection::{focused, typed_into, walk},
        user_detail::Place,
    },
    ui::focus::focus_within,
};

/// However fast somebody walks, a user is read and written into the address at most this often: browsers bear no more.
const BETWEEN_USERS: Duration = Duration::from_millis(120);

/// Who is shown beside the list.
#[derive(Clone, Copy)]
pub(super) struct Beside {
    path: Memo<String>,
    query: Memo<ParamsMap>,
    /// The user, as the address names them.
    pub(super) user: Memo<Option<UserId>>,
    /// Goes to an address, in place of this one or not.
    go: Callback<(String, bool)>,
    /// Whether the address before this one is the list's alone.
    opened_here: StoredValue<bool>,
    /// Who is shown next, while somebody walks.
    next: StoredValue<Option<UserId>>,
    /// Whether whoever opens the panel is to be led into it.
    entering: StoredValue<bool>,
    /// How often it was told that what is shown may be stale.
    stale: RwSignal<u32>,
}

impl Beside {
    /// For the list that is being made.
    pub(super) fn new() -> Self {
        let (path, query, navigate) = (use_location().pathname, use_query_map(), use_navigate());
        let user = Memo::new(move |_| address::id_in(&query.read(), address::USER).ok().flatten());
        let go = Callback::new(move |(to, replace): (String, bool)| {
            navigate(&to, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        });
        let (opened_here, next, entering) = (StoredValue::new(false), StoredValue::new(None), StoredValue::new(false));
        let beside = Self { path, query, user, go, opened_here, next, entering, stale: RwSignal::new(0) };
        Effect::new(move |before: Option<Option<UserId>>| {
            let now = user.get();
            match (before.flatten(), now) {
                (Some(left), None) => beside.closed(left),
                // Where there is no room beside a list, a user has a page.
                (_, Some(id)) if !browser::has_room() => go.run((address::user(id), true)),
                _ => {}
            }
            now
        });
        beside
    }

    /// The address of the list alone.
    pub(super) fn alone(self) -> String {
        address::beside(&self.path.read(), &self.query.read(), None)
    }

    /// Shows somebody.
    fn show(self, id: UserId) {
        let shown = self.user.get_untracked();
        if shown == Some(id) {
            return;
        }
        if shown.is_none() {
            self.opened_here.set_value(true);
        }
        let to = untrack(|| address::beside(&self.path.read(), &self.query.read(), Some(id)));
        self.go.run((to, shown.is_some()));
    }

    /// Closes the panel.
    pub(super) fn close(self) {
        self.next.set_value(None);
        if self.opened_here.get_value() {
            browser::go_back();
        } else {
            self.go.run((untrack(|| self.alone()), true));
        }
    }

    /// However it was closed: whoever was in the panel is where they opened it.
    fn closed(self, user: UserId) {
        self.opened_here.set_value(false);
        self.next.set_value(None);
        browser::give_back(&address::user(user));
    }

    /// Somebody walks to this user.
    fn follow(self, id: UserId) {
        if self.user.get_untracked().is_none() {
            return;
        }
        let list = self.path.get_untracked();
        let Some(None) = self.next.try_update_value(|next| next.replace(id)) else { return };
        let arrived = move || {
            let Some(Some(id)) = self.next.try_update_value(Option::take) else { return };
            // The panel may be closed by now, and another page on its way.
            if self.user.get_untracked().is_some() && self.path.get_untracked() == list {
                self.show(id);
            }
        };
        set_timeout(arrived, BETWEEN_USERS);
    }

    /// A click in a user's row that is for no control shows the user; the keys go on from there.
    pub(super) fn click(self, event: &ev::MouseEvent, id: UserId) {
        if browser::is_meant_for_row(event) {
            self.show(id);
        }
    }

    /// While the list is open: `o` leads from a row into the panel, the arrows walk while it is there, and Esc closes it.
    pub(super) fn open_by_keys(self, table: NodeRef<html::Div>, page: Signal<Vec<UserId>>) {
        Effect::new(move || {
            let listener = window_event_listener(ev::keydown, move |event| {
                let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented());
                if !plain || typed_into(&event) {
                    return;
                }
                let (is_open, rows) = (self.user.get_untracked().is_some(), table.get_untracked());
                let at = rows.as_ref().and_then(focused);
                match (event.key().as_str(), rows) {
                    ("o", Some(_)) if at.is_some() => self.enter(at, page),
                    ("Escape", _) if is_open => self.close(),
                    (key @ ("ArrowDown" | "ArrowUp"), Some(rows)) if is_open && at.is_some() => {
                        let at = walk(&rows, if key == "ArrowDown" { 1 } else { -1 });
                        self.walked(at, page);
                    }
                    _ => return,
                }
                event.prevent_default();
            });
            on_cleanup(move || listener.remove());
        });
    }

    /// Somebody has walked to this row.
    pub(super) fn walked(self, at: Option<usize>, page: Signal<Vec<UserId>>) {
        if let Some(id) = in_row(at, page) {
            self.follow(id);
        }
    }

    /// Leads into the panel of whom this row shows.
    fn enter(self, at: Option<usize>, page: Signal<Vec<UserId>>) {
        let Some(id) = in_row(at, page) else { return };
        if self.user.get_untracked() == Some(id) {
            focus_within(Place::Panel.heading());
        } else {
            self.entering.set_value(true);
            self.show(id);
        }
    }

    /// The panel has been made: leads whoever wanted that into it.
    pub(super) fn made(self) {
        Effect::new(move || {
            if self.entering.try_update_value(std::mem::take).unwrap_or_default() {
                // By the next frame what has just been made is on the page.
                request_animation_frame(|| _ = focus_within(Place::Panel.heading()));
            }
        });
    }

    /// Tells the panel what is stale.
    pub(super) fn hear(self, stale: &Stale) {
        let concerned = match stale {
            Stale::Everything => true,
            Stale::Users(ids) => self.user.get_untracked().is_some_and(|user| ids.contains(&user)),
        };
        if concerned {
            _ = self.stale.try_update(|times| *times += 1);
        }
    }

    /// While the component lives: reads again what is told to be stale.
    pub(super) fn refreshed(self, read: impl Fn() + 'static) {
        Effect::new(move |before: Option<u32>| {
            let times = self.stale.get();
            if before.is_some_and(|before| before != times) {
                read();
            }
            times
        });
    }
}

/// Whom a row shows.
fn in_row(at: Option<usize>, page: Signal<Vec<UserId>>) -> Option<UserId> {
    page.with_untracked(|page| page.get(at?).copied())
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{ev, prelude::*};
    use wasm_bindgen::{JsCast as _, JsValue};
    use web_sys::Element;

    use crate::ui::focus::{focus, focus_heading, is_lost};

    /// Whether a panel has room beside the list; the sheet of styles says so, of the whole window: whoever comes back to a list asks
    /// before it is on the page.
    pub(super) fn has_room() -> bool {
        let root = document().document_element();
        let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
        style.and_then(|style| style.get_property_value("--room").ok()).is_some_and(|room| room.trim() == "1")
    }

    pub(super) fn go_back() {
        // A page without a history stays.
        _ = window().history().and_then(|history| history.back());
    }

    /// Whoever was in the panel is at the row of its user, or where the list begins.
    pub(super) fn give_back(user: &str) {
        let active = document().active_element();
        let in_panel = active.is_some_and(|active| active.closest(".user-panel").ok().flatten().is_some());
        if !in_panel && !is_lost() {
            return;
        }
        match document().query_selector(&format!(".users a[href='{user}']")).ok().flatten() {
            Some(link) => focus(Some(link)),
            None => _ = focus_heading(),
        }
    }

    /// Whether a click is for the row and for nothing in it; the row's link has the focus then.
    pub(super) fn is_meant_for_row(event: &ev::MouseEvent) -> bool {
        let target = event_target::<Element>(event);
        let control = target.closest("a, button, input, label, [popover]").ok().flatten();
        if control.is_some() || event.ctrl_key() || event.meta_key() || event.shift_key() || is_selecting() {
            return false;
        }
        focus(
            target.closest("tr").ok().flatten().and_then(|row| row.query_selector("td:first-child a").ok().flatten()),
        );
        true
    }

    /// Whether a text is selected: who copies an address opens nothing.
    fn is_selecting() -> bool {
        let select = js_sys::Reflect::get(&window(), &JsValue::from_str("getSelection")).ok();
        let select = select.and_then(|select| select.dyn_into::<js_sys::Function>().ok());
        let selected = select.and_then(|select| select.call0(&window()).ok());
        selected.is_some_and(|selected| !String::from(js_sys::Object::from(selected).to_string()).is_empty())
    }
}

/// No server has a window.
#[cfg(not(feature = "hydrate"))]
mod browser {
    use leptos::ev;

    pub(super) const fn has_room() -> bool {
        true
    }

    pub(super) const fn go_back() {}

    pub(super) const fn give_back(_: &str) {}

    pub(super) const fn is_meant_for_row(_: &ev::MouseEvent) -> bool {
        false
    }
}
