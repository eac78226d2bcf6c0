//! Mailed codes and the key under which they are kept.

use domain::{Fault, Network, limit::RESEND_AFTER};
use sea_orm::EntityTrait as _;
use server::{access::code_keys::CodeKeys, fault::Trouble, provisioning::activation, store::Subscriber};

use crate::entity::{proof_secret, throttle};
use crate::support::{Refused as _, World, for_each_database};

const OLD: &str = "the-old-key-has-more-than-32-characters";
const NEW: &str = "the-new-key-has-more-than-32-characters";

fn keys(keys: &[&str]) -> CodeKeys {
    CodeKeys::parse(&keys.join("\n")).unwrap()
}

/// Somebody who entered an address and was mailed a code, at a server with these keys.
async fn mailed(world: &mut World, keys: CodeKeys) -> Subscriber {
    world.code_keys = keys;
    let template = world.template(|_| ()).await;
    let user = world.arrive(&template, "1@sp.com", None).await;
    activation::enter_address(&world.store, &world.environment, &user, "ann@acme.com", "en").await.unwrap();
    world.work().await;
    user
}

async fn enter(world: &World, user: &Subscriber, code: &str) -> Result<(), Trouble> {
    let World { store, environment, code_keys, .. } = world;
    activation::prove_by_code(store, environment, code_keys, user, code, Network::UNKNOWN).await
}

async fn kept(world: &World) -> Vec<String> {
    let secrets = proof_secret::Entity::find().all(world.store.read()).await.unwrap();
    secrets.into_iter().map(|secret| secret.code_hash).collect()
}

#[test]
fn a_code_is_kept_under_the_key() {
    for_each_database(async |mut world: World| {
        let user = mailed(&mut world, keys(&[OLD])).await;
        let code = world.postman.last().code;
        let wrong = if code == "111111" { "222222" } else { "111111" };
        assert!(kept(&world).await.iter().all(|kept| kept.starts_with("$hmac-sha256$")));
        assert_eq!(enter(&world, &user, wrong).await.refused(), Fault::CodeWrong);
        enter(&world, &user, &code).await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioning");
    });
}

/// So it is with a copy of the database that is served without its key.
#[test]
fn with_another_key_codes_have_expired_and_a_new_one_is_good() {
    for_each_database(async |mut world: World| {
        let user = mailed(&mut world, keys(&[OLD])).await;
        for lost in [keys(&[NEW]), CodeKeys::default()] {
            world.code_keys = lost;
            let counted = throttle::Entity::find().all(world.store.read()).await.unwrap();
            assert_eq!(enter(&world, &user, &world.postman.last().code).await.refused(), Fault::CodeExpired);
            let after = throttle::Entity::find().all(world.store.read()).await.unwrap();
            assert_eq!(after, counted, "that was no guess");
            world.clock.advance(RESEND_AFTER);
            activation::resend(&world.store, &world.environment, &user, "en").await.unwrap();
            world.work().await;
        }
        enter(&world, &user, &world.postman.last().code).await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioning");
    });
}

#[test]
fn codes_that_are_under_way_stay_good_when_the_key_is_changed() {
    for_each_database(async |mut world: World| {
        let user = mailed(&mut world, keys(&[OLD])).await;
        let first = kept(&world).await;
        world.code_keys = keys(&[NEW, OLD]);
        enter(&world, &user, &world.postman.last().code).await.unwrap();

        let other = world.arrive(&world.template(|_| ()).await, "2@sp.com", None).await;
        activation::enter_address(&world.store, &world.environment, &other, "bob@acme.com", "en").await.unwrap();
        world.work().await;
        let second = kept(&world).await.into_iter().find(|kept| !first.contains(kept)).unwrap();
        assert!(keys(&[NEW]).knows(&second) && !keys(&[OLD]).knows(&second), "new codes are under the new key");
    });
}

#[test]
fn codes_of_a_server_without_a_key_stay_good_when_it_has_one() {
    for_each_database(async |mut world: World| {
        let user = mailed(&mut world, CodeKeys::default()).await;
        assert!(kept(&world).await.iter().all(|kept| kept.starts_with("$argon2id$")));
        world.code_keys = keys(&[NEW]);
        enter(&world, &user, &world.postman.last().code).await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioning");
    });
}
