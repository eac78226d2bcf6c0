//! The users of a template in the hub: User Status and what its rows offer.

use std::collections::HashMap;

use app::{
    backend::{Administrator, Users},
    hub::model::{self, Cursor, Found, Hit, Page, UnderWay, UserFilter, UserHistory, UserId, UserRow, UserStatus},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{
    EmailAddress, Fault, Package, Permission, Status,
    filter::Flaw,
    lifecycle::{Actions, Event, Order},
    search::Terms,
    subscriber::Requirement,
};

use super::{Filter, HubService, Ids, listed, window};
use crate::{
    backend::Context,
    fault::Trouble,
    provisioning::{
        activation, bulk,
        change::{self, Circumstances},
        queue::Kind,
        subscribers,
    },
    store::{
        Actor, Customer, Stored as _, Subscriber, SubscriberId, Template, customer, subscriber,
        task::{self, Task},
        template,
    },
};

/// How many of those who fit best come first.
const BEST: usize = 10;
/// The most rows that a page may ask for anew.
const MOST_ROWS: usize = 100;

#[async_trait]
impl Users for HubService {
    async fn user_status(
        &self,
        administrator: &Administrator,
        template: model::TemplateId,
        filter: UserFilter,
        cursor: Cursor,
    ) -> Result<UserStatus, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let template = context.own_template(&ids, template.into()).await?;
            let customer = match filter.customer {
                Some(customer) => Some(context.customer(&ids, customer.into()).await?),
                None => None,
            };
            let customer_id = customer.as_ref().map(|customer| customer.id);
            let typed = filter.text.as_deref().unwrap_or_default();
            let list = Filter {
                template: Some(template.id),
                customer: customer_id,
                but: filter.exclude_provisioned.then_some(Status::Provisioned),
                ..Filter::default()
            };
            let (flaw, page) = context.fitting_page(&ids, typed, list, cursor).await?;
            Ok(UserStatus {
                flaw,
                users: context.template_counts(&ids, template.id, customer_id).await?,
                page: Page {
                    rows: listed(&ids, context.rows_of(&ids, page.rows, vec![template.clone()]).await?),
                    previous: page.previous,
                    next: page.next,
                },
                template: template.name,
                customer: customer.map(|customer| customer.name),
            })
        })
        .await
    }

    /// Who fits best, and then everybody who fits, the newest first.
    async fn search(&self, administrator: &Administrator, typed: &str, cursor: Cursor) -> Result<Found, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let wanted = match domain::filter::Filter::parse(typed) {
                Ok(wanted) => wanted,
                Err(flaw) => return Ok(Found { page: Page::empty(), flaw: Some(flaw) }),
            };
            if wanted.is_empty() {
                return Ok(Found { page: Page::empty(), flaw: None });
            }
            let only_words = domain::filter::Filter { words: wanted.words.clone(), ..Default::default() } == wanted;
            let words = Terms::typed(&wanted.text()).filter(|_| only_words && cursor == Cursor::Start);
            let filter = Filter { wanted, now: context.environment.now(), ..Filter::default() };
            let Page { mut rows, previous, next } = context.user_page(&ids, &filter, cursor).await?;
            if let Some(words) = words {
                let first = (rows, next.is_none());
                rows = subscriber::best_first(context.store.read(), ids.tenant, &words, first, BEST).await?;
            }
            Ok(Found { page: Page { rows: context.hits(&ids, rows).await?, previous, next }, flaw: None })
        })
        .await
    }

    async fn user_rows(&self, administrator: &Administrator, wanted: Vec<UserId>) -> Result<Vec<UserRow>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let wanted = wanted.into_iter().take(MOST_ROWS).map(SubscriberId::from);
            let users = subscriber::some(context.store.read(), ids.tenant, wanted).await?;
            Ok(listed(&ids, context.user_rows(&ids, users).await?))
        })
        .await
    }

    async fn user(
        &self,
        administrator: &Administrator,
        user: UserId,
        before: Option<model::StepId>,
    ) -> Result<UserHistory, Problem> {
        let before = before.map(Into::into);
        self.respond(administrator, |ids| async move { self.0.user_history(&ids, user.into(), before).await }).await
    }

    async fn onboard(
        &self,
        administrator: &Administrator,
        user: UserId,
        email: EmailAddress,
    ) -> Result<UserRow, Problem> {
        self.change(administrator, user, Event::Onboarded(email)).await
    }

    async fn retry(&self, administrator: &Administrator, user: UserId) -> Result<UserRow, Problem> {
        self.change(administrator, user, Event::Retried).await
    }

    async fn resend(&self, administrator: &Administrator, user: UserId) -> Result<UserRow, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let user = context.own_user(&ids, user.into()).await?;
            let actor = Actor::Administrator(ids.administrator);
            activation::resend_for(&context.store, &context.environment, &user, &actor).await?;
            let user = Subscriber::find(context.store.read(), ids.tenant, user.id).await?.ok_or(Fault::NotFound)?;
            context.user_rows(&ids, vec![user]).await?.pop().ok_or_else(|| Fault::NotFound.into())
        })
        .await
    }

    async fn change_package(
        &self,
        administrator: &Administrator,
        user: UserId,
        package: Package,
    ) -> Result<UserRow, Problem> {
        self.change(administrator, user, Event::PackageChanged(package)).await
    }
}

