//! SQLite's file, when somebody else is at it: locked, deleted, replaced, damaged.

use std::{
    fs,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use sea_orm::DbBackend;
use serde_json::json;
use server::{
    live::Live,
    readiness::{Readiness, Sign},
    store::{Store, Template},
};

use crate::in_use::until;
use crate::support::{Client, Installation, World, for_each_database, free_port};

const SOON: Duration = Duration::from_secs(2);
const PATH: &str = "/v1/broadworks/subscribers";
const DAMAGED: &str = "database: the database is damaged: stop the server, and put a good copy in its place";

async fn add(client: &Client, template: &Template, number: usize) -> u16 {
    let body = json!({
        "provisioningId": template.provisioning_id, "userId": format!("{number}@sp.example"), "spEnterpriseId": "SP1+acme",
        "firstName": "Ann", "lastName": "Lee", "package": "standard", "email": format!("u{number}@acme.example"),
    });
    client.post(PATH, &body).await.status.as_u16()
}

fn file(world: &World) -> PathBuf {
    world.url.trim_start_matches("sqlite:").into()
}

/// Why it is not ready.
async fn failing(world: &World) -> Vec<String> {
    let readiness = Readiness::new(world.store.clone(), world.environment.clone(), Sign::default());
    readiness.failing().await.into_iter().map(|failing| format!("{}: {}", failing.part, failing.why)).collect()
}

fn on_sqlite(test: impl AsyncFn(World)) {
    for_each_database(async |world: World| {
        if world.store.backend() == DbBackend::Sqlite {
            test(world).await;
        }
    });
}

#[test]
fn a_locked_database_is_told_within_two_seconds_and_used_again_when_it_is_free() {
    on_sqlite(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        assert_eq!(add(&client, &template, 0).await, 200);
        // As a backup or a shell does.
        let other = Store::connect(&world.url, Live::default()).await.unwrap();
        let lock = other.work().await.unwrap();
        let began = Instant::now();
        let calls = (1..=20).map(|number| add(&client, &template, number));
        assert_eq!(futures::future::join_all(calls).await, [503; 20]);
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        assert_eq!(client.get(PATH).await.status, 200, "who reads is not in the way");
        let told = failing(&world).await;
        // Whether it is found locked, or somebody else waits for the only writer.
        let expected = ["it cannot be written (locked)", "it cannot be written (unreachable)", "no answer in time"];
        assert!(told.len() == 1 && expected.iter().any(|why| told[0] == format!("database: {why}")), "{told:?}");
        drop(lock);
        for number in 1..=20 {
            assert_eq!(add(&client, &template, number).await, 200);
        }
        assert_eq!(failing(&world).await, Vec::<String>::new());
    });
}

/// A queue that moves is no outage: nobody is turned away because many came at once.
#[test]
fn whoever_waits_while_others_get_on_is_not_turned_away() {
    on_sqlite(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let holder = world.store.clone();
        // Each keeps the only writer for a while: together longer than anybody waits who sees nobody get on.
        let slow = (0..8).map(|_| async {
            let work = holder.work().await.unwrap();
            tokio::time::sleep(Duration::from_millis(500)).await;
            work.commit().await.unwrap();
        });
        let last = async {
            tokio::task::yield_now().await;
            add(&client, &template, 1).await
        };
        let (_, status) = futures::future::join(futures::future::join_all(slow), last).await;
        assert_eq!(status, 200);
    });
}

/// A look whose turn does not come in time says nothing of a database that others write to meanwhile.
#[test]
fn a_long_queue_that_moves_is_no_outage() {
    on_sqlite(async |world: World| {
        let slow = async || {
            let work = world.store.work().await.unwrap();
            tokio::time::sleep(Duration::from_millis(400)).await;
            work.commit().await.unwrap();
        };
        let five = async || _ = futures::future::join_all((0..5).map(|_| slow())).await;
        // The second five have their place behind the commit of the first ones, and the look behind all of them.
        let later = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            five().await;
        };
        let look = async {
            tokio::time::sleep(Duration::from_millis(600)).await;
            failing(&world).await
        };
        let ((), (), failing) = futures::join!(five(), later, look);
        assert_eq!(failing, Vec::<String>::new());
    });
}

