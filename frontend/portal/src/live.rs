//! Hearing from the server that something changed.

use std::cell::RefCell;

use dom::document;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::EventSource;

use crate::wish;

/// An open stream.
struct Stream {
    address: String,
    source: EventSource,
    heard: Closure<dyn Fn()>,
}

thread_local! {
    static STREAM: RefCell<Option<Stream>> = const { RefCell::new(None) };
}

/// Listens where the page says so and is looked at, and nowhere else. A stream that was refused is tried again.
pub fn listen() {
    let main = document().query_selector("main[data-live]").ok().flatten();
    let wanted = main.and_then(|main| main.get_attribute("data-live")).filter(|_| !document().hidden());
    STREAM.with_borrow_mut(|stream| {
        let open = stream.as_ref().filter(|stream| stream.source.ready_state() != EventSource::CLOSED);
        if open.map(|stream| &stream.address) != wanted.as_ref() {
            if let Some(stream) = stream.take() {
                stream.source.close();
            }
            *stream = wanted.and_then(opened);
        }
    });
}

/// Whether the page wants to hear, and no stream comes through.
pub fn is_deaf() -> bool {
    STREAM.with_borrow(|stream| stream.as_ref().is_some_and(|stream| stream.source.ready_state() != EventSource::OPEN))
}

fn opened(address: String) -> Option<Stream> {
    let source = EventSource::new(&address).ok()?;
    let heard = Closure::<dyn Fn()>::new(wish::refresh);
    // Once when it opens: something may have happened since the page was made.
    for event in ["open", "changed", "resync"] {
        source.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref()).ok()?;
    }
    Some(Stream { address, source, heard })
}

impl Drop for Stream {
    fn drop(&mut self) {
        for event in ["open", "changed", "resync"] {
            _ = self.source.remove_event_listener_with_callback(event, self.heard.as_ref().unchecked_ref());
        }
    }
}
