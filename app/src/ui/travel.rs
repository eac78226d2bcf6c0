//! The browser's back and forward buttons, heard before the router hears of them.

use std::rc::Rc;

use leptos::{ev, prelude::*};

/// What is known of the journey through the browser's history.
#[derive(Clone, Copy)]
pub struct Travel {
    travelled: StoredValue<bool>,
    holds: StoredValue<Vec<(usize, Hold)>, LocalStorage>,
}

/// Whether the router does not hear of it.
type Hold = Rc<dyn Fn() -> bool>;

impl Travel {
    /// For the whole application. Has to be called before the router is made: a browser tells of its history in the order in
    /// which it was asked to, whatever else is said about that.
    pub fn watch() {
        let travel = Self { travelled: StoredValue::new(false), holds: StoredValue::new_local(Vec::new()) };
        provide_context(travel);
        let listener = window_event_listener(ev::popstate, move |event| {
            let holds = travel.holds.try_get_value().unwrap_or_default();
            if holds.iter().any(|(_, hold)| hold()) {
                event.stop_immediate_propagation();
            } else {
                travel.travelled.set_value(true);
            }
        });
        on_cleanup(move || listener.remove());
    }

    /// The application's.
    #[must_use]
    pub fn here() -> Self {
        expect_context()
    }

    /// Whether the address changed by the browser's buttons since this was asked last.
    #[must_use]
    pub fn take(self) -> bool {
        self.travelled.try_update_value(std::mem::take).unwrap_or_default()
    }

    /// Until the component goes: where `hold` says so, the router does not hear that the address has changed.
    pub fn hold_by(self, hold: impl Fn() -> bool + 'static) {
        let number = self.holds.with_value(|holds| holds.last().map_or(0, |(last, _)| last + 1));
        self.holds.update_value(|holds| holds.push((number, Rc::new(hold))));
        on_cleanup(move || _ = self.holds.try_update_value(|holds| holds.retain(|(held, _)| *held != number)));
    }
}
