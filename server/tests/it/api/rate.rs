//! How many calls a token may make.

use domain::timestamp::MINUTE;
use sea_orm::EntityTrait as _;

use crate::entity::throttle;
use crate::support::{Client, World, for_each_database};

const PATH: &str = "/v1/broadworks/subscribers";

async fn until_refused(client: &Client) -> i64 {
    let mut admitted = 0;
    while client.get(PATH).await.status == 200 {
        admitted += 1;
        assert!(admitted < 1_000, "there is no limit");
    }
    admitted
}

#[test]
fn one_server_keeps_the_limit_exactly_and_says_when_it_ends() {
    for_each_database(async |mut world: World| {
        world.api_calls = 40;
        let client = world.client().await;
        assert_eq!(until_refused(&client).await, 40);
        world.clock.advance(MINUTE - 1_500);
        let refused = client.get(PATH).await;
        assert_eq!((refused.errors(), refused.header("retry-after")), ((429, vec![(45010, "")]), "2"));
        assert_eq!(world.client().await.get(PATH).await.status, 200, "another token has its own");
        world.clock.advance(1_500);
        assert_eq!(until_refused(&client).await, 40);
    });
}

#[test]
fn replicas_share_the_limit_but_for_a_batch_each() {
    for_each_database(async |mut world: World| {
        world.api_calls = 100;
        let first = world.client().await;
        let second = first.at_replica(&world);
        // Both begin, then each goes as far as it can.
        assert_eq!((first.get(PATH).await.status.as_u16(), second.get(PATH).await.status.as_u16()), (200, 200));
        let admitted = 2 + until_refused(&first).await + until_refused(&second).await;
        assert!((100..=110).contains(&admitted), "{admitted}");
        assert_eq!(first.at_replica(&world).get(PATH).await.status, 429, "a replica that has just started hears of it");
        assert!(throttle::Entity::find().one(world.store.read()).await.unwrap().unwrap().tries <= admitted + 1);
    });
}

#[test]
fn a_call_costs_no_write() {
    for_each_database(async |mut world: World| {
        world.api_calls = 200;
        let client = world.client().await;
        let mut settled = Vec::new();
        for _ in 0..100 {
            assert_eq!(client.get(PATH).await.status, 200);
            settled.push(throttle::Entity::find().one(world.store.read()).await.unwrap().unwrap().tries);
        }
        settled.dedup();
        assert_eq!(settled, (0..10).map(|batch| 1 + 10 * batch).collect::<Vec<_>>());
    });
}
