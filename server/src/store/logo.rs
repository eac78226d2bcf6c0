//! The pictures of templates' logos.

use domain::Logo;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use super::{
    Template, Work,
    entity::template_logo::{Column, Entity, Model},
    row,
};

/// The picture of that name, as a PNG, for whoever shows its name: everybody who sees a page or a mail of a template that has it.
///
/// # Errors
/// If the database fails.
pub async fn picture(db: &impl ConnectionTrait, logo: &Logo) -> Result<Option<Vec<u8>>, DbErr> {
    let rows = Entity::find().select_only().column(Column::Picture).filter(Column::Name.eq(logo.to_string()));
    rows.into_tuple().one(db).await
}

/// Keeps a template's picture in place of the one that it has, if it has one.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, template: &Template, logo: &Logo, picture: Vec<u8>) -> Result<(), DbErr> {
    forget(work, template).await?;
    row::add::<Entity>(&**work, Model { name: logo.to_string(), template_id: template.id, picture }).await
}

/// Keeps none of a template any more.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, template: &Template) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::TemplateId.eq(template.id)).exec(&**work).await.map(drop)
}
