//! Those who sign in to the partner hub: created on the command line, or by the one-time set-up link.

use std::collections::HashMap;

use domain::{
    EmailAddress, Fault, Permissions,
    timestamp::{DAY, MINUTE},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use uuid::Uuid;

use crate::{
    access::{
        password::{self, NewPassword},
        secret, session,
    },
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    partners,
    store::{
        Store, Work,
        entity::{administrator, partner, setup_link},
        is_taken,
    },
};

/// How long a set-up link works, in milliseconds.
const SETUP_LIFETIME: i64 = DAY;

/// An administrator, and the name of the partner.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who.
    pub administrator: administrator::Model,
    /// For which partner.
    pub partner: String,
}

/// What an administrator may do.
#[must_use]
pub const fn permissions(_: &administrator::Model) -> Permissions {
    Permissions::ADMINISTRATOR
}

/// How an address is looked up, whatever was typed.
#[must_use]
pub fn key(typed: &str) -> String {
    EmailAddress::parse(typed).map_or_else(|_| typed.trim().to_lowercase(), |address| address.key())
}

/// Whom these credentials belong to. An unknown address, or one that must not sign in, takes as long as a wrong password.
///
/// # Errors
/// [`Fault::HubBadCredentials`], [`Fault::Busy`], or a database error.
pub async fn check(store: &Store, email: &str, password: &str) -> Result<Uuid, Trouble> {
    let found = administrator::Entity::find()
        .filter(administrator::Column::Email.eq(key(email)))
        .filter(administrator::Column::DisabledAt.is_null())
        .one(store.read())
        .await?;
    let hash = found.as_ref().map(|found| found.password_hash.as_str());
    let right = password::is_right(password, hash).await?;
    found.filter(|_| right).map(|found| found.id).ok_or_else(|| Fault::HubBadCredentials.into())
}

/// All of them, or one partner's, in the order in which they were added.
///
/// # Errors
/// If the database fails.
pub async fn list(store: &Store, partner: Option<Uuid>) -> Result<Vec<Known>, Trouble> {
    let mut all = administrator::Entity::find().order_by_asc(administrator::Column::Id);
    if let Some(partner) = partner {
        all = all.filter(administrator::Column::PartnerId.eq(partner));
    }
    let administrators = all.all(store.read()).await?;
    let names: HashMap<Uuid, String> =
        partners::all(store).await?.into_iter().map(|partner| (partner.id.into(), partner.name)).collect();
    let named = |administrator: administrator::Model| Known {
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
    administrator::Entity::update_many()
        .col_expr(administrator::Column::DisabledAt, environment.now().0.into())
        .filter(administrator::Column::Id.eq(id))
        .filter(administrator::Column::DisabledAt.is_null())
        .exec(&*work)
        .await?;
    session::close_all(&work, id).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_disabled", administrator = %id);
    Ok(known)
}

/// Lets an administrator sign in again.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn enable(store: &Store, email: &str) -> Result<Known, Trouble> {
    let known = known(store, email).await?;
    let work = store.work().await?;
    let mut row: administrator::ActiveModel = known.administrator.clone().into();
    row.disabled_at = Set(None);
    row.update(&*work).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_enabled", administrator = %known.administrator.id);
    Ok(known)
}

/// Forgets an administrator, and ends every session of theirs. What they did stays in the history, by their id.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn remove(store: &Store, email: &str) -> Result<Known, Trouble> {
    let known = known(store, email).await?;
    let id = known.administrator.id;
    let work = store.work().await?;
    session::close_all(&work, id).await?;
    administrator::Entity::delete_by_id(id).exec(&*work).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_removed", administrator = %id);
    Ok(known)
}

/// Adds an administrator, or gives the one with this address a new password: whoever had the old one is signed out, and
/// whoever was disabled can sign in again.
///
/// # Errors
/// [`Fault::InvalidAddress`], as [`NewPassword::choose`], or a database error.
pub async fn add(
    store: &Store,
    environment: &Environment,
    partner: Uuid,
    email: &str,
    password: &str,
) -> Result<Uuid, Trouble> {
    let email = EmailAddress::parse(email)?.key();
    let password_hash = new_password(store, partner, &email, password).await?.hash(environment).await;
    let work = store.work().await?;
    let id = write(&work, environment, partner, email, password_hash).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_added", administrator = %id);
    Ok(id)
}

