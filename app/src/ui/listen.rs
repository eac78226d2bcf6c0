//! Hearing of an event before the router does.

use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Event, EventTarget};

/// Calls `heard` on its way down to whom it concerns: before everybody who waits for it there or on its way up, as the
/// router does. Until the component goes.
pub fn listen_first(at: &EventTarget, event: &'static str, heard: impl Fn(Event) + 'static) {
    let closure = Closure::<dyn Fn(Event)>::new(heard);
    // Fails only for a listener that is no function.
    _ = at.add_event_listener_with_callback_and_bool(event, closure.as_ref().unchecked_ref(), true);
    let held = StoredValue::new_local((at.clone(), closure));
    on_cleanup(move || {
        held.try_with_value(|(at, closure)| {
            at.remove_event_listener_with_callback_and_bool(event, closure.as_ref().unchecked_ref(), true)
        });
    });
}
