//! Pasting a code.

use domain::Code;
use wasm_bindgen::JsCast as _;
use web_sys::{ClipboardEvent, Event, HtmlInputElement};

/// Puts into the field only the code of what is pasted, such as a whole message: the field would show the beginning of it.
/// What holds no code is pasted as it is.
pub fn pasted(event: Event) {
    let Some(field) = event.target().and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return };
    if field.name() != "code" {
        return;
    }
    let pasted = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
    let text = pasted.and_then(|pasted| pasted.get_data("text").ok()).unwrap_or_default();
    if let Ok(code) = Code::parse(&text) {
        event.prevent_default();
        field.set_value(code.as_str());
    }
}
