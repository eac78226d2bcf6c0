//! What many who sign in at once cost the server, and everybody else.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use domain::Fault;
use reqwest::{Client, StatusCode};
use server::access::{administrators, secret};

use crate::support::{
    ADMIN, ADMIN_PASSWORD, Installation, Memory, Refused as _, Server, World, for_each_database, free_port,
};

/// What a hash takes, in MiB, for as many at once as there ever are.
const HASHING: u64 = 8 * 19;
/// What the connections of a flood may take, in MiB.
const CONNECTIONS: u64 = 128;

/// What a flood of sign-ins did to a server.
pub struct Flood {
    /// Answers by status.
    pub answers: BTreeMap<u16, usize>,
    /// The longest that anybody else waited meanwhile.
    pub longest: Duration,
    pub before: Memory,
    pub after: Memory,
}

/// A server behind a proxy.
pub async fn serve(installation: Installation) -> (Installation, Server, Client) {
    let installation = installation.with("FLOWTHROUGH_TRUST_PROXY", "true");
    let client = Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
    let server = installation.serve(&client, free_port()).await;
    (installation, server, client)
}

/// So many sign in to the hub at once, each to another account and from another network.
pub async fn flood(server: &Server, client: &Client, size: u8, round: u8) -> Flood {
    let before = server.memory();
    let sign_ins = (0..4).flat_map(|half| (0..size).map(move |number| (half, number)));
    let sign_ins: Vec<_> = sign_ins
        .map(|(half, number)| {
            let request = client
                .post(format!("{}/api/hub/sign-in", server.url))
                .header("content-type", "application/x-www-form-urlencoded")
                .header("x-forwarded-for", format!("203.{round}.{half}.{number}"))
                .body(format!("email=a{half}.{number}%40sp.example&password=wrong&next="));
            tokio::spawn(async move {
                let answer = request.send().await.unwrap();
                if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
                    assert_eq!(answer.headers()["retry-after"], "1");
                }
                answer.status().as_u16()
            })
        })
        .collect();
    let mut longest = Duration::ZERO;
    while !sign_ins.iter().all(|sign_in| sign_in.is_finished()) {
        let asked = Instant::now();
        client.get(format!("{}/readyz", server.url)).send().await.unwrap().error_for_status().unwrap();
        longest = longest.max(asked.elapsed());
    }
    let mut answers = BTreeMap::new();
    for sign_in in sign_ins {
        *answers.entry(sign_in.await.unwrap()).or_insert(0) += 1;
    }
    Flood { answers, longest, before, after: server.memory() }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_sign_ins_at_once_stay_within_bounds_and_others_are_answered() {
    let (_installation, server, client) = serve(Installation::on_sqlite()).await;
    for round in 0..2 {
        let Flood { answers, longest, before, after, .. } = flood(&server, &client, 125, round).await;
        assert_eq!(answers.keys().copied().collect::<Vec<_>>(), [400, 503], "{answers:?}");
        assert_eq!(answers.values().sum::<usize>(), 500);
        // No measure of speed: a busy machine is slow, a server that hashes on the threads of others does not answer.
        assert!(longest < Duration::from_secs(10), "{longest:?}");
        assert!(after.peak < before.now + HASHING + CONNECTIONS, "{before:?} {after:?}");
    }
    let small = flood(&server, &client, 1, 2).await.answers;
    assert_eq!(small, BTreeMap::from([(400, 4)]), "afterwards there is room again");
}

#[test]
fn a_made_up_set_up_link_costs_no_hash() {
    for_each_database(async |world: World| {
        let (store, environment) = (&world.store, &world.environment);
        let token = administrators::setup_token(store, environment, world.tenant).await.unwrap();
        // Whoever wants something hashed now has to wait for these.
        let line: Vec<_> = (0..60)
            .map(|_| {
                let environment = environment.clone();
                tokio::spawn(async move { secret::hash(&environment, "x").await })
            })
            .collect();
        // Once the first is through, all others stand in line.
        while !line.iter().any(tokio::task::JoinHandle::is_finished) {
            tokio::task::yield_now().await;
        }
        let made_up = administrators::set_up(store, environment, "made-up", ADMIN, ADMIN_PASSWORD).await;
        assert_eq!(made_up.refused(), Fault::SetupLinkInvalid);
        assert!(line.iter().any(|hash| !hash.is_finished()), "it waited for its turn");
        futures::future::join_all(line).await;
        administrators::set_up(store, environment, &token, ADMIN, ADMIN_PASSWORD).await.unwrap();
    });
}
