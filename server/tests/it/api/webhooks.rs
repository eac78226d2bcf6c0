//! `/v1/webhooks`, and what they tell.

use std::{
    collections::VecDeque,
    future::IntoFuture as _,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
    routing::post,
};
use domain::{
    EmailAddress, Fault, Mailing, Permission, Permissions, Timestamp,
    lifecycle::Event,
    timestamp::{DAY, HOUR, MINUTE},
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};
use server::{
    access::code_keys::CodeKeys,
    outbound::Reach,
    store::{
        Window,
        subscriber::{self, Filter},
    },
    webhooks::{self, Messenger, Secret, Sender},
};

use crate::entity::{webhook, webhook_delivery};
use crate::support::{Act, Client, World, fault, for_each_database, free_port, new_subscriber};

const WEBHOOKS: &str = "/v1/webhooks";

/// A client's server that keeps what it is told and answers as planned, else 204.
#[derive(Clone, Default)]
pub struct Ear {
    heard: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    plan: Arc<Mutex<VecDeque<StatusCode>>>,
}

impl Ear {
    /// Its address; it listens until the test's runtime ends.
    pub async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let url = format!("http://{}/hook?token=secret", listener.local_addr().unwrap());
        #[allow(clippy::disallowed_methods, reason = "this is another server's router")]
        let router = Router::new().route("/hook", post(hear)).with_state(self.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        url
    }

    pub fn plan(&self, statuses: &[u16]) {
        self.plan.lock().unwrap().extend(statuses.iter().map(|status| StatusCode::from_u16(*status).unwrap()));
    }

    pub fn heard(&self) -> Vec<(HeaderMap, String)> {
        self.heard.lock().unwrap().clone()
    }

    /// The kind of change and whose, in the order of arrival.
    pub fn told(&self) -> Vec<(String, String)> {
        let read = |(_, body): (HeaderMap, String)| {
            let body: Value = serde_json::from_str(&body).unwrap();
            (body["type"].as_str().unwrap().to_owned(), body["data"]["userId"].as_str().unwrap().to_owned())
        };
        self.heard().into_iter().map(read).collect()
    }
}

