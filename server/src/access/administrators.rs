//! Those who sign in to the partner hub: created on the command line, or by the one-time set-up link.

use std::collections::HashMap;

use domain::{
    EmailAddress, Fault, Network, Role,
    audit::Deed,
    timestamp::{DAY, MINUTE},
};

use crate::{
    access::{
        password::{self, NewPassword},
        post::Post,
        second_factor, secret, session,
    },
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    store::{
        Actor, Administrator, AdministratorId, PartnerId, Store, Tenant, Work,
        administrator::{self, NewAdministrator},
        assignment, audit, hub_session, invitation, is_taken, partner, saved_view,
        setup_link::{self, SetupLink},
    },
};

/// How long a set-up link works, in milliseconds.
const SETUP_LIFETIME: i64 = DAY;

/// An administrator, and the name of the partner.
#[derive(Clone, Debug)]
pub struct Known {
    /// The administrator.
    pub administrator: Administrator,
    /// For which partner.
    pub partner: String,
}

/// How an address is looked up, whatever was typed.
#[must_use]
pub fn key(typed: &str) -> String {
    EmailAddress::pasted(typed).map_or_else(|_| typed.trim().to_lowercase(), |address| address.key())
}

/// The administrator with these credentials. An unknown address, or one that must not sign in, takes as long as a wrong password.
///
/// # Errors
/// [`Fault::HubBadCredentials`], [`Fault::Busy`], or a database error.
pub async fn check(store: &Store, email: &str, password: &str) -> Result<Administrator, Trouble> {
    let found = administrator::by_email(store.read(), &key(email)).await?;
    let found = found.filter(|found| found.disabled_at.is_none());
    let hash = found.as_ref().and_then(|found| found.password_hash.as_deref());
    let right = password::is_right(password, hash).await?;
    found.filter(|_| right).ok_or_else(|| Fault::HubBadCredentials.into())
}

/// All of them, or one partner's, in the order in which they were added: for an operator.
///
/// # Errors
/// If the database fails.
pub async fn list(store: &Store, only: Option<Tenant>) -> Result<Vec<Known>, Trouble> {
    let administrators = match only {
        Some(tenant) => administrator::list(store.read(), tenant).await?,
        None => administrator::all(store.read()).await?,
    };
    let names: HashMap<PartnerId, String> =
        partner::all(store.read()).await?.into_iter().map(|partner| (partner.id, partner.name)).collect();
    let named = |administrator: Administrator| Known {
        partner: names.get(&administrator.partner_id).cloned().unwrap_or_default(),
        administrator,
    };
    Ok(administrators.into_iter().map(named).collect())
}

/// The one with this address.
///
/// # Errors
/// If the database fails.
pub async fn find(store: &Store, email: &str) -> Result<Option<Known>, Trouble> {
    let key = key(email);
    Ok(list(store, None).await?.into_iter().find(|known| known.administrator.email == key))
}

async fn known(store: &Store, email: &str) -> Result<Known, Trouble> {
    find(store, email).await?.ok_or_else(|| Fault::NotFound.into())
}

/// Keeps an administrator from signing in, and ends every session of theirs. Again is no error.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn disable(store: &Store, environment: &Environment, email: &str) -> Result<Known, Trouble> {
    let known = known(store, email).await?;
    let id = known.administrator.id;
    let work = store.work().await?;
    administrator::disable(&work, id, environment.now()).await?;
    hub_session::delete_all_of(&work, id).await?;
    did(&work, environment, &known.administrator, Deed::PersonDisabled).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_disabled", administrator = %id);
    Ok(known)
}

/// Lets an administrator sign in again.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn enable(store: &Store, environment: &Environment, email: &str) -> Result<Known, Trouble> {
    let known = known(store, email).await?;
    let work = store.work().await?;
    administrator::enable(&work, known.administrator.id).await?;
    did(&work, environment, &known.administrator, Deed::PersonEnabled).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_enabled", administrator = %known.administrator.id);
    Ok(known)
}

