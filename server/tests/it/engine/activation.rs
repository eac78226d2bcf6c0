//! Proving an address by the mailed link or code.

use std::sync::Arc;

use domain::{
    Fault, Mailing, Network,
    limit::{CODE_LIFETIME, CODE_TRIES, LINK_LIFETIME, RESEND_AFTER},
    timestamp::{HOUR, MINUTE, SECOND},
};
use server::{
    environment::ManualClock,
    fault::Trouble,
    provisioning::{
        activation, queue,
        worker::{Courier, Letter, Undelivered, Worker},
    },
    store::{Subscriber, proof},
    targets::{Refusal, directory},
};

use crate::support::{Postman, Refused as _, World, fault, for_each_database};

/// A subscriber who entered an address and has the mail.
async fn entered(world: &World, email: &str) -> Subscriber {
    let template = world.template(|_| ()).await;
    let arrived = world.arrive(&template, "1@sp.com", None).await;
    enter(world, &arrived, email).await.unwrap();
    arrived
}

async fn enter(world: &World, subscriber: &Subscriber, email: &str) -> Result<(), Trouble> {
    world.clock.advance(1);
    activation::enter_address(&world.store, &world.environment, subscriber.id, email, "en").await?;
    world.work().await;
    Ok(())
}

async fn prove_by_code(world: &World, subscriber: &Subscriber, code: &str) -> Result<(), Trouble> {
    let World { store, environment, code_keys, .. } = world;
    activation::prove_by_code(store, environment, code_keys, subscriber.id, code, Network::UNKNOWN).await
}

async fn prove_by_link(world: &World, token: &str) -> Result<Subscriber, Trouble> {
    world.prove_by_link(token).await
}

fn another(code: &str) -> String {
    let last = if code.ends_with('0') { "1" } else { "0" };
    format!("{}{last}", &code[..5])
}

#[test]
fn the_code_proves_the_address() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        assert_eq!(world.status(user.id).await, "pending_email_validation");
        let code = world.postman.last().code;
        // As people type it.
        prove_by_code(&world, &user, &format!(" {} {}", &code[..3], &code[3..])).await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioning");
        world.work().await;

        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(
            world.history(user.id).await,
            ["arrived", "address_entered", "mail_sent", "address_proven_by_code", "account_created"]
        );
        assert_eq!(world.accounts().await[0].email, "ann@acme.com");
    });
}

#[test]
fn the_link_proves_the_address_once() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        let token = world.postman.last().token;
        assert_eq!(prove_by_link(&world, &token).await.unwrap().id, user.id);
        assert_eq!(world.status(user.id).await, "provisioning");
        assert_eq!(prove_by_link(&world, &token).await.refused(), Fault::AlreadyConfirmed);
        assert_eq!(prove_by_link(&world, "made-up").await.refused(), Fault::LinkUsed);
    });
}

#[test]
fn of_two_clicks_at_once_one_counts() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        let token = world.postman.last().token;
        let clicks = futures::future::join_all((0..4).map(|_| prove_by_link(&world, &token))).await;
        assert_eq!(clicks.into_iter().filter(Result::is_ok).count(), 1);
        assert_eq!(world.tasks().await.len(), 1);
        assert_eq!(world.history(user.id).await.iter().filter(|step| *step == "address_proven_by_link").count(), 1);
    });
}

#[test]
fn a_code_is_worthless_after_too_many_wrong_tries() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        let code = world.postman.last().code;
        for _ in 0..CODE_TRIES.max {
            assert_eq!(prove_by_code(&world, &user, &another(&code)).await.refused(), Fault::CodeWrong);
        }
        assert_eq!(prove_by_code(&world, &user, &code).await.refused(), Fault::CodeSpent);

        world.clock.advance(RESEND_AFTER);
        activation::resend(&world.store, &world.environment, user.id, "en").await.unwrap();
        world.work().await;
        prove_by_code(&world, &user, &world.postman.last().code).await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioning");
    });
}

#[test]
fn what_is_no_code_is_no_try() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        let code = world.postman.last().code;
        for _ in 0..=domain::limit::CODE.max {
            for typed in ["", "\u{200b}", &code[..5], &format!("{code}0"), "nope", "1@sp.com"] {
                assert_eq!(prove_by_code(&world, &user, typed).await.refused(), Fault::CodeIncomplete, "{typed}");
            }
        }
        let wide: String = code.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
        prove_by_code(&world, &user, &format!("Your code is {}\u{a0}{}!", &wide[..9], &wide[9..])).await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioning");
    });
}

#[test]
fn no_address_is_told_from_a_wrong_one_and_neither_costs_a_mail() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        for _ in 0..=domain::limit::PROOF_MAIL.max {
            assert_eq!(enter(&world, &user, " \u{200b}").await.refused(), Fault::AddressMissing);
            assert_eq!(enter(&world, &user, "ann@127.0.0.1").await.refused(), Fault::InvalidAddress);
        }
        enter(&world, &user, "ann@acme.com").await.unwrap();
    });
}

