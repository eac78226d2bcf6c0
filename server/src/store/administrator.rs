//! Those who sign in to the partner hub. An address is one administrator's across all partners: who signs in has no partner yet.

use domain::{Fault, Permission, Permissions, Role, Timestamp};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select, UpdateMany,
    sea_query::{Expr, SelectStatement, SimpleExpr},
};

use super::{
    Rows, Tenant, Work, assignment,
    entity::administrator::{Column, Entity, Model},
    ids::{AdministratorId, CustomerId, PartnerId},
    row::{self, Unreadable, readable},
};
use crate::store::Trouble;

/// Somebody who signs in to the partner hub. Only the database makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Administrator {
    /// Their id.
    pub id: AdministratorId,
    /// For which partner.
    pub partner_id: PartnerId,
    /// The sign-in name, in lower case.
    pub email: String,
    /// PHC string, argon2id; nothing until they have chosen a password.
    pub password_hash: Option<String>,
    /// When they were added.
    pub created_at: Timestamp,
    /// Since when they must not sign in.
    pub disabled_at: Option<Timestamp>,
    /// What they are.
    pub role: Role,
    assigned_only: bool,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// The identity provider that signs them in, as it names itself, and what it calls them; they have no password then.
    pub provider: Option<(String, String)>,
    /// Whether they have yet to set up the second factor that their partner asks for. Found out for who is signed in
    /// ([`super::hub_session::find`]).
    pub owes_factor: bool,
}

impl Administrator {
    /// Whether only the customers count that are assigned to them ([`super::assignment`]).
    #[must_use]
    pub const fn is_assigned_only(&self) -> bool {
        self.assigned_only
    }

    /// Whether there is something by which they can sign in, were they not kept from it.
    #[must_use]
    pub const fn has_way_in(&self) -> bool {
        self.password_hash.is_some() || self.provider.is_some()
    }

    /// What they may do: nothing but setting up a second factor while they owe it.
    #[must_use]
    pub const fn permissions(&self) -> Permissions {
        match self.owes_factor {
            true => Permissions::of(&[Permission::OwnAccount]),
            false => self.role.permissions(),
        }
    }
}

impl TryFrom<Model> for Administrator {
    type Error = Unreadable;

    fn try_from(row: Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "administrator", id: row.id.into(), column };
        let role = Role::parse(&row.role).ok_or(unreadable("role"))?;
        Ok(Self {
            role,
            // Whatever is stored: nobody of a customer ever sees another one.
            assigned_only: row.assigned_only || role.is_of_one_customer(),
            signed_in_at: row.signed_in_at.map(Timestamp),
            id: row.id,
            partner_id: row.partner_id,
            email: row.email,
            password_hash: Some(row.password_hash).filter(|hash| !hash.is_empty()),
            created_at: Timestamp(row.created_at),
            disabled_at: row.disabled_at.map(Timestamp),
            provider: row.issuer.zip(row.subject),
            owes_factor: false,
        })
    }
}

/// The tenant's administrator of that id.
///
/// # Errors
/// If the database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    id: AdministratorId,
) -> Result<Option<Administrator>, Trouble> {
    one(db, of(tenant).filter(Column::Id.eq(id))).await
}

/// Those of these administrators who are the tenant's.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl Rows,
    tenant: Tenant,
    ids: impl IntoIterator<Item = AdministratorId>,
) -> Result<Vec<Administrator>, DbErr> {
    many(db, of(tenant).filter(Column::Id.is_in(ids))).await
}

/// The tenant's administrators, in the order in which they were added.
///
/// # Errors
/// If the database fails.
pub async fn list(db: &impl Rows, tenant: Tenant) -> Result<Vec<Administrator>, DbErr> {
    many(db, of(tenant)).await
}

/// The tenant's administrators who see this customer, in the order in which they were added: those of every customer, and those to whom
/// it is assigned.
///
/// # Errors
/// If the database fails.
pub async fn of_customer(db: &impl Rows, tenant: Tenant, customer: CustomerId) -> Result<Vec<Administrator>, DbErr> {
    let of_one = Role::ALL.into_iter().filter(|role| role.is_of_one_customer()).map(Role::as_str);
    let of_all = Condition::all().add(Column::AssignedOnly.eq(false)).add(Column::Role.is_not_in(of_one));
    let assigned = Column::Id.in_subquery(assignment::administrators(customer));
    many(db, of(tenant).filter(Condition::any().add(of_all).add(assigned))).await
}

/// Every partner's administrators, for an operator, in the order in which they were added.
///
/// # Errors
/// If the database fails.
pub async fn all(db: &impl Rows) -> Result<Vec<Administrator>, DbErr> {
    many(db, Entity::find()).await
}

