//! `kill -9` under a steady load of arrivals, activations, retries, package changes and deletions, with a target that
//! fails, hangs, answers late or lies. Afterwards what we hold has to agree with the target's own list to the account.
//!
//! `FLOWTHROUGH_CHAOS_KILLS` says how often to kill: `make chaos` 200 times, `make test` 5 times.

pub mod load;
pub mod outside;

use std::{collections::HashMap, env, time::Duration};

use reqwest::Client;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use server::{live::Live, store::Store};

use self::{
    load::{Load, Person, Wanted},
    outside::Misbehaving,
};
use crate::entity::subscriber;
use crate::support::{Installation, Server, free_port, left_to_do, on_postgres};

/// How many clients work at once.
const CLIENTS: u64 = 6;
/// How long the servers get to bring everybody to their end state once the target behaves.
const PATIENCE: Duration = Duration::from_secs(240);
/// How often to look whether they have.
const LOOK: Duration = Duration::from_millis(100);

fn kills() -> u64 {
    env::var("FLOWTHROUGH_CHAOS_KILLS").ok().map_or(5, |kills| kills.parse().unwrap())
}

#[test]
fn chaos_on_sqlite() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(chaos("SQLite, one server", Installation::on_sqlite(), 1));
}

#[test]
fn chaos_on_postgresql_with_two_replicas() {
    on_postgres(async |url| chaos("PostgreSQL, two servers", Installation::on(url), 2).await);
}

async fn chaos(name: &str, installation: Installation, replicas: usize) {
    let target = Misbehaving::start().await;
    let installation = installation
        .with("FLOWTHROUGH_SCIM_URL", &target.url)
        .with("FLOWTHROUGH_SCIM_TOKEN", "secret")
        .with("FLOWTHROUGH_PUBLIC_URL", load::PUBLIC_URL)
        .with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true")
        .with("FLOWTHROUGH_TRUST_PROXY", "true")
        .with("FLOWTHROUGH_ADMIN_EMAIL", load::ADMIN)
        .with("FLOWTHROUGH_ADMIN_PASSWORD", load::PASSWORD);
    let client = Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    let ports: Vec<u16> = (0..replicas).map(|_| free_port()).collect();
    let mut servers = Vec::new();
    for port in &ports {
        servers.push(installation.serve(&client, *port).await);
    }
    let urls = servers.iter().map(|server| server.url.clone()).collect();
    let store = Store::connect(installation.database_url(), Live::default()).await.unwrap();
    let load = Load::new(&installation, &outside::broadworks().await, "scim", client.clone(), urls, store.clone());
    let mut clients = tokio::task::JoinSet::new();
    for seed in 0..CLIENTS {
        clients.spawn(load.clone().run(seed));
    }
    for kill in 0..kills() {
        // A different moment every time: in the middle of whatever the next call does.
        load.answers(5 + kill * 7 % 23).await;
        let one = usize::try_from(kill).unwrap() % replicas;
        servers.remove(one).kill();
        servers.insert(one, installation.serve(&client, ports[one]).await);
    }
    come_through_the_portal(&store).await;
    load.stop();
    let mut people = Vec::new();
    while let Some(known) = clients.join_next().await {
        people.extend(known.unwrap());
    }
    target.behave();
    come_to_rest(&store).await;
    reconcile(name, &store, &people, &target).await;
    servers.into_iter().for_each(Server::kill);
}

/// How far users get between the kills is chance: what is left after them says something once one of them has come through.
async fn come_through_the_portal(store: &Store) {
    let one = subscriber::Entity::find().filter(subscriber::Column::EmailProof.eq("code"));
    let came = async {
        while one.clone().one(store.read()).await.unwrap().is_none() {
            tokio::time::sleep(LOOK).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, came).await.is_ok(), "nobody came through the portal");
}

async fn come_to_rest(store: &Store) {
    let rest = async {
        while !left_to_do(store).await.is_empty() {
            tokio::time::sleep(LOOK).await;
        }
    };
    let rested = tokio::time::timeout(PATIENCE, rest).await;
    assert!(rested.is_ok(), "left to do: {:?}", left_to_do(store).await);
}

/// What we hold, what the clients were told and what the target has, counted against each other.
async fn reconcile(name: &str, store: &Store, people: &[Person], target: &Misbehaving) {
    let rows = subscriber::Entity::find().all(store.read()).await.unwrap();
    let mut accounts: HashMap<String, Vec<serde_json::Value>> = HashMap::new();
    for account in target.active() {
        accounts.entry(account["externalId"].as_str().unwrap_or_default().to_owned()).or_default().push(account);
    }
    let mut by_user: HashMap<&str, Vec<&subscriber::Model>> = HashMap::new();
    rows.iter().for_each(|row| by_user.entry(&row.user_id).or_default().push(row));
    let (mut accepted, mut provisioned, mut failed, mut pending) = (0, 0, 0, 0);
    let (mut lost, mut doubled) = (Vec::new(), Vec::new());
    for person in people {
        let own = by_user.get(person.user_id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let there = own.len();
        match person.wanted {
            Wanted::Leaving if own.iter().any(|row| row.status != "error") => {
                lost.push(format!("the deletion of {}", person.user_id));
            }
            Wanted::There if there == 0 => lost.push(format!("{} was accepted and is not there", person.user_id)),
            Wanted::Gone if there > 0 => lost.push(format!("the deletion of {}", person.user_id)),
            _ => {}
        }
        if there > 1 {
            doubled.push(person.user_id.clone());
        }
        accepted += usize::from(person.wanted == Wanted::There);
    }
    for row in &rows {
        let own = accounts.remove(&row.id.to_string()).unwrap_or_default();
        if own.len() > 1 {
            doubled.push(format!("{} has {} accounts", row.user_id, own.len()));
        }
        match row.status.as_str() {
            "provisioned" => {
                provisioned += 1;
                match own.first() {
                    None => lost.push(format!("{} is provisioned and has no account", row.user_id)),
                    Some(account) if account["userName"] != json!(row.email) => {
                        lost.push(format!("the address of {}", row.user_id));
                    }
                    Some(_) => {}
                }
            }
            "error" => failed += 1,
            "pending_email_input" | "pending_email_validation" => {
                pending += 1;
                if !own.is_empty() {
                    doubled.push(format!("{} has an account too early", row.user_id));
                }
            }
            other => lost.push(format!("{} stays {other}", row.user_id)),
        }
    }
    // Nobody's accounts: their subscribers are gone.
    doubled.extend(accounts.keys().map(|id| format!("an orphan of {id}")));
    println!(
        "{name}: {} kills: accepted {accepted}, provisioned {provisioned}, in error {failed}, pending {pending}, \
         lost {}, doubled {}",
        kills(),
        lost.len(),
        doubled.len()
    );
    assert!(lost.is_empty() && doubled.is_empty(), "lost: {lost:#?}\ndoubled: {doubled:#?}");
    assert!(provisioned as u64 >= kills(), "the load was too light to mean anything");
}
