//! Requests to prove an address: opened, closed and forgotten as the user's state says. What proves one is for
//! [`super::activation`] to say.

use domain::Note;

use super::queue;
use crate::{
    environment::Environment,
    store::{DbErr, ProofId, Subscriber, SubscriberId, Work, portal_session, proof},
};

/// What is known of a request to prove an address before it is opened.
#[derive(Clone, Debug, Default)]
pub struct NewRequest {
    /// Its id, if whoever asks needs it.
    pub id: Option<ProofId>,
    /// In which language to write the mail.
    pub locale: Option<String>,
    /// Which reminder it is; 0 if somebody has asked for it.
    pub reminder: i32,
    /// What the customer's administrator wrote, to stand in the mail.
    pub note: Option<Note>,
}

/// Opens a request to prove the address that the subscriber has entered, if there is one.
///
/// # Errors
/// If the database fails.
pub async fn open(
    work: &Work,
    environment: &Environment,
    subscriber: &Subscriber,
    asked: NewRequest,
) -> Result<Option<ProofId>, DbErr> {
    let Some(email) = subscriber.lifecycle.email() else { return Ok(None) };
    let id = asked.id.unwrap_or_else(|| environment.id().into());
    proof::open(work, (id, environment.now()), (subscriber, email), (asked.locale, asked.reminder, asked.note)).await?;
    Ok(Some(id))
}

/// Closes the requests that the subscriber's state has overtaken; their links and codes prove nothing any more.
///
/// # Errors
/// If the database fails.
pub async fn close(work: &Work, subscriber: &Subscriber) -> Result<(), DbErr> {
    proof::close(work, subscriber).await?;
    queue::forget_mail(work, subscriber.id).await
}

/// Forgets everything of a subscriber who is gone.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, subscriber: SubscriberId) -> Result<(), DbErr> {
    proof::forget(work, subscriber).await?;
    portal_session::delete_all_of(work, subscriber).await.map(drop)
}
