//! A server that stops and one that begins, without anybody noticing.

use std::{
    net::TcpListener,
    os::unix::net::UnixDatagram,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, StatusCode};

use crate::support::{Installation, free_port};

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many clients connect all the time.
const CLIENTS: usize = 8;
/// How often the server is replaced by another.
const RESTARTS: usize = 3;

#[tokio::test]
async fn a_server_that_drains_serves_without_being_ready() {
    let client = Client::new();
    let mut server =
        Installation::on_sqlite().with("FLOWTHROUGH_DRAIN_SECONDS", "600").serve(&client, free_port()).await;
    server.signal("TERM");
    let ready = async || client.get(format!("{}/readyz", server.url)).send().await.unwrap();
    let mut answer = ready().await;
    while answer.status() == StatusCode::OK {
        answer = ready().await;
    }
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()["connection"], "close");
    let said = answer.text().await.unwrap();
    assert!(said.contains("\"server\":\"it is about to stop\""), "{said}");
    let served = client.get(format!("{}/healthz", server.url)).send().await.unwrap();
    assert_eq!(served.status(), StatusCode::OK);
    server.signal("TERM");
    assert!(server.end().await.expect("it ends") < Duration::from_secs(1));
}

#[tokio::test]
async fn whoever_supervises_a_server_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let told = || {
        let mut text = [0; 256];
        let length = socket.recv(&mut text).expect("it says something");
        String::from_utf8_lossy(&text[..length]).trim().to_owned()
    };
    let installation =
        Installation::on_sqlite().with("NOTIFY_SOCKET", path.to_str().unwrap()).with("WATCHDOG_USEC", "200000");
    let mut server = installation.start(free_port());
    assert_eq!(told(), "READY=1");
    assert_eq!(Client::new().get(format!("{}/healthz", server.url)).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!([told(), told()], ["WATCHDOG=1", "WATCHDOG=1"]);
    server.signal("TERM");
    while told() != "STOPPING=1" {}
    server.end().await.expect("it ends");
}

/// Connects again and again until it is told to stop; counts who was answered, and who was not.
async fn connect(url: String, enough: Arc<AtomicBool>, [answered, failed]: [Arc<AtomicUsize>; 2]) {
    let client = Client::builder().pool_max_idle_per_host(0).timeout(PATIENCE).build().unwrap();
    while !enough.load(Ordering::Relaxed) {
        let ended = match client.get(format!("{url}/healthz")).send().await {
            Ok(answer) if answer.status() == StatusCode::OK => &answered,
            _ => &failed,
        };
        ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// One process on SQLite after the other on one socket, as systemd holds it: nobody is refused, and nobody is cut off.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_that_a_server_is_replaced() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let installation = Installation::on_sqlite().with("FLOWTHROUGH_TAKEOVER_SECONDS", "60").activated_by(socket);
    let mut server = installation.serve(&Client::new(), port).await;
    let (enough, counts) = (Arc::new(AtomicBool::new(false)), [Arc::new(AtomicUsize::new(0)), Arc::default()]);
    let clients: Vec<_> =
        (0..CLIENTS).map(|_| tokio::spawn(connect(server.url.clone(), enough.clone(), counts.clone()))).collect();
    let [answered, failed] = &counts;
    for restart in 1..=RESTARTS {
        more(answered, 100).await;
        // Every other one comes before the old one has gone, and waits for it.
        let early = (restart % 2 == 0).then(|| installation.start(port));
        server.signal("TERM");
        server.end().await.expect("it ends");
        server = early.unwrap_or_else(|| installation.start(port));
        more(answered, 100).await;
    }
    enough.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    drop(server);
    let (answered, failed) = (answered.load(Ordering::Relaxed), failed.load(Ordering::Relaxed));
    println!("{RESTARTS} restarts: {answered} new connections answered, {failed} failed");
    assert_eq!(failed, 0, "of {answered}");
}

/// Waits until so many more have been answered.
async fn more(answered: &AtomicUsize, many: usize) {
    let before = answered.load(Ordering::Relaxed);
    let came = async {
        while answered.load(Ordering::Relaxed) < before + many {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, came).await.expect("nobody is answered any more");
}
