//! `GET /v1/broadworks/subscribers`

use axum::{Json, extract::State};
use domain::{BroadWorksId, EmailAddress, Fault, Timestamp, filter};
use serde::{Deserialize, Serialize};

use super::{
    ApiState, Client, Read, Refusal,
    paging::{self, Link, PageRequest},
    subscriber::Subscriber,
};
use crate::{
    iso8601,
    store::subscriber,
    vendor_id::{Kind, is_provisioning_id},
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
    /// Ours: a filter as the hub's search takes it, such as `status:error stuck:>3d`
    filter: Option<String>,
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
    params(PageRequest<Filters>),
    responses((status = 200, description = "A page of subscribers", body = Items, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<Read>,
    request: PageRequest<Filters>,
) -> Result<(Link, Json<Items>), Refusal> {
    let window = request.window(|cursor| Kind::Subscriber.own(cursor))?;
    let found = subscriber::oldest_first(
        state.store.read(),
        client.tenant,
        &request.filters.read(state.environment.now())?,
        window,
    )
    .await?;
    let link = request.link(found.next.map(|last| Kind::Subscriber.encode(last)));
    Ok((link, Json(Items { items: Subscriber::show_all(&state.store, client.tenant, found.rows).await? })))
}

impl Filters {
    /// Every filter that is given, all of which have to fit.
    fn read(&self, now: Timestamp) -> Result<subscriber::Filter, Refusal> {
        let user_id =
            |written: &String| BroadWorksId::parse(written).map_err(|fault| Refusal::parameter("userId", fault));
        let email = |written: &String| EmailAddress::parse(written).map_err(|fault| Refusal::parameter("email", fault));
        let provisioning_id = |written: &String| {
            is_provisioning_id(written).then(|| written.clone()).ok_or_else(|| invalid("provisioningId"))
        };
        let person_id = |written: &String| Kind::Person.decode(written).ok_or_else(|| invalid("personId"));
        let moment = |field, written: &String| iso8601::parse(written).ok_or_else(|| invalid(field));
        let yes_or_no =
            |written: &String| written.to_ascii_lowercase().parse::<bool>().map_err(|_| invalid("selfActivated"));
        let explained = |flaw: filter::Flaw| Refusal::explained("filter", Fault::InvalidParameter, flaw.to_string());
        let wanted = self.filter.as_deref().map(filter::Filter::parse).transpose().map_err(explained)?;
        Ok(subscriber::Filter {
            wanted: wanted.unwrap_or_default(),
            now,
            user_id: self.user_id.as_ref().map(user_id).transpose()?,
            person_id: self.person_id.as_ref().map(person_id).transpose()?,
            email: self.email.as_ref().map(email).transpose()?,
            provisioning_id: self.provisioning_id.as_ref().map(provisioning_id).transpose()?,
            sp_enterprise_id: self.sp_enterprise_id.as_deref().map(super::filter::customer).transpose()?,
            changed_after: self.last_status_change.as_ref().map(|at| moment("lastStatusChange", at)).transpose()?,
            created_after: self.after.as_ref().map(|at| moment("after", at)).transpose()?,
            statuses: self.status.as_deref().map(super::filter::statuses).transpose()?,
            self_activated: self.self_activated.as_ref().map(yes_or_no).transpose()?,
            ..subscriber::Filter::default()
        })
    }
}

fn invalid(field: &'static str) -> Refusal {
    Refusal::parameter(field, Fault::InvalidParameter)
}
