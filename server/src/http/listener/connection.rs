//! One connection: what its client does, as far as it can be seen from outside HTTP.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
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
pub struct Connection {
    /// The client.
    pub client: Network,
    activity: Mutex<Activity>,
    close: Notify,
}

#[derive(Clone, Copy, Debug)]
struct Activity {
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
    /// HTTP/2: answers of which there is more, and nobody asks for it. Its windows may be closed while the connection itself still
    /// takes bytes.
    untaken: usize,
    /// When something of an answer was last taken.
    taken: Instant,
    /// Whether it is being closed.
    closing: bool,
    /// Whether that is because the server is about to stop, and not because its place is needed.
    stopping: bool,
}

impl Connection {
    /// One that has just been accepted.
    pub fn new(client: Network) -> Self {
        let activity = Activity {
            requests: 0,
            asked: false,
            head: false,
            framed: false,
            since: Instant::now(),
            stalled: None,
            untaken: 0,
            taken: Instant::now(),
            closing: false,
            stopping: false,
        };
        Self { client, activity: Mutex::new(activity), close: Notify::new() }
    }

    /// A request is there; it is under way until what this returns is dropped.
    pub fn begin_request(self: &Arc<Self>, version: Version) -> RequestUnderWay {
        let mut activity = self.activity();
        activity.requests += 1;
        activity.asked = true;
        activity.head = false;
        activity.framed = version >= Version::HTTP_2;
        RequestUnderWay(self.clone())
    }

    /// Since when no request is under way; nothing if one is, or if it is being closed.
    pub fn idle_since(&self) -> Option<Instant> {
        let activity = self.activity();
        (activity.requests == 0 && !activity.closing).then_some(activity.since)
    }

    /// Whether no request is under way.
    pub fn is_idle(&self) -> bool {
        self.activity().requests == 0
    }

    /// Whether nothing would be lost: no request of it was ever seen, or no more than the beginning of the next.
    pub fn can_be_dropped(&self) -> bool {
        let activity = self.activity();
        activity.requests == 0 && !activity.stopping && (!activity.asked || activity.head)
    }

    /// Whether a request may be on its way that was sent before the client could know of the end.
    pub fn may_be_asked(&self) -> bool {
        let activity = self.activity();
        activity.requests == 0 && activity.stopping && (!activity.asked || activity.head)
    }

    /// Whether it has used up its time.
    pub fn is_overdue(&self, limits: &Limits, now: Instant) -> bool {
        let activity = self.activity();
        let over = |since: Instant, limit: Duration| now.saturating_duration_since(since) > limit;
        let limit = if activity.head || !activity.asked { limits.head } else { limits.idle };
        activity.requests == 0 && over(activity.since, limit)
            || activity.stalled.is_some_and(|since| over(since, limits.stall))
            || activity.framed
                && activity.requests > 0
                && activity.untaken == activity.requests
                && over(activity.taken, limits.stall)
    }

    /// Has it closed; whether it was still open.
    pub fn close(&self) -> bool {
        let open = !std::mem::replace(&mut self.activity().closing, true);
        self.close.notify_one();
        open
    }

    /// Has it closed because the server is about to stop: what was sent before is answered.
    pub fn stop(&self) {
        self.activity().stopping = true;
        self.close();
    }

    /// Resolves when it is to be closed.
    pub async fn to_be_closed(&self) {
        self.close.notified().await;
    }

    /// Whether it is still to be counted.
    pub fn is_open(&self) -> bool {
        !self.activity().closing
    }

    fn received(&self) {
        let mut activity = self.activity();
        if activity.requests == 0 && !activity.head && !activity.framed {
            activity.head = true;
            activity.since = Instant::now();
        }
    }

    fn note_progress(&self, on: bool) {
        let mut activity = self.activity();
        match (on, activity.stalled) {
            (true, Some(_)) => activity.stalled = None,
            (false, None) => activity.stalled = Some(Instant::now()),
            _ => {}
        }
    }

    /// Of so many more answers there is something to take, or of so many less.
    fn note_untaken(&self, more: usize, less: usize) {
        let mut activity = self.activity();
        activity.untaken = activity.untaken + more - less;
        activity.taken = Instant::now();
    }

    fn activity(&self) -> MutexGuard<'_, Activity> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request under way.
pub struct RequestUnderWay(Arc<Connection>);

impl Drop for RequestUnderWay {
    fn drop(&mut self) {
        let mut activity = self.0.activity();
        activity.requests -= 1;
        activity.since = Instant::now();
    }
}

/// The most of an answer that is handed over at once over HTTP/2: the next part is asked for when it has been taken.
const PART: usize = 64 * 1024;

/// The body of an answer: the request is under way until it has been handed over.
pub struct TrackedBody {
    body: Body,
    /// What of the last part has not been handed over yet.
    rest: Bytes,
    /// Whether there is more, as far as is known, and nobody has asked for it.
    untaken: bool,
    under_way: RequestUnderWay,
}

impl TrackedBody {
    /// The answer to that request.
    pub fn new(body: Body, under_way: RequestUnderWay) -> Self {
        let mut tracked = Self { body, rest: Bytes::new(), untaken: false, under_way };
        tracked.set_untaken(true);
        tracked
    }

