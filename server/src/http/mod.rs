//! The router: which address is answered by whom, and what every answer goes through.

pub mod adapter;
mod announced;
pub mod apart;
pub mod api;
pub mod audit;
pub mod brand;
mod capitals;
pub mod client;
mod client_app;
pub mod draining;
pub mod export;
pub mod first_page;
pub mod form;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod head;
pub mod headers;
pub mod health;
pub mod host;
pub mod import;
pub mod language;
pub mod listener;
pub mod live;
pub mod log;
pub mod media;
mod oidc;
pub mod one_click;
pub mod origin;
mod pace;
pub mod preview;
pub mod private;
pub mod routes;
pub mod signed_in;
pub mod site;
pub mod slash;
pub mod target;
mod text;
mod whole;

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use app::{
    HubApp, PortalApp,
    access::Guard,
    backend::{Hub, Portal},
    hub::{CONFIRM, model::LARGEST_FILE},
    portal::CLIENT_APP,
    shell,
    visitor::CookiePrefix,
};
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request},
    http::Method,
    middleware::{self, Next},
};
use domain::{
    Fault,
    limit::{self, Limit},
    permission::Access,
};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{AxumRouteListing, ErrorHandler, LeptosRoutes as _, generate_route_list};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use crate::{
    access::{adapter_accounts::Verifier, oidc::RETURN, rate::Rate},
    backend::{
        Shared,
        hub::{HubService, memory},
        portal::PortalService,
    },
    build::Build,
    directory_sync::Directories,
    http::{
        first_page::FirstPages,
        health::Watched,
        host::Hosts,
        preview::PortalPages,
        routes::{Route, Routes, get, post},
        site::BrowserFiles,
    },
    readiness::Readiness,
    store::at_the_door,
};

/// The most that a form or API call may send, in bytes.
const BODY: usize = 1 << 20;
/// How soon an answer begins once its request is there; live events and exports are streams and begin at once.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What the router needs beyond the backends' context.
pub struct Settings {
    /// The browser's files.
    pub site: BrowserFiles,
    /// For which hosts the server answers.
    pub hosts: Hosts,
    /// How many own proxies add to `X-Forwarded-For`.
    pub trust_proxy: usize,
    /// How many calls an API token may make a minute.
    pub api_calls: i64,
    /// Who is in an enterprise.
    pub directories: Directories,
    /// Whether this server can do its work.
    pub readiness: Readiness,
    /// From what it was built.
    pub build: Build,
    /// Whether that, and the API's description, is only said on the operator's own listener.
    pub private_docs: bool,
    /// Routes that only the demo has.
    pub demo: Option<Router>,
}

/// The pages' routes. Looked for once: whatever a page asks for while Leptos looks for them, anywhere in the process, never
/// comes (<https://github.com/leptos-rs/leptos/issues/4773>).
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| {
    whole::run_parts_with_their_page();
    [generate_route_list(PortalApp), generate_route_list(HubApp)].concat()
});

/// Everything that can be called, but for server functions, which [`app::access`] lists, and for what only the demo has. A page is public: it holds nothing
/// but what server functions give to whoever opens it.
#[must_use]
pub fn routes() -> Vec<Route> {
    let page =
        |page: &AxumRouteListing| Route { method: Method::GET, path: page.path().to_owned(), access: Access::Public };
    let pages: Vec<_> = PAGES.iter().map(page).collect();
    let (api, adapter, streams, files) = (api::routes(), adapter::routes(), streams(), files());
    let (health, version) = (health::routes(), health::version());
    [health.list(), version.list(), api.list(), adapter.list(), streams.list(), files.list(), &pages].concat()
}

/// What pages read that is no server function.
fn streams() -> Routes<Shared> {
    Routes::new()
        .route(CLIENT_APP, get(client_app::lead))
        .route("/brand/{file}", get(brand::file))
        .route("/activate/{share}/live", get(live::portal))
        .route("/activate/{share}/stop/{token}", post(one_click::stop))
        .route("/hub/sign-in/with/{provider}", get(oidc::begin))
        .route(&format!("{RETURN}/{{provider}}"), get(oidc::come_back))
        .route(CONFIRM, get(oidc::confirm))
        .route("/hub/templates/{template}/live", get(live::hub))
        .route("/hub/customers/{customer}/live", get(live::customer))
        .route("/hub/users/{user}/live", get(live::user))
        .route("/hub/templates/{template}/users.csv", get(export::users))
        .route("/hub/templates/{template}/preview/portal", get(preview::portal))
        .route("/hub/templates/{template}/preview/mail", get(preview::mail))
        .route("/hub/audit.csv", get(audit::export))
        .route("/hub/users.csv", post(export::selected))
}

