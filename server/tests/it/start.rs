//! How a server starts and stops.

use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt as _,
    process::Stdio,
    time::Duration,
};

use domain::timestamp::MINUTE;
use reqwest::{Client, StatusCode};
use server::environment::Environment;

use crate::support::{Installation, Proxy, free_port, on_postgres};

/// How long anything may take to stop, whatever hangs.
const STOP: Duration = Duration::from_secs(11);
/// How long a caller may wait to be told that the database is away.
const SOON: Duration = Duration::from_secs(2);

fn refused(installation: &Installation, arguments: &[&str]) -> String {
    let output = installation.try_run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}

#[test]
fn a_setting_that_does_not_exist_or_leads_nowhere_is_refused() {
    let said = refused(&Installation::on_sqlite().with("FLOWTHROUGH_SITE", "/nonexistent"), &["serve"]);
    assert!(said.contains("FLOWTHROUGH_SITE: /nonexistent does not hold the browser's files"), "{said}");
    let misspelt = Installation::on_sqlite().with("FLOWTHROUGH_DATABASEURL", "postgres://u:secret@h/d");
    for command in [&["serve"][..], &["token", "add"]] {
        let said = refused(&misspelt, command);
        assert!(said.contains("FLOWTHROUGH_DATABASEURL: there is no such setting"), "{said}");
        assert!(said.contains("Did you mean FLOWTHROUGH_DATABASE_URL?") && !said.contains("secret"), "{said}");
    }
}

#[test]
fn an_account_of_a_partner_whose_name_is_misspelt_is_refused() {
    let installation = Installation::on_sqlite()
        .with("FLOWTHROUGH_LISTEN", &format!("127.0.0.1:{}", free_port()))
        .with("FLOWTHROUGH_BROADWORKS_URL", "https://xsp.example")
        .with("FLOWTHROUGH_BROADWORKS_USER", "reader")
        .with("FLOWTHROUGH_BROADWORKS_PASSWORD", "secret")
        .with("FLOWTHROUGH_BROADWORKS_PARTNER", "Nortwind");
    installation.run(&["admin", "add", "ann@sp.example", "--partner", "Northwind"]);
    let mut installation = installation;
    for misspelt in ["Nortwind", "NORTHWIND"] {
        installation = installation.with("FLOWTHROUGH_BROADWORKS_PARTNER", misspelt);
        let said = refused(&installation, &["serve"]);
        assert!(
            said.contains(&format!("there is no partner {misspelt:?}")) && said.contains("Did you mean \"Northwind\"?"),
            "{said}"
        );
        assert!(!said.contains("secret"), "{said}");
    }
}

#[test]
fn a_command_that_only_looks_makes_no_database() {
    let installation = Installation::on_sqlite();
    let file = installation.database_url().trim_start_matches("sqlite:").to_owned();
    for command in [&["template", "check"][..], &["admin", "list"], &["token", "list"], &["demo-users"]] {
        let said = refused(&installation, command);
        assert!(said.contains(&format!("FLOWTHROUGH_DATABASE_URL: there is no database at {file}")), "{said}");
        assert!(!fs::exists(&file).unwrap(), "{command:?}");
    }
}

/// An empty one is nobody's, and most likely another program's.
#[test]
fn a_command_that_only_looks_fills_no_database() {
    let looks = |installation: &Installation| {
        for command in [&["template", "list"][..], &["template", "check"], &["admin", "list"], &["token", "list"]] {
            let said = refused(installation, command);
            assert!(said.contains("there is nothing of Flowthrough in "), "{command:?}: {said}");
        }
    };
    let installation = Installation::on_sqlite();
    fs::write(installation.database_url().trim_start_matches("sqlite:"), "").unwrap();
    looks(&installation);
    on_postgres(async |url| looks(&Installation::on(url)));
}

#[test]
fn an_installation_is_no_place_for_a_demo() {
    let installation = Installation::on_sqlite().with("FLOWTHROUGH_LISTEN", &format!("127.0.0.1:{}", free_port()));
    installation.run(&["admin", "add", "ann@sp.example"]);
    let said = refused(&installation, &["serve", "--demo"]);
    assert!(said.contains("--demo: this database holds no demo, but an installation"), "{said}");
    assert_eq!(installation.run(&["admin", "list"]).lines().count(), 1, "nobody else may sign in");
}

