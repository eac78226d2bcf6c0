//! `GET /v1/broadworks/subscribers`

use axum::{
    Json,
    extract::{Query, RawQuery, State, rejection::QueryRejection},
};
use domain::{BroadWorksId, EmailAddress, Fault, Status};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, Func, Query as Sql},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ApiState, Client, Read, Refusal,
    id::{self, Kind},
    paging::{self, Link},
    subscriber::Subscriber,
};
use crate::{
    iso8601,
    store::entity::{customer, subscriber, template},
};

/// The parameters of the vendor's API, the `offset` that real scripts send besides, and our own `cursor`, which only
/// our links to the next page carry.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Parameters {
    user_id: Option<String>,
    person_id: Option<String>,
    email: Option<String>,
    provisioning_id: Option<String>,
    sp_enterprise_id: Option<String>,
    last_status_change: Option<String>,
    status: Option<String>,
    after: Option<String>,
    self_activated: Option<String>,
    max: Option<String>,
    offset: Option<String>,
    cursor: Option<String>,
}

/// The vendor's schema `SubscriberListResponse`.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SubscriberPage)]
pub struct Items {
    items: Vec<Subscriber>,
}

/// Shows the client's subscribers, those who arrived first first.
#[utoipa::path(
    get,
    path = "/v1/broadworks/subscribers",
    operation_id = "subscriber_list",
    tag = "Subscribers",
    params(("userId" = Option<String>, Query, description = "The BroadWorks user id"), ("personId" = Option<String>, Query, description = "The account's id"), ("email" = Option<String>, Query, description = "The address"), ("provisioningId" = Option<String>, Query, description = "The template's provisioning ID"), ("spEnterpriseId" = Option<String>, Query, description = "The customer's id"), ("lastStatusChange" = Option<String>, Query, description = "Status changed after: ISO 8601 or epoch milliseconds"), ("status" = Option<String>, Query, description = "One or more, separated by commas"), ("after" = Option<String>, Query, description = "Created after: ISO 8601 or epoch milliseconds"), ("selfActivated" = Option<bool>, Query, description = "Came by the share link alone"), ("max" = Option<u64>, Query, minimum = 1, maximum = 100, description = "Items to a page, 50 unless told otherwise"), ("offset" = Option<u32>, Query, description = "Items to leave out; the link to the next page does without"), ("cursor" = Option<String>, Query, description = "Only from the link to the next page")),
    responses((status = 200, description = "A page of subscribers", body = Items, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<Read>,
    RawQuery(query): RawQuery,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<(Link, Json<Items>), Refusal> {
    let Query(parameters) = parameters.map_err(|_| Fault::InvalidParameter)?;
    let max = paging::max(parameters.max.as_ref())?;
    let mut found = subscriber::Entity::find()
        .filter(subscriber::Column::PartnerId.eq(client.partner))
        .filter(parameters.condition(client.partner)?)
        .order_by_asc(subscriber::Column::Id)
        .offset(paging::offset(parameters.offset.as_ref())?)
        .limit(max + 1)
        .all(state.store.read())
        .await?;
    let more = paging::cut(&mut found, max);
    let url = format!("{}/v1/broadworks/subscribers", state.public_url);
    let last = found.last().filter(|_| more).map(|last| Kind::Subscriber.encode(last.id));
    let link = last.and_then(|last| paging::next(&url, query.as_deref(), &last));
    Ok((link, Json(Items { items: Subscriber::show_all(&state.store, found).await? })))
}

impl Parameters {
    /// Every filter that is given, all of which have to fit.
    fn condition(&self, partner: Uuid) -> Result<Condition, Refusal> {
        use subscriber::Column;
        let mut all = Condition::all();
        if let Some(written) = &self.user_id {
            let user_id = BroadWorksId::parse(written).map_err(|fault| Refusal::parameter("userId", fault))?;
            all = all.add(Column::UserIdKey.eq(user_id.key()));
        }
        if let Some(written) = &self.person_id {
            let person_id = Kind::Person.decode(written);
            all = all.add(Column::PersonId.eq(person_id.ok_or_else(|| invalid("personId"))?));
        }
        if let Some(written) = &self.email {
            let email = EmailAddress::parse(written).map_err(|fault| Refusal::parameter("email", fault))?;
            all = all.add(Expr::expr(Func::lower(Expr::col(Column::Email))).eq(email.key()));
        }
        if let Some(written) = &self.provisioning_id {
            let ids = Sql::select()
                .column(template::Column::Id)
                .from(template::Entity)
                .and_where(Expr::col(template::Column::PartnerId).eq(partner))
                .and_where(Expr::col(template::Column::ProvisioningId).eq(written.trim_end_matches('=')))
                .to_owned();
            all = all.add(Column::TemplateId.in_subquery(ids));
        }
        if let Some(written) = &self.sp_enterprise_id {
            let ids = Sql::select()
                .column(customer::Column::Id)
                .from(customer::Entity)
                .and_where(Expr::col(customer::Column::PartnerId).eq(partner))
                .and_where(Expr::col(customer::Column::SpEnterpriseId).eq(written.trim()))
                .to_owned();
            all = all.add(Column::CustomerId.in_subquery(ids));
        }
        if let Some(written) = &self.last_status_change {
            let moment = iso8601::parse(written).ok_or_else(|| invalid("lastStatusChange"))?;
            all = all.add(Column::StatusChangedAt.gt(moment.0));
        }
        if let Some(written) = &self.after {
            all = all.add(Column::CreatedAt.gt(iso8601::parse(written).ok_or_else(|| invalid("after"))?.0));
        }
        if let Some(written) = &self.status {
            let statuses: Result<Vec<_>, _> = written.split(',').map(|name| Status::parse(name.trim())).collect();
            let statuses = statuses.map_err(|fault| Refusal::parameter("status", fault))?;
            all = all.add(Column::Status.is_in(statuses.into_iter().map(Status::as_str)));
        }
        if let Some(written) = &self.self_activated {
            let wanted: bool = written.to_ascii_lowercase().parse().map_err(|_| invalid("selfActivated"))?;
            all = all.add(Column::SelfActivated.eq(wanted));
        }
        if let Some(written) = &self.cursor {
            all = all.add(Column::Id.gt(id::subscriber(written).ok_or_else(|| invalid("cursor"))?));
        }
        Ok(all)
    }
}

fn invalid(field: &'static str) -> Refusal {
    Refusal::parameter(field, Fault::InvalidParameter)
}
