//! Every figure, in the order in which it is measured.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    client::{Client, Rate, drive},
    database::Database,
    figures::{Figure, Figures, Goal, Reference},
    hub::Hub,
    installation::{Installation, Server},
    neighbours::Neighbour,
    outside::{self, Mails},
    portal::Portal,
    raw::{self, Raw},
    seed,
    wrk::Wrk,
};

/// How many seconds a page is asked for; three times.
const SECONDS: u32 = 2;
/// How many people activate.
const PEOPLE: usize = 2_000;
/// How many users there are when lists are measured.
const SIZES: [(u64, &str); 3] = [(10_000, "10 k"), (100_000, "100 k"), (1_000_000, "1 M")];
/// How long the search may take to take everybody in.
const INDEXING: Duration = Duration::from_secs(120);
/// How many rows are imported.
const ROWS: usize = 100_000;

/// A run on one database.
struct Run {
    database: String,
    figures: Vec<Figure>,
    /// What was measured of others, by name: once, for both databases.
    references: Vec<Reference>,
    mails: (Mails, String),
    broadworks: String,
}

/// Measures everything on these databases. The figures are kept in the file, those of the first database as soon as they are there.
/// Only those that depend on how many users there are, if `large` stands among the databases.
pub async fn all(databases: &[String], file: &Path) -> Figures {
    let (began, mut about) = (Instant::now(), about());
    let mut run = Run {
        database: String::new(),
        figures: Vec::new(),
        references: Vec::new(),
        mails: Mails::serve().await,
        broadworks: outside::broadworks().await,
    };
    let only_large = databases.iter().any(|name| name == "large");
    for database in databases.iter().filter(|name| *name != "large") {
        run.database.clone_from(database);
        if !only_large {
            run.small().await;
        }
        run.large().await;
        Figures { about: about.clone(), figures: run.figures.clone() }.write(file);
    }
    run.first_visits();
    about.push(("took".to_owned(), format!("{:.0} s", began.elapsed().as_secs_f64())));
    let figures = Figures { about, figures: run.figures };
    figures.write(file);
    figures
}