#[test]
fn one_mailbox_is_one_account_however_it_is_written() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        for (user, email) in [("1@sp.com", "zoé@café.example"), ("2@sp.com", "ZOE\u{301}@xn--caf-dma.example")] {
            let user = world.arrive(&template, user, None).await;
            enter(&world, &user, email).await.unwrap();
            prove_by_link(&world, &world.postman.last().token).await.unwrap();
            world.work().await;
        }
        assert_eq!(world.accounts().await.len(), 1);
        assert_eq!(world.accounts().await[0].email, "zoé@café.example");
    });
}

#[test]
fn guesses_are_limited_over_all_codes() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        for guess in 0..domain::limit::CODE.max {
            if guess > 0 && guess % CODE_TRIES.max == 0 {
                world.clock.advance(RESEND_AFTER);
                activation::resend(&world.store, &world.environment, user.id, "en").await.unwrap();
                world.work().await;
            }
            let code = another(&world.postman.last().code);
            assert_eq!(prove_by_code(&world, &user, &code).await.refused(), Fault::CodeWrong, "{guess}");
        }
        world.clock.advance(RESEND_AFTER);
        activation::resend(&world.store, &world.environment, user.id, "en").await.unwrap();
        world.work().await;
        let code = world.postman.last().code;
        let waits = |outcome| match outcome {
            Err(Trouble::Known { fault: Fault::TooManyAttempts, retry_after: Some(wait) }) => wait,
            other => panic!("{other:?}"),
        };
        let wait = waits(prove_by_code(&world, &user, &code).await);
        assert_eq!(
            waits(prove_by_code(&world.replica().await, &user, &code).await),
            wait,
            "another server says the same"
        );
        world.clock.advance(wait);
        activation::resend(&world.store, &world.environment, user.id, "en").await.unwrap();
        world.work().await;
        prove_by_code(&world, &user, &world.postman.last().code).await.unwrap();
    });
}

#[test]
fn many_guesses_at_once_get_no_further_than_one_after_the_other() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        let wrong = another(&world.postman.last().code);
        let guesses = futures::future::join_all((0..40).map(|_| prove_by_code(&world, &user, &wrong))).await;
        let compared =
            guesses.into_iter().filter(|guess| matches!(guess, Err(Trouble::Known { fault: Fault::CodeWrong, .. })));
        assert_eq!(compared.count(), usize::try_from(CODE_TRIES.max).unwrap());
        let right = world.postman.last().code;
        assert_eq!(prove_by_code(&world, &user, &right).await.refused(), Fault::CodeSpent);
    });
}

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
        let enter = async |typed: &str| activation::enter_address(store, environment, user.id, typed, "en").await;
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
        // Nor has it been asked for once it is withdrawn, or a new mail may be asked for.
        activation::withdraw_address(store, environment, user.id).await.unwrap();
        assert_eq!(enter("ann5@acme.com").await.refused(), Fault::TooManyAttempts);
        world.clock.advance(domain::limit::PROOF_MAIL.window);
        enter("ann5@acme.com").await.unwrap();
        assert_eq!(world.status(user.id).await, "pending_email_validation");
        world.clock.advance(RESEND_AFTER);
        enter("ann5@acme.com").await.unwrap();
        let entered = world.history(user.id).await.iter().filter(|step| *step == "address_entered").count();
        assert_eq!(entered, 8);
    });
}

#[test]
fn codes_and_links_expire() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        let letter = world.postman.last();
        world.clock.advance(CODE_LIFETIME + 1);
        assert_eq!(prove_by_code(&world, &user, &letter.code).await.refused(), Fault::CodeExpired);
        world.clock.advance(LINK_LIFETIME - CODE_LIFETIME);
        assert_eq!(prove_by_link(&world, &letter.token).await.refused(), Fault::LinkExpired);
        assert_eq!(world.status(user.id).await, "pending_email_validation");
    });
}

#[test]
fn a_link_is_good_until_its_very_end() {
    for_each_database(async |world: World| {
        entered(&world, "ann@acme.com").await;
        world.clock.advance(LINK_LIFETIME);
        prove_by_link(&world, &world.postman.last().token).await.unwrap();
    });
}

#[test]
fn another_address_replaces_the_old_link_and_code() {
    for_each_database(async |world: World| {
        let user = entered(&world, "typo@acme.com").await;
        let old = world.postman.last();
        enter(&world, &user, "ann@acme.com").await.unwrap();
        let new = world.postman.last();

        assert_eq!(prove_by_link(&world, &old.token).await.refused(), Fault::LinkUsed);
        assert_eq!(prove_by_code(&world, &user, &old.code).await.refused(), Fault::CodeWrong);
        prove_by_link(&world, &new.token).await.unwrap();
        world.work().await;
        assert_eq!(world.accounts().await[0].email, "ann@acme.com");
    });
}

