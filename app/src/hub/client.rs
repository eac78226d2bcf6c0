//! How the hub's pages call the server: saying for whom they were made. In another tab somebody else may have signed in.

use std::{future::Future, sync::Mutex};

use leptos::server_fn::{
    Bytes,
    client::{Client, browser::BrowserClient},
    error::FromServerFnError,
    request::browser::BrowserRequest,
    response::browser::BrowserResponse,
};

use super::model::PersonId;
use crate::header::MEANT_FOR;

/// The id of the administrator for whom the open page was made, once that is known.
static ADMINISTRATOR: Mutex<Option<PersonId>> = Mutex::new(None);

/// From now on the open page is this administrator's.
pub(super) fn belongs_to(id: Option<PersonId>) {
    // A server has many pages open, and calls nothing from them.
    if cfg!(feature = "hydrate")
        && let Ok(mut administrator) = ADMINISTRATOR.lock()
    {
        *administrator = id;
    }
}

/// The administrator for whom the open page was made.
pub(super) fn administrator() -> Option<PersonId> {
    ADMINISTRATOR.lock().ok().and_then(|administrator| *administrator)
}

/// The client of the hub's server functions: the browser's own, and that header.
pub struct HubClient;

impl<E, I, O> Client<E, I, O> for HubClient
where
    E: FromServerFnError,
    I: FromServerFnError,
    O: FromServerFnError,
{
    type Request = BrowserRequest;
    type Response = BrowserResponse;

    fn send(request: BrowserRequest) -> impl Future<Output = Result<BrowserResponse, E>> + Send {
        if let Some(id) = administrator() {
            request.headers().set(MEANT_FOR, &id.to_string());
        }
        <BrowserClient as Client<E, I, O>>::send(request)
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (
                impl futures::Stream<Item = Result<Bytes, Bytes>> + Send + 'static,
                impl futures::Sink<Bytes> + Send + 'static,
            ),
            E,
        >,
    > + Send {
        <BrowserClient as Client<E, I, O>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<E, I, O>>::spawn(future);
    }
}
