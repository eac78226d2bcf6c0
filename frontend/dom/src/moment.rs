//! Moments in the reader's language and time zone.

use js_sys::{Date, Intl, Object, Reflect};

use crate::window;

/// Local date and time, as written where the reader is: English has more than one way. `brief` leaves the date out where it is
/// today.
#[must_use]
pub fn in_words(at: &Date, language: &str, brief: bool) -> String {
    let style = Object::new();
    let is_today = || at.to_date_string() == Date::new_0().to_date_string();
    let styles = [("timeStyle", "short"), ("dateStyle", "medium")];
    for (key, value) in styles.into_iter().take(if brief && is_today() { 1 } else { 2 }) {
        // Setting a property on an object just made cannot fail.
        _ = Reflect::set(&style, &key.into(), &value.into());
    }
    let words: String = at.to_locale_string(&regional(language), &style).into();
    // Bulgarian for "year" stays with its year.
    words.replace(" г.", "\u{a0}г.")
}

/// How long ago something was that is so many milliseconds past: `3 hours ago`. Nothing where the browser has no words for it.
#[must_use]
pub fn ago(past: i64, language: &str) -> Option<String> {
    const UNITS: [(i64, &str); 6] =
        [(31_536_000, "year"), (2_592_000, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    // Clocks differ a little: nothing that is told has yet to happen.
    let seconds = (past / 1_000).max(0);
    // Seconds pass while they are read.
    let seconds = if seconds < 60 { 0 } else { seconds };
    let (length, unit) = UNITS.into_iter().find(|(length, _)| seconds >= *length).unwrap_or((1, "second"));
    let style = Object::new();
    _ = Reflect::set(&style, &"numeric".into(), &"auto".into());
    let format = Intl::RelativeTimeFormat::new(&js_sys::Array::of1(&regional(language).into()), &style);
    // What is a number of units is small.
    #[allow(clippy::cast_precision_loss)]
    format.format(-((seconds / length) as f64), unit).as_string()
}

/// The reader's own variant of a language (`en-GB` for `en`), if the browser names one.
fn regional(language: &str) -> String {
    window()
        .navigator()
        .languages()
        .iter()
        .filter_map(|wanted| wanted.as_string())
        .find(|wanted| wanted.split('-').next() == Some(language))
        .unwrap_or_else(|| language.to_owned())
}
