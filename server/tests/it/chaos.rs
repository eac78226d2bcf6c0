//! `kill -9` under a steady load of arrivals, activations, retries, package changes and deletions, with a target that
//! fails, hangs, answers late or lies. Afterwards what we hold has to agree with the target's own list to the account.
//!
//! `FLOWTHROUGH_CHAOS_KILLS` says how often to kill: `make chaos` 200 times, `make test` 5 times. For every twentieth one of two
//! servers is stopped (`SIGSTOP`) for longer than its leases, and goes on; the machine's clock is set forward, back and right
//! again; and for every fiftieth PostgreSQL's primary is lost, and its standby takes over.

pub mod load;
pub mod outside;

use std::{collections::HashMap, env, time::Duration};

use domain::timestamp::HOUR;
use reqwest::Client;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use server::{environment::Environment, live::Live, store::Store};
use tokio::task::JoinSet;

use self::{
    load::{Load, Person, Temper, Wanted},
    outside::Misbehaving,
};
use crate::entity::{subscriber, task};
use crate::support::{
    Cluster, Installation, Proxy, Server, for_each_empty_database, free_port, left_to_do, on_postgres,
};

/// How many clients work at once.
const CLIENTS: u64 = 6;
/// How long the servers get to bring everybody to their end state once the target behaves.
const PATIENCE: Duration = Duration::from_secs(240);
/// How long a server is stopped at the most: three leases.
const STILL: Duration = Duration::from_secs(45);
/// How often to look whether they have.
const LOOK: Duration = Duration::from_millis(100);

fn kills() -> u64 {
    env::var("FLOWTHROUGH_CHAOS_KILLS").ok().map_or(5, |kills| kills.parse().unwrap())
}

#[test]
fn chaos_on_sqlite() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(killed("SQLite, one server", Installation::on_sqlite(), 1));
}

#[test]
fn chaos_on_postgresql_with_two_replicas() {
    on_postgres(async |url| killed("PostgreSQL, two servers", Installation::on(url), 2).await);
}

/// Neither what the other one took over nor what it had asked the target before is lost or done twice when it goes on.
#[test]
fn chaos_where_one_of_two_replicas_stands_still_for_longer_than_its_leases() {
    on_postgres(async |url| stopped("PostgreSQL, two servers of which one stops", Installation::on(url)).await);
}

/// Nobody who was told yes is lost with the primary: every commit is at the standby before it is told.
#[test]
fn chaos_where_the_database_fails_over() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(failed_over("PostgreSQL that fails over, two servers"));
}

#[test]
fn chaos_where_the_clock_jumps() {
    for_each_empty_database(async |url: &str| {
        let replicas = if url.starts_with("postgres") { 2 } else { 1 };
        jumped(&format!("a clock that jumps, {replicas} server(s)"), Installation::on(url), replicas).await;
    });
}

/// Servers under load.
struct Chaos {
    name: String,
    installation: Installation,
    servers: Vec<Server>,
    ports: Vec<u16>,
    client: Client,
    store: Store,
    target: Misbehaving,
    load: Load,
    clients: JoinSet<Vec<Person>>,
}

async fn killed(name: &str, installation: Installation, replicas: usize) {
    let mut chaos = Chaos::begin(&format!("{name}: {} kills", kills()), installation, replicas, Temper::Strict).await;
    for kill in 0..kills() {
        chaos.a_moment(kill).await;
        let one = usize::try_from(kill).unwrap() % replicas;
        chaos.servers.remove(one).kill();
        chaos.servers.insert(one, chaos.installation.serve(&chaos.client, chaos.ports[one]).await);
    }
    chaos.end(kills()).await;
}

async fn stopped(name: &str, installation: Installation) {
    let stops = kills().div_ceil(20);
    // What a server that stands still has locked, the other one cannot change until PostgreSQL ends that transaction: 503 is honest then.
    let chaos = Chaos::begin(&format!("{name}: {stops} stops"), installation, 2, Temper::Patient).await;
    let mut done = 0;
    for stop in 0.. {
        assert!(stop < 10 * stops, "a server that stops has nothing under way");
        chaos.a_moment(stop).await;
        done += u64::from(chaos.stand_still(usize::try_from(stop).unwrap() % 2).await);
        if done == stops {
            break;
        }
    }
    chaos.end(stops).await;
}

