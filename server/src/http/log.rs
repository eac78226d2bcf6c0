//! A line in the log for each request, a tracking id for all that is logged about it, and its place in the metrics.

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};
use domain::Fault;
use tokio::time::Instant;
use tracing::{Instrument as _, Span, field::Empty};

use super::api::tracking::{TRACKING_ID, TrackingId};
use crate::{
    access::identified::Identified,
    backend::Shared,
    log::{SECURITY, TRACE},
    metrics::RequestLabels,
};

tokio::task_local! {
    /// Of which request it is that is answered: for the log, and for its trace.
    static REQUEST: (Span, Span);
}

/// Work of the request that is answered, wherever it is carried out: what it says is of that request, in the log as in its trace.
/// The span that is entered alone is not enough: it is one of the two, and the other one's readers do not see it.
pub fn for_its_request<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let (spans, work) = (REQUEST.try_with(Clone::clone).ok(), work.in_current_span());
    async move {
        match spans {
            Some((line, trace)) => within(line, trace, work).await,
            None => work.await,
        }
    }
}

async fn within<F: Future>(line: Span, trace: Span, work: F) -> F::Output {
    REQUEST.scope((line.clone(), trace.clone()), work).instrument(trace).instrument(line).await
}

/// Gives the request its tracking id, and says at `debug` how it was answered. Never the address itself, which holds
/// secrets and people's ids: the route that it leads to.
pub async fn requests(State(context): State<Shared>, mut request: Request, next: Next) -> Response {
    let tracking_id = TrackingId(context.environment.id().to_string());
    request.extensions_mut().insert(tracking_id.clone());
    let identified = Identified::default();
    request.extensions_mut().insert(identified.clone());
    let TrackingId(tracking_id) = tracking_id;
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let began = Instant::now();
    let span = tracing::error_span!("request", tracking_id);
    let trace = tracing::info_span!(
        target: TRACE, parent: &span, "request", tracking_id, name = format!("{} {route}", name(&method)),
        http.request.method = name(&method), http.route = route, http.response.status_code = Empty
    );
    let answer = trace.clone();
    let work = async move {
        let response = next.run(request).await;
        let (status, took) = (response.status().as_u16(), began.elapsed());
        let milliseconds = took.as_millis();
        answer.record("http.response.status_code", status);
        if names_nothing_of_theirs(&response)
            && let Some((caller, network)) = identified.known()
        {
            tracing::info!(target: SECURITY, event = "nothing_of_theirs", caller, route, %network, "asked for in vain");
        }
        // An answer that is told once more keeps the id that it had.
        let repeats =
            response.headers().get(TRACKING_ID).and_then(|id| id.to_str().ok()).filter(|id| *id != tracking_id);
        tracing::debug!(event = "answered", method = name(&method), route, status, milliseconds, repeats, "answered");
        let (http_request_method, http_response_status_code) = (name(&method), status);
        let labels = RequestLabels { http_request_method, http_route: route, http_response_status_code };
        context.store.metrics().request_ended(&labels, took);
        response
    };
    within(span, trace, work).await
}

/// Whether somebody who was let in asked for what is not there for them. Whether it is somebody else's nobody looks: no query
/// goes beyond whose it is.
fn names_nothing_of_theirs(answer: &Response) -> bool {
    let fault = answer.extensions().get::<Fault>();
    answer.status() == StatusCode::NOT_FOUND || fault == Some(&Fault::UnknownProvisioningId)
}

/// The method, unless it is one that its sender made up.
const fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
