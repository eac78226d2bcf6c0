//! Migrations while others serve: the version before this one on a database that this one has migrated, and indexes of tables
//! in use.

use std::{collections::HashMap, time::Duration};

use sea_orm::{ConnectionTrait, Database, DbBackend, FromQueryResult, Statement, TransactionTrait as _};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};
use server::{
    live::Live,
    store::{
        Store,
        migration::{self, Index, Migration},
    },
};
use tokio::time::timeout;

use crate::support::{for_each_empty_database, on_postgres};

/// The newest migration of the version before this one: with each version, the last one that it adds.
const PREVIOUS: &str = "m0019_outside";
/// What is slow on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked whether PostgreSQL has come as far as a test waits for.
const LOOK: Duration = Duration::from_millis(20);

#[derive(Clone, Debug, FromQueryResult)]
struct Column {
    table_name: String,
    column_name: String,
    kind: String,
    /// 1 if it is never empty. SQLite knows no booleans.
    required: i64,
    preset: Option<String>,
}

impl Column {
    fn new(table: &str, column: &str, required: bool, preset: Option<&str>) -> Self {
        Self {
            table_name: table.to_owned(),
            column_name: column.to_owned(),
            kind: "text".to_owned(),
            required: required.into(),
            preset: preset.map(str::to_owned),
        }
    }

    fn name(&self) -> String {
        format!("{}.{}", self.table_name, self.column_name)
    }
}

async fn columns(store: &Store) -> Vec<Column> {
    let sql = match store.backend() {
        DbBackend::Postgres => {
            "SELECT table_name::text, column_name::text, data_type::text AS kind, column_default::text AS preset, \
             CASE is_nullable WHEN 'NO' THEN 1::bigint ELSE 0 END AS required \
             FROM information_schema.columns WHERE table_schema = current_schema()"
        }
        _ => {
            "SELECT it.name AS table_name, col.name AS column_name, col.type AS kind, col.dflt_value AS preset, \
             col.\"notnull\" AS required \
             FROM sqlite_master AS it JOIN pragma_table_info(it.name) AS col WHERE it.type = 'table'"
        }
    };
    Column::find_by_statement(Statement::from_string(store.backend(), sql)).all(store.read()).await.unwrap()
}

/// What would keep a version that knows only the first schema from working on the second one.
fn breaks(before: &[Column], after: &[Column]) -> Vec<String> {
    let known: HashMap<_, _> = before.iter().map(|column| (column.name(), column)).collect();
    let found: HashMap<_, _> = after.iter().map(|column| (column.name(), column)).collect();
    let gone = before.iter().filter_map(|column| match found.get(&column.name()) {
        None => Some(format!("{} is gone", column.name())),
        Some(now) if now.kind != column.kind => Some(format!("{} is of another type", column.name())),
        Some(now) if now.required != column.required => Some(format!("{} may be empty, or no longer", column.name())),
        Some(_) => None,
    });
    let unwritten = after.iter().filter(|column| {
        let in_old_table = before.iter().any(|known| known.table_name == column.table_name);
        in_old_table && !known.contains_key(&column.name()) && column.required != 0 && column.preset.is_none()
    });
    let mut breaks: Vec<_> = gone.collect();
    breaks.extend(unwritten.map(|column| format!("{} is left empty by whoever does not know it", column.name())));
    breaks.sort();
    breaks
}

async fn connect(url: &str) -> Store {
    Store::connect(url, Live::default()).await.unwrap()
}

/// What the version before this one has.
fn previous() -> Vec<Migration> {
    let mut migrations = migration::all();
    let newest = migrations.iter().position(|migration| migration.name() == PREVIOUS).unwrap();
    migrations.truncate(newest + 1);
    migrations
}

/// A migration that somebody writes who has forgotten the version before.
struct Careless;

