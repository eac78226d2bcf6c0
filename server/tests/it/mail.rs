//! The engine's mails, over a real mail server.

use std::{fs, path::Path, process::Command, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use domain::{
    EmailAddress, Fault, Mailing,
    lifecycle::Event,
    timestamp::{DAY, MINUTE},
};
use rsa::{
    RsaPrivateKey,
    pkcs8::{DecodePrivateKey as _, EncodePublicKey as _},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use server::{
    courier::{PostOffice, Sending},
    mail::{Hello, Signer, Transport},
    provisioning::{
        activation::{Beginning, begin_mail},
        queue::{self, For},
        reminders::{self, Reminders},
        worker::Worker,
    },
    store::{SubscriberId, proof},
    targets::directory,
};

use crate::entity::{history, proof_secret};
use crate::support::{MailServer, PUBLIC_URL, World, client_app, for_each_database, python};

fn worker(world: &World, server: &MailServer) -> Worker {
    worker_at(world, &server.url)
}

fn worker_at(world: &World, url: &str) -> Worker {
    worker_by(world, transport(url))
}

fn transport(url: &str) -> Transport {
    Transport::smtp(url, Hello::of_url(PUBLIC_URL), Duration::from_secs(10)).unwrap()
}

fn worker_by(world: &World, transport: Transport) -> Worker {
    let sending = Sending { transport, from: EmailAddress::parse("activation@flowthrough.example").unwrap() };
    let post_office = PostOffice::new(sending, client_app(), PUBLIC_URL, &world.environment);
    let post_office = post_office.with_stops(reminders::stops(world.code_keys.clone()));
    world.worker_with(directory::NAME, world.target.clone(), Arc::new(post_office))
}

/// The codes in the subscriber's `errors[]`.
async fn errors(world: &World, user: &str) -> Vec<i64> {
    let shown = world.client().await.get("/v1/broadworks/subscribers").await;
    let one = shown.body["items"].as_array().unwrap().iter().find(|one| one["userId"] == user).unwrap().clone();
    let errors = one["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["errorCode"].as_i64().unwrap()).collect()
}

/// How the mail of a subscriber's request fares.
async fn mail_of(world: &World, user: SubscriberId) -> Mailing {
    proof::newest(world.store.read(), user).await.unwrap().unwrap().mailing
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
        // As devices know for which page a code is.
        let host = PUBLIC_URL.strip_prefix("https://").unwrap();
        assert!(mail.lines().last().unwrap().starts_with(&format!("@{host} #")), "{mail}");
        world.prove_by_link(token(mail)).await.unwrap();
        worker.drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(world.history(user.id).await, ["arrived", "mail_sent", "address_proven_by_link", "account_created"]);
    });
}

/// There is none that a device would offer the code to.
#[test]
fn a_code_is_bound_to_no_page_that_is_not_encrypted() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let sending = Sending {
            transport: transport(&server.url),
            from: EmailAddress::parse("activation@flowthrough.example").unwrap(),
        };
        let office = PostOffice::new(sending, client_app(), "http://flowthrough.example", &world.environment);
        let worker = world.worker_with(directory::NAME, world.target.clone(), Arc::new(office));
        let address = server.address("ann");
        world.arrive(&world.template(|_| ()).await, "1@sp.com", Some(&address)).await;
        worker.drain().await.unwrap();
        let [mail] = &server.mails(&address)[..] else { panic!("not one mail") };
        assert!(!mail.lines().any(|line| line.starts_with('@')), "{mail}");
    });
}

#[test]
fn a_mail_that_was_being_handed_over_when_its_server_died_is_sent_again_where_that_replaces_the_first() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let outbox = tempfile::tempdir().unwrap();
        let template = world.template(|_| ()).await;
        for (name, transport, expected) in [
            ("smtp", transport(&server.url), "mail_uncertain"),
            ("outbox", Transport::outbox(outbox.path().to_owned()), "mail_sent"),
        ] {
            let address = server.address(name);
            let user = world.arrive(&template, &format!("{name}@sp.com"), Some(&address)).await;
            let at = queue::moment(&world.environment);
            let claimed = queue::claim(&world.store, at, "a server that dies", 1, For::AllBut(Vec::new())).await;
            let task = claimed.unwrap().remove(0);
            let (request, ..) = proof::of_task(world.store.read(), &task).await.unwrap().unwrap();
            let begun = begin_mail(&world.store, &world.environment, &world.code_keys, &task, &request).await;
            assert!(matches!(begun.unwrap(), Beginning::Begun { .. }));
            world.leases_run_out();
            worker_by(&world, transport).drain().await.unwrap();
            assert_eq!(world.history(user.id).await, ["arrived", expected], "{name}");
            assert!(server.mails(&address).is_empty());
        }
        assert_eq!(fs::read_dir(outbox.path()).unwrap().count(), 1);
    });
}

