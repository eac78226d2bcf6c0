//! `/v1/openapi.json`, generated from the handlers, and `/v1/docs`, a readable page of it that asks no other host.

mod page;

pub use page::page;

use axum::Json;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        HeaderBuilder, OpenApi as Openapi, Ref, RefOr, Required, ResponseBuilder,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{Public, audit, billing, enterprises, overview, refusal, subscribers, webhooks, workspaces};

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Flowthrough provisioning API",
        description = "The vendor's published provisioning API, so that clients written for it work unchanged, and what \
                       is ours: everything under a tag that says so. docs/API.md tells more.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        enterprises::list::list,
        enterprises::directory_sync::read,
        enterprises::directory_sync::switch,
        enterprises::directory_sync::start,
        enterprises::directory_sync::user,
        audit::events,
        billing::list::list,
        billing::create::create,
        billing::read::read,
        billing::remove::remove,
        overview::overview,
        subscribers::list::list,
        subscribers::create::create,
        subscribers::read::read,
        subscribers::update::update,
        subscribers::remove::remove,
        subscribers::validate::validate,
        subscribers::consent_move::consent_move,
        subscribers::retry::retry,
        subscribers::history::history,
        subscribers::bulk::begin,
        subscribers::bulk::read,
        subscribers::bulk::rows::rows,
        webhooks::list::list,
        webhooks::add::add,
        webhooks::read::read,
        webhooks::remove::remove,
        webhooks::deliveries::deliveries,
        webhooks::enable::enable,
        workspaces::create::create,
        workspaces::update::update,
        workspaces::remove::remove,
        workspaces::list::list,
        workspaces::read::read,
    ),
    components(schemas(refusal::Body)),
    security(("token" = [])),
    modifiers(&Common)
)]
struct Document;

/// What is the same for every operation.
struct Common;

/// The document as it is served.
#[must_use]
pub fn document() -> Openapi {
    Document::openapi()
}

/// Serves the document.
pub async fn openapi(_: Public) -> Json<Openapi> {
    Json(document())
}

impl Modify for Common {
    fn modify(&self, document: &mut Openapi) {
        let token =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("flowthrough token add")).build();
        let components = document.components.get_or_insert_default();
        components.security_schemes.insert("token".to_owned(), SecurityScheme::Http(token));
        components.responses.insert("Refused".to_owned(), refused().into());
        for path in document.paths.paths.values_mut() {
            for operation in [&mut path.get, &mut path.put, &mut path.delete].into_iter().flatten() {
                complete(operation);
            }
            if let Some(post) = &mut path.post {
                complete(post);
                post.parameters.get_or_insert_default().push(idempotency_key());
            }
        }
    }
}

fn complete(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.headers.insert("TrackingID".to_owned(), HeaderBuilder::new().build());
        }
    }
    let refused = Ref::from_response_name("Refused");
    operation.responses.responses.insert("default".to_owned(), refused.into());
}

/// By which statuses calls are refused.
const REFUSALS: &str = "Refused: 400, 401, 403, 404, 405, 408, 409, 413, 415, 421, 422, 423, 429 or 431; 500 or 503 if it \
                        is our fault, 502 if it is BroadWorks'";

fn refused() -> utoipa::openapi::Response {
    let body = utoipa::openapi::ContentBuilder::new().schema(Some(Ref::from_schema_name("Refusal"))).build();
    let seconds = HeaderBuilder::new().schema(ObjectBuilder::new().schema_type(Type::Integer)).build();
    ResponseBuilder::new()
        .description(REFUSALS)
        .content("application/json", body)
        .header("TrackingID", HeaderBuilder::new().build())
        .header("Retry-After", seconds)
        .build()
}

fn idempotency_key() -> utoipa::openapi::path::Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("Ours: the call is carried out once, and answered for a day as it was the first time"))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255))))
        .build()
}

#[cfg(test)]
mod tests {
    use domain::{Fault, audit::Category};

    use super::*;
    use crate::fault::status;

    #[test]
    fn every_status_of_a_refusal_is_named() {
        for fault in Fault::ALL {
            let status = status(*fault).as_u16().to_string();
            assert!(REFUSALS.contains(&status), "{fault:?}: {status}");
        }
    }

    #[test]
    fn every_category_and_every_kind_of_actor_is_named() {
        let document = serde_json::to_string(&document()).unwrap();
        for category in Category::ALL {
            let name = format!("`{}`", category.as_str().to_uppercase());
            assert!(document.matches(&name).count() >= 2, "{name}");
        }
        assert!(document.contains("`adapter`") && document.contains("`adapter:`"));
    }
}