    fn set_untaken(&mut self, untaken: bool) {
        let (before, now) = (usize::from(self.untaken), usize::from(untaken));
        self.untaken = untaken;
        self.under_way.0.note_untaken(now, before);
    }
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        self.set_untaken(false);
    }
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.set_untaken(false);
        let frame = match self.rest.is_empty() {
            true => ready!(Pin::new(&mut self.body).poll_frame(context)),
            false => Some(Ok(Frame::data(std::mem::take(&mut self.rest)))),
        };
        let frame = frame.map(|frame| {
            frame.map(|frame| match frame.into_data() {
                Ok(mut data) => {
                    if data.len() > PART {
                        self.rest = data.split_off(PART);
                    }
                    Frame::data(data)
                }
                Err(other) => other,
            })
        });
        self.set_untaken(true);
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, mut hint) = (self.rest.len() as u64, self.body.size_hint());
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}

/// A connection's bytes, whose coming and going is its activity.
pub struct TrackedStream {
    stream: TcpStream,
    connection: Arc<Connection>,
}

impl TrackedStream {
    /// Tells this connection's activity by its bytes.
    pub fn new(stream: TcpStream, connection: Arc<Connection>) -> Self {
        Self { stream, connection }
    }

    fn written<T>(&self, polled: Poll<T>) -> Poll<T> {
        self.connection.note_progress(polled.is_ready());
        polled
    }
}

impl AsyncRead for TrackedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.connection.received();
        }
        polled
    }
}

impl AsyncWrite for TrackedStream {
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
    use std::future::poll_fn;

    use axum::body::to_bytes;
    use futures::{FutureExt as _, stream};

    use super::*;

    async fn part(body: &mut TrackedBody) -> Bytes {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
        frame.unwrap().unwrap().into_data().unwrap()
    }

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
        let connection = Arc::new(Connection::new(Network::UNKNOWN));
        assert!(!connection.is_overdue(&LIMITS, after(9)) && connection.is_overdue(&LIMITS, after(11)), "says nothing");
        connection.received();
        connection.received();
        assert!(connection.is_overdue(&LIMITS, after(11)), "drips its head");
        let under_way = connection.begin_request(Version::HTTP_11);
        connection.received();
        assert!(!connection.is_overdue(&LIMITS, after(1_000)), "a request takes as long as it is given elsewhere");
        assert_eq!(connection.idle_since(), None);
        connection.note_progress(false);
        assert!(connection.is_overdue(&LIMITS, after(31)), "does not take its answer");
        connection.note_progress(true);
        drop(under_way);
        assert!(
            !connection.is_overdue(&LIMITS, after(74)) && connection.is_overdue(&LIMITS, after(76)),
            "has nothing to ask"
        );
        connection.received();
        assert!(connection.is_overdue(&LIMITS, after(11)), "drips the next head");
        drop(connection.begin_request(Version::HTTP_2));
        connection.received();
        assert!(!connection.is_overdue(&LIMITS, after(74)), "a ping is no head");
    }

    #[tokio::test]
    async fn an_answer_of_which_nothing_is_taken_has_its_time_and_one_that_is_waited_for_has_not() {
        let connection = Arc::new(Connection::new(Network::UNKNOWN));
        let large = vec![7; 2 * PART + 1];
        let mut body = TrackedBody::new(Body::from(large.clone()), connection.begin_request(Version::HTTP_2));
        assert!(!connection.is_overdue(&LIMITS, after(29)) && connection.is_overdue(&LIMITS, after(31)));
        assert_eq!(body.size_hint().exact(), Some(large.len() as u64));
        let first = part(&mut body).await;
        assert_eq!((first.len(), body.size_hint().exact()), (PART, Some((PART + 1) as u64)));
        assert!(connection.is_overdue(&LIMITS, after(31)), "the second part is not taken");
        let mut events = TrackedBody::new(
            Body::from_stream(stream::pending::<Result<Bytes, axum::Error>>()),
            connection.begin_request(Version::HTTP_2),
        );
        assert!(part(&mut events).now_or_never().is_none());
        assert!(!connection.is_overdue(&LIMITS, after(1_000)), "somebody waits for what we have not got");
        let rest = to_bytes(Body::new(body), usize::MAX).await.unwrap();
        assert_eq!([first, rest].concat(), large);
    }
}
