//! What a full administrator does with the partner's other administrators: inviting them, changing what they may do, keeping
//! them out. One who can sign in and do everything is always left ([`Fault::LastFullAdministrator`]).

use domain::{EmailAddress, Fault, audit::Deed, timestamp::DAY};

use crate::{
    access::{administrators, password::NewPassword, post::Post, second_factor, secret},
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    store::{
        Actor, Administrator, AdministratorId, Store, Tenant, Work, administrator, audit, hub_session, invitation,
        partner,
    },
};

/// How long an invitation works, in milliseconds.
pub const INVITATION: i64 = 7 * DAY;

/// Who manages the others, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Manager {
    /// The partner whose administrators are managed.
    pub tenant: Tenant,
    /// The administrator who manages them.
    pub id: AdministratorId,
}

impl Manager {
    /// Comes before what it does to others: whoever takes their own role away is allowed nothing afterwards.
    async fn did(self, work: &Work, environment: &Environment, deed: Deed, to: AdministratorId) -> Result<(), Trouble> {
        let deed = (deed, Some(to.into()));
        audit::record(work, environment, self.tenant, &Actor::Administrator(self.id), deed).await
    }
}

/// Adds somebody who chooses a password by the link that holds the token.
///
/// # Errors
/// [`Fault::InvalidAddress`], [`Fault::PersonExists`], [`Fault::NotFound`] for a customer who is not there, or a database
/// error.
pub async fn invite(
    store: &Store,
    environment: &Environment,
    manager: Manager,
    email: &str,
    post: &Post,
) -> Result<(AdministratorId, String), Trouble> {
    let tenant = manager.tenant;
    let email = EmailAddress::pasted(email)?.key();
    let work = alone(store, tenant).await?;
    let id = administrators::create(&work, environment, tenant, (email, post.role), None).await?;
    post.give(&work, tenant, id).await?;
    let token = link(&work, environment, id).await?;
    manager.did(&work, environment, Deed::PersonInvited, id).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_invited", person = %id, role = post.role.as_str());
    Ok((id, token))
}

/// Makes somebody something else. Their sessions end: what is open in them was for somebody who was allowed something else.
///
/// # Errors
/// [`Fault::NotFound`], [`Fault::LastFullAdministrator`], or a database error.
pub async fn change(
    store: &Store,
    environment: &Environment,
    manager: Manager,
    id: AdministratorId,
    post: &Post,
) -> Result<(), Trouble> {
    let tenant = manager.tenant;
    let work = alone(store, tenant).await?;
    let found = known(&work, tenant, id).await?;
    manager.did(&work, environment, Deed::RoleChanged, id).await?;
    post.give(&work, tenant, found.id).await?;
    administrators::one_is_left(&work, tenant).await?;
    hub_session::delete_all_of(&work, found.id).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_role_changed", person = %id, role = post.role.as_str());
    Ok(())
}

/// Takes somebody's password away and signs them out; the link that holds the token lets them choose another one.
///
/// # Errors
/// [`Fault::NotFound`], [`Fault::LastFullAdministrator`], or a database error.
pub async fn reset(
    store: &Store,
    environment: &Environment,
    manager: Manager,
    id: AdministratorId,
) -> Result<String, Trouble> {
    let tenant = manager.tenant;
    let work = alone(store, tenant).await?;
    let found = known(&work, tenant, id).await?;
    manager.did(&work, environment, Deed::PasswordReset, id).await?;
    administrator::forget_password(&work, found.id).await?;
    administrators::one_is_left(&work, tenant).await?;
    hub_session::delete_all_of(&work, found.id).await?;
    let token = link(&work, environment, found.id).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_password_taken", person = %id);
    Ok(token)
}

/// Takes the second factor of somebody else away, passkeys with it, and signs them out: the password alone signs them in. Returns who it was. One's own
/// is removed by its code ([`second_factor::Factors::remove`]).
///
/// # Errors
/// [`Fault::NotFound`], [`Fault::PermissionMissing`] for one's own, [`Fault::ChangedMeanwhile`] if there is none, or a database error.
pub async fn take_factor(
    store: &Store,
    environment: &Environment,
    manager: Manager,
    id: AdministratorId,
) -> Result<Administrator, Trouble> {
    let tenant = manager.tenant;
    let work = alone(store, tenant).await?;
    let found = known(&work, tenant, id).await?;
    if found.id == manager.id {
        return Err(Fault::PermissionMissing.into());
    }
    manager.did(&work, environment, Deed::FactorReset, id).await?;
    if !second_factor::forget(&work, found.id).await? {
        return Err(Fault::ChangedMeanwhile.into());
    }
    hub_session::delete_all_of(&work, found.id).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "second_factor_taken", person = %id);
    Ok(found)
}

