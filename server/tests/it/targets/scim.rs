//! The target `scim`, against a real SCIM server.

use std::sync::Arc;

use domain::{Fault, Package, lifecycle::Event};
use reqwest::Method;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use server::{
    provisioning::worker::Worker,
    targets::{
        Account, Holds as _, Identity, Progress,
        remote::Endpoint,
        scim::{self, Scim},
    },
};

use super::{PATIENCE, account};
use crate::entity::history;
use crate::support::{ScimService, World, find, for_each_database, remove};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn target(endpoint: Endpoint) -> Scim {
    Scim::new(endpoint, PATIENCE).unwrap()
}

fn worker(world: &World, endpoint: Endpoint) -> Worker {
    world.worker_with(scim::NAME, Arc::new(target(endpoint)), world.postman.clone())
}

#[test]
fn an_account_is_created_changed_removed_and_taken_up_again() {
    for_each_database(async |world: World| {
        let Some(service) = ScimService::find() else { return };
        let worker = worker(&world, service.endpoint());
        let template = world.trusted_at(scim::NAME, None).await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.example")).await;
        worker.drain().await.unwrap();

        let provisioned = world.find(user.id).await.unwrap();
        let [there] = &service.users().await[..] else { panic!("not one user") };
        assert_eq!(provisioned.status, "provisioned");
        assert_eq!(provisioned.person_id.as_deref(), there["id"].as_str());
        assert_eq!(there["externalId"], user.id.to_string());
        assert_eq!((&there["userName"], &there["active"]), (&json!("ann@acme.example"), &json!(true)));
        assert_eq!(there["emails"], json!([{ "value": "ann@acme.example", "type": "work", "primary": true }]));
        assert_eq!((&there["name"]["givenName"], &there["name"]["familyName"]), (&json!("Ann"), &json!("Lee")));
        assert_eq!(there["phoneNumbers"], json!([{ "value": "+1-240-555-1212", "type": "work" }]));
        assert_eq!(there["entitlements"], json!([{ "value": "standard", "type": "package" }]));
        assert_eq!(there["roles"], json!([{ "value": "administrator" }]));
        assert_eq!(there[ENTERPRISE]["organization"], "SP1+acme");

        // Others write into it too.
        let path = format!("Users/{}", there["id"].as_str().unwrap());
        let mut edited = there.clone();
        edited["title"] = json!("Director");
        edited["entitlements"].as_array_mut().unwrap().push(json!({ "value": "parking", "type": "garage" }));
        service.ask(Method::PUT, &path, Some(edited)).await;
        world.apply(user.id, Event::PackageChanged(Package::Premium)).await.unwrap();
        worker.drain().await.unwrap();
        let changed = service.ask(Method::GET, &path, None).await;
        assert_eq!(world.find(user.id).await.unwrap().package, "premium");
        assert_eq!(changed["title"], "Director");
        let both = json!([{ "value": "parking", "type": "garage" }, { "value": "premium", "type": "package" }]);
        assert_eq!(changed["entitlements"], both);

        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        worker.drain().await.unwrap();
        let removed = service.ask(Method::GET, &path, None).await;
        assert!(world.find(user.id).await.is_none());
        assert_eq!((&removed["active"], &removed["roles"]), (&json!(false), &json!(null)));
        assert_eq!(removed["entitlements"], json!([{ "value": "parking", "type": "garage" }]));

        let again = world.arrive(&template, "1@sp.com", Some("ann@acme.example")).await;
        worker.drain().await.unwrap();
        let taken_up = service.ask(Method::GET, &path, None).await;
        assert_eq!(world.status(again.id).await, "provisioned");
        assert_eq!((&taken_up["externalId"], &taken_up["active"]), (&json!(again.id.to_string()), &json!(true)));
        assert_eq!(service.users().await.len(), 1);
    });
}

#[test]
fn an_address_of_somebody_else_is_in_use() {
    for_each_database(async |world: World| {
        let Some(service) = ScimService::find() else { return };
        let others = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Ann@acme.example", "active": false,
        });
        service.ask(Method::POST, "Users", Some(others)).await;
        let worker = worker(&world, service.endpoint());
        let template = world.trusted_at(scim::NAME, None).await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.example")).await;
        worker.drain().await.unwrap();

        let refused = world.find(user.id).await.unwrap();
        assert_eq!((refused.status.as_str(), world.fault(user.id).await), ("error", Some(Fault::AddressInUse)));
        assert!(refused.fault_detail.unwrap().starts_with("409: uniqueness"));
        assert_eq!(service.users().await.len(), 1);
    });
}

