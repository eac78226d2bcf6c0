//! The two databases, as their own tools speak to them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use rusqlite::Connection;
use uuid::Uuid;

/// A database of the run's own.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// An address.
    Postgres(String),
}

impl Database {
    /// An empty one of this kind; `postgres` at the server that `FLOWTHROUGH_TEST_POSTGRES` names.
    pub fn create(kind: &str, folder: &Path) -> Self {
        if kind == "sqlite" {
            return Self::Sqlite(folder.join("flowthrough.db"));
        }
        let server =
            std::env::var("FLOWTHROUGH_TEST_POSTGRES").expect("FLOWTHROUGH_TEST_POSTGRES: scripts/with-postgres.sh");
        let folder = folder.file_name().expect("a folder's name").to_string_lossy();
        let name: String = folder.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        Self::Postgres(server.clone()).run(&format!("CREATE DATABASE {name}"));
        let (place, _) = server.rsplit_once('/').expect("an address with a database");
        Self::Postgres(format!("{place}/{name}"))
    }

    /// What the server calls it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(file) => format!("sqlite:{}", file.display()),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// A connection to the file.
    pub fn connect(file: &Path) -> Connection {
        let connection = Connection::open(file).expect("a database");
        connection.busy_timeout(std::time::Duration::from_secs(10)).expect("a database");
        connection
    }

    /// Runs statements.
    pub fn run(&self, sql: &str) {
        match self {
            Self::Sqlite(file) => {
                Self::connect(file).execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}"))
            }
            Self::Postgres(url) => _ = psql(url, sql),
        }
    }

    /// The id that a query returns.
    pub fn id(&self, sql: &str) -> Uuid {
        match self {
            Self::Sqlite(file) => {
                let id = Self::connect(file).query_row(sql, [], |row| row.get::<_, Vec<u8>>(0)).expect("a row");
                Uuid::from_slice(&id).expect("an id")
            }
            Self::Postgres(url) => psql(url, sql).trim().parse().expect("an id"),
        }
    }

    /// The number that a query returns.
    pub fn number(&self, sql: &str) -> i64 {
        match self {
            Self::Sqlite(file) => Self::connect(file).query_row(sql, [], |row| row.get(0)).expect("a row"),
            Self::Postgres(url) => psql(url, sql).trim().parse().expect("a number"),
        }
    }

    /// How many MB it takes.
    pub fn size(&self) -> f64 {
        let bytes = self.number(match self {
            Self::Sqlite(_) => "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            Self::Postgres(_) => "SELECT pg_database_size(current_database())",
        });
        bytes as f64 / 1e6
    }

    /// An id as a statement names it.
    pub fn literal(&self, id: Uuid) -> String {
        match self {
            Self::Sqlite(_) => format!("x'{}'", id.simple()),
            Self::Postgres(_) => format!("'{id}'::uuid"),
        }
    }
}

fn psql(url: &str, sql: &str) -> String {
    let command = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url];
    let output = Command::new("psql").args(command).output().expect("psql");
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
