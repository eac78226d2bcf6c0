//! `flowthrough bounce`: takes in a mail that came back, for a mail server that pipes instead of speaking LMTP.
//!
//! | exit code (sysexits.h) | what the mail server makes of it |
//! |---|---|
//! | 0 | it is taken, whatever it says |
//! | 65 `EX_DATAERR` | too large: it is refused |
//! | 67 `EX_NOUSER` | no mail of ours has this return path: it is refused |
//! | 75 `EX_TEMPFAIL` | not now (database, settings): it is tried again |

use std::{env, io::Read as _};

use clap::Args;
use mail_parser::MessageParser;

use super::{Failure, open_existing, outside};
use crate::{
    bounces::Bounces,
    config::{Config, ConfigError},
    mail::report::LARGEST,
    store::ProofId,
};

const EX_DATAERR: u8 = 65;
const EX_NOUSER: u8 = 67;
const EX_TEMPFAIL: u8 = 75;

/// Where mail servers write to whom a message came.
const HEADERS: [&str; 4] = ["delivered-to", "x-original-to", "envelope-to", "to"];

/// Take in a mail that came back.
#[derive(Args)]
pub struct Options {
    /// To which return path it came: by default what stands in $RECIPIENT, or in the message's Delivered-To, X-Original-To,
    /// Envelope-To or To
    return_path: Option<String>,
}

pub(super) async fn run(options: Options, config: &Config) -> Result<(), Failure> {
    take(options, config).await.map_err(|failure| match failure {
        said @ Failure::Piped(..) => said,
        other => later(&other),
    })
}

/// Whatever can be fixed is, and no message is lost meanwhile.
pub(super) fn later(failure: &Failure) -> Failure {
    Failure::Piped(EX_TEMPFAIL, failure.to_string())
}

async fn take(options: Options, config: &Config) -> Result<(), Failure> {
    let message = message()?;
    let (store, environment) = open_existing(config).await?;
    let keys = outside::code_keys(config, &environment)?;
    let paths = outside::return_paths(config, &keys)?.ok_or_else(|| ConfigError {
        name: "FLOWTHROUGH_BOUNCE_ADDRESS".to_owned(),
        wrong: "missing: no mail has a return path of its own".to_owned(),
        fix: "Set it as the server has it.".to_owned(),
    })?;
    let bounces = Bounces::new(store, environment, paths);
    let given = options.return_path.or_else(|| env::var("RECIPIENT").ok());
    let request = match given {
        Some(return_path) => bounces.request(&return_path),
        None => addressed(&message, &bounces),
    };
    let not_ours = || Failure::Piped(EX_NOUSER, "no mail of ours has this return path".to_owned());
    let taken = bounces.take(request.ok_or_else(not_ours)?, &message).await?;
    println!("{}", taken.as_str());
    Ok(())
}

fn message() -> Result<Vec<u8>, Failure> {
    let mut message = Vec::new();
    let read = std::io::stdin().take(LARGEST as u64 + 1).read_to_end(&mut message);
    read.map_err(|error| Failure::Other(format!("standard input cannot be read: {error}")))?;
    if message.len() > LARGEST {
        return Err(Failure::Piped(EX_DATAERR, format!("a message of more than {LARGEST} bytes")));
    }
    Ok(message)
}

/// To which of our return paths a message came, by what the mail server wrote on it. Others may have written there, too; but no
/// return path that they were not given.
fn addressed(message: &[u8], bounces: &Bounces) -> Option<ProofId> {
    let message = MessageParser::default().parse(message)?;
    let named: Vec<_> = message.headers_raw().collect();
    let of = |header: &str| {
        let mut values = named.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(header));
        values.find_map(|(_, value)| bounces.request(value.trim().trim_start_matches('<').trim_end_matches('>')))
    };
    HEADERS.into_iter().find_map(of)
}
