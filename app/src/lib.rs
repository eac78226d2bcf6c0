//! Flowthrough's pages: the activation portal for end users and the partner hub for administrators.
//!
//! Compiled twice: with `ssr` into the server, with `hydrate` into the WASM that the browser runs as the hub.
#![recursion_limit = "512"]
#![warn(missing_docs)]

include!(concat!(env!("OUT_DIR"), "/i18n.rs"));

#[macro_use]
mod text;

#[cfg(feature = "ssr")]
pub mod access;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod cookie;
pub mod flash;
pub mod frame;
pub mod header;
pub mod hub;
pub mod language;
#[cfg(feature = "ssr")]
pub mod portal;
pub mod problem;
#[cfg(feature = "ssr")]
mod shell;
mod start;
#[cfg(feature = "ssr")]
mod status;
pub mod ui;
#[cfg(feature = "ssr")]
pub mod visitor;
#[cfg(all(test, feature = "ssr"))]
mod wording;

use domain::fault::Audience;
use leptos::prelude::*;
use leptos_i18n::context::UseLocalesOptions;
use leptos_meta::{Body, Html, provide_meta_context};
use leptos_router::components::{Router, Routes};
#[cfg(feature = "ssr")]
use leptos_router::{SsrMode, components::Route, path};
#[cfg(feature = "ssr")]
pub use shell::shell;

use crate::{hub::routes::HubRoutes, i18n::I18nContextProvider, start::Unknown, ui::hydrated::provide_hydrated};
#[cfg(feature = "ssr")]
use crate::{
    portal::{join::JoinScreen, page::Activation, stop::StopScreen},
    start::Start,
};

/// The activation portal, which the server makes alone: a phone loads no pages as programs, in no language.
#[cfg(feature = "ssr")]
#[component]
pub fn PortalApp() -> impl IntoView {
    application(Audience::User, || {
        view! {
            <Routes fallback=Unknown>
                <Route path=path!("/") view=Start ssr=SsrMode::Async/>
                <Route path=path!("/activate/:share") view=Activation ssr=SsrMode::Async/>
                <Route path=path!("/activate/:share/join/:token") view=JoinScreen ssr=SsrMode::Async/>
                <Route path=path!("/activate/:share/stop/:token") view=StopScreen ssr=SsrMode::Async/>
            </Routes>
        }
        .into_any()
    })
}

/// The partner hub.
#[component]
pub fn HubApp() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    ui::travel::Travel::watch();
    application(Audience::Administrator, || {
        #[cfg(feature = "hydrate")]
        ui::query_form::follow();
        view! {
            <Routes fallback=Unknown>
                <HubRoutes/>
            </Routes>
        }
        .into_any()
    })
}

/// What stands around the routes of an application for these readers. Hydrated, `data-hydrated` on `<body>` says that it listens.
fn application(readers: Audience, routes: fn() -> AnyView) -> AnyView {
    provide_meta_context();
    provide_context(readers);
    // The server asks for the list of routes once, and drops what it asked at once: too soon for the effects by which
    // leptos_i18n (0.6.2) follows the language.
    #[cfg(feature = "ssr")]
    if leptos_router::RouteList::is_generating() {
        return view! { <Router>{routes()}</Router> }.into_any();
    }
    let hydrated = provide_hydrated();
    view! {
        <Body attr:data-hydrated=move || hydrated.get().then_some("true")/>
        <I18nContextProvider ssr_lang_header_getter=language_of(readers) set_dir_attr_on_html=false>
            <Written/>
            <Router>{routes()}</Router>
        </I18nContextProvider>
    }
    .into_any()
}

/// In which direction the page is written.
#[component]
fn Written() -> impl IntoView {
    let i18n = i18n::use_i18n();
    view! { <Html attr:dir=move || language::direction(i18n.get_locale()).as_str()/> }
}

/// The server decides, by what [`language::best`] says; the browser takes what the server chose.
fn language_of(readers: Audience) -> UseLocalesOptions {
    let options = UseLocalesOptions::default();
    #[cfg(feature = "ssr")]
    let options =
        options.ssr_lang_header_getter(move || Some(language::best(visitor::languages(), readers).to_string()));
    #[cfg(not(feature = "ssr"))]
    let _ = readers;
    options
}
