//! Whether a user who was deleted may come back by the share link.
//!
//! Deleting a user ends the account, not the right to have one: whoever was announced under a template may onboard there
//! again. That right is kept apart from the subscriber, who is gone with all data, and ends when BroadWorks takes the
//! service from the user or an administrator forbids it. Somebody who is announced again needs neither.

use domain::BroadWorksId;

use crate::{
    environment::Environment,
    store::{Database, DbErr, Subscriber, Template, Work, admission},
};

/// Whether a user who is being removed may come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comeback {
    /// Under the same template, as the user was announced there.
    #[default]
    Allowed,
    /// As if the user had never been announced: whoever did so takes it back.
    Withdrawn,
    /// Under no template, not even where users may activate themselves, until somebody announces the user again.
    Forbidden,
}

/// Says whether a user who is being removed may come back.
///
/// # Errors
/// If the database fails.
pub async fn settle(
    work: &Work,
    environment: &Environment,
    subscriber: &Subscriber,
    comeback: Comeback,
) -> Result<(), DbErr> {
    if comeback == Comeback::Withdrawn {
        return admission::delete(work, subscriber).await;
    }
    admission::save(work, subscriber, comeback == Comeback::Allowed, environment.now()).await
}

/// Takes back that a user who is not there was announced under the template.
///
/// # Errors
/// If the database fails.
pub async fn withdraw(work: &Work, template: &Template, user_id: &BroadWorksId) -> Result<(), DbErr> {
    admission::delete_open(work, template, user_id).await
}

/// Whether a user who is not there may come in by the template's share link.
///
/// # Errors
/// If the database fails.
pub async fn admits(db: &impl Database, template: &Template, user_id: &BroadWorksId) -> Result<bool, DbErr> {
    let last = admission::find(db, template, user_id).await?;
    Ok(match last {
        Some(last) if !last.open => false,
        Some(last) if last.template_id == template.id => true,
        _ => template.self_activation,
    })
}
