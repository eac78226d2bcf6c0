//! The engine's mails, over a real mail server.

use std::{sync::Arc, time::Duration};

use domain::{EmailAddress, lifecycle::Event};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use server::{
    courier::PostOffice,
    mail::Transport,
    provisioning::{activation, worker::Worker},
    store::entity::history,
    targets::directory,
};

use crate::support::{MailServer, PUBLIC_URL, World, for_each_database};

fn worker(world: &World, server: &MailServer) -> Worker {
    let post_office = PostOffice {
        transport: Transport::smtp(&server.url, Duration::from_secs(10)).unwrap(),
        from: EmailAddress::parse("activation@flowthrough.example").unwrap(),
        public_url: PUBLIC_URL.to_owned(),
        environment: world.environment.clone(),
    };
    world.worker_with(directory::NAME, world.target.clone(), Arc::new(post_office))
}

/// The token in the mail's link.
fn token(mail: &str) -> &str {
    let (_, token) = mail.split_once("/join/").expect("the mail has a link");
    token.split_whitespace().next().unwrap()
}

#[test]
fn a_request_is_one_mail_whose_link_proves_the_address() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (worker, template, address) =
            (worker(&world, &server), world.template(|_| ()).await, server.address("ann"));
        let user = world.arrive(&template, "1@sp.com", Some(&address)).await;
        for _ in 0..3 {
            worker.drain().await.unwrap();
            world.clock.advance(domain::timestamp::MINUTE);
        }
        let [mail] = &server.mails(&address)[..] else { panic!("not one mail") };
        assert!(mail.contains("1@sp.com"));
        activation::prove_by_link(&world.store, &world.environment, token(mail)).await.unwrap();
        worker.drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(world.history(user.id).await, ["arrived", "mail_sent", "address_proven_by_link", "account_created"]);
    });
}

#[test]
fn a_mail_that_is_put_off_arrives_later_and_once() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (worker, template, address) =
            (worker(&world, &server), world.template(|_| ()).await, server.address("later"));
        let user = world.arrive(&template, "1@sp.com", Some(&address)).await;
        worker.drain().await.unwrap();
        assert!(server.mails(&address).is_empty());
        assert_eq!(world.find(user.id).await.unwrap().hitch, Some(42002));

        for _ in 0..3 {
            world.clock.advance(domain::timestamp::MINUTE);
            worker.drain().await.unwrap();
        }
        assert_eq!(server.mails(&address).len(), 1);
        assert_eq!(world.history(user.id).await, ["arrived", "attempt_postponed", "mail_sent"]);
        let token = token(&server.mails(&address)[0]).to_owned();
        activation::prove_by_link(&world.store, &world.environment, &token).await.unwrap();
    });
}

#[test]
fn a_mail_that_is_refused_is_seen_and_another_address_helps() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (worker, template, nobody) =
            (worker(&world, &server), world.template(|_| ()).await, server.address("nobody"));
        let user = world.arrive(&template, "1@sp.com", Some(&nobody)).await;
        for _ in 0..3 {
            worker.drain().await.unwrap();
            world.clock.advance(domain::timestamp::MINUTE);
        }
        let refused = world.find(user.id).await.unwrap();
        assert!(refused.mail_refused && refused.status == "pending_email_validation");
        let client = world.client().await;
        let shown = client.get("/v1/broadworks/subscribers").await;
        assert_eq!(shown.body["items"][0]["errors"][0]["errorCode"], 42001);
        let step = history::Entity::find()
            .filter(history::Column::SubscriberId.eq(user.id))
            .filter(history::Column::Event.eq("mail_refused"))
            .all(world.store.read())
            .await
            .unwrap();
        let [step] = &step[..] else { panic!("not refused once") };
        assert_eq!(step.detail.as_deref(), Some("550 5.1.1 … there is nobody of that name"));

        let address = server.address("ann");
        let entered = Event::AddressEntered(EmailAddress::parse(&address).unwrap());
        world.apply(user.id, entered).await.unwrap();
        worker.drain().await.unwrap();
        assert_eq!((server.mails(&address).len(), server.mails(&nobody).len()), (1, 0));
        assert!(!world.find(user.id).await.unwrap().mail_refused);
    });
}
