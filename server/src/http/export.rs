//! Export: the User Status list as CSV, streamed.

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use uuid::Uuid;

use super::signed_in::SignedIn;
use crate::{
    backend::Shared,
    export::{ExportFilter, csv},
    fault::status,
    log::SECURITY,
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
/// 401 if nobody is signed in, 404 for a template that is not the partner's, 503 if the database is away.
pub async fn users(
    State(context): State<Shared>,
    Path(template): Path<Uuid>,
    Query(wanted): Query<Wanted>,
    administrator: SignedIn,
) -> Result<Response, StatusCode> {
    let template::Model { id: template, partner_id: partner, .. } = administrator.template(&context, template).await?;
    let Wanted { customer, exclude_provisioned } = wanted;
    let filter = ExportFilter { partner, template, customer, exclude_provisioned };
    let rows = csv(context.store.clone(), filter).inspect_err(|error| tracing::error!(%error, "an export was cut off"));
    let mut rows = Box::pin(rows);
    let first = rows.try_next().await.map_err(|trouble| status(trouble.fault().0))?;
    let rows = stream::iter(first.map(Ok)).chain(rows);
    let SignedIn { administrator, network, .. } = administrator;
    tracing::info!(target: SECURITY, event = "users_exported", administrator = %administrator.id, %template, %network);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"user-status.csv\""),
    ];
    Ok((headers, Body::from_stream(rows)).into_response())
}
