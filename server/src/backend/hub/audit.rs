//! The audit log in the hub.

use std::collections::{HashMap, HashSet};

use app::{
    backend::{Administrator, Audit},
    hub::model::{AuditFilter, AuditPage, AuditRow, JobSummary, Page, PersonId, Subject},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{
    Fault, Timestamp,
    audit::{Category, Deed},
    timestamp::DAY,
};
use uuid::Uuid;

use super::{HubService, Ids, window};
use crate::{
    backend::Context,
    fault::Trouble,
    iso8601,
    store::{
        Actor, AdministratorId, ApiTokenId, CustomerId, SubscriberId, TemplateId, WebhookId, administrator, api_token,
        audit, customer, subscriber, template, usage, webhook,
    },
    webhooks,
};

#[async_trait]
impl Audit for HubService {
    async fn audit(
        &self,
        administrator: &Administrator,
        filter: AuditFilter,
        after: Option<String>,
    ) -> Result<AuditPage, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let db = context.store.read();
            let found = audit::newest_first(db, ids.tenant, &read(&filter)?, window(after)?).await?;
            let actors: Vec<&Actor> = found.rows.iter().map(|entry| &entry.actor).collect();
            let doers = context.doers(&ids, &actors).await?;
            let names = context.subjects(&ids, &found.rows).await?;
            let users = context.users(&ids, &found.rows).await?;
            let former = context.former(&ids, &found.rows, &users).await?;
            let lists: Vec<_> = found.rows.iter().filter_map(|entry| entry.asked.as_ref()?.list.as_ref()).collect();
            let lists = context.lists(&ids, &lists).await?;
            let asked = |asked: &audit::JobSummary| JobSummary {
                action: asked.action,
                users: asked.users.map(|users| u32::try_from(users).unwrap_or(u32::MAX)),
                list: asked.list.as_ref().map(|list| lists.of(list)),
            };
            let row = |entry: audit::Entry| {
                let subject = |id: Uuid| match (names.get(&id), entry.deed) {
                    (Some(name), ..) => Subject::Named(name.clone()),
                    (None, Deed::JobBegun | Deed::JobCancelled | Deed::DeletionsApproved | Deed::DeletionsRefused) => {
                        Subject::Job(id.into())
                    }
                    (None, ..) if users.contains(&id) => Subject::User(id.into()),
                    (None, deed) => match former.get(&id) {
                        Some(broadworks_id) => Subject::Former(broadworks_id.clone()),
                        None if is_about_a_user(deed) => Subject::FormerUser,
                        None => Subject::Gone(id.to_string()),
                    },
                };
                AuditRow {
                    by: doers.called(&entry.actor),
                    subject: entry.subject.map(subject),
                    asked: entry.asked.as_ref().map(asked),
                    deed: entry.deed,
                    at: entry.at,
                }
            };
            let people = administrator::list(db, ids.tenant).await?;
            Ok(AuditPage {
                page: Page {
                    rows: found.rows.into_iter().map(row).collect(),
                    previous: None,
                    next: found.next.map(|next| next.to_string()),
                },
                people: people.into_iter().map(|one| (one.id.into(), one.email)).collect(),
            })
        })
        .await
    }
}

/// The filter that an address holds, as the store reads it.
///
/// # Errors
/// [`Fault::InvalidParameter`] for a day or kind that is none, [`Fault::NotFound`] for an id that is none.
pub fn read(filter: &AuditFilter) -> Result<audit::Filter, Trouble> {
    let day = |written| given(written).map(|day| iso8601::parse(day).ok_or(Fault::InvalidParameter)).transpose();
    let who = given(&filter.who).map(|id| id.parse::<PersonId>().map_err(|_| Fault::NotFound)).transpose()?;
    let what = given(&filter.what).map(|name| Category::parse(name).ok_or(Fault::InvalidParameter)).transpose()?;
    Ok(audit::Filter {
        actors: who.map(|id| vec![Actor::Administrator(id.into())]),
        categories: what.into_iter().collect(),
        from: day(&filter.from)?,
        // The whole day, which is one of UTC's as everywhere.
        to: day(&filter.to)?.map(|day: Timestamp| day.plus(DAY - 1)),
    })
}

/// What a form left empty is none.
fn given(written: &Option<String>) -> Option<&str> {
    written.as_deref().filter(|written| !written.is_empty())
}

impl Context {
    /// The names of what these deeds were done to, as far as it has one.
    async fn subjects(&self, ids: &Ids, entries: &[audit::Entry]) -> Result<HashMap<Uuid, String>, Trouble> {
        let (db, tenant) = (self.store.read(), ids.tenant);
        let subjects: Vec<Uuid> = entries.iter().filter_map(|entry| entry.subject).collect();
        let ids = || subjects.iter().copied();
        let mut names = HashMap::new();
        if subjects.is_empty() {
            return Ok(names);
        }
        let people = administrator::some(db, tenant, ids().map(AdministratorId::from)).await?;
        names.extend(people.into_iter().map(|one| (one.id.into(), one.email)));
        let tokens = api_token::some(db, tenant, ids().map(ApiTokenId::from)).await?;
        names.extend(tokens.into_iter().map(|one| (one.id.into(), one.name)));
        let webhooks = webhook::some(db, tenant, ids().map(WebhookId::from)).await?;
        names.extend(webhooks.into_iter().map(|one| (one.id.into(), webhooks::host(&one.url))));
        let templates = template::some(db, tenant, ids().map(TemplateId::from)).await?;
        names.extend(templates.into_iter().map(|one| (one.id.into(), one.name)));
        let customers = customer::some(db, tenant, ids().map(CustomerId::from)).await?;
        names.extend(customers.into_values().map(|one| (one.id.into(), one.sp_enterprise_id.as_str().to_owned())));
        Ok(names)
    }

    /// As what those of whom these deeds tell were billed who are no users any more.
    async fn former(
        &self,
        ids: &Ids,
        entries: &[audit::Entry],
        users: &HashSet<Uuid>,
    ) -> Result<HashMap<Uuid, String>, Trouble> {
        let of_users = entries.iter().filter(|entry| entry.deed.category() == Category::Users);
        let gone: Vec<Uuid> = of_users.filter_map(|entry| entry.subject).filter(|id| !users.contains(id)).collect();
        if gone.is_empty() {
            return Ok(HashMap::new());
        }
        Ok(usage::last_ids(self.store.read(), ids.tenant, gone).await?)
    }

    /// Those of whom these deeds tell who are users still: the others have no page.
    async fn users(&self, ids: &Ids, entries: &[audit::Entry]) -> Result<HashSet<Uuid>, Trouble> {
        let of_users = |entry: &&audit::Entry| entry.deed.category() == Category::Users;
        let subjects = entries.iter().filter(of_users).filter_map(|entry| entry.subject).map(SubscriberId::from);
        let users = subscriber::some(self.store.read(), ids.tenant, subjects).await?;
        Ok(users.into_iter().map(|user| user.id.into()).collect())
    }
}

/// Whether what it was done to is a user.
const fn is_about_a_user(deed: Deed) -> bool {
    matches!(
        deed,
        Deed::UserAdded
            | Deed::UserOnboarded
            | Deed::UserRetried
            | Deed::MailResent
            | Deed::ActivationMailed
            | Deed::ActivationRetried
            | Deed::PackageChanged
            | Deed::DetailsChanged
            | Deed::UserMoved
            | Deed::DeletionStaged
            | Deed::UserDeleted
            | Deed::UserChanged
            | Deed::PersonErased
    )
}
