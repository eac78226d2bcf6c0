//! Lists that are open only as long as somebody chooses from them: `<details data-menu>`. The browser shuts them only by their name.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Element, Event, KeyboardEvent, Node};

use crate::{document, focus::focus};

/// From now on those of the page are shut by a press anywhere else, when the keyboard goes elsewhere, and by Escape.
pub fn shut_when_left() {
    listen("click", |event| shut(event.target()));
    // Not when the focus comes: a button that is being pressed would move away under the pointer, and not be pressed.
    listen("keyup", |event| shut(event.target()));
    listen("keydown", |event| {
        let escape = event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape");
        if let Some(open) = open().first().filter(|_| escape) {
            _ = open.remove_attribute("open");
            focus(open.first_element_child());
        }
    });
}

/// Shuts those in which this is not.
fn shut(target: Option<web_sys::EventTarget>) {
    let target = target.and_then(|target| target.dyn_into::<Node>().ok());
    for open in open().into_iter().filter(|open| !open.contains(target.as_ref())) {
        _ = open.remove_attribute("open");
    }
}

fn open() -> Vec<Element> {
    let Ok(found) = document().query_selector_all("details[data-menu][open]") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

fn listen(event: &str, heard: fn(Event)) {
    let listener = Closure::<dyn Fn(Event)>::new(heard).into_js_value();
    // Fails only for a listener that is no function.
    _ = document().add_event_listener_with_callback(event, listener.unchecked_ref());
}
