//! What a page of the server's gets as soon as it is shown.

use dom::{document, moment::in_words};
use js_sys::Date;
use web_sys::Element;

use crate::{clock, live, page::elements};

/// Puts in what only the browser knows.
pub fn dress() {
    let language = document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_default();
    for moment in elements(document().query_selector_all("time.moment")) {
        tell(&moment, &language);
    }
    for toggle in elements(document().query_selector_all(".password-toggle")) {
        _ = toggle.remove_attribute("hidden");
    }
    clock::count_down();
    live::listen();
}

/// Tells a moment in the reader's time zone.
fn tell(moment: &Element, language: &str) {
    if let Some(at) = moment.get_attribute("datetime") {
        let words = in_words(&Date::new(&at.into()), language, moment.has_attribute("data-brief"));
        moment.set_text_content(Some(&words));
    }
}
