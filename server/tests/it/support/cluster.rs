//! A PostgreSQL of a test's own with a standby, which takes over when the primary is lost. Every commit is at both.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use server::environment::Environment;

use super::free_port;

/// How long a server has to do what it is told.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often to look whether it has.
const LOOK: Duration = Duration::from_millis(50);
/// What is not asked of it here is to outlive its machine.
const SETTINGS: &str = "-c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=100";

/// A primary and, at times, a standby. Dropping it ends both.
pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    /// Who runs them, where they refuse to be run by whoever runs the test.
    owner: Option<String>,
    primary: Node,
    standby: Option<Node>,
}

struct Node {
    data: PathBuf,
    port: u16,
}

impl Node {
    fn url(&self) -> String {
        format!("postgres://flowthrough@127.0.0.1:{}/postgres", self.port)
    }
}

impl Cluster {
    /// One without a standby; nothing where no PostgreSQL is. `scripts/with-postgres.sh` says where it is.
    pub fn start() -> Option<Self> {
        let programs = env::var_os("FLOWTHROUGH_TEST_POSTGRES_PROGRAMS")?.into();
        let folder: PathBuf = env::var_os("FLOWTHROUGH_TEST_POSTGRES_FOLDER")?.into();
        let owner = env::var("FLOWTHROUGH_TEST_POSTGRES_OWNER").ok().filter(|owner| !owner.is_empty());
        let primary = Node { data: folder.join(new_name()), port: free_port() };
        let cluster = Self { folder, programs, owner, primary, standby: None };
        let primary = &cluster.primary;
        let authentication = ["-U", "flowthrough", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        cluster.run("initdb", &primary.data, &authentication);
        cluster.begin(primary);
        Some(cluster)
    }

    /// Where the primary is now.
    pub fn url(&self) -> String {
        self.primary.url()
    }

    /// Adds a standby, and returns once a commit waits for it.
    pub async fn add_standby(&mut self) {
        let standby = Node { data: self.folder.join(new_name()), port: free_port() };
        let port = self.primary.port.to_string();
        let from =
            ["-h", "127.0.0.1", "-p", &port, "-U", "flowthrough", "-R", "-X", "stream", "-c", "fast", "--no-sync"];
        self.run("pg_basebackup", &standby.data, &from);
        self.begin(&standby);
        self.standby = Some(standby);
        self.wait_for_standby(true).await;
        self.until("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").await;
    }

    /// The primary is gone from one moment to the next, and the standby becomes it.
    pub async fn fail_over(&mut self) {
        let standby = self.standby.take().expect("a standby");
        self.end(&self.primary);
        self.run("pg_ctl", &standby.data, &["promote", "-s", "-w"]);
        self.primary = standby;
        self.until("SELECT 1 WHERE NOT pg_is_in_recovery()").await;
        self.wait_for_standby(false).await;
    }

    /// Whether a commit waits until a standby has it.
    async fn wait_for_standby(&self, wait: bool) {
        let named = if wait { "'*'" } else { "''" };
        let connection = Database::connect(self.url()).await.unwrap();
        connection.execute_unprepared(&format!("ALTER SYSTEM SET synchronous_standby_names = {named}")).await.unwrap();
        connection.execute_unprepared("SELECT pg_reload_conf()").await.unwrap();
        connection.close().await.unwrap();
    }

    /// Returns once the primary has a row for that.
    async fn until(&self, query: &str) {
        let connection = Database::connect(self.url()).await.unwrap();
        let began = Instant::now();
        let ask = || Statement::from_string(DbBackend::Postgres, query);
        while connection.query_one_raw(ask()).await.unwrap().is_none() {
            assert!(began.elapsed() < PATIENCE, "{query}");
            tokio::time::sleep(LOOK).await;
        }
        connection.close().await.unwrap();
    }

    fn begin(&self, node: &Node) {
        let options = format!("-p {} -k {} {SETTINGS}", node.port, node.data.display());
        let log = node.data.join("log").display().to_string();
        self.run("pg_ctl", &node.data, &["start", "-s", "-w", "-l", &log, "-o", &options]);
    }

    fn end(&self, node: &Node) {
        self.run("pg_ctl", &node.data, &["stop", "-s", "-m", "immediate"]);
    }

    fn run(&self, program: &str, data: &Path, arguments: &[&str]) {
        let output = self.command(program).arg("-D").arg(data).args(arguments).output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = match &self.owner {
            Some(owner) => {
                let mut command = Command::new("runuser");
                command.args(["-u", owner, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir(&self.folder).stdout(std::process::Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for node in [Some(&self.primary), self.standby.as_ref()].into_iter().flatten() {
            let stopped =
                self.command("pg_ctl").arg("-D").arg(&node.data).args(["stop", "-s", "-m", "immediate"]).status();
            if let Err(error) = stopped {
                eprintln!("PostgreSQL at {} goes on: {error}", node.data.display());
            }
        }
    }
}

fn new_name() -> String {
    format!("cluster-{}", Environment::real().id().simple())
}
