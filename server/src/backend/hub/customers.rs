//! The partner's customers in the hub.

use std::{collections::HashMap, slice};

use app::{
    backend::{Administrator, Customers},
    hub::model::{self, CustomerRow, CustomerTemplates, Page, TemplateRow},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{Fault, template::SelfProvisioning};

use super::{HubService, Ids, window};
use crate::{
    backend::Context,
    fault::Trouble,
    overview::by_owner,
    store::{Customer, CustomerId, counter, customer, template},
};

#[async_trait]
impl Customers for HubService {
    async fn customers(
        &self,
        administrator: &Administrator,
        after: Option<String>,
    ) -> Result<Page<CustomerRow>, Problem> {
        let db = self.0.store.read();
        self.respond(administrator, |ids| async move {
            let window = window(after)?;
            let page = customer::page(db, ids.tenant, &customer::Filter::default(), window).await?;
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
                })
                .collect();
            Ok(Page { rows, previous: None, next: page.next.map(|next| next.to_string()) })
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
            Ok(CustomerTemplates { customer: customer.name, templates })
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
