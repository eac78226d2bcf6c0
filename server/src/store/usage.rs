//! Spans in which an account existed with one package under one BroadWorks id; kept after the subscriber is gone. What
//! they mean is for `crate::usage` to say, which alone writes them.

use std::collections::HashMap;

use domain::{
    Timestamp,
    usage::{End, Item, Span, Usage, Window},
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use super::{
    Owner, Rows, Tenant, Work,
    entity::usage,
    ids::{CustomerId, OwnerId, UsageId},
    page::{self, Page},
    person::ERASED,
    row::{self, Unreadable},
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
    /// As what it is billed.
    pub item: Item,
    /// Came by the share link alone.
    pub self_activated: bool,
    /// From when until when, and whether the same account went on with another package or id.
    pub span: Span,
}

impl TryFrom<usage::Model> for Used {
    type Error = Unreadable;

    fn try_from(row: usage::Model) -> Result<Self, Unreadable> {
        let unreadable = Unreadable { table: "usage", id: row.id.into(), column: "package" };
        let item = Item::parse(&row.package).ok_or(unreadable)?;
        let end = |at| End { at: Timestamp(at), continued: row.continued };
        Ok(Self {
            span: Span { from: Timestamp(row.from_at), until: row.until_at.map(end) },
            id: row.id,
            customer_id: row.customer_id,
            owner: match item {
                Item::Package(_) => OwnerId::Subscriber(row.owner_id.into()),
                Item::Workspace => OwnerId::Workspace(row.owner_id.into()),
            },
            user_id: row.user_id,
            item,
            self_activated: row.self_activated,
        })
    }
}

/// A part of the tenant's spans that touch these days, the oldest first.
///
/// # Errors
/// If the database fails.
pub async fn touching(
    db: &impl Rows,
    tenant: Tenant,
    days: Window,
    window: page::Window<UsageId>,
) -> Result<Page<Used, UsageId>, DbErr> {
    let ends = Condition::any().add(usage::Column::UntilAt.is_null()).add(usage::Column::UntilAt.gt(days.from.0));
    let rows = usage::Entity::find()
        .filter(usage::Column::PartnerId.eq(tenant.partner()))
        .filter(usage::Column::FromAt.lt(days.until.0))
        .filter(ends);
    let id = (usage::Column::Id, |row: &usage::Model| row.id);
    Ok(page::oldest_first(db, rows, id, window).await?.readable())
}

/// Under which BroadWorks ids these had accounts last, as far as they have had one and are not erased: what is billed outlives its user.
///
/// # Errors
/// If the database fails.
pub async fn last_ids(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    owners: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, DbErr> {
    let spans = usage::Entity::find()
        .select_only()
        // A row of SQLite gives its columns in the order of their names.
        .columns([usage::Column::OwnerId, usage::Column::UserId])
        .filter(usage::Column::PartnerId.eq(tenant.partner()))
        .filter(usage::Column::OwnerId.is_in(owners))
        .filter(usage::Column::UserId.ne(ERASED))
        .order_by_asc(usage::Column::Id);
    Ok(spans.into_tuple().all(db).await?.into_iter().collect())
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
    let row = usage::Model {
        id,
        partner_id: owner.partner,
        customer_id: owner.customer,
        owner_id: owner.id.into(),
        user_id: used.user_id.to_owned(),
        package: used.item.as_str().to_owned(),
        self_activated,
        from_at: now.0,
        until_at: None,
        continued: false,
    };
    row::add::<usage::Entity>(&**work, row).await
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
