//! The mails that ask to prove an address: how many, by whom they are sent, and what becomes of them.

use std::sync::Arc;

use domain::{
    Fault, Mailing,
    limit::RESEND_AFTER,
    timestamp::{HOUR, MINUTE, SECOND},
};
use server::{
    environment::ManualClock,
    fault::Trouble,
    live::Topic,
    provisioning::{
        activation::{self, Beginning},
        queue,
        worker::{Courier, Letter, Undelivered, Worker},
    },
    store::{
        SubscriberId,
        proof::{self, Request},
        task::Task,
    },
    targets::{Refusal, directory},
};

use super::activation::{enter, entered, prove_by_code, prove_by_link};
use crate::support::{Postman, Refused as _, World, fault, for_each_database};

#[test]
fn nobody_keeps_the_owner_of_an_address_from_proving_it() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let mut refused = 0;
        for stranger in 0..4 {
            let stranger = world.arrive(&template, &format!("stranger{stranger}@sp.com"), None).await;
            for _ in 0..4 {
                world.clock.advance(RESEND_AFTER);
                match enter(&world, &stranger, "ann@acme.com").await {
                    Ok(()) => (),
                    Err(Trouble::Known { fault: Fault::TooManyAttempts, .. }) => refused += 1,
                    Err(other) => panic!("{other}"),
                }
            }
        }
        // Ten mails in all, then two for each who comes.
        assert_eq!((world.postman.letters().len(), refused), (12, 4));
        let ann = world.arrive(&template, "ann@sp.com", None).await;
        enter(&world, &ann, "ann@acme.com").await.unwrap();
        prove_by_code(&world, &ann, &world.postman.last().code).await.unwrap();
    });
}

#[test]
fn another_partners_mails_to_a_mailbox_are_neither_learnt_of_nor_in_the_way() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        for number in 0..domain::limit::PROOF_MAIL_RECIPIENT.max {
            let user = world.arrive(&template, &format!("{number}@sp.com"), None).await;
            enter(&world, &user, "ann@acme.com").await.unwrap();
        }
        let other = world.other_partner().await;
        let template = world.template(|template| template.partner_id = other.partner()).await;
        let ann = world.arrive(&template, "ann@sp.com", None).await;
        // The third one would be refused if those ten counted.
        for _ in 0..3 {
            world.clock.advance(RESEND_AFTER);
            enter(&world, &ann, "ann@acme.com").await.unwrap();
        }
    });
}

#[test]
fn a_mail_too_many_changes_nothing_and_is_remembered() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        for number in 1..domain::limit::PROOF_MAIL.max {
            enter(&world, &user, &format!("ann{number}@acme.com")).await.unwrap();
        }
        let before = (world.find(user.id).await, world.history(user.id).await);
        assert_eq!(enter(&world, &user, "bob@acme.com").await.refused(), Fault::TooManyAttempts);
        assert_eq!((world.find(user.id).await, world.history(user.id).await), before);
        // Nobody else can write meanwhile.
        let _writing = world.writing().await;
        assert_eq!(enter(&world, &user, "bob@acme.com").await.refused(), Fault::TooManyAttempts);
    });
}

