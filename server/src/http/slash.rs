//! A page has one address: without a slash at its end.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// Sends the caller of a page with a slash behind its address on to the page, for good and with the same method (308):
/// chat programs and mail programs add one to a link.
pub async fn redirect(request: Request, next: Next) -> Response {
    match without_slash(request.uri()) {
        Some(location) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response(),
        None => next.run(request).await,
    }
}

/// The address without slashes at its end, if it has any. One that would lead to another host (`//host`, and browsers
/// read `/\host` the same) is none of ours.
fn without_slash(uri: &Uri) -> Option<HeaderValue> {
    let path = uri.path().strip_suffix('/')?.trim_end_matches('/');
    let second = path.chars().nth(1)?;
    if matches!(second, '/' | '\\') {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    HeaderValue::try_from(format!("{path}{query}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent_to(target: &'static str) -> Option<String> {
        without_slash(&Uri::from_static(target)).map(|location| location.to_str().expect("ASCII").to_owned())
    }

    #[test]
    fn only_a_slash_at_the_end_of_a_page_is_one_too_many() {
        assert_eq!(sent_to("/activate/abc/").as_deref(), Some("/activate/abc"));
        assert_eq!(sent_to("/activate/abc//?lang=it&x=/").as_deref(), Some("/activate/abc?lang=it&x=/"));
        assert_eq!(sent_to("https://host/hub/").as_deref(), Some("/hub"));
        for fine in ["/", "//", "/hub", "/hub?next=/", "/a/b"] {
            assert_eq!(sent_to(fine), None, "{fine}");
        }
    }

    #[test]
    fn nobody_is_sent_to_another_host() {
        for target in ["//evil.example/", "///evil.example/", "/\\evil.example/", "//evil.example//"] {
            assert_eq!(target.parse().ok().as_ref().and_then(without_slash), None, "{target}");
        }
    }
}
