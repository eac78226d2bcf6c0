//! How the subscribers of a list stand, those who stand alike together: so what is to be done with a million of them is decided
//! a few dozen times.

use domain::{
    Package, Timestamp,
    lifecycle::{Lifecycle, Record},
};
use sea_orm::{
    ColumnTrait as _, Condition, DbErr, FromQueryResult,
    sea_query::{Alias, Expr, ExprTrait as _, Func},
};

use super::{Column, Entity, Filter, list};
use crate::store::{Rows, TemplateId, Tenant, proof, row::leave_out_some};

/// So many subscribers who stand alike.
#[derive(Clone, Debug)]
pub struct Alike {
    /// How each of them stands; the address is one of theirs.
    pub lifecycle: Lifecycle,
    /// The package that each of them has.
    pub package: Package,
    /// The template of each of them.
    pub template: TemplateId,
    /// How many they are.
    pub users: i64,
}

#[derive(FromQueryResult)]
struct Row {
    status: String,
    email: Option<String>,
    email_proof: Option<String>,
    attempt: Option<String>,
    wanted_package: Option<String>,
    fault: Option<i32>,
    at_target: String,
    package: String,
    template_id: TemplateId,
    users: i64,
}

/// What two have to have in common to stand alike.
const COMMON: [Column; 8] = [
    Column::Status,
    Column::EmailProof,
    Column::Attempt,
    Column::WantedPackage,
    Column::Fault,
    Column::AtTarget,
    Column::Package,
    Column::TemplateId,
];

/// How the tenant's subscribers who fit stand. Those whose row contradicts itself are left out, and the log names some of them.
///
/// # Errors
/// If the database fails.
pub async fn standing(db: &impl Rows, tenant: Tenant, filter: &Filter) -> Result<Vec<Alike>, DbErr> {
    let mut query = list::fitting(db, tenant, filter).await?;
    let email = || Expr::col((Entity, Column::Email));
    query
        .columns(COMMON.map(|column| (Entity, column)))
        .expr_as(Func::min(email()), Alias::new("email"))
        .expr_as(Expr::cust("COUNT(*)"), Alias::new("users"))
        .group_by_columns(COMMON.map(|column| (Entity, column)))
        .add_group_by([email().is_null()]);
    let rows = Row::find_by_statement(db.get_database_backend().build(&query)).all(db).await?;
    let mut standing = Vec::new();
    for row in rows {
        match row.read() {
            Ok(alike) => standing.push(alike),
            Err(column) => {
                let mut ids = list::fitting(db, tenant, filter).await?;
                ids.column((Entity, Column::Id)).cond_where(row.common());
                leave_out_some(db, ids, ("subscriber", column)).await?;
            }
        }
    }
    Ok(standing)
}

/// How many of the tenant's subscribers who fit were asked by mail for their address since then.
///
/// # Errors
/// If the database fails.
pub async fn mailed_since(db: &impl Rows, tenant: Tenant, filter: &Filter, since: Timestamp) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Mailed {
        users: i64,
    }
    let mut query = list::fitting(db, tenant, filter).await?;
    query
        .expr_as(Expr::cust("COUNT(*)"), Alias::new("users"))
        .and_where(Expr::col((Entity, Column::Id)).in_subquery(proof::mailed_since(since)));
    let mailed = Mailed::find_by_statement(db.get_database_backend().build(&query)).one(db).await?;
    Ok(mailed.map_or(0, |mailed| mailed.users))
}

impl Row {
    /// What it means, or the column that cannot be understood.
    fn read(&self) -> Result<Alike, &'static str> {
        let record = Record {
            status: self.status.clone(),
            email: self.email.clone(),
            proof: self.email_proof.clone(),
            attempt: self.attempt.clone(),
            wanted_package: self.wanted_package.clone(),
            fault: self.fault.map(i32::cast_unsigned),
            at_target: self.at_target.clone(),
        };
        let package = Package::parse(&self.package).map_err(|_| "package")?;
        let lifecycle = record.restore().map_err(|_| "status")?;
        Ok(Alike { lifecycle, package, template: self.template_id, users: self.users })
    }

    /// What those have in common of whom it is made.
    fn common(&self) -> Condition {
        let (required, optional) = (
            [(Column::Status, &self.status), (Column::AtTarget, &self.at_target), (Column::Package, &self.package)],
            [
                (Column::EmailProof, &self.email_proof),
                (Column::Attempt, &self.attempt),
                (Column::WantedPackage, &self.wanted_package),
            ],
        );
        let same =
            required.into_iter().fold(Condition::all(), |all, (column, value)| all.add(column.eq(value.as_str())));
        let same = optional.into_iter().fold(same, |all, (column, value)| match value {
            Some(value) => all.add(column.eq(value.as_str())),
            None => all.add(column.is_null()),
        });
        let same = same.add(Column::TemplateId.eq(self.template_id));
        same.add(self.fault.map_or_else(|| Column::Fault.is_null(), |code| Column::Fault.eq(code)))
    }
}
