//! Workspaces at each target: against real servers, and against the vendor's API, which cannot be asked for one.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{BroadWorksId, Fault, SpEnterpriseId, timestamp::SECOND};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use server::{
    environment::Environment,
    provisioning::{
        worker::Worker,
        workspaces::{self, Changes, NewWorkspace},
    },
    store::{Actor, Template, Workspace as Room, WorkspaceId},
    targets::{
        Holds, Identity, Progress, Workspace,
        scim::{self, Scim},
        webex::{self, Webex},
    },
};

use super::PATIENCE;
use crate::entity::workspace;
use crate::support::{Api, Installation, Pretender, ScimService, World, for_each_database, free_port};

/// How long the other server may take to bring something to its end.
const THERE: Duration = Duration::from_secs(60);

async fn add(world: &World, template: &Template, user_id: &str) -> Room {
    let acme = SpEnterpriseId::parse("SP1+acme").unwrap();
    let customer = workspaces::customer(&world.store, world.tenant, &acme).await.unwrap();
    let new = NewWorkspace {
        user_id: BroadWorksId::parse(user_id).unwrap(),
        display_name: "Conference Room".to_owned(),
        primary_phone: Some("+1-240-555-1212".to_owned()),
        extension: Some("1".to_owned()),
    };
    let under = (template, &customer);
    workspaces::add(&world.store, &world.environment, under, new, &Actor::Import).await.unwrap()
}

async fn update(world: &World, id: WorkspaceId, user_id: &str) {
    let changes =
        Changes { user_id: Some(BroadWorksId::parse(user_id).unwrap()), primary_phone: Some(None), extension: None };
    let own = (world.tenant, id);
    workspaces::update(&world.store, &world.environment, own, changes, &Actor::Import).await.unwrap();
}

async fn remove(world: &World, id: WorkspaceId) {
    workspaces::remove(&world.store, &world.environment, (world.tenant, id), &Actor::Import).await.unwrap();
}

/// A workspace as a target is asked for it.
fn wanted(place_id: Option<&str>) -> Workspace {
    let environment = Environment::real();
    Workspace {
        identity: Identity {
            external_id: WorkspaceId::from(environment.id()).into(),
            user_id: "room@sp.com".to_owned(),
            sp_enterprise_id: "SP1+acme".to_owned(),
            template: Some("template-there".to_owned()),
            person_id: place_id.map(str::to_owned),
        },
        idempotency_key: environment.id().into(),
        display_name: "Conference Room".to_owned(),
        primary_phone: None,
        extension: Some("1".to_owned()),
    }
}

#[test]
fn at_a_scim_service_it_is_a_user_of_its_own_type() {
    for_each_database(async |world: World| {
        let Some(service) = ScimService::find() else { return };
        let target = Scim::new(service.endpoint(), PATIENCE).unwrap();
        let worker = world.worker_with(scim::NAME, Arc::new(target), world.postman.clone());
        let template = world.trusted_at(scim::NAME, None).await;
        world.arrive(&template, "user@sp.com", None).await;
        let room = add(&world, &template, "room@sp.com").await;
        worker.drain().await.unwrap();
        let [there] = &service.users().await[..] else { panic!("not one user") };
        assert_eq!(world.workspace(room.id).await.unwrap().place_id.as_deref(), there["id"].as_str());
        assert_eq!((&there["userType"], &there["userName"]), (&json!("Workspace"), &json!("room@sp.com")));
        assert_eq!((&there["displayName"], &there["active"]), (&json!("Conference Room"), &json!(true)));
        assert_eq!(there["externalId"], room.id.to_string());
        assert_eq!(there["phoneNumbers"], json!([{ "value": "+1-240-555-1212", "type": "work" }]));

        // What others write into it stays.
        let path = format!("Users/{}", there["id"].as_str().unwrap());
        let mut edited = there.clone();
        edited["title"] = json!("First floor");
        service.ask(Method::PUT, &path, Some(edited)).await;
        update(&world, room.id, "hall@sp.com").await;
        worker.drain().await.unwrap();
        let changed = service.ask(Method::GET, &path, None).await;
        assert_eq!((&changed["userName"], &changed["title"]), (&json!("hall@sp.com"), &json!("First floor")));
        assert_eq!(changed["phoneNumbers"], json!(null));

        remove(&world, room.id).await;
        worker.drain().await.unwrap();
        assert!(world.workspace(room.id).await.is_none());
        assert_eq!(service.ask(Method::GET, &path, None).await["active"], false);
        let again = add(&world, &template, "hall@sp.com").await;
        worker.drain().await.unwrap();
        assert_eq!(world.workspace(again.id).await.unwrap().status, "provisioned");
        let taken_up = service.ask(Method::GET, &path, None).await;
        assert_eq!((&taken_up["externalId"], &taken_up["active"]), (&json!(again.id.to_string()), &json!(true)));
        assert_eq!(service.users().await.len(), 1);
    });
}

