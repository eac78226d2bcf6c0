//! One partner never sees another: not by an id, not by an address, not by a directory.

use std::sync::Arc;

use domain::{EmailAddress, Fault, Permissions, SpEnterpriseId, draft::NewSubscriber, lifecycle::Event};
use sea_orm::EntityTrait as _;
use serde_json::json;
use server::{
    broadworks::EnterpriseDirectory,
    directory_sync::Syncer,
    store::{SubscriberId, Template, Tenant},
    vendor_id::Kind,
};
use uuid::Uuid;

use crate::entity::external_user;
use crate::support::{Act, Answer, BroadWorks, Client, World, for_each_database, new_subscriber};

const VALIDATE: &str = "/v1/broadworks/subscribers/validate";

/// Another partner, with a template whose addresses it vouches for and one under which users prove theirs.
async fn other(world: &World) -> (Tenant, Template, Template) {
    let tenant = world.other_partner().await;
    let trusted = world
        .template(|template| {
            template.partner_id = tenant.partner();
            template.verification = domain::template::UserVerification::Trusted;
        })
        .await;
    let untrusted = world.template(|template| template.partner_id = tenant.partner()).await;
    (tenant, trusted, untrusted)
}

async fn client(world: &World, tenant: Tenant) -> Client {
    world.client_of(tenant, Permissions::TOKEN).await
}

/// What an answer says, without what is new in every answer.
fn said(answer: &Answer) -> (u16, String) {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("trackingId");
    }
    (answer.status.as_u16(), body.to_string())
}

/// The code of a subscriber's error and the target's own words.
async fn error(world: &World, subscriber: SubscriberId) -> (Option<Fault>, Option<String>) {
    let row = world.find(subscriber).await.unwrap();
    assert_eq!(row.status, "error");
    (world.fault(subscriber).await, row.fault_detail)
}

#[test]
fn a_check_says_nothing_of_others_addresses() {
    for_each_database(async |world: World| {
        world.arrive(&world.trusted().await, "ann@sp.com", Some("ann@acme.example")).await;
        world.work().await;
        let (partner, trusted, _) = other(&world).await;
        let (own, stranger) = (world.client().await, client(&world, partner).await);
        let ask = |email: &str| json!({ "email": email });
        assert_eq!(own.post(VALIDATE, &ask("ANN@acme.example")).await.errors(), (409, vec![(41001, "email")]));
        let free = said(&stranger.post(VALIDATE, &ask("free@acme.example")).await);
        assert_eq!(free.0, 200);
        assert_eq!(said(&stranger.post(VALIDATE, &ask("ANN@acme.example")).await), free);
        let under = json!({ "email": "ann@acme.example", "provisioningId": trusted.provisioning_id });
        assert_eq!(said(&stranger.post(VALIDATE, &under).await), free);
    });
}

#[test]
fn whoever_vouches_is_not_told_whose_an_address_is() {
    for_each_database(async |world: World| {
        world.arrive(&world.trusted().await, "ann@sp.com", Some("ann@acme.example")).await;
        world.work().await;
        let (partner, trusted, untrusted) = other(&world).await;
        // As it would be for any other reason that a target may have.
        let plain = world.arrive(&trusted, "plain@sp.com", Some("plain@acme.example")).await;
        world.target.plan([Act::Refuse(Fault::TargetRefused.into())]);
        world.work().await;
        let other_reason = error(&world, plain.id).await;
        let vouched = world.arrive(&trusted, "new@sp.com", Some("Ann@acme.example")).await;
        world.work().await;
        assert_eq!(error(&world, vouched.id).await, other_reason);
        let onboarded = world.arrive(&untrusted, "hub@sp.com", None).await;
        let address = EmailAddress::parse("ann@acme.example").unwrap();
        world.apply(onboarded.id, Event::Onboarded(address)).await.unwrap();
        world.work().await;
        assert_eq!(error(&world, onboarded.id).await, other_reason);
        let stranger = client(&world, partner).await;
        let elsewhere = NewSubscriber {
            sp_enterprise_id: SpEnterpriseId::parse("SP9+else").unwrap(),
            ..new_subscriber("else@sp.com", Some("ann@acme.example"))
        };
        let elsewhere = world.try_arrive(&trusted, elsewhere).await.unwrap();
        world.work().await;
        assert_eq!(error(&world, elsewhere.id).await, other_reason);
        let listed = stranger.get("/v1/broadworks/subscribers?status=error").await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 4);
        let tells = |text: String| text.contains("41001") || text.contains("41010");
        assert!(!tells(listed.body.to_string()), "{}", listed.body);
        for item in listed.body["items"].as_array().unwrap() {
            let path = format!("/v1/broadworks/subscribers/{}/history", item["id"].as_str().unwrap());
            let history = stranger.get(&path).await;
            assert!(!tells(history.body.to_string()), "{}", history.body);
        }
    });
}