/// On which machine, from which commit.
fn about() -> Vec<(String, String)> {
    let told = |command: &str| {
        let output = Command::new("sh").args(["-c", command]).output().expect("a shell");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let commands = [
        ("commit", "git rev-parse --short=12 HEAD; git diff --quiet HEAD || echo '(changed)'"),
        ("when", "date -u '+%F %T UTC'"),
        (
            "machine",
            "sed -n 's/^model name.*: //p' /proc/cpuinfo | sort | uniq -c | sed 's/ *\\([0-9]*\\) /\\1 × /'; free -h | awk '/^Mem/ { print $2 }'",
        ),
        ("kernel and disk", "uname -r; df --output=fstype ${TMPDIR:-/tmp} | tail -1"),
        ("load before", "cut -d' ' -f1-3 /proc/loadavg"),
        ("PostgreSQL", "psql --version"),
    ];
    commands.iter().map(|(what, command)| ((*what).to_owned(), told(command).replace('\n', ", "))).collect()
}

impl Run {
    /// Says what was measured, and keeps it.
    fn figure(&mut self, name: &str, value: f64, reference: Option<&str>, goal: Option<Goal>) {
        let reference = reference.map(|name| self.reference(name));
        let figure = Figure { name: name.to_owned(), database: self.database.clone(), value, reference, goal };
        eprintln!("    {} {name}: {value:.3}", self.database);
        self.figures.push(figure);
    }

    /// Says what was measured of others, and keeps it.
    fn refer(&mut self, name: &str, value: f64) {
        eprintln!("    reference {name}: {value:.3}");
        self.references.retain(|known| known.name != name);
        self.references.push(Reference { name: name.to_owned(), value });
    }

    fn reference(&self, name: &str) -> Reference {
        let measured = self.references.iter().find(|known| known.name == name);
        measured.cloned().unwrap_or_else(|| panic!("{name} is not measured"))
    }

    /// That reference, if it has been measured: some are SQLite's alone.
    fn if_measured<'a>(&self, name: &'a str) -> Option<&'a str> {
        self.references.iter().any(|known| known.name == name).then_some(name)
    }

    fn on_sqlite(&self) -> bool {
        self.database == "sqlite"
    }

    /// What reads a page of this database without the product.
    fn reader(&self) -> &'static str {
        if self.on_sqlite() { "SQLite's library, one thread" } else { "pgbench SELECT" }
    }

    /// What does not depend on how many users there are: pages of the portal, arrivals, activations.
    async fn small(&mut self) {
        let installation = Installation::new(&self.database, &self.mails.1);
        let open = installation.add_template("Open", &["--self-activation", "--xsi-url", &self.broadworks]).await;
        let (token, mails) = (installation.add_token().await, self.mails.0.clone());
        let mut ready: Vec<f64> = Vec::new();
        for _ in 0..3 {
            let (server, took) = installation.serve().await;
            server.stop();
            ready.push(took);
        }
        ready.sort_by(f64::total_cmp);
        self.figure("start to ready, ms", ready[1], None, Some(Goal::Most(50.0)));
        let (server, _) = installation.serve().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.figure("memory idle, MB", server.memory("VmRSS:"), None, Some(Goal::Most(30.0)));
        let portal = Portal { host: server.host.clone(), open, token, mails };
        self.pages(&portal).await;
        self.writes(&installation, &portal).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        self.figure("memory after the activations, MB", server.memory("VmRSS:"), None, Some(Goal::Most(60.0)));
        server.stop();
        if !self.on_sqlite() {
            self.replicas(&installation, &portal).await;
        }
    }

    /// How much more several servers on one database do, on this one machine.
    async fn replicas(&mut self, installation: &Installation, portal: &Portal) {
        for many in [1, 2, 4] {
            let mut servers = Vec::new();
            for _ in 0..many {
                servers.push(installation.serve_beside().await);
            }
            let creating = servers.iter().map(|server| Portal { host: server.host.clone(), ..portal.clone() });
            let creating = creating.enumerate().map(|(at, portal)| {
                let name = format!("replica{many}.{at}.");
                tokio::task::spawn_local(async move { portal.creates(64 / many, Duration::from_secs(4), name).await })
            });
            let mut sum = 0.0;
            for created in creating.collect::<Vec<_>>() {
                sum += created.await.expect("they write").per_second;
            }
            self.figure(&format!("create over HTTP by {many} servers, /s"), sum, None, None);
            servers.into_iter().for_each(Server::stop);
        }
    }

    /// What the browser's tests have measured before (end2end/figures).
    fn first_visits(&mut self) {
        let goals =
            |page: &str| if page == "hub" { (600.0, 1_800.0, 450_000.0) } else { (1_200.0, 1_200.0, 100_000.0) };
        self.database = "sqlite".to_owned();
        for line in std::fs::read_to_string("target/bench/first-visit.jsonl").unwrap_or_default().lines() {
            let visit: Value = serde_json::from_str(line).expect("JSON");
            let (page, line) = (visit["page"].as_str().unwrap_or_default(), visit["line"].as_str().unwrap_or_default());
            if let Some(marks) = visit["marks"].as_object() {
                for (category, mark) in marks {
                    let goal = Goal::Least(if category == "performance" { 98.0 } else { 100.0 });
                    let mark = mark.as_f64().unwrap_or(f64::NAN);
                    self.figure(&format!("Lighthouse, {page}, phone: {category}"), mark, None, Some(goal));
                }
                continue;
            }
            let goals = (line == "Slow 4G, 150 ms").then(|| goals(page));
            let number = |field: &str| visit[field].as_f64().unwrap_or(f64::NAN);
            let name = |what: &str| format!("first visit, {page}, {line}, CPU ÷ 4: {what}");
            self.figure(&name("visible, ms"), number("visible"), None, goals.map(|goals| Goal::Most(goals.0)));
            self.figure(&name("alive, ms"), number("alive"), None, goals.map(|goals| Goal::Most(goals.1)));
            self.figure(&name("bytes"), number("bytes"), None, goals.map(|goals| Goal::Most(goals.2)));
        }
    }

    async fn pages(&mut self, portal: &Portal) {
        let path = portal.page();
        let page = Client::connect(&portal.host).await.get(&path, &[("accept", "text/html")]).await;
        if self.references.is_empty() {
            let folder = tempfile::tempdir().expect("a folder");
            let nginx = Neighbour::nginx(folder.path(), &page.body).await;
            let same = Wrk { url: format!("http://{}/page.html", nginx.host), connections: 32, ..Wrk::default() };
            self.refer("nginx, same bytes", same.run(SECONDS).per_second);
            let django = Neighbour::django(folder.path()).await;
            let form = Wrk { url: format!("http://{}/", django.host), connections: 32, ..Wrk::default() };
            self.refer("Django, form", form.run(SECONDS).per_second);
            self.refer("Django, form written", django_writes(&django).await.per_second);
        }
        let page = Wrk { url: format!("http://{}{path}", portal.host), connections: 32, ..Wrk::default() };
        let plain = page.run(SECONDS).per_second;
        self.figure("portal first page, /s", plain, Some("nginx, same bytes"), Some(Goal::Share(0.2)));
        self.figure("portal first page, /s (Django)", plain, Some("Django, form"), Some(Goal::Share(8.0)));
        let compressed = page.clone().with("accept-encoding", "gzip, br").run(SECONDS).per_second;
        self.figure("portal first page compressed, /s", compressed, Some("nginx, same bytes"), None);
        let signed_in = page.with("cookie", &portal.cookie(0).await).run(SECONDS).per_second;
        self.figure("portal page signed in, /s", signed_in, Some("nginx, same bytes"), Some(Goal::Share(0.1)));
    }

    async fn writes(&mut self, installation: &Installation, portal: &Portal) {
        let (single, change) = match &installation.database {
            Database::Sqlite(file) => {
                let folder = tempfile::tempdir().expect("a folder");
                let mut raw = Raw::like(file, folder.path());
                self.refer("raw INSERT, one a transaction", raw.inserts(1));
                self.refer("raw INSERT, 32 a transaction", raw.inserts(32));
                self.refer("raw change and step", raw.changes());
                self.refer("raw import of 100 k, s", raw.import(ROWS));
                (("raw INSERT, one a transaction", 2.5), ("raw change and step", 1.5))
            }
            Database::Postgres(url) => {
                installation.database.run(raw::PGBENCH_TABLE);
                self.refer("pgbench INSERT", raw::pgbench(url, &raw::pgbench_insert(), 64));
                installation.database.run("DROP TABLE raw");
                (("pgbench INSERT", 0.4), ("pgbench INSERT", 0.2))
            }
        };
        let create = portal.creates(64, Duration::from_secs(6), "new".to_owned()).await;
        self.figure("create over HTTP, /s", create.per_second, Some(single.0), Some(Goal::Share(single.1)));
        if self.on_sqlite() {
            let (name, goal) = ("create over HTTP, /s (32 a transaction)", Goal::Share(0.7));
            self.figure(name, create.per_second, Some("raw INSERT, 32 a transaction"), Some(goal));
        }
        self.figure(
            "create over HTTP, /s (Django)",
            create.per_second,
            Some("Django, form written"),
            Some(Goal::Share(10.0)),
        );
        self.figure("create over HTTP, p99 ms", create.p99, None, Some(Goal::Most(25.0)));
        let (entered, behind, opened) = portal.addresses_and_links(64, 1, PEOPLE).await;
        self.figure("address entered, /s", entered.per_second, Some(change.0), Some(Goal::Share(change.1)));
        self.figure("mails behind afterwards, ms", behind, None, Some(Goal::Most(2_000.0)));
        self.figure("address proven by link, /s", opened.per_second, Some(change.0), Some(Goal::Share(change.1)));
        let (link, code) = if self.on_sqlite() { (600.0, 500.0) } else { (300.0, 300.0) };
        let by_link = portal.activations(16, 100_000, PEOPLE, true).await;
        self.figure("whole activation by link, users/s", by_link, None, Some(Goal::Least(link)));
        let by_code = portal.activations(16, 200_000, PEOPLE, false).await;
        self.figure("whole activation by code, users/s", by_code, None, Some(Goal::Least(code)));
    }

    /// What depends on how many users there are: lists, searches, files.
    async fn large(&mut self) {
        let installation = Installation::new(&self.database, &self.mails.1);
        let seeded = seed::begin(&installation).await;
        let (token, mut from) = (installation.add_token().await, 0);
        for (size, name) in SIZES {
            let began = Instant::now();
            seed::add(&installation, &seeded, from, size);
            let seconds = began.elapsed().as_secs_f64();
            let (server, _) = installation.serve().await;
            let hub =
                Hub { host: server.host.clone(), cookie: installation.sign_in(&server).await, seeded: seeded.clone() };
            self.indexed(&installation, size - from).await;
            self.lists(&installation, &hub, name).await;
            if size == SIZES[2].0 {
                self.figure("seeding 900 k more, s", seconds, None, Some(Goal::Most(60.0)));
                self.figure("size with 1 M, MB", installation.database.size(), None, None);
                self.million(&installation, &server, &hub, &token).await;
            }
            server.stop();
            from = size;
        }
        // It fails because nobody answers where BroadWorks would be.
        let told = String::from_utf8_lossy(&installation.try_run(&["check"]).await.stdout).into_owned();
        assert!(told.contains("the numbers that the database keeps are those of its rows"), "{told}");
    }

    /// Waits until the search has taken everybody in, or long enough to know how fast it does.
    async fn indexed(&mut self, installation: &Installation, users: u64) {
        let (began, many) = (Instant::now(), "SELECT count(*) FROM search_due");
        let waiting = installation.database.number(many);
        while installation.database.number("SELECT count(*) FROM (SELECT 1 FROM search_due LIMIT 1) due") > 0
            && began.elapsed() < INDEXING
        {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        if users > SIZES[1].0 {
            let left = installation.database.number(many);
            let rate = (waiting - left) as f64 / began.elapsed().as_secs_f64();
            self.figure("taken into the search, users/s", rate, None, None);
        }
    }

    async fn lists(&mut self, installation: &Installation, hub: &Hub, size: &str) {
        let template = installation.database.literal(hub.seeded.all.id);
        let sql = format!("SELECT * FROM subscriber WHERE template_id = {template} ORDER BY id DESC LIMIT 50");
        let (reference, rate) = match &installation.database {
            Database::Sqlite(file) => (self.reader(), raw::queries(file, &sql)),
            Database::Postgres(url) => (self.reader(), raw::pgbench(url, &sql, 8)),
        };
        self.refer(reference, rate);
        let (reference, goal) = (Some(reference), Some(Goal::Share(0.3)));
        let data = hub.user_status().run(SECONDS);
        self.figure(&format!("User Status of {size}, its data, /s"), data.per_second, reference, goal);
        let page = hub.page(&format!("/hub/templates/{}/users", hub.seeded.all.id)).run(SECONDS);
        self.figure(&format!("User Status of {size}, whole page, /s"), page.per_second, reference, goal);
        let open = hub.exclude_provisioned().once(SECONDS);
        self.figure(&format!("Exclude Provisioned of {size}, oldest, p99 ms"), open.p99, None, Some(Goal::Most(20.0)));
    }

    async fn million(&mut self, installation: &Installation, server: &Server, hub: &Hub, token: &str) {
        let list = Wrk { connections: 8, ..Wrk::default() }.with("authorization", &format!("Bearer {token}"));
        let at =
            |path: &str| Wrk { url: format!("http://{}/v1/broadworks/subscribers{path}", hub.host), ..list.clone() };
        let page = at("?max=50").run(SECONDS);
        self.figure("API list of 1 M, /s", page.per_second, Some(self.reader()), Some(Goal::Share(0.4)));
        let filtered = at("?spEnterpriseId=SP1%2Bc7&status=error&max=50").once(SECONDS);
        self.figure("API list of a customer's errors, p99 ms", filtered.p99, None, Some(Goal::Most(20.0)));
        for (name, filter) in [("status:error", "status:error"), ("rare text", "u777777@sp"), ("common text", "ann")] {
            let rate = hub.filtered(filter).once(SECONDS);
            self.figure(
                &format!("User Status of 1 M filtered by {name}, p99 ms"),
                rate.p99,
                None,
                Some(Goal::Most(20.0)),
            );
        }
        let customers = hub.page("/hub").by(1).run(SECONDS);
        self.figure("Customer List, p50 ms", customers.p50, None, Some(Goal::Most(5.0)));
        let template = hub.page(&format!("/hub/templates/{}", hub.seeded.all.id)).by(1).run(SECONDS);
        self.figure("template page, p50 ms", template.p50, None, Some(Goal::Most(5.0)));
        self.searches(installation, hub);
        self.files(installation, server, hub, token).await;
        self.figure("memory with 1 M under load, MB", server.memory("VmRSS:"), None, Some(Goal::Most(120.0)));
    }

    fn searches(&mut self, installation: &Installation, hub: &Hub) {
        if let Database::Sqlite(file) = &installation.database {
            let scan = "SELECT id FROM subscriber WHERE user_id LIKE '%777777%' OR first_name LIKE '%777777%' OR last_name LIKE \
                        '%777777%' OR email LIKE '%777777%' LIMIT 50";
            self.refer("LIKE scan", raw::queries(file, scan));
        }
        for (name, typed) in [("rare", "777777"), ("common", "ann"), ("nothing", "zzzyyyxxx")] {
            let rate = hub.search(typed).once(SECONDS);
            let scan = self.if_measured("LIKE scan");
            let goal = scan.map(|_| Goal::Share(200.0));
            self.figure(&format!("search of 1 M, {name}, /s"), rate.per_second, scan, goal);
            self.figure(&format!("search of 1 M, {name}, p99 ms"), rate.p99, None, Some(Goal::Most(30.0)));
        }
    }

    async fn files(&mut self, installation: &Installation, server: &Server, hub: &Hub, token: &str) {
        let (export, lines) = hub.export(server).await;
        let rate = lines as f64 / export.seconds;
        let reference = if self.on_sqlite() { "sqlite3 -csv" } else { "psql COPY" };
        let raw = written(&installation.database, &installation.database.literal(hub.seeded.all.id), lines);
        self.refer(reference, raw);
        self.figure("Export of 750 k, rows/s", rate, Some(reference), Some(Goal::Share(0.7)));
        self.figure("Export, memory more, MB", export.memory, None, Some(Goal::Most(16.0)));
        let mut file = "BroadWorks ID,Enterprise ID,First Name,Last Name,Package\n".to_owned();
        (0..ROWS).for_each(|n| file += &format!("i{n}@sp.example,SP1+c{},Ann,Lee,standard\n", n % 1_000));
        let open = hub.seeded.all.clone();
        let meanwhile = Portal { host: hub.host.clone(), open, token: token.to_owned(), mails: self.mails.0.clone() };
        let writing = tokio::task::spawn_local(async move {
            meanwhile.creates(1, Duration::from_secs(5), "meanwhile".to_owned()).await
        });
        let import = hub.import(server, file).await;
        let meanwhile = writing.await.expect("others write");
        let raw = self.if_measured("raw import of 100 k, s");
        self.figure("Import of 100 k, s", import.seconds, raw, raw.map(|_| Goal::Times(1.5)));
        self.figure("Import, memory more, MB", import.memory, None, Some(Goal::Most(24.0)));
        self.figure("Import, others' writes p99 ms", meanwhile.p99, None, Some(Goal::Most(50.0)));
    }
}

