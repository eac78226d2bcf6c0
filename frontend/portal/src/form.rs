//! Sending a form without leaving the page.

use std::cell::Cell;

use dom::document;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, FormData, HtmlFormElement, RequestInit, SubmitEvent, UrlSearchParams};

use crate::{
    clock::{self, later},
    page::{self, Answer, Occasion, elements},
    typed::typed,
    wish,
};

thread_local! {
    /// Whether an answer is awaited.
    static UNDER_WAY: Cell<bool> = const { Cell::new(false) };
}

/// Whether the answer to a form is awaited.
pub fn is_under_way() -> bool {
    UNDER_WAY.get()
}

/// A form that the page posts is sent, and its answer shown. Only one at a time.
pub fn submitted(event: Event) {
    let Some(form) = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
    if form.method() != "post" {
        return;
    }
    event.prevent_default();
    let button = event.dyn_ref::<SubmitEvent>().and_then(SubmitEvent::submitter).map(Element::from);
    if is_under_way() || button.as_ref().is_some_and(is_unavailable) {
        return;
    }
    let Some(request) = request(&form, button.as_ref()) else { return };
    let (action, done, sent) = (form.action(), form.get_attribute("data-done"), typed());
    wish::overtake();
    hold(button.as_ref());
    spawn_local(async move {
        let answer = page::ask(&action, &request, &[]).await;
        wish::overtake();
        release(button.as_ref());
        match answer {
            Answer::Page(page) if page.is_failure => page.tell(),
            Answer::Page(page) => {
                let goes_on = page.is_same_step() && !page.has_problem();
                page.show(&Occasion::Answer(action, sent));
                if let Some(done) = done.filter(|_| goes_on) {
                    // Only what is put into a region that is there already is read out.
                    later(100, move || announce(&done));
                }
            }
            Answer::Unheard(unheard) => page::tell_unheard(unheard),
        }
        wish::catch_up();
    });
}

fn request(form: &HtmlFormElement, button: Option<&Element>) -> Option<RequestInit> {
    let fields = FormData::new_with_form(form).ok()?;
    // As the browser does it: the button that was pressed may say something, too.
    if let Some(button) = button
        && let (Some(name), Some(value)) = (button.get_attribute("name"), button.get_attribute("value"))
    {
        fields.append_with_str(&name, &value).ok()?;
    }
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(&JsValue::from(fields));
    Some(request)
}

fn is_unavailable(button: &Element) -> bool {
    button.get_attribute("aria-disabled").as_deref() == Some("true")
}

/// While an answer is awaited no form can be sent, and none looks as if it could. The button that was pressed keeps its name
/// and the focus, and shows that it is at work.
fn hold(pressed: Option<&Element>) {
    UNDER_WAY.set(true);
    for button in buttons() {
        _ = button.set_attribute("aria-disabled", "true");
    }
    if let Some(button) = pressed {
        _ = button.set_attribute("aria-busy", "true");
        _ = button.insert_adjacent_html("afterbegin", r#"<span class="spinner" aria-hidden="true"></span>"#);
    }
}

fn release(pressed: Option<&Element>) {
    UNDER_WAY.set(false);
    for button in buttons() {
        _ = button.remove_attribute("aria-disabled");
    }
    // But for the one that has to wait.
    clock::count_down();
    if let Some(button) = pressed {
        _ = button.remove_attribute("aria-busy");
        if let Ok(Some(spinner)) = button.query_selector(".spinner") {
            spinner.remove();
        }
    }
}

fn buttons() -> impl Iterator<Item = Element> {
    elements(document().query_selector_all("form button[type=submit]"))
}

/// Says what has been done where the page goes on as it was.
fn announce(done: &str) {
    if let Ok(Some(status)) = document().query_selector("p[role=status]") {
        status.set_text_content(Some(done));
    }
}
