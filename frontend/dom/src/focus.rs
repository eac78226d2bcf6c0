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

/// Takes the reader to the field that has to be filled in or corrected. Of several it is one that is still empty, else the password:
/// nobody sees what is wrong with that, and whoever types on begins anew. (What is wrong is told by the field's description.)
pub fn focus_on_what_is_refused() {
    let Ok(fields) = document().query_selector_all("main :is(input, textarea)[aria-invalid=true]") else { return };
    let fields: Vec<Element> = (0..fields.length()).filter_map(|index| fields.get(index)?.dyn_into().ok()).collect();
    let find = |meant: fn(&HtmlInputElement) -> bool| {
        fields.iter().find(|field| field.dyn_ref::<HtmlInputElement>().is_some_and(meant))
    };
    let wanted = match &fields[..] {
        [only] => Some(only),
        _ => find(|field| field.value().is_empty()).or_else(|| find(is_password)),
    };
    focus(wanted.cloned());
    if let Some(password) = wanted.and_then(|field| field.dyn_ref()).filter(|field| is_password(field)) {
        password.select();
    }
}

fn is_password(field: &HtmlInputElement) -> bool {
    field.type_() == "password"
}
