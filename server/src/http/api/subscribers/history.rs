//! `GET /v1/broadworks/subscribers/{id}/history`: ours.

use axum::{
    Json,
    extract::{Query, RawQuery, State, rejection::QueryRejection},
};
use domain::{Fault, Timestamp};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ApiState, Client, Named, Read, Refusal,
    error::Error,
    id::Kind,
    paging::{self, Link},
};
use crate::{iso8601, store::entity::history};

/// How much of the history is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Parameters {
    max: Option<String>,
    offset: Option<String>,
    cursor: Option<String>,
}

/// A page of a history.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = HistoryPage)]
pub struct Steps {
    items: Vec<Step>,
}

/// One step in a subscriber's life.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HistoryStep)]
struct Step {
    id: String,
    /// When it happened.
    at: String,
    /// What happened: `arrived`, `address_entered`, `attempt_failed`, …
    event: String,
    /// Who did it: `user`, `engine`, `import`, `admin:` or `api:` with an id.
    actor: String,
    /// The status after it; none when the subscriber is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error>,
}

/// Shows what happened to a subscriber, the first step first; also of one who is gone.
#[utoipa::path(
    get,
    path = "/v1/broadworks/subscribers/{id}/history",
    operation_id = "subscriber_history",
    tag = "Subscribers (ours)",
    params(("id" = String, Path, description = "The subscriber's id"), ("max" = Option<u64>, Query, minimum = 1, maximum = 100, description = "Items to a page, 50 unless told otherwise"), ("offset" = Option<u32>, Query, description = "Items to leave out; the link to the next page does without"), ("cursor" = Option<String>, Query, description = "Only from the link to the next page")),
    responses((status = 200, description = "A page of steps", body = Steps, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn history(
    State(state): State<ApiState>,
    client: Client<Read>,
    Named(id): Named,
    RawQuery(query): RawQuery,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<(Link, Json<Steps>), Refusal> {
    let Query(parameters) = parameters.map_err(|_| Fault::InvalidParameter)?;
    let max = paging::max(parameters.max.as_ref())?;
    let parse = |cursor: &String| Uuid::try_parse(cursor);
    let after = parameters.cursor.as_ref().map(parse).transpose();
    let after = after.map_err(|_| Refusal::parameter("cursor", Fault::InvalidParameter))?;
    let offset = paging::offset(parameters.offset.as_ref())?;
    let mut found = history::Entity::find()
        .filter(history::Column::PartnerId.eq(client.partner))
        .filter(history::Column::SubscriberId.eq(id))
        .apply_if(after, |steps, after| steps.filter(history::Column::Id.gt(after)))
        .order_by_asc(history::Column::Id)
        .offset(offset)
        .limit(max + 1)
        .all(state.store.read())
        .await?;
    if found.is_empty() && after.is_none() && offset.unwrap_or(0) == 0 {
        return Err(Fault::UnknownResource.into());
    }
    let more = paging::cut(&mut found, max);
    let url = || format!("{}/v1/broadworks/subscribers/{}/history", state.public_url, Kind::Subscriber.encode(id));
    let last = found.last().filter(|_| more);
    let link = last.and_then(|last| paging::next(&url(), query.as_deref(), &last.id.to_string()));
    Ok((link, Json(Steps { items: found.into_iter().map(Step::from).collect() })))
}

impl From<history::Model> for Step {
    fn from(row: history::Model) -> Self {
        Self {
            id: row.id.to_string(),
            at: iso8601::format(Timestamp(row.at)),
            event: row.event,
            actor: row.actor,
            status: row.status,
            error: row.fault.and_then(|code| Error::of(code, row.detail.as_deref())),
        }
    }
}