async fn hear(State(ear): State<Ear>, headers: HeaderMap, body: String) -> Response {
    ear.heard.lock().unwrap().push((headers, body));
    match ear.plan.lock().unwrap().pop_front() {
        Some(StatusCode::FOUND) => Redirect::to("/elsewhere").into_response(),
        Some(status @ StatusCode::TOO_MANY_REQUESTS) => (status, [("retry-after", "600")]).into_response(),
        Some(status) => status.into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

fn messenger(world: &World, reach: Reach) -> Messenger {
    let World { store, environment, code_keys, .. } = world;
    Messenger::new(store.clone(), environment.clone(), Sender::new(code_keys.clone(), reach).unwrap())
}

async fn send(world: &World) {
    while messenger(world, Reach::everywhere()).round().await.unwrap() {}
}

async fn add(client: &Client, url: &str, events: &[&str]) -> (String, Secret) {
    let added = client.post(WEBHOOKS, &json!({ "url": url, "events": events })).await;
    assert_eq!(added.status, 201, "{}", added.body);
    (format!("{WEBHOOKS}/{}", added.text("id")), Secret::parse(added.text("secret")).unwrap())
}

fn told(kind: &str, user: &str) -> (String, String) {
    (format!("subscriber.{kind}"), user.to_owned())
}

#[test]
fn changes_are_told_signed_and_in_order() {
    for_each_database(async |world: World| {
        let ear = Ear::default();
        let client = world.client().await;
        let events = ["subscriber.provisioning", "subscriber.provisioned", "subscriber.error", "subscriber.removed"];
        let (_, secret) = add(&client, &ear.listen().await, &events).await;
        let template = world.trusted().await;
        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await.id;
        world.work().await;
        world.clock.advance(1);
        world.apply(user, Event::Retried).await.unwrap();
        world.work().await;
        world.apply(user, Event::RemovalRequested).await.unwrap();
        world.work().await;
        send(&world).await;
        let expected =
            ["provisioning", "error", "provisioning", "provisioned", "removed"].map(|kind| told(kind, "1@sp.com"));
        assert_eq!(ear.told(), expected);

        let (headers, body) = &ear.heard()[1];
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let at = Timestamp(header("webhook-timestamp").parse::<i64>().unwrap() * 1_000);
        assert_eq!(header("webhook-signature"), secret.sign(&header("webhook-id"), at, body));
        assert_eq!(header("content-type"), "application/json");
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!((&body["data"]["status"], &body["data"]["event"]), (&"error".into(), &"attempt_failed".into()));
        assert_eq!(body["data"]["error"]["errorCode"], 41007);
        assert_eq!(body["timestamp"], "2026-01-01T00:00:00.001Z");
    });
}

#[test]
fn only_real_changes_of_the_own_partner_are_told() {
    for_each_database(async |world: World| {
        let ear = Ear::default();
        let other = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        add(&other, &ear.listen().await, &["subscriber.pending_email_input"]).await;
        let client = world.client().await;
        let (_, _) = add(&client, &ear.listen().await, &["subscriber.pending_email_validation"]).await;
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await.id;
        let ann = EmailAddress::parse("ann@acme.com").unwrap();
        world.apply(user, Event::AddressEntered(ann.clone())).await.unwrap();
        // Another address is no other status; and what is rolled back has not happened.
        world.apply(user, Event::AddressEntered(EmailAddress::parse("bob@acme.com").unwrap())).await.unwrap();
        let mut work = world.store.work().await.unwrap();
        let actor = server::store::Actor::Import;
        let new = new_subscriber("2@sp.com", Some("eve@acme.com"));
        server::provisioning::arrival::arrive(&mut work, &world.environment, &template, new, &actor).await.unwrap();
        drop(work);
        send(&world).await;
        assert_eq!(ear.told(), [told("pending_email_validation", "1@sp.com")]);
    });
}

/// The status stays what it was, so nobody else would hear of it.
#[test]
fn a_mail_that_is_refused_for_good_is_told() {
    for_each_database(async |world: World| {
        let ear = Ear::default();
        let client = world.client().await;
        let events = ["subscriber.mail_refused", "subscriber.pending_email_validation"];
        add(&client, &ear.listen().await, &events).await;
        let template = world.template(|_| ()).await;
        world.postman.refuse([fault(Fault::MailboxUnknown)]);
        let user = world.arrive(&template, "1@sp.com", Some("typo@acme.com")).await;
        world.arrive(&template, "2@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        send(&world).await;
        let pending = |user| told("pending_email_validation", user);
        assert_eq!(ear.told(), [pending("1@sp.com"), pending("2@sp.com"), told("mail_refused", "1@sp.com")]);
        let body: Value = serde_json::from_str(&ear.heard()[2].1).unwrap();
        assert_eq!(body["data"]["status"], "pending_email_validation");
        assert_eq!(body["data"]["error"]["errorCode"], 42001);
        assert!(!body.to_string().contains("typo"), "{body}");

        let all = Window { after: None, skip: None, most: 10 };
        let whose = async |mailing| {
            let filter = Filter { mailing: Some(mailing), ..Filter::default() };
            let found = subscriber::oldest_first(world.store.read(), world.tenant, &filter, all);
            found.await.unwrap().rows.into_iter().map(|found| found.id).collect::<Vec<_>>()
        };
        assert_eq!(whose(Mailing::Refused).await, [user.id]);
        assert_eq!((whose(Mailing::Sent).await.len(), whose(Mailing::PutOff).await.len()), (1, 0));
    });
}

#[test]
fn what_is_not_taken_is_told_again_later_and_holds_up_nobody_else() {
    for_each_database(async |world: World| {
        let (deaf, ear) = (Ear::default(), Ear::default());
        let client = world.client().await;
        let (path, _) = add(&client, &deaf.listen().await, &["subscriber.pending_email_input"]).await;
        add(&client, &ear.listen().await, &["subscriber.pending_email_input"]).await;
        let template = world.template(|_| ()).await;
        for user in ["1@sp.com", "2@sp.com"] {
            world.arrive(&template, user, None).await;
        }
        let both = ["1@sp.com", "2@sp.com"].map(|user| told("pending_email_input", user));
        deaf.plan(&[500, 302]);
        send(&world).await;
        assert_eq!((deaf.told().len(), ear.told()), (1, both.to_vec()));
        let log = client.get(&format!("{path}/deliveries")).await;
        let first = &log.body["items"][0];
        assert_eq!(
            (&first["outcome"], &first["response"], &first["attempts"]),
            (&"pending".into(), &500.into(), &1.into())
        );
        assert_eq!(client.get(&path).await.body["failures"], 1);

        world.clock.advance(5_000);
        send(&world).await;
        assert_eq!(deaf.told().len(), 2, "a redirect is not followed and is no success");
        world.clock.advance(5_000);
        send(&world).await;
        world.clock.advance(5_000);
        send(&world).await;
        assert_eq!(deaf.told()[2..], both);
        let ids: Vec<_> = deaf.heard().iter().map(|(headers, _)| headers["webhook-id"].clone()).collect();
        assert!(ids[0] == ids[1] && ids[1] == ids[2] && ids[2] != ids[3], "a repeated message is recognisable");
        let done = client.get(&format!("{path}/deliveries?outcome=delivered&max=1")).await;
        assert_eq!((&done.body["items"][0]["attempts"], &done.body["items"][0]["response"]), (&3.into(), &204.into()));
        assert!(done.headers.contains_key("link"));
        assert_eq!(client.get(&path).await.body["failures"], 0);
    });
}

#[test]
fn after_a_day_it_is_given_up_and_after_a_week_forgotten() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        let nobody = free_port();
        let url = format!("http://127.0.0.1:{nobody}/?token=secret");
        let (path, _) = add(&client, &url, &["subscriber.pending_email_input"]).await;
        let template = world.template(|_| ()).await;
        world.arrive(&template, "1@sp.com", None).await;
        let mut hours = 0;
        let log = loop {
            send(&world).await;
            let log = client.get(&format!("{path}/deliveries")).await.body["items"][0].clone();
            if log["outcome"] != "pending" {
                break log;
            }
            hours += 1;
            assert!(hours < 30);
            world.clock.advance(HOUR);
        };
        assert_eq!((&log["outcome"], hours, &log["attempts"]), (&"failed".into(), 24, &25.into()));
        let problem = log["problem"].as_str().unwrap();
        assert!(problem.contains("refused") && !problem.contains("secret"), "{problem}");
        let kept = async || webhook_delivery::Entity::find().count(world.store.read()).await.unwrap();
        webhooks::sweep(&world.store, world.environment.now()).await.unwrap();
        assert_eq!(kept().await, 1);
        world.clock.advance(7 * DAY);
        webhooks::sweep(&world.store, world.environment.now()).await.unwrap();
        assert_eq!(kept().await, 0);
    });
}

