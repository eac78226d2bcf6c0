//! Why how many subscribers have failed.

use domain::Fault;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, QueryFilter as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Alias, Expr, Query},
};

use super::{Column, Filter, Subscriber, list};
use crate::store::{Rows, Tenant, row::leave_out_some, subject::Table as _};

/// Why how many of the tenant's subscribers have failed, and whether that was an attempt, which can be made again, or a mail. By an
/// index that has nobody else. Those are left out whose fault cannot be read.
///
/// # Errors
/// If the database fails.
pub async fn failing(db: &impl ConnectionTrait, tenant: Tenant) -> Result<Vec<(Fault, i64, bool)>, DbErr> {
    let mut failing = Vec::new();
    for (column, retry) in [(Column::Fault, true), (Column::MailFault, false)] {
        let found: Vec<(i32, i64)> = Subscriber::of(tenant)
            .select_only()
            .column(column)
            .column_as(Column::Id.count(), "users")
            .filter(column.is_not_null())
            .group_by(column)
            .into_tuple()
            .all(db)
            .await?;
        let mut strange = Vec::new();
        for (code, users) in found {
            match Fault::from_code(code.cast_unsigned()) {
                Some(fault) => failing.push((fault, users, retry)),
                None => strange.push(code),
            }
        }
        if !strange.is_empty() {
            let ids = Subscriber::of(tenant).select_only().column(Column::Id).filter(column.is_in(strange));
            leave_out_some(db, ids.into_query(), ("subscriber", if retry { "fault" } else { "mail_fault" })).await?;
        }
    }
    Ok(failing)
}

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
