//! Onboarding templates: how the users of customers are onboarded.

use domain::{
    Accent, EmailAddress, Logo, Package, Timestamp,
    template::{Reminders, UserVerification},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Func, SelectStatement, SimpleExpr},
};

use super::{
    Rows, Tenant, Work,
    entity::{
        adapter_account, admission, customer_template, fault_count, former_provisioning_id, former_share_token,
        portal_session, subscriber, subscriber_count, template, template_logo, waiting_count, workspace,
    },
    ids::{PartnerId, TemplateId},
    row::{self, Unreadable, changed, readable},
};
use crate::store::Trouble;

/// An onboarding template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Default email language, ISO 639-1.
    pub language: String,
    /// What BroadWorks or an API client uses to reach it.
    pub provisioning_id: String,
    /// The token in the activation link.
    pub share_token: String,
    /// What the Share Link field holds.
    pub share_link: String,
    /// The choice under User Verification.
    pub verification: UserVerification,
    /// Allow users to self-activate.
    pub self_activation: bool,
    /// Provision Admin First.
    pub provision_admin_first: bool,
    /// The package that users get unless told otherwise.
    pub default_package: Package,
    /// The Xsi-Actions address against which passwords are checked.
    pub xsi_url: String,
    /// Where accounts are created: the name of a target.
    pub target: String,
    /// Under which name the target knows this template (Webex: its provisioning id), if it has one there.
    pub target_reference: Option<String>,
    /// The name in the mails to users.
    pub partner_admin: String,
    /// Where users find help.
    pub support_url: Option<String>,
    /// Where answers to its mails go, if not to their sender.
    pub reply_to: Option<EmailAddress>,
    /// What its mails end with, if not with the partner's name.
    pub signature: Option<String>,
    /// The colour of its buttons and links, if not ours.
    pub accent: Option<Accent>,
    /// What its pages and mails begin with, if not the partner's name.
    pub logo: Option<Logo>,
    /// How users are reminded to prove their address.
    pub reminders: Reminders,
    /// Grows with each change.
    pub version: i32,
    /// When it was created.
    pub created_at: Timestamp,
}

impl TryFrom<template::Model> for Template {
    type Error = Unreadable;

    fn try_from(row: template::Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "template", id: row.id.into(), column };
        Ok(Self {
            verification: UserVerification::parse(&row.verification).ok_or(unreadable("verification"))?,
            default_package: Package::parse(&row.default_package).map_err(|_| unreadable("default_package"))?,
            accent: row
                .accent
                .as_deref()
                .map(|accent| Accent::from_stored(accent).ok_or(unreadable("accent")))
                .transpose()?,
            logo: row.logo.as_deref().map(|name| Logo::parse(name).ok_or(unreadable("logo"))).transpose()?,
            id: row.id,
            partner_id: row.partner_id,
            name: row.name,
            country: row.country,
            language: row.language,
            provisioning_id: row.provisioning_id,
            share_token: row.share_token,
            share_link: row.share_link,
            self_activation: row.self_activation,
            provision_admin_first: row.provision_admin_first,
            xsi_url: row.xsi_url,
            target: row.target,
            target_reference: row.target_reference,
            partner_admin: row.partner_admin,
            support_url: row.support_url,
            reply_to: row.reply_to.as_deref().map(EmailAddress::from_stored),
            signature: row.signature,
            reminders: Reminders { count: row.reminders, days: row.reminder_days },
            version: row.version,
            created_at: Timestamp(row.created_at),
        })
    }
}

impl From<Template> for template::Model {
    fn from(template: Template) -> Self {
        Self {
            id: template.id,
            partner_id: template.partner_id,
            name: template.name,
            country: template.country,
            language: template.language,
            provisioning_id: template.provisioning_id,
            share_token: template.share_token,
            share_link: template.share_link,
            verification: template.verification.as_str().to_owned(),
            self_activation: template.self_activation,
            provision_admin_first: template.provision_admin_first,
            default_package: template.default_package.as_str().to_owned(),
            xsi_url: template.xsi_url,
            target: template.target,
            target_reference: template.target_reference,
            partner_admin: template.partner_admin,
            support_url: template.support_url,
            reply_to: template.reply_to.map(String::from),
            signature: template.signature,
            accent: template.accent.map(|accent| accent.to_string()),
            logo: template.logo.map(|logo| logo.to_string()),
            reminders: template.reminders.count,
            reminder_days: template.reminders.days,
            version: template.version,
            created_at: template.created_at.0,
        }
    }
}