#[test]
fn a_webhook_that_is_gone_is_disabled_says_so_and_can_be_enabled() {
    for_each_database(async |world: World| {
        let ear = Ear::default();
        let client = world.client().await;
        let (path, _) = add(&client, &ear.listen().await, &["subscriber.pending_email_input"]).await;
        assert_eq!(client.get(&path).await.text("status"), "active");
        let template = world.template(|_| ()).await;
        for user in ["1@sp.com", "2@sp.com"] {
            world.arrive(&template, user, None).await;
        }
        ear.plan(&[410]);
        send(&world).await;
        let shown = client.get(&path).await;
        assert_eq!((shown.text("status"), shown.text("disabledReason")), ("disabled", "it answered 410 Gone"));
        assert!(shown.body["disabled"].is_string() && client.get(WEBHOOKS).await.body["items"][0] == shown.body);

        // Nothing waits for it, and nothing is noted for it.
        world.arrive(&template, "3@sp.com", None).await;
        world.clock.advance(DAY);
        send(&world).await;
        assert_eq!(ear.told().len(), 1);
        let log = client.get(&format!("{path}/deliveries")).await.body;
        let outcomes: Vec<_> = log["items"].as_array().unwrap().iter().map(|one| one["outcome"].clone()).collect();
        assert_eq!(outcomes, ["failed", "failed"]);

        let other = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        assert_eq!(other.post(&format!("{path}/enable"), &json!({})).await.errors(), (404, vec![(45006, "")]));
        let enabled = client.post(&format!("{path}/enable"), &json!({})).await;
        assert_eq!((enabled.status.as_u16(), enabled.text("status")), (200, "active"));
        assert!(enabled.body.get("disabledReason").is_none());
        world.arrive(&template, "4@sp.com", None).await;
        send(&world).await;
        assert_eq!(ear.told()[1..], [told("pending_email_input", "4@sp.com")]);
    });
}

#[test]
fn a_webhook_that_takes_nothing_for_days_is_disabled_and_one_that_takes_something_is_not() {
    for_each_database(async |world: World| {
        let (deaf, moody) = (Ear::default(), Ear::default());
        let client = world.client().await;
        let (never, _) = add(&client, &deaf.listen().await, &["subscriber.pending_email_input"]).await;
        let (sometimes, _) = add(&client, &moody.listen().await, &["subscriber.pending_email_input"]).await;
        let template = world.template(|_| ()).await;
        let status = async |path: &str| client.get(path).await.text("status").to_owned();
        for day in 0..=5 {
            assert_eq!(
                (status(&never).await.as_str(), status(&sometimes).await.as_str()),
                ("active", "active"),
                "{day}"
            );
            world.arrive(&template, &format!("{day}@sp.com"), None).await;
            deaf.plan(&[404, 404, 404]);
            moody.plan(&[404]);
            send(&world).await;
            world.clock.advance(HOUR);
            send(&world).await;
            world.clock.advance(DAY - HOUR);
        }
        assert_eq!((status(&never).await.as_str(), status(&sometimes).await.as_str()), ("disabled", "active"));
        assert_eq!(client.get(&never).await.text("disabledReason"), "it has taken nothing for five days");
    });
}

