//! SQLite without room: it rolls back by itself, and nothing that comes after may be built on that.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::{Value, json};
use server::{
    live::Live,
    readiness::{Readiness, Sign},
    store::{Store, Template},
};

use crate::support::{World, for_each_database};

const PATH: &str = "/v1/broadworks/subscribers";

fn subscriber(template: &Template, number: usize) -> Value {
    json!({
        "provisioningId": template.provisioning_id, "userId": format!("{number}@sp.example"), "spEnterpriseId": "SP1+acme",
        "firstName": "Ann", "lastName": "Lee", "package": "standard", "email": format!("u{number}@acme.example"),
    })
}

/// Gives the connection that writes so many pages more than there are.
async fn leave(world: &World, room: i64) {
    let work = world.store.work().await.unwrap();
    let pages = Statement::from_string(DbBackend::Sqlite, "PRAGMA page_count");
    let pages: i64 = work.query_one_raw(pages).await.unwrap().unwrap().try_get("", "page_count").unwrap();
    work.execute_unprepared(&format!("PRAGMA max_page_count = {}", pages + room)).await.unwrap();
    work.commit().await.unwrap();
}

#[test]
fn a_full_disk_is_told_and_what_is_accepted_afterwards_is_kept() {
    for_each_database(async |world: World| {
        if world.store.backend() != DbBackend::Sqlite {
            return;
        }
        let template = world.trusted().await;
        let client = world.client().await;
        let mut accepted = Vec::new();
        for round in 0..3 {
            leave(&world, 0).await;
            let mut refused = None;
            for number in round * 1_000.. {
                let answer = client.post(PATH, &subscriber(&template, number)).await;
                if answer.status != 200 {
                    refused = Some(answer);
                    break;
                }
                accepted.push(answer.text("id").to_owned());
            }
            let refused = refused.expect("there was an end to the room");
            assert_eq!(refused.errors(), (503, vec![(49002, "")]));
            assert_eq!(refused.header("retry-after"), "2");
            leave(&world, 10_000).await;
            for number in round * 1_000 + 500..round * 1_000 + 503 {
                let answer = client.post(PATH, &subscriber(&template, number)).await;
                assert_eq!(answer.status, 200, "{}", answer.body);
                accepted.push(answer.text("id").to_owned());
            }
        }
        // What another connection sees is what a restart would.
        let other = World { store: Store::connect(&world.url, Live::default()).await.unwrap(), ..world };
        let kept = client.at_replica(&other);
        for id in accepted {
            assert_eq!(kept.get(&format!("{PATH}/{id}")).await.status, 200);
        }
        other.work().await;
    });
}

#[test]
fn a_database_that_has_no_room_is_not_ready() {
    for_each_database(async |world: World| {
        if world.store.backend() != DbBackend::Sqlite {
            return;
        }
        leave(&world, 0).await;
        let readiness = || Readiness::new(world.store.clone(), world.environment.clone(), Sign::default());
        let failing = readiness().failing().await;
        assert_eq!(failing.len(), 1, "{failing:?}");
        assert_eq!((failing[0].part, failing[0].why.as_str()), ("database", "it cannot be written (full)"));
        leave(&world, 10_000).await;
        assert_eq!(readiness().failing().await, [], "back by itself");
    });
}
