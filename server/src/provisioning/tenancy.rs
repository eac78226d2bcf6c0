//! What a partner may learn of addresses: those of its own users, and of others' nothing.
//!
//! One address is one account, across all partners, so a target may say no because of somebody else's user. Whoever has
//! proven the address is told so: it is theirs. A partner that merely vouches for it is not, or it could ask whose users
//! have which addresses.

use domain::{
    EmailAddress, Fault,
    lifecycle::{Proof, ProvenAddress},
};

use crate::{
    store::{Database, DbErr, Stored as _, Subscriber, Tenant, directory_account, partner, subscriber},
    targets::Refusal,
};

/// Whether a user of this partner has an account with this address in the embedded directory.
///
/// # Errors
/// If the database fails.
pub async fn has_in_directory(db: &impl Database, tenant: Tenant, email: &EmailAddress) -> Result<bool, DbErr> {
    let Some(account) = directory_account::at(db, email).await? else { return Ok(false) };
    Subscriber::is_there(db, tenant, account.external_id.into()).await
}

/// A target's refusal as it is told to the subscriber's partner: an address that somebody else's user may have is not
/// given as the reason, unless the user has proven it or nobody else is served here.
///
/// # Errors
/// If the database fails.
pub async fn reported(db: &impl Database, subscriber: &Subscriber, refusal: Refusal) -> Result<Refusal, DbErr> {
    if !matches!(refusal.fault, Fault::AddressInUse | Fault::AddressElsewhere) || is_proven(subscriber) {
        return Ok(refusal);
    }
    let alone = partner::count(db).await? < 2;
    let is_own = alone || is_a_colleagues(db, subscriber).await?;
    // Whoever vouches may see one customer alone: at which of them it is, is not theirs to know.
    let fault = if is_own { Fault::AddressInUse } else { Fault::TargetRefused };
    Ok(if fault == refusal.fault { refusal } else { fault.into() })
}

/// Whether the user has shown to read the address.
fn is_proven(subscriber: &Subscriber) -> bool {
    let proof = subscriber.lifecycle.proven().map(ProvenAddress::proof);
    matches!(proof, Some(Proof::Link | Proof::Code))
}

/// Whether it is another user of the partner who has the account. One who only wants it says nothing of whose it is.
async fn is_a_colleagues(db: &impl Database, of: &Subscriber) -> Result<bool, DbErr> {
    let Some(email) = of.lifecycle.email() else { return Ok(false) };
    subscriber::is_a_colleagues(db, of, email).await
}
