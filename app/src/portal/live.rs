//! Hearing from the server that something changed.

/// While the component lives: calls `changed` whenever the stream at `url` says so, once when it opens (something may
/// have happened since the page was made), and every few seconds for as long as no stream comes through.
///
/// Does nothing on the server.
pub fn use_live(url: String, changed: impl Fn() + Clone + Send + Sync + 'static) {
    #[cfg(feature = "hydrate")]
    leptos::prelude::Effect::new(move || listen(&url, changed.clone()));
    #[cfg(not(feature = "hydrate"))]
    let _ = (url, changed);
}

#[cfg(feature = "hydrate")]
fn listen(url: &str, changed: impl Fn() + Clone + 'static) {
    use std::time::Duration;

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::EventSource;

    const WITHOUT_A_STREAM: Duration = Duration::from_secs(4);

    let Ok(source) = EventSource::new(url) else { return };
    let listener = Closure::<dyn Fn()>::new(changed.clone());
    for event in ["open", "changed", "resync"] {
        // Fails only for a listener that is no function.
        let _ = source.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    }
    let polling = {
        let source = source.clone();
        set_interval_with_handle(
            move || {
                if source.ready_state() != EventSource::OPEN {
                    changed();
                }
            },
            WITHOUT_A_STREAM,
        )
    };
    let held = StoredValue::new_local((source, listener));
    on_cleanup(move || {
        held.try_with_value(|(source, _)| source.close());
        if let Ok(polling) = polling {
            polling.clear();
        }
    });
}
