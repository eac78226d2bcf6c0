//! The partner's webhooks in the hub, which are those of the API.

use app::{
    backend::{Audit as _, Webhooks as _},
    hub::model::{AuditFilter, AuditRow, DeliveryState, Subject, WebhookRow},
};
use domain::{
    Fault, Status,
    audit::Deed,
    timestamp::{DAY, HOUR},
    webhook::{Event, Outcome, Silence},
};
use serde_json::Value;
use server::{
    access::administrators,
    backend::hub::caller,
    outbound::Reach,
    webhooks::{Messenger, Secret, Sender},
};

use super::{hub, user::ann};
use crate::{
    api::webhooks::Ear,
    support::{World, for_each_database},
};

const ARRIVED: Event = Event::Status(Status::PendingEmailInput);

async fn send(world: &World) {
    let sender = Sender::new(world.code_keys.clone(), Reach::everywhere()).unwrap();
    let messenger = Messenger::new(world.store.clone(), world.environment.clone(), sender);
    while messenger.round().await.unwrap() {}
}

fn state(row: &WebhookRow) -> (bool, bool, Option<Silence>) {
    (row.failing.is_some(), row.silent.is_some(), row.why)
}

#[test]
fn one_is_added_with_its_secret_shown_once_paused_resumed_and_removed() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let ear = Ear::default();
        let url = ear.listen().await;
        for (wrong, fault) in [
            ("http://hooks.acme.com/", Fault::WebhookAddressRefused),
            ("hooks.acme.com", Fault::WebhookAddressRefused),
            (&format!("https://acme.com/{}", "x".repeat(2_000)), Fault::WebhookAddressRefused),
        ] {
            assert_eq!(hub.add_webhook(&ann, wrong, &[ARRIVED]).await.unwrap_err().fault, fault, "{wrong}");
        }
        assert_eq!(hub.add_webhook(&ann, &url, &[]).await.unwrap_err().fault, Fault::InvalidParameter);
        let added = hub.add_webhook(&ann, &url, &[ARRIVED, Event::Removed]).await.unwrap();
        let id = added.webhook.id;
        assert!(Secret::parse(&added.secret).is_ok());
        assert_eq!((added.webhook.url.as_str(), state(&added.webhook)), (url.as_str(), (false, false, None)));
        let listed = hub.webhooks(&ann, None).await.unwrap();
        assert_eq!((listed.rows, listed.next), (vec![added.webhook.clone()], None));
        // The API has the same one.
        assert_eq!(world.client().await.get("/v1/webhooks").await.body["items"][0]["id"], id.to_string());

        world.arrive(&template, "1@sp.com", None).await;
        let paused = hub.pause_webhook(&ann, id).await.unwrap();
        assert_eq!(state(&paused), (false, true, Some(Silence::Paused)));
        assert_eq!(hub.pause_webhook(&ann, id).await.unwrap(), paused, "again is no error");
        world.arrive(&template, "2@sp.com", None).await;
        send(&world).await;
        assert!(ear.heard().is_empty(), "what waited is given up, and what happens meanwhile is not noted");
        let detail = hub.webhook(&ann, id, None, None).await.unwrap();
        let [given_up] = &detail.page.rows[..] else { panic!("{:?}", detail.page.rows) };
        assert_eq!(
            (given_up.broadworks_id.as_str(), given_up.state),
            ("1@sp.com", DeliveryState::Ended(Outcome::Failed))
        );
        assert_eq!(hub.repeat_delivery(&ann, id, given_up.id).await.unwrap_err().fault, Fault::WebhookPaused);

        assert_eq!(state(&hub.resume_webhook(&ann, id).await.unwrap()), (false, false, None));
        world.arrive(&template, "3@sp.com", None).await;
        send(&world).await;
        assert_eq!(ear.told().into_iter().map(|(_, user)| user).collect::<Vec<_>>(), ["3@sp.com"]);

        hub.remove_webhook(&ann, id).await.unwrap();
        assert_eq!(hub.webhooks(&ann, None).await.unwrap().rows, []);
        assert_eq!(hub.remove_webhook(&ann, id).await.unwrap_err().fault, Fault::NotFound);
        let deeds = hub.audit(&ann, AuditFilter::default(), None).await.unwrap().page.rows;
        let deeds: Vec<_> = deeds.into_iter().map(|row| row.deed).filter(|deed| *deed != Deed::TokenCreated).collect();
        for deed in [Deed::WebhookAdded, Deed::WebhookPaused, Deed::WebhookEnabled, Deed::WebhookRemoved] {
            assert_eq!(deeds.iter().filter(|one| **one == deed).count(), 1, "{deeds:?}");
        }
    });
}