/// Whoever clicks twice, or has two tabs, wants one mail.
#[test]
fn an_address_that_is_entered_again_at_once_asks_for_one_mail() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        let World { store, environment, .. } = &world;
        let enter = async |typed: &str| activation::enter_address(store, environment, &user, typed, "en").await;
        for typed in ["ann@acme.com", "Ann@ACME.com"] {
            let entries = futures::future::join_all((0..12).map(|_| enter(typed))).await;
            assert!(entries.iter().all(Result::is_ok), "{entries:?}");
            world.work().await;
        }
        assert_eq!(
            (world.postman.letters().len(), world.find(user.id).await.unwrap().email.unwrap()),
            (1, "ann@acme.com".into())
        );
        assert_eq!(world.history(user.id).await, ["arrived", "address_entered", "mail_sent"]);
        // It counts once. What is the last one by that limit may be repeated, too.
        for number in 1..domain::limit::PROOF_MAIL.max {
            world.clock.advance(1);
            enter(&format!("ann{number}@acme.com")).await.unwrap();
        }
        assert_eq!(enter("ann@acme.com").await.refused(), Fault::TooManyAttempts);
        enter("ann5@acme.com").await.unwrap();
        // Whoever took that one back would have nothing to go on with.
        let withdraw = async || activation::withdraw_address(store, environment, &user).await;
        assert_eq!(withdraw().await.refused(), Fault::TooManyAttempts);
        assert_eq!(world.status(user.id).await, "pending_email_validation");
        // Nor has it been asked for once it is withdrawn, or a new mail may be asked for.
        world.clock.advance(domain::limit::PROOF_MAIL.window);
        withdraw().await.unwrap();
        enter("ann5@acme.com").await.unwrap();
        assert_eq!(world.status(user.id).await, "pending_email_validation");
        world.clock.advance(RESEND_AFTER);
        enter("ann5@acme.com").await.unwrap();
        let entered = world.history(user.id).await.iter().filter(|step| *step == "address_entered").count();
        assert_eq!(entered, 8);
    });
}

#[test]
fn a_mail_can_be_asked_for_again_but_not_at_once_and_not_forever() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        let resend = async || activation::resend(&world.store, &world.environment, &user, "en").await;
        let asked = async || proof::newest(world.store.read(), user.id).await.unwrap().unwrap().id;
        let first = asked().await;
        resend().await.unwrap();
        assert_eq!(asked().await, first, "whoever asks twice has what they want");
        for _ in 1..domain::limit::PROOF_MAIL.max {
            world.clock.advance(RESEND_AFTER);
            resend().await.unwrap();
            world.work().await;
        }
        world.clock.advance(RESEND_AFTER);
        assert_eq!(resend().await.refused(), Fault::TooManyAttempts);
        assert_eq!(world.postman.letters().len(), usize::try_from(domain::limit::PROOF_MAIL.max).unwrap());

        world.clock.advance(domain::limit::PROOF_MAIL.window);
        resend().await.unwrap();
    });
}

#[test]
fn a_mail_that_is_sent_again_by_the_engine_leaves_the_first_link_good() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        world.postman.refuse([fault(Fault::MailUnavailable), fault(Fault::MailUnavailable)]);
        enter(&world, &user, "ann@acme.com").await.unwrap();
        assert!(world.postman.letters().is_empty());
        world.clock.advance(10 * SECOND);
        world.work().await;
        world.clock.advance(10 * SECOND);
        world.work().await;
        assert_eq!(world.postman.letters().len(), 1);
        prove_by_link(&world, &world.postman.last().token).await.unwrap();
    });
}

#[test]
fn a_mail_that_may_have_got_through_is_not_sent_again() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        world.postman.take_silently();
        enter(&world, &user, "ann@acme.com").await.unwrap();
        world.work_for_an_hour().await;
        assert_eq!(world.postman.letters().len(), 1);
        assert_eq!(world.history(user.id).await.last().unwrap(), "mail_uncertain");
        assert!(world.tasks().await.is_empty());
        prove_by_link(&world, &world.postman.last().token).await.unwrap();
    });
}

#[test]
fn a_mail_during_which_the_server_died_is_not_sent_again_but_can_be_asked_for() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        activation::enter_address(&world.store, &world.environment, &user, "ann@acme.com", "en").await.unwrap();
        let World { store, environment, code_keys, .. } = &world;
        let proof = proof::newest(store.read(), user.id).await.unwrap().unwrap();
        let everything = queue::For::AllBut(Vec::new());
        let claimed = queue::claim(store, queue::moment(environment), "dead", 1, everything).await.unwrap();
        activation::begin_mail(store, environment, code_keys, &claimed[0], &proof).await.unwrap();
        world.leases_run_out();
        world.work().await;
        assert!(world.postman.letters().is_empty());
        assert_eq!(world.history(user.id).await.last().unwrap(), "mail_uncertain");

        world.clock.advance(30 * SECOND);
        activation::resend(&world.store, &world.environment, &user, "en").await.unwrap();
        world.work().await;
        prove_by_link(&world, &world.postman.last().token).await.unwrap();
    });
}

