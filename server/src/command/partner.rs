//! `flowthrough partner list`, `rename` and `second-factor`, and which partner another command is about.

use clap::{Subcommand, ValueEnum};
use domain::nearest::nearest;

use super::{Failure, open_existing, outside};
use crate::{
    access::second_factor::Factors,
    config::{Config, ConfigError},
    environment::Environment,
    iso8601, partners,
    store::{Actor, Partner, Store, Tenant},
};

/// Manage the partners: the phone companies that this server serves.
#[derive(Subcommand)]
pub enum Command {
    /// List them: id, name, since when
    List,
    /// Give one another name
    Rename {
        /// The name that it has
        name: String,
        /// The name that it gets
        new: String,
    },
    /// Ask everybody who signs in to the hub for a second factor, or leave it to them again
    SecondFactor {
        /// Whoever has none sets one up right after signing in, and can do nothing else until then
        #[arg(value_enum)]
        asked: Asked,
        /// Of which partner, where there are several
        #[arg(long)]
        partner: Option<String>,
    },
}

/// Whether a second factor is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Asked {
    /// Everybody has to have one.
    Required,
    /// Each decides.
    Optional,
}

pub(super) async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let (store, environment) = open_existing(config).await?;
    match command {
        Command::List => {
            for Partner { id, name, created_at, factor_required_at, .. } in partners::all(&store).await? {
                let factor = factor_required_at.map_or("", |_| "  second factor required");
                println!("{id}  {name}  added {}{factor}", iso8601::format(created_at));
            }
        }
        Command::Rename { name, new } => {
            let partner = existing(Some(&name), &store).await?;
            let renamed = partners::rename(&store, &environment, &partner, &new).await?;
            let Some(renamed) = renamed else {
                return Err(Failure::Other(format!("there is a partner {:?} already", new.trim())));
            };
            println!("{:?} is now called {renamed:?}.", partner.name);
            eprintln!(
                "Settings that name it have to be changed, too: FLOWTHROUGH_PARTNER, FLOWTHROUGH_BROADWORKS_PARTNER."
            );
        }
        Command::SecondFactor { asked, partner } => {
            let partner = existing(partner.as_deref(), &store).await?;
            let keys = outside::code_keys(config, &environment)?;
            let factors = Factors { store: &store, environment: &environment, keys: &keys };
            let required = asked == Asked::Required;
            factors.require((Tenant::of_partner(&partner), &Actor::Operator), required).await?;
            match required {
                true => println!("Whoever signs in for {:?} has to have a second factor.", partner.name),
                false => println!("Whoever signs in for {:?} may have a second factor.", partner.name),
            }
        }
    }
    Ok(())
}

/// For what is there already: the partner of this name, or the only one.
pub(super) async fn existing(named: Option<&str>, store: &Store) -> Result<Partner, Failure> {
    let all = partners::all(store).await?;
    match (named, all.as_slice()) {
        (_, []) => Err(Failure::Other("there is no partner yet; `flowthrough admin add` makes the first".to_owned())),
        (None, [only]) => Ok(only.clone()),
        (None, several) => Err(which(several)),
        (Some(name), _) => match all.iter().find(|partner| partner.name == name.trim()) {
            Some(found) => Ok(found.clone()),
            None => Err(ask(format!("there is no partner {name:?}, but {}", listed(&all)), &all)),
        },
    }
}

/// For what is added: the partner of this name, which may be new; else the only one, or the first, as the settings name
/// it. Where there are several nobody guesses.
pub(super) async fn for_new(
    named: Option<&str>,
    store: &Store,
    environment: &Environment,
    config: &Config,
) -> Result<Partner, Failure> {
    let all = partners::all(store).await?;
    match (named, all.as_slice()) {
        (None, [only]) => Ok(only.clone()),
        (None, []) => Ok(partners::named_or_new(store, environment, &config.partner).await?),
        (None, several) => Err(which(several)),
        (Some(name), _) => {
            let partner = partners::named_or_new(store, environment, name).await?;
            if !all.is_empty() && !all.contains(&partner) {
                eprintln!("partner      {} is new beside {}", partner.name, listed(&all));
            }
            Ok(partner)
        }
    }
}

/// Whom the settings name as owners of something, although there is nobody of that name; and who may be meant.
pub(super) fn unknown<'a>(named: impl Iterator<Item = &'a str>, all: &'a [Partner]) -> Vec<(&'a str, Option<&'a str>)> {
    let names = || all.iter().map(|partner| partner.name.as_str());
    named.filter(|name| !names().any(|known| known == *name)).map(|name| (name, nearest(name, names()))).collect()
}

fn which(several: &[Partner]) -> Failure {
    ask(format!("there are {} partners here: {}", several.len(), listed(several)), several)
}

fn ask(wrong: String, all: &[Partner]) -> Failure {
    let example = all.first().map_or("", |partner| &partner.name);
    Failure::Setting(ConfigError {
        name: "--partner".to_owned(),
        wrong,
        fix: format!("Say which one is meant, such as --partner {example:?}."),
    })
}

fn listed(partners: &[Partner]) -> String {
    let names: Vec<_> = partners.iter().map(|partner| format!("{:?}", partner.name)).collect();
    names.join(", ")
}
