//! Two replicas behind nginx, restarted one after the other under load: nobody is answered with an error (`make rolling`).

use std::{
    env, fs,
    path::Path,
    process::{Child, Command},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::Client;

use crate::support::{Installation, Server, free_port, on_postgres};

/// How many requests there are.
const REQUESTS: usize = 100_000;
/// How many clients send them.
const CLIENTS: usize = 16;
/// Of how many requests one adds a user; the others read.
const WRITES: usize = 20;
const PATIENCE: Duration = Duration::from_secs(60);

/// nginx before these ports, as docs/CONFIGURATION.md has it. Dropping it ends it.
struct Nginx(Child, String);

impl Nginx {
    fn before(folder: &Path, ports: [u16; 2]) -> Self {
        let (port, at) = (free_port(), folder.display());
        let servers = ports.map(|port| format!("server 127.0.0.1:{port} max_fails=0;")).join(" ");
        let temporary =
            ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|of| format!("{of}_temp_path {at}/{of};"));
        let settings = format!(
            "daemon off; worker_processes 1; pid {at}/nginx.pid; error_log {at}/error.log;
             events {{ worker_connections 1024; }}
             http {{
               access_log off; {}
               upstream flowthrough {{ {servers} keepalive 16; }}
               server {{
                 listen 127.0.0.1:{port};
                 location / {{
                   proxy_pass http://flowthrough; proxy_http_version 1.1;
                   proxy_set_header Connection \"\"; proxy_set_header Host $host;
                 }}
               }}
             }}",
            temporary.join(" ")
        );
        fs::write(folder.join("nginx.conf"), settings).unwrap();
        let nginx = env::var("FLOWTHROUGH_TEST_NGINX").unwrap_or_else(|_| "nginx".to_owned());
        let mut command = Command::new(nginx);
        command.arg("-p").arg(folder).arg("-e").arg(folder.join("error.log")).arg("-c").arg(folder.join("nginx.conf"));
        Self(command.spawn().expect("nginx is needed"), format!("http://127.0.0.1:{port}"))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        _ = Command::new("kill").arg(self.0.id().to_string()).status();
        _ = self.0.wait();
    }
}

#[derive(Default)]
struct Counts {
    next: AtomicUsize,
    answered: AtomicUsize,
    failed: AtomicUsize,
}

#[test]
#[ignore = "make rolling: minutes, and nginx"]
fn nobody_notices_that_two_replicas_are_restarted() {
    on_postgres(async |url| {
        let installation = Installation::on(url)
            .with("FLOWTHROUGH_DRAIN_SECONDS", "2")
            .with("FLOWTHROUGH_TRUST_PROXY", "true")
            .with("FLOWTHROUGH_API_CALLS", "1000000000");
        let (provisioning_id, token) = (installation.add_trusted_template(&[]), installation.add_token());
        let client = Client::builder().timeout(PATIENCE).build().unwrap();
        let ports = [free_port(), free_port()];
        let mut servers = [installation.serve(&client, ports[0]).await, installation.serve(&client, ports[1]).await];
        let folder = tempfile::tempdir().unwrap();
        let nginx = Nginx::before(folder.path(), ports);
        until_ready(&client, &nginx.1).await;
        let counts = Arc::new(Counts::default());
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..CLIENTS {
            let (client, url, counts) = (client.clone(), nginx.1.clone(), counts.clone());
            let (provisioning_id, token) = (provisioning_id.clone(), token.clone());
            clients.spawn(async move {
                loop {
                    let number = counts.next.fetch_add(1, Ordering::Relaxed);
                    if number >= REQUESTS {
                        return;
                    }
                    let answer = ask(&client, &url, (&provisioning_id, &token), number).await;
                    if let Err(wrong) = &answer {
                        println!("{number}: {wrong}");
                    }
                    let ended = if answer.is_ok() { &counts.answered } else { &counts.failed };
                    ended.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let (began, mut restarts) = (Instant::now(), 0);
        while counts.next.load(Ordering::Relaxed) < REQUESTS {
            let one = restarts % 2;
            restart(&installation, &client, &mut servers[one], ports[one]).await;
            restarts += 1;
        }
        while clients.join_next().await.is_some() {}
        let (answered, failed) = (counts.answered.load(Ordering::Relaxed), counts.failed.load(Ordering::Relaxed));
        let seconds = began.elapsed().as_secs();
        println!("{restarts} restarts in {seconds} s: {answered} requests answered, {failed} failed");
        assert_eq!((answered, failed), (REQUESTS, 0));
        assert!(restarts >= 4, "{restarts} restarts show little");
    });
}

async fn until_ready(client: &Client, url: &str) {
    let began = Instant::now();
    while !client.get(format!("{url}/readyz")).send().await.is_ok_and(|answer| answer.status().is_success()) {
        assert!(began.elapsed() < PATIENCE, "nginx does not get ready");
        tokio::task::yield_now().await;
    }
}

async fn restart(installation: &Installation, client: &Client, server: &mut Server, port: u16) {
    server.signal("TERM");
    server.end().await.expect("it ends");
    *server = installation.serve(client, port).await;
}

/// One request: why it failed, if it did.
async fn ask(client: &Client, url: &str, (id, token): (&str, &str), number: usize) -> Result<(), String> {
    let path = format!("{url}/v1/broadworks/subscribers");
    let request = if number.is_multiple_of(WRITES) {
        // Of many customers: how long one customer's arrivals wait for each other is not the question here.
        let (user, customer) = (format!("user{number}"), format!("SP1+c{}", number / WRITES % 100));
        let body = serde_json::json!({
            "provisioningId": id, "userId": user, "spEnterpriseId": customer, "firstName": "A", "lastName": "B",
            "package": "standard", "email": format!("{user}@acme.example"),
        });
        client.post(path).header("content-type", "application/json").body(body.to_string())
    } else {
        client.get(format!("{path}?max=1"))
    };
    let answer = request.bearer_auth(token).send().await.map_err(|error| format!("{error:?}"))?;
    let status = answer.status();
    let said = answer.text().await.map_err(|error| format!("{error:?}"))?;
    if status.is_success() { Ok(()) } else { Err(format!("{status}: {said}")) }
}