/// Takes an administrator's second factor away, and ends every session of theirs: the password alone signs them in again. Returns
/// whether there was one.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn forget_factor(store: &Store, environment: &Environment, email: &str) -> Result<bool, Trouble> {
    let known = known(store, email).await?;
    let id = known.administrator.id;
    let work = store.work().await?;
    if !second_factor::forget(&work, id).await? {
        return Ok(false);
    }
    hub_session::delete_all_of(&work, id).await?;
    did(&work, environment, &known.administrator, Deed::FactorReset).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "second_factor_taken", administrator = %id);
    Ok(true)
}

/// Forgets an administrator, and ends every session of theirs. What they did stays in the history, by their id.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn remove(store: &Store, environment: &Environment, email: &str) -> Result<Known, Trouble> {
    let known = known(store, email).await?;
    let id = known.administrator.id;
    let work = store.work().await?;
    forget(&work, id).await?;
    did(&work, environment, &known.administrator, Deed::PersonRemoved).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_removed", administrator = %id);
    Ok(known)
}

/// Writes down what whoever runs the server did to an administrator.
async fn did(work: &Work, environment: &Environment, to: &Administrator, deed: Deed) -> Result<(), Trouble> {
    let (tenant, deed) = (Tenant::of_administrator(to), (deed, Some(to.id.into())));
    audit::record(work, environment, tenant, &Actor::Operator, deed).await
}

/// Deletes an administrator, and what stands only because of them.
pub(super) async fn forget(work: &Work, id: AdministratorId) -> Result<(), Trouble> {
    hub_session::delete_all_of(work, id).await?;
    second_factor::forget(work, id).await?;
    invitation::forget(work, id).await?;
    assignment::forget(work, id).await?;
    saved_view::forget(work, id).await?;
    Ok(administrator::delete(work, id).await?)
}

/// As [`add_as`]: a new one is a full administrator, and one who is there stays what they are.
///
/// # Errors
/// As [`add_as`].
pub async fn add(
    store: &Store,
    environment: &Environment,
    tenant: Tenant,
    email: &str,
    password: &str,
) -> Result<AdministratorId, Trouble> {
    add_as(store, environment, tenant, (email, None), password).await
}

/// As [`add_to_post`], for all customers.
///
/// # Errors
/// As [`add_to_post`].
pub async fn add_as(
    store: &Store,
    environment: &Environment,
    tenant: Tenant,
    (email, role): (&str, Option<Role>),
    password: &str,
) -> Result<AdministratorId, Trouble> {
    let post = role.map(|role| Post { role, customers: None });
    add_to_post(store, environment, tenant, (email, post.as_ref()), password).await
}

/// Adds an administrator, or gives the one with this address a new password and, if one is named, another role: whoever had
/// the old password is signed out, and whoever was disabled can sign in again.
///
/// # Errors
/// [`Fault::InvalidAddress`], as [`NewPassword::choose`], [`Fault::LastFullAdministrator`], as [`Post::give`], or a database error.
pub async fn add_to_post(
    store: &Store,
    environment: &Environment,
    tenant: Tenant,
    (email, post): (&str, Option<&Post>),
    password: &str,
) -> Result<AdministratorId, Trouble> {
    let email = EmailAddress::pasted(email)?.key();
    let password_hash = new_password(store, tenant, &email, password).await?.hash(environment).await;
    let work = store.work().await?;
    let own = administrator::called(&*work, tenant, &email).await?;
    let (id, is_new) = match own {
        None if administrator::is_known(&*work, &email).await? => return Err(Fault::PersonExists.into()),
        None => {
            let role = post.map_or(Role::FullAdministrator, |post| post.role);
            let id = create(&work, environment, tenant, (email, role), Some(password_hash)).await?;
            if let Some(post) = post {
                post.give(&work, tenant, id).await?;
            }
            (id, true)
        }
        Some(existing) => {
            administrator::reset(&work, existing.id, &password_hash).await?;
            invitation::forget(&work, existing.id).await?;
            if let Some(post) = post {
                match &post.customers {
                    // For whom they are was not said: it stays so where it can.
                    None if !post.role.is_of_one_customer() => {
                        let assigned_only = existing.is_assigned_only() && post.role.can_be_assigned();
                        administrator::save_role(&work, existing.id, post.role, assigned_only).await?;
                    }
                    _ => post.give(&work, tenant, existing.id).await?,
                }
                one_is_left(&work, tenant).await?;
                did(&work, environment, &existing, Deed::RoleChanged).await?;
            }
            hub_session::delete_all_of(&work, existing.id).await?;
            (existing.id, false)
        }
    };
    let deed = if is_new { Deed::PersonAdded } else { Deed::PasswordReset };
    audit::record(&work, environment, tenant, &Actor::Operator, (deed, Some(id.into()))).await?;
    work.commit().await?;
    if is_new {
        tracing::info!(target: SECURITY, event = "administrator_added", administrator = %id);
    } else {
        tracing::info!(target: SECURITY, event = "administrator_password_reset", administrator = %id);
    }
    Ok(id)
}

