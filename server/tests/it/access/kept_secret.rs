//! Secrets that the server has to read again: whoever sweeps has all of them under the newest key.

use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _};
use serde_json::json;
use server::access::{code_keys::CodeKeys, kept_secret};
use uuid::Uuid;

use crate::entity::webhook;
use crate::support::{World, for_each_database};

const OLD: &str = "old-old-old-old-old-old-old-old-";
const NEW: &str = "new-new-new-new-new-new-new-new-";

/// As many as need several transactions.
const MANY: usize = 250;

fn keys(keys: &[&str]) -> CodeKeys {
    CodeKeys::parse(&keys.join(" ")).unwrap()
}

async fn kept(world: &World) -> Vec<(Uuid, String)> {
    let rows = webhook::Entity::find().all(world.store.read()).await.unwrap();
    rows.into_iter().map(|row| (row.id.into(), row.secret)).collect()
}

/// A webhook with this secret, by the API under these keys.
async fn add(world: &mut World, under: CodeKeys, secret: &str) {
    world.code_keys = under;
    let body = json!({ "url": "https://hooks.acme.com/", "events": ["subscriber.error"], "secret": secret });
    assert_eq!(world.client().await.post("/v1/webhooks", &body).await.status, 201);
}

#[test]
fn what_stands_as_it_is_or_under_an_older_key_comes_under_the_newest() {
    for_each_database(async |mut world: World| {
        const PLAIN: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        add(&mut world, CodeKeys::default(), PLAIN).await;
        let plain = webhook::Entity::find().one(world.store.read()).await.unwrap().unwrap();
        assert_eq!(plain.secret, PLAIN, "without a key there is no other way");
        let work = world.store.work().await.unwrap();
        for _ in 1..MANY {
            let id = world.environment.id();
            let row = webhook::Model { id: id.into(), secret: PLAIN.to_owned(), ..plain.clone() };
            row.into_active_model().insert(&*work).await.unwrap();
        }
        work.commit().await.unwrap();
        add(&mut world, keys(&[OLD]), PLAIN).await;

        let rotated = keys(&[NEW, OLD]);
        kept_secret::sweep(&world.store, &world.environment, &rotated).await.unwrap();
        let swept = kept(&world).await;
        assert_eq!(swept.len(), MANY + 1);
        for (owner, secret) in &swept {
            assert_eq!(kept_secret::reveal(&keys(&[NEW]), owner, secret).unwrap(), PLAIN, "the old key can go");
            assert_eq!(kept_secret::reveal(&keys(&[OLD]), owner, secret), None);
        }
        kept_secret::sweep(&world.store, &world.environment, &rotated).await.unwrap();
        assert_eq!(kept(&world).await, swept, "nothing is left to be done");
    });
}

#[test]
fn what_no_key_opens_is_left_as_it_is_and_holds_up_nobody_else() {
    for_each_database(async |mut world: World| {
        const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        add(&mut world, keys(&[OLD]), SECRET).await;
        let lost = kept(&world).await;
        add(&mut world, CodeKeys::default(), SECRET).await;
        let newest = keys(&[NEW]);
        kept_secret::sweep(&world.store, &world.environment, &newest).await.unwrap();
        let (left, swept): (Vec<_>, Vec<_>) = kept(&world).await.into_iter().partition(|one| lost.contains(one));
        assert_eq!((left, swept.len()), (lost, 1));
        assert_eq!(kept_secret::reveal(&newest, swept[0].0, &swept[0].1).unwrap(), SECRET);
    });
}
