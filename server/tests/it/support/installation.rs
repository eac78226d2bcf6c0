//! The real server: the binary that users run, in a folder of its own.

use std::{
    io::Write as _,
    net::TcpListener,
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::Client;
use server::{live::Live, store::Store};

/// How long a server may take to get ready.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a server says, in its folder.
const LOG: &str = "log";
/// How often to look whether it is.
const LOOK: Duration = Duration::from_millis(10);

/// A folder with its settings, in which servers run: one on SQLite, several on PostgreSQL.
pub struct Installation {
    folder: tempfile::TempDir,
    descriptors: Option<usize>,
    socket: Option<TcpListener>,
    settings: Vec<(&'static str, String)>,
    binary: String,
    logged: bool,
}

impl Installation {
    /// On a SQLite database in the folder.
    pub fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("flowthrough.db").display());
        let settings = vec![("FLOWTHROUGH_LOG", "error".to_owned())];
        Self { folder, descriptors: None, socket: None, settings, binary: this_version(), logged: false }
            .with("FLOWTHROUGH_DATABASE_URL", &database)
    }

    /// On this database.
    pub fn on(database_url: &str) -> Self {
        Self::on_sqlite().with("FLOWTHROUGH_DATABASE_URL", database_url)
    }

    /// With this setting.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.retain(|(other, _)| *other != name);
        self.settings.push((name, value.to_owned()));
        self
    }

    /// By which binary commands and servers run from now on; by default, this version's.
    pub fn run_by(&mut self, binary: Option<&str>) {
        self.binary = binary.map_or_else(this_version, str::to_owned);
    }

    /// In which a process may have no more than so many files and connections open.
    pub fn with_descriptors(self, many: usize) -> Self {
        Self { descriptors: Some(many), ..self }
    }

    /// Whose servers' logs are kept ([`Installation::says`]).
    pub fn logged(self) -> Self {
        Self { logged: true, ..self }
    }

    /// Returns the rest of the log from its first line with these words on, once a server has said them.
    pub async fn says(&self, words: &str) -> String {
        let began = Instant::now();
        loop {
            let log = std::fs::read_to_string(self.folder().join(LOG)).unwrap_or_default();
            if let Some((_, rest)) = log.split_once(words) {
                return rest.to_owned();
            }
            assert!(began.elapsed() < PATIENCE, "nobody says {words:?}: {log}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Whose servers are given this socket, as systemd gives it: as descriptor 3, with the process's own id.
    pub fn activated_by(self, socket: TcpListener) -> Self {
        Self { socket: Some(socket), ..self }
    }

    /// Where its database is.
    pub fn database_url(&self) -> &str {
        self.settings.iter().find(|(name, _)| *name == "FLOWTHROUGH_DATABASE_URL").map_or("", |(_, value)| value)
    }

    /// Where mails go.
    pub fn outbox(&self) -> std::path::PathBuf {
        self.folder().join("data/outbox")
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let binary = &self.binary;
        let limits = [
            self.descriptors.map(|many| format!("ulimit -n {many}")),
            self.socket.as_ref().map(|_| "exec 3<&0 </dev/null && export LISTEN_FDS=1 LISTEN_PID=$$".to_owned()),
        ];
        let mut shell = limits.into_iter().flatten().collect::<Vec<_>>();
        let mut command = if shell.is_empty() {
            Command::new(binary)
        } else {
            shell.push("exec \"$0\" \"$@\"".to_owned());
            let mut command = Command::new("sh");
            command.args(["-c", &shell.join(" && "), binary]);
            command
        };
        command.args(arguments);
        if let Some(socket) = &self.socket {
            command.stdin(OwnedFd::from(socket.try_clone().unwrap()));
        }
        self.place(&mut command);
        command
    }

    /// A shell in its folder, with its settings, that finds the program by its name.
    pub fn shell(&self, script: &str) -> Command {
        let programs = self.folder().join("bin");
        if !programs.exists() {
            std::fs::create_dir(&programs).unwrap();
            std::os::unix::fs::symlink(&self.binary, programs.join("flowthrough")).unwrap();
        }
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", script]).env("PATH", path);
        self.place(&mut command);
        command
    }

    fn place(&self, command: &mut Command) {
        command.current_dir(self.folder());
        // What is said to the tests is no setting of the server.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FLOWTHROUGH_")) {
            command.env_remove(name);
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
    }

    /// Runs a command to its end.
    pub fn try_run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command to its end that prints into this.
    pub fn run_into(&self, arguments: &[&str], output: Stdio) -> Output {
        self.command(arguments).stdout(output).output().unwrap()
    }

    /// Runs a command to its end that is given this on standard input.
    pub fn pipe(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Whoever has heard enough hangs up.
        _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Runs a command to its good end and answers what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.try_run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Adds a template whose addresses the partner vouches for; answers its provisioning id.
    pub fn add_trusted_template(&self, more: &[&str]) -> String {
        let add = ["template", "add", "Trusted", "--trusted-emails", "--xsi-url", "https://xsp.example"];
        let made = self.run(&[&add, more].concat());
        made.lines().next().unwrap().split_whitespace().last().unwrap().to_owned()
    }

    /// Adds an administrator and answers the password.
    pub fn add_administrator(&self, email: &str) -> String {
        let told = self.run(&["admin", "add", email]);
        told.lines().find_map(|line| line.strip_prefix("password")).unwrap().trim().to_owned()
    }

    /// Its database.
    pub async fn store(&self) -> Store {
        Store::connect(self.database_url(), Live::default()).await.unwrap()
    }

    /// Writes a file into the folder and answers its path.
    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// Adds an access token for the API.
    pub fn add_token(&self) -> String {
        self.run(&["token", "add"]).trim().to_owned()
    }

    /// Starts a server on this port and waits until it is ready.
    pub async fn serve(&self, client: &Client, port: u16) -> Server {
        let server = self.start(port);
        server.ready(client).await;
        server
    }

    /// Starts a server on this port.
    pub fn start(&self, port: u16) -> Server {
        let log = || std::fs::File::options().create(true).append(true).open(self.folder().join(LOG)).unwrap();
        let log = if self.logged { log().into() } else { Stdio::inherit() };
        self.start_into(port, Stdio::piped(), log)
    }

    /// The same, what it prints and its log to there.
    pub fn start_into(&self, port: u16, printed: Stdio, log: Stdio) -> Server {
        let listen = format!("127.0.0.1:{port}");
        let mut command = self.command(&["serve"]);
        command.env("FLOWTHROUGH_LISTEN", &listen).stdout(printed).stderr(log);
        Server { child: command.spawn().unwrap(), url: format!("http://{listen}") }
    }
}

/// The figures are those of the release.
fn this_version() -> String {
    std::env::var("FLOWTHROUGH_TEST_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_flowthrough").to_owned())
}

/// A port on which nobody listens, and that no other test is given. It is none of those that the system hands out by itself, to
/// whoever connects or listens without naming one: such a port would be somebody else's by the time that a server has started.
pub fn free_port() -> u16 {
    static NEXT: LazyLock<AtomicU16> =
        LazyLock::new(|| AtomicU16::new(10_000 + u16::try_from(std::process::id() % 9_000).unwrap()));
    loop {
        let port = NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A running server. Dropping it kills it.
pub struct Server {
    child: Child,
    pub url: String,
}

/// What a process has of the machine's memory, in MiB.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Now.
    pub now: u64,
    /// At the most so far.
    pub peak: u64,
}

impl Server {
    /// Its memory, as the kernel counts it.
    pub fn memory(&self) -> Memory {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
        };
        Memory { now: field("VmRSS"), peak: field("VmHWM") }
    }

    /// Returns when it says that it can do its work.
    pub async fn ready(&self, client: &Client) {
        let began = Instant::now();
        let ready = async || client.get(format!("{}/readyz", self.url)).send().await;
        while !ready().await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(began.elapsed() < PATIENCE, "the server {} does not get ready", self.url);
            tokio::time::sleep(LOOK).await;
        }
    }

    /// What its operating system knows it by.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end. Returns how long that took, or nothing if it is not in sight.
    pub async fn end(&mut self) -> Option<Duration> {
        let began = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            if began.elapsed() > PATIENCE {
                return None;
            }
            tokio::time::sleep(LOOK).await;
        }
        Some(began.elapsed())
    }

    /// What it printed, once it is dead.
    pub fn printed(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut printed = String::new();
        std::io::Read::read_to_string(self.child.stdout.as_mut().unwrap(), &mut printed).unwrap();
        printed
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
