//! An address that looks wrong: its user is asked, and knows best.

use app::portal::PortalStep;
use domain::{Doubt, EmailAddress, Fault};

use crate::support::{World, for_each_database};

fn meant(address: &str) -> Doubt {
    Doubt::Slip(EmailAddress::parse(address).unwrap())
}

#[test]
fn an_address_that_looks_wrong_is_asked_about_and_taken_all_the_same() {
    for_each_database(async |world: World| {
        world.postman.knows("gmial.com", true);
        world.postman.knows("nowhere.example", false);
        world.postman.knows("xn--bcher-kva.example", false);
        world.postman.knows("acme.com", true);
        let (_broadworks, person) = world.ann_at_the_portal().await;
        for (typed, doubt) in [
            ("ann@gmial.com", meant("ann@gmail.com")),
            ("Ann <info@gmial.com>", meant("info@gmail.com")),
            ("ann@nowhere.example", Doubt::NoMail),
            ("ann@b\u{fc}cher.example", Doubt::NoMail),
            ("support@acme.com", Doubt::Shared),
            ("support@unknown.example", Doubt::Shared),
        ] {
            assert_eq!(person.try_address(typed).await, Ok(Some(doubt)), "{typed}");
            assert!(matches!(person.step().await, PortalStep::Address { .. }), "nothing has been asked for");
        }
        assert_eq!(person.try_address("ann@acme").await, Err(Fault::InvalidAddress), "what is none is refused");
        world.work().await;
        assert!(world.postman.letters().is_empty());

        person.enter_address("support@acme.com").await.unwrap();
        world.work().await;
        let step = person.step().await;
        let PortalStep::Proof { email, sender, .. } = step else { panic!("{step:?}") };
        assert_eq!(email, "support@acme.com");
        assert!(sender.ends_with(" <activation@provider.example>"), "{sender}");
        assert_eq!(person.try_address("ann@gmial.com").await, Ok(None), "by a page of the step before");
    });
}

#[test]
fn nobody_is_asked_about_an_address_of_which_nothing_is_known() {
    for_each_database(async |world: World| {
        world.postman.knows("acme.com", true);
        let (_broadworks, person) = world.ann_at_the_portal().await;
        assert_eq!(person.try_address("ann@unknown.example").await, Ok(None));
        person.change_address().await.unwrap();
        assert_eq!(person.try_address("ann@acme.com").await, Ok(None));
    });
}
