//! What stands around every page of the portal.

use leptos::prelude::*;

use super::Branding;
use crate::{
    i18n::*,
    ui::{locale_switcher::LocaleSwitcher, logo::Logo},
};

/// Whose portal it is, a card, and where to get help.
#[component]
pub fn Frame(
    /// Whose portal it is.
    #[prop(into)]
    branding: Signal<Branding>,
    /// What the card shows.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let provider = move || {
        let name = branding.with(|branding| branding.provider.clone());
        if name.is_empty() { "Flowthrough".to_owned() } else { name }
    };
    let support = move || {
        branding.with(|branding| branding.support_url.clone()).map(|url| {
            view! {
                <a class="portal-support" href=url rel="noreferrer" target="_blank">
                    {t!(i18n, portal.support)}
                </a>
            }
        })
    };
    view! {
        <div class="portal">
            <header class="portal-header">
                <Logo/>
                <p class="portal-provider">{provider}</p>
            </header>
            <main class="card portal-card">{children()}</main>
            <footer class="portal-footer">
                <LocaleSwitcher/>
                {support}
            </footer>
        </div>
    }
}