#[test]
fn no_mail_is_begun_while_none_can_be_sent() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (world, heard) = world.overheard();
        let (door, address) = (server.behind_a_door().await, server.address("ann"));
        let (worker, template) = (worker_at(&world, &door.url), world.template(|_| ()).await);
        door.shut();
        world.arrive(&template, "1@sp.com", Some(&address)).await;
        for open in [false, true] {
            heard.statements();
            worker.drain().await.unwrap();
            let begun = heard.statements().iter().any(|sql| sql.starts_with("INSERT INTO \"proof_secret\""));
            assert_eq!((begun, server.mails(&address).len()), (open, usize::from(open)));
            door.open();
            world.clock.advance(MINUTE);
        }
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
        assert_eq!(errors(&world, "1@sp.com").await, [42013]);
        assert_eq!(mail_of(&world, user.id).await, Mailing::PutOff);

        for _ in 0..3 {
            world.clock.advance(domain::timestamp::MINUTE);
            worker.drain().await.unwrap();
        }
        assert_eq!(server.mails(&address).len(), 1);
        assert_eq!(world.history(user.id).await, ["arrived", "attempt_postponed", "mail_sent"]);
        assert_eq!(errors(&world, "1@sp.com").await, [0; 0], "what kept it up is over");
        let token = token(&server.mails(&address)[0]).to_owned();
        world.prove_by_link(&token).await.unwrap();
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
            .filter(history::Column::OwnerId.eq(user.id))
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

#[test]
fn full_mailboxes_are_not_in_the_way_of_others_mails() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (worker, template) = (worker(&world, &server), world.template(|_| ()).await);
        let addresses: Vec<String> = ["full", "full", "full", "full", "full", "ann", "bob", "eve", "joe", "kim", "lee"]
            .map(|name| server.address(name))
            .into();
        for (number, address) in addresses.iter().enumerate() {
            world.arrive(&template, &format!("{number}@sp.com"), Some(address)).await;
        }
        worker.drain().await.unwrap();
        let sent = addresses.iter().filter(|address| server.mails(address).len() == 1).count();
        assert_eq!((sent, worker.breakers().outage(queue::MAIL)), (6, None));
        assert_eq!(errors(&world, "0@sp.com").await, [42004]);
    });
}

#[test]
fn greylisting_of_five_minutes_costs_no_more_than_ten() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (worker, template, address) =
            (worker(&world, &server), world.template(|_| ()).await, server.address("grey-3"));
        let user = world.arrive(&template, "1@sp.com", Some(&address)).await;
        for _ in 0..20 {
            worker.drain().await.unwrap();
            world.clock.advance(MINUTE / 2);
        }
        let [mail] = &server.mails(&address)[..] else { panic!("not one mail") };
        assert!(!world.find(user.id).await.unwrap().mail_refused);
        // What was never delivered opens nothing; what was is good from now on.
        let secrets = proof_secret::Entity::find().all(world.store.read()).await.unwrap();
        assert_eq!(secrets.len(), 1);
        world.clock.advance(domain::limit::LINK_LIFETIME - 10 * MINUTE);
        world.prove_by_link(token(mail)).await.unwrap();
    });
}

#[test]
fn a_mail_that_nobody_takes_is_tried_for_a_day_and_then_told() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (worker, template, address) =
            (worker(&world, &server), world.template(|_| ()).await, server.address("never"));
        let user = world.arrive(&template, "1@sp.com", Some(&address)).await;
        for _ in 0..24 * 6 {
            worker.drain().await.unwrap();
            assert!(!world.find(user.id).await.unwrap().mail_refused);
            world.clock.advance(10 * MINUTE);
        }
        assert_eq!(errors(&world, "1@sp.com").await, [42013]);
        for _ in 0..6 * 6 {
            worker.drain().await.unwrap();
            world.clock.advance(10 * MINUTE);
        }
        assert_eq!(errors(&world, "1@sp.com").await, [42014]);
        assert!(world.tasks().await.is_empty());
        assert_eq!(world.history(user.id).await, ["arrived", "attempt_postponed", "mail_refused"]);
        let shown = world.find(user.id).await.unwrap().fault_detail;
        assert_eq!(shown.as_deref(), Some("450 4.2.0 … Greylisted"), "in the mail server's own words");
    });
}

