//! The users of a template in the hub: User Status and what its rows offer.

use std::collections::HashMap;

use app::{
    hub::model::{Cursor, Page, UnderWay, UserFilter, UserRow, UserStatus},
    problem::Problem,
};
use domain::{
    Fault, Status, Timestamp,
    lifecycle::{Event, Order},
    subscriber::Requirement,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};
use uuid::Uuid;

use super::{Ids, PAGE, package, page};
use crate::{
    backend::{Context, id},
    fault::Trouble,
    provisioning::{
        activation,
        change::{self, Circumstances},
        queue::Kind,
    },
    store::{
        Actor, Template, TemplateId,
        entity::{customer, subscriber, task},
        template,
    },
};

impl Context {
    pub(super) async fn user_status(
        &self,
        ids: &Ids,
        template: &str,
        filter: UserFilter,
        cursor: Cursor,
    ) -> Result<UserStatus, Trouble> {
        let template = self.own_template(ids, template).await?;
        let customer = match &filter.customer {
            Some(customer) => Some(self.customer(ids, customer).await?),
            None => None,
        };
        let customer_id = customer.as_ref().map(|customer| customer.id);
        let mut query = of(ids).filter(subscriber::Column::TemplateId.eq(template.id));
        if let Some(customer) = customer_id {
            query = query.filter(subscriber::Column::CustomerId.eq(customer));
        }
        if filter.exclude_provisioned {
            query = query.filter(subscriber::Column::Status.ne(Status::Provisioned.as_str()));
        }
        let page = self.user_page(query, cursor).await?;
        Ok(UserStatus {
            users: self.template_counts(template.id, customer_id).await?,
            page: Page { rows: self.user_rows(ids, page.rows).await?, previous: page.previous, next: page.next },
            template: template.name,
            customer: customer.map(|customer| customer.name),
        })
    }

    /// One page of these users, the newest first.
    async fn user_page(
        &self,
        query: Select<subscriber::Entity>,
        cursor: Cursor,
    ) -> Result<Page<subscriber::Model>, Trouble> {
        let key = subscriber::Column::Id;
        let read = match &cursor {
            Cursor::Start => query.clone().order_by_desc(key),
            Cursor::After(last) => query.clone().filter(key.lt(id(last)?)).order_by_desc(key),
            Cursor::Before(first) => query.clone().filter(key.gt(id(first)?)).order_by_asc(key),
        };
        let rows = read.limit(PAGE + 1).all(self.store.read()).await?;
        let more = rows.len() as u64 > PAGE;
        match cursor {
            // Whoever comes back to the beginning sees the whole first page, and nobody an empty one of a list that is not.
            Cursor::Before(_) if !more => Box::pin(self.user_page(query, Cursor::Start)).await,
            Cursor::After(_) if rows.is_empty() => Box::pin(self.user_page(query, Cursor::Start)).await,
            Cursor::Before(_) => {
                let (mut rows, previous) = page(rows, |user| user.id);
                rows.reverse();
                let next = rows.last().map(|user| user.id.to_string());
                Ok(Page { rows, previous, next })
            }
            Cursor::Start | Cursor::After(_) => {
                let (rows, next) = page(rows, |user| user.id);
                let previous = rows.first().filter(|_| cursor != Cursor::Start).map(|user| user.id.to_string());
                Ok(Page { rows, previous, next })
            }
        }
    }

