//! `flowthrough --server … users list`, `retry` and `delete`: what an operator's script does with many users of a server.

use std::{collections::HashMap, time::Duration};

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    Failure,
    admin::read_line,
    remote::{Server, plain},
};
use crate::{
    config::ConfigError,
    provisioning::bulk::{FORBID, MOST},
};

const PATH: &str = "/v1/broadworks/subscribers";
/// How often to ask how far a job is.
const LOOK: Duration = Duration::from_millis(500);

/// Look after many users, by a server's REST API (`--server`).
#[derive(Subcommand)]
pub enum Users {
    /// List users, one a line: BroadWorks id, status and since when, package, customer, and what is wrong
    List {
        #[command(flatten)]
        which: Which,
        /// Print each user as a JSON object, as the API shows it
        #[arg(long)]
        json: bool,
    },
    /// Try again to provision users, as they are
    Retry {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        how: How,
    },
    /// Delete users and their accounts; they may onboard again
    Delete {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        how: How,
        /// They may not onboard again until somebody adds them
        #[arg(long)]
        forbid: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Who is meant.
#[derive(Args)]
pub struct Which {
    /// A filter as the hub's search takes it, such as: status:error code:41007 'stuck:>3d' customer:"Acme Ltd"
    filter: Vec<String>,
}

/// How it is done.
#[derive(Args)]
pub struct How {
    /// Everybody, where there is no filter
    #[arg(long, conflicts_with = "filter")]
    all: bool,
    /// Only list whom it would be done for
    #[arg(long)]
    dry_run: bool,
}

/// A user, as far as it is shown here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    id: String,
    user_id: String,
    sp_enterprise_id: String,
    package: String,
    status: String,
    last_status_change: String,
    #[serde(default)]
    errors: Vec<Error>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Error {
    error_code: u32,
    description: String,
}

#[derive(Deserialize)]
struct Job {
    id: String,
    status: String,
    accepted: u64,
    unchanged: u64,
    refused: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    subscriber_id: Option<String>,
    #[serde(default)]
    errors: Vec<Error>,
}

pub(super) async fn run(command: &Users, server: &Server) -> Result<(), Failure> {
    match command {
        Users::List { which, json: true } => {
            server.list::<Value>(PATH, &which.filters(), |user| println!("{user}")).await
        }
        Users::List { which, json: false } => {
            server.list::<User>(PATH, &which.filters(), |user| println!("{user}")).await
        }
        Users::Retry { which, how } => {
            let users = how.users(which, server).await?;
            if how.dry_run { Ok(()) } else { done(server, &users, "retry", &json!({})).await }
        }
        Users::Delete { which, how, forbid, yes } => {
            let users = how.users(which, server).await?;
            if how.dry_run || users.is_empty() {
                return Ok(());
            }
            if !yes {
                eprintln!("{} will be deleted at {}. Type how many:", people(users.len()), server.address());
                if read_line()?.trim() != users.len().to_string() {
                    return Err(Failure::Other("nobody was deleted".to_owned()));
                }
            }
            let with = if *forbid { json!({ FORBID: true }) } else { json!({}) };
            done(server, &users, "delete", &with).await
        }
    }
}

impl Which {
    /// The filter as one text, for the server to read.
    fn filters(&self) -> [(&'static str, String); 1] {
        [("filter", self.filter.join(" "))]
    }
}

impl How {
    /// Whom it is done for; a dry run lists them.
    async fn users(&self, which: &Which, server: &Server) -> Result<Vec<User>, Failure> {
        if which.filter.iter().all(|word| word.trim().is_empty()) && !self.all {
            return Err(ConfigError {
                name: "FILTER".to_owned(),
                wrong: "missing".to_owned(),
                fix: "Say who is meant, such as status:error, or --all for everybody.".to_owned(),
            }
            .into());
        }
        let mut users = Vec::new();
        server.list::<User>(PATH, &which.filters(), |user| users.push(user)).await?;
        if self.dry_run {
            users.iter().for_each(|user| println!("{user}"));
            eprintln!("{}. Nothing was changed.", people(users.len()));
        } else if users.is_empty() {
            eprintln!("Nobody fits. Nothing was changed.");
        }
        Ok(users)
    }
}

/// Has it done for all of them, waits until it is, and says for whom it was not.
async fn done(server: &Server, users: &[User], action: &str, with: &Value) -> Result<(), Failure> {
    let names: HashMap<_, _> = users.iter().map(|user| (user.id.as_str(), user.user_id.as_str())).collect();
    let mut refused = 0;
    for users in users.chunks(MOST) {
        let row = |user: &User| {
            let mut row = with.clone();
            row["id"] = json!(user.id);
            row
        };
        let rows: Vec<_> = users.iter().map(row).collect();
        let asked = json!({ "action": action, "rows": rows });
        let mut job: Job = server.post(&format!("{PATH}/bulk"), &asked).await?;
        while job.status == "running" {
            sleep(LOOK).await;
            job = server.get(&format!("{PATH}/bulk/{}", job.id)).await?;
        }
        let rows = format!("{PATH}/bulk/{}/rows", job.id);
        let tell = |row: Row| {
            let who = row.subscriber_id.as_deref().and_then(|id| names.get(id)).copied().unwrap_or("somebody");
            eprintln!("{}  {}", plain(who), Error::all(&row.errors));
        };
        server.list::<Row>(&rows, &[("outcome", "refused".to_owned())], tell).await?;
        println!("{} accepted, {} unchanged, {} refused", job.accepted, job.unchanged, job.refused);
        if job.status != "finished" {
            return Err(Failure::Other(format!("job {} was {}", job.id, plain(&job.status))));
        }
        refused += job.refused;
    }
    if refused == 0 { Ok(()) } else { Err(Failure::Other(format!("{refused} of {} refused", users.len()))) }
}

fn people(many: usize) -> String {
    if many == 1 { "1 user".to_owned() } else { format!("{many} users") }
}

impl std::fmt::Display for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { user_id, status, last_status_change, package, sp_enterprise_id, errors, .. } = self;
        let line = [user_id, status, last_status_change, package, sp_enterprise_id].map(|part| plain(part)).join("  ");
        let errors = if errors.is_empty() { String::new() } else { format!("  {}", Error::all(errors)) };
        write!(f, "{line}{errors}")
    }
}

impl Error {
    fn all(errors: &[Self]) -> String {
        let said = errors.iter().map(|error| format!("{} {}", error.error_code, plain(&error.description)));
        said.collect::<Vec<_>>().join("  ")
    }
}