#[test]
fn refusals_are_told_apart() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (worker, template) = (worker(&world, &server), world.template(|_| ()).await);
        let kinds = [
            ("nobody", 42001, Mailing::Refused),
            ("nodomain", 42003, Mailing::Refused),
            ("full", 42004, Mailing::PutOff),
            ("overflown", 42004, Mailing::Refused),
            ("off", 42005, Mailing::Refused),
            ("policy", 42006, Mailing::Refused),
            ("relay", 42007, Mailing::PutOff),
            ("spf", 42010, Mailing::PutOff),
            ("large", 42011, Mailing::Refused),
            ("strange", 42015, Mailing::Refused),
            ("never", 42013, Mailing::PutOff),
            // However they are written.
            ("bare", 42001, Mailing::Refused),
            ("unheard", 42015, Mailing::Refused),
            ("latin", 42001, Mailing::Refused),
            ("long", 42001, Mailing::Refused),
            ("lines", 42001, Mailing::Refused),
        ];
        let mut users = Vec::new();
        for (kind, ..) in kinds {
            users.push(world.arrive(&template, &format!("{kind}@sp.com"), Some(&server.address(kind))).await);
        }
        worker.drain().await.unwrap();
        for ((kind, code, state), user) in kinds.into_iter().zip(users) {
            assert_eq!(errors(&world, user.user_id.as_str()).await, [code], "{kind}");
            assert_eq!(mail_of(&world, user.id).await, state, "{kind}");
        }
        assert_eq!(worker.breakers().outage(queue::MAIL), None);
    });
}

/// Relaying that is denied, or a sender that is not liked, is nobody's address: whoever runs the server is told, once.
#[test]
fn what_is_refused_for_what_we_are_is_the_operators_to_mend() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        for (kind, ours) in [("nobody", false), ("full", false), ("relay", true), ("spf", true)] {
            let (worker, template) = (worker(&world, &server), world.template(|_| ()).await);
            let user = format!("{kind}@sp.com");
            world.arrive(&template, &user, Some(&server.address(kind))).await;
            worker.drain().await.unwrap();
            assert_eq!(worker.refused_mails().fails_since().is_some(), ours, "{kind}");
        }
    });
}

#[test]
fn a_mail_server_that_is_down_for_hours_loses_no_mail() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let door = server.behind_a_door().await;
        let (worker, template) = (worker_at(&world, &door.url), world.template(|_| ()).await);
        door.shut();
        let addresses: Vec<String> = ["ann", "bob", "eve"].map(|name| server.address(name)).into();
        for (number, address) in addresses.iter().enumerate() {
            world.arrive(&template, &format!("{number}@sp.com"), Some(address)).await;
        }
        for _ in 0..3 * 60 {
            worker.drain().await.unwrap();
            world.clock.advance(MINUTE);
        }
        let outage = worker.breakers().outage(queue::MAIL).unwrap();
        assert_eq!(outage.cause, Fault::MailUnavailable);
        assert!(world.environment.now().since(outage.since) > 179 * MINUTE);
        for number in 0..3 {
            assert!(matches!(errors(&world, &format!("{number}@sp.com")).await[..], [] | [42002]));
        }
        door.open();
        for _ in 0..3 {
            world.clock.advance(MINUTE);
            worker.drain().await.unwrap();
        }
        assert!(addresses.iter().all(|address| server.mails(address).len() == 1));
        for number in 0..3 {
            assert_eq!(errors(&world, &format!("{number}@sp.com")).await, [0; 0]);
        }
    });
}

/// A key that signs nothing but what the tests send.
const KEY: &str = include_str!("../services/dkim.pem");
/// Whether a signature holds, by what the name server says (`dkimpy`).
const VERIFY: &str = "import dkim, sys
mail, record, key = sys.argv[1:]
print(dkim.verify(open(mail, 'rb').read(), dnsfunc=lambda name, **_: key.encode() if name.decode() == record else None))";

