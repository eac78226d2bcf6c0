//! Whom a job selects, and of which list they are.

use domain::filter::Filter;
use serde::{Deserialize, Serialize};

use crate::store::ids::{AdministratorId, CustomerId, SubscriberId, TemplateId};

/// Whom a job selects who are not its rows yet: the users of a list, from the newest back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Of which template.
    pub template: Option<TemplateId>,
    /// Of which customer.
    pub customer: Option<CustomerId>,
    /// Without those who are provisioned.
    pub exclude_provisioned: bool,
    /// What else they have to fit, in the filter language.
    pub filter: String,
    /// With which the age of a status is compared, epoch milliseconds.
    pub now: i64,
    /// Only of the customers that are assigned to this one, where not all may be seen.
    #[serde(default)]
    pub assigned_to: Option<AdministratorId>,
    /// Everybody up to this one is a row.
    pub after: Option<SubscriberId>,
    /// What is written in each row.
    pub written: String,
}

impl Selection {
    /// Of which list they are.
    #[must_use]
    pub fn list(&self) -> List {
        let Self { template, customer, exclude_provisioned, filter, .. } = self;
        List {
            template: *template,
            customer: *customer,
            exclude_provisioned: *exclude_provisioned,
            filter: filter.clone(),
        }
    }
}

/// A list of users, all of whom were meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Of which template.
    pub template: Option<TemplateId>,
    /// Of which customer.
    pub customer: Option<CustomerId>,
    /// Without those who are provisioned.
    pub exclude_provisioned: bool,
    /// What else they had to fit, in the filter language.
    pub filter: String,
}

impl List {
    /// The same without what may be somebody's name or address: for what is kept for good.
    #[must_use]
    pub fn naming_nobody(&self) -> Self {
        let Ok(all) = Filter::parse(&self.filter) else { return Self { filter: ELSE.to_owned(), ..self.clone() } };
        let without = Filter { id: None, words: Vec::new(), ..all.clone() };
        let left_out = if without == all { "" } else { ELSE };
        Self { filter: format!("{without} {left_out}").trim().to_owned(), ..self.clone() }
    }
}

/// Stands for what is left out of a filter.
const ELSE: &str = "…";
