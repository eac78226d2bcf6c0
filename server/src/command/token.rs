//! `flowthrough token add`, `list` and `revoke`

use clap::Subcommand;
use domain::{Fault, Permission, Permissions, Timestamp, TokenState, limit, timestamp::DAY};

use super::{Failure, open, open_existing, partner};
use crate::{
    access::{secret::fingerprint, tokens},
    config::{Config, ConfigError},
    fault::Trouble,
    iso8601, process,
    store::{ApiTokenId, Tenant, api_token},
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
        /// What it may do; everything if none is given
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// After how many days it expires, 1 to 365; or `never`: then it works until it is revoked
        #[arg(long, value_name = "DAYS", default_value = "90", value_parser = Expiry::parse)]
        expires: Expiry,
    },
    /// List the tokens: id, name, scopes, last use, and whether they still work
    List {
        /// The partner whose tokens they are
        #[arg(long)]
        partner: Option<String>,
    },
    /// Revoke a token at once
    Revoke {
        /// Its id, as `list` shows it
        #[arg(value_parser = id)]
        id: ApiTokenId,
        /// The partner whose token it is
        #[arg(long)]
        partner: Option<String>,
    },
}

/// When a token expires.
#[derive(Clone, Copy)]
pub enum Expiry {
    /// After so many days.
    After(u16),
    /// Not by itself.
    Never,
}

impl Expiry {
    fn parse(written: &str) -> Result<Self, String> {
        let longest = limit::TOKEN_LIFETIME / DAY;
        match written.parse() {
            _ if written == "never" => Ok(Self::Never),
            Ok(days) if (1..=longest).contains(&i64::from(days)) => Ok(Self::After(days)),
            _ => Err(format!("neither `never` nor a number of days from 1 to {longest}")),
        }
    }

    fn lifetime(self) -> Option<i64> {
        match self {
            Self::After(days) => Some(i64::from(days) * DAY),
            Self::Never => None,
        }
    }
}

pub(super) async fn run(command: Token, config: &Config) -> Result<(), Failure> {
    match command {
        Token::Add { name, partner, scopes, expires } => add(name, partner, scopes, expires, config).await,
        Token::List { partner } => list(partner, config).await,
        Token::Revoke { id, partner } => revoke(id, partner, config).await,
    }
}

fn id(written: &str) -> Result<ApiTokenId, &'static str> {
    written.parse().map_err(|_| "not the id of a token; `flowthrough token list` shows them")
}

async fn list(partner: Option<String>, config: &Config) -> Result<(), Failure> {
    let (store, environment) = open_existing(config).await?;
    let tenant = Tenant::of_partner(&partner::existing(partner.as_deref(), &store).await?);
    let now = environment.now();
    for token in api_token::list(store.read(), tenant).await? {
        let at = |moment: Option<Timestamp>| moment.map(iso8601::format);
        let state = match tokens::state(&token, now) {
            TokenState::Revoked => format!("revoked {}", at(token.revoked_at).unwrap_or_default()),
            TokenState::Expired => format!("expired {}", at(token.expires_at).unwrap_or_default()),
            TokenState::Valid => {
                at(token.expires_at).map_or_else(|| "does not expire".to_owned(), |at| format!("expires {at}"))
            }
        };
        let scopes = token.permissions.scopes().collect::<Vec<_>>().join(" ");
        let used = at(token.used_at).unwrap_or_else(|| "never".to_owned());
        println!("{}  {}  {}  last used {used}  {state}", token.id, token.name, scopes);
    }
    Ok(())
}

async fn revoke(id: ApiTokenId, partner: Option<String>, config: &Config) -> Result<(), Failure> {
    let (store, environment) = open_existing(config).await?;
    let tenant = Tenant::of_partner(&partner::existing(partner.as_deref(), &store).await?);
    tokens::revoke(&store, &environment, tenant, id).await.map_err(|trouble| match trouble {
        Trouble::Known { fault: Fault::NotFound, .. } => {
            Failure::Other(format!("there is no token {id}; `flowthrough token list` shows them"))
        }
        other => other.into(),
    })?;
    println!("The token is revoked.");
    Ok(())
}

async fn add(
    name: String,
    partner: Option<String>,
    scopes: Vec<String>,
    expires: Expiry,
    config: &Config,
) -> Result<(), Failure> {
    let permissions =
        if scopes.is_empty() { Permissions::TOKEN } else { granted_by(&scopes).map_err(Failure::Setting)? };
    let (store, environment) = open(config).await?;
    let tenant = Tenant::of_partner(&partner::for_new(partner.as_deref(), &store, &environment, config).await?);
    let token = tokens::add(&store, &environment, tenant, &name, permissions, expires.lifetime()).await?;
    // The token alone on standard output, so that a script can take it.
    let Err(unseen) = process::show(&token) else { return Ok(()) };
    if let Some(token) = api_token::by_hash(store.read(), &fingerprint(&token)).await? {
        tokens::revoke(&store, &environment, tenant, token.id).await?;
    }
    Err(Failure::Other(format!("the token cannot be printed, so it is revoked again: {unseen}")))
}

/// What these scopes grant.
fn granted_by(scopes: &[String]) -> Result<Permissions, ConfigError> {
    let granted = |scope: &String| {
        Permission::of_scope(scope).ok_or_else(|| ConfigError {
            name: "--scope".to_owned(),
            wrong: format!("{scope:?} is unknown"),
            fix: format!("Use {}.", Permissions::TOKEN.scopes().collect::<Vec<_>>().join(" or ")),
        })
    };
    scopes.iter().map(granted).collect()
}
