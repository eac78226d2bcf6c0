//! How many subscribers fit a filter, without counting further than is shown.

use sea_orm::{
    DbErr,
    sea_query::{Alias, Expr, Query},
};

use super::{Filter, list};
use crate::store::{Rows, Tenant};

/// How many of the tenant's subscribers fit, counted up to so many.
///
/// # Errors
/// If the database fails.
pub async fn up_to(db: &impl Rows, tenant: Tenant, filter: &Filter, most: u64) -> Result<u64, DbErr> {
    let mut parts: Vec<_> = filter.parts().into_iter().map(Some).collect();
    if parts.is_empty() {
        parts.push(None);
    }
    let mut users = 0_u64;
    for part in parts {
        let mut some = list::fitting(db, tenant, filter).await?;
        some.expr_as(Expr::cust("1"), Alias::new("one")).limit(most.saturating_sub(users));
        part.into_iter().for_each(|part| _ = some.and_where(part));
        let count = Query::select().expr_as(Expr::cust("COUNT(*)"), "users").from_subquery(some, "some").to_owned();
        let found: i64 = db.query_one(&count).await?.map_or(Ok(0), |row| row.try_get("", "users"))?;
        users += found.cast_unsigned();
        if users >= most {
            break;
        }
    }
    Ok(users)
}
