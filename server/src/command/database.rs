//! The database that a command works on.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::Failure;
use crate::{
    config::{Config, ConfigError},
    environment::Environment,
    live::Live,
    process,
    store::{DAMAGED, DbErr, LOCKED, Store, interruption},
};

/// The setting that names it.
const NAME: &str = "FLOWTHROUGH_DATABASE_URL";

/// How often to look whether another server has ended.
const LOOK: Duration = Duration::from_millis(20);

/// The database that the settings name, with its schema up to date, for a command: it has time.
pub(super) async fn open(config: &Config) -> Result<(Store, Environment), Failure> {
    let (store, environment) = connect(config).await?;
    store.migrate().await?;
    Ok((store.patiently(), environment))
}

/// As [`open`], but only what is there already: who looks at an empty database is in the wrong folder, or has misspelt it.
pub(super) async fn open_existing(config: &Config) -> Result<(Store, Environment), Failure> {
    let (store, environment) = look_into(config).await?;
    if !store.schema().await?.is_there {
        return Err(wrong_place(format!("there is nothing of Flowthrough in {}", place(&config.database_url))).into());
    }
    store.migrate().await?;
    Ok((store, environment))
}

/// As [`open_existing`], with the schema as it is: for whoever only wants to know.
pub(super) async fn look_into(config: &Config) -> Result<(Store, Environment), Failure> {
    exists(config)?;
    let (store, environment) = connect(config).await?;
    Ok((store.patiently(), environment))
}

/// Whether there is one, where that can be seen without opening it.
pub(super) fn exists(config: &Config) -> Result<(), ConfigError> {
    match sqlite_path(&config.database_url).filter(|path| !path.exists()) {
        None => Ok(()),
        Some(path) => Err(wrong_place(format!("there is no database at {}", whole(path).display()))),
    }
}

fn wrong_place(wrong: String) -> ConfigError {
    ConfigError {
        name: NAME.to_owned(),
        wrong,
        fix: "Run the command in the server's folder and with its settings.".to_owned(),
    }
}

/// Where a database is that is a file.
pub(super) fn sqlite_path(url: &str) -> Option<&Path> {
    Some(Path::new(url.strip_prefix("sqlite:")?.trim_start_matches("//")))
}

/// In which folder a file is.
pub(super) fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(super) fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The database that the settings name, as it is. Says which it is: another working directory may mean another one.
pub(super) async fn connect(config: &Config) -> Result<(Store, Environment), Failure> {
    let file = sqlite_path(&config.database_url);
    let is_new = file.is_some_and(|file| !file.exists());
    let new = if is_new { " (new: there was none)" } else { "" };
    process::note(format_args!("database     {}{new}", place(&config.database_url)));
    if let Some(folder) = file.and_then(Path::parent) {
        make_folder(folder)?;
    }
    if is_new {
        tracing::info!(event = "database_is_new", "there was no database: this is a new one");
    }
    let environment = Environment::real();
    let live = Live::of(environment.id());
    if Store::is_pooled_by_transaction(&config.database_url).await.map_err(|error| unusable(&error))? {
        return Err(Failure::Setting(ConfigError {
            name: NAME.to_owned(),
            wrong: "a pooler gives each transaction another connection to PostgreSQL".to_owned(),
            fix: "Set PgBouncer's pool_mode to session, or name PostgreSQL itself.".to_owned(),
        }));
    }
    let store = Store::connect_with(&config.database_url, live, config.pools).await;
    let store = store.map_err(|error| match interruption(&error) {
        Some(DAMAGED) => damaged(&error),
        Some(LOCKED) => error.into(),
        _ => unusable(&error),
    })?;
    Ok((store, environment))
}

/// Makes the folder of a database, but not those around it: if they are missing, the path is most likely misspelt.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    if folder.as_os_str().is_empty() || folder.exists() {
        return Ok(());
    }
    match whole(folder).parent().filter(|around| !around.exists()) {
        Some(missing) => Err(Failure::Setting(ConfigError {
            name: NAME.to_owned(),
            wrong: format!("there is no folder {}", missing.display()),
            fix: "Correct the path, or make the folder first.".to_owned(),
        })),
        None => fs::create_dir(folder).map_err(|error| unusable(&error)),
    }
}

/// Where a database is, without what opens it.
pub(super) fn place(url: &str) -> String {
    if let Some(path) = sqlite_path(url) {
        return format!("sqlite:{}", whole(path).display());
    }
    let Ok(mut url) = url::Url::parse(url) else { return "PostgreSQL".to_owned() };
    // Whatever cannot be taken away is not there.
    _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}

pub(super) fn damaged(error: &DbErr) -> Failure {
    Failure::Setting(ConfigError {
        name: NAME.to_owned(),
        wrong: format!("the file is damaged: {error}"),
        fix: "Put a good copy of it in its place: flowthrough restore FILE (docs/CONFIGURATION.md, A damaged file)."
            .to_owned(),
    })
}

pub(super) fn unusable(error: &dyn std::fmt::Display) -> Failure {
    Failure::Setting(ConfigError {
        name: NAME.to_owned(),
        wrong: error.to_string(),
        fix: "Check that the file can be written, or that PostgreSQL runs and accepts this user.".to_owned(),
    })
}

/// One server per SQLite file: a second one would hand out the same tasks. One that is about to end is waited for so long.
pub(super) async fn lock(database_url: &str, patience: Duration) -> Result<Option<File>, Failure> {
    let Some(path) = beside(database_url, "lock") else { return Ok(None) };
    let file = File::create(&path).map_err(|error| unusable(&error))?;
    let began = Instant::now();
    while file.try_lock().is_err() && began.elapsed() < patience {
        sleep(LOOK).await;
    }
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(_) => Err(Failure::Setting(ConfigError {
            name: NAME.to_owned(),
            wrong: "another server is running on this SQLite file".to_owned(),
            fix: "Stop it, use another file, or use PostgreSQL, which several servers can share.".to_owned(),
        })),
    }
}

/// The file beside SQLite's with this ending; none for PostgreSQL.
pub(super) fn beside(database_url: &str, ending: &str) -> Option<PathBuf> {
    Some(format!("{}.{ending}", sqlite_path(database_url)?.display()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_without_what_opens_it() {
        let place = |url| place(url);
        assert_eq!(
            place("postgres://flow:secret@db.example:5433/onboarding?password=secret"),
            "postgres://flow@db.example:5433/onboarding"
        );
        assert_eq!(place("postgresql:///onboarding?host=/run/postgresql"), "postgresql:///onboarding");
        assert_eq!(place("postgres://u:se cret@[h/d"), "PostgreSQL");
        assert_eq!(place("sqlite:///var/lib/flowthrough.db"), "sqlite:/var/lib/flowthrough.db");
        assert!(place("sqlite:data/flowthrough.db").ends_with("/data/flowthrough.db"));
    }
}
