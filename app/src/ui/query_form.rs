//! Forms whose fields go into the address (`method="get"`): they work without JavaScript, and with it the page is not loaded
//! anew.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{FormData, HtmlFormElement, Url, UrlSearchParams};

/// Goes where such a form leads, as if it were a link. Has to be called within the router, once.
pub fn follow() {
    let navigate = use_navigate();
    let listener = window_event_listener(ev::submit, move |event| {
        let asked =
            (!event.default_prevented()).then(|| event.target()).flatten().and_then(|form| address(form.dyn_ref()?));
        if let Some(address) = asked {
            event.prevent_default();
            navigate(&address, Default::default());
        }
    });
    on_cleanup(move || listener.remove());
}

/// Where the form leads by what is in its fields, if that is a page of the application.
fn address(form: &HtmlFormElement) -> Option<String> {
    let action = Url::new(&form.action()).ok()?;
    let ours = form.method() == "get" && window().location().origin().ok()? == action.origin();
    let fields: JsValue = FormData::new_with_form(form).ok()?.into();
    let query = String::from(UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?.to_string());
    ours.then(|| format!("{}?{query}", action.pathname()))
}
