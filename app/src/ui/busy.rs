//! Whether what a page shows is being replaced: until then nothing stale can be clicked.

use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Busy(Signal<bool>);

/// For everything below: whether newer content is awaited.
pub fn provide_busy(busy: Signal<bool>) {
    provide_context(Busy(busy));
}

/// Whether newer content is awaited; never where nobody says so.
#[must_use]
pub fn use_busy() -> Signal<bool> {
    use_context::<Busy>().map_or_else(|| Signal::stored(false), |busy| busy.0)
}
