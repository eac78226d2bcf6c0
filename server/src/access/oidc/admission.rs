//! Whom a provider's word lets in, and as what.

use domain::{EmailAddress, Fault, Timestamp, audit::Deed, timestamp::MINUTE};

use super::{Identity, Settings};
use crate::{
    access::{administrators, people, second_factor},
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    store::{Actor, Administrator, Store, Tenant, Work, administrator, audit, hub_session, invitation},
};

/// How long before it was asked for a proof may have been given: clocks differ. In milliseconds.
const SKEW: i64 = MINUTE;

/// Lets somebody in whom the tenant's provider has let in. Returns who they are, as they are from now on, in a unit of work that
/// is still to be committed. Whoever has no role any more is signed out, everywhere and at once.
///
/// # Errors
/// [`Fault::OidcRoleMissing`], [`Fault::OidcAccountRefused`], [`Fault::LastFullAdministrator`], or a database error.
pub async fn admit(
    store: &Store,
    environment: &Environment,
    (tenant, settings): (Tenant, &Settings),
    identity: &Identity,
) -> Result<(Work, Administrator), Trouble> {
    let work = people::alone(store, tenant).await?;
    let known = administrator::by_subject(&*work, tenant, identity.name()).await?;
    let Some(role) = settings.role(&identity.values) else {
        return Err(turned_away(work, known.as_ref()).await?);
    };
    let found = match known {
        Some(known) => known,
        None => join(&work, environment, (tenant, settings), identity).await?,
    };
    if found.disabled_at.is_some() {
        return Err(Fault::OidcAccountRefused.into());
    }
    if found.role == role {
        return Ok((work, found));
    }
    let assigned_only = found.is_assigned_only() && role.can_be_assigned();
    administrator::save_role(&work, found.id, role, assigned_only).await?;
    // What is open was for somebody who was allowed something else.
    hub_session::delete_all_of(&work, found.id).await?;
    let changed = (Deed::RoleChanged, Some(found.id.into()));
    audit::record(&work, environment, tenant, &Actor::Engine, changed).await?;
    tracing::info!(target: SECURITY, event = "oidc_role_changed", administrator = %found.id, role = role.as_str());
    let found = administrator::find(&*work, tenant, found.id).await?.ok_or(Fault::OidcAccountRefused)?;
    Ok((work, found))
}

/// What became of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// It is who they are.
    Yes,
    /// They are something else by now, and have to sign in again.
    Changed,
}

/// Whether an identity is that of somebody who is signed in, shown to the provider since this moment, with the role that they
/// have.
///
/// # Errors
/// [`Fault::OidcAccountRefused`] if it is another one's, [`Fault::OidcSignInFailed`] if it was shown earlier,
/// [`Fault::OidcRoleMissing`], or a database error.
pub async fn confirm(
    store: &Store,
    (who, settings): (&Administrator, &Settings),
    identity: &Identity,
    since: Timestamp,
) -> Result<Confirmed, Trouble> {
    if who.provider.as_ref().is_none_or(|known| *known != (identity.issuer.clone(), identity.subject.clone())) {
        return Err(Fault::OidcAccountRefused.into());
    }
    match settings.role(&identity.values) {
        // A provider that did not ask them shows it by this, or says nothing.
        Some(role) if role == who.role && identity.signed_in_at.is_none_or(|at| at < since.plus(-SKEW)) => {
            Err(Fault::OidcSignInFailed.into())
        }
        Some(role) if role == who.role => Ok(Confirmed::Yes),
        Some(_) => {
            let work = store.work().await?;
            hub_session::delete_all_of(&work, who.id).await?;
            work.commit().await?;
            Ok(Confirmed::Changed)
        }
        None => Err(turned_away(store.work().await?, Some(who)).await?),
    }
}

/// Ends every session of somebody who has no role any more.
async fn turned_away(work: Work, known: Option<&Administrator>) -> Result<Trouble, Trouble> {
    if let Some(known) = known {
        hub_session::delete_all_of(&work, known.id).await?;
        tracing::info!(target: SECURITY, event = "oidc_role_missing", administrator = %known.id);
    }
    work.commit().await?;
    Ok(Fault::OidcRoleMissing.into())
}

/// Makes somebody of whoever comes for the first time: a new one, or who has their address already.
async fn join(
    work: &Work,
    environment: &Environment,
    (tenant, settings): (Tenant, &Settings),
    identity: &Identity,
) -> Result<Administrator, Trouble> {
    let refused = || Trouble::from(Fault::OidcAccountRefused);
    let address = identity.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()).ok_or_else(refused)?;
    if !(identity.verified || settings.trust_email) || !settings.lets_in(&address) {
        return Err(refused());
    }
    let role = settings.role(&identity.values).ok_or(Fault::OidcRoleMissing)?;
    let email = address.key();
    let there = administrator::called(&**work, tenant, &email).await?;
    let id = match &there {
        // Whatever is trusted otherwise: an account is only given to whoever has proven to have its address.
        Some(there) if settings.link && identity.verified && there.provider.is_none() => there.id,
        Some(_) => return Err(refused()),
        None if administrator::is_known(&**work, &email).await? => return Err(refused()),
        None => administrators::create(work, environment, tenant, (email, role), None).await?,
    };
    administrator::sign_in_by(work, id, identity.name()).await?;
    if let Some(there) = &there {
        // What signed them in before does so no longer.
        second_factor::forget(work, id).await?;
        invitation::forget(work, id).await?;
        hub_session::delete_all_of(work, id).await?;
        administrator::save_role(work, id, role, there.is_assigned_only() && role.can_be_assigned()).await?;
        administrators::one_is_left(work, tenant).await?;
    }
    let joined = (Deed::PersonJoined, Some(id.into()));
    audit::record(work, environment, tenant, &Actor::Administrator(id), joined).await?;
    tracing::info!(target: SECURITY, event = "oidc_joined", administrator = %id, role = role.as_str());
    administrator::find(&**work, tenant, id).await?.ok_or_else(refused)
}
