//! The accounts with which BroadWorks reaches templates' flow-through adapters. Whoever has a template may have its account.

use domain::Timestamp;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait as _, sea_query::OnConflict};

use super::{
    Template, Work,
    entity::adapter_account::{ActiveModel, Column, Entity, Model},
};

/// The account of a template.
#[derive(Clone, PartialEq, Eq)]
pub struct AdapterAccount {
    /// The user name.
    pub user_name: String,
    /// The secret as argon2id.
    pub secret_hash: String,
    /// When the secret was made.
    pub created_at: Timestamp,
}

impl From<Model> for AdapterAccount {
    fn from(row: Model) -> Self {
        Self { user_name: row.user_name, secret_hash: row.secret_hash, created_at: Timestamp(row.created_at) }
    }
}

/// The template's account.
///
/// # Errors
/// If the database fails.
pub async fn of(db: &impl ConnectionTrait, template: &Template) -> Result<Option<AdapterAccount>, DbErr> {
    let found = Entity::find_by_id(template.id).one(db).await?;
    Ok(found.map(AdapterAccount::from))
}

/// Gives the template this account, in place of the one that it has.
///
/// # Errors
/// If the database fails.
pub async fn set(work: &Work, template: &Template, account: AdapterAccount) -> Result<(), DbErr> {
    let row = ActiveModel {
        template_id: Set(template.id),
        user_name: Set(account.user_name),
        secret_hash: Set(account.secret_hash),
        created_at: Set(account.created_at.0),
    };
    let replaced = OnConflict::column(Column::TemplateId)
        .update_columns([Column::UserName, Column::SecretHash, Column::CreatedAt])
        .to_owned();
    Entity::insert(row).on_conflict(replaced).exec_without_returning(&**work).await.map(drop)
}
