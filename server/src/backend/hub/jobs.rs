//! The partner's bulk jobs in the hub: whom one would touch, beginning one, and what has become of it.

use std::collections::{HashMap, HashSet};

use app::{
    backend::{Administrator, Jobs},
    hub::model::{
        BulkDeed, BulkPreview, Example, JobDetail, JobId, JobRow, JobState, JobUser, LeftOut, Page, Selection, UserId,
        UserList,
    },
    problem::Problem,
};
use async_trait::async_trait;
use domain::{
    Fault, Field, Timestamp,
    bulk::{Action, Outcome, RowError, UNDO, Wish},
    lifecycle::Place,
    limit,
    timestamp::SECOND,
};
use serde_json::{Value, json};

use super::{HubService, Ids, user::Doers, window};
use crate::{
    backend::Context,
    fault::Trouble,
    log::SECURITY,
    provisioning::{
        bulk::{self, MOST, NewJob, NewRow},
        moving,
    },
    store::{
        Actor, BulkJobId, CustomerId, Subscriber, SubscriberId, Template, TemplateId, Window,
        bulk_job::{self, BulkJob, BulkRow, List, Wanted},
        customer, proof,
        subscriber::{self, Filter},
        template,
    },
};

/// Among so many of those who are selected examples are looked for.
const LOOKED_AT: u64 = 200;
/// The most examples.
const EXAMPLES: usize = 10;

