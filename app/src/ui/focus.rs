//! Giving something the focus.

use leptos::{
    prelude::{document, request_animation_frame},
    wasm_bindgen::JsCast as _,
    web_sys::{Element, HtmlElement, HtmlInputElement},
};

/// Gives an element the focus, if there is one. One that cannot take it leaves it where it is.
pub fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        _ = element.focus();
    }
}

/// Gives the page's heading the focus, so that it is read out; answers whether there is one.
pub fn focus_heading() -> bool {
    focus_within("h1")
}

/// Gives the page's main part the focus: where it waits while a heading is still to come.
pub fn focus_main() {
    focus_within("");
}

fn focus_within(what: &str) -> bool {
    let Ok(Some(element)) = document().query_selector(format!("main {what}").trim_end()) else { return false };
    // What is no control takes the focus only if it says so.
    _ = element.set_attribute("tabindex", "-1");
    focus(Some(element));
    true
}

/// Whether nothing on the page has the focus: the next press of Tab would begin at the top.
#[must_use]
pub fn is_lost() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}

/// As soon as the page has been redrawn: if what had the focus went away, gives it to the heading.
pub fn keep() {
    keep_within("h1");
}

/// As [`keep`], when the page changes by itself: where nothing had the focus, nobody is led anywhere.
pub fn keep_if_held() {
    if !is_lost() {
        keep();
    }
}

/// As soon as the page has been redrawn: if what had the focus went away, gives it to the heading of what came of it.
pub fn keep_on_result() {
    keep_within("h2");
}

fn keep_within(what: &'static str) {
    request_animation_frame(move || {
        if is_lost() {
            focus_within(what);
        }
    });
}

/// Takes the reader to the field that has to be filled in or corrected; of several, to one that is still empty. (What is
/// wrong is told by the field's description; where either of two may be wrong, the focus stays where it is.)
pub fn focus_on_what_is_refused() {
    let Ok(fields) = document().query_selector_all("main input[aria-invalid=true]") else { return };
    let fields: Vec<HtmlInputElement> =
        (0..fields.length()).filter_map(|index| fields.get(index)?.dyn_into().ok()).collect();
    let wanted = if fields.len() == 1 { fields.first() } else { fields.iter().find(|field| field.value().is_empty()) };
    focus(wanted.map(|field| field.clone().into()));
}
