//! What the browser's half of the activation portal and that of the partner hub both do with an open page. Without Leptos, so
//! that the portal's can be without it.
//!
//! Compiled for the server, too, with the hub's pages, where nothing calls it.
#![warn(missing_docs)]

pub mod focus;
pub mod menu;
pub mod moment;

use web_sys::{Document, Window};

/// The open page's window.
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "a page has one")]
pub fn window() -> Window {
    web_sys::window().expect("only a page calls this")
}

/// The open page.
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "a window has one")]
pub fn document() -> Document {
    window().document().expect("a page is a document")
}
