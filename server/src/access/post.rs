//! What somebody who signs in to the hub is to be, and for which customers.

use domain::{Fault, Role, SpEnterpriseId};

use crate::{
    fault::Trouble,
    store::{AdministratorId, Customer, Tenant, Work, administrator, assignment, customer},
};

/// What somebody is to be.
#[derive(Clone, Debug)]
pub struct Post {
    /// What they may do.
    pub role: Role,
    /// For which customers, by the service provider's ids; nothing for all of them.
    pub customers: Option<Vec<SpEnterpriseId>>,
}

impl Post {
    /// Makes somebody that.
    ///
    /// # Errors
    /// [`Fault::NotFound`] for a customer who is not there, and where a role is of one customer and there is not one; or a
    /// database error.
    pub(super) async fn give(&self, work: &Work, tenant: Tenant, to: AdministratorId) -> Result<(), Trouble> {
        let assigned = self.assigned(work, tenant).await?;
        if self.role.is_of_one_customer() && assigned.as_ref().map(Vec::len) != Some(1) {
            return Err(Fault::NotFound.into());
        }
        administrator::save_role(work, to, self.role, assigned.is_some()).await?;
        Ok(assignment::set(work, to, &assigned.unwrap_or_default()).await?)
    }

    /// The customers that are assigned with it, each of which has to be there. Who does everything does it for all.
    async fn assigned(&self, work: &Work, tenant: Tenant) -> Result<Option<Vec<Customer>>, Trouble> {
        let Some(wanted) = self.customers.as_ref().filter(|_| self.role.can_be_assigned()) else { return Ok(None) };
        let mut assigned = Vec::new();
        for id in wanted {
            assigned.push(customer::called(&**work, tenant, id).await?.ok_or(Fault::NotFound)?);
        }
        assigned.sort_by_key(|customer| customer.id);
        assigned.dedup();
        Ok(Some(assigned))
    }
}