/// The tenant's template of that id.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn find(db: &impl ConnectionTrait, tenant: Tenant, id: TemplateId) -> Result<Option<Template>, Trouble> {
    one(db, of(tenant).filter(template::Column::Id.eq(id))).await
}

/// The tenant's template with that provisioning ID.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn provisioned_by(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    provisioning_id: &str,
) -> Result<Option<Template>, Trouble> {
    one(db, of(tenant).filter(has_provisioning_id(provisioning_id))).await
}

/// Which of the tenant's templates has that provisioning ID, for another query to ask.
pub fn id_of(tenant: Tenant, provisioning_id: &str) -> SelectStatement {
    of(tenant).select_only().column(template::Column::Id).filter(has_provisioning_id(provisioning_id)).into_query()
}

/// Which templates are the tenant's, for another query to ask.
pub fn ids(tenant: Tenant) -> SelectStatement {
    of(tenant).select_only().column(template::Column::Id).into_query()
}

/// Which of the tenant's templates have that name, for another query to ask.
pub fn ids_called(tenant: Tenant, name: &str) -> SelectStatement {
    of(tenant).select_only().column(template::Column::Id).filter(template::Column::Name.eq(name)).into_query()
}

/// Where accounts of the tenant's templates are created, in the order of their names.
///
/// # Errors
/// If the database fails.
pub async fn targets(db: &impl ConnectionTrait, tenant: Tenant) -> Result<Vec<String>, DbErr> {
    let targets = of(tenant).select_only().column(template::Column::Target).distinct();
    targets.order_by_asc(template::Column::Target).into_tuple().all(db).await
}

/// Those of the tenant's templates that have these ids, by name.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl Rows,
    tenant: Tenant,
    ids: impl IntoIterator<Item = TemplateId>,
) -> Result<Vec<Template>, DbErr> {
    let rows = of(tenant).filter(template::Column::Id.is_in(ids)).order_by_asc(template::Column::Name);
    Ok(readable(row::all(db, rows).await?))
}

/// What the tenant's templates are called, in the order of that. A partner has thousands at most, and databases fold few scripts: so
/// whoever looks for some by their names looks through all.
///
/// # Errors
/// If the database fails.
pub async fn names(db: &impl ConnectionTrait, tenant: Tenant) -> Result<Vec<(TemplateId, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Named {
        id: TemplateId,
        name: String,
    }
    let names = of(tenant).select_only().columns([template::Column::Id, template::Column::Name]);
    let names = names.order_by_asc(template::Column::Name).order_by_asc(template::Column::Id);
    let names: Vec<Named> = names.into_model().all(db).await?;
    Ok(names.into_iter().map(|Named { id, name }| (id, name)).collect())
}

/// The template whose activation link holds this token, or held it before it was replaced, for whoever has the link.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn by_share_token(db: &impl ConnectionTrait, token: &str) -> Result<Option<Template>, Trouble> {
    one(
        db,
        template::Entity::find().filter(Expr::col(template::Column::Id.as_column_ref()).eq(id_by_share_token(token))),
    )
    .await
}

/// The id of the template whose activation link holds this token or held it, for another query to ask.
pub(super) fn id_by_share_token(token: &str) -> SimpleExpr {
    let now = template::Entity::find()
        .select_only()
        .column(template::Column::Id)
        .filter(template::Column::ShareToken.eq(token))
        .into_query();
    let before = former_share_token::Entity::find_by_id(token)
        .select_only()
        .column(former_share_token::Column::TemplateId)
        .into_query();
    first_of(now, before)
}

/// The token of the share link that this is when its letters are capitals: the oldest template's, should there be two, or else one that
/// was replaced.
///
/// # Errors
/// If the database fails.
pub async fn share_token_of_capitals(db: &impl ConnectionTrait, capitals: &str) -> Result<Option<String>, DbErr> {
    let now = template::Entity::find()
        .select_only()
        .column(template::Column::ShareToken)
        .filter(Func::upper(Expr::col(template::Column::ShareToken)).eq(capitals))
        .order_by_asc(template::Column::Id);
    if let Some(token) = now.into_tuple().one(db).await? {
        return Ok(Some(token));
    }
    let before = former_share_token::Entity::find()
        .select_only()
        .column(former_share_token::Column::Token)
        .filter(Func::upper(Expr::col(former_share_token::Column::Token)).eq(capitals));
    before.into_tuple().one(db).await
}