#[tokio::test]
async fn the_password_of_the_settings_is_looked_at_when_it_is_set() {
    let installation = Installation::on_sqlite()
        .with("FLOWTHROUGH_ADMIN_EMAIL", "ann@sp.example")
        .with("FLOWTHROUGH_ADMIN_PASSWORD", "passwordpassword")
        .with("FLOWTHROUGH_LISTEN", &format!("127.0.0.1:{}", free_port()));
    let said = refused(&installation, &["serve"]);
    assert!(said.contains("FLOWTHROUGH_ADMIN_PASSWORD: The password is easy to guess."), "{said}");
    assert!(!said.contains("passwordpassword"), "{said}");
    // One that was set under an earlier rule keeps no server from starting.
    installation.add_administrator("ann@sp.example");
    _ = installation.serve(&Client::new(), free_port()).await;
}

#[tokio::test]
async fn a_damaged_database_is_refused_at_the_start() {
    let installation = Installation::on_sqlite();
    installation.run(&["token", "add"]);
    let file = installation.database_url().trim_start_matches("sqlite:").to_owned();
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    // In the middle of what nobody needs at the start.
    let place = "SELECT (rootpage - 1) * page_size FROM sqlite_schema, pragma_page_size WHERE name = 'bulk_row'";
    let place: i64 = connection.query_row(place, [], |row| row.get(0)).unwrap();
    drop(connection);
    let mut content = fs::read(&file).unwrap();
    content[usize::try_from(place).unwrap()..][..512].fill(0x5a);
    fs::write(&file, content).unwrap();
    let said = refused(&installation, &["serve"]);
    assert!(said.contains("FLOWTHROUGH_DATABASE_URL") && said.contains("damaged"), "{said}");
    fs::write(&file, "no database at all").unwrap();
    assert!(refused(&installation, &["serve"]).contains("FLOWTHROUGH_DATABASE_URL"));
}

/// A SQLite file has one server: what a dead one had leased waits for nobody.
#[tokio::test]
async fn what_a_crash_left_leased_goes_on_with_the_next_start() {
    let installation = Installation::on_sqlite();
    installation.run(&["migrate"]);
    let connection = rusqlite::Connection::open(installation.database_url().trim_start_matches("sqlite:")).unwrap();
    // Not longer than a lease can be, and nothing of it is due: nobody else ends it, and nobody takes it.
    let leased = Environment::real().now().plus(MINUTE).0;
    let left = [
        "INSERT INTO bulk_job (id, partner_id, token_id, action, size, lease_until, created_at, finished_at)
         VALUES ('019b0000-0000-7000-8000-000000000001', '019b0000-0000-7000-8000-000000000002',
                 '019b0000-0000-7000-8000-000000000003', 'create', 0, ?1, 0, ?1)",
        "INSERT INTO webhook (id, partner_id, url, secret, failures, run_at, lease_until, created_at, disabled_at)
         VALUES ('019b0000-0000-7000-8000-000000000001', '019b0000-0000-7000-8000-000000000002', 'https://h.example',
                 '', 0, 0, ?1, 0, 1)",
        "INSERT INTO directory_sync (customer_id, status, due_at, lease_until, claim, run, position, attempts, added,
                                     updated, deleted, total)
         VALUES ('019b0000-0000-7000-8000-000000000001', 'NOT_SYNCED', 9000000000000, ?1,
                 '019b0000-0000-7000-8000-000000000002', 0, 0, 0, 0, 0, 0, 0)",
    ];
    for left in left {
        connection.execute(left, [leased]).unwrap();
    }
    let server = installation.serve(&Client::new(), free_port()).await;
    for table in ["bulk_job", "webhook", "directory_sync"] {
        let lease = format!("SELECT lease_until FROM {table}");
        let lease: i64 = connection.query_row(&lease, [], |row| row.get(0)).unwrap();
        assert!(lease < leased, "{table}");
    }
    server.kill();
}