/// Everything the server answers.
pub fn router(context: &Shared, settings: Settings) -> Router {
    let options = leptos_options();
    let api = api::router(api_state(context, &settings), !settings.private_docs);
    let portal: Portal = Arc::new(PortalService(context.clone()));
    let hub: Hub = Arc::new(HubService(context.clone()));
    let guard: Arc<dyn Guard> = Arc::new(HubService(context.clone()));
    let provide = move || {
        provide_context(portal.clone());
        provide_context(hub.clone());
        provide_context(guard.clone());
        memory::provide();
    };
    let pages = Router::new()
        .leptos_routes_with_context(&options, PAGES.clone(), provide.clone(), {
            let options = options.clone();
            move || shell(options.clone())
        })
        .layer(middleware::from_fn(whole::made))
        .layer(middleware::from_fn(target::is_followed))
        .with_state(options.clone());
    let shown = Extension(PortalPages(pages.clone()));
    let pages = pages.layer(middleware::from_fn_with_state(FirstPages::new(context), first_page::keep));
    // Leptos' handler of files would give them the headers of whichever page is being made on the same thread, cookies and
    // all (leptos_axum 0.8.10), and ask the disk for names that it cannot have: this one asks for no file.
    let unknown = Router::new()
        .fallback_service(ErrorHandler::new_with_context(provide, shell, options))
        .layer(middleware::from_fn(whole::made));
    let nowhere = unknown.clone();
    let mut routes = Router::new()
        .nest_service("/pkg", settings.site.clone().package())
        .merge(streams().router().layer(shown))
        .with_state(context.clone())
        .merge(pages)
        .fallback_service(settings.site.or(unknown));
    if let Some(demo) = settings.demo {
        routes = routes.merge(demo);
    }
    let browser = routes
        .layer(middleware::from_fn(form::read))
        .layer(middleware::from_fn(language::from_query))
        .layer(middleware::from_fn_with_state(context.clone(), origin::check))
        .layer(middleware::from_fn(slash::redirect))
        .layer(middleware::from_fn_with_state(context.clone(), capitals::redirect))
        .layer(middleware::from_fn(target::is_readable))
        .layer(middleware::from_fn_with_state(nowhere, target::is_explained))
        .layer(middleware::from_fn(pace::of_browsers))
        .layer(middleware::from_fn(announced::check));
    let site = &context.site;
    let guarded = Router::new()
        .merge(api)
        .merge(adapter::router(adapter_state(context)))
        .merge(browser)
        .layer(DefaultBodyLimit::max(BODY))
        .merge(uploads(context))
        .layer(Extension(CookiePrefix::at(&site.public_url)))
        .layer(middleware::from_fn_with_state(client::Proxies::new(settings.trust_proxy), client::address))
        .layer(middleware::from_fn_with_state(apart::Hosts::new(&site.public_url, &site.hub_url), apart::keep))
        .layer(middleware::from_fn_with_state(settings.hosts, host::known));
    // Whoever watches over the server asks it by whatever name or address it has.
    let mut watched = health::routes().router();
    if !settings.private_docs {
        watched = watched.merge(health::version().router());
    }
    let readiness = settings.readiness;
    let routes = Router::new()
        .merge(watched.with_state(Watched { readiness: readiness.clone(), build: settings.build }))
        .merge(guarded)
        .layer(middleware::from_fn(host::one))
        .layer(middleware::from_fn(target::has_path))
        .layer(middleware::from_fn(head::unambiguous))
        .layer(middleware::from_fn(head::small_enough));
    secured(routes)
        .layer(middleware::from_fn_with_state(context.environment.clone(), api::tracking::explain_all))
        .layer(middleware::from_fn(|request: Request, next: Next| at_the_door(next.run(request))))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(readiness, draining::close_connections))
        .layer(middleware::from_fn_with_state(context.clone(), log::requests))
}

/// Routes whose answers all have the headers, those after a panic, too.
fn secured(routes: Router) -> Router {
    routes.layer(CatchPanicLayer::new()).layer(middleware::from_fn(headers::secure))
}

/// Files that are uploaded.
fn files() -> Routes<Shared> {
    Routes::new().route("/hub/templates/{template}/users.csv", post(import::users))
}

/// Files may be larger than forms.
fn uploads(context: &Shared) -> Router {
    let files = files().router().with_state(context.clone());
    files
        .layer(middleware::from_fn(pace::of_browsers))
        .layer(middleware::from_fn(announced::check))
        .layer(DefaultBodyLimit::max(LARGEST_FILE))
        .layer(middleware::from_fn_with_state(context.clone(), origin::check))
}

fn api_state(context: &Shared, settings: &Settings) -> api::ApiState {
    api::ApiState {
        store: context.store.clone(),
        environment: context.environment.clone(),
        public_url: context.site.public_url.as_str().into(),
        rate: Rate::new(Limit { max: settings.api_calls, ..limit::API_CALLS }, Fault::TooManyRequests),
        webhooks: context.webhooks.clone(),
        directories: settings.directories.clone(),
        code_keys: context.code_keys.clone(),
    }
}

fn adapter_state(context: &Shared) -> adapter::AdapterState {
    adapter::AdapterState {
        store: context.store.clone(),
        environment: context.environment.clone(),
        verifier: Verifier::new(&context.environment),
    }
}

fn leptos_options() -> LeptosOptions {
    LeptosOptions::builder().output_name("portal").site_pkg_dir("pkg").build()
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        extract::Request,
        http::{StatusCode, header},
    };
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn what_is_answered_after_a_panic_has_the_headers_of_every_answer() {
        let routes = secured(Router::new().fallback(async || -> &'static str { panic!("on purpose") }));
        let answer = routes.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("frame-ancestors 'none'"));
    }
}
