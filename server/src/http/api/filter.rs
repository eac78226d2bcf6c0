//! Filters that several lists have.

use domain::{SpEnterpriseId, Status};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use uuid::Uuid;

use super::Refusal;
use crate::store::entity::customer;

/// `spEnterpriseId`: the id of the partner's customer. One id and not a set of them: with an index in the order of the
/// list, that saves sorting.
pub fn customer(partner: Uuid, written: &str) -> Result<Expr, Refusal> {
    let id = SpEnterpriseId::parse(written).map_err(|fault| Refusal::parameter("spEnterpriseId", fault))?;
    let found = Query::select()
        .column(customer::Column::Id)
        .from(customer::Entity)
        .and_where(Expr::col(customer::Column::PartnerId).eq(partner))
        .and_where(Expr::col(customer::Column::SpEnterpriseId).eq(id.as_str()))
        .to_owned();
    Ok(found.into())
}

/// `status`: one or more, separated by commas.
pub fn statuses(written: &str) -> Result<Vec<&'static str>, Refusal> {
    let parse = |name: &str| Status::parse(name.trim()).map(Status::as_str);
    let statuses: Result<_, _> = written.split(',').map(parse).collect();
    statuses.map_err(|fault| Refusal::parameter("status", fault))
}
