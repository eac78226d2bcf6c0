//! The world around the servers under test: a SCIM target that misbehaves, and BroadWorks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use server::demo::emulator::{self, EmulatedUser, Organization};
use tokio::net::TcpListener;
use uuid::Uuid;

/// The password of every BroadWorks user.
pub const PASSWORD: &str = "let me in";

/// How long a late answer takes.
const LATE: std::ops::Range<u64> = 50..1_500;

/// A SCIM target (RFC 7644) that fails, hangs, answers late or lies, until it is told to behave.
///
/// It does not know idempotency: two creations make two accounts unless their `userName` is the same. What saves the
/// engine from doubling is its own doing.
#[derive(Clone)]
pub struct Misbehaving {
    pub url: String,
    inner: Arc<Inner>,
}

struct Inner {
    accounts: Mutex<HashMap<Uuid, Value>>,
    random: Mutex<StdRng>,
    calm: tokio::sync::watch::Sender<bool>,
}

enum Mood {
    Good,
    Down,
    Busy,
    /// Acts and says that it failed.
    Lie,
    /// Acts and says nonsense.
    Babble,
    /// Acts after a while, whether anybody still waits or not.
    Late(Duration),
    /// Never answers and never acts.
    Hang,
}

impl Misbehaving {
    pub async fn start() -> Self {
        let inner = Arc::new(Inner {
            accounts: Mutex::default(),
            random: Mutex::new(StdRng::seed_from_u64(7)),
            calm: tokio::sync::watch::Sender::new(false),
        });
        #[allow(clippy::disallowed_methods, reason = "this is another server's router")]
        let router = Router::new()
            .route("/Users", get(search).post(create))
            .route("/Users/{id}", get(read).put(replace).patch(patch).delete(remove))
            .with_state(inner.clone());
        Self { url: serve(router).await, inner }
    }

    /// From now on it does what it is asked.
    pub fn behave(&self) {
        self.inner.calm.send_replace(true);
    }

    /// The accounts that are active.
    pub fn active(&self) -> Vec<Value> {
        let accounts = lock(&self.inner.accounts);
        accounts.values().filter(|account| account["active"] != json!(false)).cloned().collect()
    }
}

impl Inner {
    fn mood(&self) -> Mood {
        if *self.calm.borrow() {
            return Mood::Good;
        }
        let mut random = lock(&self.random);
        match random.random_range(0..100) {
            0..8 => Mood::Down,
            8..11 => Mood::Busy,
            11..17 => Mood::Lie,
            17..20 => Mood::Babble,
            20..28 => Mood::Late(Duration::from_millis(random.random_range(LATE))),
            28..31 => Mood::Hang,
            _ => Mood::Good,
        }
    }

    /// Does something, in whatever mood it is.
    async fn act(
        self: &Arc<Self>,
        act: impl FnOnce(&mut HashMap<Uuid, Value>) -> Response + Send + 'static,
    ) -> Response {
        match self.mood() {
            Mood::Good => act(&mut lock(&self.accounts)),
            Mood::Down => failure(StatusCode::SERVICE_UNAVAILABLE),
            Mood::Busy => {
                (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], Json(json!({}))).into_response()
            }
            Mood::Lie => {
                act(&mut lock(&self.accounts));
                failure(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Mood::Babble => {
                act(&mut lock(&self.accounts));
                (StatusCode::OK, "<html>all is well</html>").into_response()
            }
            Mood::Late(wait) => {
                let this = self.clone();
                // Spawned: the connection may be gone by then.
                let acting = tokio::spawn(async move {
                    tokio::time::sleep(wait).await;
                    act(&mut lock(&this.accounts))
                });
                acting.await.unwrap()
            }
            Mood::Hang => {
                let _ = self.calm.subscribe().wait_for(|calm| *calm).await;
                failure(StatusCode::GATEWAY_TIMEOUT)
            }
        }
    }
}

fn failure(status: StatusCode) -> Response {
    (status, Json(json!({ "status": status.as_str(), "detail": "chaos" }))).into_response()
}

fn taken(accounts: &HashMap<Uuid, Value>, user: &Value, except: Option<Uuid>) -> bool {
    accounts.iter().any(|(id, other)| Some(*id) != except && other["userName"] == user["userName"])
}

async fn create(State(target): State<Arc<Inner>>, Json(mut user): Json<Value>) -> Response {
    target
        .act(move |accounts| {
            if taken(accounts, &user, None) {
                return failure(StatusCode::CONFLICT);
            }
            let id = Uuid::from_u128(accounts.len() as u128 + 1);
            user["id"] = json!(id);
            accounts.insert(id, user.clone());
            (StatusCode::CREATED, Json(user)).into_response()
        })
        .await
}

async fn search(State(target): State<Arc<Inner>>, Query(query): Query<HashMap<String, String>>) -> Response {
    let filter = query.get("filter").cloned().unwrap_or_default();
    target
        .act(move |accounts| {
            let (attribute, value) = filter.split_once(" eq ").unwrap_or_default();
            let value = json!(value.trim_matches('"'));
            let found: Vec<_> = accounts.values().filter(|account| account[attribute] == value).collect();
            let list = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": found.len(), "startIndex": 1, "itemsPerPage": found.len(), "Resources": found,
            });
            Json(list).into_response()
        })
        .await
}

async fn read(State(target): State<Arc<Inner>>, Path(id): Path<Uuid>) -> Response {
    target
        .act(move |accounts| match accounts.get(&id) {
            Some(account) => Json(account).into_response(),
            None => failure(StatusCode::NOT_FOUND),
        })
        .await
}

async fn replace(State(target): State<Arc<Inner>>, Path(id): Path<Uuid>, Json(mut user): Json<Value>) -> Response {
    target
        .act(move |accounts| {
            if taken(accounts, &user, Some(id)) {
                return failure(StatusCode::CONFLICT);
            }
            let Some(account) = accounts.get_mut(&id) else { return failure(StatusCode::NOT_FOUND) };
            user["id"] = json!(id);
            *account = user;
            Json(account.clone()).into_response()
        })
        .await
}

async fn patch(State(target): State<Arc<Inner>>, Path(id): Path<Uuid>, Json(change): Json<Value>) -> Response {
    target
        .act(move |accounts| {
            let Some(account) = accounts.get_mut(&id) else { return failure(StatusCode::NOT_FOUND) };
            for operation in change["Operations"].as_array().into_iter().flatten() {
                match operation["path"].as_str() {
                    Some(path) => account[path] = operation["value"].clone(),
                    None => operation["value"].as_object().into_iter().flatten().for_each(|(name, value)| {
                        account[name] = value.clone();
                    }),
                }
            }
            Json(account.clone()).into_response()
        })
        .await
}

async fn remove(State(target): State<Arc<Inner>>, Path(id): Path<Uuid>) -> Response {
    target
        .act(move |accounts| match accounts.remove(&id) {
            Some(_) => StatusCode::NO_CONTENT.into_response(),
            None => failure(StatusCode::NOT_FOUND),
        })
        .await
}

/// BroadWorks, which knows everybody by [`PASSWORD`].
pub async fn broadworks() -> String {
    serve(emulator::router(Arc::new(|id| {
        Some(EmulatedUser {
            user_id: id.to_owned(),
            password: PASSWORD.to_owned(),
            first_name: "A".to_owned(),
            last_name: "B".to_owned(),
            organization: Organization::ServiceProvider { id: "SP1".to_owned(), group: "acme".to_owned() },
            phone_number: None,
            extension: None,
            mobile_number: None,
        })
    })))
    .await
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}