/// Gives an administrator who knows the current password another one. Ends every session of theirs and begins one, whose
/// token it answers.
///
/// # Errors
/// [`Fault::CurrentPasswordWrong`], as [`NewPassword::choose`], [`Fault::NotSignedIn`] if somebody else was faster, or a
/// database error.
pub async fn change_password(
    store: &Store,
    environment: &Environment,
    of: &administrator::Model,
    current: &str,
    new: &str,
) -> Result<String, Trouble> {
    if !password::is_right(current, Some(&of.password_hash)).await? {
        return Err(Fault::CurrentPasswordWrong.into());
    }
    let password_hash = new_password(store, of.partner_id, &of.email, new).await?.hash(environment).await;
    let work = store.work().await?;
    // By a filter: whoever was given another password meanwhile, was disabled or removed, stays so.
    let changed = administrator::Entity::update_many()
        .col_expr(administrator::Column::PasswordHash, password_hash.into())
        .filter(administrator::Column::Id.eq(of.id))
        .filter(administrator::Column::PasswordHash.eq(of.password_hash.as_str()))
        .filter(administrator::Column::DisabledAt.is_null())
        .exec(&*work)
        .await?;
    if changed.rows_affected == 0 {
        return Err(Fault::NotSignedIn.into());
    }
    session::close_all(&work, of.id).await?;
    let opened = session::open_hub(&work, environment, of.id, None).await?;
    work.commit().await?;
    Ok(opened.token)
}

/// What was typed, if it does as a password of the administrator with this address.
async fn new_password(store: &Store, partner: Uuid, email: &str, typed: &str) -> Result<NewPassword, Trouble> {
    let partner = partner::Entity::find_by_id(partner).one(store.read()).await?;
    let name = partner.as_ref().map_or("", |partner| partner.name.as_str());
    Ok(NewPassword::choose(typed, &[email, name])?)
}

async fn write(
    work: &Work,
    environment: &Environment,
    partner: Uuid,
    email: String,
    password_hash: String,
) -> Result<Uuid, Trouble> {
    let existing =
        administrator::Entity::find().filter(administrator::Column::Email.eq(email.clone())).one(&**work).await?;
    if let Some(existing) = existing {
        if existing.partner_id != partner {
            return Err(Fault::AddressInUse.into());
        }
        let id = existing.id;
        let mut row: administrator::ActiveModel = existing.into();
        row.password_hash = Set(password_hash);
        row.disabled_at = Set(None);
        row.update(&**work).await?;
        session::close_all(work, id).await?;
        return Ok(id);
    }
    let id = environment.id();
    let row = administrator::ActiveModel {
        id: Set(id),
        partner_id: Set(partner),
        email: Set(email),
        password_hash: Set(password_hash),
        created_at: Set(environment.now().0),
        disabled_at: Set(None),
    };
    match row.insert(&**work).await {
        Ok(_) => Ok(id),
        Err(error) if is_taken(&error) => Err(Fault::AddressInUse.into()),
        Err(error) => Err(error.into()),
    }
}

/// Whether nobody can sign in yet.
///
/// # Errors
/// If the database fails.
pub async fn none_yet(store: &Store) -> Result<bool, Trouble> {
    Ok(administrator::Entity::find().count(store.read()).await? == 0)
}

/// Whether a set-up link was made less than a minute ago.
///
/// # Errors
/// If the database fails.
pub async fn has_fresh_setup_link(store: &Store, environment: &Environment, partner: Uuid) -> Result<bool, Trouble> {
    let fresh = environment.now().plus(SETUP_LIFETIME - MINUTE).0;
    let links = setup_link::Entity::find().filter(setup_link::Column::PartnerId.eq(partner));
    Ok(links.filter(setup_link::Column::ExpiresAt.gt(fresh)).count(store.read()).await? > 0)
}

/// A one-time link's token by which the partner's first administrator signs up.
///
/// # Errors
/// If the database fails.
pub async fn setup_token(store: &Store, environment: &Environment, partner: Uuid) -> Result<String, Trouble> {
    let token = environment.token();
    let work = store.work().await?;
    // Only the newest link works: an older one may be in an older log.
    setup_link::Entity::delete_many().filter(setup_link::Column::PartnerId.eq(partner)).exec(&*work).await?;
    setup_link::ActiveModel {
        token_hash: Set(secret::fingerprint(&token)),
        partner_id: Set(partner),
        expires_at: Set(environment.now().plus(SETUP_LIFETIME).0),
    }
    .insert(&*work)
    .await?;
    work.commit().await?;
    Ok(token)
}

/// Uses a set-up link: creates the administrator.
///
/// # Errors
/// [`Fault::SetupLinkInvalid`], or as [`add`].
pub async fn set_up(
    store: &Store,
    environment: &Environment,
    token: &str,
    email: &str,
    password: &str,
) -> Result<Uuid, Trouble> {
    let email = EmailAddress::parse(email)?.key();
    // Before anything that costs: whoever made a link up would have passwords hashed for nothing.
    let link = setup_link::Entity::find_by_id(secret::fingerprint(token)).one(store.read()).await?;
    let link = link.filter(|link| link.expires_at > environment.now().0).ok_or(Fault::SetupLinkInvalid)?;
    let password_hash = new_password(store, link.partner_id, &email, password).await?.hash(environment).await;
    let work = store.work().await?;
    let used = setup_link::Entity::delete_by_id(link.token_hash).exec(&*work).await?;
    if used.rows_affected == 0 {
        return Err(Fault::SetupLinkInvalid.into());
    }
    let id = write(&work, environment, link.partner_id, email, password_hash).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "administrator_added", administrator = %id);
    Ok(id)
}
