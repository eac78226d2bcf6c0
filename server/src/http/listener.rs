//! Takes connections in, and shows out whoever only holds one.
//!
//! Open connections are a finite good: a process has so many descriptors, and the database needs some of them. So there
//! is a limit for all and one for each client's network, and whoever *waits* (sends no request, sends one drop by drop,
//! or does not take its answer) has so long to do something else. When there is no room, the newcomer gets the place of
//! whoever has waited longest: first of its own network's, then of the network that has most of them. A request under way
//! is never cut off for a newcomer. So a health check gets its answer while thousands hold connections for nothing.

mod guest;
mod roll;

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use domain::Network;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};
use tower::ServiceExt as _;

use self::{
    guest::{Answer, Guest, Watched},
    roll::Roll,
};
use crate::{condition::Condition, environment::Environment};

/// The most bytes of a request's head.
const HEAD: u32 = 64 << 10;
/// The most requests at a time on one HTTP/2 connection.
const STREAMS: u32 = 64;
/// How often an HTTP/2 client has to show that it is still there, and how soon.
const PING: Duration = Duration::from_secs(20);
/// How many streams of an HTTP/2 connection may be reset by us before it ends (CVE-2023-44487).
const RESETS: usize = 128;
/// Descriptors that are not for connections of clients: databases, mail servers, targets, files, those on their way out.
const RESERVE: usize = 256;
/// More connections than this are of no use to one process.
const MOST: usize = 10_000;
/// One client network's share of all.
const SHARE: usize = 4;
/// How many who have been shown out may still hold their descriptor.
const LEAVING: usize = 64;
/// How long somebody who has been shown out may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);
/// How long to wait when the system has no descriptor left.
const EXHAUSTED: Duration = Duration::from_millis(50);

/// How much of everything connections may have.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many there may be.
    pub total: usize,
    /// How many of one client's network.
    pub per_client: usize,
    /// How long the head of a request may take.
    pub head: Duration,
    /// How long nothing at all may come between two requests.
    pub idle: Duration,
    /// How long a client may take to read on.
    pub stall: Duration,
}

impl Limits {
    /// What a process with so many descriptors can have, or fewer if the operator says so. Behind an own proxy every
    /// connection is the proxy's, which keeps them open on purpose: up to ten minutes.
    #[must_use]
    pub fn new(descriptors: usize, wanted: Option<usize>, behind_proxy: bool) -> Self {
        let room = descriptors.saturating_sub(RESERVE).clamp(SHARE, MOST);
        let total = wanted.map_or(room, |wanted| wanted.clamp(SHARE, descriptors.saturating_sub(RESERVE).max(SHARE)));
        Self {
            total,
            per_client: if behind_proxy { total } else { total / SHARE },
            head: Duration::from_secs(10),
            idle: Duration::from_secs(if behind_proxy { 620 } else { 75 }),
            stall: Duration::from_secs(30),
        }
    }
}

/// Serves until `stop` resolves, then until the last request under way is answered; dropped, it ends at once.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    environment: Environment,
    stop: impl Future<Output = ()>,
) {
    let full = Condition::new("listener", "");
    let door = Door { router, limits, roll: Roll::new(limits), environment, builder: builder(), full };
    let mut guests = JoinSet::new();
    let mut stop = pin!(stop);
    let mut round = interval((limits.head / 10).max(Duration::from_millis(10)));
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let has_room = guests.len() < limits.total + LEAVING;
        tokio::select! {
            () = &mut stop => break,
            _ = round.tick() => door.roll.show_out_overdue(),
            Some(_) = guests.join_next() => {}
            accepted = listener.accept(), if has_room => match accepted {
                Ok((stream, peer)) => door.receive(&mut guests, stream, peer),
                Err(error) => door.nobody_came(&error).await,
            },
        }
    }
    drop(listener);
    door.roll.close();
    while guests.join_next().await.is_some() {}
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // The roll knows better than a time-out for the head alone, which would also be the one between requests.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HEAD as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD)
        .max_local_error_reset_streams(RESETS);
    builder
}

/// What it takes to receive somebody.
struct Door {
    router: Router,
    limits: Limits,
    roll: Roll,
    environment: Environment,
    builder: Builder<TokioExecutor>,
    full: Condition,
}

impl Door {
    fn receive(&self, guests: &mut JoinSet<()>, stream: TcpStream, peer: SocketAddr) {
        let now = self.environment.now();
        let client = Network::of(peer.ip());
        let Some(guest) = self.roll.admit(client) else {
            self.full.fails(now, "connections", "every place is taken by a request under way");
            return;
        };
        if self.roll.is_at_ease() {
            self.full.works(now);
        }
        // What is written is to be read at once.
        _ = stream.set_nodelay(true);
        let (builder, router, limits) = (self.builder.clone(), self.router.clone(), self.limits);
        guests.spawn(host(builder, router, limits, (stream, peer), guest));
    }

    async fn nobody_came(&self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        if !matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset) {
            self.full.fails(self.environment.now(), "descriptors", error);
            sleep(EXHAUSTED).await;
        }
    }
}

/// One connection, from its first byte to its last.
async fn host(
    builder: Builder<TokioExecutor>,
    router: Router,
    limits: Limits,
    (stream, peer): (TcpStream, SocketAddr),
    guest: Arc<Guest>,
) {
    let service = service_fn(|request: Request<Incoming>| {
        let request_under_way = guest.asks(request.version());
        let router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let Ok(answer) = router.oneshot(request).await;
            Ok::<_, Infallible>(answer.map(|body| Answer::new(body, request_under_way)))
        }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(Watched::new(stream, guest.clone())), service));
    // How a connection ends is the client's affair.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = guest.shown_out() => {}
    }
    if guest.has_asked_for_nothing() {
        return;
    }
    connection.as_mut().graceful_shutdown();
    // What is under way is finished first.
    while timeout(GOODBYE, connection.as_mut()).await.is_err() {
        if guest.waits() || guest.is_overdue(&limits, Instant::now()) {
            return;
        }
    }
}
