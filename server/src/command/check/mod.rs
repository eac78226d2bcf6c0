//! `flowthrough check`: whether a server has everything that it needs, and what to do about what it lacks. It may run beside
//! a server, sends no mail unless it is told to, creates no account, and leaves nothing behind.

mod broadworks;
mod database;
mod files;
mod finding;
mod mail;
mod oidc;
mod people;
mod public_url;
mod targets;
mod tokens;

use clap::{Args, Subcommand};

use self::finding::{Finding, report};
use super::Failure;
use crate::{
    config::{Config, ConfigError},
    http::site::Packed,
};

/// Look whether a server has everything that it needs.
#[derive(Args)]
pub struct Options {
    /// Print one JSON object instead of lines
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    only: Option<Only>,
}

/// One part alone.
#[derive(Subcommand)]
enum Only {
    /// Look at the mail server, and at what receiving sides look at: the sender's domain, SPF, DKIM and DMARC
    Mail {
        /// Send a mail there, signed as all are, to see how it arrives
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
    },
}

/// What the settings name, part by part.
pub(super) async fn run(options: Options, config: &Config, packed: Option<Packed>) -> Result<(), Failure> {
    if let Some(Only::Mail { to }) = options.only {
        let mut findings = mail::check(config).await;
        if let Some(to) = to {
            findings.push(mail::try_out(config, &to).await?);
        }
        return report(&findings, options.json);
    }
    let mut findings = vec![Finding::ok("settings", "all of them can be used".to_owned())];
    findings.extend(files::site(config, packed));
    findings.extend(files::database(config));
    findings.extend(files::code_keys(config));
    let (database, open) = database::check(config).await;
    findings.extend(database);
    let (public_url, mail) = tokio::join!(public_url::check(config), mail::check(config));
    findings.extend(public_url);
    findings.extend(mail);
    if let Some((store, environment)) = open {
        findings.extend(targets::check(config, &store, &environment).await?);
        findings.extend(broadworks::check(config, &store, &environment).await?);
        findings.extend(people::check(&store).await?);
        findings.extend(oidc::check(config, &store).await?);
        findings.extend(tokens::check(&store, &environment).await?);
    }
    report(&findings, options.json)
}

/// What is wrong with settings that cannot be used. Nothing else is looked at: what would be depends on them.
pub(super) fn settings(options: &Options) -> Failure {
    let wrong = Config::wrong();
    let findings: Vec<_> = wrong.into_iter().map(|wrong| Finding::wrong("settings", wrong)).collect();
    match report(&findings, options.json) {
        Err(failure) => failure,
        Ok(()) => Failure::Other("the settings were changed while they were read".to_owned()),
    }
}

impl Finding {
    fn wrong(part: &'static str, ConfigError { name, wrong, fix }: ConfigError) -> Self {
        Self::problem(part, format!("{name}: {wrong}"), &fix)
    }

    /// What a failure says, without `flowthrough:` before it.
    fn failed(part: &'static str, failure: Failure, fix: &str) -> Self {
        match failure {
            Failure::Setting(wrong) => Self::wrong(part, wrong),
            other => Self::problem(part, other.to_string(), fix),
        }
    }
}
