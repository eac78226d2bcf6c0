//! What is made to its end, also when whoever asked for it has left: pages, and calls that are carried out once.
//!
//! Leptos makes parts of a page in tasks of their own. If the page ends or is given up meanwhile, what these read is gone, and
//! they panic (leptos 0.8.23: an effect of `Suspense`; leptos_i18n 0.6.2: the one that would write its cookie). So a page is
//! made to its end, and its parts with it: never on another thread, and no longer than the page itself.

use std::future::pending;

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use futures::{FutureExt as _, StreamExt as _, channel::mpsc, stream};

use super::log;

tokio::task_local! {
    /// Where the page that is being made takes its parts.
    static PARTS: mpsc::UnboundedSender<PinnedFuture<()>>;
}

/// Who runs the tasks of Leptos: the page that they belong to.
struct Pages;

impl CustomExecutor for Pages {
    fn spawn(&self, part: PinnedFuture<()>) {
        match PARTS.try_with(Clone::clone) {
            // A page that takes nothing any more has ended.
            Ok(parts) => _ = parts.unbounded_send(part),
            Err(_) => _ = tokio::spawn(part),
        }
    }

    fn spawn_local(&self, part: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(part);
    }

    fn poll_local(&self) {}
}

/// Lets pages run their own parts from now on; to be called before Leptos runs any.
pub fn run_parts_with_their_page() {
    // Whoever calls it again finds it done.
    _ = Executor::init_custom_executor(Pages);
}

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
    to_its_end(with_its_parts(make)).await
}

/// Runs what Leptos spawns for a page beside it, and ends it with the page.
async fn with_its_parts<T>(page: impl Future<Output = T>) -> T {
    let (send, spawned) = mpsc::unbounded();
    // The page's own sender lives as long as the page: there is no last part.
    let parts = spawned.for_each_concurrent(None, |part| part).then(|()| pending());
    let page = async {
        tokio::select! {
            biased;
            made = page => made,
            never = parts => never,
        }
    };
    PARTS.scope(send, page).await
}

/// Goes on with this when nobody waits for it any more.
pub async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(log::for_its_request(work)).await {
        Ok(done) => done,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use axum::{Router, middleware::from_fn, routing::get};
    use futures::channel::oneshot;
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

    #[tokio::test]
    async fn what_is_spawned_for_a_page_runs_beside_it_and_ends_with_it() {
        run_parts_with_their_page();
        let (send, told) = oneshot::channel();
        let (held, mut left) = oneshot::channel::<()>();
        let page = async {
            Executor::spawn(async { Executor::spawn(async { _ = send.send("by a part of a part") }) });
            Executor::spawn(async {
                let _held = held;
                pending().await
            });
            told.await
        };
        assert_eq!(timeout(Duration::from_secs(10), with_its_parts(page)).await.unwrap(), Ok("by a part of a part"));
        assert!(left.try_recv().is_err(), "a part outlived its page");
    }
}
