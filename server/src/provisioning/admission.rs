//! Whether a user who was deleted may come back by the share link.
//!
//! Deleting a user ends the account, not the right to have one: whoever was announced under a template may onboard there
//! again. That right is kept apart from the subscriber, who is gone with all data, and ends when BroadWorks takes the
//! service from the user or an administrator forbids it. Somebody who is announced again needs neither.

use domain::{BroadWorksId, Fault};
use serde_json::{Value, json};

use crate::{
    environment::Environment,
    fault::Trouble,
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

/// The property of a job's row that says whether the user cannot come back by the share link.
pub const FORBID: &str = "forbid";
/// What stands there if whoever announced the user takes that back.
const WITHDRAWN: &str = "withdrawn";

impl Comeback {
    /// What a job's row says of it.
    pub(super) fn read(written: &Value) -> Result<Self, Trouble> {
        match written.get(FORBID) {
            None | Some(Value::Null | Value::Bool(false)) => Ok(Self::Allowed),
            Some(Value::Bool(true)) => Ok(Self::Forbidden),
            Some(Value::String(said)) if said == WITHDRAWN => Ok(Self::Withdrawn),
            Some(_) => Err(Fault::InvalidParameter.into()),
        }
    }

    /// As a job's row says it.
    pub(super) fn written(self) -> Value {
        match self {
            Self::Allowed => json!({}),
            Self::Forbidden => json!({ FORBID: true }),
            Self::Withdrawn => json!({ FORBID: WITHDRAWN }),
        }
    }
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
