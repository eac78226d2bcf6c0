//! What the documents show is run as it stands, with a reader's own names and secrets in the places that are left for them. Whatever is
//! not run here has a line that says who sees to it.

mod block;

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Client, Method};
use serde_json::Value;

use self::block::{
    PROOFS,
    Proof::{Call, Commands, Database, Package, Page, Prometheus, Request, Settings, Words},
    blocks, proven_by, root,
};
use crate::check::GOOD;
use crate::support::{
    Api, BroadWorks, Installation, MailServer, NameServer, ScimService, Server, free_port, on_postgres, promtool,
};

/// What an operator does on a machine of their own, by how each line begins, and what does it in a script that has one.
const PACKAGE: &[(&str, &str, &str)] = &[
    ("make release && make deb", "scripts/deb-test.sh", "scripts/deb.sh"),
    ("apt install ./flowthrough_0.1.0", "scripts/deb-lifecycle.sh", "dpkg --install /mnt/now.deb"),
    ("systemctl enable", "scripts/deb-lifecycle.sh", "documented 'systemctl enable'"),
    ("journalctl -u", "scripts/deb-lifecycle.sh", "journalctl --unit flowthrough"),
    ("cd /var/lib", "scripts/deb-lifecycle.sh", "documented 'cd '"),
    ("run() {", "scripts/deb-lifecycle.sh", "documented 'run() '"),
    ("run template add", "scripts/deb-lifecycle.sh", "documented 'run template add'"),
    ("run check", "scripts/deb-lifecycle.sh", "$(run check 2>&1)"),
    ("run backup", "scripts/deb-lifecycle.sh", "documented 'run backup'"),
    ("apt install ./flowthrough_NEXT", "scripts/deb-lifecycle.sh", "dpkg --force-confold --install /mnt/next.deb"),
];

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// What a script printed that went well.
fn run(mut script: Command, input: &str) -> String {
    let script = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = script.spawn().unwrap();
    // Whoever asks nothing has hung up.
    _ = running.stdin.take().unwrap().write_all(input.as_bytes());
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "{script:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_block_is_run_or_somebody_else_sees_to_it() {
    let blocks = blocks();
    for block in &blocks {
        assert!(block.proof().is_some(), "nobody sees to this: {block:#?}");
    }
    for row in PROOFS {
        let (document, beginning, proof) = row;
        let there = blocks.iter().any(|block| block.document == *document && block.text.starts_with(beginning));
        assert!(there, "there is no such block: {row:?}");
        // A test that is named is one.
        if let Words(words) = proof
            && let Some((file, name)) = words.split(' ').find_map(|word| word.split_once(".rs::"))
        {
            let file = root().join("server/tests").join(format!("{file}.rs"));
            assert!(fs::read_to_string(file).unwrap().contains(name), "{row:?}");
        }
    }
    let steps: Vec<_> =
        proven_by(Package).iter().flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    for step in &steps {
        let (_, script, does) = PACKAGE.iter().find(|(beginning, ..)| step.starts_with(beginning)).expect(step);
        assert!(fs::read_to_string(root().join(script)).unwrap().contains(does), "{script} does not: {step}");
    }
    for (beginning, ..) in PACKAGE {
        assert!(steps.iter().any(|step| step.starts_with(beginning)), "{beginning}");
    }
}

/// A server with a template whose addresses are trusted, a token, and a call's own names.
struct Served {
    installation: Installation,
    server: Server,
    token: String,
    provisioning_id: String,
}

impl Served {
    async fn start() -> Self {
        let installation = Installation::on_sqlite().with("FLOWTHROUGH_ALLOW_PRIVATE_WEBHOOKS", "true");
        let provisioning_id = installation.add_trusted_template(&[]);
        let token = installation.add_token();
        let server = installation.serve(&Client::new(), free_port()).await;
        Self { installation, server, token, provisioning_id }
    }

    /// A script with what a reader puts into it.
    fn own(&self, script: &str) -> String {
        script
            .replace("https://activate.example.com", &self.server.url)
            .replace("PROVISIONING_ID=…", &format!("PROVISIONING_ID={}", self.provisioning_id))
            .replace("TOKEN=…", &format!("TOKEN={}", self.token))
            .replace("\"provisioningId\": \"…\"", &format!("\"provisioningId\": \"{}\"", self.provisioning_id))
            .replace("Yjk2…", &self.provisioning_id)
    }
}

