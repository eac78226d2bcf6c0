//! How many deletions were asked for of a partner's users in the last hour, minute by minute. What that means is for
//! `domain::deletion` to say.

use domain::{Timestamp, deletion::WINDOW, timestamp::MINUTE};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};

use super::{
    Tenant, Work,
    entity::deletion_count::{ActiveModel, Column, Entity},
};

/// Counts so many that are asked for now. Returns how many there were before, in the hour that ends now. Whoever counts has
/// locked the partner, so that no two servers count the same.
///
/// # Errors
/// If the database fails.
pub async fn add(work: &Work, tenant: Tenant, now: Timestamp, asked: i64) -> Result<i64, DbErr> {
    let own = Column::PartnerId.eq(tenant.partner());
    Entity::delete_many().filter(own.clone()).filter(Column::Minute.lte(now.plus(-WINDOW).0)).exec(&**work).await?;
    // A row a minute: there are sixty at most.
    let before = Entity::find().filter(own).all(&**work).await?.iter().map(|row| row.deletions).sum();
    let row = ActiveModel {
        partner_id: Set(tenant.partner()),
        minute: Set(now.0 - now.0.rem_euclid(MINUTE)),
        deletions: Set(asked),
    };
    let more = OnConflict::columns([Column::PartnerId, Column::Minute])
        .value(Column::Deletions, Expr::col((Entity, Column::Deletions)).add(asked))
        .to_owned();
    Entity::insert(row).on_conflict(more).exec_without_returning(&**work).await?;
    Ok(before)
}
