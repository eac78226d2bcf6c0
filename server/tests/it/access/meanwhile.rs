//! Whoever may no longer write when the body of a call has come, or while it is worked at, does not.

use std::convert::Infallible;

use app::{
    hub::model::{ImportFailure, ImportNews},
    problem::Problem,
    visitor::CookiePrefix,
};
use axum::{
    Extension, Router,
    body::{Body, BodyDataStream},
    http::{Method, Request, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Fault;
use futures::{StreamExt as _, stream};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::json;
use server::{
    access::{adapter_accounts, administrators, tokens},
    backend::Shared,
    http::{
        import,
        routes::{Routes, post},
    },
    store::{Template, api_token},
};
use tower::ServiceExt as _;

use crate::entity::{bulk_job, subscriber};
use crate::support::{ADMIN, ADMIN_PASSWORD, PUBLIC_URL, World, for_each_database};

const HEADER: &str = "BroadWorks ID,First Name,Last Name,Enterprise ID\r\n";

/// A body in two halves, between which something happens.
fn halves(body: &str, meanwhile: impl Future<Output = ()> + Send + 'static) -> Body {
    let (first, second) = body.split_at(body.len() / 2);
    let (first, second) = (first.to_owned(), second.to_owned());
    let second = async {
        // However fast the disk is, the other half comes later.
        tokio::task::yield_now().await;
        meanwhile.await;
        Ok::<_, Infallible>(second)
    };
    Body::from_stream(stream::iter([Ok(first)]).chain(stream::once(second)))
}

/// As many users as a file's lines.
fn file(users: usize) -> String {
    let line = |number| format!("{number}@sp.com,Ann,Lee,SP1+acme\r\n");
    format!("{HEADER}{}", (0..users).map(line).collect::<String>())
}

async fn subscribers(world: &World) -> u64 {
    subscriber::Entity::find().count(world.store.read()).await.unwrap()
}

/// The hub of an administrator who uploads files.
struct Hub {
    context: Shared,
    cookie: String,
    template: Template,
}

impl Hub {
    async fn new(world: &World) -> Self {
        let (store, environment) = (&world.store, &world.environment);
        let id = administrators::add(store, environment, world.tenant, ADMIN, ADMIN_PASSWORD).await.unwrap();
        let template = world.template(|_| ()).await;
        Self { context: world.context(std::sync::Arc::default()), cookie: world.hub_cookie(id).await, template }
    }

    async fn upload(&self, body: Body) -> Response {
        let uploads: Router<Shared> =
            Routes::new().route("/hub/templates/{template}/users.csv", post(import::users)).router();
        let uploads = uploads.layer(Extension(CookiePrefix::at(PUBLIC_URL))).with_state(self.context.clone());
        let path = format!("/hub/templates/{}/users.csv?dry_run=false&all_or_nothing=false", self.template.id);
        let request = Request::post(path).header(header::COOKIE, &self.cookie).header(header::CONTENT_TYPE, "text/csv");
        uploads.oneshot(request.body(body).unwrap()).await.unwrap()
    }
}

/// What the server says next of an import.
async fn next(news: &mut BodyDataStream) -> Option<ImportNews> {
    let event = String::from_utf8(news.next().await?.unwrap().to_vec()).unwrap();
    Some(serde_json::from_str(event.trim().strip_prefix("data: ").unwrap()).unwrap())
}

#[test]
fn a_file_is_not_taken_from_who_is_disabled_while_it_is_sent() {
    for_each_database(async |world: World| {
        let hub = Hub::new(&world).await;
        let (store, environment) = (world.store.clone(), world.environment.clone());
        let disable = async move { drop(administrators::disable(&store, &environment, ADMIN).await.unwrap()) };
        assert_eq!(hub.upload(halves(&file(10), disable)).await.status(), 401);
        assert_eq!(subscribers(&world).await, 0);
    });
}

#[test]
fn an_import_ends_with_the_session_of_whoever_began_it() {
    for_each_database(async |world: World| {
        let hub = Hub::new(&world).await;
        let users = 4_000;
        let answer = hub.upload(halves(&file(users), async {})).await;
        assert_eq!(answer.status(), 200);
        let mut news = answer.into_body().into_data_stream();
        assert!(matches!(next(&mut news).await, Some(ImportNews::Progress { .. })));
        administrators::remove(&world.store, &world.environment, ADMIN).await.unwrap();
        hub.context.sessions.look(&world.store, world.environment.now()).await.unwrap();
        let mut last = None;
        while let Some(said) = next(&mut news).await {
            last = Some(said);
        }
        let ended = matches!(
            &last,
            Some(ImportNews::Failed(ImportFailure::Problem(Problem { fault: Fault::SessionEnded, .. })))
        );
        assert!(ended, "{last:?}");
        assert!(subscribers(&world).await < users as u64);
    });
}

#[test]
fn a_call_is_not_taken_from_a_token_that_is_revoked_while_it_is_sent() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = json!({
            "provisioningId": template.provisioning_id, "userId": "1@sp.com", "spEnterpriseId": "SP1+acme",
            "firstName": "Ann", "lastName": "Lee", "package": "standard",
        });
        let path = "/v1/broadworks/subscribers";
        let bulk = format!("{path}/bulk");
        let from_file = format!("{bulk}?action=create&provisioningId={}", template.provisioning_id);
        let rows = json!({ "action": "create", "rows": [user] });
        for (path, content_type, body) in [
            (path, "application/json", user.to_string()),
            (&bulk, "application/json", rows.to_string()),
            (&from_file, "text/csv", file(10)),
        ] {
            for key in [None, Some("key")] {
                let client = world.client().await;
                let client = key.map_or(client.clone(), |key| client.with_key(key));
                let (store, environment, tenant) = (world.store.clone(), world.environment.clone(), world.tenant);
                // Those of one millisecond are in no order: not the newest, but all.
                let revoke = async move {
                    for token in api_token::list(store.read(), tenant).await.unwrap() {
                        drop(tokens::revoke(&store, &environment, tenant, token.id).await.unwrap());
                    }
                };
                let refused = client.call(Method::POST, path, Some(content_type), halves(&body, revoke)).await;
                assert_eq!(refused.status, 401, "{path} {key:?}");
                assert!(refused.header("www-authenticate").contains("invalid_token"));
            }
        }
        let jobs = bulk_job::Entity::find().count(world.store.read()).await.unwrap();
        assert_eq!((subscribers(&world).await, jobs), (0, 0));
    });
}

#[test]
fn a_user_is_not_taken_from_an_adapter_account_that_is_replaced_while_it_is_sent() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let account = adapter_accounts::set(&world.store, &world.environment, &template, None, None).await.unwrap();
        let credentials = STANDARD.encode(format!("{}:{}", account.user_name, account.secret));
        let client = world.client().await.with_authorization(&format!("Basic {credentials}"));
        let path = format!("/adapter/{}/users", template.provisioning_id);
        let user = json!({ "userId": "1@sp.com", "spEnterpriseId": "SP1+acme", "firstName": "Ann", "lastName": "Lee" });
        let (store, environment) = (world.store.clone(), world.environment.clone());
        let replace =
            async move { drop(adapter_accounts::set(&store, &environment, &template, None, None).await.unwrap()) };
        let body = halves(&user.to_string(), replace);
        assert_eq!(client.call(Method::POST, &path, Some("application/json"), body).await.status, 401);
        assert_eq!(subscribers(&world).await, 0);
    });
}
