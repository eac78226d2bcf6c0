//! Everything that is kept of one person: for whoever asks what it is, and for whoever wants it gone.
//!
//! One list of tables for both, so that nothing is shown that is not erased, and the other way round. A person is a BroadWorks
//! id of a partner's: whoever had it before, and was deleted, has left steps, spans and deliveries under an id of their own.

use domain::{BroadWorksId, Timestamp};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Func, SelectStatement, SimpleExpr},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Tenant, Work,
    entity::{
        admission, bulk_job, bulk_row, customer, directory_account, external_user, history, portal_session, proof,
        proof_secret, subscriber, usage, webhook_delivery,
    },
};
use crate::iso8601;

/// What stands in a span instead of a BroadWorks id: it is billed, and nobody's any more.
pub(super) const ERASED: &str = "erased";

/// Under which ids the person is known, or was.
///
/// # Errors
/// If the database fails.
pub async fn ids(db: &impl ConnectionTrait, tenant: Tenant, person: &BroadWorksId) -> Result<Vec<Uuid>, DbErr> {
    let key = person.key();
    let mut ids: Vec<Uuid> = subscriber::Entity::find()
        .select_only()
        .column(subscriber::Column::Id)
        .filter(subscriber::Column::PartnerId.eq(tenant.partner()))
        .filter(subscriber::Column::UserIdKey.eq(key.as_str()))
        .into_tuple()
        .all(db)
        .await?;
    let spans = usage::Entity::find()
        .select_only()
        .column(usage::Column::OwnerId)
        .filter(usage::Column::PartnerId.eq(tenant.partner()))
        .filter(is(usage::Column::UserId, &key));
    ids.extend(spans.into_tuple::<Uuid>().all(db).await?);
    let deliveries = webhook_delivery::Entity::find()
        .select_only()
        .column(webhook_delivery::Column::SubscriberId)
        .filter(is(webhook_delivery::Column::UserId, &key))
        // A step of the partner's own: two partners may have users of one id.
        .filter(webhook_delivery::Column::StepId.in_subquery(steps_of(tenant)));
    ids.extend(deliveries.into_tuple::<Uuid>().all(db).await?);
    let rows = rows_about(tenant, &key).select_only().column(bulk_row::Column::SubscriberId);
    ids.extend(rows.into_tuple::<Option<Uuid>>().all(db).await?.into_iter().flatten());
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Everything, table by table.
///
/// # Errors
/// If the database fails.
pub async fn export(db: &impl ConnectionTrait, tenant: Tenant, person: &BroadWorksId) -> Result<Value, DbErr> {
    let ids = ids(db, tenant, person).await?;
    let key = person.key();
    let user = subscriber::Entity::find()
        .filter(subscriber::Column::PartnerId.eq(tenant.partner()))
        .filter(subscriber::Column::UserIdKey.eq(key.as_str()));
    let user = user.one(db).await?.map(|row| {
        json!({
            "userId": row.user_id, "firstName": row.first_name, "lastName": row.last_name, "email": row.email,
            "emailProof": row.email_proof, "primaryPhone": row.primary_phone, "mobilePhone": row.mobile_phone,
            "extension": row.extension, "language": row.language, "timeZone": row.timezone,
            "group": row.sp_enterprise_group_id, "package": row.package, "status": row.status,
            "accountAtTarget": row.person_id, "selfActivated": row.self_activated, "faultDetail": row.fault_detail,
            "since": at(row.created_at), "statusSince": at(row.status_changed_at),
        })
    });
    let steps = history::Entity::find()
        .filter(history::Column::PartnerId.eq(tenant.partner()))
        .filter(history::Column::OwnerId.is_in(ids.iter().copied()))
        .order_by_asc(history::Column::Id);
    let steps = steps.all(db).await?.into_iter().map(|row| {
        json!({
            "at": at(row.at), "event": row.event, "by": row.actor, "status": row.status, "fault": row.fault,
            "detail": row.detail,
        })
    });
    let proofs = proof::Entity::find()
        .filter(proof::Column::SubscriberId.is_in(ids.iter().copied()))
        .order_by_asc(proof::Column::Id);
    let proofs = proofs.all(db).await?.into_iter().map(|row| {
        json!({
            "email": row.email, "language": row.locale, "mail": row.report.unwrap_or(row.mail), "open": row.open,
            "since": at(row.created_at),
        })
    });
    let accounts = directory_account::Entity::find()
        .filter(directory_account::Column::ExternalId.is_in(ids.iter().copied()))
        .all(db);
    let accounts = accounts.await?.into_iter().map(|row| {
        json!({
            "email": row.email, "firstName": row.first_name, "lastName": row.last_name, "package": row.package,
            "administrator": row.administrator, "since": at(row.created_at),
        })
    });
    let sessions =
        portal_session::Entity::find().filter(portal_session::Column::SubscriberId.is_in(ids.iter().copied())).all(db);
    let sessions = sessions.await?.into_iter().map(|row| json!({ "until": at(row.expires_at) }));
    let spans =
        usage::Entity::find().filter(usage::Column::OwnerId.is_in(ids.iter().copied())).order_by_asc(usage::Column::Id);
    let spans = spans.all(db).await?.into_iter().map(|row| {
        json!({ "userId": row.user_id, "package": row.package, "from": at(row.from_at), "until": row.until_at.map(at) })
    });
    let read = external_user::Entity::find()
        .filter(external_user::Column::UserIdKey.eq(key.as_str()))
        .filter(external_user::Column::CustomerId.in_subquery(customers_of(tenant)))
        .all(db);
    let read = read.await?.into_iter().map(|row| {
        json!({
            "userId": row.user_id, "firstName": row.first_name, "lastName": row.last_name, "phone": row.phone,
            "mobilePhone": row.mobile_phone, "extension": row.extension,
        })
    });
    let rows = bulk_row::Entity::find().filter(bulk_row::Column::SubscriberId.is_in(ids.iter().copied())).all(db);
    let rows = rows
        .await?
        .into_iter()
        .map(|row| json!({ "userId": row.user_id, "written": row.written, "outcome": row.outcome }));
    let deliveries = webhook_delivery::Entity::find()
        .filter(webhook_delivery::Column::SubscriberId.is_in(ids.iter().copied()))
        .all(db);
    let deliveries = deliveries
        .await?
        .into_iter()
        .map(|row| json!({ "event": row.event, "at": at(row.created_at), "userId": row.user_id }));
    Ok(json!({
        "user": user, "history": steps.collect::<Vec<_>>(), "addressesAskedFor": proofs.collect::<Vec<_>>(),
        "directoryAccounts": accounts.collect::<Vec<_>>(), "portalSessions": sessions.collect::<Vec<_>>(),
        "billed": spans.collect::<Vec<_>>(), "readFromBroadWorks": read.collect::<Vec<_>>(),
        "bulkJobs": rows.collect::<Vec<_>>(), "webhookDeliveries": deliveries.collect::<Vec<_>>(),
    }))
}

/// Erases everything of a person who is a subscriber no longer: whoever is one has an account, which has to go first. `was`
/// is the id under which the person was one a moment ago. What was billed stays, and is nobody's.
///
/// # Errors
/// If the database fails.
pub async fn erase(work: &Work, tenant: Tenant, person: &BroadWorksId, was: Option<Uuid>) -> Result<(), DbErr> {
    let (mut ids, key, db) = (ids(&**work, tenant, person).await?, person.key(), &**work);
    ids.extend(was);
    let secrets = proof::Entity::find()
        .select_only()
        .column(proof::Column::Id)
        .filter(proof::Column::SubscriberId.is_in(ids.iter().copied()))
        .into_query();
    proof_secret::Entity::delete_many().filter(proof_secret::Column::ProofId.in_subquery(secrets)).exec(db).await?;
    proof::Entity::delete_many().filter(proof::Column::SubscriberId.is_in(ids.iter().copied())).exec(db).await?;
    history::Entity::delete_many()
        .filter(history::Column::PartnerId.eq(tenant.partner()))
        .filter(history::Column::OwnerId.is_in(ids.iter().copied()))
        .exec(db)
        .await?;
    directory_account::Entity::delete_many()
        .filter(directory_account::Column::ExternalId.is_in(ids.iter().copied()))
        .exec(db)
        .await?;
    portal_session::Entity::delete_many()
        .filter(portal_session::Column::SubscriberId.is_in(ids.iter().copied()))
        .exec(db)
        .await?;
    external_user::Entity::delete_many()
        .filter(external_user::Column::UserIdKey.eq(key.as_str()))
        .filter(external_user::Column::CustomerId.in_subquery(customers_of(tenant)))
        .exec(db)
        .await?;
    webhook_delivery::Entity::delete_many()
        .filter(webhook_delivery::Column::SubscriberId.is_in(ids.iter().copied()))
        .exec(db)
        .await?;
    bulk_row::Entity::update_many()
        .col_expr(bulk_row::Column::Written, Expr::value(Option::<String>::None))
        .col_expr(bulk_row::Column::Errors, Expr::value(Option::<String>::None))
        .col_expr(bulk_row::Column::UserId, Expr::value(Option::<String>::None))
        .filter(bulk_row::Column::SubscriberId.is_in(ids.iter().copied()))
        .exec(db)
        .await?;
    admission::Entity::delete_by_id((tenant.partner(), key)).exec(db).await?;
    usage::Entity::update_many()
        .col_expr(usage::Column::UserId, ERASED.into())
        .filter(usage::Column::OwnerId.is_in(ids))
        .exec(db)
        .await
        .map(drop)
}

/// Whether a BroadWorks id that was kept as it was written is this one.
fn is(column: impl sea_orm::ColumnTrait, key: &str) -> SimpleExpr {
    Expr::expr(Func::lower(Expr::col(column))).eq(key)
}

/// Rows of bulk jobs that say of whom they are.
fn rows_about(tenant: Tenant, key: &str) -> Select<bulk_row::Entity> {
    let jobs = bulk_job::Entity::find()
        .select_only()
        .column(bulk_job::Column::Id)
        .filter(bulk_job::Column::PartnerId.eq(tenant.partner()))
        .into_query();
    bulk_row::Entity::find().filter(bulk_row::Column::JobId.in_subquery(jobs)).filter(is(bulk_row::Column::UserId, key))
}

fn steps_of(tenant: Tenant) -> SelectStatement {
    history::Entity::find()
        .select_only()
        .column(history::Column::Id)
        .filter(history::Column::PartnerId.eq(tenant.partner()))
        .into_query()
}

fn customers_of(tenant: Tenant) -> SelectStatement {
    customer::Entity::find()
        .select_only()
        .column(customer::Column::Id)
        .filter(customer::Column::PartnerId.eq(tenant.partner()))
        .into_query()
}

fn at(moment: i64) -> String {
    iso8601::format(Timestamp(moment))
}
