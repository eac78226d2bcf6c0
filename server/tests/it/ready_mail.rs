//! The mail that says that the account is ready, over a real mail server: for whoever does not see it on the page.

use std::{sync::Arc, time::Duration};

use app::portal::PortalStep;
use domain::{
    EmailAddress,
    timestamp::{DAY, HOUR},
};
use server::{
    courier::{PostOffice, Sending},
    lease::Leased as _,
    live::Topic,
    mail::{Hello, Transport},
    provisioning::ready_mail::{GRACE, ReadyMails},
    store::SubscriberId,
};
use tokio::{task::yield_now, time::timeout};

use crate::support::{BroadWorks, MailServer, PUBLIC_URL, Person, World, client_app, for_each_database};

/// How long a test may take before it has failed.
const PATIENCE: Duration = Duration::from_secs(60);

fn ready_mails(world: &World, url: &str) -> ReadyMails {
    let sending = Sending {
        transport: Transport::smtp(url, Hello::of_url(PUBLIC_URL), Duration::from_secs(10)).unwrap(),
        from: EmailAddress::parse("activation@flowthrough.example").unwrap(),
    };
    let post_office = PostOffice::new(sending, client_app(), PUBLIC_URL, &world.environment);
    ReadyMails::new(world.store.clone(), world.environment.clone(), Arc::new(post_office))
}

/// Somebody activates with this address, and leaves as soon as it is proven.
async fn activated(world: &World, address: &str) -> (Person, SubscriberId) {
    let broadworks = BroadWorks::start().await;
    broadworks.put("1@sp.com", "Ann");
    let template = world.open_template(&broadworks, |template| template.self_activation = true).await;
    let mut person = world.person(&template);
    person.sign_in("1@sp.com", "secret").await.unwrap();
    person.enter_address(address).await.unwrap();
    world.work().await;
    let letter = world.postman.last();
    person.enter_code(&letter.code).await.unwrap();
    assert!(matches!(person.step().await, PortalStep::Progress { .. }));
    world.work().await;
    (person, letter.subscriber.id)
}

#[test]
fn whoever_has_left_the_page_is_written_to_once() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (mails, address) = (ready_mails(&world, &server.url), server.address("ann"));
        let (_, user) = activated(&world, &address).await;
        mails.drain().await.unwrap();
        assert!(server.mails(&address).is_empty(), "an open page has a minute to show it");
        world.clock.advance(GRACE);
        let mut open_pages = world.live.listen(Topic::Template(world.subscriber(user).await.template_id));
        for _ in 0..3 {
            mails.drain().await.unwrap();
            world.clock.advance(HOUR);
        }
        let [mail] = &server.mails(&address)[..] else { panic!("not one mail") };
        for said in [&*address, "Webex", &format!("{PUBLIC_URL}/app"), "is ready"] {
            assert!(mail.contains(said), "{said} in:\n{mail}");
        }
        assert_eq!(world.history(user).await.last().unwrap(), "ready_mail_sent");
        assert!(open_pages.try_recv().is_ok(), "nobody has told open pages");
    });
}

#[test]
fn whoever_sees_it_on_the_page_is_not_written_to() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (mails, address) = (ready_mails(&world, &server.url), server.address("ann"));
        let (person, user) = activated(&world, &address).await;
        // At whichever server.
        assert!(matches!(person.step().await, PortalStep::Done { .. }));
        world.clock.advance(GRACE);
        mails.drain().await.unwrap();
        assert!(server.mails(&address).is_empty());
        assert_eq!(world.find(user).await.unwrap().ready_mail_at, None);
        // Nor whoever did nothing at the portal.
        let trusted = server.address("bob");
        world.arrive(&world.trusted().await, "2@sp.com", Some(&trusted)).await;
        world.work().await;
        world.clock.advance(GRACE);
        mails.drain().await.unwrap();
        assert!(server.mails(&trusted).is_empty());
    });
}

#[test]
fn what_could_not_be_sent_is_sent_later_and_not_for_ever() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let door = server.behind_a_door().await;
        let (mails, address) = (ready_mails(&world, &door.url), server.address("later"));
        activated(&world, &address).await;
        door.shut();
        for _ in 0..3 {
            world.clock.advance(HOUR);
            mails.drain().await.unwrap();
        }
        door.open();
        // The receiving side puts it off once, too.
        for _ in 0..3 {
            world.clock.advance(HOUR);
            mails.drain().await.unwrap();
        }
        assert_eq!(server.mails(&address).len(), 1);
    });
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (mails, address) = (ready_mails(&world, &server.url), server.address("never"));
        let (_, user) = activated(&world, &address).await;
        for _ in 0..24 {
            world.clock.advance(HOUR);
            mails.drain().await.unwrap();
        }
        assert!(world.find(user).await.unwrap().ready_mail_at.is_some(), "a day is not over yet");
        world.clock.advance(HOUR);
        mails.drain().await.unwrap();
        assert_eq!(world.find(user).await.unwrap().ready_mail_at, None, "after a day it says nothing new");
        world.clock.advance(DAY);
        mails.drain().await.unwrap();
        assert!(server.mails(&address).is_empty());
    });
}

#[test]
fn of_two_servers_one_sends_it() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (one, other) = (ready_mails(&world, &server.url), ready_mails(&world, &server.url));
        let address = server.address("ann");
        activated(&world, &address).await;
        world.clock.advance(GRACE);
        let mut claimed = one.claim(9).await.unwrap();
        assert_eq!((claimed.len(), other.claim(9).await.unwrap().len()), (1, 0));
        // It is held up for longer than its lease.
        world.clock.advance(HOUR);
        let mut again = other.claim(9).await.unwrap();
        other.carry_out(again.remove(0)).await.unwrap();
        one.carry_out(claimed.remove(0)).await.unwrap();
        assert_eq!(server.mails(&address).len(), 1);
    });
}

#[test]
fn a_running_server_sends_it() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (mails, address) = (ready_mails(&world, &server.url), server.address("ann"));
        let (_, user) = activated(&world, &address).await;
        world.clock.advance(GRACE);
        let sent = async {
            while world.history(user).await.last().unwrap() != "ready_mail_sent" {
                yield_now().await;
            }
        };
        timeout(PATIENCE, mails.run(sent)).await.expect("in time");
        assert_eq!(server.mails(&address).len(), 1);
    });
}
