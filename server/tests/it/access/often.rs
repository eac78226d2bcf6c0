//! How often an administrator may call, and take out or bring in what there is much of.

use domain::{
    limit::{self, Limit},
    timestamp::{HOUR, MINUTE},
};
use server::{
    access::{administrators, throttle},
    store::AdministratorId,
};

use crate::support::{Site, World, for_each_database};

const ME: &str = "/api/hub/me";

async fn administrator(world: &World, email: &str) -> AdministratorId {
    let World { store, environment, tenant, .. } = world;
    administrators::add(store, environment, *tenant, email, "nine quiet lighthouses").await.unwrap()
}

async fn until_refused(site: &Site, cookie: &str) -> i64 {
    let mut admitted = 0;
    while site.post(ME, cookie, "").await.status == 200 {
        admitted += 1;
        assert!(admitted < 1_000, "there is no limit");
    }
    admitted
}

#[test]
fn an_administrator_calls_so_often_and_no_oftener_at_whatever_server() {
    for_each_database(async |mut world: World| {
        world.api_calls = 40;
        let (ann, bob) = (administrator(&world, "ann@sp.example").await, administrator(&world, "bob@sp.example").await);
        let (ann, bob) = (world.hub_cookie(ann).await, world.hub_cookie(bob).await);
        let (site, other) = (world.site().await, world.replica().await.site().await);
        assert_eq!(until_refused(&site, &ann).await, 40);
        assert_eq!(site.get("/hub", &ann).await.status, 429, "a page is a call");
        // What was not settled yet.
        assert!(until_refused(&other, &ann).await <= 2, "another server knows");
        assert_eq!(site.post(ME, &bob, "").await.status, 200, "another administrator has an own limit");
        world.clock.advance(MINUTE);
        assert_eq!(site.post(ME, &ann, "").await.status, 200);
    });
}

#[test]
fn files_come_and_go_so_often_and_no_oftener() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let ann = administrator(&world, "ann@sp.example").await;
        let (site, cookie) = (world.site().await, world.hub_cookie(ann).await);
        let users = format!("/hub/templates/{}/users.csv", template.id);
        let check = format!("{users}?dry_run=true&all_or_nothing=false");
        for limit in [limit::EXPORTS, limit::IMPORTS] {
            // All but one of an hour's.
            let Limit { max, .. } = limit;
            let now = world.environment.now();
            throttle::add(&world.store, now, limit, &ann.to_string(), max - 1).await.unwrap();
        }
        assert_eq!(site.get(&users, &cookie).await.status, 200);
        assert_eq!(site.post_file(&check, &cookie, "BroadWorks ID\r\n").await.status, 200);
        for path in [&users, "/hub/audit.csv"] {
            assert_eq!(site.get(path, &cookie).await.status, 429, "{path}");
        }
        assert_eq!(site.post_file(&check, &cookie, "BroadWorks ID\r\n").await.status, 429);
        world.clock.advance(HOUR);
        let cookie = world.hub_cookie(ann).await;
        assert_eq!(site.get("/hub/audit.csv", &cookie).await.status, 200);
        assert_eq!(site.get(&users, &cookie).await.status, 200);
    });
}
