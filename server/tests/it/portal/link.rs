//! The mailed link, opened more than once.

use domain::{
    Fault,
    limit::{LINK_LIFETIME, LINK_NETWORK, RESEND_AFTER},
};

use crate::support::{BroadWorks, Person, World, fault, for_each_database};

/// Somebody who entered an address and has the mail.
async fn asked_to_prove(world: &World, email: &str) -> Person {
    let broadworks = BroadWorks::start().await;
    broadworks.put("1@sp.com", "Ann");
    let template = world.open_template(&broadworks, |template| template.self_activation = true).await;
    let mut person = world.person(&template);
    person.sign_in("1@sp.com", "secret").await.unwrap();
    enter(world, &person, email).await;
    person
}

async fn enter(world: &World, person: &Person, email: &str) {
    world.clock.advance(1 + RESEND_AFTER);
    person.enter_address(email).await.unwrap();
    world.work().await;
}

#[test]
fn a_link_that_has_done_its_work_says_so_whatever_came_of_it() {
    for_each_database(async |world: World| {
        let mut person = asked_to_prove(&world, "ann@acme.com").await;
        let first = world.postman.last().token;
        enter(&world, &person, "ann@acme.com").await;
        let second = world.postman.last().token;
        assert_eq!(person.link(&second).await.unwrap().email, "ann@acme.com");
        assert_eq!(person.link(&first).await, Err(Fault::LinkSuperseded), "a newer one has replaced it");
        assert_eq!(person.join(&first).await, Err(Fault::LinkSuperseded));

        person.join(&second).await.unwrap();
        let session = person.session.clone();
        for token in [&second, &first] {
            assert_eq!(person.link(token).await, Err(Fault::AlreadyConfirmed));
            assert_eq!(person.join(token).await, Err(Fault::AlreadyConfirmed));
        }
        assert_eq!(person.session, session, "nobody is signed in by it a second time");
        world.work().await;
        assert_eq!(world.accounts().await.len(), 1);
        assert_eq!(person.link(&second).await, Err(Fault::AlreadyConfirmed));
    });
}

#[test]
fn a_link_to_an_address_that_was_given_up_confirms_nothing() {
    for_each_database(async |world: World| {
        let mut person = asked_to_prove(&world, "ann@acme.com").await;
        let token = world.postman.last().token;
        world.target.plan([crate::support::Act::Refuse(fault(Fault::AddressInUse))]);
        person.join(&token).await.unwrap();
        world.work().await;
        assert_eq!(person.link(&token).await, Err(Fault::AlreadyConfirmed));
        person.change_address().await.unwrap();
        assert_eq!(person.link(&token).await, Err(Fault::LinkUsed));
        enter(&world, &person, "anna@acme.com").await;
        assert_eq!(person.link(&token).await, Err(Fault::LinkSuperseded));
        person.join(&world.postman.last().token).await.unwrap();
        assert_eq!(person.link(&token).await, Err(Fault::LinkUsed));
    });
}

#[test]
fn whoever_has_a_link_that_is_too_old_has_another_one_sent_and_nothing_else() {
    for_each_database(async |world: World| {
        let mut person = asked_to_prove(&world, "ann@acme.com").await;
        let old = world.postman.last().token;
        world.clock.advance(LINK_LIFETIME + 1);
        // On another device, where nobody is signed in.
        person.session = None;
        // Looking at one's own old link is no guess, however often.
        for _ in 0..=LINK_NETWORK.max {
            assert_eq!(person.link(&old).await, Err(Fault::LinkExpired));
        }
        assert_eq!(person.join(&old).await, Err(Fault::LinkExpired));
        assert_eq!(person.renew("made-up").await, Err(Fault::LinkUsed));
        let before = world.postman.letters().len();
        person.renew(&old).await.unwrap();
        assert_eq!(person.session, None, "it signs nobody in");
        world.work().await;
        let letter = world.postman.last();
        assert_eq!((world.postman.letters().len(), letter.proof.email.as_str()), (before + 1, "ann@acme.com"));
        assert_eq!(person.link(&old).await, Err(Fault::LinkSuperseded));
        assert_eq!(person.renew(&old).await, Err(Fault::LinkSuperseded), "one is enough");
        person.join(&letter.token).await.unwrap();
        assert_eq!(person.link(&old).await, Err(Fault::AlreadyConfirmed));
        assert_eq!(person.renew(&letter.token).await, Err(Fault::AlreadyConfirmed));
    });
}
