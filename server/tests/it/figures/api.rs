//! How many calls of the REST API a running server answers. `scripts/bench.sh` fills it and says where it is.

use std::{
    env,
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// How many clients call at once.
const CLIENTS: usize = 8;
/// How long they go on.
const SPAN: Duration = Duration::from_secs(10);
/// Among how many subscribers they look one up.
const KNOWN: usize = 5_000;

/// Where the server is.
struct Api {
    client: Client,
    url: String,
    token: String,
    provisioning_id: String,
}

impl Api {
    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}/v1/broadworks/subscribers{path}", self.url)).bearer_auth(&self.token)
    }

    fn create(&self, number: usize) -> RequestBuilder {
        let body = json!({
            "provisioningId": self.provisioning_id,
            "userId": format!("new{number}@sp.example"),
            "spEnterpriseId": format!("SP1+c{}", number % 1_000),
            "firstName": "Ann",
            "lastName": "Lee",
            "package": "standard",
            "extension": "51212",
        });
        self.client
            .post(format!("{}/v1/broadworks/subscribers", self.url))
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    /// The ids of some subscribers, from all over the list.
    async fn known(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for page in 0..KNOWN / 100 {
            let answer = self.get(&format!("?max=100&offset={}", page * 19_000)).send().await.unwrap();
            let page: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            let items = page["items"].as_array().unwrap();
            ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        }
        ids
    }

    /// Has all clients call for a while and prints how many calls a second were answered, and how fast.
    async fn measure(
        self: &Arc<Self>,
        what: &str,
        call: impl Fn(&Self, usize) -> RequestBuilder + Send + Sync + 'static,
    ) {
        let call = Arc::new(call);
        let began = Instant::now();
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..CLIENTS {
            let (api, call) = (self.clone(), call.clone());
            clients.spawn(async move {
                let mut taken = Vec::new();
                while began.elapsed() < SPAN {
                    let asked = Instant::now();
                    let answer = call(&api, client + CLIENTS * taken.len()).send().await.unwrap();
                    assert_eq!(answer.status(), StatusCode::OK);
                    answer.bytes().await.unwrap();
                    taken.push(asked.elapsed());
                }
                taken
            });
        }
        let mut taken = clients.join_all().await.concat();
        let seconds = began.elapsed().as_secs_f64();
        taken.sort_unstable();
        let (median, slow) = (taken[taken.len() / 2], taken[taken.len() * 99 / 100]);
        println!(
            "{what}: {:.0} a second; half of them within {:.1} ms, 99 of 100 within {:.1} ms",
            taken.len() as f64 / seconds,
            median.as_secs_f64() * 1e3,
            slow.as_secs_f64() * 1e3,
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a figure: make bench"]
async fn calls() {
    let setting = |name: &str| env::var(format!("FLOWTHROUGH_FIGURES_{name}")).unwrap();
    let api = Arc::new(Api {
        client: Client::new(),
        url: setting("URL"),
        token: setting("TOKEN"),
        provisioning_id: setting("PROVISIONING_ID"),
    });
    let known = api.known().await;
    assert_eq!(known.len(), KNOWN);
    api.measure("get one", move |api, call| api.get(&format!("/{}", known[call * 7_919 % KNOWN]))).await;
    api.measure("list by customer and status, 50", |api, call| {
        api.get(&format!("?status=pending_email_input,error&spEnterpriseId=SP1%2Bc{}", call % 1_000))
    })
    .await;
    api.measure("list by user id", |api, call| {
        api.get(&format!("?userId={:08}%40sp.example", call * 104_729 % 1_000_000))
    })
    .await;
    api.measure("list by two states, a date and the way of arrival, 100", |api, _| {
        api.get("?status=provisioned,pending_email_input&lastStatusChange=2026-01-01&selfActivated=false&max=100")
    })
    .await;
    api.measure("create", Api::create).await;
}
