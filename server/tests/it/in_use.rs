//! What was found in use and matters most, with the server that users run: its binary, its doors, and time as it passes.
//! The rules behind it have tests of their own; the others of this kind stand with what they are about (`start`, `disk`,
//! `crash`, `access::flood`, `http::slow`) and in end2end/.

use std::time::{Duration, Instant};

use domain::limit::{HUB_SIGN_IN, PORTAL_SIGN_IN};
use reqwest::{Client, StatusCode};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use crate::{
    entity::template,
    support::{
        BroadWorks, Browser, Installation, MailServer, Page, Server, for_each_empty_database, free_port, read_reply,
    },
};

/// How long anything may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often to look whether it is done.
const LOOK: Duration = Duration::from_millis(20);
const OWNER: &str = "ann@sp.example";

/// The API of a server, as an operator's script uses it.
struct Api<'a> {
    client: Client,
    server: &'a Server,
    token: String,
    provisioning_id: String,
}

impl Api<'_> {
    /// Adds a user, who is sent a mail to this address.
    async fn add(&self, user: &str, email: &str) {
        let body = json!({
            "provisioningId": self.provisioning_id, "userId": user, "spEnterpriseId": "SP1+acme", "firstName": "Ann",
            "lastName": "Lee", "package": "standard", "email": email,
        });
        let request = self.client.post(format!("{}/v1/broadworks/subscribers", self.server.url));
        let request = request.bearer_auth(&self.token).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{user}");
    }

    /// The codes in everybody's `errors[]`, in the order of their ids.
    async fn errors(&self) -> Vec<(String, Vec<i64>)> {
        let request = self.client.get(format!("{}/v1/broadworks/subscribers", self.server.url));
        let body = request.bearer_auth(&self.token).send().await.unwrap().text().await.unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        let codes = |one: &Value| {
            let errors = one["errors"].as_array().into_iter().flatten();
            errors.map(|error| error["errorCode"].as_i64().unwrap()).collect()
        };
        let all = body["items"].as_array().unwrap().iter();
        let mut all: Vec<_> = all.map(|one| (one["userId"].as_str().unwrap().to_owned(), codes(one))).collect();
        all.sort();
        all
    }
}

/// Looks again and again until it is so.
pub async fn until(what: &str, is: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !is().await {
        assert!(began.elapsed() < PATIENCE, "{what}: in vain");
        tokio::time::sleep(LOOK).await;
    }
}

/// More full mailboxes than failures are taken for an outage: they wait by themselves, and are told what they wait for.
#[test]
fn mailboxes_that_are_full_keep_nobody_elses_mail() {
    for_each_empty_database(async |url: &str| {
        let Some(mail) = MailServer::find() else { return };
        let installation = Installation::on(url).with("FLOWTHROUGH_SMTP_URL", &mail.url);
        let added = installation.run(&["template", "add", "Portal", "--xsi-url", "https://xsp.example"]);
        let provisioning_id = added.lines().next().unwrap().split_whitespace().last().unwrap().to_owned();
        let (token, client) = (installation.add_token(), Client::new());
        let server = installation.serve(&client, free_port()).await;
        let api = Api { client, server: &server, token, provisioning_id };
        let full: Vec<_> = (0..=domain::outage::FAILURES).map(|number| format!("full{number}@sp.example")).collect();
        for user in &full {
            api.add(user, &mail.address("full")).await;
        }
        let told: Vec<_> = full.iter().map(|user| (user.clone(), vec![42004])).collect();
        until("each is told that its mailbox is full", async || api.errors().await == told).await;
        let good = mail.address("ann");
        api.add("good@sp.example", &good).await;
        until("the mail arrives", async || !mail.mails(&good).is_empty()).await;
        let good = ("good@sp.example".to_owned(), Vec::new());
        assert_eq!(api.errors().await, [told, vec![good]].concat());
    });
}

/// A server for the hub and the portal, behind a proxy that says from where a browser comes.
struct Doors {
    server: Server,
    broadworks: BroadWorks,
    /// The token in the share link.
    share: String,
    password: String,
    _installation: Installation,
}

impl Doors {
    async fn open(url: &str) -> Self {
        let broadworks = BroadWorks::start().await;
        broadworks.put(OWNER, "Ann");
        let port = free_port();
        let installation = Installation::on(url)
            .with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true")
            .with("FLOWTHROUGH_TRUST_PROXY", "true")
            .with("FLOWTHROUGH_PUBLIC_URL", &format!("http://127.0.0.1:{port}"));
        let xsi_url = broadworks.settings().0;
        installation.run(&["template", "add", "Portal", "--self-activation", "--xsi-url", xsi_url]);
        let store = installation.store().await;
        let share = template::Entity::find().one(store.read()).await.unwrap().unwrap().share_token;
        let password = installation.add_administrator(OWNER);
        let server = installation.serve(&Client::new(), port).await;
        Self { server, broadworks, share, password, _installation: installation }
    }

