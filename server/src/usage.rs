//! Writes down what is billed: a span begins when an account is there, ends when it is gone, and ends and begins anew
//! with another package or BroadWorks id. Part of the transaction that changes the account, so that neither a crash nor
//! a retry can lose or double a span. What counts is for `domain::usage` to say.

use domain::usage::{self, Change, Usage};

use crate::{
    environment::Environment,
    store::{DbErr, Subject, Work, usage as spans},
};

/// Notes what a change means for what is billed; nothing is written where it means nothing. `after` is `None` when the
/// subscriber or workspace is gone.
///
/// # Errors
/// If the database fails.
pub async fn note<S: Subject>(
    work: &Work,
    environment: &Environment,
    before: &S,
    after: Option<&S>,
) -> Result<(), DbErr> {
    let now = environment.now();
    let change = usage::change(used(before), after.and_then(used));
    if matches!(change, Change::Ends | Change::Continues) {
        spans::end(work, before.owner(), now, change == Change::Continues).await?;
    }
    if let (Change::Begins | Change::Continues, Some(after)) = (change, after)
        && let Some(used) = used(after)
    {
        spans::begin(work, (environment.id().into(), now), after.owner(), used, after.self_activated()).await?;
    }
    Ok(())
}

fn used<S: Subject>(subject: &S) -> Option<Usage<'_>> {
    Usage::of(subject.at_target(), subject.user_id().as_str(), subject.billed_as())
}
