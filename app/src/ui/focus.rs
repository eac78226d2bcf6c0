//! Giving something the focus.

use leptos::{wasm_bindgen::JsCast as _, web_sys};

/// Gives an element the focus, if there is one. One that cannot take it leaves it where it is.
pub fn focus(element: Option<web_sys::Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        _ = element.focus();
    }
}
