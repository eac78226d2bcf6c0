//! The activation portal's half in the browser. The pages are the server's and work by themselves; this makes them better: forms
//! are sent without leaving the page, what changes meanwhile is shown, and what only the browser knows (the reader's time zone,
//! how many seconds are left) is put in.
//!
//! No Leptos and no texts here: a page of the server, in the reader's language, is put into the open one
//! (docs/decisions, 58).

mod clock;
mod code;
mod dress;
mod form;
mod live;
mod page;
mod password;

use wasm_bindgen::{JsCast as _, closure::Closure, prelude::wasm_bindgen};
use web_sys::Event;

/// Called by the page's script once the WASM is there.
#[wasm_bindgen]
pub fn hydrate() {
    listen("submit", form::submitted);
    listen("click", page::clicked);
    listen("click", password::clicked);
    listen("paste", code::pasted);
    listen("visibilitychange", page::seen_or_hidden);
    page::begin();
    clock::start();
    if let Some(body) = dom::document().body() {
        _ = body.set_attribute("data-hydrated", "true");
    }
}

/// Hears of an event wherever on the page it happens, as long as the page is open.
fn listen(event: &str, heard: fn(Event)) {
    let listener = Closure::<dyn Fn(Event)>::new(heard).into_js_value();
    // Fails only for a listener that is no function.
    _ = dom::document().add_event_listener_with_callback(event, listener.unchecked_ref());
}
