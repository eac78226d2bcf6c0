//! The commands: one file each.

mod admin;
mod backup;
mod bounce;
mod check;
mod database;
mod deletions;
#[cfg(feature = "demo")]
mod demo_users;
#[cfg(test)]
mod documented;
mod elsewhere;
mod import;
mod manual;
mod migrate;
mod outside;
mod partner;
mod remote;
mod report;
mod serve;
mod stop;
mod template;
mod token;
mod user;
mod users;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use domain::{Fault, fault::Audience};

use self::database::{open, open_existing};
use crate::{
    build::Build,
    config::{Config, ConfigError},
    fault::Trouble,
    http::site::Packed,
    store::{CONTENDED, DbErr, LOCKED, interruption},
};

/// The command line.
#[derive(Parser)]
#[command(name = "flowthrough", version, about = "Onboards BroadWorks subscribers who have to prove an email address")]
pub struct Arguments {
    /// Through which server, if not on this machine.
    #[command(flatten)]
    pub remote: remote::Options,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `flowthrough` can do.
#[derive(Subcommand)]
pub enum Command {
    /// Serve the portal, the hub and the API
    Serve(serve::Options),
    /// Bring the database's schema up to date
    Migrate(migrate::Options),
    /// Look whether a server has everything that it needs: each finding, what is wrong and what to do about it
    Check(check::Options),
    /// Manage those who sign in to the partner hub
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Manage onboarding templates
    #[command(subcommand)]
    Template(template::Template),
    /// Manage the access tokens of the REST API
    #[command(subcommand)]
    Token(token::Token),
    /// Look after one person: show, export everything that is kept, erase it
    #[command(subcommand)]
    User(user::User),
    /// Look after many users of a server, by its REST API: --server URL --token-file FILE
    #[command(subcommand)]
    Users(users::Users),
    /// Print how onboarding goes, as JSON or as a page; of this machine's database, or of a server (--server)
    Report(report::Options),
    /// Import subscribers from a CSV file
    Import(import::Options),
    /// Take in a mail that came back, from standard input: for a mail server that pipes. Exits as sysexits.h says
    Bounce(bounce::Options),
    /// Write a copy of a SQLite database while a server may be at work on it: whole, looked through, never over another file
    Backup(backup::Options),
    /// Put a backup in the place of a SQLite database on which no server is at work; what was there is kept beside it
    Restore(backup::Options),
    /// Manage the partners: the phone companies that this server serves
    #[command(subcommand)]
    Partner(partner::Command),
    /// Say yes or no to deletions that wait because very many users were to be deleted, and from how many on they do
    #[command(subcommand)]
    Deletions(deletions::Command),
    /// Print what a shell needs to complete commands: flowthrough completions bash
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a folder, which has to be there
    Man {
        /// Where
        folder: std::path::PathBuf,
    },
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
    #[error("{}", message(.0))]
    Trouble(#[from] Trouble),
    /// Something else, in words: exit code 1.
    #[error("{0}")]
    Other(String),
    /// What a mail server is told that has piped a message in: by this exit code, and in words.
    #[error("{1}")]
    Piped(u8, String),
}

/// What somebody is told at the command line: of a database that is in use, what to do about it, and not what it says itself.
fn message(trouble: &Trouble) -> String {
    let cause = match trouble {
        Trouble::Interrupted(error) => interruption(error),
        _ => None,
    };
    match cause {
        Some(LOCKED | CONTENDED) => "the database is in use: another program has been writing to it all the time. Wait a moment and run \
                                     the command again. If it lasts, see who that is (a backup, a shell, an import), or run the command \
                                     while no server is at work"
            .to_owned(),
        _ => trouble.to_string(),
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
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
            Self::Piped(code, _) => ExitCode::from(*code),
            Self::Trouble(_) | Self::Other(_) => ExitCode::FAILURE,
        }
    }
}

/// Does what needs no settings of this machine, if the command is that: what is about the program itself, and what another server is
/// asked for.
#[must_use]
pub fn without_settings(arguments: &Arguments) -> Option<Result<(), Failure>> {
    elsewhere::run(arguments).or_else(|| manual::write(&arguments.command))
}

/// What becomes of a command whose settings cannot be used.
#[must_use]
pub fn refused(command: &Command, wrong: ConfigError) -> Failure {
    match command {
        Command::Check(options) => check::settings(options),
        Command::Bounce(_) => bounce::later(&Failure::Setting(wrong)),
        _ => Failure::Setting(wrong),
    }
}

/// Runs one command of a program that was built from this and has these browser's files in it, if any.
///
/// # Errors
/// Why it could not be done.
pub async fn run(command: Command, config: Config, build: Build, packed: Option<Packed>) -> Result<(), Failure> {
    match command {
        Command::Serve(options) => serve::run(options, config, build, packed).await,
        Command::Migrate(options) => migrate::run(options, &config).await,
        Command::Check(options) => check::run(options, &config, packed).await,
        Command::Bounce(options) => bounce::run(options, &config).await,
        Command::Backup(options) => backup::run(&options, &config),
        Command::Restore(options) => backup::restore(&options, &config).await,
        Command::Partner(command) => partner::run(command, &config).await,
        Command::Deletions(command) => deletions::run(command, &config).await,
        Command::Admin(admin) => admin::run(admin, &config).await,
        Command::Template(template) => template::run(template, &config).await,
        Command::Token(token) => token::run(token, &config).await,
        Command::User(command) => user::run(command, &config).await,
        Command::Users(_) => Err(remote::missing("--server")),
        Command::Report(options) => report::run(&options, &config).await,
        Command::Import(options) => import::run(options, &config).await,
        Command::Completions { .. } | Command::Man { .. } => manual::write(&command).unwrap_or(Ok(())),
        #[cfg(feature = "demo")]
        Command::DemoUsers => demo_users::run(&config).await,
    }
}
