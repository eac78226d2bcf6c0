//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a POST that is repeated with the same key is carried
//! out once, and answered every time as it was when it succeeded.
//!
//! The key is claimed before the call is carried out and the answer written down afterwards, for a day: also when the client
//! has hung up in between, and will ask again. That something was done is noted at the key in the same transaction. So a server that
//! dies in between, or never hears what came of its COMMIT, does nothing twice: the claim runs out, and the call is carried out
//! again if it has done nothing; else it is told that the answer is lost.

use axum::{
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};
use domain::{Fault, Timestamp, limit, timestamp::MINUTE};
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    ApiState, BULK_BODY, Refusal, body,
    client::Token,
    tracking::{TRACKING_ID, TrackingId, write_out},
};
use crate::{
    access::secret::fingerprint,
    fault::Trouble,
    http::{TIMEOUT, whole::to_its_end},
    store::{
        Store,
        idempotency_key::{self, Answer, IdempotencyKey},
    },
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is an earlier one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The most characters that a key may have.
const LONGEST: usize = 255;
/// How long a call may take before its claim counts as abandoned, in milliseconds: longer than the server lets one run.
const CLAIM: i64 = MINUTE;
/// After how many milliseconds it makes sense to ask for the answer of a call that is being carried out.
const SOON: i64 = 1_000;

/// Carries a POST with a key out once.
pub async fn once(State(state): State<ApiState>, request: Request, next: Next) -> Result<Response, Refusal> {
    let token = request.extensions().get::<Token>().cloned();
    let (Some(token), true) = (token, request.method() == Method::POST && request.headers().contains_key(KEY)) else {
        return Ok(next.run(request).await);
    };
    let key = fingerprint(format!("{}\n{}", token.id, key(request.headers())?));
    let (parts, sent) = request.into_parts();
    // Whoever carries the call out may take less.
    let mut whole = Request::from_parts(parts.clone(), sent);
    DefaultBodyLimit::max(BULK_BODY).apply(&mut whole);
    let bytes = body::read(whole, &state).await?;
    let claim = Claim::new(key, hash(&parts, &bytes), state.environment.id(), state.environment.now());
    to_its_end(claim.carry_out(state.store, Request::from_parts(parts, bytes.into()), next)).await
}

fn key(headers: &HeaderMap) -> Result<&str, Refusal> {
    let refused = |fault| Refusal::parameter("Idempotency-Key", fault);
    // What is no visible ASCII is no text to this method.
    let key = headers.get(KEY).and_then(|key| key.to_str().ok()).map(str::trim).unwrap_or_default();
    match key.len() {
        0 => Err(refused(Fault::InvalidParameter)),
        1..=LONGEST => Ok(key),
        _ => Err(refused(Fault::InvalidParameterSize)),
    }
}

fn hash(parts: &Parts, body: &[u8]) -> String {
    let head = format!("{} {}\n", parts.method, parts.uri);
    fingerprint([head.as_bytes(), body].concat())
}

/// A call that wants to be carried out.
struct Claim {
    call: IdempotencyKey,
    now: Timestamp,
}

impl Claim {
    fn new(key: String, request: String, claim: Uuid, now: Timestamp) -> Self {
        let (claimed_until, expires_at) = (now.plus(CLAIM).0, now.plus(limit::IDEMPOTENCY).0);
        let (status, tracking_id, location, body) = (None, None, None, None);
        let call =
            IdempotencyKey { key, request, claim, claimed_until, status, tracking_id, location, body, expires_at };
        Self { call, now }
    }

    /// Carries the call out unless it has been, and keeps its answer.
    async fn carry_out(self, store: Store, request: Request, next: Next) -> Result<Response, Refusal> {
        if let Some(answer) = self.stake(&store).await? {
            return Ok(replay(answer));
        }
        let tracking_id = request.extensions().get::<TrackingId>().cloned();
        let tracking_id = tracking_id.unwrap_or_else(|| TrackingId(self.call.claim.to_string()));
        let carried_out = idempotency_key::carry_out(&self.call, &tracking_id.0, next.run(request));
        let response = timeout(TIMEOUT, carried_out).await.map_err(|_| Fault::StoreUnavailable)?;
        let (head, body) = write_out(response, &tracking_id).into_parts();
        let bytes = to_bytes(body, usize::MAX).await.map_err(|_| Fault::Internal)?;
        self.answered(&store, head.status, &head.headers, &bytes).await?;
        Ok(Response::from_parts(head, bytes.into()))
    }

    /// Claims the key. Returns what the call was answered before, if it was.
    async fn stake(&self, store: &Store) -> Result<Option<IdempotencyKey>, Trouble> {
        let work = store.work().await?;
        if !idempotency_key::insert(&work, self.call.clone()).await? {
            let found = idempotency_key::lock(&work, &self.call.key).await?;
            match found.filter(|found| found.expires_at > self.now.0) {
                Some(found) if found.request != self.call.request => return Err(Fault::IdempotencyKeyReused.into()),
                Some(found) if found.status.is_some() => {
                    work.abandon().await?;
                    return Ok(Some(found));
                }
                Some(found) if found.claimed_until > self.now.0 => {
                    return Err(Trouble::wait(Fault::RequestUnderWay, SOON));
                }
                Some(found) if found.tracking_id.is_some() => return Err(Fault::AnswerLost.into()),
                // Forgotten or abandoned.
                _ => idempotency_key::replace(&work, self.call.clone()).await?,
            }
        }
        work.commit().await?;
        Ok(None)
    }

    /// Writes the answer down, or lets the key go: a refused call may do better next time, unless it has done something.
    async fn answered(
        &self,
        store: &Store,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(), Trouble> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let work = store.work().await?;
        if status.is_success() {
            let answer = Answer {
                status: status.as_u16(),
                tracking_id: text(TRACKING_ID),
                location: text(header::LOCATION),
                body: Some(String::from_utf8_lossy(body).into_owned()).filter(|body| !body.is_empty()),
            };
            idempotency_key::answer(&work, &self.call, answer).await?;
        } else {
            idempotency_key::release(&work, &self.call).await?;
        }
        Ok(work.commit().await?)
    }
}

fn replay(answer: IdempotencyKey) -> Response {
    let status = answer.status.and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    let json = answer.body.is_some().then(|| "application/json".to_owned());
    let mut response = Response::new(Body::from(answer.body.unwrap_or_default()));
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in
        [(header::CONTENT_TYPE, json), (TRACKING_ID, answer.tracking_id), (header::LOCATION, answer.location)]
    {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// Forgets answers that are too old.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    let work = store.work().await?;
    idempotency_key::delete_expired(&work, now).await?;
    Ok(work.commit().await?)
}
