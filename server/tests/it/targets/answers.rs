//! Answers that no real server can be brought to give.

use std::{sync::Arc, time::Duration};

use domain::{Fault, timestamp::SECOND};
use reqwest::Method;
use serde_json::json;
use server::targets::{
    Account, Holds as _, Identity, Progress, Refusal, Target,
    scim::Scim,
    webex::{self, Webex},
};

use super::{PATIENCE, account};
use crate::support::{Pretender, World, find, for_each_database, free_port, remove};

/// How long a call may take where nobody answers.
const IMPATIENCE: Duration = Duration::from_millis(250);

const NOBODY: &str = r#"{"items":[]}"#;

fn ann() -> Account {
    account("ann.lee@acme.example")
}

fn scim(pretender: &Pretender) -> Scim {
    Scim::new(pretender.endpoint(), PATIENCE).unwrap()
}

fn webex(pretender: &Pretender) -> Webex {
    Webex::new(pretender.endpoint(), PATIENCE).unwrap()
}

/// A list with one subscriber, in this state.
fn subscriber(user_id: &str, status: &str) -> String {
    let one = json!({
        "id": "their-id", "userId": user_id, "spEnterpriseId": "SP1+acme", "firstName": "Ann", "lastName": "Lee",
        "email": "ann.lee@acme.example", "primaryPhoneNumber": "+1-240-555-1212", "extension": "1212",
        "package": "standard", "status": status,
    });
    json!({ "items": [one] }).to_string()
}

/// The refusal of a BroadWorks user who is there already.
fn taken() -> String {
    json!({ "message": "no", "errors": [{ "errorCode": 10022, "description": "associated" }] }).to_string()
}

fn methods(pretender: &Pretender) -> Vec<Method> {
    pretender.asked().into_iter().map(|asked| asked.method).collect()
}

#[tokio::test]
async fn whoever_does_not_answer_is_not_waited_for() {
    let pretender = Pretender::start().await;
    let targets: [Arc<dyn Target>; 2] = [
        Arc::new(Scim::new(pretender.endpoint(), IMPATIENCE).unwrap()),
        Arc::new(Webex::new(pretender.endpoint(), IMPATIENCE).unwrap()),
    ];
    for target in targets {
        assert_eq!(target.create(&ann()).await, Err(Fault::TargetTimeout.into()));
        assert_eq!(find(&*target, &ann().identity).await, Err(Fault::TargetTimeout.into()));
    }
}

#[tokio::test]
async fn a_target_that_is_not_there_is_unavailable() {
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let endpoint = server::targets::remote::Endpoint::parse(&nowhere, "token").unwrap();
    let target = Scim::new(endpoint, PATIENCE).unwrap();
    assert_eq!(find(&target, &ann().identity).await, Err(Fault::TargetUnavailable.into()));
}

#[tokio::test]
async fn a_busy_target_says_for_how_long() {
    let pretender = Pretender::start().await;
    pretender.plan(429, &[("retry-after", "7")], "");
    let detail = Some("429 Too Many Requests".to_owned());
    let busy = Refusal { detail, retry_after: Some(7 * SECOND), ..Fault::TargetBusy.into() };
    assert_eq!(webex(&pretender).create(&ann()).await, Err(busy.clone()));
    pretender.plan(429, &[("retry-after", "7")], "");
    assert_eq!(scim(&pretender).create(&ann()).await, Err(busy));
}

#[tokio::test]
async fn what_is_not_the_targets_answer_is_no_answer() {
    for garbage in ["<html>Please sign in</html>", "7", r#"{"items":7,"totalResults":7}"#, "{}"] {
        let pretender = Pretender::start().await;
        pretender.plan(200, &[], garbage);
        pretender.plan(200, &[], garbage);
        let unreadable = find(&scim(&pretender), &ann().identity).await.unwrap_err();
        assert!(unreadable.fault.is_transient(), "{garbage}");
        let unreadable = webex(&pretender).create(&ann()).await.unwrap_err();
        assert!(unreadable.fault.is_transient(), "{garbage}");
    }
}

