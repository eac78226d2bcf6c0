//! Clients that hold connections for nothing: each is shown out in time, and none keeps others from being answered.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use server::http::listener::Limits;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::support::{AMPLE, Installation, Site, World, for_each_database, free_port, read_reply};

/// Soon enough for a test, and long before what [`AMPLE`] gives.
const SOON: Duration = Duration::from_millis(300);
/// How long a server may take to do what it was to do [`SOON`].
const PATIENCE: Duration = Duration::from_secs(20);
const READY: &str = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
/// The beginning of a request that does not go on.
const HEAD: &[u8] = b"GET /readyz HTTP/1.1\r\nHost: local";

/// Reads until the server closes the connection; answers what came before.
async fn until_closed(stream: &mut TcpStream) -> Vec<u8> {
    let mut read = Vec::new();
    _ = timeout(PATIENCE, stream.read_to_end(&mut read)).await.expect("the connection is still open");
    read
}

/// A connection from this address of the machine itself.
async fn connect_from(last: u8, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into()).unwrap();
    socket.connect(to).await.unwrap()
}

/// Whether the server has closed it.
fn is_closed(stream: &TcpStream) -> bool {
    !matches!(stream.try_read(&mut [0; 64]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}

#[test]
fn one_network_has_a_share_of_all_connections_unless_it_is_the_proxy_s() {
    let limits = |behind_proxy| Limits::new(5_000, None, behind_proxy);
    assert!(limits(false).per_client * 2 <= limits(false).total, "{:?}", limits(false));
    assert_eq!(limits(true).per_client, limits(true).total);
}

#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    for_each_database(async |world: World| {
        let site = world.site_within(Limits { head: SOON, ..AMPLE }).await;
        let (mut silent, mut begun, mut next) = (site.connect().await, site.connect().await, site.connect().await);
        begun.write_all(HEAD).await.unwrap();
        next.write_all(READY.replace("Connection: close\r\n", "").as_bytes()).await.unwrap();
        next.readable().await.unwrap();
        next.write_all(HEAD).await.unwrap();
        assert_eq!(until_closed(&mut silent).await, b"");
        assert_eq!(until_closed(&mut begun).await, b"");
        assert!(until_closed(&mut next).await.starts_with(b"HTTP/1.1 200"));
        // One drop after the other makes it no faster.
        let mut dripping = site.connect().await;
        let began = Instant::now();
        while timeout(SOON / 10, dripping.read(&mut [0; 64])).await.is_err() {
            _ = dripping.write_all(b"G").await;
            assert!(began.elapsed() < PATIENCE, "it may drip on and on");
        }
    });
}

#[test]
fn a_connection_without_requests_is_closed() {
    for_each_database(async |world: World| {
        let site = world.site_within(Limits { idle: SOON, ..AMPLE }).await;
        let mut stream = site.connect().await;
        stream.write_all(READY.replace("Connection: close\r\n", "").as_bytes()).await.unwrap();
        assert!(until_closed(&mut stream).await.starts_with(b"HTTP/1.1 200"));
    });
}

