//! One server per SQLite file.

use crate::support::{Installation, free_port};

#[tokio::test]
async fn a_second_server_on_the_same_sqlite_file_is_refused_and_says_why() {
    let port = free_port();
    // On the same port too: without the lock, the second one would end over that.
    let installation = Installation::on_sqlite().with("FLOWTHROUGH_LISTEN", &format!("127.0.0.1:{port}"));
    let client = reqwest::Client::new();
    let first = installation.serve(&client, port).await;

    let second = installation.try_run(&["serve"]);
    assert_eq!(second.status.code(), Some(2));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("another server is running on this SQLite file"), "{said}");
    assert!(said.contains("use PostgreSQL"), "and what to do: {said}");

    // Whoever dies leaves no lock behind.
    first.kill();
    installation.serve(&client, port).await.kill();
}