#[test]
fn nothing_is_accepted_into_a_file_that_was_deleted_or_replaced() {
    on_sqlite(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let (there, away) = (file(&world), file(&world).with_extension("away"));
        assert_eq!(failing(&world).await, Vec::<String>::new());

        fs::rename(&there, &away).unwrap();
        assert_eq!(add(&client, &template, 1).await, 503);
        assert_eq!(failing(&world).await, ["database: the database file was deleted"]);
        fs::copy(&away, &there).unwrap();
        assert_eq!(add(&client, &template, 1).await, 503);
        assert_eq!(failing(&world).await, ["database: the database file was replaced: restart the server"]);
        fs::rename(&away, &there).unwrap();
        assert_eq!(add(&client, &template, 1).await, 200);
        assert_eq!(failing(&world).await, Vec::<String>::new(), "the file is back");

        let names = [("-shm", "shared memory"), ("-wal", "write-ahead log")];
        for (number, (suffix, what)) in names.into_iter().enumerate() {
            let there = PathBuf::from(format!("{}{suffix}", there.display()));
            fs::rename(&there, &away).unwrap();
            assert_eq!(add(&client, &template, 10 + number).await, 503);
            assert_eq!(failing(&world).await, [format!("database: the database's {what} was deleted")]);
            fs::copy(&away, &there).unwrap();
            assert_eq!(add(&client, &template, 10 + number).await, 503);
            let replaced = format!("database: the database's {what} was replaced: restart the server");
            assert_eq!(failing(&world).await, [replaced]);
            fs::rename(&away, &there).unwrap();
            assert_eq!(add(&client, &template, 10 + number).await, 200);
        }
        assert_eq!(failing(&world).await, Vec::<String>::new());
    });
}

/// Two processes that do not see each other's locks would write over each other; and whoever closes its files last empties the log,
/// with what it does not know of.
#[tokio::test(flavor = "multi_thread")]
async fn beside_a_server_that_lost_its_locks_nothing_is_accepted_and_nothing_accepted_is_lost() {
    let http = reqwest::Client::new();
    for suffix in ["-shm", "-wal"] {
        let installation = Installation::on_sqlite();
        installation.add_trusted_template(&[]);
        let mut server = installation.serve(&http, free_port()).await;
        installation.add_token();
        let file = installation.database_url().trim_start_matches("sqlite:").to_owned();
        fs::remove_file(format!("{file}{suffix}")).unwrap();
        let refused = installation.try_run(&["token", "add", "another"]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains("was deleted: restart the server first"), "{said}");
        let readyz = format!("{}/readyz", server.url);
        let is_refused = async || http.get(&readyz).send().await.unwrap().status().as_u16() == 503;
        until("it is not ready", is_refused).await;
        if suffix == "-shm" {
            // Some other program takes no notice.
            let add = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA wal_autocheckpoint = 0'); \
                       c.execute('CREATE TABLE theirs (id integer)'); c.commit(); c.close()";
            assert!(Command::new("python3").args(["-c", add]).arg(&file).status().unwrap().success());
        }
        server.signal("TERM");
        server.end().await.expect("it stops");
        let kept = installation.run(&["token", "list"]);
        assert_eq!(kept.lines().filter(|line| line.contains("command line")).count(), 1, "{kept}");
        if suffix == "-shm" {
            let theirs = rusqlite::Connection::open(&file).unwrap();
            theirs.execute_batch("SELECT * FROM theirs").unwrap();
        }
    }
}

/// What servers share in memory is made anew from the log by whoever comes first; nothing in it is believed.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_goes_by_the_log_whatever_was_left_of_the_shared_memory() {
    let http = reqwest::Client::new();
    let installation = Installation::on_sqlite();
    installation.add_trusted_template(&[]);
    let shared = format!("{}-shm", installation.database_url().trim_start_matches("sqlite:"));
    let damages: [&dyn Fn(Vec<u8>) -> Vec<u8>; 4] = [
        &|whole| vec![0x5a; whole.len()],
        &|whole| whole[..100].to_vec(),
        &|whole| whole.iter().rev().copied().collect(),
        &|mut whole| {
            whole.splice(50..200, [0xff; 150]);
            whole
        },
    ];
    for (number, damage) in damages.iter().enumerate() {
        let server = installation.serve(&http, free_port()).await;
        installation.add_token();
        server.kill();
        fs::write(&shared, damage(fs::read(&shared).unwrap())).unwrap();
        let server = installation.serve(&http, free_port()).await;
        server.kill();
        let kept = installation.run(&["token", "list"]);
        assert_eq!(kept.lines().filter(|line| line.contains("command line")).count(), number + 1, "{kept}");
    }
}