#[async_trait]
impl Jobs for HubService {
    async fn count_selected(&self, administrator: &Administrator, selection: &Selection) -> Result<u32, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let filter = context.selected(&ids, selection).await?;
            Ok(number(context.so_many(&ids, &filter).await?))
        })
        .await
    }

    async fn preview_bulk(
        &self,
        administrator: &Administrator,
        selection: &Selection,
        deed: BulkDeed,
    ) -> Result<BulkPreview, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let filter = context.selected(&ids, selection).await?;
            let store = context.store.patiently();
            let (mut users, mut fitting) = (0, 0);
            let mut left_out: Vec<(Option<Fault>, i64)> = Vec::new();
            let mut leave_out = |why, users| match left_out.iter_mut().find(|(other, _)| *other == why) {
                Some((_, sum)) => *sum += users,
                None => left_out.push((why, users)),
            };
            let standing = subscriber::standing(store.read(), ids.tenant, &filter).await?;
            let asked = context.asked(&ids, deed, standing.iter().map(|alike| alike.template)).await?;
            for alike in standing {
                users += alike.users;
                match asked.wish(alike.template).event(&alike.lifecycle, alike.package) {
                    Ok(Some(_)) => fitting += alike.users,
                    Ok(None) => leave_out(None, alike.users),
                    Err(why) => leave_out(Some(why), alike.users),
                }
            }
            if let Some(ticked) = &filter.ids {
                // They are being deleted, as somebody has asked for already.
                let leaving = bulk::leaving(&context.store, ids.tenant, ticked).await?.len();
                let leaving = i64::try_from(leaving).unwrap_or(i64::MAX).min(fitting);
                if leaving > 0 {
                    leave_out(Some(Fault::InProgress), leaving);
                }
                fitting -= leaving;
            }
            if deed == BulkDeed::Resend && fitting > 0 {
                let recently =
                    subscriber::mailed_since(store.read(), ids.tenant, &filter, context.remindable()).await?;
                let recently = recently.min(fitting);
                if recently > 0 {
                    leave_out(Some(Fault::MailedRecently), recently);
                }
                fitting -= recently;
            }
            left_out.sort_by_key(|(_, users)| -users);
            let examples =
                if left_out.is_empty() { Vec::new() } else { context.examples(&ids, &filter, (&asked, deed)).await? };
            Ok(BulkPreview {
                users: number(users),
                fitting: number(fitting),
                left_out: left_out.into_iter().map(|(why, users)| LeftOut { why, users: number(users) }).collect(),
                examples,
            })
        })
        .await
    }

    async fn begin_bulk(
        &self,
        administrator: &Administrator,
        selection: &Selection,
        deed: BulkDeed,
    ) -> Result<JobRow, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let written = context.written(&ids, deed).await?;
            let (selection, rows, selected) = if selection.everybody {
                let selection = context.whole(&ids, selection, &written).await?;
                let selected = context.so_many(&ids, &bulk::fitting(&selection)?).await?;
                (Some(selection), Vec::new(), Some(selected))
            } else {
                // Whom the caller may not see is not among them, whatever is sent.
                let seen = subscriber::some(context.store.read(), ids.tenant, ticked_ids(&selection.ids)?).await?;
                let users: Vec<_> = seen.iter().map(|user| user.id).collect();
                let leaving = bulk::leaving(&context.store, ids.tenant, &users).await?;
                if let Some(job) = leaving.values().next().filter(|_| leaving.len() == users.len()) {
                    return context.begun_already(&ids, *job, deed).await;
                }
                let row = |user: Subscriber| NewRow {
                    flaws: leaving.get(&user.id).map(|_| Fault::InProgress.into()).into_iter().collect(),
                    written: written.clone(),
                    subscriber: Some(user.id),
                    user_id: Some(user.user_id),
                    line: None,
                };
                (None, seen.into_iter().map(row).collect(), None)
            };
            if selection.is_none() && rows.is_empty() {
                return Err(Fault::NotFound.into());
            }
            let action = action(deed);
            let undo = if action == Action::Delete { UNDO } else { 0 };
            let not_before = context.environment.now().plus(undo);
            let new = NewJob { selection, selected, not_before, ..NewJob::of(action, rows, Vec::new()) };
            let caller = (ids.tenant, Actor::Administrator(ids.administrator));
            let job = bulk::accept(&context.store, &context.environment, caller, new).await?;
            let (by, action) = (ids.administrator, job.action.as_str());
            tracing::info!(target: SECURITY, event = "bulk_job_begun", administrator = %by, job = %job.id, action);
            context.job_row(&ids, job).await
        })
        .await
    }

    async fn jobs(&self, administrator: &Administrator, after: Option<String>) -> Result<Page<JobRow>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let page = bulk_job::newest_first(context.store.read(), ids.tenant, window(after.clone())?).await?;
            let rows = context.job_rows(&ids, page.rows).await?;
            Ok(Page { rows, previous: after, next: page.next.map(|next| next.to_string()) })
        })
        .await
    }

    async fn open_jobs(&self, administrator: &Administrator) -> Result<Vec<JobRow>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let by = Actor::Administrator(ids.administrator);
            let jobs = bulk_job::open_of(context.store.read(), ids.tenant, &by).await?;
            context.job_rows(&ids, jobs).await
        })
        .await
    }

    async fn job(&self, administrator: &Administrator, job: JobId) -> Result<JobRow, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let job = context.own_job(&ids, job.into()).await?;
            context.job_row(&ids, job).await
        })
        .await
    }

    async fn job_rows(
        &self,
        administrator: &Administrator,
        job: JobId,
        outcome: Option<Outcome>,
        after: Option<String>,
    ) -> Result<JobDetail, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let job = context.own_job(&ids, job.into()).await?;
            let wanted = outcome.map(Wanted::With);
            let page = bulk_job::rows(context.store.read(), &job, wanted, window(after.clone())?).await?;
            let next = page.next.map(|next| next.to_string());
            let rows = context.job_users(&ids, page.rows).await?;
            Ok(JobDetail { job: context.job_row(&ids, job).await?, page: Page { rows, previous: after, next } })
        })
        .await
    }

    async fn cancel_job(&self, administrator: &Administrator, job: JobId) -> Result<JobRow, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let by = ids.administrator;
            let caller = (ids.tenant, &Actor::Administrator(by));
            let job = bulk::cancel(&context.store, &context.environment, caller, job.into()).await?;
            tracing::info!(target: SECURITY, event = "bulk_job_cancelled", administrator = %by, job = %job.id);
            context.job_row(&ids, job).await
        })
        .await
    }
}

