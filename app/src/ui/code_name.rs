//! What a code stands for, in the reader's language: `BG` is Bulgaria.

use leptos::prelude::*;

/// What the codes mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codes {
    /// Countries and regions (ISO 3166-1).
    Region,
    /// Languages (BCP 47).
    Language,
}

/// The name of what a code stands for. Browsers know all of them in every language; the server, which does not, writes
/// the code, and the browser puts the name in its place.
#[component]
pub fn CodeName(
    /// What it is a code of.
    of: Codes,
    /// The code.
    #[prop(into)]
    code: String,
) -> impl IntoView {
    let name = RwSignal::new(None::<String>);
    #[cfg(feature = "hydrate")]
    {
        let i18n = crate::i18n::use_i18n();
        let code = code.clone();
        Effect::new(move || name.set(browser::name(of, &code, i18n.get_locale())));
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = of;
    let value = code.clone();
    view! { <data value=value>{move || name.get().unwrap_or_else(|| code.clone())}</data> }
}

#[cfg(feature = "hydrate")]
mod browser {
    use js_sys::{Array, Function, Intl, Object, Reflect};
    use wasm_bindgen::JsCast as _;

    use super::Codes;
    use crate::i18n::{I18nLocaleTrait as _, Locale};

    /// The name as it stands at the beginning of a line; nothing for what is no code.
    pub(super) fn name(of: Codes, code: &str, locale: Locale) -> Option<String> {
        let kind = match of {
            Codes::Region => "region",
            Codes::Language => "language",
        };
        let options = Object::new();
        Reflect::set(&options, &"type".into(), &kind.into()).ok()?;
        let names = Intl::DisplayNames::new(&Array::of1(&locale.as_str().into()), &options);
        // Called by hand, because it throws at what is no code.
        let of: Function = Reflect::get(&names, &"of".into()).ok()?.dyn_into().ok()?;
        let name = of.call1(&names, &code.into()).ok()?.as_string()?;
        let mut letters = name.chars();
        let first = letters.next()?;
        Some(first.to_uppercase().chain(letters).collect())
    }
}