#[test]
fn who_does_not_take_an_answer_gives_up_the_place() {
    for_each_database(async |world: World| {
        let site = world.site_within(Limits { total: 1, per_client: 1, stall: SOON, ..AMPLE }).await;
        // Far more than the system holds for a connection.
        std::fs::File::create(site.folder().join("large.bin")).unwrap().set_len(1 << 28).unwrap();
        let mut stream = site.connect().await;
        stream.write_all(b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        stream.readable().await.unwrap();
        assert_eq!(site.send(READY).await.status, 0, "the only place is taken by an answer under way");
        let began = Instant::now();
        while site.send(READY).await.status != 200 {
            assert!(began.elapsed() < PATIENCE, "the place is never free");
        }
    });
}

#[test]
fn one_network_has_its_share_and_a_newcomer_the_place_of_who_waited_longest() {
    for_each_database(async |world: World| {
        let site = world.site_within(Limits { total: 100, per_client: 20, ..AMPLE }).await;
        let crowd = crowd(&site, 1, 60).await;
        assert_eq!(site.send(READY).await.status, 200);
        settled(&crowd, 20).await;
        assert!(!is_closed(&crowd[59]), "the last to come is still there");
    });
}

#[test]
fn when_all_places_are_taken_the_crowds_make_room() {
    for_each_database(async |world: World| {
        let site = world.site_within(Limits { total: 40, per_client: 20, ..AMPLE }).await;
        let mut honest = site.connect().await;
        honest.write_all(READY.replace("Connection: close\r\n", "").as_bytes()).await.unwrap();
        honest.readable().await.unwrap();
        let mut crowds = Vec::new();
        for network in 2..8 {
            crowds.extend(crowd(&site, network, 20).await);
        }
        settled(&crowds, 39).await;
        assert_eq!(site.send(READY).await.status, 200);
        honest.write_all(READY.as_bytes()).await.unwrap();
        let answers = until_closed(&mut honest).await;
        assert_eq!(String::from_utf8_lossy(&answers).matches("HTTP/1.1 200").count(), 2, "nobody cut off who is alone");
    });
}

/// Many who have begun a request and leave it at that.
async fn crowd(site: &Site, network: u8, many: usize) -> Vec<TcpStream> {
    let mut crowd = Vec::new();
    for _ in 0..many {
        let mut stream = connect_from(network, site.address).await;
        _ = stream.write_all(HEAD).await;
        crowd.push(stream);
    }
    crowd
}

/// Waits until no more than so many of them are left.
async fn settled(crowd: &[TcpStream], left: usize) {
    let began = Instant::now();
    while crowd.iter().filter(|stream| !is_closed(stream)).count() > left {
        assert!(began.elapsed() < PATIENCE, "too many are still connected");
        tokio::task::yield_now().await;
    }
}

/// The real server with the descriptors that a process has on many systems, and more connections than it has of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_health_check_is_answered_while_thousands_hold_connections() {
    const CROWD: usize = 10_000;
    assert!(server::process::descriptors() > CROWD, "this machine gives a process too few descriptors");
    let installation = Installation::on_sqlite().with_descriptors(1_024);
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).timeout(PATIENCE).build().unwrap();
    let server = installation.serve(&client, free_port()).await;
    let address: SocketAddr = server.url.trim_start_matches("http://").parse().unwrap();
    let mut crowd = Vec::with_capacity(CROWD);
    for number in 0..CROWD {
        let mut stream = connect_from(u8::try_from(1 + number % 3).unwrap(), address).await;
        if number % 2 == 0 {
            _ = stream.write_all(HEAD).await;
        }
        crowd.push(stream);
        if number % 1_000 == 999 {
            for path in ["/readyz", "/"] {
                let began = Instant::now();
                let answer = client.get(format!("{}{path}", server.url)).send().await;
                assert!(answer.is_ok_and(|answer| answer.status() == 200), "{path} with {} connections", number + 1);
                assert!(began.elapsed() < Duration::from_secs(5), "{path} took {:?}", began.elapsed());
            }
        }
    }
    assert_eq!(read_reply(asked(address).await).await.status, 200);
}

async fn asked(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(READY.as_bytes()).await.unwrap();
    stream
}

#[test]
fn what_is_announced_to_be_too_large_is_refused_before_it_comes() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        for path in ["/api/portal/code", "/api/hub/sign-in"] {
            let announced = format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: 100000000\r\nConnection: close\r\n\r\n"
            );
            assert_eq!(site.send(&announced).await.status, 413, "{path}");
        }
        let client = world.client().await;
        let large =
            client.post("/v1/broadworks/subscribers", &serde_json::json!({ "userId": "x".repeat(2 << 20) })).await;
        assert_eq!(large.errors().0, 413);
    });
}
