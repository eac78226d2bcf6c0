//! Where accounts are created.

use std::collections::BTreeMap;

use super::{
    super::{Failure, outside},
    Finding,
};
use crate::{
    config::Config,
    environment::Environment,
    store::{Store, template},
    targets::{directory, scim, webex},
};

/// Asks each target a plain question; and whether the templates name any that is not set up.
pub(super) async fn check(config: &Config, store: &Store, environment: &Environment) -> Result<Vec<Finding>, Failure> {
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    for template in template::all(store.read()).await? {
        *used.entry(template.target).or_default() += 1;
    }
    let targets = outside::targets(config, store, environment)?;
    let mut findings = Vec::new();
    for name in [directory::NAME, scim::NAME, webex::NAME] {
        let templates = used.remove(name).unwrap_or_default();
        let Some(target) = targets.get(name) else {
            findings.extend((templates > 0).then(|| not_set_up(name, templates)));
            continue;
        };
        findings.push(match target.probe().await {
            Ok(()) => Finding::ok("target", format!("{name} can be used; templates with it: {templates}")),
            Err(refusal) => {
                let said = refusal.detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
                let finding = format!("{name}: {}{said}; templates with it: {templates}", refusal.fault.cause());
                Finding::problem("target", finding, &fix(name))
            }
        });
    }
    findings.extend(used.into_iter().map(|(name, templates)| not_set_up(&name, templates)));
    Ok(findings)
}

fn not_set_up(name: &str, templates: usize) -> Finding {
    let finding = format!("{templates} templates name {name}, which these settings do not set up: their users wait");
    Finding::problem("target", finding, &fix(name))
}

fn fix(name: &str) -> String {
    let name = name.to_uppercase();
    format!("Check FLOWTHROUGH_{name}_URL and FLOWTHROUGH_{name}_TOKEN.")
}