impl Context {
    async fn own_job(&self, ids: &Ids, job: BulkJobId) -> Result<BulkJob, Trouble> {
        bulk_job::find(self.store.read(), ids.tenant, job).await?.ok_or_else(|| Fault::NotFound.into())
    }

    /// What is asked for users of these templates.
    async fn asked(
        &self,
        ids: &Ids,
        deed: BulkDeed,
        templates: impl Iterator<Item = TemplateId>,
    ) -> Result<Asked, Trouble> {
        Ok(Asked::Alike(match deed {
            BulkDeed::Retry => Wish::Retry(None),
            BulkDeed::Resend => Wish::Resend,
            BulkDeed::ChangePackage(package) => Wish::ChangePackage(package),
            BulkDeed::Delete | BulkDeed::DeleteForGood => Wish::Delete,
            BulkDeed::Move(to) => {
                let to = Box::new(self.own_template(ids, to.into()).await?);
                let templates: HashSet<_> = templates.collect();
                let from = template::some(self.store.read(), ids.tenant, templates).await?;
                let from = from.into_iter().map(|template| (template.id, template)).collect();
                return Ok(Asked::Move { to, from });
            }
        }))
    }

    /// What stands in each row.
    async fn written(&self, ids: &Ids, deed: BulkDeed) -> Result<Value, Trouble> {
        Ok(match deed {
            BulkDeed::ChangePackage(package) => json!({ Field::Package.property(): package.as_str() }),
            BulkDeed::DeleteForGood => json!({ bulk::FORBID: true }),
            BulkDeed::Move(to) => {
                let to = self.own_template(ids, to.into()).await?;
                json!({ Field::ProvisioningId.property(): to.provisioning_id })
            }
            BulkDeed::Retry | BulkDeed::Resend | BulkDeed::Delete => json!({}),
        })
    }

    /// Everybody of a list, of what is the partner's own.
    async fn whole(&self, ids: &Ids, wanted: &Selection, written: &Value) -> Result<bulk_job::Selection, Trouble> {
        let template = match wanted.template {
            Some(template) => Some(self.own_template(ids, template.into()).await?.id),
            None => None,
        };
        let customer = match wanted.filter.customer {
            Some(customer) => Some(self.customer(ids, customer.into()).await?.id),
            None => None,
        };
        let filter = wanted.filter.text.clone().unwrap_or_default();
        // The search shows nobody without a word: nobody can have meant everybody.
        if template.is_none() && customer.is_none() && filter.trim().is_empty() {
            return Err(Fault::InvalidParameter.into());
        }
        Ok(bulk_job::Selection {
            template,
            customer,
            exclude_provisioned: wanted.filter.exclude_provisioned,
            filter,
            now: self.environment.now().0,
            after: None,
            assigned_to: ids.tenant.assigned_to(),
            written: written.to_string(),
        })
    }

    /// What those who are selected have to fit.
    pub(super) async fn selected(&self, ids: &Ids, wanted: &Selection) -> Result<Filter, Trouble> {
        if wanted.everybody {
            return bulk::fitting(&self.whole(ids, wanted, &json!({})).await?);
        }
        Ok(Filter { ids: Some(ticked_ids(&wanted.ids)?), ..Filter::default() })
    }

    async fn so_many(&self, ids: &Ids, filter: &Filter) -> Result<i64, Trouble> {
        let store = self.store.patiently();
        let alike = subscriber::standing(store.read(), ids.tenant, filter).await?;
        Ok(alike.iter().map(|alike| alike.users).sum())
    }

    /// Who was sent no mail since then may be sent another one.
    fn remindable(&self) -> Timestamp {
        self.environment.now().plus(-limit::REMIND_AFTER)
    }

