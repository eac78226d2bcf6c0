//! What clients, users and administrators do meanwhile.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::visitor::{CookiePrefix, HUB_SESSION, PORTAL_SESSION};
use mail_parser::MessageParser;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use server::store::Store;
use tokio::sync::watch;

use super::outside;
use crate::entity::subscriber;
use crate::support::Installation;

/// The administrator.
pub const ADMIN: &str = "admin@sp.example";
pub const PASSWORD: &str = "nine quiet lighthouses";

/// Under which address the servers believe to be reached, whatever their ports are.
pub const PUBLIC_URL: &str = "https://activate.sp.example";

/// How long a client waits when a server does not answer.
const PAUSE: Duration = Duration::from_millis(20);
/// How often a user looks for the mail.
const LOOKS: usize = 50;
/// Among how many of the newest mails.
const NEWEST: usize = 64;

/// What is known of somebody.
#[derive(Clone, Debug)]
pub struct Person {
    pub user_id: String,
    pub wanted: Wanted,
    /// Their id in the API, once it was told.
    id: Option<String>,
    activates: bool,
}

/// What must have become of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The server has said that they are accepted.
    There,
    /// The server has said that they are being deleted: a removal that fails at the target is an error to be seen.
    Leaving,
    /// The server has said that they are not there any more.
    Gone,
    /// A call got no answer: both are right.
    Either,
}

/// What the clients make of 503.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temper {
    /// It blames the server.
    Strict,
    /// It is no answer: they ask again.
    Patient,
}

/// Everything that the clients share.
#[derive(Clone)]
pub struct Load {
    temper: Temper,
    client: Client,
    urls: Vec<String>,
    store: Store,
    outbox: std::path::PathBuf,
    token: String,
    trusted: String,
    untrusted: String,
    share: String,
    answered: Arc<watch::Sender<u64>>,
    stopped: Arc<AtomicBool>,
}

