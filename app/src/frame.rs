//! What stands around every page of the portal, and around the hub's page that is not there.

use domain::Fault;
use leptos::prelude::*;
use leptos_meta::Stylesheet;
use serde::{Deserialize, Serialize};

use crate::{
    i18n::*,
    ui::{locale_switcher::LocaleSwitcher, logo::Logo, problem::ProblemText},
};

/// The provider whose portal it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Branding {
    /// The name under which the partner writes to users; empty when the share link is unknown.
    pub provider: String,
    /// Where users find help, if the partner says so.
    pub support_url: Option<String>,
    /// What stands there instead of the name, if the partner has one.
    pub logo: Option<Picture>,
    /// Where the sheet of styles is that has the partner's colour, if it has one.
    pub sheet: Option<String>,
}

/// A picture, and how large it is shown: what is below it does not move when it comes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Picture {
    /// Where it is.
    pub address: String,
    /// In pixels of a page.
    pub width: u16,
    /// In pixels of a page.
    pub height: u16,
}

/// The provider's name and logo, a card, and where to get help.
#[component]
pub fn Frame(
    /// The provider whose portal it is.
    branding: Branding,
    /// What tells the card from the one that was shown before: where it is another, the reader is led to its beginning.
    #[prop(optional, into)]
    step: Option<String>,
    /// The id of who is signed in.
    #[prop(default = None)]
    user: Option<String>,
    /// Where to hear that something has changed.
    #[prop(default = None)]
    live: Option<String>,
    /// What the card shows.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let Branding { provider, support_url, logo, sheet } = branding;
    let provider = if provider.is_empty() { "Flowthrough".to_owned() } else { provider };
    let support = support_url.map(|url| {
        view! {
            <a class="portal-support" href=url rel="noreferrer" target="_blank">
                {text!(i18n, portal.support)}
            </a>
        }
    });
    let provider = match logo {
        Some(Picture { address, width, height }) => {
            view! { <p><img class="portal-logo" src=address width=width height=height alt=provider/></p> }.into_any()
        }
        None => view! { <Logo/> <p class="portal-provider">{provider}</p> }.into_any(),
    };
    view! {
        {sheet.map(|sheet| view! { <Stylesheet href=sheet/> })}
        <div class="portal">
            <header class="portal-header">{provider}</header>
            <main class="card portal-card" data-step=step.unwrap_or_default() data-user=user data-live=live>{children()}</main>
            <footer class="portal-footer">
                <LocaleSwitcher/>
                {support}
            </footer>
            // What the server cannot say when it cannot be reached, or a proxy answers for it.
            <template id="offline"><ProblemText problem=Fault::Offline/></template>
            <template id="busy"><ProblemText problem=Fault::Busy/></template>
            <template id="failed"><ProblemText problem=Fault::Internal/></template>
        </div>
    }
}
