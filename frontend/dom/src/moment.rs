//! Moments in the reader's language and time zone.

use js_sys::{Date, Object, Reflect};

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