/// The template at which a provisioning ID leads BroadWorks, before it has shown its account; or which an operator names.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn at_door(db: &impl ConnectionTrait, provisioning_id: &str) -> Result<Option<Template>, Trouble> {
    one(db, template::Entity::find().filter(has_provisioning_id(provisioning_id))).await
}

/// Every partner's templates, for an operator.
///
/// # Errors
/// If the database fails.
pub async fn all(db: &impl Rows) -> Result<Vec<Template>, DbErr> {
    Ok(readable(row::all(db, template::Entity::find().order_by_asc(template::Column::Id)).await?))
}

/// Writes a new one down.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, template: Template) -> Result<(), DbErr> {
    let row: template::Model = template.into();
    row.into_active_model().insert(&**work).await.map(drop)
}

/// Writes down what User Verification was changed to, unless somebody else has changed the template since it had this
/// `version`: then nothing is there.
///
/// # Errors
/// If the database fails, or what is there now cannot be read.
pub async fn save_verification(
    work: &Work,
    template: &Template,
    version: i32,
    verification: UserVerification,
    share_link: &str,
) -> Result<Option<Template>, Trouble> {
    let saved = template::Entity::update_many()
        .col_expr(template::Column::Verification, verification.as_str().into())
        .col_expr(template::Column::ShareLink, share_link.into())
        .col_expr(template::Column::Version, (version + 1).into())
        .filter(template::Column::Id.eq(template.id))
        .filter(template::Column::Version.eq(version))
        .exec_with_returning(&**work)
        .await?;
    Ok(saved.into_iter().next().map(Template::try_from).transpose()?)
}

/// Writes down what is different, unless somebody else has changed the template meanwhile. Returns whether that was done.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, before: &Template, after: &Template) -> Result<bool, DbErr> {
    let model = |template: &Template| -> template::Model { template.clone().into() };
    let different: template::ActiveModel = changed(model(before), model(after));
    let saved = template::Entity::update_many()
        .set(different)
        .filter(template::Column::Id.eq(before.id))
        .filter(template::Column::Version.eq(before.version))
        .exec(&**work)
        .await?;
    Ok(saved.rows_affected > 0)
}

/// Keeps the token of a share link that a template no longer has.
///
/// # Errors
/// If the database fails.
pub async fn keep_share_token(work: &Work, before: &Template, now: Timestamp) -> Result<(), DbErr> {
    let (token, template_id) = (before.share_token.clone(), before.id);
    let row = former_share_token::Model { token, template_id, replaced_at: now.0 };
    row::add::<former_share_token::Entity>(&**work, row).await
}

/// Has the provisioning ID that a template no longer has taken for a while.
///
/// # Errors
/// If the database fails.
pub async fn keep_provisioning_id(work: &Work, before: &Template, until: Timestamp) -> Result<(), DbErr> {
    let (provisioning_id, template_id) = (before.provisioning_id.clone(), before.id);
    let row = former_provisioning_id::Model { provisioning_id, template_id, until: until.0 };
    row::add::<former_provisioning_id::Entity>(&**work, row).await
}

/// Which provisioning IDs that a template no longer has are still taken for it, and until when.
///
/// # Errors
/// If the database fails.
pub async fn former_provisioning_ids(
    db: &impl ConnectionTrait,
    template: &Template,
) -> Result<Vec<(String, Timestamp)>, DbErr> {
    let rows = former_provisioning_id::Entity::find()
        .filter(former_provisioning_id::Column::TemplateId.eq(template.id))
        .order_by_asc(former_provisioning_id::Column::Until);
    Ok(rows.all(db).await?.into_iter().map(|row| (row.provisioning_id, Timestamp(row.until))).collect())
}

/// From now on provisioning IDs are no longer taken whose time is over.
///
/// # Errors
/// If the database fails.
pub async fn sweep(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    former_provisioning_id::Entity::delete_many()
        .filter(former_provisioning_id::Column::Until.lte(now.0))
        .exec(&**work)
        .await
        .map(drop)
}

