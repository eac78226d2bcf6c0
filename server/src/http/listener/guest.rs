//! One connection: what its client does, as far as it can be seen from outside HTTP.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::Version,
};
use domain::Network;
use hyper::body::{Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
    time::Instant,
};

use super::Limits;

/// One connection.
#[derive(Debug)]
pub struct Guest {
    /// Whose it is.
    pub client: Network,
    doings: Mutex<Doings>,
    out: Notify,
}

#[derive(Clone, Copy, Debug)]
struct Doings {
    /// Requests under way.
    requests: usize,
    /// Whether there has been one.
    asked: bool,
    /// Whether a request has begun to come.
    head: bool,
    /// HTTP/2: bytes between requests are no beginning of one.
    framed: bool,
    /// Since when the client waits, or sends the head that it is at.
    since: Instant,
    /// Since when it reads no further.
    stalled: Option<Instant>,
    /// Whether it has been shown out.
    leaving: bool,
}

impl Guest {
    /// Somebody who has just come.
    pub fn new(client: Network) -> Self {
        let doings = Doings {
            requests: 0,
            asked: false,
            head: false,
            framed: false,
            since: Instant::now(),
            stalled: None,
            leaving: false,
        };
        Self { client, doings: Mutex::new(doings), out: Notify::new() }
    }

    /// A request is there; it is under way until what this answers is dropped.
    pub fn asks(self: &Arc<Self>, version: Version) -> UnderWay {
        let mut doings = self.doings();
        doings.requests += 1;
        doings.asked = true;
        doings.head = false;
        doings.framed = version >= Version::HTTP_2;
        UnderWay(self.clone())
    }

    /// Since when it has had a place for nothing; nothing if it makes use of it.
    pub fn waits_since(&self) -> Option<Instant> {
        let doings = self.doings();
        (doings.requests == 0 && !doings.leaving).then_some(doings.since)
    }

    /// Whether nothing is under way.
    pub fn waits(&self) -> bool {
        self.doings().requests == 0
    }

    /// Whether nothing would be lost: no request of it was ever seen, or no more than the beginning of the next.
    pub fn has_asked_for_nothing(&self) -> bool {
        let doings = self.doings();
        doings.requests == 0 && (!doings.asked || doings.head)
    }

    /// Whether it has used up its time.
    pub fn is_overdue(&self, limits: &Limits, now: Instant) -> bool {
        let doings = self.doings();
        let over = |since: Instant, limit: Duration| now.saturating_duration_since(since) > limit;
        let waits = if doings.head || !doings.asked { limits.head } else { limits.idle };
        doings.requests == 0 && over(doings.since, waits)
            || doings.stalled.is_some_and(|since| over(since, limits.stall))
    }

    /// Shows it out; whether it was still staying.
    pub fn show_out(&self) -> bool {
        let staying = !std::mem::replace(&mut self.doings().leaving, true);
        self.out.notify_one();
        staying
    }

    /// Resolves when it has been shown out.
    pub async fn shown_out(&self) {
        self.out.notified().await;
    }

    /// Whether it is still to be counted.
    pub fn stays(&self) -> bool {
        !self.doings().leaving
    }

    fn heard(&self) {
        let mut doings = self.doings();
        if doings.requests == 0 && !doings.head && !doings.framed {
            doings.head = true;
            doings.since = Instant::now();
        }
    }

    fn reads(&self, on: bool) {
        let mut doings = self.doings();
        match (on, doings.stalled) {
            (true, Some(_)) => doings.stalled = None,
            (false, None) => doings.stalled = Some(Instant::now()),
            _ => {}
        }
    }

    fn doings(&self) -> MutexGuard<'_, Doings> {
        self.doings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request under way.
pub struct UnderWay(Arc<Guest>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut doings = self.0.doings();
        doings.requests -= 1;
        doings.since = Instant::now();
    }
}

/// The body of an answer: the request is under way until it has been handed over.
pub struct Answer {
    body: Body,
    _under_way: UnderWay,
}

impl Answer {
    /// The answer to that request.
    pub fn new(body: Body, under_way: UnderWay) -> Self {
        Self { body, _under_way: under_way }
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection's bytes, and who sees them pass.
pub struct Watched {
    stream: TcpStream,
    guest: Arc<Guest>,
}

impl Watched {
    /// Tells this guest's doings by its bytes.
    pub fn new(stream: TcpStream, guest: Arc<Guest>) -> Self {
        Self { stream, guest }
    }

    fn written<T>(&self, polled: Poll<T>) -> Poll<T> {
        self.guest.reads(polled.is_ready());
        polled
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.guest.heard();
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.written(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        total: 10,
        per_client: 10,
        head: Duration::from_secs(10),
        idle: Duration::from_secs(75),
        stall: Duration::from_secs(30),
    };

    fn after(seconds: u64) -> Instant {
        Instant::now() + Duration::from_secs(seconds)
    }

    #[test]
    fn each_way_to_wait_has_its_time() {
        let guest = Arc::new(Guest::new(Network::UNKNOWN));
        assert!(!guest.is_overdue(&LIMITS, after(9)) && guest.is_overdue(&LIMITS, after(11)), "says nothing");
        guest.heard();
        guest.heard();
        assert!(guest.is_overdue(&LIMITS, after(11)), "drips its head");
        let under_way = guest.asks(Version::HTTP_11);
        guest.heard();
        assert!(!guest.is_overdue(&LIMITS, after(1_000)), "a request takes as long as it is given elsewhere");
        assert_eq!(guest.waits_since(), None);
        guest.reads(false);
        assert!(guest.is_overdue(&LIMITS, after(31)), "does not take its answer");
        guest.reads(true);
        drop(under_way);
        assert!(!guest.is_overdue(&LIMITS, after(74)) && guest.is_overdue(&LIMITS, after(76)), "has nothing to ask");
        guest.heard();
        assert!(guest.is_overdue(&LIMITS, after(11)), "drips the next head");
        drop(guest.asks(Version::HTTP_2));
        guest.heard();
        assert!(!guest.is_overdue(&LIMITS, after(74)), "a ping is no head");
    }
}