    /// Some of those who are left out: two queries, however many are looked at.
    async fn examples(
        &self,
        ids: &Ids,
        filter: &Filter,
        (asked, deed): (&Asked, BulkDeed),
    ) -> Result<Vec<Example>, Trouble> {
        let window = Window { after: None, skip: None, most: LOOKED_AT };
        let users = subscriber::newest_first(self.store.read(), ids.tenant, filter, window).await?.rows;
        let recently = match deed {
            BulkDeed::Resend => {
                let those = users.iter().map(|user| user.id);
                proof::of_those_mailed_since(self.store.read(), those, self.remindable()).await?
            }
            _ => Vec::new(),
        };
        let example = |user: Subscriber| {
            let why = match asked.wish(user.template_id).event(&user.lifecycle, user.package) {
                Ok(Some(_)) if recently.contains(&user.id) => Some(Fault::MailedRecently),
                Ok(Some(_)) => return None,
                Ok(None) => None,
                Err(why) => Some(why),
            };
            Some(Example { id: user.id.into(), broadworks_id: user.user_id.into(), why })
        };
        Ok(users.into_iter().filter_map(example).take(EXAMPLES).collect())
    }

    /// Everybody is being deleted already: whoever wants just that is shown by which job, and can take it back.
    async fn begun_already(&self, ids: &Ids, job: BulkJobId, deed: BulkDeed) -> Result<JobRow, Trouble> {
        let job = bulk_job::find(self.store.read(), ids.tenant, job).await?;
        let job = job.filter(|_| action(deed) == Action::Delete).ok_or(Fault::InProgress)?;
        self.job_row(ids, job).await
    }

    async fn job_row(&self, ids: &Ids, job: BulkJob) -> Result<JobRow, Trouble> {
        self.job_rows(ids, vec![job]).await?.pop().ok_or_else(|| Fault::NotFound.into())
    }

    /// Jobs with the names of those who asked for them and of whom they are about: some queries more, however many they are.
    pub(super) async fn job_rows(&self, ids: &Ids, jobs: Vec<BulkJob>) -> Result<Vec<JobRow>, Trouble> {
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        let actors: Vec<&Actor> = jobs.iter().map(|job| &job.actor).collect();
        let doers = self.doers(ids, &actors).await?;
        let lists: Vec<&List> = jobs.iter().filter_map(|job| job.list.as_ref()).collect();
        let lists = self.lists(ids, &lists).await?;
        let single = jobs.iter().filter(|job| job.size == 1 && job.selection.is_none());
        let single: Vec<_> = single.map(|job| job.id).collect();
        let single = bulk_job::first_rows(self.store.read(), &single).await?;
        let single: HashMap<_, _> = single.into_iter().filter_map(|row| Some((row.job_id, row.user_id?))).collect();
        let now = self.environment.now();
        let shown = |job: BulkJob| JobRow {
            user: single.get(&job.id).map(|user| user.as_str().to_owned()),
            list: job.list.as_ref().map(|list| lists.of(list)),
            ..shown(job, &doers, now)
        };
        Ok(jobs.into_iter().map(shown).collect())
    }

    /// The names of the templates and customers of these lists.
    pub(super) async fn lists(&self, ids: &Ids, lists: &[&List]) -> Result<Lists, Trouble> {
        let (db, tenant) = (self.store.read(), ids.tenant);
        let (mut templates, mut customers) = (HashMap::new(), HashMap::new());
        let of: Vec<_> = lists.iter().filter_map(|list| list.template).collect();
        if !of.is_empty() {
            let found = template::some(db, tenant, of).await?;
            templates.extend(found.into_iter().map(|template| (template.id, template.name)));
        }
        let of: Vec<_> = lists.iter().filter_map(|list| list.customer).collect();
        if !of.is_empty() {
            let found = customer::some(db, tenant, of).await?;
            customers.extend(found.into_iter().map(|(id, customer)| (id, customer.name)));
        }
        Ok(Lists { templates, customers })
    }

    /// Rows with the names of those whom they are about: one more query.
    async fn job_users(&self, ids: &Ids, rows: Vec<BulkRow>) -> Result<Vec<JobUser>, Trouble> {
        let users = rows.iter().filter_map(|row| row.subscriber_id);
        let users = subscriber::some(self.store.read(), ids.tenant, users).await?;
        let users: HashMap<SubscriberId, Subscriber> = users.into_iter().map(|user| (user.id, user)).collect();
        let shown = |row: BulkRow| {
            let user = row.subscriber_id.and_then(|id| users.get(&id));
            let name = user.map(|user| format!("{} {}", user.first_name, user.last_name).trim().to_owned());
            JobUser {
                number: row.number.cast_unsigned(),
                line: row.line.map(i32::cast_unsigned),
                user: row.subscriber_id.map(UserId::from),
                broadworks_id: user.map(|user| &user.user_id).or(row.user_id.as_ref()).map(|id| id.as_str().to_owned()),
                name: name.unwrap_or_default(),
                outcome: row.outcome,
                why: row.errors.iter().filter_map(why).collect(),
            }
        };
        Ok(rows.into_iter().map(shown).collect())
    }
}

