//! Which partner a command is about.

use super::Failure;
use crate::{
    config::{Config, ConfigError},
    environment::Environment,
    partners,
    store::{Partner, Store},
};

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