/// How many there are of all partners.
///
/// # Errors
/// If the database fails.
pub async fn count(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    Entity::find().count(db).await
}

/// The tenant's of this address.
///
/// # Errors
/// If the database fails.
pub async fn called(db: &impl ConnectionTrait, tenant: Tenant, email: &str) -> Result<Option<Administrator>, Trouble> {
    one(db, of(tenant).filter(Column::Email.eq(email))).await
}

/// The tenant's whom this provider calls so.
///
/// # Errors
/// If the database fails.
pub async fn by_subject(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    (issuer, subject): (&str, &str),
) -> Result<Option<Administrator>, Trouble> {
    one(db, of(tenant).filter(Column::Issuer.eq(issuer)).filter(Column::Subject.eq(subject))).await
}

/// Whether anybody has this address, of whichever partner.
///
/// # Errors
/// If the database fails.
pub async fn is_known(db: &impl ConnectionTrait, email: &str) -> Result<bool, DbErr> {
    Ok(Entity::find().filter(Column::Email.eq(email)).count(db).await? > 0)
}

/// Whoever has this address, for whoever signs in by it, or for an operator.
///
/// # Errors
/// If the database fails.
pub async fn by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<Administrator>, Trouble> {
    one(db, Entity::find().filter(Column::Email.eq(email))).await
}

/// Whoever a session in the hub belongs to, unless they must not sign in.
pub(super) async fn admitted(db: &impl ConnectionTrait, id: AdministratorId) -> Result<Option<Administrator>, Trouble> {
    one(db, Entity::find_by_id(id).filter(is_admitted())).await
}

/// Whoever has just shown that they may sign in: by the password with this hash, or by a link with which one was chosen. Nothing
/// if that is no longer so.
///
/// # Errors
/// If the database fails.
pub async fn proven(work: &Work, id: AdministratorId, by: Option<&str>) -> Result<Option<Administrator>, Trouble> {
    let found = admitted(&**work, id).await?.filter(|found| found.password_hash.is_some());
    Ok(found.filter(|found| by.is_none_or(|hash| found.password_hash.as_deref() == Some(hash))))
}

/// Whether somebody may sign in, for a query.
pub(super) fn is_admitted() -> SimpleExpr {
    Column::DisabledAt.is_null()
}

/// The ids of those who may sign in, for a query.
pub(super) fn ids_admitted() -> SelectStatement {
    Entity::find().select_only().column(Column::Id).filter(is_admitted()).into_query()
}

/// Refuses whoever may not do that any more, to a customer's user if it is one's: the guard let them in before the unit of work
/// began, and they may have been kept out, made something else, or relieved of the customer since.
pub(super) async fn still_may(
    db: &impl ConnectionTrait,
    partner: PartnerId,
    (id, permission): (AdministratorId, Permission),
    customer: Option<CustomerId>,
) -> Result<(), Trouble> {
    let found = admitted(db, id).await?.filter(|found| found.partner_id == partner && found.has_way_in());
    let found = found.filter(|found| found.permissions().allow(permission)).ok_or(Fault::SessionEnded)?;
    match customer {
        Some(customer) if found.assigned_only && !assignment::is(db, id, customer).await? => {
            Err(Fault::SessionEnded.into())
        }
        _ => Ok(()),
    }
}

/// A new administrator.
#[derive(Clone, Debug)]
pub struct NewAdministrator {
    /// Their id.
    pub id: AdministratorId,
    /// The sign-in name, in lower case.
    pub email: String,
    /// PHC string, argon2id; nothing for somebody who is invited.
    pub password_hash: Option<String>,
    /// When they are added.
    pub created_at: Timestamp,
    /// What they are.
    pub role: Role,
}

/// Writes a new one of the tenant's down.
///
/// # Errors
/// If somebody has the address already ([`super::is_taken`]), or the database fails.
pub async fn insert(work: &Work, tenant: Tenant, new: NewAdministrator) -> Result<(), DbErr> {
    let row = Model {
        id: new.id,
        partner_id: tenant.partner(),
        email: new.email,
        password_hash: new.password_hash.unwrap_or_default(),
        created_at: new.created_at.0,
        disabled_at: None,
        role: new.role.as_str().to_owned(),
        assigned_only: false,
        signed_in_at: None,
        issuer: None,
        subject: None,
    };
    row.into_active_model().insert(&**work).await.map(drop)
}