/// A server that stands still for longer than its lease, between its looking at the task and its mail.
struct HeldUp {
    postman: Arc<Postman>,
    clock: ManualClock,
    other: Worker,
}

#[async_trait::async_trait]
impl Courier for HeldUp {
    fn replaces(&self) -> bool {
        false
    }

    async fn ready(&self) -> Result<(), Refusal> {
        self.clock.advance(queue::LEASE + 1);
        self.other.drain().await.unwrap();
        Ok(())
    }

    async fn send_proof(&self, letter: Letter) -> Result<(), Undelivered> {
        self.postman.send_proof(letter).await
    }
}

#[test]
fn a_server_that_was_overtaken_does_not_send_the_mail_again() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let held_up = HeldUp { postman: world.postman.clone(), clock: world.clock.clone(), other: world.worker() };
        world.worker_with(directory::NAME, world.target.clone(), Arc::new(held_up)).drain().await.unwrap();
        assert_eq!(world.postman.letters().len(), 1);
        assert_eq!(world.history(user.id).await, ["arrived", "mail_sent"]);
        let proof = proof::newest(world.store.read(), user.id).await.unwrap().unwrap();
        assert_eq!(proof.mailing, Mailing::Sent);
        prove_by_link(&world, &world.postman.last().token).await.unwrap();
    });
}

/// A mail that is about to be sent: a task and the request that it found.
async fn about_to_be_sent(world: &World) -> (Task, Request) {
    let template = world.template(|_| ()).await;
    let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
    (claim(world).await, request(world, user.id).await)
}

async fn claim(world: &World) -> Task {
    let everything = queue::For::AllBut(Vec::new());
    let claimed = queue::claim(&world.store, queue::moment(&world.environment), "other", 1, everything).await.unwrap();
    claimed.into_iter().next().expect("there is a task")
}

async fn request(world: &World, subscriber: SubscriberId) -> Request {
    proof::newest(world.store.read(), subscriber).await.unwrap().unwrap()
}

async fn begin(world: &World, task: &Task, found: &Request) -> Beginning {
    let World { store, environment, code_keys, .. } = world;
    activation::begin_mail(store, environment, code_keys, task, found).await.unwrap()
}

#[test]
fn a_claim_that_was_taken_over_begins_no_mail() {
    for_each_database(async |world: World| {
        let (late, found) = about_to_be_sent(&world).await;
        world.leases_run_out();
        let now = claim(&world).await;
        assert!(matches!(begin(&world, &late, &found).await, Beginning::Overtaken));
        assert!(matches!(begin(&world, &now, &found).await, Beginning::Begun { .. }));
    });
}

/// The new mail's task may have been taken as often as the old one's.
#[test]
fn a_mail_that_was_replaced_is_not_begun_nor_is_the_new_one_by_the_old_task() {
    for_each_database(async |world: World| {
        let (task, found) = about_to_be_sent(&world).await;
        world.clock.advance(RESEND_AFTER);
        let user = world.subscriber(found.subscriber_id).await;
        activation::resend(&world.store, &world.environment, &user, "en").await.unwrap();
        let new = request(&world, found.subscriber_id).await;
        let row = world.tasks().await.remove(0);
        let old = Task { claims: row.claims, ..task.clone() };
        let replacing = Task { id: row.id, ..old.clone() };
        assert!(matches!(begin(&world, &old, &new).await, Beginning::Overtaken));
        assert!(matches!(begin(&world, &replacing, &found).await, Beginning::Overtaken));
        assert!(matches!(begin(&world, &replacing, &new).await, Beginning::Begun { .. }));
    });
}

