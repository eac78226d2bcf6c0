//! Every route, one by one: it answers nobody who does not have the permission that it names, and nobody about another
//! partner's things.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Permissions, permission::Access};
use serde_json::{Value, json};
use server::{
    access::{adapter_accounts, administrators},
    http::{self, routes::Route},
    store::{Subscriber, Template, Tenant},
};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use crate::support::{Client, PUBLIC_URL, Site, World, cookie, for_each_database};

/// Who can come through each door, and what there is to ask for.
struct Partner {
    /// The API's header.
    token: String,
    /// The hub's session.
    administrator: String,
    /// The portal's session.
    user: String,
    /// The adapter's header.
    account: String,
    /// What stands for the parts of routes.
    things: Vec<(&'static str, String)>,
}

impl Partner {
    async fn new(world: &World, tenant: Tenant, name: &str) -> Self {
        let template = world.template(|template| template.partner_id = tenant.partner()).await;
        let user = world.arrive(&template, &format!("{name}@sp.com"), None).await;
        let email = format!("{name}@sp.example");
        let (store, environment) = (&world.store, &world.environment);
        let administrator =
            administrators::add(store, environment, tenant, &email, "nine quiet lighthouses").await.unwrap();
        let account = adapter_accounts::set(store, environment, &template, None, None).await.unwrap();
        let account = STANDARD.encode(format!("{}:{}", account.user_name, account.secret));
        let client = world.client_of(tenant, Permissions::TOKEN).await;
        let session = |cookie: String| cookie.split_once('=').unwrap().1.to_owned();
        Self {
            token: client.authorization().to_owned(),
            administrator: session(world.hub_cookie(administrator).await),
            user: session(world.portal_cookie(&user).await),
            account: format!("Basic {account}"),
            things: things(&client, &template, (name, &user)).await,
        }
    }

    /// Everything that could show who this is, whatever the door.
    fn headers(&self, authorization: &str) -> String {
        let (hub, portal) = (cookie(app::visitor::HUB_SESSION), cookie(app::visitor::PORTAL_SESSION));
        headers(authorization, &format!("{hub}={}; {portal}={}", self.administrator, self.user))
    }

    /// What shows who this is at a door.
    fn at(&self, door: Door) -> String {
        self.headers(if door == Door::Adapter { &self.account } else { &self.token })
    }