#[test]
fn one_failure_after_quiet_days_disables_nothing() {
    for_each_database(async |world: World| {
        let ear = Ear::default();
        let client = world.client().await;
        let (path, _) = add(&client, &ear.listen().await, &["subscriber.pending_email_input"]).await;
        let template = world.template(|_| ()).await;
        world.arrive(&template, "1@sp.com", None).await;
        ear.plan(&[404, 404, 404]);
        send(&world).await;
        world.clock.advance(DAY);
        send(&world).await;
        world.clock.advance(6 * DAY);
        world.arrive(&template, "2@sp.com", None).await;
        send(&world).await;
        assert_eq!(client.get(&path).await.text("status"), "active");
        world.clock.advance(HOUR);
        send(&world).await;
        assert_eq!(ear.told().last(), Some(&told("pending_email_input", "2@sp.com")));
        assert_eq!(client.get(&path).await.body["failures"], 0);
    });
}

#[test]
fn a_client_says_for_how_long_it_is_busy_and_learns_that_redirects_are_not_followed() {
    for_each_database(async |world: World| {
        let ear = Ear::default();
        let client = world.client().await;
        let (path, _) = add(&client, &ear.listen().await, &["subscriber.pending_email_input"]).await;
        let template = world.template(|_| ()).await;
        world.arrive(&template, "1@sp.com", None).await;
        ear.plan(&[429, 302]);
        send(&world).await;
        world.clock.advance(9 * MINUTE);
        send(&world).await;
        assert_eq!(ear.told().len(), 1, "it asked for ten minutes");
        world.clock.advance(MINUTE);
        send(&world).await;
        assert_eq!(ear.told().len(), 2);
        let log = client.get(&format!("{path}/deliveries")).await.body;
        assert_eq!(log["items"][0]["problem"], "it points elsewhere, and no redirect is followed");
    });
}

#[test]
fn the_inner_network_is_not_reached_even_if_the_setting_changed() {
    for_each_database(async |world: World| {
        refused_as(&world, Reach::default(), Fault::WebhookAddressRefused).await;
    });
}

#[test]
fn where_hosts_are_named_others_are_not_reached() {
    for_each_database(async |world: World| {
        let elsewhere = Reach::new(true, &["hooks.example".to_owned()]);
        let ear = refused_as(&world, elsewhere, Fault::WebhookHostUnlisted).await;
        world.clock.advance(DAY);
        let here = Reach::new(true, &["127.0.0.1".to_owned()]);
        assert!(messenger(&world, here).round().await.unwrap());
        assert_eq!(ear.heard().len(), 1);
    });
}

/// A server that reaches so far sends nothing to an ear on this machine, and says why.
async fn refused_as(world: &World, reach: Reach, fault: Fault) -> Ear {
    let ear = Ear::default();
    let client = world.client().await;
    let (path, _) = add(&client, &ear.listen().await, &["subscriber.pending_email_input"]).await;
    let template = world.template(|_| ()).await;
    world.arrive(&template, "1@sp.com", None).await;
    assert!(messenger(world, reach).round().await.unwrap());
    assert!(ear.heard().is_empty());
    let log = client.get(&format!("{path}/deliveries?outcome=pending")).await;
    assert_eq!(log.body["items"][0]["problem"], fault.cause());
    ear
}

#[test]
fn a_server_that_died_is_followed_by_another_one() {
    for_each_database(async |world: World| {
        let ear = Ear::default();
        let client = world.client().await;
        add(&client, &ear.listen().await, &["subscriber.pending_email_input"]).await;
        let template = world.template(|_| ()).await;
        world.arrive(&template, "1@sp.com", None).await;
        // As if it had been claimed by a server that died.
        let claimed = webhook::ActiveModel {
            lease_until: sea_orm::ActiveValue::Set(world.environment.now().plus(2 * MINUTE).0),
            ..<webhook::ActiveModel as sea_orm::ActiveModelTrait>::default()
        };
        let work = world.store.work().await.unwrap();
        webhook::Entity::update_many().set(claimed).exec(&*work).await.unwrap();
        work.commit().await.unwrap();
        send(&world).await;
        assert!(ear.heard().is_empty());
        world.clock.advance(2 * MINUTE);
        send(&world).await;
        assert_eq!(ear.heard().len(), 1);
    });
}