    /// Rows with what they need of their templates, customers and tasks: three more queries, however many rows.
    pub(super) async fn user_rows(&self, ids: &Ids, users: Vec<subscriber::Model>) -> Result<Vec<UserRow>, Trouble> {
        let templates = users.iter().map(|user| TemplateId::from(user.template_id));
        let customers: Vec<Uuid> = users.iter().map(|user| user.customer_id).collect();
        let templates = template::some(self.store.read(), ids.tenant, templates).await?;
        let templates: HashMap<_, _> = templates.into_iter().map(|template| (template.id, template)).collect();
        let customers: HashMap<Uuid, customer::Model> = customer::Entity::find()
            .filter(customer::Column::Id.is_in(customers))
            .all(self.store.read())
            .await?
            .into_iter()
            .map(|customer| (customer.id, customer))
            .collect();
        let mut tasks: HashMap<Uuid, Vec<task::Model>> = HashMap::new();
        let whose = users.iter().map(|user| user.id);
        let under_way = task::Entity::find().filter(task::Column::SubscriberId.is_in(whose));
        for task in under_way.all(self.store.read()).await? {
            tasks.entry(task.subscriber_id).or_default().push(task);
        }
        users
            .into_iter()
            .filter(change::is_sound)
            .filter_map(|user| {
                // A user whose template or customer is gone is going too.
                let template = templates.get(&user.template_id.into())?;
                let customer = customers.get(&user.customer_id)?;
                let tasks = tasks.remove(&user.id).unwrap_or_default();
                Some(self.user_row(user, template, customer, &tasks))
            })
            .collect()
    }

    fn user_row(
        &self,
        user: subscriber::Model,
        template: &Template,
        customer: &customer::Model,
        tasks: &[task::Model],
    ) -> Result<UserRow, Trouble> {
        let lifecycle = change::lifecycle(&user)?;
        let held = change::held(template, customer, user.id);
        let problem =
            lifecycle.fault().map(|fault| Problem { fault, retry_after: None, tracking_id: user.tracking_id.clone() });
        Ok(UserRow {
            name: format!("{} {}", user.first_name, user.last_name).trim().to_owned(),
            customer: customer.name.clone(),
            enterprise_id: customer.sp_enterprise_id.clone(),
            template: template.name.clone(),
            portal_open: self.misconfigurations(template).is_empty(),
            email: lifecycle.email().map(|email| email.as_str().to_owned()),
            package: package(&user.package),
            wanted_package: user.wanted_package.as_deref().map(package),
            status: lifecycle.status(),
            requirement: Requirement::of(lifecycle.status(), held),
            problem,
            under_way: self.under_way(&user, lifecycle.status(), tasks),
            mail: activation::mail_fault(&user),
            changed: Timestamp(user.status_changed_at),
            actions: lifecycle.actions(),
            id: user.id.to_string(),
            broadworks_id: user.user_id,
            detail: user.fault_detail,
        })
    }

    /// What is being done for a user, so that the status changes.
    fn under_way(&self, user: &subscriber::Model, status: Status, tasks: &[task::Model]) -> Option<UnderWay> {
        let now = self.environment.now();
        let mut orders = tasks.iter().filter_map(|task| Some((Kind::parse(&task.kind)?.order()?, task)));
        let (order, task) = orders.find(|(order, _)| awaits(status, *order))?;
        let hitch = user.hitch.and_then(|code| u32::try_from(code).ok()).and_then(Fault::from_code);
        Some(UnderWay {
            order,
            attempts: u32::try_from(task.attempts).unwrap_or_default(),
            hitch,
            again: Some(Timestamp(task.run_at)).filter(|at| hitch.is_some() && *at > now),
        })
    }

    pub(super) async fn change_user(
        &self,
        ids: &Ids,
        user: &str,
        event: Event,
        with: Circumstances,
    ) -> Result<Option<UserRow>, Trouble> {
        let user = of(ids).filter(subscriber::Column::Id.eq(id(user)?)).one(self.store.read()).await?;
        let user = user.ok_or(Fault::NotFound)?;
        let mut work = self.store.work().await?;
        let user = change::lock(&work, user.id).await?;
        let actor = Actor::Administrator(ids.administrator.into());
        let changed = change::apply(&mut work, &self.environment, user, event, &actor, with).await?;
        work.commit().await?;
        match changed {
            Some(user) => Ok(self.user_rows(ids, vec![user]).await?.pop()),
            None => Ok(None),
        }
    }
}

/// The partner's users: where every query about users begins.
pub(super) fn of(ids: &Ids) -> Select<subscriber::Entity> {
    subscriber::Entity::find().filter(subscriber::Column::PartnerId.eq(ids.tenant.partner()))
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
