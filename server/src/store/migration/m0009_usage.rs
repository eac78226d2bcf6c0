//! What is billed, and the reports of it.

use domain::lifecycle::AtTarget;
use sea_orm_migration::{prelude::*, schema::*, sea_orm::sea_query::SelectStatement};

use crate::store::entity::*;

/// Creates the tables and indexes, and begins a span for everybody who has an account.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0009_usage"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let spans = Table::create()
            .table(usage::Entity)
            .col(uuid(usage::Column::Id))
            .col(uuid(usage::Column::PartnerId))
            .col(uuid(usage::Column::CustomerId))
            .col(uuid(usage::Column::SubscriberId))
            .col(text(usage::Column::UserId))
            .col(text(usage::Column::Package))
            .col(boolean(usage::Column::SelfActivated))
            .col(big_integer(usage::Column::FromAt))
            .col(big_integer_null(usage::Column::UntilAt))
            .col(boolean(usage::Column::Continued))
            .primary_key(Index::create().col(usage::Column::Id))
            .to_owned();
        manager.create_table(spans).await?;
        let reports = Table::create()
            .table(billing_report::Entity)
            .col(uuid(billing_report::Column::Id))
            .col(uuid(billing_report::Column::PartnerId))
            .col(text(billing_report::Column::Period))
            .col(uuid(billing_report::Column::CreatedBy))
            .col(blob(billing_report::Column::SigningKey))
            .col(big_integer(billing_report::Column::CreatedAt))
            .primary_key(Index::create().col(billing_report::Column::Id))
            .to_owned();
        manager.create_table(reports).await?;
        let one_open = Index::create()
            .name("usage_by_subscriber_id_while_open")
            .table(usage::Entity)
            .col(usage::Column::SubscriberId)
            .unique()
            .and_where(Expr::col(usage::Column::UntilAt).is_null())
            .to_owned();
        manager.create_index(one_open).await?;
        let by_partner = Index::create()
            .name("usage_by_partner_id_and_id")
            .table(usage::Entity)
            .col(usage::Column::PartnerId)
            .col(usage::Column::Id)
            .to_owned();
        manager.create_index(by_partner).await?;
        let reports_by_period = Index::create()
            .name("billing_report_by_partner_id_and_period_and_id")
            .table(billing_report::Entity)
            .col(billing_report::Column::PartnerId)
            .col(billing_report::Column::Period)
            .col(billing_report::Column::Id)
            .to_owned();
        manager.create_index(reports_by_period).await?;
        manager.execute(under_way()?).await
    }
}

/// A span for everybody who has an account now, in one statement. The package is today's: history did not keep it.
fn under_way() -> Result<InsertStatement, DbErr> {
    let of_subscriber = |column| Expr::col((subscriber::Entity, column));
    let accounts = Query::select()
        .expr(of_subscriber(subscriber::Column::Id))
        .expr(of_subscriber(subscriber::Column::PartnerId))
        .expr(of_subscriber(subscriber::Column::CustomerId))
        .expr(of_subscriber(subscriber::Column::Id))
        .expr(of_subscriber(subscriber::Column::UserId))
        .expr(of_subscriber(subscriber::Column::Package))
        .expr(of_subscriber(subscriber::Column::SelfActivated))
        .expr(Func::coalesce([created().into(), of_subscriber(subscriber::Column::StatusChangedAt)]))
        .expr(Expr::val(false))
        .from(subscriber::Entity)
        .and_where(of_subscriber(subscriber::Column::AtTarget).eq(AtTarget::Account.as_str()))
        .to_owned();
    let insert = Query::insert()
        .into_table(usage::Entity)
        .columns([
            usage::Column::Id,
            usage::Column::PartnerId,
            usage::Column::CustomerId,
            usage::Column::SubscriberId,
            usage::Column::UserId,
            usage::Column::Package,
            usage::Column::SelfActivated,
            usage::Column::FromAt,
            usage::Column::Continued,
        ])
        .select_from(accounts)
        .map_err(|error| DbErr::Migration(error.to_string()))?
        .to_owned();
    Ok(insert)
}

/// When a subscriber's account was created for the first time.
fn created() -> SelectStatement {
    Query::select()
        .expr(Expr::col((history::Entity, history::Column::At)).min())
        .from(history::Entity)
        .and_where(
            Expr::col((history::Entity, history::Column::SubscriberId))
                .equals((subscriber::Entity, subscriber::Column::Id)),
        )
        .and_where(Expr::col((history::Entity, history::Column::Event)).eq("account_created"))
        .to_owned()
}
