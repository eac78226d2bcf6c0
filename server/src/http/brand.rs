//! `/brand/…`: what a template's pages and mails show of its brand. Whoever knows a name may load it, from wherever a mail is read.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{Accent, Logo};

use crate::{
    access::guard::Public,
    backend::Shared,
    brand::{sheet, sheet_name},
    store::logo,
};

/// What is named by what it is made of never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Opened by itself it may do nothing at all.
const NOTHING: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox");

/// A sheet of styles, or a logo. 404 for a name that nothing has.
pub async fn file(State(context): State<Shared>, _: Public, Path(name): Path<String>) -> Result<Response, StatusCode> {
    match name.rsplit_once('.') {
        Some((stem, "css")) => styles(stem, &name),
        Some((stem, "png")) => picture(&context, stem).await,
        _ => Err(StatusCode::NOT_FOUND),
    }
}

/// What another version makes of the colour has another name: this one's does for a page of that version, and is not kept.
fn styles(stem: &str, name: &str) -> Result<Response, StatusCode> {
    let accent =
        stem.split_once('-').and_then(|(colour, _)| Accent::parse(colour).ok()).ok_or(StatusCode::NOT_FOUND)?;
    let cache = if sheet_name(accent) == name { FOR_EVER } else { HeaderValue::from_static("no-store") };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, NOTHING),
        (header::CACHE_CONTROL, cache),
    ];
    Ok((headers, sheet(accent)).into_response())
}

async fn picture(context: &Shared, stem: &str) -> Result<Response, StatusCode> {
    let named = Logo::parse(stem).ok_or(StatusCode::NOT_FOUND)?;
    let found = logo::picture(context.store.read(), &named).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let picture = found.ok_or(StatusCode::NOT_FOUND)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CONTENT_SECURITY_POLICY, NOTHING),
        (header::CACHE_CONTROL, FOR_EVER),
    ];
    Ok((headers, picture).into_response())
}