/// Whether an answer is what a document shows: `…` is any rest of a text, and a moment any moment.
fn shows(shown: &Value, answer: &Value) -> bool {
    let moment = |text: &str| text.len() == 24 && text.contains('T') && text.ends_with('Z');
    match (shown, answer) {
        (Value::String(shown), Value::String(answer)) => match shown.strip_suffix('…') {
            Some(beginning) => answer.starts_with(beginning),
            None => shown == answer || moment(shown) && moment(answer),
        },
        (Value::Array(shown), Value::Array(answer)) => {
            shown.len() == answer.len() && shown.iter().zip(answer).all(|(shown, answer)| shows(shown, answer))
        }
        (Value::Object(shown), Value::Object(answer)) => {
            let member = |(name, shown)| answer.get(name).is_some_and(|answer| shows(shown, answer));
            shown.len() == answer.len() && shown.iter().all(member)
        }
        (shown, answer) => shown == answer,
    }
}

fn documents_of(text: &str) -> Vec<Value> {
    serde_json::Deserializer::from_str(text).into_iter().map(Result::unwrap).collect()
}

/// A receiver of webhooks, which says a line for each message that it believes.
struct Receiver(Child, BufReader<std::process::ChildStdout>);

impl Receiver {
    fn start(program: &str, secret: &str, port: u16) -> Self {
        let mut command = Command::new("python3");
        command.args(["-c", program]).env("SECRET", secret).env("PORT", port.to_string());
        let mut receiver = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let printed = BufReader::new(receiver.stdout.take().unwrap());
        Self(receiver, printed)
    }

