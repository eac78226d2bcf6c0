//! The `Idempotency-Key`s that clients of the REST API have sent, and what they were answered. A key is kept as the hash of
//! token and key: whoever has both is its owner.
//!
//! A key whose call has done something has a tracking id from then on, also when nobody ever learns what the call was answered.

use domain::Timestamp;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QuerySelect as _,
    sea_query::{ExprTrait as _, OnConflict, SimpleExpr},
};

pub use super::entity::idempotency_key::Model as IdempotencyKey;
use super::{
    Work,
    entity::idempotency_key::{ActiveModel, Column, Entity},
};

tokio::task_local! {
    /// The call that is being carried out, and its tracking id.
    static CALL: (IdempotencyKey, String);
}

/// Carries a call out.
pub async fn carry_out<T>(call: &IdempotencyKey, tracking_id: &str, work: impl Future<Output = T>) -> T {
    CALL.scope((call.clone(), tracking_id.to_owned()), work).await
}

/// Notes at its key that the call that is being carried out does something: in the transaction that does it, so that it is done
/// once, whatever becomes of the answer. Fails if the key is another call's by now.
pub(super) async fn note_deed(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let Ok((call, tracking_id)) = CALL.try_with(Clone::clone) else { return Ok(()) };
    let done =
        ActiveModel { tracking_id: Set(Some(tracking_id)), ..<ActiveModel as sea_orm::ActiveModelTrait>::default() };
    let noted = Entity::update_many().set(done).filter(is_claimed_by(&call)).exec(db).await?;
    if noted.rows_affected == 0 { Err(DbErr::RecordNotUpdated) } else { Ok(()) }
}

/// What a call was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its tracking id.
    pub tracking_id: Option<String>,
    /// Its `Location`.
    pub location: Option<String>,
    /// Its JSON.
    pub body: Option<String>,
}

/// Writes a new one down. Returns whether it was new.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, new: IdempotencyKey) -> Result<bool, DbErr> {
    let inserted = Entity::insert(new.into_active_model())
        .on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned())
        .exec_without_returning(&**work)
        .await?;
    Ok(inserted > 0)
}

/// Reads a key and locks it until the transaction ends, if it is there.
///
/// # Errors
/// If the database fails.
pub async fn lock(work: &Work, key: &str) -> Result<Option<IdempotencyKey>, DbErr> {
    Entity::find_by_id(key).lock_exclusive().one(&**work).await
}

/// Writes it down in place of the one that is there.
///
/// # Errors
/// If the database fails.
pub async fn replace(work: &Work, new: IdempotencyKey) -> Result<(), DbErr> {
    new.into_active_model().reset_all().update(&**work).await.map(drop)
}

/// Writes down what the call was answered, if it is still the one that has claimed the key.
///
/// # Errors
/// If the database fails.
pub async fn answer(work: &Work, call: &IdempotencyKey, answer: Answer) -> Result<(), DbErr> {
    let answer = ActiveModel {
        status: Set(Some(answer.status.into())),
        tracking_id: Set(answer.tracking_id),
        location: Set(answer.location),
        body: Set(answer.body),
        ..<ActiveModel as sea_orm::ActiveModelTrait>::default()
    };
    Entity::update_many().set(answer).filter(is_claimed_by(call)).exec(&**work).await.map(drop)
}

/// Lets the key go, if it is still this call that has claimed it, unless the call has done something: then it is only no longer
/// being carried out.
///
/// # Errors
/// If the database fails.
pub async fn release(work: &Work, call: &IdempotencyKey) -> Result<(), DbErr> {
    let has_done_nothing = Column::TrackingId.is_null();
    Entity::delete_many().filter(is_claimed_by(call).and(has_done_nothing)).exec(&**work).await?;
    let over = ActiveModel { claimed_until: Set(0), ..<ActiveModel as sea_orm::ActiveModelTrait>::default() };
    Entity::update_many().set(over).filter(is_claimed_by(call)).exec(&**work).await.map(drop)
}

fn is_claimed_by(call: &IdempotencyKey) -> SimpleExpr {
    Column::Key.eq(&call.key).and(Column::Claim.eq(call.claim))
}

/// Forgets those whose time is over.
///
/// # Errors
/// If the database fails.
pub async fn delete_expired(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::ExpiresAt.lte(now.0)).exec(&**work).await.map(drop)
}
