//! The partners: the phone companies that this server serves.

use domain::{audit::Deed, subscriber::identifying};

use crate::{
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    store::{Actor, Partner, Store, Tenant, audit, partner},
};

/// The most characters that a partner's name may have.
const LONGEST_NAME: usize = 80;

/// All of them, by name.
///
/// # Errors
/// If the database fails.
pub async fn all(store: &Store) -> Result<Vec<Partner>, Trouble> {
    Ok(partner::all(store.read()).await?)
}

/// The one of that name.
///
/// # Errors
/// If the database fails.
pub async fn named(store: &Store, name: &str) -> Result<Option<Partner>, Trouble> {
    Ok(partner::named(store.read(), name.trim()).await?)
}

/// The one of that name, created if it is new.
///
/// # Errors
/// As [`identifying`] for a name that is none, or a database error.
pub async fn named_or_new(store: &Store, environment: &Environment, name: &str) -> Result<Partner, Trouble> {
    let work = store.work().await?;
    if let Some(found) = partner::named(&*work, name.trim()).await? {
        work.abandon().await?;
        return Ok(found);
    }
    let name = identifying(name, LONGEST_NAME)?.to_owned();
    let new = partner::add(&work, environment.id(), name, environment.now()).await?;
    work.commit().await?;
    Ok(new)
}

/// Gives one another name, which it returns; nothing if another one has it.
///
/// # Errors
/// As [`identifying`] for a name that is none, or a database error.
pub async fn rename(
    store: &Store,
    environment: &Environment,
    partner: &Partner,
    new: &str,
) -> Result<Option<String>, Trouble> {
    let name = identifying(new, LONGEST_NAME)?.to_owned();
    let work = store.work().await?;
    if partner::named(&*work, &name).await?.is_some_and(|other| other.id != partner.id) {
        work.abandon().await?;
        return Ok(None);
    }
    partner::rename(&work, partner, &name).await?;
    let deed = (Deed::PartnerRenamed, Some(partner.id.into()));
    audit::record(&work, environment, Tenant::of_partner(partner), &Actor::Operator, deed).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "partner_renamed", partner = %partner.id);
    Ok(Some(name))
}
