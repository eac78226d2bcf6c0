//! Filters that several lists have.

use domain::{SpEnterpriseId, Status};

use super::Refusal;

/// `spEnterpriseId`: the id of a customer.
pub fn customer(written: &str) -> Result<SpEnterpriseId, Refusal> {
    SpEnterpriseId::parse(written).map_err(|fault| Refusal::parameter("spEnterpriseId", fault))
}

/// `status`: one or more, separated by commas.
pub fn statuses(written: &str) -> Result<Vec<Status>, Refusal> {
    let parse = |name: &str| Status::parse(name.trim());
    let statuses: Result<_, _> = written.split(',').map(parse).collect();
    statuses.map_err(|fault| Refusal::parameter("status", fault))
}