    /// What is good at every other door and not at this one.
    fn elsewhere(&self, door: Door) -> String {
        let (hub, portal) = (cookie(app::visitor::HUB_SESSION), cookie(app::visitor::PORTAL_SESSION));
        let authorization = if door == Door::Adapter { &self.token } else { &self.account };
        headers(authorization, &format!("{hub}={}; {portal}={}", self.user, self.administrator))
    }
}

/// One of everything that a route can name.
async fn things(
    client: &Client,
    template: &Template,
    (name, there): (&str, &Subscriber),
) -> Vec<(&'static str, String)> {
    let first = async |path: &str| client.get(path).await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let added = async |path: &str, body: Value| client.post(path, &body).await.text("id").to_owned();
    let (provisioning_id, user) = (&template.provisioning_id, format!("{name}@sp.com"));
    let workspace = json!({
        "provisioningId": provisioning_id, "userId": format!("room-{name}@sp.com"), "spEnterpriseId": "SP1+acme",
        "displayName": "Room",
    });
    let webhook = json!({ "url": "https://hooks.example/", "events": ["subscriber.error"] });
    let rows = json!({ "action": "retry", "rows": [{ "userId": user }] });
    let job = client.post("/v1/broadworks/subscribers/bulk", &rows).await;
    let job = job.header("location").strip_prefix(PUBLIC_URL).unwrap().rsplit('/').next().unwrap().to_owned();
    vec![
        ("/reports/{id}", added("/v1/broadworks/billing/reports", json!({ "billingPeriod": "2025-12" })).await),
        ("/enterprises/{id}", first("/v1/broadworks/enterprises").await),
        ("/subscribers/{id}", first("/v1/broadworks/subscribers").await),
        ("/workspaces/{id}", added("/v1/broadworks/workspaces", workspace).await),
        ("/webhooks/{webhook}", added("/v1/webhooks", webhook).await),
        ("/bulk/{job}", job),
        ("/customers/{customer}", there.customer_id.to_string()),
        ("/templates/{template}", template.id.to_string()),
        ("/activate/{share}", template.share_token.clone()),
        ("/adapter/{provisioning_id}", provisioning_id.clone()),
        ("/users/{user_id}", user),
        ("/users/{user}", there.id.to_string()),
    ]
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Api,
    Adapter,
    Hub,
    Portal,
}

impl Door {
    fn of(route: &Route) -> Self {
        match route.path.split('/').nth(1) {
            Some("v1") => Self::Api,
            Some("adapter") => Self::Adapter,
            Some("hub") => Self::Hub,
            Some("activate") => Self::Portal,
            _ => panic!("through which door is {} asked for?", route.path),
        }
    }
}

fn headers(authorization: &str, cookie: &str) -> String {
    format!("Authorization: {authorization}\r\nCookie: {cookie}\r\n")
}

/// The route's path with these things.
fn path(route: &Route, things: &[(&'static str, String)]) -> String {
    let mut path = route.path.clone();
    for (part, thing) in things {
        let parent = &part[..=part.rfind('/').unwrap()];
        path = path.replace(part, &format!("{parent}{thing}"));
    }
    assert!(!path.contains('{'), "say here what there is at {path}");
    path
}

/// A selection of nobody, as a form's field.
const NOBODY: &str = "selection=%7B%22template%22%3Anull%2C%22filter%22%3A%7B%22customer%22%3Anull%2C%22exclude_provisioned%22%3Afalse%7D%2C%22everybody%22%3Afalse%2C%22ids%22%3A%5B%5D%7D";

/// The query, the body's type and a body that the route can read.
fn body(route: &Route) -> (&'static str, &'static str, &'static str) {
    match (route.method.as_str(), route.path.as_str()) {
        ("POST", "/hub/templates/{template}/users.csv") => {
            ("?dry_run=true&all_or_nothing=false", "text/csv", "BroadWorks ID\r\n")
        }
        ("POST", "/hub/users.csv") => ("", "application/x-www-form-urlencoded", NOBODY),
        ("PUT", path) if path.ends_with("/broadworksDirectorySync") => {
            ("", "application/json", "{\"enableDirSync\": false}")
        }
        ("POST", path) if path.ends_with("/broadworksDirectorySync") => {
            ("", "application/json", "{\"syncStatus\": \"SYNC_NOW\"}")
        }
        ("POST", path) if path.ends_with("/externalUser") => ("", "application/json", "{\"userId\": \"x@sp.com\"}"),
        ("PUT", "/v1/broadworks/workspaces/{id}") => ("", "application/json", "{\"displayName\": \"Hall\"}"),
        ("PUT", _) => ("", "application/json", "{\"package\": \"premium\"}"),
        ("POST", _) => ("", "application/json", "{}"),
        _ => ("", "", ""),
    }
}

/// The status of an answer. The rest is not read: some are streams without an end.
async fn status(site: &Site, route: &Route, path: &str, headers: &str) -> u16 {
    let (query, content_type, body) = body(route);
    let content = match content_type {
        "" => String::new(),
        _ => format!("Content-Type: {content_type}\r\nContent-Length: {}\r\n", body.len()),
    };
    let mut stream = site.connect().await;
    let request = format!(
        "{} {path}{query} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n{headers}{content}Connection: \
         close\r\n\r\n{body}",
        route.method
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await.unwrap();
    line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{path}: {line:?}"))
}

#[test]
fn every_route_refuses_whoever_lacks_its_permission_and_names_nothing_of_another_partner() {
    for_each_database(async |world: World| {
        let own = Partner::new(&world, world.tenant, "ann").await;
        let foreign = Partner::new(&world, world.other_partner().await, "eve").await;
        let site = world.site().await;
        let mut guarded = Vec::new();
        for route in http::routes() {
            let Access::Needs(permission) = route.access else {
                let open = route.path.replace(['{', '}', '*'], "");
                let status = status(&site, &route, &open, "").await;
                assert!(!matches!(status, 401 | 403), "{route:?}: {status}");
                continue;
            };
            let (door, path) = (Door::of(&route), path(&route, &own.things));
            assert_eq!(status(&site, &route, &path, "").await, 401, "{route:?} without credentials");
            let elsewhere = status(&site, &route, &path, &own.elsewhere(door)).await;
            assert_eq!(elsewhere, 401, "{route:?} with credentials of other doors");
            if door == Door::Api {
                let others = Permissions::TOKEN.iter().filter(|other| *other != permission).collect();
                let client = world.client_of(world.tenant, others).await;
                let status = status(&site, &route, &path, &headers(client.authorization(), "")).await;
                assert_eq!(status, 403, "{route:?} without the permission");
            }
            if route.path.contains('{') {
                let unknown = if matches!(door, Door::Api | Door::Hub) { 404 } else { 401 };
                let status = status(&site, &route, &path, &foreign.at(door)).await;
                assert_eq!(status, unknown, "{route:?} of another partner");
            }
            guarded.push((route, door, path));
        }
        // Whoever may is answered: all those refusals had no other reason. What removes comes last.
        guarded.sort_by_key(|(route, ..)| route.method == "DELETE");
        for (route, door, path) in guarded {
            let status = status(&site, &route, &path, &own.at(door)).await;
            assert!(!matches!(status, 401 | 403 | 404 | 405 | 415 | 500..), "{route:?}: {status}");
        }
    });
}
