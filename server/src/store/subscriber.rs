//! People with a BroadWorks user id. Their state is written only by `provisioning::change`.

mod filter;
mod list;
mod ready_mail;
mod standing;
mod up_to;

use domain::{
    BroadWorksId, EmailAddress, Fault, Package, Status, Timestamp,
    lifecycle::{AtTarget, Lifecycle, Record},
    search::Findable,
    usage::Item,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    Iterable as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Func, OnConflict, Query, SelectStatement, SimpleExpr},
};

use super::{
    Customer, Owner, Rows, Subject, Tenant, Work,
    entity::{
        subscriber::{ActiveModel, Column, Entity, Model},
        workspace,
    },
    ids::{CustomerId, OwnerId, PartnerId, SubscriberId, TemplateId},
    row::{self, Unreadable, code, fault, readable},
    subject::{Table, columns_of_both, of_both},
};
use crate::store::Trouble;
pub use filter::Filter;
pub use list::{best_first, newest_first, oldest_first};
pub use ready_mail::{claim_ready_mails, is_ready_mail_due, put_ready_mail};
pub use standing::{Alike, mailed_since, standing};
pub use up_to::up_to;

/// A person with a BroadWorks user id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// Its id; grows with time.
    pub id: SubscriberId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Of which company.
    pub customer_id: CustomerId,
    /// The template by which it is onboarded.
    pub template_id: TemplateId,
    /// The BroadWorks user id.
    pub user_id: BroadWorksId,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Primary phone number.
    pub primary_phone: Option<String>,
    /// Mobile phone number.
    pub mobile_phone: Option<String>,
    /// Extension.
    pub extension: Option<String>,
    /// Preferred language.
    pub language: Option<String>,
    /// Time zone.
    pub timezone: Option<String>,
    /// The group within the enterprise, as the service provider calls it.
    pub sp_enterprise_group_id: Option<String>,
    /// The package that counts.
    pub package: Package,
    /// Came by the share link alone.
    pub self_activated: bool,
    /// Where the subscriber stands.
    pub lifecycle: Lifecycle,
    /// What the target itself said about the fault.
    pub fault_detail: Option<String>,
    /// Of the attempt that failed.
    pub tracking_id: Option<String>,
    /// Why the attempt under way has to be made again.
    pub setback: Option<Fault>,
    /// The mail that asks to prove the address was refused for good.
    pub mail_refused: bool,
    /// Why. None from before it was kept.
    pub mail_fault: Option<Fault>,
    /// When the mail is due that says that the account is ready, if one is.
    pub ready_mail_at: Option<Timestamp>,
    /// Since when the user wants no more reminders.
    pub reminders_stopped_at: Option<Timestamp>,
    /// The account's id at the target.
    pub person_id: Option<String>,
    /// When it arrived.
    pub created_at: Timestamp,
    /// Since when it has its status.
    pub status_changed_at: Timestamp,
}

impl Subscriber {
    /// What there is to find of the user.
    fn findable(&self) -> Findable<'_> {
        Findable {
            user_id: self.user_id.as_str(),
            names: [&self.first_name, &self.last_name],
            email: self.lifecycle.email().map(EmailAddress::as_str),
            phones: [self.primary_phone.as_deref(), self.mobile_phone.as_deref()],
            extension: self.extension.as_deref(),
        }
    }

    /// Why the mail that asks to prove the address was refused for good, if it was: it stays so until another one is asked
    /// for. The hub, the API and the portal read it here. [`Filter::mailing`] finds such users, and [`super::proof::newest`] says how
    /// the mail of one of them fares in whatever way.
    #[must_use]
    pub fn refused_mail(&self) -> Option<Fault> {
        self.mail_refused.then(|| self.mail_fault.unwrap_or(Fault::MailboxUnknown))
    }
}

impl TryFrom<Model> for Subscriber {
    type Error = Unreadable;