impl MigrationName for Careless {
    fn name(&self) -> &str {
        "m9999_careless"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Careless {
    async fn up(&self, manager: &SchemaManager) -> Result<(), sea_orm::DbErr> {
        let drop = "ALTER TABLE template DROP COLUMN support_url";
        manager.get_connection().execute_unprepared(drop).await.map(|_| ())
    }
}

#[test]
fn the_version_before_this_one_finds_what_it_knows() {
    for_each_empty_database(async |url: &str| {
        let store = connect(url).await;
        store.apply(&previous()).await.unwrap();
        let before = columns(&store).await;
        assert!(before.iter().any(|column| column.name() == "subscriber.user_id"));
        store.migrate().await.unwrap();
        assert_eq!(breaks(&before, &columns(&store).await), [""; 0]);

        let mut migrations = migration::all();
        migrations.push(Migration::schema(Careless));
        store.apply(&migrations).await.unwrap();
        assert_eq!(breaks(&before, &columns(&store).await), ["template.support_url is gone"]);
    });
}

#[test]
fn a_column_that_the_version_before_does_not_write_has_to_do_without() {
    let before = [Column::new("webhook", "url", true, None)];
    let after = [
        before[0].clone(),
        Column::new("webhook", "note", false, None),
        Column::new("webhook", "kind", true, Some("'all'")),
        Column::new("webhook", "owner", true, None),
        Column::new("another", "owner", true, None),
    ];
    assert_eq!(breaks(&before, &after), ["webhook.owner is left empty by whoever does not know it"]);
    let relaxed = [Column::new("webhook", "url", false, None)];
    assert_eq!(breaks(&before, &relaxed), ["webhook.url may be empty, or no longer"]);
}

#[test]
fn the_version_before_this_one_can_be_started_again() {
    for_each_empty_database(async |url: &str| {
        let store = connect(url).await;
        let mut newer = migration::all();
        newer.push(Migration::Index(BY_NAME));
        store.apply(&newer).await.unwrap();
        store.migrate().await.unwrap();
    });
}

/// An index of a table that every version has.
const BY_NAME: Index =
    Index { migration: "m9998_partner_by_name", name: "partner_by_name", unique: false, on: "partner (name)" };

async fn count(database: &impl ConnectionTrait, sql: &str) -> i64 {
    let row = database.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

#[test]
fn an_index_is_built_while_others_write_and_by_one_server_of_several() {
    on_postgres(async |url| {
        let store = connect(url).await;
        store.migrate().await.unwrap();
        let database = Database::connect(url).await.unwrap();
        let add = "INSERT INTO partner (id, name, created_at) VALUES (gen_random_uuid(), 'One', 0)";
        let writing = database.begin().await.unwrap();
        writing.execute_unprepared(add).await.unwrap();

        let servers: Vec<_> = [store.clone(), connect(url).await]
            .into_iter()
            .map(|store| {
                tokio::spawn(async move {
                    let mut migrations = migration::all();
                    migrations.push(Migration::Index(BY_NAME));
                    store.apply(&migrations).await
                })
            })
            .collect();
        let begun = async {
            let waits = "SELECT count(*) FROM pg_stat_activity \
                 WHERE query LIKE 'CREATE INDEX CONCURRENTLY partner_by_name%' AND wait_event_type = 'Lock'";
            while count(&database, waits).await == 0 {
                tokio::time::sleep(LOOK).await;
            }
        };
        timeout(PATIENCE, begun).await.expect("it waits for whoever is writing");
        let other = timeout(PATIENCE, database.execute_unprepared(add)).await;
        other.expect("nobody else waits for it").unwrap();
        assert!(servers.iter().all(|server| !server.is_finished()), "the index needs what is being written");
        writing.commit().await.unwrap();

        for server in servers {
            timeout(PATIENCE, server).await.unwrap().unwrap().unwrap();
        }
        let built = "SELECT count(*) FROM pg_index WHERE indexrelid = 'partner_by_name'::regclass AND indisvalid";
        assert_eq!(count(&database, built).await, 1);
    });
}

#[test]
fn an_index_that_was_left_half_built_is_built_anew() {
    on_postgres(async |url| {
        let store = connect(url).await;
        store.migrate().await.unwrap();
        let database = Database::connect(url).await.unwrap();
        let twice =
            "INSERT INTO partner (id, name, created_at) SELECT gen_random_uuid(), 'One', 0 FROM generate_series(1, 2)";
        database.execute_unprepared(twice).await.unwrap();
        let unique = "CREATE UNIQUE INDEX CONCURRENTLY partner_by_name ON partner (name)";
        database
            .execute_unprepared(unique)
            .await
            .expect_err("two have the same name: it stays, and is good for nothing");
        let mut migrations = migration::all();
        migrations.push(Migration::Index(BY_NAME));
        store.apply(&migrations).await.unwrap();
        let built = "SELECT count(*) FROM pg_index WHERE indexrelid = 'partner_by_name'::regclass AND indisvalid";
        assert_eq!(count(&database, built).await, 1);
    });
}
