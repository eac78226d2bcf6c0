//! The audit log: rows are added, in the transaction of the deed, never changed, and forgotten in time.

use std::fmt;

use domain::{
    Timestamp,
    audit::{Category, Deed},
    bulk::Action,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Actor, Rows, Tenant, Work, administrator,
    bulk_job::{BulkJob, List},
    entity::audit_event::{Column, Entity, Model},
    idempotency_key,
    ids::{AuditEventId, PartnerId},
    page::{self, Page, Window},
    row::{self, Unreadable},
};
use crate::{environment::Environment, store::Trouble};

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id; grows with time.
    pub id: AuditEventId,
    /// When it was done.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What was done.
    pub deed: Deed,
    /// What it was done to.
    pub subject: Option<Uuid>,
    /// What a bulk job was asked for.
    pub asked: Option<JobSummary>,
}

/// What a bulk job was asked for. It stays when the job is forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobSummary {
    /// What is done with each.
    pub action: Action,
    /// With how many, as far as they were counted.
    pub users: Option<i64>,
    /// Of which list they are; none if they were named one by one.
    pub list: Option<List>,
}

impl JobSummary {
    /// Of a job that is about so many.
    #[must_use]
    pub fn of(job: &BulkJob, users: Option<i64>) -> Self {
        Self { action: job.action, users, list: job.list.as_ref().map(List::naming_nobody) }
    }
}

/// For files and the API, in words that stay the same.
impl fmt::Display for JobSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.action.as_str())?;
        if let Some(users) = self.users {
            write!(f, ", users: {users}")?;
        }
        let Some(List { template, customer, exclude_provisioned, filter }) = &self.list else { return Ok(()) };
        if let Some(template) = template {
            write!(f, ", template: {template}")?;
        }
        if let Some(customer) = customer {
            write!(f, ", customer: {customer}")?;
        }
        if *exclude_provisioned {
            f.write_str(", without provisioned users")?;
        }
        if filter.is_empty() { Ok(()) } else { write!(f, ", filter: {filter}") }
    }
}

impl TryFrom<Model> for Entry {
    type Error = Unreadable;

    fn try_from(row: Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "audit_event", id: row.id.into(), column };
        let asked = row.detail.as_deref().map(serde_json::from_str).transpose();
        Ok(Self {
            actor: Actor::parse(&row.actor).ok_or(unreadable("actor"))?,
            deed: Deed::parse(&row.deed).ok_or(unreadable("deed"))?,
            asked: asked.map_err(|_| unreadable("detail"))?,
            id: row.id,
            at: Timestamp(row.at),
            subject: row.subject_id,
        })
    }
}

/// What the entries of a list have to fit.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// By one of these.
    pub actors: Option<Vec<Actor>>,
    /// Of one of these kinds.
    pub categories: Vec<Category>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
}

/// Writes a deed down, for the tenant. An administrator has to be allowed it still: so whatever one of them does is asked for once
/// more in the unit of work that does it, and who was kept out meanwhile does nothing any more.
///
/// # Errors
/// [`domain::Fault::SessionEnded`], or a database error.
pub async fn record(
    work: &Work,
    environment: &Environment,
    tenant: Tenant,
    actor: &Actor,
    (deed, subject): (Deed, Option<Uuid>),
) -> Result<(), Trouble> {
    still_may(work, tenant, actor, deed).await?;
    Ok(write(&**work, environment, tenant.partner(), actor, (deed, subject)).await?)
}

/// The same for what is asked for a bulk job, or done with it.
///
/// # Errors
/// [`domain::Fault::SessionEnded`], or a database error.
pub async fn record_job(
    work: &Work,
    environment: &Environment,
    tenant: Tenant,
    actor: &Actor,
    (deed, job, asked): (Deed, &BulkJob, &JobSummary),
) -> Result<(), Trouble> {
    still_may(work, tenant, actor, deed).await?;
    let detail = serde_json::to_string(asked).ok();
    let row = Model { detail, ..new(environment, tenant.partner(), actor, (deed, Some(job.id.into()))) };
    Ok(add(&**work, row).await?)
}

async fn still_may(work: &Work, tenant: Tenant, actor: &Actor, deed: Deed) -> Result<(), Trouble> {
    if let Actor::Administrator(id) = actor {
        administrator::still_may(&**work, tenant.partner(), (*id, deed.permission()), None).await?;
    }
    Ok(())
}

/// The same, for whoever has asked that, and knows whose the row is that is written with it.
pub(super) async fn write(
    db: &impl ConnectionTrait,
    environment: &Environment,
    partner: PartnerId,
    actor: &Actor,
    done: (Deed, Option<Uuid>),
) -> Result<(), DbErr> {
    add(db, new(environment, partner, actor, done)).await
}

async fn add(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    idempotency_key::note_deed(db).await?;
    row::add::<Entity>(db, row).await
}

fn new(environment: &Environment, partner: PartnerId, actor: &Actor, (deed, subject): (Deed, Option<Uuid>)) -> Model {
    Model {
        id: environment.id().into(),
        partner_id: partner,
        at: environment.now().0,
        actor: actor.to_string(),
        category: deed.category().as_str().to_owned(),
        deed: deed.as_str().to_owned(),
        subject_id: subject,
        detail: None,
    }
}

/// A part of the tenant's log, the newest entry first.
///
/// # Errors
/// If the database fails.
pub async fn newest_first(
    db: &impl Rows,
    tenant: Tenant,
    filter: &Filter,
    window: Window<AuditEventId>,
) -> Result<Page<Entry, AuditEventId>, DbErr> {
    let Window { after, skip, most } = window;
    let mut rows = Entity::find().filter(Column::PartnerId.eq(tenant.partner()));
    if let Some(actors) = &filter.actors {
        rows = rows.filter(Column::Actor.is_in(actors.iter().map(ToString::to_string)));
    }
    if !filter.categories.is_empty() {
        rows = rows.filter(Column::Category.is_in(filter.categories.iter().map(|category| category.as_str())));
    }
    let rows = rows
        .apply_if(filter.from, |rows, from| rows.filter(Column::At.gte(from.0)))
        .apply_if(filter.to, |rows, to| rows.filter(Column::At.lte(to.0)))
        .apply_if(after, |rows, after| rows.filter(Column::Id.lt(after)))
        .order_by_desc(Column::Id);
    Ok(page::part(db, rows, |row: &Model| row.id, Window { after: None, skip, most }).await?.readable())
}

/// Forgets up to `most` entries from before then, the oldest first, of all partners; how many that were.
///
/// # Errors
/// If the database fails.
pub async fn forget_old(work: &Work, before: Timestamp, most: u64) -> Result<u64, DbErr> {
    // Ids grow with time: where the oldest ones are still to be kept, all are, and nothing else is looked at.
    let oldest = Entity::find().select_only().columns([Column::At, Column::Id]).order_by_asc(Column::Id).limit(most);
    // A row of SQLite gives its columns in the order of their names.
    let oldest: Vec<(i64, AuditEventId)> = oldest.into_tuple().all(&**work).await?;
    let over = oldest.into_iter().filter(|(at, _)| *at < before.0).map(|(_, id)| id);
    let forgotten = Entity::delete_many().filter(Column::Id.is_in(over)).exec(&**work).await?;
    Ok(forgotten.rows_affected)
}
