//! When whoever has not proven an address is to be reminded: across partners, for the engine.

use domain::{Mailing, Timestamp, timestamp::DAY};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, SimpleExpr},
};

use crate::store::{
    Subscriber, Template, Work,
    due::Due,
    entity::{
        proof::{Column, Entity},
        subscriber,
    },
    ids::{ProofId, SubscriberId},
    row::readable,
};

/// How old a request may be that somebody is reminded of, in milliseconds: later they would wonder what it is about.
const OLDEST: i64 = 30 * DAY;

/// The next reminder is due so long after the mail left as the template says, if there is one more and nobody has stopped them.
const DUE: &str = "(SELECT COALESCE((SELECT MAX(proof_secret.created_at) FROM proof_secret \
    WHERE proof_secret.proof_id = proof.id), proof.created_at) + template.reminder_days * CAST(86400000 AS BIGINT) \
    FROM subscriber JOIN template ON template.id = subscriber.template_id WHERE subscriber.id = proof.subscriber_id \
    AND subscriber.reminders_stopped_at IS NULL AND template.reminders > proof.reminder)";

/// When it is due once the mail of a request fares so: part of an update of the request.
pub(super) fn after(mailing: Mailing) -> SimpleExpr {
    match mailing {
        Mailing::Sent | Mailing::Uncertain => Expr::cust(DUE),
        _ => Expr::value(None::<i64>),
    }
}

/// Plans anew for all who wait by a template, after that has changed.
///
/// # Errors
/// If the database fails.
pub async fn plan_reminders(work: &Work, template: &Template, now: Timestamp) -> Result<(), DbErr> {
    let theirs = subscriber::Entity::find()
        .select_only()
        .column(subscriber::Column::Id)
        .filter(subscriber::Column::TemplateId.eq(template.id));
    Entity::update_many()
        .col_expr(Column::RemindAt, Expr::cust(DUE))
        .filter(Column::SubscriberId.in_subquery(theirs.into_query()))
        .filter(Column::Open.eq(true))
        .filter(Column::Mail.is_in([Mailing::Sent, Mailing::Uncertain].map(Mailing::as_str)))
        .filter(Column::Report.is_null())
        .filter(Column::CreatedAt.gt(now.plus(-OLDEST).0))
        .exec(&**work)
        .await
        .map(drop)
}

/// Whether one is due.
///
/// # Errors
/// If the database fails.
pub async fn is_reminder_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool, DbErr> {
    due(now).is_there(db).await
}

/// Takes up to so many that are due, until then. Returns for whom; whoever cannot be read is nobody's to remind.
///
/// # Errors
/// If the database fails.
pub async fn claim_reminders(
    work: &Work,
    now: Timestamp,
    until: Timestamp,
    most: u64,
) -> Result<Vec<Subscriber>, DbErr> {
    let due = due(now).claim(work, until, most).await?;
    let theirs = subscriber::Column::Id.is_in(due.into_iter().map(|row| row.subscriber_id));
    Ok(readable(subscriber::Entity::find().filter(theirs).all(&**work).await?))
}

/// Writes down when the reminder of a request is due, or that none is.
///
/// # Errors
/// If the database fails.
pub async fn put_reminder(work: &Work, request: ProofId, at: Option<Timestamp>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RemindAt, Expr::value(at.map(|at| at.0)))
        .filter(Column::Id.eq(request))
        .exec(&**work)
        .await
        .map(drop)
}

/// Nobody reminds this user of anything that was asked for so far.
///
/// # Errors
/// If the database fails.
pub async fn forget_reminders(work: &Work, subscriber: SubscriberId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RemindAt, Expr::value(None::<i64>))
        .filter(Column::SubscriberId.eq(subscriber))
        .filter(Column::RemindAt.is_not_null())
        .exec(&**work)
        .await
        .map(drop)
}

fn due(now: Timestamp) -> Due<Entity> {
    Due::new(Column::Id, Column::RemindAt, now)
}
