//! A fresh database per test, gone afterwards.
//!
//! Two dozen migrations a test would be most of what the tests do. So they are made once, and each test that wants a
//! [`World`] begins with a copy.

use std::{
    env, fs,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::LazyLock,
};

use sea_orm::{ConnectionTrait as _, Database as Connect};
use server::environment::Environment;
use tokio::runtime::{Builder, Runtime};

use super::{Installation, World};

const POSTGRES: &str = "FLOWTHROUGH_TEST_POSTGRES";
const REQUIRED: &str = "FLOWTHROUGH_TEST_POSTGRES_REQUIRED";

/// The file of a migrated database.
static MIGRATED_FILE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(folder.path());
    Installation::on(&format!("sqlite:{}", file.display())).run(&["migrate"]);
    // A process that ends leaves some of it in the WAL now and then.
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    connection.close().unwrap();
    fs::read(file).unwrap()
});

/// The name of a migrated database at the server of the tests, with which it ends.
static MIGRATED_DATABASE: LazyLock<String> = LazyLock::new(|| {
    let database = Database::postgres().unwrap();
    database.create();
    Installation::on(&database.url()).run(&["migrate"]);
    let Database::Postgres { name, .. } = database else { unreachable!("it is PostgreSQL's") };
    name
});

/// Runs a test once per kind of database, each time in a fresh [`World`].
pub fn for_each_database(test: impl AsyncFn(World)) {
    for_each(Database::migrated, async |url| test(World::new(url).await).await);
}

/// Runs a test on a fresh PostgreSQL database, given its URL; does nothing where no PostgreSQL is.
pub fn on_postgres(test: impl AsyncFn(&str)) {
    for_each_empty_database(async |url: &str| {
        if url.starts_with("postgres") {
            test(url).await;
        }
    });
}

/// Runs a test once per kind of database, given the URL of a fresh one.
pub fn for_each_empty_database(test: impl AsyncFn(&str)) {
    for_each(Database::create, test);
}

fn for_each(begin: impl Fn(&Database), test: impl AsyncFn(&str)) {
    for database in databases() {
        begin(&database);
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

fn databases() -> Vec<Database> {
    let postgres = Database::postgres();
    assert!(postgres.is_some() || env::var(REQUIRED).is_err(), "{REQUIRED} is set, {POSTGRES} is not");
    [Some(Database::sqlite()), postgres].into_iter().flatten().collect()
}

enum Database {
    /// In this folder.
    Sqlite(PathBuf),
    Postgres {
        server: String,
        name: String,
    },
}

impl Database {
    fn sqlite() -> Self {
        let folder = env::temp_dir().join(new_name());
        fs::create_dir(&folder).unwrap();
        Self::Sqlite(folder)
    }

    fn postgres() -> Option<Self> {
        let server = env::var(POSTGRES).ok().filter(|server| !server.is_empty())?;
        Some(Self::Postgres { server, name: new_name() })
    }

    /// Begins empty; of SQLite's, there is no file yet.
    fn create(&self) {
        self.ask("CREATE DATABASE", "");
    }

    /// Begins with the schema.
    fn migrated(&self) {
        match self {
            Self::Sqlite(folder) => fs::write(file_in(folder), &*MIGRATED_FILE).unwrap(),
            Self::Postgres { .. } => self.ask("CREATE DATABASE", &format!("TEMPLATE {}", *MIGRATED_DATABASE)),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", file_in(folder).display()),
            Self::Postgres { server, name } => format!("{}/{name}", server.rsplit_once('/').unwrap().0),
        }
    }

    fn discard(&self) {
        match self {
            Self::Sqlite(folder) => fs::remove_dir_all(folder).unwrap(),
            Self::Postgres { .. } => self.ask("DROP DATABASE", "WITH (FORCE)"),
        }
    }

    /// Creates or drops PostgreSQL's database, over a connection of its own.
    fn ask(&self, verb: &str, how: &str) {
        let Self::Postgres { server, name } = self else { return };
        runtime().block_on(async {
            let connection = Connect::connect(server).await.unwrap_or_else(|error| panic!("{POSTGRES}: {error}"));
            connection.execute_unprepared(&format!("{verb} {name} {how}")).await.unwrap();
            connection.close().await.unwrap();
        });
    }
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("flowthrough.db")
}

fn new_name() -> String {
    format!("flowthrough_test_{}", Environment::real().id().simple())
}