#[test]
fn whoever_has_proven_an_address_is_told_and_so_is_a_partner_of_its_own_users() {
    for_each_database(async |world: World| {
        world.arrive(&world.trusted().await, "ann@sp.com", Some("ann@acme.example")).await;
        world.work().await;
        let (_, trusted, untrusted) = other(&world).await;
        let address = EmailAddress::parse("ann@acme.example").unwrap();
        let proven = world.arrive(&untrusted, "proven@sp.com", None).await;
        world.apply(proven.id, Event::AddressEntered(address.clone())).await.unwrap();
        world.work().await;
        let code = world.postman.last().code;
        server::provisioning::activation::prove_by_code(
            &world.store,
            &world.environment,
            &world.code_keys,
            &proven,
            &code,
            domain::Network::UNKNOWN,
        )
        .await
        .unwrap();
        world.work().await;
        assert_eq!(world.fault(proven.id).await, Some(Fault::AddressInUse), "the address is theirs");
        let first = world.arrive(&trusted, "bob@sp.com", Some("bob@acme.example")).await;
        world.work().await;
        assert_eq!(world.status(first.id).await, "provisioned");
        let second = world.arrive(&trusted, "bobby@sp.com", Some("bob@acme.example")).await;
        world.work().await;
        assert_eq!(world.fault(second.id).await, Some(Fault::AddressInUse), "Bob is the partner's own");
    });
}

#[test]
fn what_belongs_to_another_is_answered_as_what_does_not_exist() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        world.arrive(&template, "ann@sp.com", None).await;
        let own = world.client().await;
        let id = |answer: &Answer| answer.body["items"][0]["id"].as_str().unwrap().to_owned();
        let subscriber = id(&own.get("/v1/broadworks/subscribers").await);
        let enterprise = id(&own.get("/v1/broadworks/enterprises").await);
        let (partner, ..) = other(&world).await;
        let stranger = client(&world, partner).await;
        let nobody = own.get(&format!("/v1/broadworks/subscribers/{}", Kind::Subscriber.encode(Uuid::nil()))).await;
        for path in [
            format!("/v1/broadworks/subscribers/{subscriber}"),
            format!("/v1/broadworks/subscribers/{subscriber}/history"),
            format!("/v1/broadworks/enterprises/{enterprise}/broadworksDirectorySync"),
        ] {
            assert_eq!(said(&stranger.get(&path).await), said(&nobody), "{path}");
        }
        let sync = format!("/v1/broadworks/enterprises/{enterprise}/broadworksDirectorySync");
        assert_eq!(said(&stranger.put(&sync, &json!({ "enableDirSync": true })).await), said(&nobody));
        assert_eq!(said(&stranger.delete(&format!("/v1/broadworks/subscribers/{subscriber}")).await), said(&nobody));
        let new = |provisioning_id: &str| {
            json!({
                "provisioningId": provisioning_id, "userId": "eve@sp.com", "spEnterpriseId": "SP1+acme",
                "firstName": "Eve", "lastName": "Doe", "package": "standard", "extension": "1",
            })
        };
        let theirs = stranger.post("/v1/broadworks/subscribers", &new(&template.provisioning_id)).await;
        let unknown = stranger.post("/v1/broadworks/subscribers", &new("bm9uZQ")).await;
        assert_eq!(said(&theirs), said(&unknown));
    });
}

/// Switches the sync of the only enterprise on, and has it carried out. Returns how it stands.
async fn sync(world: &World, client: &Client, directories: &server::directory_sync::Directories) -> String {
    let listed = client.get("/v1/broadworks/enterprises").await;
    let path = format!(
        "/v1/broadworks/enterprises/{}/broadworksDirectorySync",
        listed.body["items"][0]["id"].as_str().unwrap()
    );
    assert_eq!(client.put(&path, &json!({ "enableDirSync": true })).await.status, 200);
    let syncer = Syncer::new(world.store.clone(), world.environment.clone(), directories.clone());
    for _ in 0..5 {
        while syncer.turn().await.unwrap() {}
        world.clock.advance(10 * domain::timestamp::MINUTE);
    }
    client.get(&path).await.body["directorySyncStatus"]["syncStatus"].as_str().unwrap().to_owned()
}

#[test]
fn a_directory_is_read_with_the_partners_own_account() {
    for_each_database(async |mut world: World| {
        let (ours, theirs) = (BroadWorks::start().await, BroadWorks::start().await);
        ours.put("member@sp.com", "Ann");
        ours.put("secret@sp.com", "Eve");
        theirs.put("member@sp.com", "Joe");
        world.directory = ours.directory();
        world.arrive(&world.template(|_| ()).await, "member@sp.com", None).await;
        let (partner, _, untrusted) = other(&world).await;
        // Of the same enterprise, by the name of a user of theirs.
        world.arrive(&untrusted, "member@sp.com", None).await;
        let stranger = client(&world, partner).await;
        let known = async || external_user::Entity::find().all(world.store.read()).await.unwrap();

        // The account that names no partner was the only one's; now it is nobody's.
        assert_eq!(sync(&world, &stranger, &world.directories()).await, "FAILED");
        assert_eq!(known().await, []);
        // The first partner's account serves the first partner alone.
        let mine: Arc<dyn EnterpriseDirectory> = ours.directory();
        let directories = world.directories_of(&[("SP One", mine.clone())]);
        // Else the run before would stand, and nobody would be asked.
        world.clock.advance(2 * domain::timestamp::DAY);
        assert_eq!(sync(&world, &stranger, &directories).await, "FAILED");
        assert_eq!(known().await, []);
        // With an account of its own the second reads what that one may.
        let directories = world.directories_of(&[("SP One", mine), ("SP Two", theirs.directory())]);
        world.clock.advance(2 * domain::timestamp::DAY);
        assert_eq!(sync(&world, &stranger, &directories).await, "COMPLETE");
        assert_eq!(known().await, [], "nobody but the member is there");
        assert_eq!(sync(&world, &world.client().await, &directories).await, "COMPLETE");
        let names: Vec<_> = known().await.into_iter().map(|user| user.first_name).collect();
        assert_eq!(names, ["Eve"]);
    });
}
