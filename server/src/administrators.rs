//! Those who sign in to the partner hub: created on the command line, or by the one-time set-up link.

use domain::{EmailAddress, Fault, timestamp::DAY};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QuerySelect as _, SqlErr,
};
use uuid::Uuid;

use crate::{
    environment::Environment,
    fault::Trouble,
    secret,
    store::{
        Store, Work,
        entity::{administrator, partner, setup_link},
    },
};

/// The shortest password, in characters (NIST SP 800-63B asks for 8; a hub that can delete users may ask for more).
pub const SHORTEST_PASSWORD: usize = 12;
/// How long a set-up link works, in milliseconds.
const SETUP_LIFETIME: i64 = DAY;

/// Whom these credentials belong to. An unknown address takes as long as a wrong password.
///
/// # Errors
/// If the database fails.
pub async fn check(store: &Store, email: &str, password: &str) -> Result<Option<Uuid>, Trouble> {
    let found = administrator::Entity::find()
        .filter(administrator::Column::Email.eq(email.trim().to_lowercase()))
        .one(store.read())
        .await?;
    let hash = found.as_ref().map(|found| found.password_hash.as_str());
    Ok(if secret::verify(password, hash).await { found.map(|found| found.id) } else { None })
}

/// Adds an administrator, or gives the one with this address a new password.
///
/// # Errors
/// [`Fault::InvalidAddress`], [`Fault::PasswordTooShort`], or a database error.
pub async fn add(
    store: &Store,
    environment: &Environment,
    partner: Uuid,
    email: &str,
    password: &str,
) -> Result<Uuid, Trouble> {
    let email = EmailAddress::parse(email)?.key();
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Fault::PasswordTooShort.into());
    }
    let password_hash = secret::hash(environment, password).await;
    let work = store.work().await?;
    let id = write(&work, environment, partner, email, password_hash).await?;
    work.commit().await?;
    Ok(id)
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
        row.update(&**work).await?;
        return Ok(id);
    }
    let id = environment.id();
    let row = administrator::ActiveModel {
        id: Set(id),
        partner_id: Set(partner),
        email: Set(email),
        password_hash: Set(password_hash),
        created_at: Set(environment.now().0),
    };
    match row.insert(&**work).await {
        Ok(_) => Ok(id),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Err(Fault::AddressInUse.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The partner of that name, created if it is new.
///
/// # Errors
/// If the database fails.
pub async fn partner(store: &Store, environment: &Environment, name: &str) -> Result<Uuid, Trouble> {
    let work = store.work().await?;
    if let Some(found) = partner::Entity::find().filter(partner::Column::Name.eq(name)).one(&*work).await? {
        return Ok(found.id);
    }
    let id = environment.id();
    partner::ActiveModel { id: Set(id), name: Set(name.to_owned()), created_at: Set(environment.now().0) }
        .insert(&*work)
        .await?;
    work.commit().await?;
    Ok(id)
}

/// The partner, when there is only one; else the one of that name, created if it is new.
///
/// # Errors
/// If the database fails.
pub async fn only_partner(store: &Store, environment: &Environment, name: &str) -> Result<Uuid, Trouble> {
    let partners = partner::Entity::find().limit(2).all(store.read()).await?;
    match partners.as_slice() {
        [only] => Ok(only.id),
        _ => partner(store, environment, name).await,
    }
}

/// Whether nobody can sign in yet.
///
/// # Errors
/// If the database fails.
pub async fn none_yet(store: &Store) -> Result<bool, Trouble> {
    Ok(administrator::Entity::find().count(store.read()).await? == 0)
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
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Fault::PasswordTooShort.into());
    }
    let password_hash = secret::hash(environment, password).await;
    let work = store.work().await?;
    let link = setup_link::Entity::find_by_id(secret::fingerprint(token)).one(&*work).await?;
    let link = link.filter(|link| link.expires_at > environment.now().0).ok_or(Fault::SetupLinkInvalid)?;
    let used = setup_link::Entity::delete_by_id(link.token_hash).exec(&*work).await?;
    if used.rows_affected == 0 {
        return Err(Fault::SetupLinkInvalid.into());
    }
    let id = write(&work, environment, link.partner_id, email, password_hash).await?;
    work.commit().await?;
    Ok(id)
}
