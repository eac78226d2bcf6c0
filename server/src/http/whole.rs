//! What is made to its end, also when whoever asked for it has left: pages, and calls that are carried out once.
//!
//! Leptos makes parts of a page in tasks of their own. If the page is given up meanwhile, what these read is gone, and they
//! panic (leptos 0.8.23: an effect of `Suspense`).

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use futures::stream;
use tracing::Instrument as _;

/// Makes the whole answer before any of it is sent.
pub async fn made(request: Request, next: Next) -> Response {
    let make = async {
        let (head, body) = next.run(request).await.into_parts();
        let body = match to_bytes(body, usize::MAX).await {
            Ok(body) => Body::from(body),
            Err(error) => Body::from_stream(stream::iter([Err::<Bytes, _>(error)])),
        };
        Response::from_parts(head, body)
    };
    to_its_end(make).await
}

/// Goes on with this when nobody waits for it any more.
pub async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work.in_current_span()).await {
        Ok(done) => done,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use axum::{Router, middleware::from_fn, routing::get};
    use futures::FutureExt as _;
    use tokio::{sync::Notify, time::timeout};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_page_is_made_to_its_end_when_nobody_waits_for_it() {
        let (go_on, ended) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let page = {
            let (go_on, ended) = (go_on.clone(), ended.clone());
            async move || {
                go_on.notified().await;
                ended.notify_one();
            }
        };
        #[allow(clippy::disallowed_methods, reason = "this is another server's router")]
        let pages = Router::new().route("/", get(page)).layer(from_fn(made));
        assert!(pages.oneshot(Request::new(Body::empty())).now_or_never().is_none());
        go_on.notify_one();
        timeout(Duration::from_secs(10), ended.notified()).await.unwrap();
    }
}
