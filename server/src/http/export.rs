//! Export: the User Status list as CSV, streamed.

use app::visitor::HUB_SESSION;
use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures::TryStreamExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::Deserialize;
use uuid::Uuid;

use super::live::{UNAVAILABLE, cookie};
use crate::{
    backend::Shared,
    export::{ExportFilter, csv},
    session,
    store::entity::template,
};

/// The filter of the page that the link stands on.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    customer: Option<Uuid>,
    #[serde(default)]
    exclude_provisioned: bool,
}

/// A template's users as a file.
///
/// # Errors
/// 401 if nobody is signed in, 404 for a template that is not the partner's.
pub async fn users(
    State(context): State<Shared>,
    Path(template): Path<Uuid>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, StatusCode> {
    let token = cookie(&headers, HUB_SESSION)?;
    let administrator =
        session::hub(&context.store, context.environment.now(), &token).await.map_err(|_| UNAVAILABLE)?;
    let partner = administrator.ok_or(StatusCode::UNAUTHORIZED)?.partner_id;
    let found = template::Entity::find_by_id(template)
        .filter(template::Column::PartnerId.eq(partner))
        .one(context.store.read())
        .await
        .map_err(|_| UNAVAILABLE)?;
    let template = found.ok_or(StatusCode::NOT_FOUND)?.id;
    let Wanted { customer, exclude_provisioned } = wanted;
    let filter = ExportFilter { partner, template, customer, exclude_provisioned };
    let rows = csv(context.store.clone(), filter).inspect_err(|error| tracing::error!(%error, "an export broke off"));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"user-status.csv\""),
    ];
    Ok((headers, Body::from_stream(rows)).into_response())
}
