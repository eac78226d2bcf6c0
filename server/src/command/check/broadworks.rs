//! BroadWorks: where passwords are checked, and the accounts that read directories. No password is tried.

use super::{
    super::{
        Failure, partner,
        template::xsi::{self, Asked},
    },
    Finding,
};
use crate::{
    config::{Config, PartnersAccount},
    environment::Environment,
    partners,
    store::{Store, template},
};

/// Asks at every address once.
pub(super) async fn check(config: &Config, store: &Store, environment: &Environment) -> Result<Vec<Finding>, Failure> {
    let templates = template::all(store.read()).await?;
    let mut findings = Vec::new();
    for Asked { address, templates, answer } in xsi::ask(&templates, store, environment, config).await? {
        let templates = templates.len();
        findings.push(match answer {
            Ok(()) => Finding::ok("broadworks", format!("it answers at {address}; templates with it: {templates}")),
            Err(reason) => {
                let finding = format!("{address}: {reason}; users of {templates} templates cannot sign in");
                let fix = "Correct the address: flowthrough template xsi PROVISIONING_ID URL; or see whether BroadWorks is up.";
                Finding::problem("broadworks", finding, fix)
            }
        });
    }
    findings.extend(accounts(config, store).await?);
    Ok(findings)
}

/// The accounts that read directories: whose they are, and whether BroadWorks is where they say.
async fn accounts(config: &Config, store: &Store) -> Result<Vec<Finding>, Failure> {
    let all = partners::all(store).await?;
    let mut findings = Vec::new();
    for (name, meant) in partner::unknown(config.partners_of_accounts(), &all) {
        let fix = meant.map(|meant| format!("Did you mean {meant:?}?"));
        let fix = fix.unwrap_or_else(|| "flowthrough partner list shows them.".to_owned());
        let finding = format!("FLOWTHROUGH_BROADWORKS_PARTNER: there is no partner {name:?}");
        findings.push(Finding::problem("broadworks", finding, &fix));
    }
    for PartnersAccount { partner, account } in &config.broadworks {
        if partner.is_none() && all.len() > 1 {
            let finding =
                format!("there are {} partners, and nothing says whose FLOWTHROUGH_BROADWORKS_USER is", all.len());
            findings.push(Finding::problem("broadworks", finding, "Set FLOWTHROUGH_BROADWORKS_PARTNER."));
        }
        let address = account.url.as_str();
        findings.push(match xsi::probe(&account.url, config).await {
            Ok(()) => Finding::ok("broadworks", format!("it answers the reader of directories at {address}")),
            Err(reason) => {
                let fix = "Correct FLOWTHROUGH_BROADWORKS_URL, or see whether BroadWorks is up.";
                Finding::problem("broadworks", format!("{address}: {reason}; no directory can be synced"), fix)
            }
        });
    }
    Ok(findings)
}