#[test]
fn a_withdrawn_address_proves_nothing_and_its_mail_is_not_sent() {
    for_each_database(async |world: World| {
        let user = entered(&world, "typo@acme.com").await;
        let old = world.postman.last();
        activation::withdraw_address(&world.store, &world.environment, user.id).await.unwrap();
        assert_eq!(world.status(user.id).await, "pending_email_input");
        assert_eq!(prove_by_link(&world, &old.token).await.refused(), Fault::LinkUsed);
        assert_eq!(prove_by_code(&world, &user, &old.code).await.refused(), Fault::CodeExpired);

        activation::enter_address(&world.store, &world.environment, user.id, "ann@acme.com", "en").await.unwrap();
        activation::withdraw_address(&world.store, &world.environment, user.id).await.unwrap();
        world.work_for_an_hour().await;
        assert_eq!(world.postman.letters().len(), 1);
    });
}

#[test]
fn a_mail_can_be_asked_for_again_but_not_at_once_and_not_forever() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        let resend = async || activation::resend(&world.store, &world.environment, user.id, "en").await;
        match resend().await {
            Err(Trouble::Known { fault: Fault::TooManyAttempts, retry_after: Some(wait) }) => {
                assert_eq!(wait, RESEND_AFTER);
            }
            other => panic!("{other:?}"),
        }
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
        activation::enter_address(&world.store, &world.environment, user.id, "ann@acme.com", "en").await.unwrap();
        let World { store, environment, code_keys, .. } = &world;
        let proof = proof::newest(store.read(), user.id).await.unwrap().unwrap();
        let everything = queue::For::AllBut(Vec::new());
        let claimed = queue::claim(store, environment.now(), "dead", 1, everything).await.unwrap();
        activation::begin_mail(store, environment, code_keys, &claimed[0], &proof).await.unwrap();
        world.leases_run_out();
        world.work().await;
        assert!(world.postman.letters().is_empty());
        assert_eq!(world.history(user.id).await.last().unwrap(), "mail_uncertain");

        world.clock.advance(30 * SECOND);
        activation::resend(&world.store, &world.environment, user.id, "en").await.unwrap();
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

#[test]
fn a_folder_of_mails_that_is_full_is_told_with_the_first_mail() {
    for_each_database(async |world: World| {
        let (worker, template) = (world.worker(), world.template(|_| ()).await);
        world.postman.plan([Undelivered::Out(fault(Fault::MailUnavailable))]);
        world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        worker.drain().await.unwrap();
        assert!(worker.refused_mails().fails_since().is_some());
        world.clock.advance(2 * MINUTE);
        worker.drain().await.unwrap();
        assert_eq!((worker.refused_mails().fails_since(), world.postman.letters().len()), (None, 1));
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

        activation::resend(&world.store, &world.environment, user.id, "en").await.unwrap();
        world.work().await;
        assert!(!world.find(user.id).await.unwrap().mail_refused);
        assert_eq!(world.postman.letters().len(), 1);
    });
}

#[test]
fn an_address_in_use_ends_in_error_and_another_one_works() {
    for_each_database(async |world: World| {
        let trusted = world.trusted().await;
        world.arrive(&trusted, "first@sp.com", Some("ann@acme.com")).await;
        world.work().await;

        let user = entered(&world, "Ann@ACME.com").await;
        prove_by_link(&world, &world.postman.last().token).await.unwrap();
        world.work_for_an_hour().await;
        assert_eq!(world.status(user.id).await, "error");
        assert_eq!(world.fault(user.id).await, Some(Fault::AddressInUse));
        assert!(world.find(user.id).await.unwrap().tracking_id.is_some());

        enter(&world, &user, "bob@acme.com").await.unwrap();
        prove_by_code(&world, &user, &world.postman.last().code).await.unwrap();
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(world.fault(user.id).await, None);
        assert_eq!(world.accounts().await.len(), 2);
    });
}

#[test]
fn a_provisioned_user_has_nothing_left_to_prove() {
    for_each_database(async |world: World| {
        let trusted = world.trusted().await;
        let user = world.arrive(&trusted, "1@sp.com", Some("ann@acme.com")).await;
        assert_eq!(enter(&world, &user, "bob@acme.com").await.refused(), Fault::InProgress);
        world.work().await;
        assert_eq!(enter(&world, &user, "bob@acme.com").await.refused(), Fault::AlreadyProvisioned);
        assert_eq!(
            activation::try_again(&world.store, &world.environment, user.id).await.refused(),
            Fault::NothingToRetry
        );
    });
}
