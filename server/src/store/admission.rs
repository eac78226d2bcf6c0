//! Whether users who were deleted may come back by the share link: all that is kept of them. What it means is for
//! `provisioning::admission` to say.

use domain::{BroadWorksId, Timestamp};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    sea_query::OnConflict,
};

use super::{Subscriber, Template, Work, entity::admission, ids::TemplateId};

/// What was said of a user when the user was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
    /// By which template the user was announced.
    pub template_id: TemplateId,
    /// Whether the user may come back there.
    pub open: bool,
}

/// What was said of the user of that id under the template's partner.
///
/// # Errors
/// If the database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    template: &Template,
    user_id: &BroadWorksId,
) -> Result<Option<Admission>, DbErr> {
    let found = admission::Entity::find_by_id((template.partner_id, user_id.key())).one(db).await?;
    Ok(found.map(|row| Admission { template_id: row.template_id, open: row.open }))
}

/// Says it of a user who is being deleted.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, of: &Subscriber, open: bool, now: Timestamp) -> Result<(), DbErr> {
    let row = admission::ActiveModel {
        partner_id: Set(of.partner_id),
        user_id_key: Set(of.user_id.key()),
        template_id: Set(of.template_id),
        open: Set(open),
        created_at: Set(now.0),
    };
    let newest = OnConflict::columns([admission::Column::PartnerId, admission::Column::UserIdKey])
        .update_columns([admission::Column::TemplateId, admission::Column::Open, admission::Column::CreatedAt])
        .to_owned();
    admission::Entity::insert(row).on_conflict(newest).exec_without_returning(&**work).await.map(drop)
}

/// Forgets what was said of a user.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, of: &Subscriber) -> Result<(), DbErr> {
    let key = (of.partner_id, of.user_id.key());
    admission::Entity::delete_by_id(key).exec(&**work).await.map(drop)
}

/// Forgets that the user of that id may come back by this template.
///
/// # Errors
/// If the database fails.
pub async fn delete_open(work: &Work, template: &Template, user_id: &BroadWorksId) -> Result<(), DbErr> {
    admission::Entity::delete_by_id((template.partner_id, user_id.key()))
        .filter(admission::Column::TemplateId.eq(template.id))
        .filter(admission::Column::Open.eq(true))
        .exec(&**work)
        .await
        .map(drop)
}

/// Forgets that those may come back who have been gone since before this. Who may not come back stays known.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, before: Timestamp) -> Result<(), DbErr> {
    admission::Entity::delete_many()
        .filter(admission::Column::Open.eq(true))
        .filter(admission::Column::CreatedAt.lt(before.0))
        .exec(&**work)
        .await
        .map(drop)
}