#[test]
fn webhooks_are_their_partners_and_their_secrets_are_shown_once() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        let all: Vec<_> = webhooks::Event::all().map(webhooks::Event::name).collect();
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let body = json!({ "url": "https://hooks.acme.com/", "events": all, "secret": secret });
        let added = client.post(WEBHOOKS, &body).await;
        assert_eq!((added.status.as_u16(), added.text("secret")), (201, secret));
        let path = format!("{WEBHOOKS}/{}", added.text("id"));
        let read = client.get(&path).await;
        assert_eq!((read.body.get("secret"), read.body["events"].as_array().unwrap().len()), (None, 11));
        let list = client.get(WEBHOOKS).await;
        assert_eq!(list.body["items"], json!([read.body]));

        let other = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        assert_eq!(other.get(WEBHOOKS).await.body["items"], json!([]));
        for answer in
            [other.get(&path).await, other.delete(&path).await, other.get(&format!("{path}/deliveries")).await]
        {
            assert_eq!(answer.errors(), (404, vec![(45006, "")]));
        }
        let reader = world.client_of(world.tenant, Permissions::of(&[Permission::UsersRead])).await;
        assert_eq!(
            (reader.post(WEBHOOKS, &body).await.status.as_u16(), reader.delete(&path).await.status.as_u16()),
            (403, 403)
        );
        let template = world.template(|_| ()).await;
        world.arrive(&template, "1@sp.com", None).await;
        assert_eq!(client.delete(&path).await.status, 204);
        assert_eq!(client.delete(&path).await.status, 404);
        assert_eq!(webhook_delivery::Entity::find().count(world.store.read()).await.unwrap(), 0);
        world.arrive(&template, "2@sp.com", None).await;
        assert_eq!(webhook_delivery::Entity::find().count(world.store.read()).await.unwrap(), 0);
    });
}

#[test]
fn a_secret_that_cannot_be_read_is_the_servers_fault_and_its_messages_wait_for_the_key() {
    for_each_database(async |mut world: World| {
        let (ear, client) = (Ear::default(), world.client().await);
        let (path, secret) = add(&client, &ear.listen().await, &["subscriber.provisioning"]).await;
        let kept = webhook::Entity::find().one(world.store.read()).await.unwrap().unwrap().secret;
        assert!(kept.starts_with("$chacha20-poly1305$") && !kept.contains(secret.as_str()), "{kept}");
        let template = world.trusted().await;
        world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let own = std::mem::replace(&mut world.code_keys, CodeKeys::parse(&"other".repeat(8)).unwrap());
        send(&world).await;
        let problem = client.get(&format!("{path}/deliveries")).await.body["items"][0]["problem"].to_string();
        assert!(problem.contains("under a key that the server does not have"), "{problem}");
        assert!(ear.heard().is_empty());

        world.code_keys = own;
        world.clock.advance(MINUTE);
        send(&world).await;
        let (headers, body) = &ear.heard()[0];
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let at = Timestamp(header("webhook-timestamp").parse::<i64>().unwrap() * 1_000);
        assert_eq!(header("webhook-signature"), secret.sign(&header("webhook-id"), at, body));
    });
}

#[test]
fn nonsense_is_refused() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        let good = json!({ "url": "https://hooks.acme.com/", "events": ["subscriber.error"] });
        for (name, value, code) in [
            ("url", Value::Null, 1001),
            ("url", json!("http://hooks.acme.com/"), 45016),
            ("url", json!(format!("https://acme.com/{}", "x".repeat(2_000))), 1002),
            ("events", Value::Null, 1001),
            ("events", json!([]), 1001),
            ("events", json!(["subscriber.error", "subscriber.gone"]), 45001),
            ("events", json!([1]), 45001),
            ("events", json!("subscriber.error"), 45001),
            ("secret", json!("short"), 45001),
        ] {
            let mut body = good.clone();
            body[name] = value;
            assert_eq!(client.post(WEBHOOKS, &body).await.errors(), (400, vec![(code, name)]), "{body}");
        }
        let (path, _) = add(&client, "https://hooks.acme.com/", &["subscriber.error", "subscriber.error"]).await;
        for (query, field) in [("outcome=gone", "outcome"), ("cursor=x", "cursor"), ("max=0", "max")] {
            assert_eq!(client.get(&format!("{path}/deliveries?{query}")).await.errors(), (400, vec![(45001, field)]));
        }
        assert_eq!(client.get(&format!("{WEBHOOKS}/x")).await.status, 400);
    });
}
