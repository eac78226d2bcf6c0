//! `GET /v1/broadworks/subscribers`

use axum::{Json, extract::State};
use domain::{BroadWorksId, EmailAddress, Fault};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, Func},
};
use serde::{Deserialize, Serialize};

use super::{
    ApiState, Client, Read, Refusal, filter,
    paging::{self, Asked, Link},
    subscriber::Subscriber,
};
use crate::{
    iso8601,
    provisioning::change,
    store::{Tenant, entity::subscriber, template},
    vendor_id::Kind,
};

/// The filters of the vendor's API.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
pub struct Filters {
    /// The BroadWorks user id
    user_id: Option<String>,
    /// The account's id
    person_id: Option<String>,
    /// The address
    email: Option<String>,
    /// The template's provisioning ID
    provisioning_id: Option<String>,
    /// The customer's id
    sp_enterprise_id: Option<String>,
    /// Status changed after: ISO 8601 or epoch milliseconds
    last_status_change: Option<String>,
    /// One or more, separated by commas
    status: Option<String>,
    /// Created after: ISO 8601 or epoch milliseconds
    after: Option<String>,
    /// Came by the share link alone
    #[param(value_type = Option<bool>)]
    self_activated: Option<String>,
}

impl paging::Filters for Filters {}

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
    params(Asked<Filters>),
    responses((status = 200, description = "A page of subscribers", body = Items, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<Read>,
    asked: Asked<Filters>,
) -> Result<(Link, Json<Items>), Refusal> {
    let rows = subscriber::Entity::find()
        .filter(subscriber::Column::PartnerId.eq(client.partner))
        .filter(asked.filters.condition(client.tenant)?)
        .apply_if(asked.after(|cursor| Kind::Subscriber.uuid(cursor))?, |rows, after| {
            rows.filter(subscriber::Column::Id.gt(after))
        })
        .order_by_asc(subscriber::Column::Id);
    let (link, found) = asked.read(&state.store, rows, |last| Kind::Subscriber.encode(last.id)).await?;
    let sound = found.into_iter().filter(change::is_sound).collect();
    Ok((link, Json(Items { items: Subscriber::show_all(&state.store, client.tenant, sound).await? })))
}

impl Filters {
    /// Every filter that is given, all of which have to fit.
    fn condition(&self, tenant: Tenant) -> Result<Condition, Refusal> {
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
        // One template and not a set, as in `filter::customer`.
        if let Some(written) = &self.provisioning_id {
            all = all.add(Expr::col(Column::TemplateId).eq(Expr::from(template::id_of(tenant, written))));
        }
        if let Some(written) = &self.sp_enterprise_id {
            all = all.add(Expr::col(Column::CustomerId).eq(filter::customer(tenant.partner().into(), written)?));
        }
        if let Some(written) = &self.last_status_change {
            let moment = iso8601::parse(written).ok_or_else(|| invalid("lastStatusChange"))?;
            all = all.add(Column::StatusChangedAt.gt(moment.0));
        }
        if let Some(written) = &self.after {
            all = all.add(Column::CreatedAt.gt(iso8601::parse(written).ok_or_else(|| invalid("after"))?.0));
        }
        if let Some(written) = &self.status {
            all = all.add(Column::Status.is_in(filter::statuses(written)?));
        }
        if let Some(written) = &self.self_activated {
            let wanted: bool = written.to_ascii_lowercase().parse().map_err(|_| invalid("selfActivated"))?;
            all = all.add(Column::SelfActivated.eq(wanted));
        }
        Ok(all)
    }
}

fn invalid(field: &'static str) -> Refusal {
    Refusal::parameter(field, Fault::InvalidParameter)
}