#[test]
fn a_token_that_the_service_does_not_know_is_the_operators_to_mend_and_is_not_shown() {
    for_each_database(async |world: World| {
        let Some(service) = ScimService::find() else { return };
        let worker = worker(&world, service.endpoint_with("wrong-token"));
        let template = world.trusted_at(scim::NAME, None).await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.example")).await;
        worker.drain().await.unwrap();

        let waiting = world.find(user.id).await.unwrap();
        assert_eq!((waiting.status.as_str(), waiting.setback), ("provisioning", Some(41006)));
        let steps = history::Entity::find().filter(history::Column::Event.eq("attempt_postponed"));
        let step = steps.one(world.store.read()).await.unwrap().unwrap();
        let detail = step.detail.unwrap();
        assert!(detail.starts_with("401: Authorization failure") && !detail.contains("wrong-token"), "{detail}");

        // With the right token everything goes on by itself.
        world.clock.advance(domain::timestamp::MINUTE);
        self::worker(&world, service.endpoint()).drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioned");
    });
}

#[tokio::test]
async fn a_repeated_creation_finds_the_account() {
    let Some(service) = ScimService::find() else { return };
    let (target, account) = (target(service.endpoint()), account("ann@acme.example"));
    assert_eq!(find(&target, &account.identity).await, Ok(None));
    let created = target.create(&account).await.unwrap();
    assert_eq!(target.create(&account).await.unwrap(), created);
    assert_eq!(find(&target, &account.identity).await, Ok(Some(created)));
    assert_eq!(service.users().await.len(), 1);
}

#[tokio::test]
async fn a_removed_account_is_not_there_and_comes_back_when_it_is_created_again() {
    let Some(service) = ScimService::find() else { return };
    let (target, account) = (target(service.endpoint()), account("ann@acme.example"));
    let created = target.create(&account).await.unwrap();
    for _ in 0..2 {
        assert_eq!(remove(&target, &account.identity).await, Ok(Progress::Done(None)));
        assert_eq!(find(&target, &account.identity).await, Ok(None));
    }
    assert_eq!(target.create(&account).await.unwrap(), created);
    assert_eq!(service.users().await[0]["active"], true);
}

#[tokio::test]
async fn an_account_that_somebody_suspended_is_not_given_to_another_subscriber() {
    let Some(service) = ScimService::find() else { return };
    let (target, old) = (target(service.endpoint()), account("ann@acme.example"));
    target.create(&old).await.unwrap();
    let mut suspended = service.users().await.remove(0);
    suspended["active"] = json!(false);
    service.ask(Method::PUT, &format!("Users/{}", suspended["id"].as_str().unwrap()), Some(suspended.clone())).await;

    let somebody_else = account("somebody@else.example").identity;
    let identity = Identity { external_id: somebody_else.external_id, ..old.identity.clone() };
    let new = Account { identity, ..old.clone() };
    assert_eq!(target.create(&new).await.unwrap_err().fault, Fault::AddressInUse);
    assert_eq!(service.users().await[0]["externalId"], old.identity.external_id.to_string());
}

#[tokio::test]
async fn a_name_that_another_company_has_is_told_from_one_that_is_taken() {
    let Some(service) = ScimService::find() else { return };
    let (target, theirs, new) = (target(service.endpoint()), account("ann@acme.example"), account("ann@acme.example"));
    let elsewhere = Identity { sp_enterprise_id: "SP1+other".to_owned(), ..theirs.identity.clone() };
    target.create(&Account { identity: elsewhere, ..theirs.clone() }).await.unwrap();
    assert_eq!(target.create(&new).await.unwrap_err().fault, Fault::AddressElsewhere);
    // It comes to their company, and is somebody else's there.
    target.update(&theirs).await.unwrap();
    assert_eq!(target.create(&new).await.unwrap_err().fault, Fault::AddressInUse);
}

#[tokio::test]
async fn an_account_gets_another_address() {
    let Some(service) = ScimService::find() else { return };
    let (target, old, other) = (target(service.endpoint()), account("typo@acme.example"), account("bob@acme.example"));
    let created = target.create(&old).await.unwrap();
    target.create(&other).await.unwrap();

    let fixed = Account { email: account("ann@acme.example").email, ..old.clone() };
    assert_eq!(target.update(&fixed).await.unwrap(), created);
    let names = service.names().await;
    assert_eq!(names, ["ann@acme.example", "bob@acme.example"]);
    let taken = Account { email: other.email, ..old };
    assert_eq!(target.update(&taken).await.unwrap_err().fault, Fault::AddressInUse);
    assert_eq!(service.names().await, names);
}
