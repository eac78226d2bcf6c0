//! Hydrates the partner hub in the browser.
#![warn(missing_docs)]

use leptos::{mount, prelude::document};

/// Called by the page's script once the WASM is there. Where that has failed before in this tab (`plain.js`), the page is made
/// anew: an extension or translator may have put nodes of its own between those that the server sent.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    dom::menu::shut_when_left();
    let body =
        document().body().filter(|_| document().document_element().is_some_and(|root| root.has_attribute("data-anew")));
    match body {
        Some(body) => {
            body.set_inner_html("");
            mount::mount_to_body(app::HubApp);
        }
        None => mount::hydrate_body(app::HubApp),
    }
}
