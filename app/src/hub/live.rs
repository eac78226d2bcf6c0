//! Following users while a page that shows them is open.

use super::model::UserId;

/// What is to be brought up to date.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only browsers follow"))]
pub(super) enum Stale {
    /// These users.
    Users(Vec<UserId>),
    /// Anything may have changed.
    Everything,
}

/// While the component lives: reports what changed, by a stream of events at this address. Changes that come close together are reported together.
///
/// Everything is stale when the stream opens, because something may have happened since the page was made; and again
/// every few seconds for as long as no stream comes through. Does nothing on the server.
pub(super) fn follow(stream: String, tell: impl Fn(Stale) + Clone + 'static) {
    #[cfg(feature = "hydrate")]
    leptos::prelude::Effect::new(move || browser::follow(&stream, tell.clone()));
    #[cfg(not(feature = "hydrate"))]
    let _ = (stream, tell);
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{cell::RefCell, mem, rc::Rc, time::Duration};

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{EventSource, MessageEvent};

    use super::{Stale, UserId};

    const TOGETHER: Duration = Duration::from_millis(150);
    const WITHOUT_A_STREAM: Duration = Duration::from_secs(10);

    pub(super) fn follow(stream: &str, tell: impl Fn(Stale) + Clone + 'static) {
        let Ok(source) = EventSource::new(stream) else { return };
        let changed = Closure::<dyn Fn(MessageEvent)>::new(gathered(tell.clone()));
        let resync = {
            let tell = tell.clone();
            Closure::<dyn Fn()>::new(move || tell(Stale::Everything))
        };
        // A stream that is refused for good may have been another administrator's.
        let closed = {
            let (source, tell) = (source.clone(), tell.clone());
            Closure::<dyn Fn()>::new(move || {
                if source.ready_state() == EventSource::CLOSED {
                    tell(Stale::Everything);
                }
            })
        };
        for (event, listener) in [
            ("changed", changed.as_ref()),
            ("resync", resync.as_ref()),
            ("open", resync.as_ref()),
            ("error", closed.as_ref()),
        ] {
            // Fails only for a listener that is no function.
            _ = source.add_event_listener_with_callback(event, listener.unchecked_ref());
        }
        let polling = {
            let source = source.clone();
            set_interval_with_handle(
                move || {
                    if source.ready_state() != EventSource::OPEN {
                        tell(Stale::Everything);
                    }
                },
                WITHOUT_A_STREAM,
            )
        };
        let held = StoredValue::new_local((source, changed, resync, closed));
        on_cleanup(move || {
            held.try_with_value(|(source, ..)| source.close());
            if let Ok(polling) = polling {
                polling.clear();
            }
        });
    }

    /// Collects user ids for a moment and reports them at once.
    fn gathered(tell: impl Fn(Stale) + Clone + 'static) -> impl Fn(MessageEvent) {
        let ids = Rc::new(RefCell::new(Vec::new()));
        move |event| {
            let Some(id) = event.data().as_string().and_then(|id| id.parse::<UserId>().ok()) else { return };
            let first = ids.borrow().is_empty();
            if !ids.borrow().contains(&id) {
                ids.borrow_mut().push(id);
            }
            if first {
                let (ids, tell) = (ids.clone(), tell.clone());
                set_timeout(move || tell(Stale::Users(mem::take(&mut ids.borrow_mut()))), TOGETHER);
            }
        }
    }
}
