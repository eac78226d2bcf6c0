//! Asks before something that was typed and not saved is lost.

use leptos::prelude::*;

use super::{
    button::Emphasis,
    dialog::{CloseDialog, Dialog},
    dialog_foot::DialogFoot,
};
use crate::i18n::*;

/// What would be lost by leaving the page.
#[derive(Clone, Copy)]
pub struct AtRisk(StoredValue<Vec<Signal<bool>>>);

impl AtRisk {
    /// For all pages below.
    pub fn provide() {
        provide_context(Self(StoredValue::default()));
    }

    /// That of the page.
    #[must_use]
    pub fn here() -> Self {
        expect_context()
    }

    /// Whether anything would.
    #[must_use]
    pub fn any(self) -> bool {
        let lost = |unsaved: &Signal<bool>| unsaved.try_get_untracked().unwrap_or_default();
        self.0.try_with_value(|known| known.iter().any(lost)).unwrap_or_default()
    }

    fn add(self, unsaved: Signal<bool>) {
        self.0.update_value(|known| {
            known.retain(|known| known.try_get_untracked().is_some());
            known.push(unsaved);
        });
    }
}

/// Where somebody wanted to go.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only browsers are left"))]
#[derive(Clone, PartialEq)]
enum Exit {
    /// Where a link leads.
    Link(String),
    /// Where the browser's back button leads.
    Back,
    /// Where sending a form leads, such as the one that signs out.
    Form,
}

/// While something is `unsaved`, leaving the page asks first: in a dialog of ours for links, forms and the browser's back
/// button, and in the browser's own words where it leaves the application (a reload, a closed window, another site).
///
/// Forms with the attribute `data-saves` may be sent, and those in dialogs.
#[component]
pub fn AskBeforeLeaving(
    /// Whether something would be lost.
    #[prop(into)]
    unsaved: Signal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    AtRisk::here().add(unsaved);
    let exit = RwSignal::new(None::<Exit>);
    let leave = watch_exits(unsaved, exit);
    move || {
        exit.get().map(|wanted| {
            view! {
                <Dialog title=text!(i18n, ui.unsaved.title) on_close=move || exit.set(None)>
                    <Question leave=move || leave(wanted.clone())/>
                </Dialog>
            }
        })
    }
}

#[component]
fn Question(leave: impl Fn() + Send + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let dialog = CloseDialog::here();
    let go = move |_| {
        dialog.close();
        leave();
    };
    view! {
        <p>{text!(i18n, ui.unsaved.lead)}</p>
        <DialogFoot way_out=text!(i18n, ui.unsaved.stay) autofocus=true>
            <button type="button" class=Emphasis::Danger.class() on:click=go>
                {text!(i18n, ui.unsaved.leave)}
            </button>
        </DialogFoot>
    }
}

/// Nobody leaves the server.
#[cfg(not(feature = "hydrate"))]
fn watch_exits(_: Signal<bool>, _: RwSignal<Option<Exit>>) -> impl Fn(Exit) + Copy + Send + Sync + 'static {
    |_| ()
}

#[cfg(feature = "hydrate")]
use browser::watch_exits;

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{ev, prelude::*};
    use leptos_router::hooks::{use_location, use_navigate};
    use wasm_bindgen::{JsCast as _, JsValue};
    use web_sys::{Element, Event, HtmlAnchorElement, HtmlFormElement, MouseEvent};

    use super::Exit;
    use crate::ui::{listen::listen_first, travel::Travel};

    /// How to go where somebody wanted to go, once they have said that they do.
    pub(super) fn watch_exits(
        unsaved: Signal<bool>,
        exit: RwSignal<Option<Exit>>,
    ) -> impl Fn(Exit) + Copy + Send + Sync + 'static {
        let leaving = StoredValue::new(false);
        let sent = StoredValue::new_local(None::<HtmlFormElement>);
        let lost = move || unsaved.try_get_untracked().unwrap_or_default() && !leaving.try_get_value().unwrap_or(true);
        let (path, search) = (use_location().pathname, use_location().search);
        // The router's address: it follows the browser's, and the browser's follows the router's, each after a while.
        let here = move || address(&path.get_untracked(), &search.get_untracked());
        // The router leaves alone what was dealt with before.
        listen_first(window().as_ref(), "click", move |event| {
            if let Some(href) = followed_link(&event).filter(|_| lost()) {
                event.prevent_default();
                exit.set(Some(Exit::Link(href)));
            }
        });
        listen_first(window().as_ref(), "submit", move |event| {
            let form = target(&event).and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
            if let Some(form) = form.filter(|form| lost() && !saves(form)) {
                event.prevent_default();
                event.stop_immediate_propagation();
                sent.set_value(Some(form));
                exit.set(Some(Exit::Form));
            }
        });
        // The address has changed by now: it is put back.
        Travel::here().hold_by(move || {
            let held = lost() && current() != here();
            if held {
                let history = window().history();
                _ = history.and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&here())));
                exit.set(Some(Exit::Back));
            }
            held
        });
        let closing = window_event_listener(ev::beforeunload, move |event| {
            if lost() {
                event.prevent_default();
                // What older browsers go by.
                _ = js_sys::Reflect::set(&event, &"returnValue".into(), &true.into());
            }
        });
        on_cleanup(move || closing.remove());
        let navigate = StoredValue::new_local(use_navigate());
        move |wanted| {
            leaving.set_value(true);
            match wanted {
                Exit::Link(href) => navigate.with_value(|navigate| navigate(&href, Default::default())),
                Exit::Back => _ = window().history().and_then(|history| history.back()),
                Exit::Form => sent.with_value(|form| {
                    if let Some(form) = form {
                        _ = form.request_submit();
                    }
                }),
            }
        }
    }

    fn current() -> String {
        let location = window().location();
        let search = location.search().unwrap_or_default();
        address(&location.pathname().unwrap_or_default(), search.trim_start_matches('?'))
    }

    fn address(path: &str, search: &str) -> String {
        if search.is_empty() { path.to_owned() } else { format!("{path}?{search}") }
    }

    fn target(event: &Event) -> Option<Element> {
        event.target()?.dyn_into().ok()
    }

    /// Whether sending this form does not leave the page.
    fn saves(form: &HtmlFormElement) -> bool {
        form.closest("[data-saves], dialog").is_ok_and(|found| found.is_some())
    }

    /// Where the router is about to go, if it is to another page of the application.
    fn followed_link(event: &Event) -> Option<String> {
        let mouse: &MouseEvent = event.dyn_ref()?;
        if event.default_prevented()
            || mouse.button() != 0
            || mouse.meta_key()
            || mouse.alt_key()
            || mouse.ctrl_key()
            || mouse.shift_key()
        {
            return None;
        }
        let link: HtmlAnchorElement = target(event)?.closest("a[href]").ok()??.dyn_into().ok()?;
        let elsewhere = !link.target().is_empty() || link.has_attribute("download") || link.rel().contains("external");
        let location = window().location();
        let same_page = location.pathname().ok()? == link.pathname();
        let outside = location.origin().ok()? != link.origin();
        (!elsewhere && !outside && !same_page).then(|| link.pathname() + &link.search())
    }
}