    fn hears(&mut self, words: &str) {
        let mut line = String::new();
        while line.trim() != words {
            line.clear();
            assert!(self.1.read_line(&mut line).unwrap() > 0, "the receiver ended before it heard {words}");
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_can_be_written_by_the_page() {
    let served = Served::start().await;
    let blocks = proven_by(Page);
    let port = free_port();
    // Each block's answer into a file of its own: all of them are one session of a shell.
    let mut script = String::new();
    let mut expected = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        match &*block.language {
            "sh" => script.push_str(&format!("{{\n{}}} >answer{number}\n", served.own(&block.text))),
            "json" => expected.push((number - 1, documents_of(&block.text))),
            language => assert_eq!(language, "python"),
        }
    }
    script.push_str("printf %s \"$SECRET\" >secret\n");
    let script = script.replace("https://hooks.example.com/", &format!("http://127.0.0.1:{port}/"));
    run(served.installation.shell(&script), "");
    assert!(expected.len() >= 7, "{}", expected.len());
    let answer = |name: &str| fs::read_to_string(served.installation.folder().join(name)).unwrap();
    for (number, shown) in expected {
        let answers = documents_of(&answer(&format!("answer{number}")));
        let alike =
            shown.len() == answers.len() && shown.iter().zip(&answers).all(|(shown, answer)| shows(shown, answer));
        // The address of the webhook is another one here.
        let alike = alike || shown[0]["url"].is_string() && shown[0]["events"] == answers[0]["events"];
        assert!(alike, "shown: {shown:#?}\nanswered: {answers:#?}");
    }

    let programs: Vec<_> = blocks.iter().filter(|block| block.language == "python").collect();
    let [orders, receives] = programs[..] else { panic!("{programs:?}") };
    let mut receiver = Receiver::start(&receives.text, &answer("secret"), port);
    let mut client = Command::new("python3");
    client.args(["-c", &orders.text]).env("SERVER", &served.server.url).env("TOKEN", &served.token);
    client.env("PROVISIONING_ID", &served.provisioning_id);
    assert_eq!(run(client, ""), "provisioned\n");
    receiver.hears("subscriber.provisioned 3@sp.com");
    receiver.hears("subscriber.removed 3@sp.com");
    // Whoever has no secret is not believed.
    let forged = Client::new().post(format!("http://127.0.0.1:{port}/")).header("webhook-id", "1");
    let forged = forged.header("webhook-timestamp", "1").header("webhook-signature", "v1,AAAA").body("{}");
    assert_eq!(forged.send().await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_shown_are_carried_out() {
    let served = Served::start().await;
    let adapter = served.installation.run(&["template", "adapter", &served.provisioning_id]);
    let told: Vec<_> = adapter.lines().filter_map(|line| line.split_whitespace().last()).collect();
    let url = url::Url::parse(told[0]).unwrap();
    for block in proven_by(Call) {
        let mut script = served.installation.shell(&served.own(&block.text));
        script.env("TOKEN", &served.token).env("ADAPTER_URL", format!("{}{}", served.server.url, url.path()));
        script.env("ADAPTER_USER", told[1]).env("ADAPTER_SECRET", told[2]);
        let answer: Value = serde_json::from_str(&run(script, "")).unwrap();
        assert!(answer["id"].is_string() && answer["firstName"].is_string(), "{block:#?}: {answer}");
    }
    let api = Api::new(&served.server.url, served.token.clone());
    let users = api.subscribers().await;
    assert_eq!(users.len(), 2, "{users:?}");
    for block in proven_by(Request) {
        let text = served.own(&block.text).replace("Y2lz…", users[0]["id"].as_str().unwrap());
        let (line, rest) = text.split_once('\n').unwrap();
        let (method, path) = line.split_once(' ').unwrap();
        let (head, body) = rest.split_once("\n\n").unwrap_or(("Content-Type: application/json", rest));
        let (name, value) = head.split_once(": ").unwrap();
        let request = Client::new().request(method.parse::<Method>().unwrap(), format!("{}{path}", served.server.url));
        let request = request.bearer_auth(&served.token).header(name, value).body(body.to_owned());
        let answer = request.send().await.unwrap();
        let (status, answer) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success() && answer.contains("\"id\""), "{block:#?}: {status} {answer}");
    }
}

/// Commands that are not run here, and why.
const NOT_RUN: &[(&str, &str)] =
    &[("flowthrough serve ", "it ends when it is told to: every other test of a server runs it")];

/// As a sender of whose domain all is said that should be.
fn sends(installation: Installation, mails: &MailServer, names: &NameServer) -> Installation {
    names.say(GOOD);
    installation
        .with("FLOWTHROUGH_SMTP_URL", &mails.url)
        .with("FLOWTHROUGH_EHLO", "activate.example.com")
        .with("FLOWTHROUGH_MAIL_FROM", "activation@sp.example")
        .with("FLOWTHROUGH_NAMESERVER", &names.address)
}

/// An operator's machine, on which everything that `flowthrough check` looks for is there.
struct Machine {
    installation: Installation,
    server: Option<Server>,
    broadworks: BroadWorks,
    /// Of the template that was made last.
    provisioning_id: String,
    /// Of one that stays.
    other: String,
    /// What the target `webex` leads to.
    _vendor: Server,
}

impl Machine {
    async fn new((mails, names): (&MailServer, &NameServer), scim: &ScimService) -> Self {
        let broadworks = BroadWorks::start().await;
        let vendor = Installation::on_sqlite();
        let vendors_token = vendor.add_token();
        let vendor = vendor.serve(&Client::new(), free_port()).await;
        let installation = sends(Installation::on_sqlite(), mails, names)
            .with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true")
            .with("FLOWTHROUGH_SCIM_URL", scim.settings().0)
            .with("FLOWTHROUGH_SCIM_TOKEN", scim.settings().1)
            .with("FLOWTHROUGH_WEBEX_URL", &format!("{}/v1", vendor.url))
            .with("FLOWTHROUGH_WEBEX_TOKEN", &vendors_token);
        let add = ["template", "add", "Other", "--trusted-emails", "--xsi-url", broadworks.settings().0];
        let other = installation.run(&add).split_whitespace().nth(2).unwrap().to_owned();
        installation.add_administrator("boss@example.com");
        let users = "BroadWorks ID,First Name,Last Name,Enterprise ID,Email\nann@sp.example,Ann,Lee,SP1+acme,ann@acme.example\n";
        let users = installation.file("users.csv", users);
        installation.run(&["import", &users, "--provisioning-id", &other]);
        for folder in ["etc/bash_completion.d", "usr/local/share/man/man1", "var/backups"] {
            fs::create_dir_all(installation.folder().join(folder)).unwrap();
        }
        let mut machine =
            Self { installation, server: None, broadworks, provisioning_id: other.clone(), other, _vendor: vendor };
        machine.serve().await;
        machine
    }

    /// Serves, until Ann has her account.
    async fn serve(&mut self) {
        self.server = Some(self.installation.serve(&Client::new(), free_port()).await);
        let began = Instant::now();
        while !self.installation.run(&["user", "show", "ann@sp.example"]).contains("provisioned") {
            assert!(began.elapsed() < Duration::from_secs(60));
            tokio::task::yield_now().await;
        }
    }

    fn own(&self, line: &str) -> String {
        let folder = self.installation.folder().display().to_string();
        line.replace("https://xsp.example.com", self.broadworks.settings().0)
            .replace(" URL ", &format!(" {} ", self.broadworks.settings().0))
            .replace("<provisioning id there>", "0190")
            .replace("--provisioning-id ID", &format!("--provisioning-id {}", self.other))
            .replace("PROVISIONING_ID", &self.provisioning_id)
            .replace(" /etc/", &format!(" {folder}/etc/"))
            .replace(" /usr/", &format!(" {folder}/usr/"))
            .replace(" /var/", &format!(" {folder}/var/"))
    }

    async fn do_as_shown(&mut self, line: &str) {
        // Nothing is restored while a server runs.
        let restores = line.starts_with("flowthrough restore");
        if restores {
            self.server = None;
        }
        // What is asked for is typed: her id once more, or a secret.
        let told = run(self.installation.shell(&self.own(line)), "ann@sp.example");
        if let Some(made) = told.lines().find_map(|line| line.strip_prefix("provisioning id ")) {
            self.provisioning_id = made.trim().to_owned();
        }
        if restores {
            self.serve().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_are_shown_do_what_they_say() {
    let (Some(mails), Some(scim), Some(names)) = (MailServer::find(), ScimService::find(), NameServer::start()) else {
        return;
    };
    let blocks = proven_by(Commands);
    let mut documents: Vec<_> = blocks.iter().map(|block| &block.document).collect();
    documents.dedup();
    let mut skipped = 0;
    for document in documents {
        let mut machine = Machine::new((&mails, &names), &scim).await;
        for line in blocks.iter().filter(|block| block.document == *document).flat_map(|block| block.text.lines()) {
            assert!(line.starts_with("flowthrough "), "{document}: {line}");
            if NOT_RUN.iter().any(|(beginning, _)| line.starts_with(beginning)) {
                skipped += 1;
            } else {
                machine.do_as_shown(line).await;
            }
        }
    }
    assert_eq!(skipped, NOT_RUN.len());
}

#[test]
fn a_damaged_log_is_cut_as_is_shown() {
    let block = proven_by(Database).into_iter().find(|block| block.text.starts_with("sqlite3 ")).unwrap();
    let installation = Installation::on_sqlite();
    let made = installation.add_trusted_template(&[]);
    run(installation.shell(&format!("mkdir copies; cp flowthrough.db* copies/; cd copies\n{}", block.text)), "");
    assert!(installation.run(&["template", "list"]).contains(&made));
}

#[test]
fn postgresql_is_copied_as_is_shown() {
    on_postgres(async |url| {
        let block = proven_by(Database).into_iter().find(|block| block.text.starts_with("pg_dump ")).unwrap();
        let (Some(mails), Some(names)) = (MailServer::find(), NameServer::start()) else { return };
        let broadworks = BroadWorks::start().await;
        let installation = sends(Installation::on(url), &mails, &names).with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true");
        installation.run(&["template", "add", "Users", "--xsi-url", broadworks.settings().0]);
        let name = url.rsplit('/').next().unwrap().split('?').next().unwrap();
        let restored = url.replacen(name, &format!("{name}_restored"), 1);
        let own = block
            .text
            .replace("postgres://flowthrough@db.example/flowthrough", url)
            .replace("postgres://flowthrough@db.example/restored", &restored);
        let database = |what: &str| format!("psql --quiet --command '{what} DATABASE \"{name}_restored\"' \"{url}\"\n");
        run(installation.shell(&database("CREATE")), "");
        let mut script = installation.shell(&own);
        script.env("FLOWTHROUGH_DATABASE_URL", &restored);
        let told = run(script, "");
        // What was restored has the template, and nothing that does not add up.
        assert!(told.contains("templates with it: 1") && !told.contains("\nproblem"), "{told}");
        run(installation.shell(&database("DROP")), "");
    });
}

#[test]
fn prometheus_takes_the_settings_that_are_shown() {
    let Some(promtool) = promtool() else { return };
    for block in proven_by(Prometheus) {
        let mut file = tempfile::NamedTempFile::with_suffix(".yml").unwrap();
        file.write_all(block.text.as_bytes()).unwrap();
        let mut command = Command::new(&promtool);
        command.args(["check", "config"]).arg(file.path());
        run(command, "");
    }
}

#[test]
fn settings_that_are_shown_can_be_read() {
    for block in proven_by(Settings) {
        let installation = Installation::on_sqlite();
        let file = installation.file("flowthrough.toml", &block.text);
        let installation = installation.with("FLOWTHROUGH_CONFIG", &file);
        run(installation.shell("flowthrough migrate"), "");
        // One that nobody knows is told.
        installation.file("flowthrough.toml", &block.text.replacen(" = ", "x = ", 1));
        assert!(!installation.try_run(&["migrate"]).status.success());
    }
}