#[test]
fn what_was_told_is_listed_with_its_answer_and_told_once_more() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let ear = Ear::default();
        let id = hub.add_webhook(&ann, &ear.listen().await, &[ARRIVED]).await.unwrap().webhook.id;
        for user in ["1@sp.com", "2@sp.com"] {
            world.arrive(&template, user, None).await;
        }
        ear.plan(&[204, 500]);
        send(&world).await;
        let list = async |state| hub.webhook(&ann, id, state, None).await.unwrap();
        let detail = list(None).await;
        let told: Vec<_> = detail
            .page
            .rows
            .iter()
            .map(|row| (row.broadworks_id.as_str(), row.event, row.state, row.attempts, row.answer.status))
            .collect();
        let (delivered, pending) = (DeliveryState::Ended(Outcome::Delivered), DeliveryState::Pending);
        assert_eq!(
            told,
            [("2@sp.com", ARRIVED, pending, 1, Some(500)), ("1@sp.com", ARRIVED, delivered, 1, Some(204))]
        );
        assert_eq!(state(&detail.webhook), (true, false, None));
        assert_eq!(list(Some(delivered)).await.page.rows, detail.page.rows[1..]);
        assert_eq!(list(Some(pending)).await.page.rows, detail.page.rows[..1]);
        assert_eq!(list(Some(DeliveryState::Ended(Outcome::Failed))).await.page.rows, []);

        // At once, however long it was to be left alone; and what was taken is told again, by the same id.
        let first = detail.page.rows[1].id;
        hub.repeat_delivery(&ann, id, first).await.unwrap();
        send(&world).await;
        let ids: Vec<_> =
            ear.heard().iter().map(|(headers, _)| headers["webhook-id"].to_str().unwrap().to_owned()).collect();
        assert_eq!((ids.len(), &ids[0], &ids[2]), (4, &first.to_string(), &first.to_string()));
        let after = list(None).await;
        assert!(after.page.rows.iter().all(|row| row.state == delivered && row.attempts == 2), "{:?}", after.page.rows);
        assert_eq!(state(&after.webhook), (false, false, None));
        let foreign = after.page.rows[0].id;
        let other = hub.add_webhook(&ann, "https://127.0.0.1:1/", &[ARRIVED]).await.unwrap().webhook.id;
        assert_eq!(hub.repeat_delivery(&ann, other, foreign).await.unwrap_err().fault, Fault::NotFound);
    });
}

/// A client that takes everything but one change is not held up by that one for another day.
#[test]
fn what_was_given_up_is_told_once_more_and_not_for_another_day() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let ear = Ear::default();
        let id = hub.add_webhook(&ann, &ear.listen().await, &[ARRIVED]).await.unwrap().webhook.id;
        world.arrive(&template, "1@sp.com", None).await;
        ear.plan(&[400, 400, 400]);
        send(&world).await;
        world.clock.advance(DAY);
        send(&world).await;
        let list = async || hub.webhook(&ann, id, None, None).await.unwrap().page.rows;
        let failed = DeliveryState::Ended(Outcome::Failed);
        assert_eq!((list().await[0].state, ear.heard().len()), (failed, 2));
        hub.repeat_delivery(&ann, id, list().await[0].id).await.unwrap();
        send(&world).await;
        assert_eq!((list().await[0].state, list().await[0].attempts, ear.heard().len()), (failed, 3, 3));
        world.clock.advance(HOUR);
        send(&world).await;
        assert_eq!(ear.heard().len(), 3);
    });
}