/// Gives an administrator who knows the current password another one. Ends every session of theirs and begins one, whose
/// token it returns.
///
/// # Errors
/// [`Fault::CurrentPasswordWrong`], as [`NewPassword::choose`], [`Fault::NotSignedIn`] if somebody else was faster, or a
/// database error.
pub async fn change_password(
    store: &Store,
    environment: &Environment,
    of: &Administrator,
    (network, before): (Network, Option<&str>),
    (current, new): (&str, &str),
) -> Result<String, Trouble> {
    if !password::is_right(current, of.password_hash.as_deref()).await? {
        return Err(Fault::CurrentPasswordWrong.into());
    }
    let password_hash =
        new_password(store, Tenant::of_administrator(of), &of.email, new).await?.hash(environment).await;
    let work = store.work().await?;
    // Whoever was given another password meanwhile, was disabled or removed, stays so.
    if !administrator::change_password(&work, of, &password_hash).await? {
        return Err(Fault::NotSignedIn.into());
    }
    let by_passkey = match before {
        Some(token) => hub_session::is_by_passkey(&work, &secret::fingerprint(token)).await?,
        None => false,
    };
    hub_session::delete_all_of(&work, of.id).await?;
    let opened = session::open_hub(&work, environment, of.id, network, None).await?;
    // What was shown in the session that this one goes on stays shown.
    hub_session::note_passkey(&work, &secret::fingerprint(&opened.token), by_passkey).await?;
    let (tenant, oneself) = (Tenant::of_administrator(of), Actor::Administrator(of.id));
    audit::record(&work, environment, tenant, &oneself, (Deed::PasswordChanged, None)).await?;
    work.commit().await?;
    Ok(opened.token)
}

/// What was typed, if it does as a password of the administrator with this address.
async fn new_password(store: &Store, tenant: Tenant, email: &str, typed: &str) -> Result<NewPassword, Trouble> {
    let partner = partner::of(store.read(), tenant).await?;
    let name = partner.as_ref().map_or("", |partner| partner.name.as_str());
    Ok(NewPassword::choose(typed, &[email, name])?)
}

/// Adds an administrator. The partner's set-up link was for the first one, and is worth nothing from now on.
pub(super) async fn create(
    work: &Work,
    environment: &Environment,
    tenant: Tenant,
    (email, role): (String, Role),
    password_hash: Option<String>,
) -> Result<AdministratorId, Trouble> {
    setup_link::delete(work, tenant).await?;
    let id = environment.id().into();
    let new = NewAdministrator { id, email, password_hash, created_at: environment.now(), role };
    match administrator::insert(work, tenant, new).await {
        Ok(()) => Ok(id),
        Err(error) if is_taken(&error) => Err(Fault::PersonExists.into()),
        Err(error) => Err(error.into()),
    }
}

