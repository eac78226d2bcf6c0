//! Which customer's an account in the embedded directory is: whose address is taken is told whether another company has it.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the column. The previous version leaves it empty: then the address is in use, and nobody knows where.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0061_directory_account_customer"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let customer = text_null("sp_enterprise_id");
        manager.alter_table(Table::alter().table("directory_account").add_column(customer).to_owned()).await
    }
}
