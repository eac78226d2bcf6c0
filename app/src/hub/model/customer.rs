//! Customers, as the hub shows them.

use domain::{Tag, filter::Flaw};
use serde::{Deserialize, Serialize};

use super::{counts::Counts, id::CustomerId, page::Page, template::TemplateRow};

/// A row of the Customer List.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRow {
    /// Its id.
    pub id: CustomerId,
    /// Its name.
    pub name: String,
    /// The service provider's id of it.
    pub sp_enterprise_id: String,
    /// The words by which the partner sorts it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// How many onboarding templates its users came by.
    pub templates: u32,
    /// Its users.
    pub users: Counts,
}

/// A part of the Customer List, of those who fit what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundCustomers {
    /// The customers.
    pub page: Page<CustomerRow>,
    /// What is wrong with what was typed; then nobody fits.
    pub flaw: Option<Flaw>,
}

/// What View Templates shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerTemplates {
    /// The customer's name.
    pub customer: String,
    /// The words by which the partner sorts it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Its onboarding templates.
    pub templates: Vec<TemplateRow>,
}