/// Gives one another password, by which alone they sign in from now on, and lets them.
///
/// # Errors
/// If the database fails.
pub async fn reset(work: &Work, id: AdministratorId, password_hash: &str) -> Result<(), DbErr> {
    by_password(password_hash)
        .col_expr(Column::DisabledAt, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Gives one another password, if they are as they were read and may sign in. Returns whether that is so.
///
/// # Errors
/// If the database fails.
pub async fn change_password(work: &Work, known: &Administrator, password_hash: &str) -> Result<bool, DbErr> {
    let changed = Entity::update_many()
        .col_expr(Column::PasswordHash, password_hash.into())
        .filter(Column::Id.eq(known.id))
        .filter(Column::PasswordHash.eq(known.password_hash.as_deref().unwrap_or_default()))
        .filter(Column::DisabledAt.is_null())
        .exec(&**work)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Makes one something else, for all customers or those assigned alone.
///
/// # Errors
/// If the database fails.
pub async fn save_role(work: &Work, id: AdministratorId, role: Role, assigned_only: bool) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Role, role.as_str().into())
        .col_expr(Column::AssignedOnly, assigned_only.into())
        .filter(Column::Id.eq(id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Takes the password away from one.
///
/// # Errors
/// If the database fails.
pub async fn forget_password(work: &Work, id: AdministratorId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PasswordHash, "".into())
        .filter(Column::Id.eq(id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Gives one who may sign in a password, by which alone they do so from now on. Returns whether that is so.
///
/// # Errors
/// If the database fails.
pub async fn choose_password(work: &Work, id: AdministratorId, password_hash: &str) -> Result<bool, DbErr> {
    let chosen =
        by_password(password_hash).filter(Column::Id.eq(id)).filter(Column::DisabledAt.is_null()).exec(&**work).await?;
    Ok(chosen.rows_affected > 0)
}

/// Has one sign in by this provider, which calls them so, and by no password.
///
/// # Errors
/// If the database fails.
pub async fn sign_in_by(work: &Work, id: AdministratorId, (issuer, subject): (&str, &str)) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PasswordHash, "".into())
        .col_expr(Column::Issuer, issuer.into())
        .col_expr(Column::Subject, subject.into())
        .filter(Column::Id.eq(id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Writes down that one has signed in, by the password with this hash. Returns who, if they are still there, may sign in, and
/// the password is still the same: checking one takes a while.
///
/// # Errors
/// If the database fails.
pub async fn note_sign_in(
    work: &Work,
    id: AdministratorId,
    by: Option<&str>,
    now: Timestamp,
) -> Result<Option<Administrator>, Trouble> {
    let same = by.map_or_else(|| Column::PasswordHash.is_not_null(), |hash| Column::PasswordHash.eq(hash));
    let noted = Entity::update_many()
        .col_expr(Column::SignedInAt, now.0.into())
        .filter(Column::Id.eq(id))
        .filter(Column::DisabledAt.is_null())
        .filter(same)
        .exec_with_returning(&**work)
        .await?;
    Ok(noted.into_iter().next().map(Administrator::try_from).transpose()?)
}

/// Keeps one from signing in, from now on unless it is so already.
///
/// # Errors
/// If the database fails.
pub async fn disable(work: &Work, id: AdministratorId, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::DisabledAt, now.0.into())
        .filter(Column::Id.eq(id))
        .filter(Column::DisabledAt.is_null())
        .exec(&**work)
        .await
        .map(drop)
}

/// Lets one sign in.
///
/// # Errors
/// If the database fails.
pub async fn enable(work: &Work, id: AdministratorId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::DisabledAt, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Deletes one.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, id: AdministratorId) -> Result<(), DbErr> {
    Entity::delete_by_id(id).exec(&**work).await.map(drop)
}

/// Whoever has a password signs in by no provider.
fn by_password(password_hash: &str) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::PasswordHash, password_hash.into())
        .col_expr(Column::Issuer, Expr::value(Option::<String>::None))
        .col_expr(Column::Subject, Expr::value(Option::<String>::None))
}

/// The tenant's administrators: where every query but the few above begins.
fn of(tenant: Tenant) -> Select<Entity> {
    Entity::find().filter(Column::PartnerId.eq(tenant.partner()))
}

async fn one(db: &impl ConnectionTrait, rows: Select<Entity>) -> Result<Option<Administrator>, Trouble> {
    Ok(rows.one(db).await?.map(Administrator::try_from).transpose()?)
}

async fn many(db: &impl Rows, rows: Select<Entity>) -> Result<Vec<Administrator>, DbErr> {
    Ok(readable(row::all(db, rows.order_by_asc(Column::Id)).await?))
}