    fn try_from(row: Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "subscriber", id: row.id.into(), column };
        let record = Record {
            status: row.status,
            email: row.email,
            proof: row.email_proof,
            attempt: row.attempt,
            wanted_package: row.wanted_package,
            fault: row.fault.map(i32::cast_unsigned),
            at_target: row.at_target,
        };
        Ok(Self {
            package: Package::parse(&row.package).map_err(|_| unreadable("package"))?,
            lifecycle: record.restore().map_err(|_| unreadable("status"))?,
            setback: fault(row.setback, unreadable("hitch"))?,
            mail_fault: fault(row.mail_fault, unreadable("mail_fault"))?,
            id: row.id,
            partner_id: row.partner_id,
            customer_id: row.customer_id,
            template_id: row.template_id,
            user_id: BroadWorksId::from_stored(&row.user_id),
            first_name: row.first_name,
            last_name: row.last_name,
            primary_phone: row.primary_phone,
            mobile_phone: row.mobile_phone,
            extension: row.extension,
            language: row.language,
            timezone: row.timezone,
            sp_enterprise_group_id: row.sp_enterprise_group_id,
            self_activated: row.self_activated,
            fault_detail: row.fault_detail,
            tracking_id: row.tracking_id,
            mail_refused: row.mail_refused,
            ready_mail_at: row.ready_mail_at.map(Timestamp),
            reminders_stopped_at: row.reminders_stopped_at.map(Timestamp),
            person_id: row.person_id,
            created_at: Timestamp(row.created_at),
            status_changed_at: Timestamp(row.status_changed_at),
        })
    }
}

impl From<Subscriber> for Model {
    fn from(subscriber: Subscriber) -> Self {
        let state = subscriber.lifecycle.record();
        Self {
            id: subscriber.id,
            partner_id: subscriber.partner_id,
            customer_id: subscriber.customer_id,
            template_id: subscriber.template_id,
            user_id_key: subscriber.user_id.key(),
            user_id: subscriber.user_id.into(),
            first_name: subscriber.first_name,
            last_name: subscriber.last_name,
            primary_phone: subscriber.primary_phone,
            mobile_phone: subscriber.mobile_phone,
            extension: subscriber.extension,
            language: subscriber.language,
            timezone: subscriber.timezone,
            sp_enterprise_group_id: subscriber.sp_enterprise_group_id,
            package: subscriber.package.as_str().to_owned(),
            self_activated: subscriber.self_activated,
            status: state.status,
            email: state.email,
            email_proof: state.proof,
            attempt: state.attempt,
            wanted_package: state.wanted_package,
            fault: state.fault.map(u32::cast_signed),
            at_target: state.at_target,
            fault_detail: subscriber.fault_detail,
            tracking_id: subscriber.tracking_id,
            setback: subscriber.setback.map(code),
            mail_refused: subscriber.mail_refused,
            mail_fault: subscriber.mail_fault.map(code),
            ready_mail_at: subscriber.ready_mail_at.map(|at| at.0),
            reminders_stopped_at: subscriber.reminders_stopped_at.map(|at| at.0),
            person_id: subscriber.person_id,
            created_at: subscriber.created_at.0,
            status_changed_at: subscriber.status_changed_at.0,
        }
    }
}

impl Subject for Subscriber {
    of_both!(Subscriber, SubscriberId);

    fn id_at_target(&self) -> Option<&str> {
        self.person_id.as_deref()
    }

    fn billed_as(&self) -> Item {
        Item::Package(self.package)
    }

    fn self_activated(&self) -> bool {
        self.self_activated
    }
}

impl Table for Subscriber {
    columns_of_both!();
}

/// The tenant's subscriber whom BroadWorks knows by that id.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn known_as(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    user_id: &BroadWorksId,
) -> Result<Option<Subscriber>, Trouble> {
    one(db, Subscriber::of(tenant).filter(Column::UserIdKey.eq(user_id.key()))).await
}

/// Those of the tenant's subscribers that have these ids.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl Rows,
    tenant: Tenant,
    ids: impl IntoIterator<Item = SubscriberId>,
) -> Result<Vec<Subscriber>, DbErr> {
    Ok(readable(row::all(db, Subscriber::of(tenant).filter(Column::Id.is_in(ids))).await?))
}

