//! A page has one address: without a slash at its end, in a link without two in a row, and without what stood behind a link in the text that it was copied
//! from.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// Sends the caller of a page with something behind its address on to the page, for good and with the same method (308):
/// chat programs and mail programs add a slash to a link, and people copy the full stop that ends its sentence.
pub async fn redirect(request: Request, next: Next) -> Response {
    match without_tail(request.uri()) {
        Some(location) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response(),
        None => next.run(request).await,
    }
}

/// The address without what is too much at its end, if anything is. One that would lead to another host (`//host`, and browsers
/// read `/\host` the same) is none of ours.
fn without_tail(uri: &Uri) -> Option<HeaderValue> {
    let whole = uri.path();
    let path = if whole.starts_with(LINKS) { single(link(whole)) } else { whole.trim_end_matches('/').to_owned() };
    let second = path.chars().nth(1).filter(|_| path != whole)?;
    if matches!(second, '/' | '\\') {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    HeaderValue::try_from(format!("{path}{query}")).ok()
}

/// What is mailed and passed on: share links and Join now links. They end with a token.
pub(super) const LINKS: &str = "/activate/";

/// A link with one slash wherever programs that put addresses together have left two.
fn single(link: &str) -> String {
    let parts: Vec<_> = link.split('/').filter(|part| !part.is_empty()).collect();
    format!("/{}", parts.join("/"))
}

/// A link up to the end of its token. What is no part of one is written as it is or by its number (`%20`).
fn link(path: &str) -> &str {
    let is_of_a_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let path = path.trim_end_matches(|c| !is_of_a_token(c));
    match path.rsplit_once('%') {
        Some((before, digits)) => match u8::from_str_radix(digits, 16) {
            Ok(byte) if digits.len() == 2 && !is_of_a_token(char::from(byte)) => link(before),
            _ => path,
        },
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent_to(target: &'static str) -> Option<String> {
        without_tail(&Uri::from_static(target)).map(|location| location.to_str().expect("ASCII").to_owned())
    }

    #[test]
    fn only_a_slash_at_the_end_of_a_page_is_one_too_many() {
        assert_eq!(sent_to("/activate/abc/").as_deref(), Some("/activate/abc"));
        assert_eq!(sent_to("/activate/abc//?lang=it&x=/").as_deref(), Some("/activate/abc?lang=it&x=/"));
        assert_eq!(sent_to("https://host/hub/").as_deref(), Some("/hub"));
        assert_eq!(sent_to("/activate//abc///join//x?lang=it").as_deref(), Some("/activate/abc/join/x?lang=it"));
        for fine in ["/", "//", "/hub", "/hub?next=/", "/a/b"] {
            assert_eq!(sent_to(fine), None, "{fine}");
        }
    }

    #[test]
    fn what_was_copied_with_a_link_is_no_part_of_it() {
        for tail in [".", ",", "%20", "%3E", "%3e.", ")", ";%20", "%E2%80%9D", "%C2%A0", "'", "/.", "./", "..."] {
            for link in ["/activate/a-b_", "/activate/a-b_/join/x_-"] {
                let copied = format!("{link}{tail}?lang=it").parse().unwrap();
                let sent = without_tail(&copied).map(|location| location.to_str().expect("ASCII").to_owned());
                assert_eq!(sent, Some(format!("{link}?lang=it")), "{copied}");
            }
        }
        for whole in
            ["/activate/a-b_", "/activate/a/join/x%41", "/activate/a%zz", "/hub/x.", "/favicon.ico", "/hub/a%20"]
        {
            assert_eq!(sent_to(whole), None, "{whole}");
        }
    }

    #[test]
    fn nobody_is_sent_to_another_host() {
        for target in ["//evil.example/", "///evil.example/", "/\\evil.example/", "//evil.example//"] {
            assert_eq!(target.parse().ok().as_ref().and_then(without_tail), None, "{target}");
        }
    }
}