/// What lists are called by those who see them.
pub(super) struct Lists {
    templates: HashMap<TemplateId, String>,
    customers: HashMap<CustomerId, String>,
}

impl Lists {
    pub(super) fn of(&self, list: &List) -> UserList {
        UserList {
            template: list.template.and_then(|id| self.templates.get(&id).cloned()),
            customer: list.customer.and_then(|id| self.customers.get(&id).cloned()),
            exclude_provisioned: list.exclude_provisioned,
            filter: list.filter.clone(),
        }
    }
}

fn shown(job: BulkJob, doers: &Doers, now: Timestamp) -> JobRow {
    // Whoever works on it has leased it for longer.
    let untouched = job.action == Action::Delete && job.lease_until == job.created_at.plus(UNDO);
    let state = match (job.cancelled_at, job.finished_at) {
        (Some(_), _) => JobState::Cancelled,
        (None, Some(_)) => JobState::Finished,
        _ if job.staged_at.is_some() && job.selection.is_none() => JobState::Staged,
        _ if untouched && job.lease_until > now => {
            let seconds = job.lease_until.since(now).unsigned_abs().div_ceil(SECOND.unsigned_abs());
            JobState::Waiting(u32::try_from(seconds).unwrap_or(u32::MAX))
        }
        _ if job.selection.is_some() => JobState::Selecting,
        _ => JobState::Running,
    };
    JobRow {
        state,
        by: doers.called(&job.actor),
        id: job.id.into(),
        action: job.action,
        created: job.created_at,
        finished: job.finished_at,
        user: None,
        list: None,
        rows: job.size.cast_unsigned(),
        accepted: job.tally.accepted.cast_unsigned(),
        unchanged: job.tally.unchanged.cast_unsigned(),
        refused: job.tally.refused.cast_unsigned(),
    }
}

fn why(error: &RowError) -> Option<(Option<Field>, Fault)> {
    let field = Field::ALL.into_iter().find(|field| error.field.as_deref() == Some(field.property()));
    Some((field, Fault::from_code(error.code)?))
}

/// What is asked for those who are selected.
enum Asked {
    /// The same for all of them.
    Alike(Wish),
    /// To be this template's, where it counts which one is theirs.
    Move { to: Box<Template>, from: HashMap<TemplateId, Template> },
}

impl Asked {
    /// What is wished for a user of this template.
    fn wish(&self, template: TemplateId) -> Wish {
        match self {
            Self::Alike(wish) => wish.clone(),
            // A template that is gone has nobody, whose account could be anywhere.
            Self::Move { to, from } => {
                from.get(&template).map_or(Wish::Move(Some(Place::Other)), |from| moving::wish(from, to))
            }
        }
    }
}

const fn action(deed: BulkDeed) -> Action {
    match deed {
        BulkDeed::Retry => Action::Retry,
        BulkDeed::Resend => Action::Resend,
        BulkDeed::ChangePackage(_) => Action::ChangePackage,
        BulkDeed::Move(_) => Action::Move,
        BulkDeed::Delete | BulkDeed::DeleteForGood => Action::Delete,
    }
}

fn ticked_ids(ticked: &[UserId]) -> Result<Vec<SubscriberId>, Trouble> {
    if ticked.len() > MOST {
        return Err(Fault::InvalidParameterSize.into());
    }
    Ok(ticked.iter().copied().map(SubscriberId::from).collect())
}

fn number(users: i64) -> u32 {
    u32::try_from(users).unwrap_or(u32::MAX)
}
