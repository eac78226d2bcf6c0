//! What a page of the hub has found out already. Its parts are made at the same time, and each asks who is signed in, for which partner
//! and which template it is about: the first one asks the database, the others wait for that answer. It lasts as long as the page is made.
//! What each part may show is still asked for each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::{Method, request::Parts};
use domain::Fault;
use leptos::{
    prelude::{provide_context, use_context},
    reactive::owner::with_context,
};
use tokio::sync::OnceCell;

use crate::{
    fault::Trouble,
    store::{Administrator, Partner, Template, TemplateId},
};

#[derive(Clone, Default)]
struct Memory(Arc<Found>);

#[derive(Default)]
struct Found {
    administrator: Answer<Administrator>,
    partner: Answer<Partner>,
    templates: Mutex<HashMap<TemplateId, Arc<Answer<Template>>>>,
}

/// What was found, or as what it is told that it could not be read: a page waits once for a database that is away, not with each of its
/// parts.
type Answer<T> = OnceCell<Result<Option<T>, (Fault, Option<i64>)>>;

async fn once<T: Clone>(
    answer: &Answer<T>,
    read: impl Future<Output = Result<Option<T>, Trouble>>,
) -> Result<Option<T>, Trouble> {
    let mut own = None;
    let ask = async {
        read.await.map_err(|trouble| {
            let told = trouble.fault();
            own = Some(trouble);
            told
        })
    };
    let found = answer.get_or_init(|| ask).await.clone();
    match own {
        Some(trouble) => Err(trouble),
        None => found.map_err(|(fault, retry_after)| Trouble::Known { fault, retry_after }),
    }
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
        Some(memory) => once(&memory.0.administrator, read).await,
        None => read.await,
    }
}

/// For which partner: what the page knows, or else what is read.
pub(super) async fn partner(
    read: impl Future<Output = Result<Option<Partner>, Trouble>>,
) -> Result<Option<Partner>, Trouble> {
    match use_context::<Memory>() {
        Some(memory) => once(&memory.0.partner, read).await,
        None => read.await,
    }
}

/// Who is signed in, if the page has found that out.
pub(super) fn known_administrator() -> Option<Administrator> {
    use_context::<Memory>()?.0.administrator.get()?.clone().ok()?
}

/// The template of that id: what the page knows, or else what is read.
pub(super) async fn template(
    id: TemplateId,
    read: impl Future<Output = Result<Option<Template>, Trouble>>,
) -> Result<Option<Template>, Trouble> {
    let Some(memory) = use_context::<Memory>() else { return read.await };
    let found = memory.0.templates.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default().clone();
    once(&found, read).await
}
