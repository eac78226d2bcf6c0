//! Showing a password.

use dom::document;
use wasm_bindgen::JsCast as _;
use web_sys::{Event, HtmlInputElement};

use crate::page::closest;

/// The button beside a password shows and hides it.
pub fn clicked(event: Event) {
    let Some(toggle) = closest(&event, ".password-toggle") else { return };
    let field = toggle.get_attribute("aria-controls").and_then(|id| document().get_element_by_id(&id));
    let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return };
    let shows = field.type_() == "password";
    field.set_type(if shows { "text" } else { "password" });
    _ = if shows { toggle.set_attribute("data-shown", "") } else { toggle.remove_attribute("data-shown") };
    // The other name waits in an attribute.
    let (now, other) = (toggle.get_attribute("data-other"), toggle.get_attribute("aria-label"));
    if let (Some(now), Some(other)) = (now, other) {
        _ = toggle.set_attribute("aria-label", &now);
        _ = toggle.set_attribute("data-other", &other);
    }
}