impl HubService {
    async fn change(&self, administrator: &Administrator, user: UserId, event: Event) -> Result<UserRow, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let user = context.own_user(&ids, user.into()).await?;
            let mut work = context.store.work().await?;
            let user = subscribers::lock(&work, ids.tenant, user.id).await?;
            let (actor, with) = (Actor::Administrator(ids.administrator), Circumstances::default());
            let changed = change::apply(&mut work, &context.environment, user, event, &actor, with).await?;
            work.commit().await?;
            let changed = changed.ok_or(Fault::NotFound)?;
            context.user_rows(&ids, vec![changed]).await?.pop().ok_or_else(|| Fault::NotFound.into())
        })
        .await
    }
}

impl Context {
    /// Users with the names of their customers and templates: two more queries, however many users.
    pub(super) async fn hits(&self, ids: &Ids, users: Vec<Subscriber>) -> Result<Vec<Hit>, Trouble> {
        let templates = users.iter().map(|user| user.template_id);
        let templates = template::some(self.store.read(), ids.tenant, templates).await?;
        let templates: HashMap<_, _> = templates.into_iter().map(|template| (template.id, template.name)).collect();
        let customers = users.iter().map(|user| user.customer_id);
        let customers = customer::some(self.store.read(), ids.tenant, customers).await?;
        let hit = |user: Subscriber| {
            Some(Hit {
                name: format!("{} {}", user.first_name, user.last_name).trim().to_owned(),
                status: user.lifecycle.status(),
                customer: customers.get(&user.customer_id)?.name.clone(),
                template: templates.get(&user.template_id)?.clone(),
                id: user.id.into(),
                broadworks_id: user.user_id.into(),
            })
        };
        // A user whose template or customer is gone is going too.
        Ok(users.into_iter().filter_map(hit).collect())
    }

    /// One page of a list's users who fit what was typed, the newest first; or what is wrong with that.
    pub(super) async fn fitting_page(
        &self,
        ids: &Ids,
        typed: &str,
        list: Filter,
        cursor: Cursor,
    ) -> Result<(Option<Flaw>, Page<Subscriber>), Trouble> {
        match domain::filter::Filter::parse(typed) {
            Ok(wanted) => {
                let filter = Filter { wanted, now: self.environment.now(), ..list };
                Ok((None, self.user_page(ids, &filter, cursor).await?))
            }
            Err(flaw) => Ok((Some(flaw), Page::empty())),
        }
    }

    /// One page of these users, the newest first.
    async fn user_page(&self, ids: &Ids, filter: &Filter, cursor: Cursor) -> Result<Page<Subscriber>, Trouble> {
        let (db, tenant) = (self.store.read(), ids.tenant);
        let anew = || Box::pin(self.user_page(ids, filter, Cursor::Start));
        match cursor {
            // Whoever comes back to the beginning sees the whole first page, and nobody an empty one of a list that is not.
            Cursor::Before(first) => {
                let page = subscriber::oldest_first(db, tenant, filter, window(Some(first))?).await?;
                let Some(previous) = page.next else { return anew().await };
                let rows: Vec<_> = page.rows.into_iter().rev().collect();
                let next = rows.last().map(|user| user.id.to_string());
                Ok(Page { rows, previous: Some(previous.to_string()), next })
            }
            Cursor::After(last) => {
                let page = subscriber::newest_first(db, tenant, filter, window(Some(last))?).await?;
                let Some(previous) = page.rows.first().map(|user| user.id.to_string()) else { return anew().await };
                Ok(Page { rows: page.rows, previous: Some(previous), next: page.next.map(|next| next.to_string()) })
            }
            Cursor::Start => {
                let page = subscriber::newest_first(db, tenant, filter, window(None)?).await?;
                Ok(Page { rows: page.rows, previous: None, next: page.next.map(|next| next.to_string()) })
            }
        }
    }

    /// Rows with what they need of their templates, customers and tasks: three more queries, however many rows.
    pub(super) async fn user_rows(&self, ids: &Ids, users: Vec<Subscriber>) -> Result<Vec<UserRow>, Trouble> {
        let templates = users.iter().map(|user| user.template_id);
        let templates = template::some(self.store.read(), ids.tenant, templates).await?;
        self.rows_of(ids, users, templates).await
    }

