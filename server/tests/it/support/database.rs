//! A fresh database per test, gone afterwards.

use std::{
    env, fs,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::PathBuf,
};

use sea_orm::{ConnectionTrait as _, Database as Connect};
use server::environment::Environment;
use tokio::runtime::{Builder, Runtime};

use super::World;

const POSTGRES: &str = "FLOWTHROUGH_TEST_POSTGRES";
const REQUIRED: &str = "FLOWTHROUGH_TEST_POSTGRES_REQUIRED";

/// Runs a test once per kind of database, each time in a fresh [`World`].
pub fn for_each_database(test: impl AsyncFn(World)) {
    for_each_empty_database(async |url: &str| test(World::new(url).await).await);
}

/// Runs a test on a fresh PostgreSQL schema, given its URL; does nothing where no PostgreSQL is.
pub fn on_postgres(test: impl AsyncFn(&str)) {
    for_each_empty_database(async |url: &str| {
        if url.starts_with("postgres") {
            test(url).await;
        }
    });
}

/// Runs a test once per kind of database, given the URL of a fresh one.
pub fn for_each_empty_database(test: impl AsyncFn(&str)) {
    for database in databases() {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            runtime().block_on(async { test(&database.url()).await });
        }));
        database.discard();
        if let Err(panic) = outcome {
            eprintln!("this failed on {}", database.kind());
            resume_unwind(panic);
        }
    }
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

enum Database {
    Sqlite(PathBuf),
    Postgres { server: String, schema: String },
}

fn databases() -> Vec<Database> {
    let name = format!("flowthrough_test_{}", Environment::real().id().simple());
    let folder = env::temp_dir().join(&name);
    fs::create_dir(&folder).unwrap();
    let mut databases = vec![Database::Sqlite(folder)];
    match env::var(POSTGRES).ok().filter(|server| !server.is_empty()) {
        Some(server) => {
            let database = Database::Postgres { server, schema: name };
            database.ask("CREATE SCHEMA");
            databases.push(database);
        }
        None => assert!(env::var(REQUIRED).is_err(), "{REQUIRED} is set, {POSTGRES} is not"),
    }
    databases
}

impl Database {
    fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.join("flowthrough.db").display()),
            Self::Postgres { server, schema } => format!("{server}?options[search_path]={schema}"),
        }
    }

    fn discard(&self) {
        match self {
            Self::Sqlite(folder) => fs::remove_dir_all(folder).unwrap(),
            Self::Postgres { .. } => self.ask("DROP SCHEMA"),
        }
    }

    /// Creates or drops the schema, over a connection of its own.
    fn ask(&self, verb: &str) {
        let Self::Postgres { server, schema } = self else { return };
        let cascade = if verb == "DROP SCHEMA" { "CASCADE" } else { "" };
        runtime().block_on(async {
            let connection = Connect::connect(server).await.unwrap_or_else(|error| panic!("{POSTGRES}: {error}"));
            connection.execute_unprepared(&format!("{verb} {schema} {cascade}")).await.unwrap();
            connection.close().await.unwrap();
        });
    }
}