impl Load {
    pub fn new(
        installation: &Installation,
        xsi: &str,
        target: &str,
        client: Client,
        urls: Vec<String>,
        store: Store,
        temper: Temper,
    ) -> Self {
        let template = |extra: &[&str]| {
            let mut arguments = vec!["template", "add", "Chaos", "--xsi-url", xsi, "--target", target];
            arguments.extend(extra);
            let told = installation.run(&arguments);
            told.lines().map(|line| line.split_whitespace().last().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let (trusted, untrusted) = (template(&["--trusted-emails"]), template(&[]));
        Self {
            temper,
            client,
            urls,
            store,
            outbox: installation.outbox(),
            token: installation.run(&["token", "add"]).trim().to_owned(),
            trusted: trusted[0].clone(),
            share: untrusted[1].rsplit('/').next().unwrap().to_owned(),
            untrusted: untrusted[0].clone(),
            answered: Arc::new(watch::Sender::new(0)),
            stopped: Arc::default(),
        }
    }

    /// Returns after so many more answers.
    pub async fn answers(&self, more: u64) {
        let enough = *self.answered.borrow() + more;
        self.answered.subscribe().wait_for(|answers| *answers >= enough).await.unwrap();
    }

    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// One client, until it is stopped. Returns everybody whom it brought in.
    pub async fn run(self, seed: u64) -> Vec<Person> {
        let mut client = Caller { load: self, random: StdRng::seed_from_u64(seed), people: Vec::new(), session: None };
        let mut number = 0;
        while !client.load.stopped.load(Ordering::SeqCst) {
            number += 1;
            client.step(&format!("c{seed}n{number}@sp.example")).await;
        }
        client.people
    }
}

struct Caller {
    load: Load,
    random: StdRng,
    people: Vec<Person>,
    /// The administrator's cookie.
    session: Option<String>,
}

impl Caller {
    async fn step(&mut self, new: &str) {
        let done = match self.random.random_range(0..12) {
            0..4 => self.arrive(new, false).await,
            4..6 => self.arrive(new, true).await,
            6..9 => self.activate().await,
            9 => self.retry().await,
            10 => self.change_package().await,
            _ => self.delete().await,
        };
        if done.is_none() {
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn url(&mut self, path: &str) -> String {
        format!("{}{path}", self.load.urls.choose(&mut self.random).unwrap())
    }

    /// Sends a request. `None` when no answer comes; an answer that blames the server is a failure of the test.
    async fn send(&self, request: RequestBuilder) -> Option<Response> {
        let answer = request.send().await.ok()?;
        if self.load.temper == Temper::Patient && answer.status() == StatusCode::SERVICE_UNAVAILABLE {
            return None;
        }
        assert!(!answer.status().is_server_error(), "{}: {}", answer.url(), answer.status());
        self.load.answered.send_modify(|answers| *answers += 1);
        Some(answer)
    }

    async fn arrive(&mut self, user_id: &str, activates: bool) -> Option<()> {
        let (provisioning_id, email) = match activates {
            true => (&self.load.untrusted, None),
            false => (&self.load.trusted, Some(user_id)),
        };
        let body = json!({
            "provisioningId": provisioning_id, "userId": user_id, "spEnterpriseId": "SP1+acme",
            "firstName": "A", "lastName": "B", "package": "standard", "email": email,
        });
        let mut person = Person { user_id: user_id.to_owned(), wanted: Wanted::Either, id: None, activates };
        // Asked again until there is an answer, as a good client does.
        for _ in 0..3 {
            let url = self.url("/v1/broadworks/subscribers");
            let request = self.load.client.post(url).bearer_auth(&self.load.token);
            let request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
            let Some(answer) = self.send(request).await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let status = answer.status();
            assert!(matches!(status, StatusCode::OK | StatusCode::CONFLICT), "{status}");
            person.wanted = Wanted::There;
            let told: Option<Value> = answer.text().await.ok().and_then(|text| serde_json::from_str(&text).ok());
            person.id = told.and_then(|told| told["id"].as_str().map(str::to_owned));
            break;
        }
        self.people.push(person);
        Some(())
    }

    fn someone(&mut self, fits: impl Fn(&Person) -> bool) -> Option<usize> {
        let fitting: Vec<_> = (0..self.people.len()).filter(|at| fits(&self.people[*at])).collect();
        fitting.choose(&mut self.random).copied()
    }

    async fn activate(&mut self) -> Option<()> {
        let at = self.someone(|person| person.activates && person.wanted == Wanted::There)?;
        let user_id = self.people[at].user_id.clone();
        self.go_through_portal(&user_id).await
    }

    /// A user goes as far in the portal as the servers let them; another time they go on from there.
    async fn go_through_portal(&mut self, user_id: &str) -> Option<()> {
        let credentials = [("user_id", user_id), ("password", outside::PASSWORD)];
        let answer = self.form("/api/portal/sign_in", None, &credentials).await?;
        let session = cookie(&answer, PORTAL_SESSION)?;
        // Refused when they are further already; then there is nothing to look for.
        let user = self.signed_in(&session).await?;
        self.form("/api/portal/address", Some(&session), &[("user", &user), ("email", user_id)]).await?;
        for _ in 0..LOOKS {
            if let Some(code) = self.newest_code(user_id) {
                self.form("/api/portal/code", Some(&session), &[("user", &user), ("code", &code)]).await?;
                return Some(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        None
    }

    /// For whom the portal's page is made.
    async fn signed_in(&mut self, session: &str) -> Option<String> {
        let page = self.form("/api/portal/page", Some(session), &[]).await?;
        let page: Value = serde_json::from_str(&page.text().await.ok()?).ok()?;
        let step = page["step"].as_object()?.values().next()?;
        step["user"]["id"].as_str().map(str::to_owned)
    }

    fn newest_code(&self, address: &str) -> Option<String> {
        let mut files: Vec<_> = fs::read_dir(&self.load.outbox).ok()?.flatten().map(|entry| entry.path()).collect();
        // Their names are UUIDs that grow with time.
        files.sort();
        files.iter().rev().take(NEWEST).filter(|file| file.extension().is_some_and(|end| end == "eml")).find_map(
            |file| {
                let raw = fs::read(file).ok()?;
                let mail = MessageParser::default().parse(&raw)?;
                (mail.to()?.first()?.address()? == address).then_some(())?;
                let text = mail.body_text(0)?;
                text.split_whitespace()
                    .find(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()))
                    .map(str::to_owned)
            },
        )
    }

    /// Posts a form as a page of ours does.
    async fn form(&mut self, path: &str, session: Option<&str>, fields: &[(&str, &str)]) -> Option<Response> {
        let share = self.load.share.clone();
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("share", &share)
            .extend_pairs(fields)
            .finish();
        let network = std::net::Ipv4Addr::from(self.random.random::<u32>());
        let url = self.url(path);
        let request = self.load.client.post(url);
        let request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", network.to_string())
            .header(header::COOKIE, session.unwrap_or_default())
            .body(form);
        self.send(request).await
    }

    /// An administrator retries a failed activation in the hub.
    async fn retry(&mut self) -> Option<()> {
        let failed = subscriber::Entity::find().filter(subscriber::Column::Status.eq("error"));
        let failed = failed.all(self.load.store.read()).await.ok()?;
        let user = failed.choose(&mut self.random)?.id.to_string();
        if self.session.is_none() {
            let fields = [("email", ADMIN), ("password", PASSWORD), ("next", "/hub")];
            self.session = cookie(&self.form("/api/hub/sign-in", None, &fields).await?, HUB_SESSION);
        }
        let session = self.session.clone()?;
        self.form("/api/hub/retry", Some(&session), &[("user", &user)]).await.map(drop)
    }

    async fn change_package(&mut self) -> Option<()> {
        let at = self.someone(|person| person.wanted == Wanted::There && person.id.is_some())?;
        let url = self.url(&format!("/v1/broadworks/subscribers/{}", self.people[at].id.as_ref()?));
        let package = *["softphone", "basic", "standard", "premium"].choose(&mut self.random)?;
        let request = self.load.client.put(url).bearer_auth(&self.load.token);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(json!({ "package": package }).to_string())).await.map(drop)
    }

    async fn delete(&mut self) -> Option<()> {
        let at = self.someone(|person| person.wanted == Wanted::There && person.id.is_some())?;
        let url = self.url(&format!("/v1/broadworks/subscribers/{}", self.people[at].id.as_ref()?));
        // Without an answer it may have been heard.
        self.people[at].wanted = Wanted::Either;
        let answer = self.send(self.load.client.delete(url).bearer_auth(&self.load.token)).await?;
        self.people[at].wanted = match answer.status() {
            StatusCode::NO_CONTENT => Wanted::Leaving,
            StatusCode::NOT_FOUND => Wanted::Gone,
            _ => Wanted::There,
        };
        Some(())
    }
}

fn cookie(answer: &Response, name: &str) -> Option<String> {
    let name = CookiePrefix::at(PUBLIC_URL).before(name);
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
    cookies
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .find(|pair| pair.starts_with(&name))
        .map(str::to_owned)
}