    /// The same of those who have come by these templates: two more queries.
    async fn rows_of(
        &self,
        ids: &Ids,
        users: Vec<Subscriber>,
        templates: Vec<Template>,
    ) -> Result<Vec<UserRow>, Trouble> {
        let customers = users.iter().map(|user| user.customer_id);
        let templates: HashMap<_, _> = templates.into_iter().map(|template| (template.id, template)).collect();
        let customers = customer::some(self.store.read(), ids.tenant, customers).await?;
        let mut tasks = task::of(self.store.read(), ids.tenant, users.iter().map(|user| user.id)).await?;
        let leaving: Vec<_> = users.iter().map(|user| user.id).collect();
        let leaving = bulk::about_to_go(&self.store, ids.tenant, &leaving).await?;
        let may_write = ids.permissions.allow(Permission::UsersWrite);
        users
            .into_iter()
            .filter_map(|user| {
                // A user whose template or customer is gone is going too.
                let template = templates.get(&user.template_id)?;
                let customer = customers.get(&user.customer_id)?;
                let tasks = tasks.remove(&user.id).unwrap_or_default();
                let going = leaving.get(&user.id);
                let (leaving, staged) = (going.is_some_and(|one| !one.staged), going.is_some_and(|one| one.staged));
                Some(self.user_row(user, template, customer, &tasks).map(|row| match may_write && !leaving {
                    true => UserRow { staged, ..row },
                    // What may not be done is not offered.
                    false => UserRow { actions: Actions::default(), leaving, staged, ..row },
                }))
            })
            .collect()
    }

    fn user_row(
        &self,
        user: Subscriber,
        template: &Template,
        customer: &Customer,
        tasks: &[Task],
    ) -> Result<UserRow, Trouble> {
        let lifecycle = &user.lifecycle;
        let held = subscribers::held(template, customer, user.id);
        let problem =
            lifecycle.fault().map(|fault| Problem { fault, retry_after: None, tracking_id: user.tracking_id.clone() });
        Ok(UserRow {
            name: format!("{} {}", user.first_name, user.last_name).trim().to_owned(),
            customer: customer.name.clone(),
            enterprise_id: customer.sp_enterprise_id.clone().into(),
            template_id: template.id.into(),
            template: template.name.clone(),
            portal_open: self.misconfigurations(template).is_empty(),
            email: lifecycle.email().map(|email| email.as_str().to_owned()),
            package: user.package,
            wanted_package: lifecycle.wanted_package(),
            status: lifecycle.status(),
            requirement: Requirement::of(lifecycle.status(), held),
            problem,
            under_way: self.under_way(&user, lifecycle.status(), tasks),
            mail: user.refused_mail(),
            changed: user.status_changed_at,
            leaving: false,
            staged: false,
            actions: lifecycle.actions(),
            id: user.id.into(),
            broadworks_id: user.user_id.into(),
            detail: user.fault_detail,
        })
    }

    /// What is being done for a user, so that the status changes.
    fn under_way(&self, user: &Subscriber, status: Status, tasks: &[Task]) -> Option<UnderWay> {
        let now = self.environment.now();
        let mut orders = tasks.iter().filter_map(|task| match task.kind {
            Kind::Subscriber(order) => Some((order, task)),
            Kind::Workspace(_) => None,
        });
        let (order, task) = orders.find(|(order, _)| awaits(status, *order))?;
        Some(UnderWay {
            order,
            attempts: u32::try_from(task.attempts).unwrap_or_default(),
            setback: user.setback,
            again: Some(task.run_at).filter(|at| user.setback.is_some() && *at > now),
        })
    }

    /// Nobody in the hub does anything for a user whose deletion somebody has asked for, unless they take that back.
    pub(super) async fn stays(&self, ids: &Ids, user: SubscriberId) -> Result<(), Trouble> {
        let leaving = bulk::leaving(&self.store, ids.tenant, &[user]).await?;
        if leaving.is_empty() { Ok(()) } else { Err(Fault::InProgress.into()) }
    }

    /// One of the partner's users, for whom something is to be done.
    async fn own_user(&self, ids: &Ids, user: SubscriberId) -> Result<Subscriber, Trouble> {
        let user = Subscriber::find(self.store.read(), ids.tenant, user).await?.ok_or(Fault::NotFound)?;
        self.stays(ids, user.id).await?;
        Ok(user)
    }
}

/// Whether users in this status wait for that.
const fn awaits(status: Status, order: Order) -> bool {
    matches!(
        (status, order),
        (Status::PendingEmailValidation, Order::SendProof)
            | (Status::Provisioning, Order::CreateAccount)
            | (Status::PendingUserMigration, Order::AwaitConsent)
            | (Status::Updating, Order::UpdateAccount | Order::RemoveAccount)
    )
}
