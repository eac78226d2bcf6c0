//! The program that users run, in a folder of its own, on a database of its own.

use std::{
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use tokio::net::TcpStream;
use uuid::Uuid;

use crate::{client::Client, database::Database};

/// Under which name and password the administrator signs in.
const ADMINISTRATOR: &str = "admin@sp.example";

/// A folder with its settings and its database.
pub struct Installation {
    /// Where its data are.
    pub database: Database,
    folder: tempfile::TempDir,
    binary: PathBuf,
    host: String,
    settings: Vec<(&'static str, String)>,
}

/// A template of it.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its id.
    pub id: Uuid,
    /// What a client of the API names it by.
    pub provisioning_id: String,
    /// The token of its share link.
    pub share: String,
}

impl Installation {
    /// An empty one, with the settings of a server that meets this mail server and takes as many calls as it can.
    pub fn new(database: &str, mails: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("flowthrough-bench.").tempdir().expect("a folder");
        let database = Database::create(database, folder.path());
        let host = free();
        let settings = vec![
            ("FLOWTHROUGH_DATABASE_URL", database.url()),
            ("FLOWTHROUGH_LISTEN", host.clone()),
            ("FLOWTHROUGH_PUBLIC_URL", format!("http://{host}")),
            ("FLOWTHROUGH_HOSTS", "127.0.0.1".to_owned()),
            ("FLOWTHROUGH_LOG", "error".to_owned()),
            ("FLOWTHROUGH_API_CALLS", "100000000".to_owned()),
            ("FLOWTHROUGH_TRUST_PROXY", "1".to_owned()),
            ("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true".to_owned()),
            ("FLOWTHROUGH_SMTP_URL", mails.to_owned()),
            ("FLOWTHROUGH_CODE_KEYS", "bench".repeat(10)),
        ];
        let binary =
            std::env::var_os("FLOWTHROUGH_BINARY").map_or_else(|| "target/release/flowthrough".into(), PathBuf::from);
        let binary = std::fs::canonicalize(binary).expect("the release");
        Self { database, folder, binary, host, settings }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).current_dir(self.folder.path());
        // What is said to this program is no setting of the server.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FLOWTHROUGH_")) {
            command.env_remove(name);
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end, whatever that is.
    pub async fn try_run(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        // It may ask BroadWorks, which this thread plays.
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread");
        output.expect("the release runs")
    }

    /// Runs a command to its good end. Returns what it printed.
    pub async fn run(&self, arguments: &[&str]) -> String {
        let output = self.try_run(arguments).await;
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Adds a template.
    pub async fn add_template(&self, name: &str, more: &[&str]) -> Template {
        let told = self.run(&[&["template", "add", name], more].concat()).await;
        let last = |line: &str| line.rsplit([' ', '/']).next().unwrap_or_default().to_owned();
        let told: Vec<_> = told.lines().map(last).collect();
        let id = self.database.id(&format!("SELECT id FROM template WHERE name = '{name}'"));
        Template { id, provisioning_id: told[0].clone(), share: told[1].clone() }
    }

    /// Adds a token of the API.
    pub async fn add_token(&self) -> String {
        self.run(&["token", "add"]).await.trim().to_owned()
    }

    /// Starts a server and waits until it is ready. Returns it and how many milliseconds that took.
    pub async fn serve(&self) -> (Server, f64) {
        self.serve_at(self.host.clone()).await
    }

    /// Starts another server on the same database.
    pub async fn serve_beside(&self) -> Server {
        self.serve_at(free()).await.0
    }

    async fn serve_at(&self, host: String) -> (Server, f64) {
        let began = Instant::now();
        let mut command = self.command(&["serve"]);
        command.env("FLOWTHROUGH_LISTEN", &host).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Server { child: command.spawn().expect("the release runs"), host };
        while !server.is_ready().await {
            assert!(began.elapsed() < Duration::from_secs(60), "the server does not get ready");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        (server, began.elapsed().as_secs_f64() * 1e3)
    }

    /// The cookie of an administrator who is signed in to the hub of this server.
    pub async fn sign_in(&self, server: &Server) -> String {
        let told = self.run(&["admin", "add", ADMINISTRATOR]).await;
        let password = told.lines().find_map(|line| line.strip_prefix("password")).expect("a password").trim();
        let fields = [("email", ADMINISTRATOR), ("password", password), ("next", "/hub")];
        let answer = Client::connect(&server.host).await.form("/api/hub/sign-in", "", "192.0.2.1", &fields).await;
        answer.cookie("ft_hub=").expect("a session")
    }
}

/// A running server. Dropping it ends it.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub host: String,
}

impl Server {
    async fn is_ready(&self) -> bool {
        if TcpStream::connect(&self.host).await.is_err() {
            return false;
        }
        Client::connect(&self.host).await.send("GET", "/readyz", &[], String::new()).await.status.is_success()
    }

    /// What it has of the machine's memory, in MB: now (`VmRSS`) or at the most so far (`VmHWM`).
    pub fn memory(&self, field: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("Linux");
        let number = line.trim_matches(|c: char| !c.is_ascii_digit());
        number.parse::<f64>().expect("a number") / 1_024.0
    }

    /// Forgets how much memory it had at the most so far.
    pub fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").expect("Linux");
    }

    /// Ends it as an operator would.
    pub fn stop(mut self) {
        _ = Command::new("kill").arg(self.child.id().to_string()).status();
        _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Where nobody listens yet.
pub fn free() -> String {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    free.expect("a port").to_string()
}
