//! Trying again what failed.

use app::portal::{PortalStep, Tries};
use domain::{Fault, Timestamp, timestamp::MINUTE};

use crate::support::{Act, Person, World, fault, for_each_database};

fn tries(step: PortalStep) -> Tries {
    match step {
        PortalStep::Failed { tries, .. } => tries,
        other => panic!("nothing failed: {other:?}"),
    }
}

async fn fail(world: &World) -> Timestamp {
    world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
    world.clock.advance(MINUTE);
    world.work().await;
    world.environment.now()
}

async fn prove(world: &World, person: &Person, email: &str) {
    world.clock.advance(MINUTE);
    person.enter_address(email).await.unwrap();
    world.work().await;
    person.enter_code(&world.postman.last().code).await.unwrap();
}

#[test]
fn tries_are_counted_until_another_address_begins_anew() {
    for_each_database(async |world: World| {
        let (_broadworks, person) = world.ann_at_the_portal().await;
        prove(&world, &person, "ann@acme.com").await;
        for count in 1..=3 {
            let last = fail(&world).await;
            assert_eq!(tries(person.step().await), Tries { count, last });
            person.try_again().await.unwrap();
        }
        fail(&world).await;
        person.change_address().await.unwrap();
        prove(&world, &person, "anna@acme.com").await;
        let last = fail(&world).await;
        assert_eq!(tries(person.step().await), Tries { count: 1, last });
        person.try_again().await.unwrap();
        world.work().await;
        assert!(matches!(person.step().await, PortalStep::Done { .. }));
    });
}
