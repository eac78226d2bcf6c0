//! Activations, and what a dead replica costs.

use std::time::{Duration, Instant};

use reqwest::Client;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use server::{live::Live, store::Store};

use crate::entity::subscriber;
use crate::{
    chaos::{
        load::{Load, PUBLIC_URL},
        outside::{Misbehaving, broadworks},
    },
    support::{Installation, free_port, on_postgres},
};

/// How many clients work at once.
const CLIENTS: usize = 8;
/// How many people each of them brings in whose addresses are trusted: arrival, account.
const TRUSTED: usize = 250;
/// How many who activate: arrival, sign-in, address, mail, code, account.
const ACTIVATING: usize = 25;
/// How often to look whether all are provisioned.
const LOOK: Duration = Duration::from_millis(20);

#[test]
#[ignore = "a figure: make bench"]
fn activations_on_sqlite() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        activations("SQLite", Installation::on_sqlite(), TRUSTED, false).await;
        activations("SQLite", Installation::on_sqlite(), ACTIVATING, true).await;
    });
}

#[test]
#[ignore = "a figure: make bench"]
fn activations_on_postgresql() {
    on_postgres(async |url| activations("PostgreSQL", Installation::on(url), TRUSTED, false).await);
    on_postgres(async |url| activations("PostgreSQL", Installation::on(url), ACTIVATING, true).await);
}

async fn activations(database: &str, installation: Installation, each: usize, activate: bool) {
    let installation = installation
        .with("FLOWTHROUGH_PUBLIC_URL", PUBLIC_URL)
        .with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true")
        .with("FLOWTHROUGH_TRUST_PROXY", "true");
    let client = Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
    let server = installation.serve(&client, free_port()).await;
    let store = Store::connect(installation.database_url(), Live::default()).await.unwrap();
    let urls = vec![server.url.clone()];
    let load = Load::new(&installation, &broadworks().await, "directory", client, urls, store.clone());
    let began = Instant::now();
    let mut clients = tokio::task::JoinSet::new();
    for seed in 0..CLIENTS {
        clients.spawn(load.clone().bring(seed as u64, each, activate));
    }
    clients.join_all().await;
    provisioned(&store, CLIENTS * each).await;
    let (count, seconds) = (CLIENTS * each, began.elapsed().as_secs_f64());
    let what = if activate {
        "activations, arrival to account by way of portal and mail"
    } else {
        "trusted arrivals to account"
    };
    println!("{database}: {count} {what}: {seconds:.1} s, {:.0} a second", count as f64 / seconds);
}

#[test]
#[ignore = "a figure: make bench"]
fn take_over_after_a_replica_died() {
    on_postgres(async |url| {
        let target = Misbehaving::start().await;
        target.hang();
        let installation = Installation::on(url)
            .with("FLOWTHROUGH_SCIM_URL", &target.url)
            .with("FLOWTHROUGH_SCIM_TOKEN", "secret")
            .with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true");
        let client = Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        let first = installation.serve(&client, free_port()).await;
        let store = Store::connect(url, Live::default()).await.unwrap();
        let urls = vec![first.url.clone()];
        let load = Load::new(&installation, &broadworks().await, "scim", client.clone(), urls, store.clone());
        load.bring(0, 1, false).await;
        target.asked().await;
        let _second = installation.serve(&client, free_port()).await;
        first.kill();
        let began = Instant::now();
        target.behave();
        provisioned(&store, 1).await;
        println!(
            "PostgreSQL: a dead replica's task is done by the other one after {:.1} s",
            began.elapsed().as_secs_f64()
        );
    });
}

async fn provisioned(store: &Store, count: usize) {
    let provisioned = subscriber::Entity::find().filter(subscriber::Column::Status.eq("provisioned"));
    while provisioned.clone().count(store.read()).await.unwrap() < count as u64 {
        tokio::time::sleep(LOOK).await;
    }
}