#[tokio::test]
async fn the_token_goes_to_the_target_and_to_nobody_else() {
    let (pretender, elsewhere) = (Pretender::start().await, Pretender::start().await);
    let location = format!("{:?}", elsewhere.endpoint());
    let location = location.split('"').nth(1).unwrap();
    pretender.plan(307, &[("location", location)], "");
    let account = ann();
    let refusal = webex(&pretender).create(&account).await.unwrap_err();
    assert_eq!((refusal.fault, refusal.of_all), (Fault::TargetUnavailable, true));
    assert!(elsewhere.asked().is_empty());

    let asked = &pretender.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/broadworks/subscribers"));
    assert_eq!(asked.headers["authorization"], "Bearer pretended-token");
    assert_eq!(asked.headers["idempotency-key"], account.idempotency_key.to_string());
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!((&body["provisioningId"], &body["package"]), (&json!("template-there"), &json!("standard")));
}

#[tokio::test]
async fn what_a_target_says_is_kept_without_whom_it_names() {
    let pretender = Pretender::start().await;
    pretender.plan(200, &[], r#"{"totalResults":0}"#);
    let detail = "Ann LEE <ann.lee@acme.example> (ann.lee) may not be created";
    pretender.plan(400, &[], &json!({ "scimType": "invalidValue", "detail": detail }).to_string());
    let refusal = scim(&pretender).create(&ann()).await.unwrap_err();
    let kept = Some("400: invalidValue … … … … may not be created".to_owned());
    assert_eq!(refusal, Refusal { detail: kept, ..Fault::TargetRefused.into() });

    let error = json!({ "errorCode": 1001, "description": "Missing, dear Ann", "fieldName": "package" });
    let body = json!({ "message": "no", "errors": [error], "trackingId": "ROUTER_5F-01" });
    pretender.plan(400, &[], &body.to_string());
    let refusal = webex(&pretender).create(&ann()).await.unwrap_err();
    let kept = Some("400: 1001 Missing, dear … [package] (TrackingID ROUTER_5F-01)".to_owned());
    assert_eq!(refusal, Refusal { detail: kept, ..Fault::TargetRefused.into() });
}

#[tokio::test]
async fn a_user_who_is_there_under_another_customer_is_a_conflict() {
    let pretender = Pretender::start().await;
    pretender.plan(409, &[("trackingid", "T-1")], &taken());
    pretender.plan(200, &[], NOBODY);
    let refusal = webex(&pretender).create(&ann()).await.unwrap_err();
    let detail = Some("409: 10022 associated (TrackingID T-1)".to_owned());
    assert_eq!(refusal, Refusal { detail, ..Fault::AccountConflict.into() });
}

#[tokio::test]
async fn what_failed_there_earlier_makes_room_and_what_is_under_way_is_waited_for() {
    for (status, then) in [
        ("error", Some(Method::DELETE)),
        ("pending_email_input", Some(Method::DELETE)),
        ("provisioning", None),
        ("updating", None),
    ] {
        let pretender = Pretender::start().await;
        pretender.plan(409, &[], &taken());
        pretender.plan(200, &[], &subscriber("1@SP.com", status));
        pretender.plan(204, &[], "");
        assert_eq!(webex(&pretender).create(&ann()).await, Ok(Progress::Underway(None)), "{status}");
        let expected: Vec<_> = [Method::POST, Method::GET].into_iter().chain(then).collect();
        assert_eq!(methods(&pretender), expected, "{status}");
    }
}

#[tokio::test]
async fn consent_is_asked_there_for_the_address_that_counts() {
    let waiting = subscriber("1@sp.com", "pending_user_migration");
    let pretender = Pretender::start().await;
    pretender.plan(200, &[], &waiting);
    assert_eq!(find(&webex(&pretender), &ann().identity).await, Ok(Some(Progress::ConsentAsked)));

    for (address, progress) in
        [("ann.lee@acme.example", Progress::ConsentAsked), ("ann@acme.example", Progress::Underway(None))]
    {
        let pretender = Pretender::start().await;
        pretender.plan(409, &[], &taken());
        pretender.plan(200, &[], &waiting);
        pretender.plan(204, &[], "");
        assert_eq!(webex(&pretender).create(&account(address)).await, Ok(progress), "{address}");
    }
}

#[tokio::test]
async fn a_change_that_failed_there_is_told_once_and_made_again_when_it_is_ordered_again() {
    let (pretender, account) = (Pretender::start().await, Account { package: domain::Package::Premium, ..ann() });
    let target = webex(&pretender);
    let updating: serde_json::Value = serde_json::from_str(&subscriber("1@sp.com", "updating")).unwrap();
    let plan_change = || {
        pretender.plan(200, &[], &subscriber("1@sp.com", "error"));
        pretender.plan(200, &[], &updating["items"][0].to_string());
    };
    plan_change();
    assert_eq!(target.update(&account).await, Ok(Progress::Underway(None)));
    pretender.plan(200, &[], &subscriber("1@sp.com", "error"));
    assert_eq!(target.update(&account).await.unwrap_err().fault, Fault::TargetRefused);

    plan_change();
    let ordered_again = Account { idempotency_key: ann().idempotency_key, ..account };
    assert_eq!(target.update(&ordered_again).await, Ok(Progress::Underway(None)));
    let (get, put) = (Method::GET, Method::PUT);
    assert_eq!(methods(&pretender), [get.clone(), put.clone(), get.clone(), get, put]);
}

#[tokio::test]
async fn another_address_takes_a_new_start() {
    let (pretender, account) = (Pretender::start().await, account("ann@acme.example"));
    let target = webex(&pretender);
    pretender.plan(200, &[], &subscriber("1@sp.com", "provisioned"));
    pretender.plan(204, &[], "");
    assert_eq!(target.update(&account).await, Ok(Progress::Underway(None)));

    pretender.plan(200, &[], NOBODY);
    let created: serde_json::Value = serde_json::from_str(&subscriber("1@sp.com", "provisioning")).unwrap();
    pretender.plan(200, &[], &created["items"][0].to_string());
    assert_eq!(target.update(&account).await, Ok(Progress::Underway(None)));
    // However it writes the address: it was created by this very order.
    pretender.plan(200, &[], &subscriber("1@sp.com", "provisioned"));
    assert_eq!(target.update(&account).await, Ok(Progress::Done(None)));
    let (get, post) = (Method::GET, Method::POST);
    assert_eq!(methods(&pretender), [get.clone(), Method::DELETE, get.clone(), post, get]);
}

#[tokio::test]
async fn a_removal_is_done_when_nobody_is_found_any_more() {
    let (pretender, there) = (Pretender::start().await, subscriber("1@sp.com", "updating"));
    let target = webex(&pretender);
    pretender.plan(200, &[], &there);
    pretender.plan(204, &[], "");
    pretender.plan(200, &[], &there);
    assert_eq!(remove(&target, &ann().identity).await, Ok(Progress::Underway(None)));
    pretender.plan(200, &[], NOBODY);
    assert_eq!(remove(&target, &ann().identity).await, Ok(Progress::Done(None)));
}

#[tokio::test]
async fn somebody_whose_user_id_has_changed_is_found_by_the_person() {
    let person = "f5b36187-c8dd-4727-8b2f-f9c447f29046";
    let written = "Y2lzY29zcGFyazovL3VzL1BFT1BMRS9mNWIzNjE4Ny1jOGRkLTQ3MjctOGIyZi1mOWM0NDdmMjkwNDY";
    let pretender = Pretender::start().await;
    pretender.plan(200, &[], NOBODY);
    let mut there: serde_json::Value = serde_json::from_str(&subscriber("old@sp.com", "provisioned")).unwrap();
    there["items"][0]["personId"] = json!(written);
    pretender.plan(200, &[], &there.to_string());
    let identity = Identity { person_id: Some(person.to_owned()), ..ann().identity };
    let found = find(&webex(&pretender), &identity).await;
    assert_eq!(found, Ok(Some(Progress::Done(Some(person.to_owned())))));
    assert_eq!(pretender.asked()[1].path, format!("/broadworks/subscribers?personId={written}"));
}

#[tokio::test]
async fn a_filter_that_is_overlooked_touches_nobody_else() {
    let pretender = Pretender::start().await;
    pretender.plan(200, &[], &subscriber("2@sp.com", "provisioned"));
    assert_eq!(remove(&webex(&pretender), &ann().identity).await, Ok(Progress::Done(None)));
    let other = json!({ "totalResults": 1, "Resources": [{ "id": "7", "externalId": "another", "userName": "bob" }] });
    pretender.plan(200, &[], &other.to_string());
    assert_eq!(remove(&scim(&pretender), &ann().identity).await, Ok(Progress::Done(None)));
    assert_eq!(methods(&pretender), [Method::GET, Method::GET]);
}

#[test]
fn a_lost_answer_is_asked_for_before_anything_is_repeated() {
    for_each_database(async |world: World| {
        let pretender = Pretender::start().await;
        let target = Arc::new(Webex::new(pretender.endpoint(), IMPATIENCE).unwrap());
        let worker = world.worker_with(webex::NAME, target, world.postman.clone());
        let template = world.trusted_at(webex::NAME, Some("template-there")).await;
        let user = world.arrive(&template, "1@sp.com", Some("ann.lee@acme.example")).await;
        worker.drain().await.unwrap();
        assert_eq!(world.find(user.id).await.unwrap().setback, Some(41003));

        for _ in 0..2 {
            pretender.plan(200, &[], &subscriber("1@sp.com", "provisioned"));
        }
        world.clock.advance(2 * SECOND);
        worker.drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioned");
        // In between it was asked whether it answers anybody at all.
        assert_eq!(methods(&pretender), [Method::POST, Method::GET, Method::GET, Method::GET]);
        assert_eq!(pretender.asked()[1].path, "/broadworks/subscribers?max=1");
    });
}

#[tokio::test]
async fn the_vendors_answers_are_understood_however_they_are_written() {
    let done = || Ok(Progress::Done(Some("person".to_owned())));
    let there = json!({
        "id": 17, "personId": "person", "userId": "1@SP.com", "spEnterpriseId": "SP1+acme", "firstName": null,
        "lastName": "Lee", "email": null, "extension": 1212, "package": "Standard", "status": "Provisioned", "errors": null,
    });
    for list in [json!({ "items": [null, { "id": null }, there] }), json!({ "items": [there], "total": "1" })] {
        let pretender = Pretender::start().await;
        pretender.plan(200, &[], &format!("\u{feff}{list}"));
        assert_eq!(find(&webex(&pretender), &ann().identity).await, done().map(Some), "{list}");
    }
    let nobody = Pretender::start().await;
    nobody.plan(200, &[], r#"{"items":null}"#);
    assert_eq!(find(&webex(&nobody), &ann().identity).await, Ok(None));

    // Accepted, and the answer says too little: what is there says the rest.
    for (status, body) in [(200, ""), (204, ""), (202, "{}"), (200, r#"{"id":"x","status":null}"#), (200, "accepted")] {
        let pretender = Pretender::start().await;
        pretender.plan(status, &[], body);
        pretender.plan(200, &[], &json!({ "items": [there] }).to_string());
        assert_eq!(webex(&pretender).create(&ann()).await, done(), "{status} {body}");
        pretender.plan(status, &[], body);
        pretender.plan(200, &[], NOBODY);
        assert_eq!(webex(&pretender).create(&ann()).await, Ok(Progress::Underway(None)), "{status} {body}");
    }

    let pretender = Pretender::start().await;
    let failure =
        json!({ "message": null, "errors": [{ "errorCode": "10022", "description": null }], "trackingId": 5 });
    pretender.plan(409, &[], &failure.to_string());
    pretender.plan(200, &[], &json!({ "items": [there] }).to_string());
    pretender.plan(200, &[], &there.to_string());
    assert_eq!(webex(&pretender).create(&ann()).await, done());
    assert_eq!(pretender.asked()[2].path, "/broadworks/subscribers/17");
}

#[tokio::test]
async fn the_vendor_is_told_a_language_in_its_own_way() {
    let pretender = Pretender::start().await;
    pretender.plan(204, &[], "");
    pretender.plan(200, &[], NOBODY);
    let mut account = ann();
    account.details.language = Some("pt-br".to_owned());
    webex(&pretender).create(&account).await.unwrap();
    let body: serde_json::Value = serde_json::from_str(&pretender.asked()[0].body).unwrap();
    assert_eq!(body["language"], "pt_BR");
}
