//! `flowthrough template xsi` and `flowthrough template check`: where passwords are checked, and whether they can be.

use std::time::Duration;

use super::{Failure, find, open_existing, wrong};
use crate::{
    broadworks::{Timeouts, Unavailable, XsiClient, XsiUrl, outage},
    config::Config,
    environment::Environment,
    store::{Store, Template, template},
    templates,
};

const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(3), total: Duration::from_secs(5) };

/// The address as `argument` gives it.
pub(super) fn parse(argument: &str, typed: &str, config: &Config) -> Result<XsiUrl, Failure> {
    XsiUrl::parse(typed, &config.xsi_reach()).map_err(|error| {
        wrong(
            argument,
            error.to_string(),
            "Write one such as https://xsp.example.com; FLOWTHROUGH_ALLOW_PRIVATE_XSI=true allows private addresses.",
        )
    })
}

/// Says on standard error if BroadWorks does not answer there. It may all the same be right: this machine need not be the
/// server's, nor BroadWorks be up.
pub(super) async fn warn(address: &XsiUrl, config: &Config) {
    if let Err(reason) = probe(address, config).await {
        eprintln!("warning: BroadWorks cannot be asked at {}: {reason}", address.as_str());
        eprintln!("Users cannot sign in until it can; `flowthrough template check` asks again.");
    }
}

pub(in crate::command) async fn probe(address: &XsiUrl, config: &Config) -> Result<(), Unavailable> {
    let client = XsiClient::new(TIMEOUTS, config.xsi_reach());
    client.map_err(|error| Unavailable::Unreachable(error.to_string()))?.probe(address).await
}

/// Moves a template to another address.
pub(super) async fn set(provisioning_id: &str, typed: &str, config: &Config) -> Result<(), Failure> {
    let address = parse("URL", typed, config)?;
    let (store, environment) = open_existing(config).await?;
    let template = find(&store, provisioning_id).await?;
    templates::move_xsi(&store, &environment, &template, &address).await?;
    println!("xsi address  {}", address.as_str());
    warn(&address, config).await;
    Ok(())
}

/// What came of asking at one address, and the templates that have it.
pub(in crate::command) struct Asked<'a> {
    pub address: &'a str,
    pub templates: Vec<&'a Template>,
    pub answer: Result<(), String>,
}

/// Asks once at each of the templates' addresses. What is found is what the hub shows.
pub(in crate::command) async fn ask<'a>(
    templates: &'a [Template],
    store: &Store,
    environment: &Environment,
    config: &Config,
) -> Result<Vec<Asked<'a>>, Failure> {
    let mut asked: Vec<Asked<'a>> = Vec::new();
    for template in templates {
        if let Some(known) = asked.iter_mut().find(|known| known.address == template.xsi_url) {
            known.templates.push(template);
            continue;
        }
        let answer = match XsiUrl::parse(&template.xsi_url, &config.xsi_reach()) {
            Err(error) => Err(error.to_string()),
            Ok(address) => match probe(&address, config).await {
                Ok(()) => {
                    outage::end(store, &address).await?;
                    Ok(())
                }
                Err(reason) => {
                    outage::begin(store, environment, &address, &reason).await?;
                    Err(reason.to_string())
                }
            },
        };
        asked.push(Asked { address: &template.xsi_url, templates: vec![template], answer });
    }
    Ok(asked)
}

/// Asks at every template's address, or at one's.
pub(super) async fn check(provisioning_id: Option<&str>, config: &Config) -> Result<(), Failure> {
    let (store, environment) = open_existing(config).await?;
    let templates = match provisioning_id {
        Some(id) => vec![find(&store, id).await?],
        None => template::all(store.read()).await?,
    };
    let mut failed = 0;
    for Asked { address, templates, answer } in ask(&templates, &store, &environment, config).await? {
        let (verdict, reason) = match &answer {
            Ok(()) => ("ok    ", String::new()),
            Err(reason) => ("FAILED", format!(": {reason}")),
        };
        for template in &templates {
            println!("{verdict}  {}  {}  {address}{reason}", template.provisioning_id, template.name);
        }
        failed += if answer.is_err() { templates.len() } else { 0 };
    }
    match failed {
        0 => Ok(()),
        _ => Err(Failure::Other(format!("users of {failed} of {} templates cannot sign in", templates.len()))),
    }
}
