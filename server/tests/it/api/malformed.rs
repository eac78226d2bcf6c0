//! Malformed requests by the thousand at every door: each is answered as the client's mistake, with the error body and a
//! code of the catalogue, and changes nothing.

use axum::{body::Body, http::Method};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    strategy::{BoxedStrategy, ValueTree as _},
    test_runner::{Config, TestRng, TestRunner},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use server::access::adapter_accounts;

use crate::entity::{
    billing_report, bulk_job, history, idempotency_key, subscriber, task, throttle, webhook, workspace,
};
use crate::support::{Answer, Client, World, for_each_database};

const JSON: Option<&str> = Some("application/json");

/// How many are made up: `make fuzz` wants more.
fn requests() -> usize {
    std::env::var("FLOWTHROUGH_REQUESTS").ok().map_or(2_000, |requests| requests.parse().unwrap())
}

/// A request that no client should have sent.
#[derive(Clone, Debug)]
struct Bad {
    method: Method,
    path: String,
    content_type: Option<&'static str>,
    body: Vec<u8>,
}

/// A door: where a good body can be sent, and how each of its members can be wrong.
#[derive(Clone, Debug)]
struct Door {
    method: Method,
    path: String,
    good: Value,
    wrong: Vec<(&'static str, Vec<Value>)>,
}

fn doors(template: &str, id: &str, workspace: &str) -> Vec<Door> {
    let subscribers = "/v1/broadworks/subscribers";
    let long = json!("x".repeat(5_000));
    let no_text = || vec![json!(1), json!(-1.5e300), json!([]), json!({ "a": [1] }), json!(true), long.clone()];
    let mandatory = || [no_text(), vec![Value::Null, json!(""), json!("\u{0}")]].concat();
    let email = || {
        [no_text(), vec![json!("ann@"), json!("@"), json!("a b@c.de"), json!("ann@acme.com\r\nBcc: eve@evil.example")]]
            .concat()
    };
    let package = || [no_text(), vec![json!("gold"), json!("PREMIUM1"), json!("bas ic")]].concat();
    let new = json!({
        "provisioningId": template, "userId": "new@sp.com", "spEnterpriseId": "SP1+acme", "firstName": "Ann",
        "lastName": "Lee", "package": "standard", "email": "new@acme.com", "extension": "1",
    });
    let new_wrong = vec![
        ("userId", [mandatory(), vec![json!("a b"), json!("a:b"), json!("9".repeat(81))]].concat()),
        ("spEnterpriseId", mandatory()),
        ("firstName", mandatory()),
        ("lastName", mandatory()),
        ("email", email()),
        ("language", [no_text(), vec![json!("english")]].concat()),
        ("extension", no_text()),
    ];
    let with_package = [new_wrong.clone(), vec![("package", [package(), vec![Value::Null]].concat())]].concat();
    let with_template = [with_package, vec![("provisioningId", mandatory())]].concat();
    let door = |method: Method, path: &str, good: &Value, wrong: &[(&'static str, Vec<Value>)]| Door {
        method,
        path: path.to_owned(),
        good: good.clone(),
        wrong: wrong.to_vec(),
    };
    let one = format!("{subscribers}/{id}");
    vec![
        door(Method::POST, subscribers, &new, &with_template),
        door(
            Method::POST,
            &format!("{subscribers}/validate"),
            &json!({ "email": "new@acme.com" }),
            &[("email", [email(), vec![Value::Null]].concat()), ("package", package())],
        ),
        door(
            Method::PUT,
            &one,
            &json!({ "firstName": "Anne" }),
            &[("firstName", no_text()), ("package", package()), ("email", email()), ("timezone", no_text())],
        ),
        door(Method::POST, &format!("{one}/retry"), &json!({ "email": "new@acme.com" }), &[("email", email())]),
        door(
            Method::POST,
            &format!("{subscribers}/bulk"),
            &json!({ "action": "delete", "rows": [{ "userId": "nobody@sp.com" }] }),
            &[
                ("action", [mandatory(), vec![json!("destroy")]].concat()),
                ("rows", vec![Value::Null, json!([]), json!({}), json!("x"), json!(1)]),
            ],
        ),
        door(
            Method::POST,
            "/v1/broadworks/workspaces",
            &json!({
                "provisioningId": template, "userId": "room@sp.com", "spEnterpriseId": "SP1+acme",
                "displayName": "Room", "primaryPhoneNumber": "+1-240-555-1212", "extension": "1",
            }),
            &[
                ("provisioningId", mandatory()),
                ("userId", [mandatory(), vec![json!("a b"), json!("1@SP.com"), json!("9".repeat(81))]].concat()),
                ("spEnterpriseId", [mandatory(), vec![json!("SP1+nobody")]].concat()),
                ("displayName", mandatory()),
                ("primaryPhoneNumber", no_text()),
                ("extension", no_text()),
            ],
        ),
        door(
            Method::PUT,
            &format!("/v1/broadworks/workspaces/{workspace}"),
            &json!({ "userId": "room@sp.com", "primaryPhoneNumber": "", "extension": "2" }),
            &[
                ("userId", [no_text(), vec![json!(""), json!("a:b"), json!("1@sp.com")]].concat()),
                ("primaryPhoneNumber", no_text()),
                ("extension", no_text()),
            ],
        ),
        door(
            Method::POST,
            "/v1/broadworks/billing/reports",
            &json!({ "billingPeriod": "2025-12" }),
            &[(
                "billingPeriod",
                [
                    mandatory(),
                    ["2026-02", "9999-12", "2026-1", "2026-13", "12-2025", "٢٠٢٥-١٢"]
                        .map(|month| json!(month))
                        .to_vec(),
                ]
                .concat(),
            )],
        ),
        door(
            Method::POST,
            "/v1/webhooks",
            &json!({ "url": "https://hooks.acme.com/", "events": ["subscriber.error"] }),
            &[
                (
                    "url",
                    [
                        mandatory(),
                        vec![json!("http://hooks.acme.com/"), json!("file:///etc/passwd"), json!("https://")],
                    ]
                    .concat(),
                ),
                ("events", vec![Value::Null, json!([]), json!(["x"]), json!([null]), json!({})]),
                ("secret", no_text()),
            ],
        ),
        door(Method::POST, &format!("/adapter/{template}/users"), &new, &new_wrong),
    ]
}

/// A good body made bad.
fn body(door: Door) -> BoxedStrategy<Bad> {
    let good = door.good.to_string();
    let length = good.len();
    let bad =
        move |content_type, body| Bad { method: door.method.clone(), path: door.path.clone(), content_type, body };
    let (truncated, binary, typed, other, wrong) = (bad.clone(), bad.clone(), bad.clone(), bad.clone(), bad);
    let (good_binary, good_typed) = (good.clone(), good.clone());
    let members = door.good.clone();
    prop_oneof![
        2 => (1..length).prop_map(move |at| truncated(JSON, good.as_bytes()[..at].to_vec())),
        1 => (2..length).prop_map(move |at| {
            let mut body = good_binary.clone().into_bytes();
            body[at - 1] = 0xff;
            binary(JSON, body)
        }),
        1 => select(vec![None, Some("text/plain"), Some("application/xml"), Some("application/jsonp"), Some("multipart/form-data; boundary=x"), Some("")])
            .prop_map(move |content_type| typed(content_type, good_typed.clone().into_bytes())),
        1 => prop_oneof![
            select(vec!["[]", "1", "true", "\"x\"", "nan", "{]", "{\"a\":1}{", "'a'", "\u{feff}[]"]).prop_map(|text| text.as_bytes().to_vec()),
            (1_usize..100_000).prop_map(|depth| "[".repeat(depth).into_bytes()),
            (130_usize..5_000).prop_map(|depth| format!("{}{}{}", "{\"a\":".repeat(depth), 1, "}".repeat(depth)).into_bytes()),
            vec(128_u8.., 1..200),
        ].prop_map(move |body| other(JSON, body)),
        5 => select(door.wrong).prop_flat_map(|(name, values)| (Just(name), select(values))).prop_map(move |(name, value)| {
            let mut body = members.clone();
            body[name] = value;
            wrong(JSON, body.to_string().into_bytes())
        }),
    ]
    .boxed()
}

/// An address that leads nowhere, or a query that makes no sense.
fn address() -> BoxedStrategy<Bad> {
    let id = prop_oneof![
        "[a-zA-Z0-9+=]{1,60}",
        "[a-z]{1,9}".prop_map(|text| STANDARD.encode(format!("ciscospark://us/SUBSCRIBER/{text}"))),
        Just(STANDARD.encode("ciscospark://us/PEOPLE/6970e6bb-7439-4ffb-ad34-d3ff0167ddad")),
        Just(STANDARD.encode("ciscospark://us/SUBSCRIBER/6970e6bb-7439-4ffb-ad34-d3ff0167ddad")),
        select(vec!["%ff", "%00", "..%2f..", "%2e%2e", "%F0%9F%92%A9", "'%20OR%201=1"]).prop_map(str::to_owned),
    ];
    let path = (id, select(vec!["", "/history", "/retry", "/x"]))
        .prop_map(|(id, rest)| format!("/v1/broadworks/subscribers/{id}{rest}"));
    let method = select(vec![Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::POST]);
    let query = select(vec![
        "max=0",
        "max=101",
        "max=-1",
        "max=1e2",
        "offset=-1",
        "offset=9999999999999999999999",
        "status=gone",
        "status=",
        "after=yesterday",
        "lastStatusChange=x",
        "selfActivated=maybe",
        "personId=%25",
        "email=ann@",
        "userId=",
        "cursor=x",
        "max=1&max=2",
        "userId=%ff%fe",
        "status=error,,",
        "after=99999999999999999999999",
    ]);
    prop_oneof![
        3 => (method, path).prop_map(|(method, path)| Bad { method, path, content_type: JSON, body: b"{}".to_vec() }),
        2 => query.prop_map(|query| Bad {
            method: Method::GET,
            path: format!("/v1/broadworks/subscribers?{query}"),
            content_type: None,
            body: Vec::new(),
        }),
 1 => select(vec!["sortBy=created", "sortBy=", "before=x", "after=2026-13", "cursor=x", "cursor=2026-01", "max=0", "max=1001", "offset=-1"])
            .prop_map(|query| Bad {
                method: Method::GET,
                path: format!("/v1/broadworks/billing/reports?{query}"),
                content_type: None,
                body: Vec::new(),
            }),
        1 => select(vec!["/v1/broadworks/billing/reports/x", "/v1/broadworks/billing/reports/x/csv", "/v1/broadworks/billing/reports/%00/csv?expires=1&signature=x", "/v1/broadworks/billing", "/v1/broadworks/workspaces/x", "/v1/broadworks/workspaces/%00", "/v1/broadworks/workspaces?status=gone", "/v1/broadworks/workspaces?cursor=x", "/v1/", "/v1/people", "/v1/webhooks/x", "/v1/broadworks/subscribers/bulk/x/rows", "/v1/broadworks//subscribers", "/adapter/%00/users"])
            .prop_map(|path| Bad { method: Method::GET, path: path.to_owned(), content_type: None, body: Vec::new() }),
    ]
    .boxed()
}

/// A file without a row that can be taken in.
fn file(template: &str) -> BoxedStrategy<Bad> {
    const HEADER: &str = "BroadWorks ID,First Name,Last Name,Enterprise ID,Email";
    let path = format!("/v1/broadworks/subscribers/bulk?action=create&allOrNothing=true&provisioningId={template}");
    let row = select(vec![
        ",Ann,Lee,acme,",
        "a b,Ann,Lee,acme,",
        "9@sp.com,A\u{0}nn,Lee,acme,",
        "9@sp.com,Ann,Lee,acme,ann@",
        "9@sp.com,\"Ann\nB\",Lee,acme,",
        "9@sp.com,Ann,Lee",
        "9@sp.com,Ann,Lee,acme,,x",
        "\"9@sp.com,Ann,Lee,acme,",
        "9@sp.com,Ann,Lee,acme,\"",
    ]);
    let end = select(vec!["\n", "\r\n", "\r"]);
    let rows = (vec(row, 0..9), end).prop_map(|(rows, end)| [&[HEADER], &rows[..]].concat().join(end).into_bytes());
    let binary = (1..HEADER.len()).prop_map(|at| {
        let mut file = format!("{HEADER}\n9@sp.com,Ann,Lee,acme,\n").into_bytes();
        file.insert(at, 0xff);
        file
    });
    let body = prop_oneof![rows, binary, vec(any::<u8>(), 0..400)];
    body.prop_map(move |body| Bad { method: Method::POST, path: path.clone(), content_type: Some("text/csv"), body })
        .boxed()
}

/// Everything that a request may change.
async fn everything(world: &World) -> impl PartialEq + std::fmt::Debug + use<> {
    let db = world.store.read();
    (
        subscriber::Entity::find().all(db).await.unwrap(),
        history::Entity::find().all(db).await.unwrap(),
        task::Entity::find().all(db).await.unwrap(),
        bulk_job::Entity::find().all(db).await.unwrap(),
        billing_report::Entity::find().all(db).await.unwrap(),
        workspace::Entity::find().all(db).await.unwrap(),
        webhook::Entity::find().all(db).await.unwrap(),
        idempotency_key::Entity::find().all(db).await.unwrap(),
        // Only the rate limit counts calls.
        throttle::Entity::find().filter(throttle::Column::Tries.lt(1)).all(db).await.unwrap(),
    )
}

async fn send(bad: &Bad, api: &Client, broadworks: &Client) -> Answer {
    let client = if bad.path.starts_with("/adapter") { broadworks } else { api };
    client.call(bad.method.clone(), &bad.path, bad.content_type, Body::from(bad.body.clone())).await
}

#[test]
fn malformed_requests_hurt_nobody() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let account = adapter_accounts::set(&world.store, &world.environment, &template, None, None).await.unwrap();
        let api = world.client().await;
        let basic = STANDARD.encode(format!("{}:{}", account.user_name, account.secret));
        let broadworks = api.with_authorization(&format!("Basic {basic}"));
        world.arrive(&template, "1@sp.com", None).await;
        let id = api.get("/v1/broadworks/subscribers").await.body["items"][0]["id"].as_str().unwrap().to_owned();

        let room = json!({
            "provisioningId": template.provisioning_id, "userId": "first@sp.com", "spEnterpriseId": "SP1+acme",
            "displayName": "First",
        });
        let room = api.post("/v1/broadworks/workspaces", &room).await.text("id").to_owned();
        let bodies = doors(&template.provisioning_id, &id, &room).into_iter().map(|door| (4, body(door)));
        let bad = proptest::strategy::Union::new_weighted(
            bodies.chain([(6, address()), (4, file(&template.provisioning_id))]).collect(),
        );
        let config = Config::default();
        let mut runner = TestRunner::new_with_rng(config.clone(), TestRng::deterministic_rng(config.rng_algorithm));
        let before = everything(&world).await;
        for _ in 0..requests() {
            let bad = bad.new_tree(&mut runner).unwrap().current();
            let answer = send(&bad, &api, &broadworks).await;
            let known = answer
                .errors()
                .1
                .iter()
                .all(|(code, _)| domain::Fault::from_code(u32::try_from(*code).unwrap()).is_some());
            assert!(answer.status.is_client_error() && known, "{}: {bad:?}", answer.status);
        }
        let huge = Bad {
            method: Method::POST,
            path: "/v1/webhooks".to_owned(),
            content_type: JSON,
            body: vec![b'{'; 17 << 20],
        };
        assert_eq!(send(&huge, &api, &broadworks).await.errors(), (413, vec![(45009, "")]));
        assert!(everything(&world).await == before, "something was changed");
        assert_eq!(api.get(&format!("/v1/broadworks/subscribers/{id}")).await.text("status"), "pending_email_input");
    });
}