/// Refuses what would leave the tenant without a full administrator who can sign in.
///
/// # Errors
/// [`Fault::LastFullAdministrator`], or a database error.
pub(super) async fn one_is_left(work: &Work, tenant: Tenant) -> Result<(), Trouble> {
    let all = administrator::list(&**work, tenant).await?;
    let able = |one: &Administrator| one.disabled_at.is_none() && one.has_way_in();
    match all.iter().any(|one| one.role == Role::FullAdministrator && able(one)) {
        true => Ok(()),
        false => Err(Fault::LastFullAdministrator.into()),
    }
}

/// Whether nobody can sign in yet.
///
/// # Errors
/// If the database fails.
pub async fn none_yet(store: &Store) -> Result<bool, Trouble> {
    Ok(administrator::count(store.read()).await? == 0)
}

/// Whether a set-up link was made less than a minute ago.
///
/// # Errors
/// If the database fails.
pub async fn has_fresh_setup_link(store: &Store, environment: &Environment, tenant: Tenant) -> Result<bool, Trouble> {
    let fresh = environment.now().plus(SETUP_LIFETIME - MINUTE);
    Ok(setup_link::is_there_after(store.read(), tenant, fresh).await?)
}

/// A one-time link's token by which the partner's first administrator signs up.
///
/// # Errors
/// If the database fails.
pub async fn setup_token(store: &Store, environment: &Environment, tenant: Tenant) -> Result<String, Trouble> {
    let token = environment.token();
    let work = store.work().await?;
    // Only the newest link works: an older one may be in an older log.
    let expires_at = environment.now().plus(SETUP_LIFETIME);
    setup_link::set(&work, tenant, secret::fingerprint(&token), expires_at).await?;
    work.commit().await?;
    Ok(token)
}

/// The set-up link of this token, if it still works.
///
/// # Errors
/// [`Fault::SetupLinkInvalid`], also once there is an administrator; or a database error.
pub async fn usable_link(store: &Store, environment: &Environment, token: &str) -> Result<SetupLink, Trouble> {
    let link = setup_link::find(store.read(), environment.now(), &secret::fingerprint(token)).await?;
    let link = link.ok_or(Fault::SetupLinkInvalid)?;
    // An older version left the link valid when an administrator was added.
    match administrator::list(store.read(), Tenant::of_setup_link(&link)).await?.is_empty() {
        true => Ok(link),
        false => Err(Fault::SetupLinkInvalid.into()),
    }
}

/// Uses a set-up link: creates the partner's first administrator, and touches no other.
///
/// # Errors
/// [`Fault::SetupLinkInvalid`], also once there is an administrator; or as [`add`].
pub async fn set_up(
    store: &Store,
    environment: &Environment,
    token: &str,
    email: &str,
    password: &str,
) -> Result<AdministratorId, Trouble> {
    let email = EmailAddress::pasted(email)?.key();
    // Before anything that costs: whoever made a link up would have passwords hashed for nothing.
    let link = setup_link::find(store.read(), environment.now(), &secret::fingerprint(token)).await?;
    let link = link.ok_or(Fault::SetupLinkInvalid)?;
    let tenant = Tenant::of_setup_link(&link);
    let password_hash = new_password(store, tenant, &email, password).await?.hash(environment).await;
    let work = store.work().await?;
    if !setup_link::redeem(&work, &link).await? {
        return Err(Fault::SetupLinkInvalid.into());
    }
    // An older version left the link valid when an administrator was added.
    if !administrator::list(&*work, tenant).await?.is_empty() {
        return Err(Fault::SetupLinkInvalid.into());
    }
    let first = (email, Role::FullAdministrator);
    let id = create(&work, environment, tenant, first, Some(password_hash)).await?;
    let oneself = Actor::Administrator(id);
    audit::record(&work, environment, tenant, &oneself, (Deed::PersonAdded, Some(id.into()))).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_added", administrator = %id);
    Ok(id)
}
