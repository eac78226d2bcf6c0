//! The portal's forms: plain HTML forms that post to a server function, sent by the page itself once it is hydrated.
//!
//! One way for all of them instead of Leptos' `ActionForm`, which is compiled anew for every server function: on a
//! phone the portal's first load is what counts.

use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};

use super::visit::Visit;
use crate::problem::Problem;

/// Attempts to do something by a form.
#[derive(Clone, Copy)]
pub struct Attempt {
    path: &'static str,
    pending: RwSignal<bool>,
    outcome: RwSignal<Option<Result<(), Problem>>>,
}

impl Attempt {
    /// Attempts to call this server function.
    #[must_use]
    pub fn to<F: ServerFn<Output = (), Error = Problem>>() -> Self {
        Self { path: F::PATH, pending: RwSignal::new(false), outcome: RwSignal::new(None) }
    }

    /// Whether it calls this server function.
    #[must_use]
    pub fn calls<F: ServerFn>(self) -> bool {
        self.path == F::PATH
    }

    /// Whether an answer is awaited.
    #[must_use]
    pub fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// How the last attempt ended.
    #[must_use]
    pub fn outcome(self) -> Signal<Option<Result<(), Problem>>> {
        self.outcome.into()
    }

    #[cfg(feature = "hydrate")]
    fn send(self, event: &SubmitEvent) {
        use leptos::{task::spawn_local, web_sys};
        use wasm_bindgen::JsCast as _;
        event.prevent_default();
        if self.pending.get_untracked() {
            return;
        }
        let fields = event
            .target()
            .and_then(|form| web_sys::FormData::new_with_form(form.unchecked_ref()).ok())
            .and_then(|fields| web_sys::UrlSearchParams::new_with_str_sequence_sequence(&fields).ok());
        let Some(fields) = fields else { return };
        self.pending.set(true);
        spawn_local(async move {
            let outcome = post(self.path, fields).await;
            // Both fail only when the reader has left meanwhile.
            self.pending.try_set(false);
            self.outcome.try_set(Some(outcome));
        });
    }

    #[cfg(not(feature = "hydrate"))]
    fn send(self, _: &SubmitEvent) {}
}

/// Calls the server function as its own client would. Without an answer of the server's own it is the way there that is broken
/// ([`domain::Fault::Offline`]): a hotel's sign-in page and a proxy answer in words of their own, some of them as if all were well.
#[cfg(feature = "hydrate")]
async fn post(path: &str, fields: leptos::web_sys::UrlSearchParams) -> Result<(), Problem> {
    use domain::Fault;
    use gloo_net::http::Request;
    let request = Request::post(path).header("Accept", "application/json").body(fields);
    let answer = match request {
        Ok(request) => request.send().await.map_err(|_| Fault::Offline)?,
        Err(_) => return Err(Fault::Internal.into()),
    };
    let text = answer.text().await.map_err(|_| Fault::Offline)?;
    match answer.ok() {
        true => serde_json::from_str(&text).map_err(|_| Fault::Offline.into()),
        false => Err(serde_json::from_str(&text).unwrap_or_else(|_| Fault::Offline.into())),
    }
}

/// The form of an attempt.
#[component]
pub fn AttemptForm(
    /// What it attempts.
    attempt: Attempt,
    /// CSS classes.
    #[prop(optional)]
    class: Option<&'static str>,
    /// Its fields and its button.
    children: Children,
) -> impl IntoView {
    // For whom the page was made: by the time the form is sent, somebody else may have signed in.
    let user = use_context::<Visit>().and_then(Visit::user);
    // The server checks, in the reader's language; the browser would only be first.
    view! {
        <form method="post" action=attempt.path class=class novalidate=true on:submit=move |event| attempt.send(&event)>
            {user.map(|id| view! { <input type="hidden" name="user" value=id/> })}
            {children()}
        </form>
    }
}
