//! The commands: one file each.

mod admin;
#[cfg(feature = "demo")]
mod demo_users;
mod import;
mod migrate;
mod partner;
mod serve;
mod stop;
mod template;
mod token;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;
use domain::{Fault, fault::Audience};

use crate::{
    config::{Config, ConfigError},
    environment::Environment,
    fault::{DAMAGED, Trouble, interruption},
    live::Live,
    store::Store,
};

/// What `flowthrough` can do.
#[derive(Subcommand)]
pub enum Command {
    /// Serve the portal, the hub and the API
    Serve(serve::Options),
    /// Bring the database's schema up to date
    Migrate,
    /// Manage those who sign in to the partner hub
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Manage onboarding templates
    #[command(subcommand)]
    Template(template::Template),
    /// Manage the access tokens of the REST API
    #[command(subcommand)]
    Token(token::Token),
    /// Import subscribers from a CSV file
    Import(import::Options),
    /// List the users and links of `serve --demo`
    #[cfg(feature = "demo")]
    DemoUsers,
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A setting or argument is wrong: exit code 2.
    #[error("{0}")]
    Setting(#[from] ConfigError),
    /// Something went wrong: exit code 1.
    #[error("{0}")]
    Trouble(#[from] Trouble),
    /// Something else, in words: exit code 1.
    #[error("{0}")]
    Other(String),
}

impl From<sea_orm::DbErr> for Failure {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Trouble(error.into())
    }
}

impl Failure {
    /// Why the administrator of the settings was not added: a password that does not do is theirs to change.
    #[must_use]
    pub fn of_administrator(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Known {
                fault:
                    fault @ (Fault::PasswordTooShort
                    | Fault::PasswordTooLong
                    | Fault::PasswordGuessable
                    | Fault::PasswordNamesOwner),
                ..
            } => Self::Setting(ConfigError {
                name: "FLOWTHROUGH_ADMIN_PASSWORD".to_owned(),
                wrong: fault.cause().to_owned(),
                fix: fault.remedy(Audience::Administrator).to_owned(),
            }),
            other => other.into(),
        }
    }

    /// A wrong setting exits with 2, everything else with 1.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Setting(_) => ExitCode::from(2),
            Self::Trouble(_) | Self::Other(_) => ExitCode::FAILURE,
        }
    }
}

/// Runs one command.
///
/// # Errors
/// Why it could not be done.
pub async fn run(command: Command, config: Config) -> Result<(), Failure> {
    match command {
        Command::Serve(options) => serve::run(options, config).await,
        Command::Migrate => migrate::run(&config).await,
        Command::Admin(admin) => admin::run(admin, &config).await,
        Command::Template(template) => template::run(template, &config).await,
        Command::Token(token) => token::run(token, &config).await,
        Command::Import(options) => import::run(options, &config).await,
        #[cfg(feature = "demo")]
        Command::DemoUsers => demo_users::run(&config).await,
    }
}

/// The database that the settings name, with its schema up to date, for a command: it has time.
async fn open(config: &Config) -> Result<(Store, Environment), Failure> {
    let (store, environment) = connect(config).await?;
    store.migrate().await?;
    Ok((store.patiently(), environment))
}

/// As [`open`], but only what is there already: who looks at an empty database is in the wrong folder, or has misspelt it.
async fn open_existing(config: &Config) -> Result<(Store, Environment), Failure> {
    if let Some(path) = sqlite_path(&config.database_url).filter(|path| !path.exists()) {
        return Err(Failure::Setting(ConfigError {
            name: "FLOWTHROUGH_DATABASE_URL".to_owned(),
            wrong: format!("there is no database at {}", whole(path).display()),
            fix: "Run the command in the server's folder and with its settings.".to_owned(),
        }));
    }
    open(config).await
}

/// Where a database is that is a file.
fn sqlite_path(url: &str) -> Option<&Path> {
    Some(Path::new(url.strip_prefix("sqlite:")?.trim_start_matches("//")))
}

fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The database that the settings name, as it is. Says which it is: another working directory may mean another one.
async fn connect(config: &Config) -> Result<(Store, Environment), Failure> {
    eprintln!("database     {}", place(&config.database_url));
    let folder = sqlite_path(&config.database_url).and_then(Path::parent);
    if let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| unusable(&error))?;
    }
    let environment = Environment::real();
    let live = Live::of(environment.id());
    if Store::is_pooled_by_transaction(&config.database_url).await.map_err(|error| unusable(&error))? {
        return Err(Failure::Setting(ConfigError {
            name: "FLOWTHROUGH_DATABASE_URL".to_owned(),
            wrong: "a pooler gives each transaction another connection to PostgreSQL".to_owned(),
            fix: "Set PgBouncer's pool_mode to session, or name PostgreSQL itself.".to_owned(),
        }));
    }
    let store = Store::connect(&config.database_url, live).await;
    let store = store.map_err(|error| match interruption(&error) {
        Some(DAMAGED) => damaged(&error),
        _ => unusable(&error),
    })?;
    Ok((store, environment))
}

/// Where a database is, without what opens it.
fn place(url: &str) -> String {
    if let Some(path) = sqlite_path(url) {
        return format!("sqlite:{}", whole(path).display());
    }
    let Ok(mut url) = url::Url::parse(url) else { return "PostgreSQL".to_owned() };
    // Whatever cannot be taken away is not there.
    _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}

fn damaged(error: &sea_orm::DbErr) -> Failure {
    Failure::Setting(ConfigError {
        name: "FLOWTHROUGH_DATABASE_URL".to_owned(),
        wrong: format!("the file is damaged: {error}"),
        fix: "Put a good copy of it in its place.".to_owned(),
    })
}

fn unusable(error: &dyn std::fmt::Display) -> Failure {
    Failure::Setting(ConfigError {
        name: "FLOWTHROUGH_DATABASE_URL".to_owned(),
        wrong: error.to_string(),
        fix: "Check that the file can be written, or that PostgreSQL runs and accepts this user.".to_owned(),
    })
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