#[test]
fn a_name_that_somebody_has_at_a_scim_service_is_left_to_them() {
    for_each_database(async |world: World| {
        let Some(service) = ScimService::find() else { return };
        let target = Scim::new(service.endpoint(), PATIENCE).unwrap();
        let worker = world.worker_with(scim::NAME, Arc::new(target), world.postman.clone());
        let template = world.trusted_at(scim::NAME, None).await;
        world.arrive(&template, "user@sp.com", None).await;
        let theirs = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "room@sp.com" });
        service.ask(Method::POST, "Users", Some(theirs)).await;
        let room = add(&world, &template, "room@sp.com").await;
        worker.drain().await.unwrap();
        let refused = world.workspace(room.id).await.unwrap();
        assert_eq!((refused.status.as_str(), refused.fault), ("error", Some(41008)));
        assert_eq!(service.users().await.len(), 1);
    });
}

/// Works until the workspace is as it should be.
async fn until(world: &World, worker: &Worker, id: WorkspaceId, end: impl Fn(Option<&workspace::Model>) -> bool) {
    let began = Instant::now();
    loop {
        worker.drain().await.unwrap();
        let now = world.workspace(id).await;
        if end(now.as_ref()) {
            return;
        }
        assert!(began.elapsed() < THERE, "it stays {now:?}");
        world.clock.advance(2 * SECOND);
        tokio::task::yield_now().await;
    }
}

fn is(status: &str) -> impl Fn(Option<&workspace::Model>) -> bool {
    move |room| room.is_some_and(|room| room.status == status)
}