    /// A new browser in this network.
    fn browser(&self, network: &str) -> Browser {
        Browser::at(&self.server.url).with_header("x-forwarded-for", network)
    }

    async fn to_the_hub(&self, browser: &mut Browser, password: &str) -> Page {
        browser.call("/api/hub/sign-in", &[("email", OWNER), ("password", password), ("next", "/hub")]).await
    }

    async fn to_the_portal(&self, browser: &mut Browser, password: &str) -> Page {
        let fields = [("share", self.share.as_str()), ("user_id", OWNER), ("password", password)];
        browser.call("/api/portal/sign_in", &fields).await
    }
}

#[test]
fn nobody_locks_anybody_out() {
    for_each_empty_database(async |url: &str| {
        let doors = Doors::open(url).await;
        let (mut owner, mut stranger) = (doors.browser("192.0.2.1"), doors.browser("198.51.100.1"));
        for _ in 0..2 * PORTAL_SIGN_IN.account.max {
            assert_eq!(doors.to_the_portal(&mut owner, "secret").await.status, 200, "who is right is not counted");
        }
        for _ in 0..PORTAL_SIGN_IN.account.max {
            assert_eq!(doors.to_the_portal(&mut stranger, "wrong").await.status, 400);
        }
        let asked = doors.broadworks.asked();
        for password in ["wrong", "secret"] {
            assert_eq!(doors.to_the_portal(&mut stranger, password).await.status, 429);
        }
        assert_eq!(doors.broadworks.asked(), asked, "BroadWorks may lock the phone account");
        assert_eq!(doors.to_the_portal(&mut owner, "secret").await.status, 200);
        assert_eq!(doors.to_the_portal(&mut doors.browser("192.0.2.2"), "secret").await.status, 200, "another browser");
        let mut on_the_way = owner.with_header("x-forwarded-for", "198.51.100.1");
        assert_eq!(doors.to_the_portal(&mut on_the_way, "secret").await.status, 200, "one that is known");

        assert_eq!(doors.to_the_hub(&mut owner, &doors.password).await.status, 200);
        for _ in 0..HUB_SIGN_IN.account.max {
            assert_eq!(doors.to_the_hub(&mut stranger, "wrong password, quite long").await.status, 400);
        }
        assert_eq!(doors.to_the_hub(&mut stranger, &doors.password).await.status, 429);
        assert_eq!(doors.to_the_hub(&mut owner, &doors.password).await.status, 200);
        assert_eq!(doors.to_the_hub(&mut doors.browser("192.0.2.2"), &doors.password).await.status, 200);
    });
}

/// Whatever comes over the wire is its sender's fault, and the server goes on.
#[test]
fn what_cannot_be_read_is_refused_and_ends_nothing() {
    for_each_empty_database(async |url: &str| {
        let installation = Installation::on(url);
        let (token, client) = (installation.add_token(), Client::new());
        let mut server = installation.serve(&client, free_port()).await;
        let address = server.url.trim_start_matches("http://").to_owned();
        let own = format!("Host: {address}\r\nConnection: close\r\n");
        let get = |path: &str| format!("GET {path} HTTP/1.1\r\n{own}\r\n");
        let post = |path: &str, headers: &str, body: &str| {
            let length = body.len();
            format!("POST {path} HTTP/1.1\r\n{own}Content-Length: {length}\r\n{headers}\r\n{body}")
        };
        let form = |body: &str| {
            let headers = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nAccept: \
                           application/json\r\n";
            post("/api/portal/sign_in", headers, body)
        };
        let call = |body: &str| {
            let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
            post("/v1/broadworks/subscribers", &headers, body)
        };
        let cases = [
            (format!("CONNECT {address} HTTP/1.1\r\n{own}\r\n"), 405),
            (format!("CONNECT / HTTP/1.1\r\n{own}\r\n"), 405),
            (format!("BREW / HTTP/1.1\r\n{own}\r\n"), 405),
            (get(&format!("/{}", "x".repeat(256))), 404),
            (get("/activate/%00"), 400),
            (get("/activate/a/join/%00"), 400),
            (get("/v1/broadworks/subscribers/%00"), 400),
            (form("share=a&user_id=%00&password=c"), 400),
            (form("share=a&user_id[]=b&password=c"), 400),
            (form(&"x".repeat((1 << 20) + 1)), 413),
            (call("{\"firstName\": \"A\\u0000\"}"), 400),
            (call("\u{0}"), 400),
            (get("/").replace("Host:", "Host: localhost\r\nHost:"), 400),
            ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), 400),
            (get("/").replace(&address, "evil.example"), 421),
        ];
        for (request, expected) in cases {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            // Whoever is refused early may not be read to the end.
            _ = stream.write_all(request.as_bytes()).await;
            let reply = read_reply(stream).await;
            let shown: String = request.chars().take(200).collect();
            assert_eq!(reply.status, expected, "{shown:?} was answered {reply:?}");
        }
        server.ready(&client).await;
        server.signal("TERM");
        assert!(server.end().await.is_some(), "it is the same server, and it stops");
    });
}
