//! What a partner may learn of addresses: those of its own users, and of others' nothing.
//!
//! One address is one account, across all partners, so a target may say no because of somebody else's user. Whoever has
//! proven the address is told so: it is theirs. A partner that merely vouches for it is not, or it could ask whose users
//! have which addresses.

use domain::{
    EmailAddress, Fault,
    lifecycle::{AtTarget, Proof},
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _, Func},
};

use crate::{
    store::{
        Tenant,
        entity::{directory_account, subscriber},
        partner,
    },
    targets::Refusal,
};

/// Whether a user of this partner has an account with this address in the embedded directory.
///
/// # Errors
/// If the database fails.
pub async fn has_in_directory(db: &impl ConnectionTrait, tenant: Tenant, email: &EmailAddress) -> Result<bool, DbErr> {
    let account = directory_account::Entity::find().filter(directory_account::Column::EmailKey.eq(email.key()));
    let Some(account) = account.one(db).await? else { return Ok(false) };
    let own =
        subscriber::Entity::find_by_id(account.external_id).filter(subscriber::Column::PartnerId.eq(tenant.partner()));
    Ok(own.one(db).await?.is_some())
}

/// A target's refusal as it is told to the subscriber's partner: an address that somebody else's user may have is not
/// given as the reason, unless the user has proven it or nobody else is served here.
///
/// # Errors
/// If the database fails.
pub async fn told(
    db: &impl ConnectionTrait,
    subscriber: &subscriber::Model,
    refusal: Refusal,
) -> Result<Refusal, DbErr> {
    if refusal.fault != Fault::AddressInUse || is_proven(subscriber) {
        return Ok(refusal);
    }
    let alone = partner::count(db).await? < 2;
    if alone || is_a_colleagues(db, subscriber).await? {
        return Ok(refusal);
    }
    Ok(Fault::TargetRefused.into())
}

/// Whether the user has shown to read the address.
fn is_proven(subscriber: &subscriber::Model) -> bool {
    [Proof::Link, Proof::Code].iter().any(|proof| subscriber.email_proof.as_deref() == Some(proof.as_str()))
}

/// Whether it is another user of the partner who has the account. One who only wants it says nothing of whose it is.
async fn is_a_colleagues(db: &impl ConnectionTrait, of: &subscriber::Model) -> Result<bool, DbErr> {
    let Some(email) = of.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()) else { return Ok(false) };
    let colleague = subscriber::Entity::find()
        .filter(subscriber::Column::PartnerId.eq(of.partner_id))
        .filter(Expr::expr(Func::lower(Expr::col(subscriber::Column::Email))).eq(email.key()))
        .filter(subscriber::Column::AtTarget.eq(AtTarget::Account.as_str()))
        .filter(subscriber::Column::Id.ne(of.id));
    Ok(colleague.one(db).await?.is_some())
}
