use std::{
    fmt::Write as _,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use sea_orm::{
    Database, DatabaseConnection, DbBackend, DbErr, ProxyDatabaseTrait, ProxyExecResult, ProxyRow, Statement,
};
use sea_orm_migration::SchemaManager;

use super::*;

/// A database that keeps what it is told, and has two rows for every question.
#[derive(Clone, Debug, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    async fn connection(&self, backend: DbBackend) -> DatabaseConnection {
        Database::connect_proxy(backend, Arc::new(Box::new(self.clone()))).await.unwrap()
    }

    fn keep(&self, statement: &Statement) {
        self.0.lock().unwrap().push(statement.to_string());
    }
}

#[async_trait]
impl ProxyDatabaseTrait for Recorder {
    async fn query(&self, statement: Statement) -> Result<Vec<ProxyRow>, DbErr> {
        self.keep(&statement);
        Ok(vec![ProxyRow::default(), ProxyRow::default()])
    }

    async fn execute(&self, statement: Statement) -> Result<ProxyExecResult, DbErr> {
        self.keep(&statement);
        Ok(ProxyExecResult::default())
    }
}

/// What a migration does to both databases.
async fn statements(migration: &Migration) -> String {
    let mut text = String::new();
    for (name, backend) in [("PostgreSQL", DbBackend::Postgres), ("SQLite", DbBackend::Sqlite)] {
        let recorder = Recorder::default();
        let database = recorder.connection(backend).await;
        migration.up(&SchemaManager::new(&database)).await.unwrap();
        writeln!(text, "-- {name}").unwrap();
        for statement in recorder.0.lock().unwrap().iter() {
            writeln!(text, "{statement};").unwrap();
        }
    }
    text
}

/// A database that was migrated years ago and one that is migrated today have the same schema. What a migration does is
/// frozen in a file; that of a new migration is written here, to be read and committed with it.
#[tokio::test]
async fn migrations_do_what_they_have_always_done() {
    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migration/frozen");
    let mut written = Vec::new();
    for migration in all() {
        let file = frozen.join(format!("{}.sql", migration.name()));
        let now = statements(&migration).await;
        match fs::read_to_string(&file) {
            Ok(then) => assert_eq!(now, then, "{} is not what it was", migration.name()),
            Err(_) => {
                fs::write(&file, now).unwrap();
                written.push(file);
            }
        }
    }
    assert!(written.is_empty(), "read these and commit them: {written:?}");
}

#[test]
fn names_stand_in_order_and_once() {
    let names: Vec<_> = all().iter().map(|migration| migration.name().to_owned()).collect();
    assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
}
