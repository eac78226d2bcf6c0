//! Whether a user who was deleted may come back by the share link.
//!
//! Deleting a user ends the account, not the right to have one: whoever was announced under a template may onboard there
//! again. That right is kept apart from the subscriber, who is gone with all data, and ends when BroadWorks takes the
//! service from the user or an administrator forbids it. Somebody who is announced again needs neither.

use domain::BroadWorksId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    sea_query::OnConflict,
};

use crate::{
    environment::Environment,
    store::{
        Template, TemplateId, Work,
        entity::{admission, subscriber},
    },
};

/// Whether a user who is being removed may come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comeback {
    /// Under the same template, as the user was announced there.
    #[default]
    Allowed,
    /// As if the user had never been announced: whoever did so takes it back.
    Withdrawn,
    /// Under no template, not even where users may activate themselves, until somebody announces the user again.
    Forbidden,
}

/// Says whether a user who is being removed may come back.
///
/// # Errors
/// If the database fails.
pub async fn settle(
    work: &Work,
    environment: &Environment,
    subscriber: &subscriber::Model,
    comeback: Comeback,
) -> Result<(), DbErr> {
    let key = (subscriber.partner_id, subscriber.user_id_key.clone());
    if comeback == Comeback::Withdrawn {
        admission::Entity::delete_by_id(key).exec(&**work).await?;
        return Ok(());
    }
    let row = admission::ActiveModel {
        partner_id: Set(key.0),
        user_id_key: Set(key.1),
        template_id: Set(subscriber.template_id),
        open: Set(comeback == Comeback::Allowed),
        created_at: Set(environment.now().0),
    };
    let newest = OnConflict::columns([admission::Column::PartnerId, admission::Column::UserIdKey])
        .update_columns([admission::Column::TemplateId, admission::Column::Open, admission::Column::CreatedAt])
        .to_owned();
    admission::Entity::insert(row).on_conflict(newest).exec_without_returning(&**work).await?;
    Ok(())
}

/// Takes back that a user who is not there was announced under the template.
///
/// # Errors
/// If the database fails.
pub async fn withdraw(work: &Work, template: &Template, user_id: &BroadWorksId) -> Result<(), DbErr> {
    admission::Entity::delete_by_id((template.partner_id.into(), user_id.key()))
        .filter(admission::Column::TemplateId.eq(template.id))
        .filter(admission::Column::Open.eq(true))
        .exec(&**work)
        .await?;
    Ok(())
}

/// Whether a user who is not there may come in by the template's share link.
///
/// # Errors
/// If the database fails.
pub async fn admits(db: &impl ConnectionTrait, template: &Template, user_id: &BroadWorksId) -> Result<bool, DbErr> {
    let last = admission::Entity::find_by_id((template.partner_id.into(), user_id.key())).one(db).await?;
    Ok(match last {
        Some(last) if !last.open => false,
        Some(last) if TemplateId::from(last.template_id) == template.id => true,
        _ => template.self_activation,
    })
}
