//! `?lang=it` chooses the language: for this answer and, by a cookie, for those that follow.

use app::{
    cookie::{CookiePrefix, LANGUAGE},
    i18n::{I18nLocaleTrait as _, Locale},
};
use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// Turns the parameter into the cookie, so that everything behind this looks at one place only.
pub async fn from_query(mut request: Request, next: Next) -> Response {
    let Some(locale) = request.uri().query().and_then(chosen) else { return next.run(request).await };
    let prefix = request.extensions().get().copied().unwrap_or(CookiePrefix::None);
    let is_language = |cookie: &str| {
        let sent = cookie.split('=').next();
        CookiePrefix::ALL.iter().any(|prefix| sent == Some(prefix.before(LANGUAGE).as_str()))
    };
    let mut cookies = format!("{}={locale}", prefix.before(LANGUAGE));
    for sent in request.headers().get_all(header::COOKIE) {
        for cookie in sent.to_str().unwrap_or("").split(';').map(str::trim) {
            if !cookie.is_empty() && !is_language(cookie) {
                cookies.push_str("; ");
                cookies.push_str(cookie);
            }
        }
    }
    if let Ok(cookies) = HeaderValue::try_from(cookies) {
        request.headers_mut().insert(header::COOKIE, cookies);
    }
    let mut response = next.run(request).await;
    if let Ok(cookie) = HeaderValue::try_from(prefix.language(locale)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn chosen(query: &str) -> Option<Locale> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix("lang="))?;
    Locale::get_all().iter().copied().find(|locale| locale.as_str().eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_languages_are_chosen() {
        assert_eq!(chosen("lang=it"), Some(Locale::it));
        assert_eq!(chosen("after=x&lang=BG"), Some(Locale::bg));
        assert_eq!(chosen("lang=xx"), None);
        assert_eq!(chosen("slang=it"), None);
    }
}
