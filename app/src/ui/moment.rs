//! A moment in time, in the reader's language and time zone.

use domain::Timestamp;
use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use crate::i18n::*;

/// A date and time. The server, which does not know the reader's time zone, writes UTC; the browser puts it right (in the portal:
/// `frontend/portal`).
#[component]
pub fn Moment(
    /// Which moment.
    #[prop(into)]
    at: Signal<Timestamp>,
    /// Whether to leave the date out where it is today.
    #[prop(optional)]
    brief: bool,
) -> impl IntoView {
    let iso = Memo::new(move |_| iso8601(at.get()));
    let local = RwSignal::new(None::<String>);
    #[cfg(feature = "hydrate")]
    {
        let i18n = use_i18n();
        Effect::new(move || local.set(Some(dom::moment::in_words(&date(at.get()), i18n.get_locale().as_str(), brief))));
    }
    view! {
        <time class="moment" datetime=iso title=iso data-brief=brief.then_some("")>
            {move || local.get().unwrap_or_else(|| iso.with(|iso| format!("{} {} UTC", &iso[..10], &iso[11..16])))}
        </time>
    }
}

/// How long ago a moment was, in the reader's language; nothing as long as no clock runs.
#[component]
pub fn Ago(
    /// Which moment.
    #[prop(into)]
    at: Signal<Timestamp>,
    /// The time now: [`use_clock`].
    now: Signal<Option<Timestamp>>,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let words = {
        let i18n = use_i18n();
        move || dom::moment::ago(now.get()?.since(at.get()), i18n.get_locale().as_str())
    };
    // The server says nothing, in the same place: hydration has to find it.
    #[cfg(not(feature = "hydrate"))]
    let words = move || -> Option<String> {
        let _ = (at, now);
        None
    };
    move || words().map(|words| view! { <span class="ago">{words}</span> })
}

/// The time now, to half a minute. On the server, which sends pages that stay as they are, none.
#[must_use]
pub fn use_clock() -> Signal<Option<Timestamp>> {
    let now = RwSignal::new(None);
    #[cfg(feature = "hydrate")]
    Effect::new(move || {
        #[allow(clippy::cast_possible_truncation)]
        let look = move || _ = now.try_set(Some(Timestamp(js_sys::Date::now() as i64)));
        look();
        let looking = set_interval_with_handle(look, std::time::Duration::from_secs(30));
        on_cleanup(move || {
            if let Ok(looking) = looking {
                looking.clear();
            }
        });
    });
    now.into()
}

/// A moment in ISO 8601, UTC, to the millisecond.
#[cfg(feature = "hydrate")]
#[must_use]
pub fn iso8601(at: Timestamp) -> String {
    date(at).to_iso_string().into()
}

/// A moment in ISO 8601, UTC, to the millisecond.
#[cfg(not(feature = "hydrate"))]
#[must_use]
pub fn iso8601(at: Timestamp) -> String {
    use time::{OffsetDateTime, macros::format_description};
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000)
        .ok()
        .and_then(|at| {
            let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
            at.format(&format).ok()
        })
        .unwrap_or_default()
}

#[cfg(feature = "hydrate")]
fn date(at: Timestamp) -> js_sys::Date {
    // Milliseconds stay exact in a double for 285,000 years.
    #[allow(clippy::cast_precision_loss)]
    js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.0 as f64))
}
