//! How a template's portal and mails look, for the hub to show in frames: pages that run nothing, made up for nobody.

use app::portal::{Opening, PortalPage, PortalStep};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Extension, Path, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{Accent, Language};
use serde::Deserialize;
use tower::ServiceExt as _;

use super::signed_in::SignedIn;
use crate::{
    access::guard::TemplatesRead,
    backend::{Shared, hub::sample_mail, portal::branding},
    store::{Template, TemplateId},
};

/// A page of ours, without what it would run; the hub has it in a frame, and nobody else.
const PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'; sandbox allow-same-origin",
);
/// A mail brings its styles itself.
const MAIL: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'; sandbox allow-same-origin",
);
/// What a page loads to run.
const RUNS: [(&str, &str); 3] =
    [("<script", "</script>"), (r#"<link rel="modulepreload""#, ">"), (r#"<link rel="preload""#, ">")];

/// What makes the portal's pages.
#[derive(Clone)]
pub struct PortalPages(pub Router);

/// What is to be seen that is not saved.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    /// In which language; the template's, if in none of ours.
    language: Option<String>,
    /// The colour that is being chosen; empty for ours. Left out, the template's.
    accent: Option<String>,
}

impl Wanted {
    fn language(&self, template: &Template) -> String {
        let named = self.language.as_deref().and_then(|tag| Language::parse(tag).ok());
        named.map_or_else(|| template.language.clone(), |language| language.tag().to_owned())
    }

    /// The template in that colour, if it can be read.
    fn applied_to(&self, template: Template) -> Template {
        let accent = match self.accent.as_deref() {
            None => template.accent,
            Some(written) => Accent::parse(written).ok(),
        };
        Template { accent, ..template }
    }
}

/// The page at which everybody begins who opens the share link.
///
/// # Errors
/// 404 for a template that is not the partner's.
pub async fn portal(
    State(context): State<Shared>,
    administrator: SignedIn<TemplatesRead>,
    Path(template): Path<TemplateId>,
    Query(wanted): Query<Wanted>,
    Extension(PortalPages(pages)): Extension<PortalPages>,
) -> Result<Response, StatusCode> {
    let template = administrator.template(&context, template).await?;
    let language = wanted.language(&template);
    let template = wanted.applied_to(template);
    let mut request = Request::new(Body::empty());
    let page = format!("/activate/{}", template.share_token);
    *request.uri_mut() = page.parse().map_err(|_| StatusCode::NOT_FOUND)?;
    let language = HeaderValue::try_from(language).map_err(|_| StatusCode::BAD_REQUEST)?;
    request.headers_mut().insert(header::ACCEPT_LANGUAGE, language);
    let page = PortalPage { branding: branding(&template), step: PortalStep::SignIn, flash: None };
    request.extensions_mut().insert(Opening(page));
    let Ok(answer) = pages.oneshot(request).await;
    let page = to_bytes(answer.into_body(), usize::MAX).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(framed(PAGE, still(&String::from_utf8_lossy(&page))))
}

/// The mail that asks to prove an address, as those see it who read HTML.
///
/// # Errors
/// 404 for a template that is not the partner's.
pub async fn mail(
    State(context): State<Shared>,
    administrator: SignedIn<TemplatesRead>,
    Path(template): Path<TemplateId>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, StatusCode> {
    let template = administrator.template(&context, template).await?;
    let language = wanted.language(&template);
    let link = context.site.activation_link(&template);
    let (words, _) = sample_mail(&wanted.applied_to(template), &link, &language);
    Ok(framed(MAIL, words.html))
}

fn framed(policy: HeaderValue, html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    ];
    (headers, html).into_response()
}

/// The page without what it would run: refused, each of it would be told in the browser's console.
fn still(page: &str) -> String {
    RUNS.iter().fold(page.to_owned(), |page, (begin, end)| {
        let mut parts = page.split(begin);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |kept, part| kept + part.split_once(end).map_or("", |(_, after)| after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_stands_still_has_everything_but_what_it_would_run() {
        let page = r#"<head><link rel="stylesheet" href="/a.css"><link rel="modulepreload" href="/b.js"><script nonce="1">x("</p>")</script></head><p>text</p><script type="module">y</script>"#;
        assert_eq!(still(page), r#"<head><link rel="stylesheet" href="/a.css"></head><p>text</p>"#);
        assert_eq!(still("<p>text</p>"), "<p>text</p>");
    }
}
