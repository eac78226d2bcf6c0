//! Proving an address by the mailed link or code.

use domain::{
    Fault, Network, SpEnterpriseId,
    draft::NewSubscriber,
    lifecycle::Event,
    limit::{CODE_LIFETIME, CODE_TRIES, LINK_LIFETIME, RESEND_AFTER},
};
use sea_orm::{EntityTrait as _, sea_query::Expr};
use server::{fault::Trouble, provisioning::activation, store::Subscriber};

use crate::entity::directory_account;
use crate::support::{Refused as _, World, for_each_database, new_subscriber};

/// A subscriber who entered an address and has the mail.
pub(super) async fn entered(world: &World, email: &str) -> Subscriber {
    let template = world.template(|_| ()).await;
    let arrived = world.arrive(&template, "1@sp.com", None).await;
    enter(world, &arrived, email).await.unwrap();
    arrived
}

pub(super) async fn enter(world: &World, subscriber: &Subscriber, email: &str) -> Result<(), Trouble> {
    world.clock.advance(1);
    activation::enter_address(&world.store, &world.environment, subscriber, email, "en").await?;
    world.work().await;
    Ok(())
}

pub(super) async fn prove_by_code(world: &World, subscriber: &Subscriber, code: &str) -> Result<(), Trouble> {
    let World { store, environment, code_keys, .. } = world;
    activation::prove_by_code(store, environment, code_keys, subscriber, code, Network::UNKNOWN).await
}

pub(super) async fn prove_by_link(world: &World, token: &str) -> Result<Subscriber, Trouble> {
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
        // Whoever enters it in another tab, too, has what they want.
        prove_by_code(&world, &user, &code).await.unwrap();
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
        activation::resend(&world.store, &world.environment, &user, "en").await.unwrap();
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
                activation::resend(&world.store, &world.environment, &user, "en").await.unwrap();
                world.work().await;
            }
            let code = another(&world.postman.last().code);
            assert_eq!(prove_by_code(&world, &user, &code).await.refused(), Fault::CodeWrong, "{guess}");
        }
        world.clock.advance(RESEND_AFTER);
        activation::resend(&world.store, &world.environment, &user, "en").await.unwrap();
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
        activation::resend(&world.store, &world.environment, &user, "en").await.unwrap();
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
fn a_code_is_good_until_its_very_end() {
    for_each_database(async |world: World| {
        let user = entered(&world, "ann@acme.com").await;
        world.clock.advance(CODE_LIFETIME);
        prove_by_code(&world, &user, &world.postman.last().code).await.unwrap();
    });
}

#[test]
fn another_address_replaces_the_old_link_and_code() {
    for_each_database(async |world: World| {
        let user = entered(&world, "typo@acme.com").await;
        let old = world.postman.last();
        enter(&world, &user, "ann@acme.com").await.unwrap();
        let new = world.postman.last();

        assert_eq!(prove_by_link(&world, &old.token).await.refused(), Fault::LinkSuperseded);
        // It costs no try, however often it is entered.
        for _ in 0..=CODE_TRIES.max {
            assert_eq!(prove_by_code(&world, &user, &old.code).await.refused(), Fault::CodeOfAnotherAddress);
        }
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
        activation::withdraw_address(&world.store, &world.environment, &user).await.unwrap();
        assert_eq!(world.status(user.id).await, "pending_email_input");
        assert_eq!(prove_by_link(&world, &old.token).await.refused(), Fault::LinkUsed);
        assert_eq!(prove_by_code(&world, &user, &old.code).await.refused(), Fault::CodeOfAnotherAddress);

        activation::enter_address(&world.store, &world.environment, &user, "ann@acme.com", "en").await.unwrap();
        activation::withdraw_address(&world.store, &world.environment, &user).await.unwrap();
        world.work_for_an_hour().await;
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

/// Somebody of another customer, who has an account with this address.
async fn at_another_company(world: &World, email: &str) -> Subscriber {
    let sp_enterprise_id = SpEnterpriseId::parse("SP1+other").unwrap();
    let theirs = NewSubscriber { sp_enterprise_id, ..new_subscriber("first@sp.com", Some(email)) };
    let theirs = world.try_arrive(&world.trusted().await, theirs).await.unwrap();
    world.work().await;
    theirs
}

#[test]
fn an_address_that_another_company_has_is_told_and_works_once_it_is_free() {
    for_each_database(async |world: World| {
        let theirs = at_another_company(&world, "ann@acme.com").await;

        let user = entered(&world, "Ann@ACME.com").await;
        prove_by_link(&world, &world.postman.last().token).await.unwrap();
        world.work_for_an_hour().await;
        assert_eq!(world.status(user.id).await, "error");
        assert_eq!(world.fault(user.id).await, Some(Fault::AddressElsewhere));

        let letters = world.postman.letters().len();
        world.apply(theirs.id, Event::RemovalRequested).await.unwrap();
        world.work().await;
        activation::try_again(&world.store, &world.environment, &world.subscriber(user.id).await).await.unwrap();
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(world.postman.letters().len(), letters, "it is proven already");
    });
}

#[test]
fn of_an_account_that_is_older_than_the_column_nobody_says_where_it_is() {
    for_each_database(async |world: World| {
        at_another_company(&world, "ann@acme.com").await;
        let work = world.writing().await;
        let forget = directory_account::Entity::update_many();
        let unknown = Expr::value(None::<String>);
        forget.col_expr(directory_account::Column::SpEnterpriseId, unknown).exec(&*work).await.unwrap();
        work.commit().await.unwrap();

        let user = entered(&world, "ann@acme.com").await;
        prove_by_link(&world, &world.postman.last().token).await.unwrap();
        world.work().await;
        assert_eq!(world.fault(user.id).await, Some(Fault::AddressInUse));
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
            activation::try_again(&world.store, &world.environment, &user).await.refused(),
            Fault::NothingToRetry
        );
    });
}
