//! The mailed link, opened more than once.

use domain::{Fault, limit::RESEND_AFTER};

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
        assert_eq!(person.link(&first).await, Err(Fault::LinkUsed), "a newer one has replaced it");

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
        person.join(&world.postman.last().token).await.unwrap();
        assert_eq!(person.link(&token).await, Err(Fault::LinkUsed));
    });
}