/// How many users and workspaces are there by a template.
///
/// # Errors
/// If the database fails.
pub async fn users(db: &impl ConnectionTrait, template: &Template) -> Result<u64, DbErr> {
    let users = subscriber::Entity::find().filter(subscriber::Column::TemplateId.eq(template.id)).count(db).await?;
    let places = workspace::Entity::find().filter(workspace::Column::TemplateId.eq(template.id)).count(db).await?;
    Ok(users + places)
}

/// Deletes a template by which nobody is there, and what stands only because of it.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, template: &Template) -> Result<(), DbErr> {
    forget(work, adapter_account::Column::TemplateId, template).await?;
    forget(work, customer_template::Column::TemplateId, template).await?;
    forget(work, portal_session::Column::TemplateId, template).await?;
    forget(work, admission::Column::TemplateId, template).await?;
    forget(work, former_share_token::Column::TemplateId, template).await?;
    forget(work, former_provisioning_id::Column::TemplateId, template).await?;
    forget(work, template_logo::Column::TemplateId, template).await?;
    forget(work, subscriber_count::Column::TemplateId, template).await?;
    forget(work, waiting_count::Column::TemplateId, template).await?;
    forget(work, fault_count::Column::TemplateId, template).await?;
    template::Entity::delete_by_id(template.id).exec(&**work).await.map(drop)
}

/// Deletes a table's rows of a template.
async fn forget<C: ColumnTrait>(work: &Work, of: C, template: &Template) -> Result<(), DbErr>
where
    C::EntityName: EntityTrait<Column = C> + Default,
{
    C::EntityName::delete_many().filter(of.eq(template.id)).exec(&**work).await.map(drop)
}

/// Has passwords checked at another Xsi-Actions address.
///
/// # Errors
/// If the database fails.
pub async fn save_xsi_url(work: &Work, template: &Template, url: &str) -> Result<(), DbErr> {
    template::Entity::update_many()
        .col_expr(template::Column::XsiUrl, url.into())
        .col_expr(template::Column::Version, Expr::col(template::Column::Version).add(1))
        .filter(template::Column::Id.eq(template.id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Has every template's passwords checked at one address: the demo's, which has another port at every start.
///
/// # Errors
/// If the database fails.
pub async fn save_xsi_url_of_all(work: &Work, url: &str) -> Result<(), DbErr> {
    template::Entity::update_many().col_expr(template::Column::XsiUrl, url.into()).exec(&**work).await.map(drop)
}

/// The tenant's templates, of whoever has only some customers those by which their users came: where every query but the few
/// above begins.
fn of(tenant: Tenant) -> Select<template::Entity> {
    let of_partner = template::Entity::find().filter(template::Column::PartnerId.eq(tenant.partner()));
    of_partner.apply_if(tenant.customers(), |templates, customers| {
        let theirs = customer_template::Entity::find()
            .select_only()
            .column(customer_template::Column::TemplateId)
            .filter(customer_template::Column::CustomerId.in_subquery(customers))
            .into_query();
        templates.filter(template::Column::Id.in_subquery(theirs))
    })
}

/// As the vendor writes them: base64, of which some leave the padding. One that was replaced is taken for a while.
fn has_provisioning_id(provisioning_id: &str) -> SimpleExpr {
    let provisioning_id = provisioning_id.trim_end_matches('=');
    let now = template::Entity::find()
        .select_only()
        .column(template::Column::Id)
        .filter(template::Column::ProvisioningId.eq(provisioning_id))
        .into_query();
    let before = former_provisioning_id::Entity::find_by_id(provisioning_id)
        .select_only()
        .column(former_provisioning_id::Column::TemplateId)
        .into_query();
    Expr::col(template::Column::Id.as_column_ref()).eq(first_of(now, before))
}

/// One id and not a set of them: it is looked up by its index.
fn first_of(now: SelectStatement, before: SelectStatement) -> SimpleExpr {
    Func::coalesce([Expr::from(now), Expr::from(before)]).into()
}

async fn one(db: &impl ConnectionTrait, rows: Select<template::Entity>) -> Result<Option<Template>, Trouble> {
    Ok(rows.one(db).await?.map(Template::try_from).transpose()?)
}
