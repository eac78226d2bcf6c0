//! What a page of the hub has found out already. Its parts are made at the same time, and each asks who is signed in and which
//! template it is about: the first one asks the database, the others wait for that answer. It lasts as long as the page is made.
//! What each part may show is still asked for each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::{Method, request::Parts};
use leptos::{
    prelude::{provide_context, use_context},
    reactive::owner::with_context,
};
use tokio::sync::OnceCell;

use crate::{
    fault::Trouble,
    store::{Administrator, Template, TemplateId},
};

#[derive(Clone, Default)]
struct Memory(Arc<Found>);

#[derive(Default)]
struct Found {
    administrator: OnceCell<Option<Administrator>>,
    templates: Mutex<HashMap<TemplateId, Arc<OnceCell<Option<Template>>>>>,
}

/// Gives a page a memory; what changes something has none.
pub fn provide() {
    if with_context(|parts: &Parts| parts.method == Method::GET).unwrap_or(false) {
        provide_context(Memory::default());
    }
}

/// Who is signed in: what the page knows, or else what is read.
pub(super) async fn administrator(
    read: impl Future<Output = Result<Option<Administrator>, Trouble>>,
) -> Result<Option<Administrator>, Trouble> {
    match use_context::<Memory>() {
        Some(memory) => memory.0.administrator.get_or_try_init(|| read).await.cloned(),
        None => read.await,
    }
}

/// Who is signed in, if the page has found that out.
pub(super) fn known_administrator() -> Option<Administrator> {
    use_context::<Memory>()?.0.administrator.get()?.clone()
}

/// The template of that id: what the page knows, or else what is read.
pub(super) async fn template(
    id: TemplateId,
    read: impl Future<Output = Result<Option<Template>, Trouble>>,
) -> Result<Option<Template>, Trouble> {
    let Some(memory) = use_context::<Memory>() else { return read.await };
    let found = memory.0.templates.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default().clone();
    found.get_or_try_init(|| read).await.cloned()
}
