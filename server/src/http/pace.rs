//! How long a request may take: its body may be large and its line slow, as long as it gets on.
//!
//! One clock is for both: it begins anew with every [`Pace::piece`] of the body, and with its end. So whoever sends nothing, or
//! drop by drop, is not waited for, and neither is an answer that does not come. An answer may last: live events and exports
//! are streams, and begin at once.

use std::{
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::Fault;
use futures::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use super::{TIMEOUT, api::Refusal};

/// How fast a body has to come, and how soon an answer.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// For each piece of the body, and for the beginning of the answer.
    patience: Duration,
    /// In bytes.
    piece: usize,
}

/// About one kB a second: less than any line has that is of use.
const PACE: Pace = Pace { patience: TIMEOUT, piece: 32 << 10 };

/// What did not come in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overdue {
    Body,
    Answer,
}

/// For pages, their forms and their uploads.
pub async fn of_browsers(request: Request, next: Next) -> Response {
    keep(PACE, request, next).await.unwrap_or_else(|overdue| match overdue {
        Overdue::Body => StatusCode::REQUEST_TIMEOUT.into_response(),
        Overdue::Answer => StatusCode::GATEWAY_TIMEOUT.into_response(),
    })
}

/// For clients of the API and of adapters, who are told as of everything else.
pub async fn of_clients(request: Request, next: Next) -> Result<Response, Refusal> {
    keep(PACE, request, next).await.map_err(|overdue| match overdue {
        Overdue::Body => Fault::TooSlow.into(),
        Overdue::Answer => Fault::StoreUnavailable.into(),
    })
}

async fn keep(pace: Pace, request: Request, next: Next) -> Result<Response, Overdue> {
    let (head, body) = request.into_parts();
    let arrival = Arc::new(Arrival::new(pace.piece, body.is_end_stream()));
    let body = if body.is_end_stream() { body } else { watched(body, arrival.clone()) };
    let mut answer = pin!(next.run(Request::from_parts(head, body)));
    loop {
        let since = arrival.now().since;
        if let Ok(answer) = timeout_at(since + pace.patience, &mut answer).await {
            return Ok(answer);
        }
        let now = arrival.now();
        if now.since == since {
            return Err(if now.whole { Overdue::Answer } else { Overdue::Body });
        }
    }
}

/// The body, of which is noted how it comes.
fn watched(body: Body, arrival: Arc<Arrival>) -> Body {
    let ending = arrival.clone();
    let pieces = body.into_data_stream().inspect(move |piece| {
        if let Ok(piece) = piece {
            arrival.came(piece.len());
        }
    });
    let end = stream::poll_fn(move |_| {
        ending.ended();
        Poll::Ready(None::<Result<Bytes, axum::Error>>)
    });
    Body::from_stream(pieces.chain(end))
}

/// How a body comes.
struct Arrival {
    piece: usize,
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
struct State {
    /// When the last whole piece was there, or all of it.
    since: Instant,
    /// How much is there of the next piece.
    begun: usize,
    whole: bool,
}

impl Arrival {
    fn new(piece: usize, whole: bool) -> Self {
        Self { piece, state: Mutex::new(State { since: Instant::now(), begun: 0, whole }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> State {
        *self.state()
    }

    fn came(&self, bytes: usize) {
        let mut state = self.state();
        state.begun += bytes;
        if state.begun >= self.piece {
            state.begun = 0;
            state.since = Instant::now();
        }
    }

    fn ended(&self) {
        let mut state = self.state();
        if !state.whole {
            state.whole = true;
            state.since = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, future::pending};

    use axum::{Router, middleware::from_fn};
    use tokio::time::{interval, timeout};
    use tower::ServiceExt as _;

    use super::*;

    /// Far longer than anything here should take.
    const LONG: Duration = Duration::from_secs(30);
    const SHORT: Duration = Duration::from_millis(500);

    /// What comes of a body of so many bytes, one every five milliseconds.
    async fn dripped(pace: Pace, bytes: usize, routes: Router) -> StatusCode {
        let drops = stream::unfold(interval(Duration::from_millis(5)), async |mut ticks| {
            ticks.tick().await;
            Some((Ok::<_, Infallible>("x"), ticks))
        });
        let limit = from_fn(move |request: Request, next: Next| async move {
            keep(pace, request, next).await.unwrap_or_else(|overdue| match overdue {
                Overdue::Body => StatusCode::REQUEST_TIMEOUT.into_response(),
                Overdue::Answer => StatusCode::GATEWAY_TIMEOUT.into_response(),
            })
        });
        let request = Request::new(Body::from_stream(drops.take(bytes)));
        timeout(LONG, routes.layer(limit).oneshot(request)).await.expect("it may drip on and on").unwrap().status()
    }

    fn reading() -> Router {
        Router::new().fallback(async |_: Bytes| ())
    }

    #[tokio::test]
    async fn a_body_that_gets_on_is_waited_for_however_long_it_takes_and_one_that_drips_is_not() {
        let steady = Pace { patience: SHORT, piece: 1 };
        assert_eq!(dripped(steady, 300, reading()).await, StatusCode::OK, "three times as long as one piece may take");
        let hurried = Pace { patience: SHORT, piece: 1_000 };
        assert_eq!(dripped(hurried, 3, reading()).await, StatusCode::OK, "all of it is a piece");
        assert_eq!(dripped(hurried, usize::MAX, reading()).await, StatusCode::REQUEST_TIMEOUT);
    }

    #[tokio::test]
    async fn an_answer_that_does_not_come_is_not_waited_for() {
        let silent = Router::new().fallback(async |_: Bytes| pending::<()>().await);
        let pace = Pace { patience: SHORT, piece: 1 };
        assert_eq!(dripped(pace, 3, silent).await, StatusCode::GATEWAY_TIMEOUT);
    }
}
