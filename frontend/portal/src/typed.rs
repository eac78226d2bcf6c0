//! What the reader has typed, and where: kept when the same step is shown anew.

use dom::document;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;

use crate::page::{Occasion, elements};

/// What is typed into the fields of a page, by their ids.
pub type Typed = Vec<(String, String)>;

/// What is typed into the open page's fields.
pub fn typed() -> Typed {
    inputs().map(|input| (input.id(), input.value())).collect()
}

/// Keeps what was typed. What the server has answered to a form holds what it was sent, but for a password, which it never
/// sends back, and what was typed since.
pub fn keep(typed: &Typed, occasion: &Occasion) {
    for input in inputs() {
        let Some(now) = value(typed, &input) else { continue };
        let stays = match occasion {
            Occasion::Answer(action, sent) => {
                let is_sent = input.form().is_some_and(|form| form.action() == *action);
                !is_sent || input.type_() == "password" || value(sent, &input).is_some_and(|sent| sent != now)
            }
            Occasion::Change | Occasion::Language => true,
        };
        let text = if stays { now.to_owned() } else { input.value() };
        // Only another text moves the caret to its end (HTML, the value IDL attribute): whoever goes on typing goes on there.
        input.set_value("");
        input.set_value(&text);
    }
}

/// How to find what has the focus on a page that is made anew: a CSS selector.
pub fn focused() -> Option<String> {
    let element = document().active_element()?;
    if element.closest(".locales").ok()?.is_some() {
        return Some(".locales summary".to_owned());
    }
    match element.id() {
        id if id.is_empty() => {
            let form = element.closest("form[action]").ok()??;
            Some(format!("form[action='{}'] button[type=submit]", form.get_attribute("action")?))
        }
        id => Some(format!("#{id}")),
    }
}

fn value<'a>(typed: &'a Typed, input: &HtmlInputElement) -> Option<&'a str> {
    typed.iter().find(|(id, _)| *id == input.id()).map(|(_, value)| value.as_str())
}

fn inputs() -> impl Iterator<Item = HtmlInputElement> {
    elements(document().query_selector_all("main input[id]")).filter_map(|input| input.dyn_into().ok())
}
