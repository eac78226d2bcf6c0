//! Accepts connections, and closes those that are only held.
//!
//! Open connections are a finite good: a process has so many descriptors, and the database needs some of them. So there
//! is a limit for all and one for each client's network, and one that is *idle* (no request comes, or one drop by
//! drop, or its answer is not read) is closed after a time. When a limit is reached, the new connection replaces the one that
//! has been idle longest: first of its own network's, then of the network that has most of them. A request under way is
//! never cut off for a new connection. So a health check gets its answer while thousands hold connections for nothing.

mod connection;
mod connections;

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use domain::Network;
use futures::FutureExt as _;
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
    connection::{Connection, TrackedBody, TrackedStream},
    connections::Connections,
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
/// Descriptors that are not for connections of clients: databases, mail servers, targets, files, connections being closed.
const RESERVE: usize = 256;
/// More connections than this are of no use to one process.
const MOST: usize = 10_000;
/// One client network's share of all.
const SHARE: usize = 4;
/// How many connections that are being closed may still hold their descriptor.
const CLOSING: usize = 64;
/// How many may have connected and not been accepted yet when the server stops.
const BACKLOG: usize = 4_096;
/// How long the orderly end of a connection may take.
const CLOSING_TIME: Duration = Duration::from_secs(1);
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
    /// For whoever runs the server, on a listener of their own.
    pub const PRIVATE: Self = Self {
        total: 64,
        per_client: 64,
        head: Duration::from_secs(10),
        idle: Duration::from_secs(620),
        stall: Duration::from_secs(30),
    };

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
    let acceptor =
        Acceptor { router, limits, connections: Connections::new(limits), environment, builder: builder(), full };
    let mut tasks = JoinSet::new();
    let mut stop = pin!(stop);
    let mut round = interval((limits.head / 10).max(Duration::from_millis(10)));
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let has_room = tasks.len() < limits.total + CLOSING;
        tokio::select! {
            () = &mut stop => break,
            _ = round.tick() => acceptor.connections.close_overdue(),
            Some(_) = tasks.join_next() => {}
            accepted = listener.accept(), if has_room => match accepted {
                Ok((stream, peer)) => acceptor.accept(&mut tasks, stream, peer),
                Err(error) => acceptor.accept_failed(&error).await,
            },
        }
    }
    // Whoever has connected by now would be cut off with the listener.
    for _ in 0..BACKLOG {
        let Some(Ok((stream, peer))) = listener.accept().now_or_never() else { break };
        acceptor.accept(&mut tasks, stream, peer);
    }
    drop(listener);
    acceptor.connections.stop();
    while tasks.join_next().await.is_some() {}
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // `Connections` knows better than a time-out for the head alone, which would also be the one between requests.
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

/// What it takes to accept a connection.
struct Acceptor {
    router: Router,
    limits: Limits,
    connections: Connections,
    environment: Environment,
    builder: Builder<TokioExecutor>,
    full: Condition,
}

impl Acceptor {
    fn accept(&self, tasks: &mut JoinSet<()>, stream: TcpStream, peer: SocketAddr) {
        let now = self.environment.now();
        let client = Network::of(peer.ip());
        let Some(connection) = self.connections.admit(client) else {
            self.full.fails(now, "connections", "every place is taken by a request under way");
            return;
        };
        if self.connections.has_headroom() {
            self.full.works(now);
        }
        // What is written is to be read at once.
        _ = stream.set_nodelay(true);
        let (builder, router, limits) = (self.builder.clone(), self.router.clone(), self.limits);
        tasks.spawn(serve_connection(builder, router, limits, (stream, peer), connection));
    }

    async fn accept_failed(&self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        if !matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset) {
            self.full.fails(self.environment.now(), "descriptors", error);
            sleep(EXHAUSTED).await;
        }
    }
}

/// One connection, from its first byte to its last.
async fn serve_connection(
    builder: Builder<TokioExecutor>,
    router: Router,
    limits: Limits,
    (stream, peer): (TcpStream, SocketAddr),
    connection: Arc<Connection>,
) {
    let service = service_fn(|request: Request<Incoming>| {
        let request_under_way = connection.begin_request(request.version());
        let router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let Ok(answer) = router.oneshot(request).await;
            Ok::<_, Infallible>(answer.map(|body| TrackedBody::new(body, request_under_way)))
        }
    });
    let stream = TrackedStream::new(stream, connection.clone());
    let mut http = pin!(builder.serve_connection(TokioIo::new(stream), service));
    // How a connection ends is the client's affair.
    tokio::select! {
        _ = http.as_mut() => return,
        () = connection.to_be_closed() => {}
    }
    if connection.can_be_dropped() {
        return;
    }
    // The first request of a new connection, or the rest of a head: it was sent to us, and nobody else gets it.
    if connection.may_be_asked() && timeout(CLOSING_TIME, http.as_mut()).await.is_ok() {
        return;
    }
    http.as_mut().graceful_shutdown();
    // What is under way is finished first.
    while timeout(CLOSING_TIME, http.as_mut()).await.is_err() {
        if connection.is_idle() || connection.is_overdue(&limits, Instant::now()) {
            return;
        }
    }
}