#[test]
fn at_another_flowthrough_it_is_a_workspace_there() {
    for_each_database(async |world: World| {
        let (installation, port, client) = (Installation::on_sqlite(), free_port(), Client::new());
        let provisioning_id = installation.add_trusted_template(&[]);
        let mut server = installation.serve(&client, port).await;
        let api = Api::new(&server.url, installation.add_token());
        let target = Webex::new(api.endpoint(), PATIENCE).unwrap();
        let worker = world.worker_with(webex::NAME, Arc::new(target), world.postman.clone());
        let template = world.trusted_at(webex::NAME, Some(&provisioning_id)).await;
        world.arrive(&template, "user@sp.com", None).await;

        // The enterprise is not there yet.
        let room = add(&world, &template, "room@sp.com").await;
        until(&world, &worker, room.id, is("error")).await;
        let refused = world.workspace(room.id).await.unwrap();
        assert_eq!(refused.fault, Some(41005));
        assert!(refused.fault_detail.unwrap().contains("[spEnterpriseId]"));
        let user = json!({
            "provisioningId": provisioning_id, "userId": "there@sp.com", "spEnterpriseId": "SP1+acme",
            "firstName": "O", "lastName": "W", "package": "basic", "email": "ann@acme.example",
        });
        api.add(&user).await;
        let again = Changes::default();
        let own = (world.tenant, room.id);
        workspaces::update(&world.store, &world.environment, own, again, &Actor::Import).await.unwrap();
        until(&world, &worker, room.id, is("provisioned")).await;
        let [there] = &api.workspaces().await[..] else { panic!("not one workspace") };
        let names = ["userId", "spEnterpriseId", "displayName", "primaryPhoneNumber", "extension", "status"];
        let expected = ["room@sp.com", "SP1+acme", "Conference Room", "+1-240-555-1212", "1", "provisioned"];
        assert_eq!(names.map(|name| there[name].as_str().unwrap()), expected);
        assert_eq!(world.workspace(room.id).await.unwrap().place_id.as_deref(), there["id"].as_str());

        // It dies in the middle.
        update(&world, room.id, "hall@sp.com").await;
        server.kill();
        worker.drain().await.unwrap();
        let waiting = world.workspace(room.id).await.unwrap();
        assert_eq!((waiting.status.as_str(), waiting.setback), ("updating", Some(41002)));
        server = installation.serve(&client, port).await;
        until(&world, &worker, room.id, is("provisioned")).await;
        let [changed] = &api.workspaces().await[..] else { panic!("not one workspace") };
        assert_eq!((&changed["id"], &changed["userId"]), (&there["id"], &json!("hall@sp.com")));
        assert_eq!((changed.get("primaryPhoneNumber"), &changed["status"]), (None, &json!("provisioned")));

        remove(&world, room.id).await;
        until(&world, &worker, room.id, |room| room.is_none()).await;
        assert!(api.workspaces().await.is_empty(), "gone there before it is gone here");
        drop(server);
    });
}

/// The vendor's answer about a workspace.
fn told(id: &str) -> String {
    json!({
        "id": id, "provisioningId": "template-there", "userId": "room@sp.com", "spEnterpriseId": "SP1+acme",
        "displayName": "Conference Room", "extension": "1", "created": "2019-10-18T14:26:16.000Z",
    })
    .to_string()
}

fn taken() -> String {
    let error = json!({ "errorCode": 10022, "description": "Conference Room is associated" });
    json!({ "message": "no", "errors": [error], "trackingId": "x" }).to_string()
}

fn methods(pretender: &Pretender) -> Vec<String> {
    pretender.asked().into_iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect()
}

#[tokio::test]
async fn the_vendors_answer_is_all_that_is_heard_of_a_workspace() {
    let vendor = Pretender::start().await;
    let target = Webex::new(vendor.endpoint(), PATIENCE).unwrap();
    let (new, known) = (wanted(None), wanted(Some("their-id")));
    vendor.plan(200, &[], &told("their-id"));
    vendor.plan(405, &[], "");
    assert_eq!(target.create(&new).await, Ok(Progress::Done(Some("their-id".to_owned()))));
    let sent: Value = serde_json::from_str(&vendor.asked()[0].body).unwrap();
    assert_eq!(
        sent,
        json!({
            "provisioningId": "template-there", "userId": "room@sp.com", "spEnterpriseId": "SP1+acme",
            "displayName": "Conference Room", "primaryPhoneNumber": "", "extension": "1",
        })
    );
    assert_eq!(vendor.asked()[0].headers["idempotency-key"], new.idempotency_key.to_string());

    vendor.plan(405, &[], "");
    vendor.plan(200, &[], &told("their-id"));
    vendor.plan(404, &[], "");
    assert_eq!(target.update(&known).await, Ok(Progress::Done(Some("their-id".to_owned()))));
    vendor.plan(404, &[], "");
    vendor.plan(204, &[], "");
    assert_eq!(Holds::<Workspace>::remove(&target, &known).await, Ok(Progress::Done(None)));
    vendor.plan(405, &[], "");
    assert_eq!(Holds::<Workspace>::find(&target, &known.identity).await, Ok(None));
    let (all, one) = ("/broadworks/workspaces", "/broadworks/workspaces/their-id");
    assert_eq!(
        methods(&vendor),
        [
            format!("POST {all}"),
            format!("GET {one}"),
            format!("GET {one}"),
            format!("PUT {one}"),
            format!("GET {one}"),
            format!("GET {one}"),
            format!("DELETE {one}"),
            format!("GET {one}"),
        ]
    );
}