/// The BroadWorks user ids of the customer's first subscribers.
///
/// # Errors
/// If the database fails.
pub async fn ids_at(db: &impl ConnectionTrait, customer: &Customer, most: u64) -> Result<Vec<BroadWorksId>, DbErr> {
    let ids: Vec<String> = Entity::find()
        .select_only()
        .column(Column::UserId)
        .filter(Column::CustomerId.eq(customer.id))
        .order_by_asc(Column::Id)
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.iter().map(|id| BroadWorksId::from_stored(id)).collect())
}

/// Writes new ones down, unless their partner has a subscriber or a workspace of such a BroadWorks user id. Returns whether all are
/// there.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, new: &[Subscriber]) -> Result<bool, DbErr> {
    let unless_taken = |new: &Subscriber| {
        let row = Model::from(new.clone()).into_active_model();
        let values = Column::iter().filter_map(|column| row.get(column).into_value()).map(Expr::value);
        let workspace = workspace::Entity::find()
            .select_only()
            .column(workspace::Column::Id)
            .filter(workspace::Column::PartnerId.eq(new.partner_id))
            .filter(workspace::Column::UserIdKey.eq(new.user_id.key()))
            .into_query();
        Query::select().exprs(values).and_where(Expr::exists(workspace).not()).to_owned()
    };
    let mut written = 0;
    for part in row::in_parts(new) {
        let Some(all) = row::one_after_the_other(part.iter().map(unless_taken)) else { continue };
        let insert = Query::insert()
            .into_table(Entity)
            .columns(Column::iter())
            .select_from(all)
            .map_err(|error| DbErr::Custom(error.to_string()))?
            .on_conflict(OnConflict::columns([Column::PartnerId, Column::UserIdKey]).do_nothing().to_owned())
            .to_owned();
        written += work.execute(&insert).await?.rows_affected();
    }
    Ok(written == new.len() as u64)
}

/// The one whose own id it is, for a user who is signed in.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn by_own_id(db: &impl ConnectionTrait, id: SubscriberId) -> Result<Option<Subscriber>, Trouble> {
    one(db, Entity::find_by_id(id)).await
}

/// Everybody's ids, for another query to ask who is still there.
pub fn ids() -> SelectStatement {
    Entity::find().select_only().column(Column::Id).into_query()
}

/// The customer's first subscriber, and by which template it came.
///
/// # Errors
/// If the database fails.
pub async fn first_of(
    db: &impl ConnectionTrait,
    customer: &Customer,
) -> Result<Option<(SubscriberId, TemplateId)>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::TemplateId])
        .filter(Column::CustomerId.eq(customer.id))
        .order_by_asc(Column::Id)
        .into_tuple()
        .one(db)
        .await
}

/// Whether another subscriber of the same partner has an account with this address.
///
/// # Errors
/// If the database fails.
pub async fn is_a_colleagues(
    db: &impl ConnectionTrait,
    subscriber: &Subscriber,
    email: &EmailAddress,
) -> Result<bool, DbErr> {
    let colleague = Subscriber::of(Tenant::of_subject(subscriber))
        .filter(has_address(email))
        .filter(Column::AtTarget.eq(AtTarget::Account.as_str()))
        .filter(Column::Id.ne(subscriber.id));
    Ok(colleague.one(db).await?.is_some())
}

fn has_address(email: &EmailAddress) -> SimpleExpr {
    Expr::expr(Func::lower(Expr::col(Column::Email))).eq(email.key())
}

/// The ids of the tenant's, for another query to ask.
pub(super) fn ids_of(tenant: Tenant) -> SelectStatement {
    Subscriber::of(tenant).select_only().column(Column::Id).into_query()
}

async fn one(db: &impl ConnectionTrait, rows: Select<Entity>) -> Result<Option<Subscriber>, Trouble> {
    Ok(rows.one(db).await?.map(Subscriber::try_from).transpose()?)
}
