//! Forms of pages that are older than the step where their reader stands.

use app::portal::PortalStep;
use domain::{Fault, timestamp::MINUTE};

use crate::support::{Act, Person, World, fault, for_each_database};

/// Presses every button that any page had, at a step for which none of these is there.
async fn press(person: &Person, forms: &[&str]) {
    let before = person.step().await;
    for form in forms {
        let outcome = match *form {
            "resend" => person.resend().await,
            "try_again" => person.try_again().await,
            "change_address" => person.change_address().await,
            code => person.enter_code(code).await,
        };
        assert_eq!(outcome, Ok(()), "{form} at {before:?}");
        assert_eq!(person.step().await, before, "{form}");
    }
}

#[test]
fn a_form_of_a_step_that_is_over_leads_to_the_current_one_without_a_complaint() {
    for_each_database(async |world: World| {
        let (_broadworks, person) = world.ann_at_the_portal().await;
        press(&person, &["resend", "try_again", "123456", "12"]).await;

        person.enter_address("ann@acme.com").await.unwrap();
        world.work().await;
        press(&person, &["try_again"]).await;
        assert_eq!(person.enter_code("12").await, Err(Fault::CodeIncomplete), "where a code is asked for it is read");

        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        person.enter_code(&world.postman.last().code).await.unwrap();
        press(&person, &["resend", "try_again", "change_address", "123456"]).await;
        assert_eq!(person.enter_address("anna@acme.com").await, Err(Fault::AddressSettled));
        world.clock.advance(MINUTE);
        world.work().await;
        assert!(matches!(person.step().await, PortalStep::Failed { .. }));
        press(&person, &["resend", "123456"]).await;

        person.try_again().await.unwrap();
        world.work().await;
        assert!(matches!(person.step().await, PortalStep::Done { .. }));
        press(&person, &["resend", "try_again", "change_address", "123456", "12"]).await;
        assert_eq!(person.enter_address("ann@acme.com").await, Ok(()), "so it is");
        assert_eq!(person.enter_address("anna@acme.com").await, Err(Fault::AddressSettled));
    });
}
