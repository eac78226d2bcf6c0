//! The users of a template in the hub: User Status and what its rows offer.

use std::collections::HashMap;

use app::{
    hub::{Page, UserFilter, UserRow, UserStatus},
    problem::Problem,
};
use domain::{Fault, Status, Timestamp, lifecycle::Event, subscriber::Requirement};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};
use uuid::Uuid;

use super::{Ids, PAGE, package, page};
use crate::{
    backend::{Context, id},
    fault::Trouble,
    provisioning::{
        activation,
        change::{self, Circumstances},
    },
    store::{
        Actor,
        entity::{customer, subscriber, template},
    },
};

impl Context {
    pub(super) async fn user_status(
        &self,
        ids: &Ids,
        template: &str,
        filter: UserFilter,
        after: Option<String>,
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
        if let Some(after) = after {
            query = query.filter(subscriber::Column::Id.lt(id(&after)?));
        }
        let rows = query.order_by_desc(subscriber::Column::Id).limit(PAGE + 1).all(self.store.read()).await?;
        let (rows, next) = page(rows, |subscriber| subscriber.id);
        Ok(UserStatus {
            users: self.template_counts(template.id, customer_id).await?,
            page: Page { rows: self.user_rows(rows).await?, next },
            template: template.name,
            customer: customer.map(|customer| customer.name),
        })
    }

    /// Rows with what they need of their templates and customers: two more queries, however many rows.
    pub(super) async fn user_rows(&self, users: Vec<subscriber::Model>) -> Result<Vec<UserRow>, Trouble> {
        let templates: Vec<Uuid> = users.iter().map(|user| user.template_id).collect();
        let customers: Vec<Uuid> = users.iter().map(|user| user.customer_id).collect();
        let templates: HashMap<Uuid, template::Model> = template::Entity::find()
            .filter(template::Column::Id.is_in(templates))
            .all(self.store.read())
            .await?
            .into_iter()
            .map(|template| (template.id, template))
            .collect();
        let customers: HashMap<Uuid, customer::Model> = customer::Entity::find()
            .filter(customer::Column::Id.is_in(customers))
            .all(self.store.read())
            .await?
            .into_iter()
            .map(|customer| (customer.id, customer))
            .collect();
        users
            .into_iter()
            .filter(change::is_sound)
            .map(|user| {
                let held = match (templates.get(&user.template_id), customers.get(&user.customer_id)) {
                    (Some(template), Some(customer)) => change::held(template, customer, user.id),
                    _ => false,
                };
                user_row(user, held)
            })
            .collect()
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
        let actor = Actor::Administrator(ids.administrator);
        let changed = change::apply(&mut work, &self.environment, user, event, &actor, with).await?;
        work.commit().await?;
        match changed {
            Some(user) => Ok(self.user_rows(vec![user]).await?.pop()),
            None => Ok(None),
        }
    }
}

/// The partner's users: where every query about users begins.
pub(super) fn of(ids: &Ids) -> Select<subscriber::Entity> {
    subscriber::Entity::find().filter(subscriber::Column::PartnerId.eq(ids.partner))
}

fn user_row(user: subscriber::Model, held: bool) -> Result<UserRow, Trouble> {
    let lifecycle = change::lifecycle(&user)?;
    let mail = activation::mail_fault(&user);
    let problem = lifecycle.fault().map(|fault| Problem { fault, retry_after: None, tracking_id: user.tracking_id });
    Ok(UserRow {
        id: user.id.to_string(),
        broadworks_id: user.user_id,
        name: format!("{} {}", user.first_name, user.last_name).trim().to_owned(),
        email: lifecycle.email().map(|email| email.as_str().to_owned()),
        package: package(&user.package),
        wanted_package: user.wanted_package.as_deref().map(package),
        status: lifecycle.status(),
        requirement: Requirement::of(lifecycle.status(), held),
        problem,
        detail: user.fault_detail,
        mail,
        changed: Timestamp(user.status_changed_at),
        actions: lifecycle.actions(),
    })
}