fn verifies(python: &Path, mail: &Path, record: &str) -> bool {
    let public = RsaPrivateKey::from_pkcs8_pem(KEY).unwrap().to_public_key().to_public_key_der().unwrap();
    let key = format!("v=DKIM1; k=rsa; p={}", STANDARD.encode(public));
    let said =
        Command::new(python.join("python")).args(["-c", VERIFY]).arg(mail).args([record, &key]).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8_lossy(&said.stdout).trim() == "True"
}

#[test]
fn a_mail_is_signed_and_whoever_changes_it_is_found_out() {
    for_each_database(async |world: World| {
        let (Some(server), Some(python)) = (MailServer::find(), python()) else { return };
        let signer = Signer::new("flowthrough1", "flowthrough.example", KEY).unwrap();
        let worker = worker_by(&world, transport(&server.url).signing(Some(signer)));
        let (template, address) = (world.template(|_| ()).await, server.address("ann"));
        world.arrive(&template, "1@sp.com", Some(&address)).await;
        worker.drain().await.unwrap();

        let (mail, record) = (server.file(&address, 1), "flowthrough1._domainkey.flowthrough.example.");
        assert!(verifies(&python, &mail, record));
        assert!(!verifies(&python, &mail, "flowthrough2._domainkey.flowthrough.example."));
        let sent = fs::read_to_string(&mail).unwrap();
        let link = format!("{PUBLIC_URL}/activate/");
        for (from, to) in [
            (&*link, "https://evil.example/activate/"),
            ("\r\nSubject: ", "\r\nReply-To: eve@evil.example\r\nSubject: "),
        ] {
            let changed = mail.with_extension("changed");
            fs::write(&changed, sent.replacen(from, to, 1)).unwrap();
            assert_ne!(fs::read_to_string(&changed).unwrap(), sent, "{from}");
            assert!(!verifies(&python, &changed, record), "{from}");
        }
    });
}

#[test]
fn a_reminder_can_be_stopped_by_one_click_and_whoever_changes_that_is_found_out() {
    for_each_database(async |world: World| {
        let (Some(server), Some(python)) = (MailServer::find(), python()) else { return };
        let signer = Signer::new("flowthrough1", "flowthrough.example", KEY).unwrap();
        let worker = worker_by(&world, transport(&server.url).signing(Some(signer)));
        let reply_to = EmailAddress::parse("help@sp.example").unwrap();
        let template = world
            .template(|template| {
                template.reminders = domain::template::Reminders { count: 1, days: 2 };
                (template.reply_to, template.signature) =
                    (Some(reply_to.clone()), Some("Your team at SP One".to_owned()));
            })
            .await;
        let address = server.address("ann");
        let user = world.arrive(&template, "1@sp.com", Some(&address)).await;
        worker.drain().await.unwrap();
        world.clock.advance(2 * DAY);
        let stops = reminders::stops(world.code_keys.clone());
        Reminders::new(world.store.clone(), world.environment.clone(), &stops).unwrap().drain().await.unwrap();
        worker.drain().await.unwrap();

        let (first, second) = (server.file(&address, 1), server.file(&address, 2));
        let record = "flowthrough1._domainkey.flowthrough.example.";
        let raw = |file: &Path| fs::read_to_string(file).unwrap().replace("\r\n ", " ");
        let sealed = stops.of(user.id.into()).unwrap();
        let stop = format!("{PUBLIC_URL}/activate/{}/stop/{sealed}", template.share_token);
        assert!(raw(&second).contains(&format!("List-Unsubscribe: <{stop}>\r\n")), "{}", raw(&second));
        assert!(raw(&second).contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert!(!raw(&first).contains("\nList-Unsubscribe"), "nobody stops what they have asked for");
        for file in [&first, &second] {
            assert!(raw(file).contains("Reply-To: help@sp.example\r\n"), "{}", raw(file));
            assert!(verifies(&python, file, record));
        }
        let mails = server.mails(&address);
        assert!(mails[1].contains(&stop) && mails[1].trim_end().contains("Your team at SP One"), "{}", mails[1]);
        assert!(!mails[0].contains("/stop/"), "{}", mails[0]);
        let changed = second.with_extension("changed");
        fs::write(
            &changed,
            fs::read_to_string(&second).unwrap().replacen(
                "List-Unsubscribe: <",
                "List-Unsubscribe: <https://evil.example/>, <",
                1,
            ),
        )
        .unwrap();
        assert!(!verifies(&python, &changed, record));
    });
}
