//! Giving something the focus.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, FocusEvent, HtmlElement, HtmlInputElement};

use crate::document;

/// Gives an element the focus, if there is one. One that cannot take it leaves it where it is.
pub fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        _ = element.focus();
    }
}

/// Gives the first element of the page's main part that is meant (a CSS selector; the main part itself, if it is empty) the
/// focus, also one that is no control. Returns whether there is one.
pub fn focus_within(meant: &str) -> bool {
    let Ok(Some(element)) = document().query_selector(format!("main {meant}").trim_end()) else { return false };
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

/// Whether the focus leaves for a button, which is about to be pressed.
#[must_use]
pub fn leads_to_button(event: &FocusEvent) -> bool {
    let next = event.related_target().and_then(|next| next.dyn_into::<Element>().ok());
    next.is_some_and(|next| next.tag_name() == "BUTTON")
}

/// Takes the reader to the first field of a form that has to be corrected, else to where the form says what is wrong.
pub fn focus_on_refusal(form: Option<Element>) {
    let Some(form) = form else { return };
    let refused = form.query_selector("[aria-invalid=true]").ok().flatten();
    let said = || form.query_selector("[role=alert]:not(:empty)").ok().flatten();
    let Some(wanted) = refused.or_else(said) else { return };
    if wanted.get_attribute("role").is_some_and(|role| role == "alert") {
        // What is no control takes the focus only if it says so.
        _ = wanted.set_attribute("tabindex", "-1");
    }
    focus(Some(wanted));
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