#[test]
fn of_two_attempts_that_found_the_same_one_begins_the_mail() {
    for_each_database(async |world: World| {
        let (task, found) = about_to_be_sent(&world).await;
        assert!(matches!(begin(&world, &task, &found).await, Beginning::Begun { .. }));
        assert!(matches!(begin(&world, &task, &found).await, Beginning::Uncertain));
        // Into a folder it may be written as often as one likes, by whoever has found that it was being written.
        let again = request(&world, found.subscriber_id).await;
        assert!(matches!(begin(&world, &task, &again).await, Beginning::Begun { .. }));
    });
}

#[test]
fn a_folder_of_mails_that_is_full_is_told_with_the_first_mail() {
    for_each_database(async |world: World| {
        let (worker, template) = (world.worker(), world.template(|_| ()).await);
        world.postman.plan([Undelivered::Amid(fault(Fault::MailUnavailable))]);
        world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        worker.drain().await.unwrap();
        assert!(worker.refused_mails().fails_since().is_some());
        world.clock.advance(2 * MINUTE);
        worker.drain().await.unwrap();
        assert_eq!((worker.refused_mails().fails_since(), world.postman.letters().len()), (None, 1));
    });
}

#[test]
fn an_open_page_hears_that_the_mail_is_on_its_way() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let mut open_pages = world.live.listen(Topic::Template(template.id));
        world.work().await;
        assert_eq!(world.postman.letters().len(), 1);
        assert!(open_pages.try_recv().is_ok());
    });
}

#[test]
fn a_mail_that_is_put_off_again_waits_longer() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.postman.plan((0..3).map(|_| Undelivered::Later(fault(Fault::MailPutOff))));
        for pause in [MINUTE, 2 * MINUTE, 5 * MINUTE] {
            world.work().await;
            let waits = world.tasks().await[0].run_at - world.environment.now().0;
            assert!((pause..2 * pause).contains(&waits), "{waits}");
            world.clock.advance(waits);
        }
        world.work().await;
        assert_eq!(world.postman.letters().len(), 1);
    });
}

#[test]
fn nobodys_mailbox_is_flooded_by_arrivals() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        for number in 0..12 {
            world.arrive(&template, &format!("{number}@sp.com"), Some(&format!("Ann+{number}@acme.com"))).await;
        }
        world.arrive(&template, "bob@sp.com", Some("bob@acme.com")).await;
        world.postman.plan([Undelivered::Later(fault(Fault::MailPutOff))]);
        world.work().await;
        let is_to_ann = |letter: &&Letter| letter.proof.email.as_str().starts_with("Ann");
        let to_ann = || world.postman.letters().iter().filter(is_to_ann).count();
        // One was put off, and counts only once however often it is tried.
        assert_eq!((to_ann(), world.postman.letters().len()), (9, 10));
        for _ in 0..3 {
            world.clock.advance(2 * MINUTE);
            world.work().await;
        }
        assert_eq!(to_ann(), 10);
        // A user who asks still gets a mail.
        let user = world.arrive(&template, "self@sp.com", None).await;
        enter(&world, &user, "ann@acme.com").await.unwrap();
        assert_eq!(world.postman.last().subscriber.id, user.id);

        world.clock.advance(HOUR);
        world.work().await;
        assert_eq!(to_ann(), 12, "the rest waits");
        assert_eq!(world.tasks().await.len(), 0);
    });
}

#[test]
fn a_refused_mail_is_noted_and_another_may_be_asked_for_at_once() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        world.postman.refuse([fault(Fault::MailboxUnknown)]);
        enter(&world, &user, "typo@acme.com").await.unwrap();
        let now = world.find(user.id).await.unwrap();
        assert!(now.mail_refused && now.status == "pending_email_validation");
        assert_eq!(world.history(user.id).await.last().unwrap(), "mail_refused");

        activation::resend(&world.store, &world.environment, &user, "en").await.unwrap();
        world.work().await;
        assert!(!world.find(user.id).await.unwrap().mail_refused);
        assert_eq!(world.postman.letters().len(), 1);
    });
}
