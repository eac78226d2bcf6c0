//! The customers of a partner.

use async_trait::async_trait;

use super::caller::Administrator;
use crate::{
    hub::model::{CustomerId, CustomerRow, CustomerTemplates, Page},
    problem::Problem,
};

/// The customers of the administrator's partner.
#[async_trait]
pub trait Customers: Send + Sync {
    /// The Customer List.
    async fn customers(
        &self,
        administrator: &Administrator,
        after: Option<String>,
    ) -> Result<Page<CustomerRow>, Problem>;
    /// The name of one customer.
    async fn customer_name(&self, administrator: &Administrator, customer: CustomerId) -> Result<String, Problem>;
    /// View Templates of one customer.
    async fn customer_templates(
        &self,
        administrator: &Administrator,
        customer: CustomerId,
    ) -> Result<CustomerTemplates, Problem>;
}
