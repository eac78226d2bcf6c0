//! Spans in which an account existed with one package under one BroadWorks id; kept after the subscriber is gone. What
//! they mean is for `crate::usage` to say, which alone writes them.

use domain::{
    Timestamp,
    usage::{End, Span, Usage, WORKSPACE, Window},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{
    Owner, Tenant, Work,
    entity::usage,
    ids::{CustomerId, OwnerId, UsageId},
};

/// A span, with what a bill says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Its id; grows with time.
    pub id: UsageId,
    /// Of which company.
    pub customer_id: CustomerId,
    /// Of whom or what.
    pub owner: OwnerId,
    /// The BroadWorks user id.
    pub user_id: String,
    /// The package.
    pub package: String,
    /// Came by the share link alone.
    pub self_activated: bool,
    /// From when until when, and whether the same account went on with another package or id.
    pub span: Span,
}

impl From<usage::Model> for Used {
    fn from(row: usage::Model) -> Self {
        let end = |at| End { at: Timestamp(at), continued: row.continued };
        Self {
            span: Span { from: Timestamp(row.from_at), until: row.until_at.map(end) },
            id: row.id,
            customer_id: row.customer_id,
            owner: if row.package == WORKSPACE {
                OwnerId::Workspace(row.owner_id.into())
            } else {
                OwnerId::Subscriber(row.owner_id.into())
            },
            user_id: row.user_id,
            package: row.package,
            self_activated: row.self_activated,
        }
    }
}

/// The tenant's spans that touch the window, the oldest first: at most so many after one of them.
///
/// # Errors
/// If the database fails.
pub async fn touching(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    window: Window,
    (after, most): (Option<UsageId>, u64),
) -> Result<Vec<Used>, DbErr> {
    let ends = Condition::any().add(usage::Column::UntilAt.is_null()).add(usage::Column::UntilAt.gt(window.from.0));
    let mut rows = usage::Entity::find()
        .filter(usage::Column::PartnerId.eq(tenant.partner()))
        .filter(usage::Column::FromAt.lt(window.until.0))
        .filter(ends);
    if let Some(after) = after {
        rows = rows.filter(usage::Column::Id.gt(after));
    }
    let found = rows.order_by_asc(usage::Column::Id).limit(most).all(db).await?;
    Ok(found.into_iter().map(Used::from).collect())
}

/// Begins a span.
///
/// # Errors
/// If the database fails, or another span of the account is open.
pub async fn begin(
    work: &Work,
    (id, now): (UsageId, Timestamp),
    owner: Owner,
    used: Usage<'_>,
    self_activated: bool,
) -> Result<(), DbErr> {
    usage::ActiveModel {
        id: Set(id),
        partner_id: Set(owner.partner),
        customer_id: Set(owner.customer),
        owner_id: Set(owner.id.into()),
        user_id: Set(used.user_id.to_owned()),
        package: Set(used.package.to_owned()),
        self_activated: Set(self_activated),
        from_at: Set(now.0),
        until_at: Set(None),
        continued: Set(false),
    }
    .insert(&**work)
    .await
    .map(drop)
}

/// Ends the account's open span.
///
/// # Errors
/// If the database fails.
pub async fn end(work: &Work, owner: Owner, now: Timestamp, continued: bool) -> Result<(), DbErr> {
    usage::Entity::update_many()
        .col_expr(usage::Column::UntilAt, now.0.into())
        .col_expr(usage::Column::Continued, continued.into())
        .filter(usage::Column::OwnerId.eq(owner.id))
        .filter(usage::Column::UntilAt.is_null())
        .exec(&**work)
        .await
        .map(drop)
}
