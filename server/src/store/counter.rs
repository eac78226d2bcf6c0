//! How many users there are, without counting them: the database keeps the numbers itself, in the transaction that changes a
//! row (`migration/m0020_counters.rs`).

use domain::{Fault, Status};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult, IdenStatic as _,
    QueryFilter as _, QuerySelect as _, QueryTrait as _, Statement, TryGetable,
    sea_query::{Alias, Expr, ExprTrait as _},
};

use super::{
    Subscriber, Tenant,
    entity::{
        fault_count,
        subscriber::Column as Of,
        subscriber_count::{self, Column},
        waiting_count,
    },
    ids::{CustomerId, PartnerId, TemplateId},
    row::leave_out_some,
    subject::Table as _,
    template,
};

/// So many users of a template or customer have one status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number<Owner> {
    /// A template's or a customer's id.
    pub owner: Owner,
    /// The status.
    pub status: Status,
    /// How many users they are.
    pub users: i64,
}

/// The same as it is stored.
#[derive(FromQueryResult)]
struct Stored<Owner: TryGetable> {
    owner: Owner,
    status: String,
    users: i64,
}

/// The status that is stored so. Users whose status nobody knows are in no number, as they are in no list; the log has it.
fn status(stored: &str, users: i64) -> Option<Status> {
    let status = Status::parse(stored).ok();
    if status.is_none() {
        tracing::error!(
            event = "row_left_out",
            table = "subscriber_count",
            column = "status",
            users,
            "left out of a number"
        );
    }
    status
}

/// How the tenant's users of one template stand, or those that it has of one customer.
///
/// # Errors
/// If the database fails.
pub async fn of_template(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    template: TemplateId,
    customer: Option<CustomerId>,
) -> Result<Vec<Number<TemplateId>>, DbErr> {
    let which = Condition::all()
        .add(Column::TemplateId.eq(template))
        .add_option(customer.map(|customer| Column::CustomerId.eq(customer)))
        .add_option(tenant.customers().map(|own| Column::CustomerId.in_subquery(own)));
    counts(db, Column::TemplateId, which).await
}

/// How all users whom the tenant sees stand.
///
/// # Errors
/// If the database fails.
pub async fn of_tenant(db: &impl ConnectionTrait, tenant: Tenant) -> Result<Vec<Number<PartnerId>>, DbErr> {
    let which = Condition::all()
        .add(Column::TemplateId.in_subquery(template::ids(tenant)))
        .add_option(tenant.customers().map(|own| Column::CustomerId.in_subquery(own)));
    let users = statuses(db, which).await?;
    Ok(users.into_iter().map(|(status, users)| Number { owner: tenant.partner(), status, users }).collect())
}

/// How many of the users whom the tenant sees wait for each target, and for the mail server.
///
/// # Errors
/// If the database fails.
pub async fn waiting_of(db: &impl ConnectionTrait, tenant: Tenant) -> Result<Vec<(String, i64)>, DbErr> {
    use waiting_count::Column as Waiting;
    let which = Condition::all()
        .add(Waiting::TemplateId.in_subquery(template::ids(tenant)))
        .add_option(tenant.customers().map(|own| Waiting::CustomerId.in_subquery(own)));
    targets(db, which).await
}

/// Why how many of the users whom the tenant sees have failed, and whether that was an attempt, which can be made again, or a
/// mail. Those are left out whose fault cannot be read.
///
/// # Errors
/// If the database fails.
pub async fn failing(db: &impl ConnectionTrait, tenant: Tenant) -> Result<Vec<(Fault, i64, bool)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Failed {
        what: String,
        fault: i32,
        users: i64,
    }
    use fault_count::Column::{CustomerId, Fault as Code, TemplateId, Users, What};
    let found: Vec<Failed> = fault_count::Entity::find()
        .select_only()
        .columns([What, Code])
        .column_as(sum(Users), "users")
        .filter(TemplateId.in_subquery(template::ids(tenant)))
        .apply_if(tenant.customers(), |numbers, own| numbers.filter(CustomerId.in_subquery(own)))
        .group_by(What)
        .group_by(Code)
        .into_model()
        .all(db)
        .await?;
    let mut failing = Vec::new();
    for Failed { what, fault: code, users } in found.into_iter().filter(|failed| failed.users > 0) {
        let retry = what == "attempt";
        match Fault::from_code(code.cast_unsigned()) {
            Some(fault) => failing.push((fault, users, retry)),
            None => leave_out(db, tenant, if retry { Of::Fault } else { Of::MailFault }, code).await?,
        }
    }
    Ok(failing)
}

