//! Live events (server-sent events, WHATWG HTML §9.2): only ids travel, the page reads the current state.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::sse::{Event, KeepAlive, KeepAliveStream, Sse},
};
use futures::{Stream, future::BoxFuture};
use tokio_stream::{
    StreamExt as _,
    wrappers::{BroadcastStream, errors::BroadcastStreamRecvError},
};

use super::signed_in::{PortalUser, SignedIn};
use crate::{
    access::{
        guard::{RosterRead, UsersRead},
        session::watch::Kind,
    },
    backend::Shared,
    live::{News, Topic},
    store::{CustomerId, Stored as _, Subscriber, SubscriberId, TemplateId, customer},
};

/// When the first listeners come back after a server has stopped, and during how long the others do.
const SOONEST: Duration = Duration::from_millis(500);
const SPREAD: Duration = Duration::from_secs(2);

type Events<S> = Result<Sse<KeepAliveStream<S>>, StatusCode>;

/// Events of the signed-in user: `changed` whenever their state did.
pub async fn portal(
    State(context): State<Shared>,
    user: PortalUser,
) -> Sse<KeepAliveStream<impl Stream<Item = Result<Event, Infallible>>>> {
    let ended = context.sessions.ended(Kind::Portal, &user.token);
    events(&context, ended, Topic::Subscriber(user.id))
}

/// Events of a template's users, for its partner's administrators: `changed` with the user's id.
///
/// # Errors
/// 401 if nobody is signed in, 404 for a template that is not the partner's.
pub async fn hub(
    State(context): State<Shared>,
    administrator: SignedIn<UsersRead>,
    Path(template): Path<TemplateId>,
) -> Events<impl Stream<Item = Result<Event, Infallible>>> {
    let template = administrator.template(&context, template).await?.id;
    let ended = context.sessions.ended(Kind::Hub, &administrator.token);
    Ok(events(&context, ended, Topic::Template(template)))
}

/// Events of a customer's users, for whoever looks after its people: `changed` with the user's id.
///
/// # Errors
/// 401 if nobody is signed in, 404 for a customer whom they do not see.
pub async fn customer(
    State(context): State<Shared>,
    administrator: SignedIn<RosterRead>,
    Path(customer): Path<CustomerId>,
) -> Events<impl Stream<Item = Result<Event, Infallible>>> {
    let found = customer::find(context.store.read(), administrator.tenant(), customer).await;
    let customer = found.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?.ok_or(StatusCode::NOT_FOUND)?.id;
    let ended = context.sessions.ended(Kind::Hub, &administrator.token);
    Ok(events(&context, ended, Topic::Customer(customer)))
}

/// Events of one user, for the partner's administrators: `changed` with the user's id.
///
/// # Errors
/// 401 if nobody is signed in, 404 for a user who is not the partner's.
pub async fn user(
    State(context): State<Shared>,
    administrator: SignedIn<UsersRead>,
    Path(user): Path<SubscriberId>,
) -> Events<impl Stream<Item = Result<Event, Infallible>>> {
    let found = Subscriber::find(context.store.read(), administrator.tenant(), user).await;
    let user = found.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?.ok_or(StatusCode::NOT_FOUND)?.id;
    let ended = context.sessions.ended(Kind::Hub, &administrator.token);
    Ok(events(&context, ended, Topic::Subscriber(user)))
}

/// What is told of a topic, until the listener's session has ended.
fn events(
    context: &Shared,
    ended: BoxFuture<'static, ()>,
    topic: Topic,
) -> Sse<KeepAliveStream<impl Stream<Item = Result<Event, Infallible>> + use<>>> {
    let changes = BroadcastStream::new(context.store.live().listen(topic)).map(|heard| match heard {
        Ok(News::Changed(change)) => Event::default().event("changed").data(change.subscriber.to_string()),
        // Lagged: too many changes at once for this reader.
        Ok(News::Missed) | Err(BroadcastStreamRecvError::Lagged(_)) => Event::default().event("resync").data(""),
    });
    // The first event tells the page that it listens: what changed before is read again.
    let ready = futures::stream::once(async { Event::default().event("ready").data("") });
    // The last one, when the server is about to stop, when to come back: not all in the same moment.
    let wait = SOONEST + SPREAD.mul_f64(context.environment.chance());
    let farewell = futures::stream::once(async move { Event::default().retry(wait) });
    let all = futures::StreamExt::chain(futures::StreamExt::chain(ready, changes), farewell);
    let stream = futures::StreamExt::take_until(all.map(Ok), ended);
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}
