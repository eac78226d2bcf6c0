//! Writes down what is billed: a span begins when an account is there, ends when it is gone, and ends and begins anew
//! with another package or BroadWorks id. Part of the transaction that changes the account, so that neither a crash nor
//! a retry can lose or double a span. What counts is for `domain::usage` to say.

use domain::usage::{self, Change, Usage};
use sea_orm::DbErr;

use crate::{
    environment::Environment,
    fault::Trouble,
    provisioning::{change, workspaces},
    store::{Subscriber, Whose, Work, Workspace, usage as spans},
};

/// The package of a workspace.
pub const WORKSPACE: &str = "workspace";

/// Somebody or something that may be billed.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    whose: Whose,
    usage: Option<Usage<'a>>,
    self_activated: bool,
}

impl<'a> Account<'a> {
    /// A subscriber's.
    ///
    /// # Errors
    /// If the row holds what was never written.
    pub fn of_subscriber(subscriber: &'a Subscriber) -> Result<Self, Trouble> {
        let at_target = change::lifecycle(subscriber)?.at_target;
        let usage = Usage::of(at_target, &subscriber.user_id, &subscriber.package);
        Ok(Self { whose: subscriber.into(), usage, self_activated: subscriber.self_activated })
    }

    /// A workspace's.
    ///
    /// # Errors
    /// If the row holds what was never written.
    pub fn of_workspace(workspace: &'a Workspace) -> Result<Self, Trouble> {
        let at_target = workspaces::lifecycle(workspace)?.at_target;
        let usage = Usage::of(at_target, &workspace.user_id, WORKSPACE);
        Ok(Self { whose: workspace.into(), usage, self_activated: false })
    }
}

/// Notes what a change means for what is billed; nothing is written where it means nothing. `after` is `None` when the
/// subscriber or workspace is gone.
///
/// # Errors
/// If the database fails.
pub async fn note(
    work: &Work,
    environment: &Environment,
    before: Account<'_>,
    after: Option<Account<'_>>,
) -> Result<(), DbErr> {
    let now = environment.now();
    let used = after.and_then(|after| after.usage);
    let change = usage::change(before.usage, used);
    if matches!(change, Change::Ends | Change::Continues) {
        spans::end(work, before.whose, now, change == Change::Continues).await?;
    }
    if let (Change::Begins | Change::Continues, Some(after), Some(used)) = (change, after, used) {
        spans::begin(work, (environment.id(), now), after.whose, used, after.self_activated).await?;
    }
    Ok(())
}
