//! Writes down what is billed: a span begins when an account is there, ends when it is gone, and ends and begins anew
//! with another package or BroadWorks id. Part of the transaction that changes the account, so that neither a crash nor
//! a retry can lose or double a span. What counts is for `domain::usage` to say.

use domain::usage::{self, Change, Usage};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::{
    environment::Environment,
    fault::Trouble,
    provisioning::{change, workspaces},
    store::{
        Whose, Work,
        entity::{subscriber, usage as span, workspace},
    },
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
    pub fn of_subscriber(subscriber: &'a subscriber::Model) -> Result<Self, Trouble> {
        let at_target = change::lifecycle(subscriber)?.at_target;
        let usage = Usage::of(at_target, &subscriber.user_id, &subscriber.package);
        Ok(Self { whose: subscriber.into(), usage, self_activated: subscriber.self_activated })
    }

    /// A workspace's.
    ///
    /// # Errors
    /// If the row holds what was never written.
    pub fn of_workspace(workspace: &'a workspace::Model) -> Result<Self, Trouble> {
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
    let now = environment.now().0;
    let used = after.and_then(|after| after.usage);
    let change = usage::change(before.usage, used);
    if matches!(change, Change::Ends | Change::Continues) {
        end(work, before.whose.id, now, change == Change::Continues).await?;
    }
    if let (Change::Begins | Change::Continues, Some(after), Some(used)) = (change, after, used) {
        begin(work, environment, after, used, now).await?;
    }
    Ok(())
}

async fn begin(
    work: &Work,
    environment: &Environment,
    of: Account<'_>,
    used: Usage<'_>,
    now: i64,
) -> Result<(), DbErr> {
    span::ActiveModel {
        id: Set(environment.id()),
        partner_id: Set(of.whose.partner),
        customer_id: Set(of.whose.customer),
        subscriber_id: Set(of.whose.id),
        user_id: Set(used.user_id.to_owned()),
        package: Set(used.package.to_owned()),
        self_activated: Set(of.self_activated),
        from_at: Set(now),
        until_at: Set(None),
        continued: Set(false),
    }
    .insert(&**work)
    .await?;
    Ok(())
}

async fn end(work: &Work, subscriber: Uuid, now: i64, continued: bool) -> Result<(), DbErr> {
    span::Entity::update_many()
        .col_expr(span::Column::UntilAt, now.into())
        .col_expr(span::Column::Continued, continued.into())
        .filter(span::Column::SubscriberId.eq(subscriber))
        .filter(span::Column::UntilAt.is_null())
        .exec(&**work)
        .await?;
    Ok(())
}