/// Names some of those in the log whose fault is stored so and cannot be read.
async fn leave_out(db: &impl ConnectionTrait, tenant: Tenant, column: Of, code: i32) -> Result<(), DbErr> {
    let ids = Subscriber::of(tenant).select_only().column(Of::Id).filter(column.eq(code));
    leave_out_some(db, ids.into_query(), ("subscriber", column.as_str())).await
}

/// How the users of one customer stand, template by template.
///
/// # Errors
/// If the database fails.
pub async fn by_template(db: &impl ConnectionTrait, customer: CustomerId) -> Result<Vec<Number<TemplateId>>, DbErr> {
    counts(db, Column::TemplateId, Condition::all().add(Column::CustomerId.eq(customer))).await
}

/// How the users of each of these customers stand.
///
/// # Errors
/// If the database fails.
pub async fn by_customer(
    db: &impl ConnectionTrait,
    customers: impl IntoIterator<Item = CustomerId>,
) -> Result<Vec<Number<CustomerId>>, DbErr> {
    counts(db, Column::CustomerId, Condition::all().add(Column::CustomerId.is_in(customers))).await
}

/// How all users stand, whosesoever: each status with its number.
///
/// # Errors
/// If the database fails.
pub async fn of_all(db: &impl ConnectionTrait) -> Result<Vec<(Status, i64)>, DbErr> {
    statuses(db, Condition::all()).await
}

/// How the users of each customer stand, whosesoever.
///
/// # Errors
/// If the database fails.
pub async fn of_each_customer(db: &impl ConnectionTrait) -> Result<Vec<Number<CustomerId>>, DbErr> {
    counts(db, Column::CustomerId, Condition::all()).await
}

/// How the users of each template stand, whosesoever.
///
/// # Errors
/// If the database fails.
pub async fn of_each_template(db: &impl ConnectionTrait) -> Result<Vec<Number<TemplateId>>, DbErr> {
    counts(db, Column::TemplateId, Condition::all()).await
}

/// How many users wait for each target, and for the mail server, whosesoever they are.
///
/// # Errors
/// If the database fails.
pub async fn waiting_for(db: &impl ConnectionTrait) -> Result<Vec<(String, i64)>, DbErr> {
    targets(db, Condition::all()).await
}

async fn statuses(db: &impl ConnectionTrait, which: Condition) -> Result<Vec<(Status, i64)>, DbErr> {
    let found: Vec<(String, i64)> = subscriber_count::Entity::find()
        .select_only()
        .column(Column::Status)
        .column_as(sum(Column::Users), "users")
        .filter(which)
        .group_by(Column::Status)
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().filter_map(|(stored, users)| Some((status(&stored, users)?, users))).collect())
}

async fn targets(db: &impl ConnectionTrait, which: Condition) -> Result<Vec<(String, i64)>, DbErr> {
    waiting_count::Entity::find()
        .select_only()
        .column(waiting_count::Column::Target)
        .column_as(sum(waiting_count::Column::Users), "users")
        .filter(which)
        .group_by(waiting_count::Column::Target)
        .into_tuple()
        .all(db)
        .await
}

/// How many of the tenant's users have one of these statuses, of one template, one customer, or all.
pub(super) async fn so_many(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    (template, customer): (Option<TemplateId>, Option<CustomerId>),
    statuses: Option<Vec<Status>>,
) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Users {
        users: Option<i64>,
    }
    use subscriber_count::Column::{CustomerId as Customer, Status as Is, TemplateId as Template};
    let statuses = statuses.map(|statuses| Is.is_in(statuses.iter().map(|status| status.as_str())));
    let everywhere = template.is_none() && customer.is_none();
    let which = Condition::all()
        .add_option(template.map(|template| Template.eq(template)))
        .add_option(customer.map(|customer| Customer.eq(customer)))
        .add_option(everywhere.then(|| Template.in_subquery(template::ids(tenant))))
        .add_option(tenant.customers().map(|own| Customer.in_subquery(own)))
        .add_option(statuses);
    let users: Option<Users> = subscriber_count::Entity::find()
        .select_only()
        .column_as(sum(subscriber_count::Column::Users), "users")
        .filter(which)
        .into_model()
        .one(db)
        .await?;
    Ok(users.and_then(|users| users.users).unwrap_or(0))
}

