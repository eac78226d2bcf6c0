//! Share links that a mail program, a QR code or whoever reads them out has written in capitals throughout.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{backend::Shared, store::template};

/// Sends whoever opens one on to the page of its template (308), which says so if the link was replaced. Of a mailed link that is all that is left: its own token is another
/// one in capitals.
pub async fn redirect(State(context): State<Shared>, request: Request, next: Next) -> Response {
    let Some(share) = in_capitals(request.uri().path()) else { return next.run(request).await };
    match template::share_token_of_capitals(context.store.read(), share).await {
        Ok(Some(token)) if token != share => {
            let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
            let link = format!("/activate/{token}{query}");
            (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, link)]).into_response()
        }
        _ => next.run(request).await,
    }
}

/// The share token of such a link.
fn in_capitals(path: &str) -> Option<&str> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let (root, share) = (parts.next()?, parts.next()?);
    let is_in_capitals =
        share.chars().any(|c| c.is_ascii_uppercase()) && !share.chars().any(|c| c.is_ascii_lowercase());
    (root.eq_ignore_ascii_case("activate") && is_in_capitals).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_capitals_throughout_is_looked_for() {
        for (path, share) in [
            ("/ACTIVATE/A-B_1", Some("A-B_1")),
            ("/ACTIVATE/A-B_1/", Some("A-B_1")),
            ("/ACTIVATE//AB/JOIN/X", Some("AB")),
            ("/activate/AB", Some("AB")),
            ("/activate/Ab", None),
            ("/activate/ab", None),
            ("/activate/123", None),
            ("/HUB/AB", None),
            ("/ACTIVATE", None),
        ] {
            assert_eq!(in_capitals(path), share, "{path}");
        }
    }
}
