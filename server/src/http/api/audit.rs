//! `GET /v1/adminAudit/events`, after the vendor's API of that name.

use axum::{Json, extract::State};
use domain::{Fault, audit::Category};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ApiState, AuditRead, Client, Refusal,
    paging::{self, Length, Link, PageRequest},
};
use crate::{
    iso8601,
    store::{Actor, audit},
    vendor_id::Kind,
};

/// The filters of the vendor's API. Its `orgId` says nothing here: a token is of one partner.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
pub struct Filters {
    /// Not before: ISO 8601, or epoch milliseconds
    from: Option<String>,
    /// Not after: ISO 8601, or epoch milliseconds
    to: Option<String>,
    /// By this administrator or API token
    actor_id: Option<String>,
    /// Of these kinds, separated by commas: `LOGINS`, `ADMINISTRATORS`, `TOKENS`, `TEMPLATES`, `USERS`, `INTEGRATIONS`
    event_categories: Option<String>,
}

impl paging::Filters for Filters {
    const LENGTH: Length = Length { usual: 100, most: 200 };
}

/// A page of the audit log.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AuditEventPage)]
pub struct Events {
    items: Vec<Event>,
}

/// A deed. No names and no addresses: whoever has an id may ask for what it names.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEvent)]
struct Event {
    id: String,
    /// When it was done.
    created: String,
    /// The administrator or API token; none if whoever runs the server did it, or BroadWorks.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_id: Option<String>,
    data: Data,
}

/// What was done.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEventData)]
struct Data {
    /// Of which kind it is: `LOGINS`, `ADMINISTRATORS`, `TOKENS`, `TEMPLATES`, `USERS` or `INTEGRATIONS`.
    event_category: String,
    /// What it is: `signed_in`, `role_changed`, `user_deleted`, …
    event_description: &'static str,
    /// Who did it: `admin`, `api`, `adapter` (BroadWorks) or `operator`.
    actor_type: &'static str,
    /// To what it was done: the id of an administrator, token, template, user, workspace, customer, webhook or report.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_id: Option<Uuid>,
    /// Of a bulk job: what is done, with how many, and of which list they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    action_text: Option<String>,
}

/// Shows what administrators, API clients and whoever runs the server did, the newest deed first.
#[utoipa::path(
    get,
    path = "/v1/adminAudit/events",
    operation_id = "audit_list",
    tag = "Admin audit events",
    params(PageRequest<Filters>),
    responses((status = 200, description = "A page of deeds", body = Events, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn events(
    State(state): State<ApiState>,
    client: Client<AuditRead>,
    request: PageRequest<Filters>,
) -> Result<(Link, Json<Events>), Refusal> {
    let window = request.window(|cursor| Kind::AuditEvent.own(cursor))?;
    let found = audit::newest_first(state.store.read(), client.tenant, &request.filters.read()?, window).await?;
    let link = request.link(found.next.map(|last| Kind::AuditEvent.encode(last)));
    Ok((link, Json(Events { items: found.rows.into_iter().map(Event::from).collect() })))
}

impl Filters {
    /// Every filter that is given, all of which have to fit.
    fn read(&self) -> Result<audit::Filter, Refusal> {
        let invalid = |field| Refusal::parameter(field, Fault::InvalidParameter);
        let moment = |field, written: &Option<String>| {
            written.as_deref().map(|written| iso8601::parse(written).ok_or_else(|| invalid(field))).transpose()
        };
        let actor = |written: &str| Kind::Person.own::<Uuid>(written).ok_or_else(|| invalid("actorId"));
        let actor = self.actor_id.as_deref().map(actor).transpose()?;
        let categories = self.event_categories.as_deref().map(|written| {
            let names = written.split(',').map(str::trim);
            names.map(|name| Category::parse(name).ok_or_else(|| invalid("eventCategories"))).collect()
        });
        Ok(audit::Filter {
            actors: actor.map(|id| vec![Actor::Administrator(id.into()), Actor::Token(id.into())]),
            categories: categories.transpose()?.unwrap_or_default(),
            from: moment("from", &self.from)?,
            to: moment("to", &self.to)?,
        })
    }
}

impl From<audit::Entry> for Event {
    fn from(entry: audit::Entry) -> Self {
        let (actor, actor_type): (Option<Uuid>, _) = match entry.actor {
            Actor::Administrator(id) => (Some(id.into()), "admin"),
            Actor::Token(id) => (Some(id.into()), "api"),
            Actor::Adapter(_) => (None, "adapter"),
            _ => (None, "operator"),
        };
        Self {
            id: Kind::AuditEvent.encode(entry.id),
            created: iso8601::format(entry.at),
            actor_id: actor.map(|id| Kind::Person.encode(id)),
            data: Data {
                event_category: entry.deed.category().as_str().to_uppercase(),
                event_description: entry.deed.as_str(),
                actor_type,
                target_id: entry.subject,
                action_text: entry.asked.map(|asked| asked.to_string()),
            },
        }
    }
}
