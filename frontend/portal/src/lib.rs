//! The activation portal's half in the browser. The pages are the server's and work by themselves; this makes them better: forms
//! are sent without leaving the page, what changes meanwhile is shown, and what only the browser knows (the reader's time zone,
//! how many seconds are left) is put in.
//!
//! No Leptos and no texts here: a page of the server, in the reader's language, is put into the open one
//! (docs/decisions, 58).
#![warn(missing_docs)]

mod clock;
mod code;
mod dress;
mod form;
mod live;
mod page;
mod password;
mod typed;
mod wish;

use dom::{document, window};
use wasm_bindgen::{JsCast as _, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Event, EventTarget};

/// Called by the page's script once the WASM is there.
#[wasm_bindgen]
pub fn hydrate() {
    let (page, window) = (document(), window());
    listen(&page, "submit", form::submitted);
    listen(&page, "click", wish::clicked);
    listen(&page, "click", password::clicked);
    listen(&page, "paste", code::pasted);
    // A page that nobody looks at hears of nothing: a browser has few connections for all of its tabs.
    listen(&page, "visibilitychange", |_| live::listen());
    listen(&window, "online", |_| wish::refresh());
    listen(&window, "popstate", |_| _ = dom::window().location().reload());
    dom::menu::shut_when_left();
    dress::dress();
    clock::start();
    if let Some(body) = page.body() {
        _ = body.set_attribute("data-hydrated", "true");
    }
}

/// Hears of an event as long as the page is open.
fn listen(at: &EventTarget, event: &str, heard: fn(Event)) {
    let listener = Closure::<dyn Fn(Event)>::new(heard).into_js_value();
    // Fails only for a listener that is no function.
    _ = at.add_event_listener_with_callback(event, listener.unchecked_ref());
}
