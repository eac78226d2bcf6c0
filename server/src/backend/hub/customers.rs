//! The partner's customers in the hub.

use std::{collections::HashMap, slice};

use app::{
    backend::{Administrator, Customers},
    hub::model::{self, CustomerRow, CustomerTemplates, FoundCustomers, Page, TemplateRow},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{Fault, Tag, audit::Deed, filter::CustomerFilter, template::SelfProvisioning};

use super::{HubService, Ids, window};
use crate::{
    backend::Context,
    fault::Trouble,
    overview::by_owner,
    store::{Actor, Customer, CustomerId, audit, counter, customer, template},
};

#[async_trait]
impl Customers for HubService {
    async fn customers(
        &self,
        administrator: &Administrator,
        typed: &str,
        after: Option<String>,
    ) -> Result<FoundCustomers, Problem> {
        let db = self.0.store.read();
        self.respond(administrator, |ids| async move {
            let tags = match CustomerFilter::parse(typed) {
                Ok(wanted) => wanted.tags,
                Err(flaw) => return Ok(FoundCustomers { page: Page::empty(), flaw: Some(flaw) }),
            };
            let filter = customer::Filter { tags, ..customer::Filter::default() };
            let page = customer::page(db, ids.tenant, &filter, window(after)?).await?;
            let counts = by_owner(counter::by_customer(db, page.rows.iter().map(|customer| customer.id)).await?);
            let mut templates: HashMap<CustomerId, u32> = HashMap::new();
            for (customer, _) in customer::templates(db, &page.rows).await? {
                *templates.entry(customer).or_default() += 1;
            }
            let rows = page
                .rows
                .into_iter()
                .map(|customer| CustomerRow {
                    templates: templates.get(&customer.id).copied().unwrap_or_default(),
                    users: counts.get(&customer.id).copied().unwrap_or_default(),
                    id: customer.id.into(),
                    name: customer.name,
                    sp_enterprise_id: customer.sp_enterprise_id.into(),
                    tags: customer.tags,
                })
                .collect();
            let page = Page { rows, previous: None, next: page.next.map(|next| next.to_string()) };
            Ok(FoundCustomers { page, flaw: None })
        })
        .await
    }

    async fn save_tags(
        &self,
        administrator: &Administrator,
        customer: model::CustomerId,
        tags: Vec<Tag>,
    ) -> Result<Vec<Tag>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            // What crosses the wire may be no tag.
            let tags = Tag::all(&Tag::stored(&tags))?;
            let customer = context.customer(&ids, customer.into()).await?;
            let work = context.store.work().await?;
            customer::lock(&work, &customer).await?;
            // As it is now that nobody else changes it.
            let before = customer::find(&*work, ids.tenant, customer.id).await?.ok_or(Fault::NotFound)?;
            if before.tags == tags {
                work.abandon().await?;
                return Ok(tags);
            }
            customer::save_tags(&work, &before, &tags).await?;
            let (actor, deed) =
                (Actor::Administrator(ids.administrator), (Deed::CustomerTagged, Some(before.id.into())));
            audit::record(&work, &context.environment, ids.tenant, &actor, deed).await?;
            work.commit().await?;
            Ok(tags)
        })
        .await
    }

    async fn customer_name(
        &self,
        administrator: &Administrator,
        customer: model::CustomerId,
    ) -> Result<String, Problem> {
        self.respond(administrator, |ids| async move { Ok(self.0.customer(&ids, customer.into()).await?.name) }).await
    }

    async fn customer_templates(
        &self,
        administrator: &Administrator,
        customer: model::CustomerId,
    ) -> Result<CustomerTemplates, Problem> {
        let Self(context) = self;
        let db = context.store.read();
        self.respond(administrator, |ids| async move {
            let customer = context.customer(&ids, customer.into()).await?;
            let links = customer::templates(db, slice::from_ref(&customer)).await?;
            let templates = template::some(db, ids.tenant, links.into_iter().map(|(_, template)| template)).await?;
            let counts = by_owner(counter::by_template(db, customer.id).await?);
            let templates = templates
                .into_iter()
                .map(|template| TemplateRow {
                    self_provisioning: SelfProvisioning::of(
                        template.verification,
                        template.self_activation,
                        &context.misconfigurations(&template),
                    ),
                    verification: template.verification,
                    default_package: template.default_package,
                    users: counts.get(&template.id).copied().unwrap_or_default(),
                    id: template.id.into(),
                    name: template.name,
                })
                .collect();
            Ok(CustomerTemplates { customer: customer.name, tags: customer.tags, templates })
        })
        .await
    }
}

impl Context {
    /// One of the partner's customers.
    pub(super) async fn customer(&self, ids: &Ids, customer: CustomerId) -> Result<Customer, Trouble> {
        let found = customer::find(self.store.read(), ids.tenant, customer).await?;
        found.ok_or_else(|| Fault::NotFound.into())
    }
}