async fn failed_over(name: &str) {
    let Some(mut cluster) = Cluster::start() else { return };
    let fail_overs = kills().div_ceil(50);
    let way = Proxy::before(&cluster.url()).await;
    let installation = Installation::on(&way.url(&cluster.url()));
    // What a server was about when its connections broke may be done or not: 503 is honest then.
    let chaos = Chaos::begin(&format!("{name}: {fail_overs} times"), installation, 2, Temper::Patient).await;
    for number in 0..fail_overs {
        cluster.add_standby().await;
        chaos.a_moment(number).await;
        cluster.fail_over().await;
        way.lead_to(&cluster.url());
        chaos.a_moment(number).await;
    }
    chaos.end(fail_overs).await;
}

/// The servers' clock, as the machine's would be set by hand or by whatever keeps it.
async fn jumped(name: &str, installation: Installation, replicas: usize) {
    let jumps = kills().div_ceil(20);
    let clock = installation.folder().join("clock");
    let set = |by: &str| std::fs::write(&clock, by).unwrap();
    set("+0");
    let installation = installation
        .with("LD_PRELOAD", &a_clock_to_set())
        .with("FAKETIME_TIMESTAMP_FILE", &clock.display().to_string())
        .with("FAKETIME_NO_CACHE", "1")
        // What measures how long something takes goes on as it does on a machine.
        .with("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let chaos = Chaos::begin(&format!("{name}: {jumps} jumps"), installation, replicas, Temper::Strict).await;
    for jump in 0..jumps {
        set("+3600");
        chaos.written_ahead().await;
        for by in ["-3600", "+0"] {
            set(by);
            chaos.a_moment(jump).await;
        }
    }
    chaos.end(jumps).await;
}

/// The library that tells a program another time (Debian's `libfaketime`).
fn a_clock_to_set() -> String {
    let libraries = std::fs::read_dir("/usr/lib").unwrap().flatten().map(|folder| folder.path());
    let mut clocks = libraries.map(|folder| folder.join("faketime/libfaketimeMT.so.1")).filter(|clock| clock.exists());
    clocks.next().expect("libfaketime: run scripts/setup.sh test").display().to_string()
}

impl Chaos {
    async fn begin(name: &str, installation: Installation, replicas: usize, temper: Temper) -> Self {
        let target = Misbehaving::start().await;
        let installation = installation
            .with("FLOWTHROUGH_SCIM_URL", &target.url)
            .with("FLOWTHROUGH_SCIM_TOKEN", "secret")
            .with("FLOWTHROUGH_PUBLIC_URL", load::PUBLIC_URL)
            .with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true")
            .with("FLOWTHROUGH_TRUST_PROXY", "true")
            .with("FLOWTHROUGH_ADMIN_EMAIL", load::ADMIN)
            .with("FLOWTHROUGH_ADMIN_PASSWORD", load::PASSWORD);
        let client = Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
        let ports: Vec<u16> = (0..replicas).map(|_| free_port()).collect();
        let mut servers = Vec::new();
        for port in &ports {
            servers.push(installation.serve(&client, *port).await);
        }
        let urls = servers.iter().map(|server| server.url.clone()).collect();
        let store = Store::connect(installation.database_url(), Live::default()).await.unwrap();
        let xsi = outside::broadworks().await;
        let load = Load::new(&installation, &xsi, "scim", client.clone(), urls, store.clone(), temper);
        let mut clients = JoinSet::new();
        for seed in 0..CLIENTS {
            clients.spawn(load.clone().run(seed));
        }
        Self { name: name.to_owned(), installation, servers, ports, client, store, target, load, clients }
    }

    /// A different one every time: in the middle of whatever the next call does.
    async fn a_moment(&self, number: u64) {
        self.load.answers(5 + number * 7 % 23).await;
    }

    /// Until the servers have written down a time that has not come.
    async fn written_ahead(&self) {
        let ahead = Environment::real().now().plus(HOUR / 2).0;
        let one = subscriber::Entity::find().filter(subscriber::Column::CreatedAt.gt(ahead));
        let came = async {
            while one.clone().one(self.store.read()).await.unwrap().is_none() {
                tokio::time::sleep(LOOK).await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, came).await.is_ok(), "the servers' clock has not jumped");
    }

    /// Stops a server until all of its leases have run out and the other one has taken over some of what it had, then lets it go on.
    /// Returns whether there was something to take over.
    async fn stand_still(&self, one: usize) -> bool {
        self.servers[one].signal("STOP");
        let had = leased(&self.store).await;
        let taken_over = async {
            loop {
                let now = Environment::real().now().0;
                let tasks = leased(&self.store).await;
                let lost = had.iter().find(|task| tasks.iter().any(|other| took_over(other, task)));
                let stopped = lost.and_then(|task| task.lease_owner.clone());
                if stopped.is_some() && !tasks.iter().any(|task| task.lease_owner == stopped && task.lease_until > now)
                {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        let taken_over = tokio::time::timeout(STILL, taken_over).await.is_ok();
        self.servers[one].signal("CONT");
        taken_over
    }

    /// Everybody comes to rest, and is counted.
    async fn end(mut self, light: u64) {
        come_through_the_portal(&self.store).await;
        self.load.stop();
        let mut people = Vec::new();
        while let Some(known) = self.clients.join_next().await {
            people.extend(known.unwrap());
        }
        self.target.behave();
        come_to_rest(&self.store).await;
        reconcile(&self.name, &self.store, &people, &self.target, light).await;
        self.servers.into_iter().for_each(Server::kill);
    }
}

/// What some server has taken.
async fn leased(store: &Store) -> Vec<task::Model> {
    task::Entity::find().filter(task::Column::LeaseUntil.ne(0)).all(store.read()).await.unwrap()
}

fn took_over(now: &task::Model, before: &task::Model) -> bool {
    now.id == before.id && now.claims > before.claims && now.lease_owner != before.lease_owner
}

/// How far users get between the kills is chance: what is left after them says something once one of them has come through.
async fn come_through_the_portal(store: &Store) {
    let one = subscriber::Entity::find().filter(subscriber::Column::EmailProof.eq("code"));
    let came = async {
        while one.clone().one(store.read()).await.unwrap().is_none() {
            tokio::time::sleep(LOOK).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, came).await.is_ok(), "nobody came through the portal");
}

async fn come_to_rest(store: &Store) {
    let rest = async {
        while !left_to_do(store).await.is_empty() {
            tokio::time::sleep(LOOK).await;
        }
    };
    let rested = tokio::time::timeout(PATIENCE, rest).await;
    assert!(rested.is_ok(), "left to do: {:?}", left_to_do(store).await);
}

/// What we hold, what the clients were told and what the target has, counted against each other.
async fn reconcile(name: &str, store: &Store, people: &[Person], target: &Misbehaving, light: u64) {
    let rows = subscriber::Entity::find().all(store.read()).await.unwrap();
    let mut accounts: HashMap<String, Vec<serde_json::Value>> = HashMap::new();
    for account in target.active() {
        accounts.entry(account["externalId"].as_str().unwrap_or_default().to_owned()).or_default().push(account);
    }
    let mut by_user: HashMap<&str, Vec<&subscriber::Model>> = HashMap::new();
    rows.iter().for_each(|row| by_user.entry(&row.user_id).or_default().push(row));
    let (mut accepted, mut provisioned, mut failed, mut pending) = (0, 0, 0, 0);
    let (mut lost, mut doubled) = (Vec::new(), Vec::new());
    for person in people {
        let own = by_user.get(person.user_id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let there = own.len();
        match person.wanted {
            Wanted::Leaving if own.iter().any(|row| row.status != "error") => {
                lost.push(format!("the deletion of {}", person.user_id));
            }
            Wanted::There if there == 0 => lost.push(format!("{} was accepted and is not there", person.user_id)),
            Wanted::Gone if there > 0 => lost.push(format!("the deletion of {}", person.user_id)),
            _ => {}
        }
        if there > 1 {
            doubled.push(person.user_id.clone());
        }
        accepted += usize::from(person.wanted == Wanted::There);
    }
    for row in &rows {
        let own = accounts.remove(&row.id.to_string()).unwrap_or_default();
        if own.len() > 1 {
            doubled.push(format!("{} has {} accounts", row.user_id, own.len()));
        }
        match row.status.as_str() {
            "provisioned" => {
                provisioned += 1;
                match own.first() {
                    None => lost.push(format!("{} is provisioned and has no account", row.user_id)),
                    Some(account) if account["userName"] != json!(row.email) => {
                        lost.push(format!("the address of {}", row.user_id));
                    }
                    Some(_) => {}
                }
            }
            "error" => failed += 1,
            "pending_email_input" | "pending_email_validation" => {
                pending += 1;
                if !own.is_empty() {
                    doubled.push(format!("{} has an account too early", row.user_id));
                }
            }
            other => lost.push(format!("{} stays {other}", row.user_id)),
        }
    }
    // Nobody's accounts: their subscribers are gone.
    doubled.extend(accounts.keys().map(|id| format!("an orphan of {id}")));
    println!(
        "{name}: accepted {accepted}, provisioned {provisioned}, in error {failed}, pending {pending}, \
         lost {}, doubled {}",
        lost.len(),
        doubled.len()
    );
    assert!(lost.is_empty() && doubled.is_empty(), "lost: {lost:#?}\ndoubled: {doubled:#?}");
    assert!(provisioned as u64 >= light, "the load was too light to mean anything");
}
