//! Texts that follow their reader to another language.

use leptos_i18n::I18nContext;

use crate::i18n::Locale;

/// A text without values, in the reader's language. As `t!` of `leptos_i18n`, but all are of one type: with a type for each text, the
/// elements around it are of types of their own as well, and the hub's WASM holds each of them many times (built, hydrated, rebuilt …).
macro_rules! text {
    ($i18n:expr, $($key:tt)+) => {
        $crate::text::follow($i18n, |locale| ::leptos_i18n::td_string!(locale, $($key)+))
    };
}

/// What `text!` makes.
pub fn follow(
    i18n: I18nContext<Locale>,
    text: fn(Locale) -> &'static str,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    move || text(i18n.get_locale())
}
