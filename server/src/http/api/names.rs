//! What customers and templates are called in the API.

use std::collections::{HashMap, HashSet};

use crate::store::{CustomerId, DbErr, Store, TemplateId, Tenant, customer, template};

/// The names of some customers and templates.
pub struct Names {
    sp_enterprise_ids: HashMap<CustomerId, String>,
    provisioning_ids: HashMap<TemplateId, String>,
}

impl Names {
    /// The names of these pairs of a customer and a template: two queries, however many there are.
    pub async fn of(
        store: &Store,
        tenant: Tenant,
        pairs: impl Iterator<Item = (CustomerId, TemplateId)>,
    ) -> Result<Self, DbErr> {
        let (customers, templates): (HashSet<_>, HashSet<_>) = pairs.unzip();
        let found = customer::some(store.read(), tenant, customers).await?;
        let sp_enterprise_ids = found.into_iter().map(|(id, one)| (id, one.sp_enterprise_id.into())).collect();
        let found = template::some(store.read(), tenant, templates).await?;
        let provisioning_ids = found.into_iter().map(|one| (one.id, one.provisioning_id)).collect();
        Ok(Self { sp_enterprise_ids, provisioning_ids })
    }

    /// The `spEnterpriseId` of a customer and the `provisioningId` of a template.
    pub fn pair(&self, customer: CustomerId, template: TemplateId) -> Option<(String, String)> {
        Some((self.sp_enterprise_ids.get(&customer)?.clone(), self.provisioning_ids.get(&template)?.clone()))
    }
}
