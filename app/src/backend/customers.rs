//! The customers of a partner.

use async_trait::async_trait;
use domain::Tag;

use super::caller::Administrator;
use crate::{
    hub::model::{CustomerId, CustomerTemplates, FoundCustomers},
    problem::Problem,
};

/// The customers of the administrator's partner.
#[async_trait]
pub trait Customers: Send + Sync {
    /// The Customer List, of those who fit what was typed: `tag:gold`.
    async fn customers(
        &self,
        administrator: &Administrator,
        typed: &str,
        after: Option<String>,
    ) -> Result<FoundCustomers, Problem>;
    /// Sorts a customer by these words and by no others.
    async fn save_tags(
        &self,
        administrator: &Administrator,
        customer: CustomerId,
        tags: Vec<Tag>,
    ) -> Result<Vec<Tag>, Problem>;
    /// The name of one customer.
    async fn customer_name(&self, administrator: &Administrator, customer: CustomerId) -> Result<String, Problem>;
    /// View Templates of one customer.
    async fn customer_templates(
        &self,
        administrator: &Administrator,
        customer: CustomerId,
    ) -> Result<CustomerTemplates, Problem>;
}
