//! A moment in time, in the reader's language and time zone.

use domain::Timestamp;
use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use crate::i18n::*;

/// A date and time. The server, which does not know the reader's time zone, writes UTC; the browser puts it right.
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
        Effect::new(move || local.set(Some(in_words(at.get(), i18n.get_locale(), brief))));
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = brief;
    view! {
        <time class="moment" datetime=iso title=iso>
            {move || local.get().unwrap_or_else(|| iso.with(|iso| format!("{} {} UTC", &iso[..10], &iso[11..16])))}
        </time>
    }
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

/// Local date and time, as written where the reader is: English has more than one way. The `title` is exact.
#[cfg(feature = "hydrate")]
fn in_words(at: Timestamp, locale: Locale, brief: bool) -> String {
    let style = js_sys::Object::new();
    let today = || date(at).to_date_string() == js_sys::Date::new_0().to_date_string();
    let styles = [("timeStyle", "short"), ("dateStyle", "medium")];
    for (key, value) in styles.into_iter().take(if brief && today() { 1 } else { 2 }) {
        // Setting a property on an object just made cannot fail.
        _ = js_sys::Reflect::set(&style, &key.into(), &value.into());
    }
    let words: String = date(at).to_locale_string(&regional(locale), &style).into();
    // Bulgarian for "year" stays with its year.
    words.replace(" г.", "\u{a0}г.")
}

/// The reader's own variant of a language (`en-GB` for `en`), if the browser names one.
#[cfg(feature = "hydrate")]
fn regional(locale: Locale) -> String {
    let language = locale.as_str();
    window()
        .navigator()
        .languages()
        .iter()
        .filter_map(|wanted| wanted.as_string())
        .find(|wanted| wanted.split('-').next() == Some(language))
        .unwrap_or_else(|| language.to_owned())
}