/// Keeps somebody from signing in, or no longer.
///
/// # Errors
/// [`Fault::NotFound`], [`Fault::LastFullAdministrator`], or a database error.
pub async fn disable(
    store: &Store,
    environment: &Environment,
    manager: Manager,
    id: AdministratorId,
    disabled: bool,
) -> Result<(), Trouble> {
    let tenant = manager.tenant;
    let work = alone(store, tenant).await?;
    let found = known(&work, tenant, id).await?;
    let deed = if disabled { Deed::PersonDisabled } else { Deed::PersonEnabled };
    manager.did(&work, environment, deed, id).await?;
    if disabled {
        administrator::disable(&work, found.id, environment.now()).await?;
        administrators::one_is_left(&work, tenant).await?;
        hub_session::delete_all_of(&work, found.id).await?;
        invitation::forget(&work, found.id).await?;
    } else {
        administrator::enable(&work, found.id).await?;
    }
    work.commit().await?;
    match disabled {
        true => tracing::info!(target: SECURITY, event = "administrator_disabled", person = %id),
        false => tracing::info!(target: SECURITY, event = "administrator_enabled", person = %id),
    }
    Ok(())
}

/// Forgets somebody. What they did stays in the history, by their id.
///
/// # Errors
/// [`Fault::NotFound`], [`Fault::LastFullAdministrator`], or a database error.
pub async fn remove(
    store: &Store,
    environment: &Environment,
    manager: Manager,
    id: AdministratorId,
) -> Result<(), Trouble> {
    let tenant = manager.tenant;
    let work = alone(store, tenant).await?;
    let found = known(&work, tenant, id).await?;
    manager.did(&work, environment, Deed::PersonRemoved, id).await?;
    administrators::forget(&work, found.id).await?;
    administrators::one_is_left(&work, tenant).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_removed", person = %id);
    Ok(())
}

/// Whoever was invited by the link with this token, if it still works.
///
/// # Errors
/// [`Fault::InvitationInvalid`], or a database error.
pub async fn invited(store: &Store, environment: &Environment, token: &str) -> Result<Administrator, Trouble> {
    let found = invitation::find(store.read(), environment.now(), &secret::fingerprint(token)).await?;
    Ok(found.ok_or(Fault::InvitationInvalid)?.administrator)
}

/// Gives whoever was invited the password that they have chosen, once.
///
/// # Errors
/// [`Fault::InvitationInvalid`], as [`NewPassword::choose`], or a database error.
pub async fn accept(
    store: &Store,
    environment: &Environment,
    token: &str,
    password: &str,
) -> Result<Administrator, Trouble> {
    // Before anything that costs: whoever made a link up would have passwords hashed for nothing.
    let link = invitation::find(store.read(), environment.now(), &secret::fingerprint(token)).await?;
    let link = link.ok_or(Fault::InvitationInvalid)?;
    let invited = link.administrator.clone();
    let partner = partner::of(store.read(), Tenant::of_administrator(&invited)).await?;
    let name = partner.as_ref().map_or("", |partner| partner.name.as_str());
    let hash = NewPassword::choose(password, &[&invited.email, name])?.hash(environment).await;
    let work = store.work().await?;
    if !invitation::redeem(&work, &link).await? || !administrator::choose_password(&work, invited.id, &hash).await? {
        return Err(Fault::InvitationInvalid.into());
    }
    // As with every new password: whoever was signed in by what was before is not.
    hub_session::delete_all_of(&work, invited.id).await?;
    let oneself = Manager { tenant: Tenant::of_administrator(&invited), id: invited.id };
    oneself.did(&work, environment, Deed::InvitationAccepted, invited.id).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "invitation_accepted", administrator = %invited.id);
    Ok(invited)
}

/// A unit of work in which nobody else changes who the tenant's administrators are: two of them cannot remove each other, and
/// whoever was kept out meanwhile does not undo that.
pub(super) async fn alone(store: &Store, tenant: Tenant) -> Result<Work, Trouble> {
    let work = store.work().await?;
    partner::lock(&work, tenant).await?;
    Ok(work)
}

async fn known(work: &Work, tenant: Tenant, id: AdministratorId) -> Result<Administrator, Trouble> {
    administrator::find(&**work, tenant, id).await?.ok_or_else(|| Fault::NotFound.into())
}

async fn link(work: &Work, environment: &Environment, id: AdministratorId) -> Result<String, Trouble> {
    let token = environment.token();
    invitation::set(work, id, secret::fingerprint(&token), environment.now().plus(INVITATION)).await?;
    Ok(token)
}