/// What was accepted stands in the log that the server has open, whatever stands in its place.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_before_an_empty_log_came_in_the_place_of_the_own_is_saved_at_the_end() {
    let http = reqwest::Client::new();
    let installation = Installation::on_sqlite();
    installation.add_trusted_template(&[]);
    let mut server = installation.serve(&http, free_port()).await;
    installation.add_token();
    let log = format!("{}-wal", installation.database_url().trim_start_matches("sqlite:"));
    fs::rename(&log, format!("{log}.away")).unwrap();
    fs::write(&log, "").unwrap();
    let readyz = format!("{}/readyz", server.url);
    let is_refused = async || http.get(&readyz).send().await.unwrap().status().as_u16() == 503;
    until("it is not ready", is_refused).await;
    server.signal("TERM");
    server.end().await.expect("it stops");
    let kept = installation.run(&["token", "list"]);
    assert_eq!(kept.lines().filter(|line| line.contains("command line")).count(), 1, "{kept}");
}

/// Overwrites some of the file with what means nothing.
fn damage(file: &Path, from: usize) {
    let mut content = fs::read(file).unwrap();
    let until = content.len().min(from + 40_000);
    content[from..until].fill(0x5a);
    fs::write(file, content).unwrap();
}

#[test]
fn another_program_that_reads_the_file_leaves_the_log_alone() {
    on_sqlite(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        // Looks at the file, as the start and every look at the readiness do.
        world.store.check().await.unwrap();
        assert_eq!(failing(&world).await, [""; 0]);
        let log = PathBuf::from(format!("{}-wal", file(&world).display()));
        assert!(log.exists());
        let read = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM partner').fetchall(); c.close()";
        let other = Command::new("python3").args(["-c", read]).arg(file(&world)).status().unwrap();
        assert!(other.success());
        assert!(log.exists(), "it took itself for the last one");
        assert_eq!(add(&client, &template, 1).await, 200);
    });
}

#[test]
fn a_damaged_file_is_not_served_from() {
    on_sqlite(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        assert_eq!(add(&client, &template, 1).await, 200);
        world.store.check().await.unwrap();
        // Everything into the file itself.
        let copy = file(&world).with_extension("copy");
        let saved = rusqlite::Connection::open(file(&world)).unwrap();
        saved.execute_batch(&format!("VACUUM INTO '{}'", copy.display())).unwrap();

        damage(&copy, 8_192);
        let opened = Store::connect(&format!("sqlite:{}", copy.display()), Live::default()).await.unwrap();
        opened.check().await.unwrap_err();

        damage(&file(&world), 0);
        assert_eq!(failing(&world).await, [DAMAGED]);
        assert_eq!(add(&client, &template, 2).await, 503);
    });
}

/// Some bytes in the middle of what the log holds, as a disk or another program may change them.
fn damage_log(log: &Path, at: u64) {
    let bytes: Vec<u8> = (0..200_u8).map(|byte| byte.wrapping_mul(37) ^ 0xa5).collect();
    fs::OpenOptions::new().write(true).open(log).unwrap().write_all_at(&bytes, at).unwrap();
}

fn log_of(file: &Path) -> PathBuf {
    PathBuf::from(format!("{}-wal", file.display()))
}

#[test]
fn a_log_whose_bytes_were_changed_takes_nothing_more_and_stays_as_it_is() {
    on_sqlite(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        for number in 1..9 {
            assert_eq!(add(&client, &template, number).await, 200);
        }
        world.store.check().await.unwrap();
        let log = log_of(&file(&world));
        damage_log(&log, fs::metadata(&log).unwrap().len() / 2);
        world.store.check().await.unwrap_err();
        assert_eq!(failing(&world).await, [DAMAGED]);
        assert_eq!(add(&client, &template, 10).await, 503);
        // Neither an orderly stop nor another process throws away what the log holds.
        let before = fs::read(&log).unwrap();
        world.store.settle().await.unwrap_err();
        assert!(Store::connect(&world.url, Live::default()).await.is_err());
        assert_eq!(fs::read(&log).unwrap(), before);
    });
}

/// What was cut off at a place at which SQLite would take it for whole is not forgotten with the process that knew of it.
#[test]
fn a_log_that_was_cut_short_is_not_begun_with_again() {
    on_sqlite(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let log = log_of(&file(&world));
        assert_eq!(add(&client, &template, 1).await, 200);
        let before = fs::metadata(&log).unwrap().len();
        assert_eq!(add(&client, &template, 2).await, 200);
        fs::OpenOptions::new().write(true).open(&log).unwrap().set_len(before).unwrap();
        world.store.check().await.unwrap_err();
        until("it says so", async || failing(&world).await == [DAMAGED]).await;
        assert_eq!(add(&client, &template, 3).await, 503);
        let refused = Store::connect(&world.url, Live::default()).await.err().unwrap().to_string();
        assert!(refused.contains(".damaged"), "{refused}");
    });
}

