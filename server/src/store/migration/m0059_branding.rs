//! The brand of a template: the colour of its buttons and links, and its logo.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the columns, and the table of pictures. The previous version leaves them as they are and shows neither.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0059_branding"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["accent", "logo"] {
            manager.alter_table(Table::alter().table("template").add_column(text_null(column)).to_owned()).await?;
        }
        let logos = Table::create()
            .table("template_logo")
            .col(text("name"))
            .col(uuid("template_id"))
            .col(blob("picture"))
            .primary_key(Index::create().col("name").col("template_id"))
            .to_owned();
        manager.create_table(logos).await?;
        let by_template =
            Index::create().name("template_logo_by_template_id").table("template_logo").col("template_id").to_owned();
        manager.create_index(by_template).await
    }
}
