//! The document around every page, and what its browser may load.

use axum::http::{HeaderValue, header::CONTENT_SECURITY_POLICY, request::Parts};
use leptos::{nonce::use_nonce, prelude::*, reactive::owner::with_context};
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

use crate::{HubApp, PortalApp};

/// Keeps the page usable as plain HTML when the browser's half does not come, or breaks: then what it listens to is no longer
/// heard (forms are sent and links followed as HTML says), a page that had worked is loaded again, once, and one that
/// only waits looks again by itself. The hub's half walks over the nodes that the server sent, and an extension or translator may
/// have put others between them; the hub cannot do without it, and in this tab makes its pages anew from then on.
const PLAIN: &str = include_str!("plain.js");

/// The document around every page of either application. Sets the page's `Content-Security-Policy`.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let hub = with_context(|parts: &Parts| is_hub(parts.uri.path())).unwrap_or(false);
    protect(hub);
    let output_name = if hub { "hub" } else { "portal" };
    let mut options = options;
    options.output_name = output_name.into();
    view! {
        <!DOCTYPE html>
        <html>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f3f5f7"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0d1217"/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <link rel="stylesheet" href="/pkg/flowthrough.css"/>
                {hub.then(|| view! { <link rel="stylesheet" href="/pkg/hub.css"/> })}
                <script nonce=use_nonce()>{PLAIN}</script>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                {if hub { view! { <HubApp/> }.into_any() } else { view! { <PortalApp/> }.into_any() }}
            </body>
        </html>
    }
}

/// Whether an address belongs to the partner hub.
fn is_hub(path: &str) -> bool {
    path == "/hub" || path.starts_with("/hub/")
}

/// Nothing but what this server sent may load or run; inline scripts (Leptos hydrates by some) need this page's nonce. The hub shows
/// previews in frames.
fn protect(hub: bool) {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else { return };
    let frames = if hub { "frame-src 'self'; " } else { "" };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; font-src 'self'; {frames}manifest-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