#[tokio::test]
async fn a_workspace_whose_id_the_vendor_never_told_is_neither_taken_over_nor_forgotten() {
    let vendor = Pretender::start().await;
    let target = Webex::new(vendor.endpoint(), PATIENCE).unwrap();
    let new = wanted(None);
    vendor.plan(409, &[], &taken());
    vendor.plan(405, &[], "");
    let refused = target.create(&new).await.unwrap_err();
    assert_eq!(refused.fault, Fault::AccountConflict);
    assert!(refused.detail.as_ref().is_some_and(|detail| detail.contains("10022 … … is associated")), "{refused:?}");

    vendor.plan(405, &[], "");
    vendor.plan(409, &[], &taken());
    assert_eq!(Holds::<Workspace>::remove(&target, &new).await.unwrap_err().fault, Fault::AccountConflict);
    // Somebody removed it there: now it can be made, tells its id, and is removed.
    vendor.plan(405, &[], "");
    vendor.plan(200, &[], &told("new-id"));
    vendor.plan(204, &[], "");
    assert_eq!(Holds::<Workspace>::remove(&target, &new).await, Ok(Progress::Done(None)));
    assert_eq!(methods(&vendor).last().unwrap(), "DELETE /broadworks/workspaces/new-id");
    // What the vendor takes in no case is not there either.
    vendor.plan(405, &[], "");
    vendor.plan(400, &[], r#"{"message":"unknown provisioningId","errors":[]}"#);
    assert_eq!(Holds::<Workspace>::remove(&target, &new).await, Ok(Progress::Done(None)));
    for (status, fault) in [(503, Fault::TargetUnavailable), (401, Fault::TargetUnauthorized)] {
        vendor.plan(405, &[], "");
        vendor.plan(status, &[], "");
        assert_eq!(Holds::<Workspace>::remove(&target, &new).await.unwrap_err().fault, fault);
    }
}

#[tokio::test]
async fn another_ones_workspace_is_not_changed() {
    let there = Pretender::start().await;
    let target = Webex::new(there.endpoint(), PATIENCE).unwrap();
    // It overlooks the filter.
    let other = told("other-id").replace("room@sp.com", "other@sp.com");
    there.plan(200, &[], &format!(r#"{{"items":[{other}]}}"#));
    assert_eq!(Holds::<Workspace>::find(&target, &wanted(None).identity).await, Ok(None));
    there.plan(200, &[], &other);
    assert_eq!(Holds::<Workspace>::remove(&target, &wanted(Some("their-id"))).await, Ok(Progress::Done(None)));
    assert!(methods(&there).iter().all(|asked| asked.starts_with("GET ")));
}

#[tokio::test]
async fn a_workspace_does_not_become_two_users_of_a_scim_service() {
    let service = Pretender::start().await;
    let room = wanted(None);
    let own = json!({ "id": "own", "externalId": room.identity.external_id.to_string(), "userName": "old@sp.com" });
    service.plan(200, &[], &json!({ "totalResults": 1, "Resources": [own] }).to_string());
    service.plan(409, &[], &json!({ "scimType": "uniqueness" }).to_string());
    let refusal = Scim::new(service.endpoint(), PATIENCE).unwrap().update(&room).await.unwrap_err();
    assert_eq!(refusal.fault, Fault::AccountConflict);
    let asked = methods(&service);
    assert_eq!(asked.last().unwrap(), "PUT /Users/own", "nobody else's is looked for: {asked:?}");
}
