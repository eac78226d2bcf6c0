//! Floods over HTTP/2 that cost their sender next to nothing: streams that are taken back as soon as they are begun (CVE-2023-44487),
//! and heads that never end (CVE-2024-27316). Whoever sends one is shown out, and everybody else is answered.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::support::{Installation, free_port};

/// How many flood at once.
const CROWD: usize = 4;
/// How long a flood may be borne, and others may wait for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many streams are begun and taken back.
const STREAMS: u32 = 5_000;
/// How many parts a head has.
const PARTS: usize = 300;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// `GET http://localhost/` (RFC 7541).
const ROOT: &[u8] = b"\x82\x86\x84\x01\x09localhost";
const CANCEL: &[u8] = &[0, 0, 0, 8];

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn begins_with(flood: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    [PREFACE.to_vec(), frame(SETTINGS, 0, 0, &[])].into_iter().chain(flood).flatten().collect()
}

/// Each stream is taken back before it can be answered.
fn resets() -> Vec<u8> {
    let streams = (0..STREAMS).map(|number| 2 * number + 1);
    begins_with(streams.flat_map(|stream| {
        [frame(HEADERS, END_STREAM | END_HEADERS, stream, ROOT), frame(RST_STREAM, 0, stream, CANCEL)]
    }))
}

/// A head that always goes on.
fn continuations() -> Vec<u8> {
    let more = b"\x00\x01a\x01b".repeat(3_000);
    let parts = std::iter::repeat_with(move || frame(CONTINUATION, 0, 1, &more)).take(PARTS);
    begins_with(std::iter::once(frame(HEADERS, END_STREAM, 1, ROOT)).chain(parts))
}

/// Sends a flood; whether the server ends that.
async fn pour(server: SocketAddr, flood: Vec<u8>) -> bool {
    let (mut reading, mut writing) = TcpStream::connect(server).await.unwrap().into_split();
    let pouring = tokio::spawn(async move {
        // Whoever is shown out cannot go on. The connection stays open on this side.
        _ = writing.write_all(&flood).await;
        writing
    });
    let ended = timeout(PATIENCE, reading.read_to_end(&mut Vec::new())).await.is_ok();
    pouring.abort();
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_floods_is_shown_out_and_others_are_answered() {
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).timeout(PATIENCE).build().unwrap();
    let installation = Installation::on_sqlite();
    let server = installation.serve(&client, free_port()).await;
    let address: SocketAddr = server.url.trim_start_matches("http://").parse().unwrap();
    for (what, flood) in [("resets", resets()), ("continuations", continuations())] {
        let crowd: Vec<_> = (0..CROWD).map(|_| tokio::spawn(pour(address, flood.clone()))).collect();
        loop {
            let over = crowd.iter().all(tokio::task::JoinHandle::is_finished);
            let answer = client.get(format!("{}/readyz", server.url)).send().await;
            assert!(answer.is_ok_and(|answer| answer.status() == 200), "{what}");
            if over {
                break;
            }
        }
        for one in crowd {
            assert!(one.await.unwrap(), "{what}: the flood goes on");
        }
    }
}