#[test]
fn a_test_is_signed_and_tells_what_was_answered() {
    for_each_database(async |world: World| {
        let (hub, ann) = (hub(&world), ann(&world).await);
        let ear = Ear::default();
        let added = hub.add_webhook(&ann, &ear.listen().await, &[Event::Removed]).await.unwrap();
        let id = added.webhook.id;
        let tested = hub.test_webhook(&ann, id).await.unwrap();
        assert_eq!((tested.taken, tested.answer.status, tested.answer.problem), (true, Some(204), None));
        let (headers, body) = ear.heard().remove(0);
        let told: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&told["type"], &told["data"]["webhookId"]), (&"webhook.test".into(), &id.to_string().into()));
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let at = domain::Timestamp(header("webhook-timestamp").parse::<i64>().unwrap() * 1_000);
        let signed = Secret::parse(&added.secret).unwrap().sign(&header("webhook-id"), at, &body);
        assert_eq!(header("webhook-signature"), signed);

        ear.plan(&[500, 302]);
        let tested = hub.test_webhook(&ann, id).await.unwrap();
        assert_eq!((tested.taken, tested.answer.status, tested.answer.problem), (false, Some(500), None));
        let tested = hub.test_webhook(&ann, id).await.unwrap();
        assert!(!tested.taken && tested.answer.problem.is_some_and(|problem| problem.contains("no redirect")));
        // One that is paused can be tested before it is resumed; and where nobody listens, that is said.
        let nowhere = hub.add_webhook(&ann, "https://127.0.0.1:1/?token=secret", &[ARRIVED]).await.unwrap().webhook.id;
        hub.pause_webhook(&ann, nowhere).await.unwrap();
        let tested = hub.test_webhook(&ann, nowhere).await.unwrap();
        let problem = tested.answer.problem.unwrap();
        assert!(!tested.taken && tested.answer.status.is_none() && !problem.contains("secret"), "{problem}");
        assert_eq!(hub.webhook(&ann, id, None, None).await.unwrap().page.rows, [], "a test is no delivery");
        let rows = hub.audit(&ann, AuditFilter::default(), None).await.unwrap().page.rows;
        let tested: Vec<_> = rows.iter().filter(|row| row.deed == Deed::WebhookTested).collect();
        assert_eq!(tested.len(), 4);
        let is_host = |name: &str| name.strip_prefix("127.0.0.1:").is_some_and(|port| port.parse::<u16>().is_ok());
        let named = |row: &AuditRow| matches!(&row.subject, Some(Subject::Named(name)) if is_host(name));
        assert!(tested.iter().all(|row| named(row)), "the host and its port alone: {tested:?}");
    });
}

#[test]
fn another_partner_reaches_none_of_it() {
    for_each_database(async |world: World| {
        let (hub, ann) = (hub(&world), ann(&world).await);
        let id = hub.add_webhook(&ann, "https://hooks.acme.com/", &[ARRIVED]).await.unwrap().webhook.id;
        let (store, environment, other) = (&world.store, &world.environment, world.other_partner().await);
        let eve = administrators::add(store, environment, other, "eve@sp.example", "nine quiet lighthouses").await;
        let eve = caller(eve.unwrap(), other);
        assert_eq!(hub.webhooks(&eve, None).await.unwrap().rows, []);
        let step = world.environment.id().into();
        for refused in [
            hub.webhook(&eve, id, None, None).await.map(drop),
            hub.pause_webhook(&eve, id).await.map(drop),
            hub.resume_webhook(&eve, id).await.map(drop),
            hub.remove_webhook(&eve, id).await,
            hub.test_webhook(&eve, id).await.map(drop),
            hub.repeat_delivery(&eve, id, step).await,
        ] {
            assert_eq!(refused.unwrap_err().fault, Fault::NotFound);
        }
        assert_eq!(hub.webhooks(&ann, None).await.unwrap().rows.len(), 1);
    });
}
