//! The target `webex`, against another Flowthrough: the whole way of a subscriber of this one into that one.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{Fault, Package, lifecycle::Event, timestamp::SECOND};
use reqwest::Client;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
};
use serde_json::json;
use server::{
    provisioning::worker::Worker,
    store::{SubscriberId, Template},
    targets::webex::{self, Webex},
};
use uuid::Uuid;

use super::PATIENCE;
use crate::entity::subscriber;
use crate::support::{Api, Installation, Server, World, for_each_database, free_port};

/// How long the other server may take to bring something to its end.
const THERE: Duration = Duration::from_secs(60);

/// The other server.
struct There {
    installation: Installation,
    port: u16,
    client: Client,
    server: Option<Server>,
    api: Api,
    provisioning_id: String,
}

impl There {
    async fn start() -> Self {
        let (installation, port, client) = (Installation::on_sqlite(), free_port(), Client::new());
        let provisioning_id = installation.add_trusted_template(&[]);
        let server = installation.serve(&client, port).await;
        let api = Api::new(&server.url, installation.add_token());
        Self { installation, port, client, server: Some(server), api, provisioning_id }
    }

    async fn restart(&mut self) {
        self.server = Some(self.installation.serve(&self.client, self.port).await);
    }

    fn kill(&mut self) {
        self.server.take().expect("it runs").kill();
    }

    fn worker(&self, world: &World) -> Worker {
        let target = Webex::new(self.api.endpoint(), PATIENCE).unwrap();
        world.worker_with(webex::NAME, Arc::new(target), world.postman.clone())
    }

    async fn template(&self, world: &World) -> Template {
        world.trusted_at(webex::NAME, Some(&self.provisioning_id)).await
    }
}

/// Works until the subscriber is as it should be.
async fn until(world: &World, worker: &Worker, user: SubscriberId, end: impl Fn(Option<&subscriber::Model>) -> bool) {
    let began = Instant::now();
    loop {
        worker.drain().await.unwrap();
        let now = world.find(user).await;
        if end(now.as_ref()) {
            return;
        }
        assert!(began.elapsed() < THERE, "it stays {now:?}");
        world.clock.advance(2 * SECOND);
        tokio::task::yield_now().await;
    }
}

fn is(status: &str) -> impl Fn(Option<&subscriber::Model>) -> bool {
    move |user| user.is_some_and(|user| user.status == status)
}

#[test]
fn a_subscriber_is_provisioned_changed_and_removed_there() {
    for_each_database(async |world: World| {
        let there = There::start().await;
        let (worker, template) = (there.worker(&world), there.template(&world).await);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.example")).await;
        until(&world, &worker, user.id, is("provisioned")).await;

        let [provisioned] = &there.api.subscribers().await[..] else { panic!("not one subscriber") };
        let names = ["userId", "spEnterpriseId", "firstName", "lastName", "email", "package", "status"];
        assert_eq!(
            names.map(|name| provisioned[name].as_str().unwrap()),
            ["1@sp.com", "SP1+acme", "Ann", "Lee", "ann@acme.example", "standard", "provisioned"]
        );
        let numbers = ["primaryPhoneNumber", "extension"].map(|name| provisioned[name].as_str().unwrap());
        assert_eq!(numbers, ["+1-240-555-1212", "1212"]);
        assert!(Uuid::try_parse(&world.find(user.id).await.unwrap().person_id.unwrap()).is_ok());

        world.apply(user.id, Event::PackageChanged(Package::Premium)).await.unwrap();
        until(&world, &worker, user.id, is("provisioned")).await;
        assert_eq!(world.find(user.id).await.unwrap().package, "premium");
        assert_eq!(there.api.subscribers().await[0]["package"], "premium");

        let number = subscriber::ActiveModel {
            id: Unchanged(user.id),
            mobile_phone: Set(Some("+1-818-279-1234".to_owned())),
            ..Default::default()
        };
        let work = world.store.work().await.unwrap();
        number.update(&*work).await.unwrap();
        work.commit().await.unwrap();
        world.apply(user.id, Event::DetailsChanged(Package::Premium)).await.unwrap();
        until(&world, &worker, user.id, is("provisioned")).await;
        assert_eq!(there.api.subscribers().await[0]["mobilePhoneNumber"], "+1-818-279-1234");

        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        until(&world, &worker, user.id, |user| user.is_none()).await;
        assert!(there.api.subscribers().await.is_empty(), "gone there before it is gone here");

        let again = world.arrive(&template, "1@sp.com", Some("ann@acme.example")).await;
        until(&world, &worker, again.id, is("provisioned")).await;
        assert_eq!(there.api.subscribers().await.len(), 1);
    });
}

#[test]
fn an_address_in_use_there_is_in_use_here_until_another_one_is_given() {
    for_each_database(async |world: World| {
        let there = There::start().await;
        let (worker, template) = (there.worker(&world), there.template(&world).await);
        let owner = json!({
            "provisioningId": there.provisioning_id, "userId": "owner@sp.com", "spEnterpriseId": "SP1+acme",
            "firstName": "O", "lastName": "W", "package": "basic", "email": "ann@acme.example",
        });
        there.api.add(&owner).await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.example")).await;
        until(&world, &worker, user.id, is("error")).await;
        assert_eq!(world.fault(user.id).await, Some(Fault::AddressInUse));
        let detail = world.find(user.id).await.unwrap().fault_detail.unwrap();
        assert_eq!(detail, "41001 The email address already belongs to another account.");

        // It stands there in error, with the old address.
        let other = domain::EmailAddress::parse("ann.lee@acme.example").unwrap();
        world.apply(user.id, Event::Onboarded(other)).await.unwrap();
        until(&world, &worker, user.id, is("provisioned")).await;
        let subscribers = there.api.subscribers().await;
        let hers = subscribers.iter().find(|one| one["userId"] == "1@sp.com").unwrap();
        assert_eq!((&hers["email"], &hers["status"]), (&json!("ann.lee@acme.example"), &json!("provisioned")));
        assert_eq!(subscribers.len(), 2);
    });
}

#[test]
fn a_server_there_that_dies_in_the_middle_leaves_one_account() {
    for_each_database(async |world: World| {
        let mut there = There::start().await;
        let (worker, template) = (there.worker(&world), there.template(&world).await);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.example")).await;
        worker.drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioning", "it has accepted and works on it");

        there.kill();
        world.clock.advance(2 * SECOND);
        worker.drain().await.unwrap();
        let waiting = world.find(user.id).await.unwrap();
        assert_eq!((waiting.status.as_str(), waiting.setback), ("provisioning", Some(41002)));

        there.restart().await;
        until(&world, &worker, user.id, is("provisioned")).await;
        assert_eq!(there.api.subscribers().await.len(), 1);
        assert_eq!(world.history(user.id).await, ["arrived", "attempt_postponed", "account_created"]);

        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        there.kill();
        worker.drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "updating", "not forgotten before it is gone there");
        there.restart().await;
        until(&world, &worker, user.id, |user| user.is_none()).await;
        assert!(there.api.subscribers().await.is_empty());
    });
}