/// Forms that Django has written.
async fn django_writes(django: &Neighbour) -> Rate {
    let page = Client::connect(&django.host).await.get("/", &[]).await;
    let cookie = page.cookie("csrftoken=").expect("Django's token");
    let token = cookie.trim_start_matches("csrftoken=").to_owned();
    drive(&django.host, 64, Duration::from_secs(4), 0.., async move |client: &mut Client, number: usize| {
        let (user, email) = (format!("u{number}@sp.example"), format!("u{number}@acme.example"));
        let fields = [("csrfmiddlewaretoken", token.as_str()), ("user_id", &user), ("email", &email)];
        let answer = client.form("/", &cookie, "192.0.2.1", &fields).await;
        assert!(answer.status.is_redirection(), "{}: {}", answer.status, answer.text());
    })
    .await
}

/// How many rows a second the database's own program writes as CSV.
fn written(database: &Database, template: &str, lines: usize) -> f64 {
    let query = format!(
        "SELECT s.user_id, first_name, last_name, email, package, c.sp_enterprise_id, primary_phone, mobile_phone, extension, language, \
         timezone, status, fault, s.created_at, status_changed_at FROM subscriber s JOIN customer c ON c.id = s.customer_id \
         WHERE template_id = {template} ORDER BY s.id DESC"
    );
    let mut command = match database {
        Database::Sqlite(file) => {
            let mut command = Command::new("sqlite3");
            command.args([Path::new("-readonly"), Path::new("-csv"), file.as_path(), Path::new(&query)]);
            command
        }
        Database::Postgres(url) => {
            let mut command = Command::new("psql");
            command.args(["-X", "-q", url, "-c", &format!("COPY ({query}) TO STDOUT (FORMAT csv)")]);
            command
        }
    };
    let began = Instant::now();
    let done = command.stdout(std::process::Stdio::null()).status().expect("the database's own program");
    assert!(done.success(), "{query}");
    lines as f64 / began.elapsed().as_secs_f64()
}
