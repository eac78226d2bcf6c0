//! Customers, as the hub shows them.

use serde::{Deserialize, Serialize};

use super::{counts::Counts, id::CustomerId, template::TemplateRow};

/// A row of the Customer List.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRow {
    /// Its id.
    pub id: CustomerId,
    /// Its name.
    pub name: String,
    /// The service provider's id of it.
    pub sp_enterprise_id: String,
    /// How many onboarding templates its users came by.
    pub templates: u32,
    /// Its users.
    pub users: Counts,
}

/// What View Templates shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerTemplates {
    /// The customer's name.
    pub customer: String,
    /// Its onboarding templates.
    pub templates: Vec<TemplateRow>,
}