async fn counts<Owner: TryGetable>(
    db: &impl ConnectionTrait,
    owner: Column,
    which: Condition,
) -> Result<Vec<Number<Owner>>, DbErr> {
    let found: Vec<Stored<Owner>> = subscriber_count::Entity::find()
        .select_only()
        .column_as(owner, "owner")
        .column(Column::Status)
        .column_as(sum(Column::Users), "users")
        .filter(which)
        .group_by(owner)
        .group_by(Column::Status)
        .into_model()
        .all(db)
        .await?;
    let read = |Stored { owner, status: stored, users }| Some(Number { owner, status: status(&stored, users)?, users });
    Ok(found.into_iter().filter_map(read).collect())
}

/// How many of the tenant's users of a template wait for this target, or for the mail server.
///
/// # Errors
/// If the database fails.
pub async fn waiting(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    template: TemplateId,
    target: &str,
) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Waiting {
        users: Option<i64>,
    }
    let waiting: Option<Waiting> = waiting_count::Entity::find()
        .select_only()
        .column_as(sum(waiting_count::Column::Users), "users")
        .filter(waiting_count::Column::TemplateId.eq(template))
        .filter(waiting_count::Column::Target.eq(target))
        .apply_if(tenant.customers(), |numbers, own| numbers.filter(waiting_count::Column::CustomerId.in_subquery(own)))
        .into_model()
        .one(db)
        .await?;
    Ok(waiting.and_then(|waiting| waiting.users).unwrap_or(0))
}

/// PostgreSQL's sums are of a wider type than what they are of.
fn sum<C: sea_orm::ColumnTrait>(column: C) -> Expr {
    column.sum().cast_as(Alias::new("bigint"))
}

/// A number that is not what a full count says.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Miscount {
    /// Of which template.
    pub template_id: TemplateId,
    /// Of which customer.
    pub customer_id: CustomerId,
    /// Which status they have, for which target they wait, or for which reason an attempt or a mail has failed.
    pub what: String,
    /// How many are kept.
    pub kept: i64,
    /// How many there are.
    pub counted: i64,
}

/// Counts everything, and compares it with what is kept.
pub(super) const COMPARE: &str = "
    SELECT template_id, customer_id, what, CAST(SUM(kept) AS bigint) AS kept, CAST(SUM(counted) AS bigint) AS counted
    FROM (SELECT template_id, customer_id, 'status ' || status AS what, users AS kept, 0 AS counted
          FROM subscriber_count
          UNION ALL
          SELECT template_id, customer_id, 'waiting for ' || target, users, 0 FROM waiting_count
          UNION ALL
          SELECT template_id, customer_id, what || ' ' || fault, users, 0 FROM fault_count
          UNION ALL
          SELECT template_id, customer_id, 'attempt ' || fault, 0, 1 FROM subscriber WHERE fault IS NOT NULL
          UNION ALL
          SELECT template_id, customer_id, 'mail ' || mail_fault, 0, 1 FROM subscriber WHERE mail_fault IS NOT NULL
          UNION ALL
          SELECT template_id, customer_id, 'status ' || status, 0, 1 FROM subscriber
          UNION ALL
          SELECT s.template_id, s.customer_id, 'waiting for ' || t.target, 0, 1
          FROM task t JOIN subscriber s ON s.id = t.subscriber_id WHERE NOT t.held) AS numbers
    GROUP BY template_id, customer_id, what HAVING SUM(kept) <> SUM(counted)";

/// Counts everything and compares. In one statement, so that others may be at work meanwhile.
///
/// # Errors
/// If the database fails.
pub async fn miscounts(db: &impl ConnectionTrait) -> Result<Vec<Miscount>, DbErr> {
    let compare = Statement::from_string(db.get_database_backend(), COMPARE);
    Miscount::find_by_statement(compare).all(db).await
}
