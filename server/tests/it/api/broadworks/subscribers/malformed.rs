//! Whatever is sent: a client's mistake is answered as such, never as ours, and changes nothing.

use axum::{body::Body, http::Method};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRng, TestRunner},
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use super::{PATH, example, with};
use crate::entity::subscriber;
use crate::support::{Client, World, for_each_database};

async fn count(world: &World) -> u64 {
    subscriber::Entity::find().count(world.store.read()).await.unwrap()
}

#[test]
fn bodies_that_are_no_json_object_are_refused() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let good = example(&template).to_string();
        let post = async |content_type: Option<&str>, body: Vec<u8>| {
            client.call(Method::POST, PATH, content_type, Body::from(body)).await.errors().1[0].0
        };
        let json = Some("application/json");
        for body in [
            b"".to_vec(),
            b"null".to_vec(),
            b"[]".to_vec(),
            b"\"text\"".to_vec(),
            good.as_bytes()[..good.len() - 1].to_vec(),
            b"{\"userId\": \"\xff\xfe\"}".to_vec(),
            "[".repeat(100_000).into_bytes(),
        ] {
            assert_eq!(post(json, body).await, 45002);
        }
        // It is an object: what is too deep in it is named.
        let deep = format!("{{\"meta\":{{\"a\":{}1{}}}}}", "[".repeat(1_000), "]".repeat(1_000));
        let answer = client.call(Method::POST, PATH, json, Body::from(deep)).await;
        assert_eq!(answer.errors(), (400, vec![(45001, "meta.a[0][0][0]…")]));
        for content_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("multipart/x")] {
            assert_eq!(post(content_type, good.clone().into_bytes()).await, 45008);
        }
        let huge = with(example(&template), json!({ "firstName": "x".repeat(2 << 20) })).to_string();
        assert_eq!(post(json, huge.into_bytes()).await, 45009);
        assert_eq!(count(&world).await, 0);
        let fine = client.call(Method::POST, PATH, Some("Application/JSON; charset=utf-8"), Body::from(good)).await;
        assert_eq!(fine.status, 200);
    });
}

#[test]
fn a_body_is_read_as_what_it_says_it_is() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let json = Some("application/json");
        let body = |user: u32| with(example(&template), json!({ "userId": format!("{user}@sp.com") })).to_string();
        let post = async |client: &Client, path: &str, content_type, body: String| {
            client.call(Method::POST, path, content_type, Body::from(body)).await
        };

        assert_eq!(post(&client, PATH, json, format!("\u{feff}{}", body(1))).await.status, 200, "a mark is ignored");
        let identity = client.with_coding("identity");
        assert_eq!(post(&identity, PATH, json, body(2)).await.status, 200);
        // Fields that nobody knows break nothing, and of two of one name the last one counts, as in most parsers.
        let unknown =
            body(3).replacen('{', "{\"favourite\":{\"colour\":[\"red\",null]},\"firstName\":7,\"x-y\":1e300,", 1);
        assert_eq!(post(&client, PATH, json, unknown).await.status, 200);
        assert_eq!(count(&world).await, 3);

        let zipped = client.with_coding("gzip");
        let file = "BroadWorks ID,First Name,Last Name,Enterprise ID\n4@sp.com,Ann,Lee,acme\n".to_owned();
        let bulk = format!("{PATH}/bulk?action=create&provisioningId={}", template.provisioning_id);
        for answer in [
            post(&zipped, PATH, json, body(4)).await,
            post(&zipped, &bulk, Some("text/csv"), file.clone()).await,
            post(&client, PATH, Some("application/json; charset=utf-16"), body(4)).await,
            post(&client, PATH, Some("application/json; charset=windows-1252"), body(4)).await,
            post(&client, &bulk, Some("text/csv; charset=windows-1252"), file.clone()).await,
        ] {
            assert_eq!(answer.errors(), (415, vec![(45008, "")]));
        }
        assert_eq!(post(&client, &bulk, Some("text/csv; header=present; charset=\"UTF-8\""), file).await.status, 202);
        assert_eq!(count(&world).await, 3);
    });
}

/// Values that a member may wrongly have.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,90}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map("[a-z]{0,5}", inner, 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["provisioningId", "userId", "spEnterpriseId", "firstName", "lastName", "package"])
            .prop_map(str::to_owned),
        prop::sample::select(vec!["email", "extension", "language", "timezone", "mobilePhoneNumber", "customerInfo"])
            .prop_map(str::to_owned),
        "\\PC{0,8}",
    ]
}

#[test]
fn a_client_that_sends_nonsense_never_hurts() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let id = client.post(PATH, &example(&template)).await.text("id").to_owned();
        world.work().await;
        let before = world.accounts().await;

        let config = Config::default();
        let mut runner = TestRunner::new_with_rng(config.clone(), TestRng::deterministic_rng(config.rng_algorithm));
        let mut created = 1;
        for _ in 0..400 {
            let changes = btree_map(name(), value(), 1..4).new_tree(&mut runner).unwrap().current();
            let other = json!({ "userId": format!("{created}@sp.com") });
            let mut body = with(example(&template), other);
            body.as_object_mut().unwrap().extend(changes);
            let answer = client.post(PATH, &body).await;
            assert!(answer.status == 200 || answer.status.is_client_error(), "{body}");
            created += u64::from(answer.status == 200);
            let checked = client.post(&format!("{PATH}/validate"), &body).await;
            assert!(checked.status == 200 || checked.status.is_client_error(), "{body}");
        }
        assert_eq!(count(&world).await, created);
        assert_eq!(world.accounts().await, before);
        assert_eq!(client.get(&format!("{PATH}/{id}")).await.text("status"), "provisioned");
    });
}

#[test]
fn queries_and_ids_that_are_nonsense_are_refused() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        for (name, value) in [
            ("max", "0"),
            ("max", "101"),
            ("max", "-1"),
            ("max", "many"),
            ("offset", "-1"),
            ("offset", "99999999999999"),
            ("status", "gone"),
            ("status", "error,,provisioned"),
            ("after", "yesterday"),
            ("lastStatusChange", "1e3"),
            ("selfActivated", "yes"),
            ("personId", "%%%"),
            ("email", "ann@"),
            ("userId", ""),
            ("cursor", "Y2lzY28"),
        ] {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
            let answer = client.get(&format!("{PATH}?{query}")).await;
            assert_eq!((answer.status.as_u16(), answer.errors().1[0].1), (400, name), "{name}={value}");
        }
        assert_eq!(client.get(&format!("{PATH}?max=1&max=2")).await.status, 400);
        assert_eq!(client.get(&format!("{PATH}?userId=%ff%00")).await.status, 400);
        for id in ["x", "%ff", "Y2lzY28", "Y2lzY29zcGFyazovL3VzL1BFT1BMRS8x", "..%2f..", "%00"] {
            for method in [Method::GET, Method::DELETE] {
                let answer = client.call(method, &format!("{PATH}/{id}"), None, Body::empty()).await;
                assert!(answer.status.is_client_error(), "{id}: {}", answer.status);
            }
        }
    });
}
