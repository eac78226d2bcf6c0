//! What floods of sign-ins cost: `cargo test -p server --test it figures::access -- --ignored --nocapture`, with
//! `FLOWTHROUGH_TEST_BINARY` for another build than this one.

use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    access::flood::{flood, serve},
    support::{Installation, Server},
};

/// How many flood at once.
const CLIENTS: usize = 32;
/// How long.
const SPAN: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a figure"]
async fn memory_of_parallel_sign_ins() {
    for size in [25, 125] {
        let (_installation, server, client) = serve(Installation::on_sqlite()).await;
        let flood = flood(&server, &client, size, 0).await;
        println!(
            "{} parallel sign-ins in {:.1} s: {:?} MiB before, {:?} afterwards; by status {:?}; others waited {:.0} ms at most",
            4 * usize::from(size),
            flood.took.as_secs_f64(),
            flood.before,
            flood.after,
            flood.answers,
            flood.longest.as_secs_f64() * 1e3,
        );
    }
}

/// Writes as long as that takes and answers how long a write took, sorted.
async fn honest_writes(
    server: &Server,
    client: &Client,
    token: &str,
    provisioning_id: &str,
    name: &str,
) -> Vec<Duration> {
    let began = Instant::now();
    let mut taken = Vec::new();
    while began.elapsed() < SPAN {
        let body = json!({
            "provisioningId": provisioning_id, "userId": format!("{name}{}@sp.com", taken.len()),
            "spEnterpriseId": "SP1+acme", "firstName": "Ann", "lastName": "Lee", "package": "standard",
            "email": format!("{name}{}@acme.com", taken.len()),
        });
        let request = client.post(format!("{}/v1/broadworks/subscribers", server.url)).bearer_auth(token);
        let asked = Instant::now();
        let answer = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        taken.push(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    taken.sort_unstable();
    taken
}

fn shown(taken: &[Duration]) -> String {
    let at = |share: usize| taken[taken.len() * share / 100].as_secs_f64() * 1e3;
    format!("{} writes, half of them within {:.1} ms, 95 of 100 within {:.1} ms", taken.len(), at(50), at(95))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a figure"]
async fn writes_beside_a_flood_of_refused_sign_ins() {
    let installation = Installation::on_sqlite();
    let provisioning_id = installation.add_trusted_template(&[]);
    let token = installation.add_token();
    let (_installation, server, client) = serve(installation).await;
    let alone = honest_writes(&server, &client, &token, &provisioning_id, "a").await;
    println!("alone: {}", shown(&alone));
    let began = Instant::now();
    let mut flooding = JoinSet::new();
    for _ in 0..CLIENTS {
        let client = client.clone();
        let url = format!("{}/api/hub/sign-in", server.url);
        flooding.spawn(async move {
            let mut refused = 0_usize;
            while began.elapsed() < SPAN {
                let request = client.post(&url).header("content-type", "application/x-www-form-urlencoded");
                let request = request.header("x-forwarded-for", "203.0.113.7");
                let answer = request.body("email=a%40sp.example&password=wrong&next=").send().await.unwrap();
                refused += usize::from(
                    answer.status() == StatusCode::TOO_MANY_REQUESTS || answer.status() == StatusCode::BAD_REQUEST,
                );
            }
            refused
        });
    }
    let beside = honest_writes(&server, &client, &token, &provisioning_id, "b").await;
    let refused: usize = flooding.join_all().await.into_iter().sum();
    println!("beside {refused} refused sign-ins in {} s: {}", SPAN.as_secs(), shown(&beside));
}
