//! What is billed, and the reports of it.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::sea_query::SelectStatement};

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
            .table("usage")
            .col(uuid("id"))
            .col(uuid("partner_id"))
            .col(uuid("customer_id"))
            .col(uuid("subscriber_id"))
            .col(text("user_id"))
            .col(text("package"))
            .col(boolean("self_activated"))
            .col(big_integer("from_at"))
            .col(big_integer_null("until_at"))
            .col(boolean("continued"))
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(spans).await?;
        let reports = Table::create()
            .table("billing_report")
            .col(uuid("id"))
            .col(uuid("partner_id"))
            .col(text("period"))
            .col(uuid("created_by"))
            .col(blob("signing_key"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(reports).await?;
        let one_open = Index::create()
            .name("usage_by_subscriber_id_while_open")
            .table("usage")
            .col("subscriber_id")
            .unique()
            .and_where(Expr::col("until_at").is_null())
            .to_owned();
        manager.create_index(one_open).await?;
        let by_partner =
            Index::create().name("usage_by_partner_id_and_id").table("usage").col("partner_id").col("id").to_owned();
        manager.create_index(by_partner).await?;
        let reports_by_period = Index::create()
            .name("billing_report_by_partner_id_and_period_and_id")
            .table("billing_report")
            .col("partner_id")
            .col("period")
            .col("id")
            .to_owned();
        manager.create_index(reports_by_period).await?;
        manager.execute(under_way()?).await
    }
}

/// A span for everybody who has an account now, in one statement. The package is today's: history did not keep it.
fn under_way() -> Result<InsertStatement, DbErr> {
    let of_subscriber = |column| Expr::col(("subscriber", column));
    let accounts = Query::select()
        .expr(of_subscriber("id"))
        .expr(of_subscriber("partner_id"))
        .expr(of_subscriber("customer_id"))
        .expr(of_subscriber("id"))
        .expr(of_subscriber("user_id"))
        .expr(of_subscriber("package"))
        .expr(of_subscriber("self_activated"))
        .expr(Func::coalesce([created().into(), of_subscriber("status_changed_at")]))
        .expr(Expr::val(false))
        .from("subscriber")
        .and_where(of_subscriber("at_target").eq("account"))
        .to_owned();
    let insert = Query::insert()
        .into_table("usage")
        .columns([
            "id",
            "partner_id",
            "customer_id",
            "subscriber_id",
            "user_id",
            "package",
            "self_activated",
            "from_at",
            "continued",
        ])
        .select_from(accounts)
        .map_err(|error| DbErr::Migration(error.to_string()))?
        .to_owned();
    Ok(insert)
}

/// When a subscriber's account was created for the first time.
fn created() -> SelectStatement {
    Query::select()
        .expr(Expr::col(("history", "at")).min())
        .from("history")
        .and_where(Expr::col(("history", "subscriber_id")).equals(("subscriber", "id")))
        .and_where(Expr::col(("history", "event")).eq("account_created"))
        .to_owned()
}
