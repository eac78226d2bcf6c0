//! Whether the page listens yet: some things only make sense where JavaScript runs.

use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Hydrated(RwSignal<bool>);

/// For the whole application: a signal that turns true once the browser has taken the page over.
pub fn provide_hydrated() -> Signal<bool> {
    let hydrated = RwSignal::new(false);
    Effect::new(move || hydrated.set(true));
    provide_context(Hydrated(hydrated));
    hydrated.into()
}

/// Whether the browser has taken the page over. Never true on the server.
#[must_use]
pub fn use_hydrated() -> Signal<bool> {
    expect_context::<Hydrated>().0.into()
}
