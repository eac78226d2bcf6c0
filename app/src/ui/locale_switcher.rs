//! Choosing the language.

use domain::fault::Audience;
use leptos::{html, prelude::*};
use leptos_router::hooks::{use_location, use_query_map};

use crate::{i18n::*, language};

/// So many languages are read at one glance; more are behind the name of the one that is shown.
const FEW: usize = 4;

/// One link per language, to the same page. Hydrated, the page changes in place.
#[component]
pub fn LocaleSwitcher() -> impl IntoView {
    let i18n = use_i18n();
    let path = use_location().pathname;
    let query = use_query_map();
    // For all links at once: thirty times it is a part of the page's time that can be seen.
    let same_page = Memo::new(move |_| {
        let mut query = query.get();
        query.remove("lang");
        let others = query.to_query_string();
        format!("{}{others}{}lang=", path.get(), if others.is_empty() { '?' } else { '&' })
    });
    let address = move |locale: Locale| same_page.with(|page| format!("{page}{}", locale.as_str()));
    let (list, name) = (NodeRef::<html::Details>::new(), NodeRef::<html::Summary>::new());
    // What was chosen is under the name, and so is whoever goes by keyboard.
    let close = move || {
        if let (Some(list), Some(name)) = (list.get_untracked(), name.get_untracked()) {
            list.set_open(false);
            // Fails only in a browser that knows no focus.
            _ = name.focus();
        }
    };
    let link = move |locale: Locale| {
        view! {
            <li>
                <a
                    href=move || address(locale)
                    lang=locale.as_str()
                    hreflang=locale.as_str()
                    // Another language is no other page, to which one would go back.
                    prop:replace=true
                    aria-current=move || (i18n.get_locale() == locale).then_some("true")
                    on:click=move |_| {
                        i18n.set_locale(locale);
                        remember(locale);
                        close();
                    }
                >
                    {language::native_name(locale)}
                </a>
            </li>
        }
    };
    let offered = language::offered(use_context().unwrap_or(Audience::User));
    let many = offered.len() > FEW;
    let links = view! { <ul>{offered.iter().copied().map(link).collect_view()}</ul> };
    view! {
        <nav class="locales" aria-label=text!(i18n, ui.language)>
            {if many {
                view! {
                    // Shut by a press elsewhere and by Escape: `dom::menu`.
                    <details node_ref=list data-menu="">
                        <summary node_ref=name>{move || language::native_name(i18n.get_locale())}</summary>
                        {links}
                    </details>
                }
                    .into_any()
            } else {
                links.into_any()
            }}
        </nav>
    }
}

/// Keeps the choice for the requests to come; the link's own request would do so too, but a hydrated page sends none.
fn remember(locale: Locale) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;

        use crate::cookie::CookiePrefix;
        let address = window().location().href().unwrap_or_default();
        let cookie = CookiePrefix::at(&address).language(locale);
        let _ = document().unchecked_into::<web_sys::HtmlDocument>().set_cookie(&cookie);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = locale;
}