/// Databases, locks and keys hold people's addresses and secrets.
#[tokio::test]
async fn what_a_server_writes_is_for_its_owner_alone() {
    let installation = Installation::on_sqlite();
    installation.add_token();
    let server = installation.serve(&Client::new(), free_port()).await;
    let database = installation.database_url().trim_start_matches("sqlite:");
    for ending in ["", "-wal", "-shm", ".lock", ".key"] {
        let mode = fs::metadata(format!("{database}{ending}")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{ending}: {mode:o}");
    }
    server.kill();
}

#[test]
fn of_two_servers_that_start_together_one_prints_the_set_up_link() {
    on_postgres(async |url| {
        let installation = Installation::on(url);
        installation.run(&["migrate"]);
        let client = Client::new();
        let servers = [installation.start(free_port()), installation.start(free_port())];
        for server in &servers {
            server.ready(&client).await;
        }
        let port = servers[0].url.rsplit(':').next().unwrap().to_owned();
        let printed = servers.map(crate::support::Server::printed);
        let links: Vec<_> = printed.iter().filter(|printed| printed.contains("/hub/setup/")).collect();
        assert_eq!(links.len(), 1, "{printed:?}");
        assert!(printed.iter().any(|printed| printed.contains("Another server on this database")), "{printed:?}");
        // The link that was printed is the one that works.
        let token = links[0].split("/hub/setup/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        let server = installation.serve(&client, port.parse().unwrap()).await;
        let form = format!("token={token}&email=a%40h.example&password=nine-quiet-lighthouses");
        let answer = client
            .post(format!("{}/api/hub/set-up", server.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", &server.url)
            .body(form)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success() || answer.status().is_redirection(), "{}", answer.status());
    });
}

/// Pages, forms and the API say that the service is interrupted, soon, and go on by themselves; and a server that is told to
/// stop stops.
#[test]
fn whatever_the_database_does_pages_say_so_and_a_server_stops_in_time() {
    on_postgres(async |url| {
        let proxy = Proxy::before(url).await;
        let installation = Installation::on(&proxy.url(url));
        let add = ["template", "add", "Portal", "--xsi-url", "https://xsp.example"];
        let share = installation.run(&add).lines().nth(1).unwrap().rsplit('/').next().unwrap().trim().to_owned();
        let token = installation.add_token();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut server = installation.serve(&client, free_port()).await;
        let page = format!("{}/activate/{share}", server.url);
        let calls = || {
            [
                client.get(&page),
                client.get(format!("{page}/join/none")),
                client.get(format!("{}/hub", server.url)).header("cookie", "ft_hub=x; __Host-ft_hub=x"),
                client
                    .get(format!("{}/hub/templates/{}/users.csv", server.url, uuid::Uuid::nil()))
                    .header("cookie", "ft_hub=x; __Host-ft_hub=x"),
                client.get(format!("{}/v1/broadworks/subscribers", server.url)).bearer_auth(&token),
                client
                    .post(format!("{}/adapter/none/users", server.url))
                    .basic_auth("a", Some("b"))
                    .header("content-type", "application/json")
                    .body("{}"),
                client.get(format!("{}/readyz", server.url)),
            ]
        };
        assert_eq!(client.get(&page).send().await.unwrap().status(), StatusCode::OK);
        for away in [Proxy::cut as fn(&Proxy), Proxy::fall_silent] {
            away(&proxy);
            for call in calls() {
                let began = std::time::Instant::now();
                let answer = call.send().await.unwrap();
                let (at, took) = (answer.url().path().to_owned(), began.elapsed());
                assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{at}");
                assert!(answer.headers().contains_key("retry-after"), "{at}");
                assert!(took < SOON, "{at} took {took:?}");
            }
            proxy.restore();
            server.ready(&client).await;
            assert_eq!(client.get(&page).send().await.unwrap().status(), StatusCode::OK);
        }
        proxy.fall_silent();
        // Somebody waits for an answer meanwhile, and the engine for the database.
        let waiting = tokio::spawn(client.get(&page).send());
        server.signal("TERM");
        let took = server.end().await.expect("it stops");
        assert!(took < STOP, "{took:?}");
        drop(waiting.await);
    });
}

#[test]
fn a_second_signal_ends_a_server_at_once() {
    on_postgres(async |url| {
        let proxy = Proxy::before(url).await;
        let installation = Installation::on(&proxy.url(url));
        let mut server = installation.serve(&Client::new(), free_port()).await;
        proxy.fall_silent();
        server.signal("TERM");
        // The first one is heard as soon as nobody is let in any more.
        while Client::new().get(format!("{}/healthz", server.url)).send().await.is_ok() {
            tokio::task::yield_now().await;
        }
        server.signal("TERM");
        let took = server.end().await.expect("it stops");
        assert!(took < Duration::from_secs(1), "{took:?}");
    });
}

/// As where the disk of its logs is full, or who reads them hangs.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_words_nobody_takes_serves_and_stops() {
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let client = Client::builder().timeout(SOON).build().unwrap();
    for (printed, log) in [(full(), full()), (Stdio::null(), Stdio::piped())] {
        let installation = Installation::on_sqlite().with("FLOWTHROUGH_LOG", "debug");
        let mut server = installation.start_into(free_port(), printed, log);
        server.ready(&client).await;
        // More than a pipe holds.
        for _ in 0..600 {
            let answer = client.get(format!("{}/activate/nobody", server.url)).send().await.unwrap();
            assert!(answer.status().is_client_error());
        }
        server.signal("TERM");
        assert!(server.end().await.is_some_and(|took| took < STOP));
    }
}

#[test]
fn what_a_command_cannot_print_is_told() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let installation = Installation::on_sqlite();
    installation.add_trusted_template(&[]);
    let output = installation.run_into(&["template", "list"], full.into());
    assert_eq!((output.status.code(), output.stdout), (Some(1), Vec::new()));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot be printed: No space left on device") && !said.contains("panicked"), "{said}");
}
