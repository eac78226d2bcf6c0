//! `flowthrough token add`

use clap::Subcommand;
use domain::timestamp::DAY;

use super::{Failure, open};
use crate::{
    administrators,
    config::{Config, ConfigError},
    tokens,
};

/// Manage the access tokens of the REST API.
#[derive(Subcommand)]
pub enum Token {
    /// Add a token and print it; it cannot be shown again
    Add {
        /// What the token is for
        #[arg(default_value = "command line")]
        name: String,
        /// The partner whose subscribers it reaches; created if it is new
        #[arg(long)]
        partner: Option<String>,
        /// What it may do; both if none is given
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// After how many days it expires; never if left out
        #[arg(long, value_name = "DAYS")]
        expires: Option<u16>,
    },
}

pub(super) async fn run(command: Token, config: &Config) -> Result<(), Failure> {
    let Token::Add { name, partner, scopes, expires } = command;
    let scopes = if scopes.is_empty() { tokens::SCOPES.map(str::to_owned).to_vec() } else { scopes };
    if let Some(unknown) = scopes.iter().find(|scope| !tokens::SCOPES.contains(&scope.as_str())) {
        return Err(Failure::Setting(ConfigError {
            name: "--scope".to_owned(),
            wrong: format!("{unknown:?} is unknown"),
            fix: format!("Use {}.", tokens::SCOPES.join(" or ")),
        }));
    }
    let (store, environment) = open(config).await?;
    let partner = match partner {
        Some(name) => administrators::partner(&store, &environment, &name).await?,
        None => administrators::only_partner(&store, &environment, &config.partner).await?,
    };
    let lifetime = expires.map(|days| i64::from(days) * DAY);
    // The token alone on standard output, so that a script can take it.
    println!("{}", tokens::add(&store, &environment, partner, &name, &scopes, lifetime).await?);
    Ok(())
}
