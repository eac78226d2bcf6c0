//! Writes down what is billed: a span begins when an account is there, ends when it is gone, and ends and begins anew
//! with another package or BroadWorks id. Part of the transaction that changes the account, so that neither a crash nor
//! a retry can lose or double a span. What counts is for `domain::usage` to say.

use domain::usage::{self, Change, Usage};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::{
    environment::Environment,
    fault::Trouble,
    provisioning::change,
    store::{
        Work,
        entity::{subscriber, usage as span},
    },
};

/// Notes what a change of a subscriber means for what is billed; nothing is written where it means nothing. `after` is
/// `None` when the subscriber is gone.
///
/// # Errors
/// If a row holds what was never written, or the database fails.
pub async fn note(
    work: &Work,
    environment: &Environment,
    before: &subscriber::Model,
    after: Option<&subscriber::Model>,
) -> Result<(), Trouble> {
    let now = environment.now().0;
    let used_before = used(before)?;
    let used_after = after.map(used).transpose()?.flatten();
    let change = usage::change(used_before, used_after);
    if matches!(change, Change::Ends | Change::Continues) {
        end(work, before.id, now, change == Change::Continues).await?;
    }
    if let (Change::Begins | Change::Continues, Some(after)) = (change, after) {
        begin(work, environment, after, now).await?;
    }
    Ok(())
}

fn used(subscriber: &subscriber::Model) -> Result<Option<Usage<'_>>, Trouble> {
    let at_target = change::lifecycle(subscriber)?.at_target;
    Ok(Usage::of(at_target, &subscriber.user_id, &subscriber.package))
}

async fn begin(work: &Work, environment: &Environment, of: &subscriber::Model, now: i64) -> Result<(), DbErr> {
    span::ActiveModel {
        id: Set(environment.id()),
        partner_id: Set(of.partner_id),
        customer_id: Set(of.customer_id),
        subscriber_id: Set(of.id),
        user_id: Set(of.user_id.clone()),
        package: Set(of.package.clone()),
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
