//! `kill -9` of the real server while it works: nobody who was accepted is lost, nobody is there twice.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use server::{live::Live, store::Store};

use crate::entity::{directory_account, history, subscriber};
use crate::support::{Installation, free_port, left_to_do};

/// How often the server is killed.
const KILLS: usize = 20;
/// How many clients send subscribers at once.
const CLIENTS: usize = 4;
/// How long the last server gets to bring everybody to their end state.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends one subscriber. `Some(true)`: accepted now; `Some(false)`: was there already; `None`: no answer.
async fn send(client: &Client, url: &str, token: &str, provisioning_id: &str, user: &str) -> Option<bool> {
    let body = serde_json::json!({
        "provisioningId": provisioning_id, "userId": user, "spEnterpriseId": "SP1+acme", "firstName": "A",
        "lastName": "B", "package": "standard", "email": format!("{user}@acme.example"),
    });
    let answer = client
        .post(format!("{url}/v1/broadworks/subscribers"))
        .bearer_auth(token)
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .ok()?;
    match answer.status() {
        StatusCode::OK => Some(true),
        StatusCode::CONFLICT => Some(false),
        other => panic!("unexpected {other}: {}", answer.text().await.unwrap_or_default()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_twenty_times_loses_and_doubles_nobody() {
    let installation = Installation::on_sqlite();
    let port = free_port();
    let (provisioning_id, token) = (installation.add_trusted_template(&[]), installation.add_token());
    let client = Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    let mut accepted = BTreeSet::new();
    for round in 0..KILLS {
        let server = installation.serve(&client, port).await;
        // A different moment in every round: between accepting, claiming, calling the target and settling.
        let enough = 3 + (round * 7) % 11;
        let mut clients = tokio::task::JoinSet::new();
        for number in 0..CLIENTS {
            let (client, url) = (client.clone(), server.url.clone());
            let (token, provisioning_id) = (token.clone(), provisioning_id.clone());
            clients.spawn(async move {
                let mut sent = Vec::new();
                for step in 0.. {
                    let user = format!("r{round}c{number}s{step}");
                    if step >= enough || send(&client, &url, &token, &provisioning_id, &user).await.is_none() {
                        break;
                    }
                    sent.push(user);
                }
                sent
            });
        }
        // The first client to be through pulls the plug while the others are still sending.
        accepted.extend(clients.join_next().await.unwrap().unwrap());
        server.kill();
        while let Some(sent) = clients.join_next().await {
            accepted.extend(sent.unwrap());
        }
    }
    let server = installation.serve(&client, port).await;
    for user in &accepted {
        let again = send(&client, &server.url, &token, &provisioning_id, user).await;
        assert_eq!(again, Some(false), "{user} was accepted and is not there");
    }
    settled(installation.database_url()).await;
    server.kill();
    reconcile(installation.database_url(), &accepted).await;
}

/// Waits until no task is left.
async fn settled(database: &str) {
    let store = open(database).await;
    let began = Instant::now();
    while !left_to_do(&store).await.is_empty() {
        assert!(began.elapsed() < PATIENCE, "tasks are left");
        tokio::task::yield_now().await;
    }
}

async fn open(database: &str) -> Store {
    Store::connect(database, Live::default()).await.unwrap()
}

/// Everybody who was accepted is provisioned, with exactly one account and one history.
async fn reconcile(database: &str, accepted: &BTreeSet<String>) {
    let store = open(database).await;
    let subscribers = subscriber::Entity::find().all(store.read()).await.unwrap();
    let there: BTreeSet<String> = subscribers.iter().map(|subscriber| subscriber.user_id.clone()).collect();
    assert_eq!(there.len(), subscribers.len(), "somebody is there twice");
    assert!(there.is_superset(accepted), "lost: {:?}", accepted.difference(&there).collect::<Vec<_>>());
    assert!(accepted.len() >= KILLS, "the load was too light to mean anything: {}", accepted.len());
    for subscriber in &subscribers {
        assert_eq!(subscriber.status, "provisioned", "{}", subscriber.user_id);
        let created = history::Entity::find()
            .filter(history::Column::OwnerId.eq(subscriber.id))
            .filter(history::Column::Event.is_in(["arrived", "account_created"]))
            .all(store.read())
            .await
            .unwrap();
        assert_eq!(created.len(), 2, "{} has arrived and been created once", subscriber.user_id);
    }
    let accounts = directory_account::Entity::find().all(store.read()).await.unwrap();
    let owners: BTreeSet<_> = accounts.iter().map(|account| account.external_id).collect();
    assert_eq!((accounts.len(), owners.len()), (subscribers.len(), subscribers.len()), "one account each");
    println!("accepted {}, provisioned {}, lost 0, doubled 0", accepted.len(), subscribers.len());
}