/// Some page of a table in which everybody stands.
fn damage_table(file: &Path) {
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let place = "SELECT (rootpage - 1) * page_size FROM sqlite_schema, pragma_page_size WHERE name = 'usage'";
    let place: i64 = connection.query_row(place, [], |row| row.get(0)).unwrap();
    let database = fs::OpenOptions::new().write(true).open(file).unwrap();
    database.write_all_at(&[0x5a; 512], u64::try_from(place).unwrap()).unwrap();
    // Not closed before the bytes are there: whoever closes a file gives up its locks.
    drop(connection);
}

/// The whole of it: found by the running server, told, kept through the stop, refused by every command, and what was accepted before
/// the damage brought back.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_finds_what_was_damaged_under_it_and_what_was_before_that_is_brought_back() {
    let http = reqwest::Client::new();
    for damages_log in [true, false] {
        let installation = Installation::on_sqlite();
        let port = free_port();
        let mut server = installation.serve(&http, port).await;
        let token = installation.add_token();
        let file = PathBuf::from(installation.database_url().trim_start_matches("sqlite:"));
        let so_far = fs::metadata(log_of(&file)).unwrap().len();
        for _ in 0..6 {
            installation.add_token();
        }
        if damages_log {
            damage_log(&log_of(&file), so_far + 100);
        } else {
            damage_table(&file);
        }
        let readyz = format!("{}/readyz", server.url);
        let says_so = async || {
            let ready = http.get(&readyz).send().await.unwrap();
            ready.status() == 503 && ready.text().await.unwrap().contains("the database is damaged")
        };
        until("it says that it is damaged", says_so).await;
        let list = http.get(format!("{}{PATH}", server.url)).bearer_auth(&token).send().await.unwrap();
        assert!([200, 503].contains(&list.status().as_u16()), "{}", list.status());
        server.signal("TERM");
        server.end().await.expect("it stops");
        let backup = file.with_file_name("backup.db");
        for command in [&["check"][..], &["serve"], &["backup", backup.to_str().unwrap()]] {
            let refused = installation.try_run(command);
            let said =
                [refused.stdout, refused.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
            assert!(!refused.status.success() && said.contains("damaged"), "{command:?}: {said}");
        }
        if !damages_log {
            continue;
        }
        // As docs/CONFIGURATION.md says.
        let copy = file.with_file_name("copy.db");
        fs::copy(&file, &copy).unwrap();
        fs::copy(log_of(&file), log_of(&copy)).unwrap();
        let database = rusqlite::Connection::open(&copy).unwrap();
        database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        database.close().unwrap();
        assert!(installation.run(&["restore", copy.to_str().unwrap()]).contains("looked through, whole"));
        let server = installation.serve(&http, port).await;
        let list = http.get(format!("{}{PATH}", server.url)).bearer_auth(&token).send().await.unwrap();
        assert_eq!(list.status(), 200, "the token from before is back");
    }
}

#[tokio::test]
async fn what_is_only_in_the_log_is_not_thrown_away_with_a_file_that_lost_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let (there, log) = (folder.path().join("a.db"), folder.path().join("a.db-wal"));
    let open = async || Store::connect(&format!("sqlite:{}", there.display()), Live::default()).await.map(drop);
    fs::write(&log, "changes").unwrap();
    open().await.unwrap_err();
    fs::write(&there, "").unwrap();
    open().await.unwrap_err();
    assert_eq!(fs::read(&log).unwrap(), b"changes");
    fs::remove_file(&log).unwrap();
    open().await.unwrap();
}

/// Nothing keeps another server from beginning beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_lock_was_deleted_accepts_nothing() {
    let http = reqwest::Client::new();
    let installation = Installation::on_sqlite();
    let server = installation.serve(&http, free_port()).await;
    fs::remove_file(format!("{}.lock", installation.database_url().trim_start_matches("sqlite:"))).unwrap();
    let says_so = async || {
        let ready = http.get(format!("{}/readyz", server.url)).send().await.unwrap();
        ready.status() == 503 && ready.text().await.unwrap().contains("the server's lock was deleted")
    };
    until("it is not ready", says_so).await;
}
