//! Several servers on one PostgreSQL hear of each other.

use std::time::Duration;

use sea_orm::DbBackend;
use server::{
    live::{Change, Live, News, Topic},
    provisioning::arrival::arrive,
    store::{Actor, replicas},
};
use tokio::{sync::broadcast::Receiver, time::timeout};
use uuid::Uuid;

use crate::support::{World, for_each_database, new_subscriber};

const PATIENCE: Duration = Duration::from_secs(30);

async fn next(news: &mut Receiver<News>) -> News {
    timeout(PATIENCE, news.recv()).await.expect("news in time").unwrap()
}

#[test]
fn what_one_server_commits_the_others_hear() {
    for_each_database(async |world: World| {
        if world.store.backend() != DbBackend::Postgres {
            return;
        }
        let template = world.trusted().await;
        let other = Live::of(Uuid::from_u128(7));
        let mut news = other.listen(Topic::Template(template.id));
        let listening = tokio::spawn(replicas::listen(world.url.clone(), other.clone()));
        assert_eq!(next(&mut news).await, News::Missed, "what was told before it listened");
        timeout(PATIENCE, other.wait_for_tasks()).await.expect("there may be tasks too");

        // More than fit into one notification.
        let mut expected = Vec::new();
        let mut work = world.store.work().await.unwrap();
        for number in 0..150 {
            let new = new_subscriber(&format!("{number}@sp.com"), Some(&format!("u{number}@acme.com")));
            let arrived = arrive(&mut work, &world.environment, &template, new, &Actor::Import).await.unwrap();
            let customer = Some(arrived.customer_id);
            expected.push(Change { template: template.id, customer, subscriber: arrived.id });
        }
        work.commit().await.unwrap();
        while !expected.is_empty() {
            // Other tests share this server, and its channel.
            if let News::Changed(change) = next(&mut news).await {
                expected.retain(|awaited| *awaited != change);
            }
        }
        timeout(PATIENCE, other.wait_for_tasks()).await.expect("the other worker is woken");
        listening.abort();
    });
}
