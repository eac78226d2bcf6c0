//! The identity providers by which people sign in to the hub. Nobody is signed in.

use super::{
    super::{Failure, outside, partner},
    Finding,
};
use crate::{config::Config, partners, store::Store};

/// Reads each one's document and keys.
pub(super) async fn check(config: &Config, store: &Store) -> Result<Vec<Finding>, Failure> {
    const PART: &str = "sign-in";
    let all = partners::all(store).await?;
    let mut findings = Vec::new();
    for (name, meant) in partner::unknown(config.partners_of_providers(), &all) {
        let fix = meant.map(|meant| format!("Did you mean {meant:?}?"));
        let fix = fix.unwrap_or_else(|| "flowthrough partner list shows them.".to_owned());
        findings.push(Finding::problem(PART, format!("there is no partner {name:?}"), &fix));
    }
    if all.len() > 1 && config.oidc.iter().any(|provider| provider.partner.is_none()) {
        let finding = format!("there are {} partners, and nothing says whose FLOWTHROUGH_OIDC_ISSUER is", all.len());
        findings.push(Finding::problem(PART, finding, "Set FLOWTHROUGH_OIDC_PARTNER."));
    }
    for provider in outside::providers(config)?.all() {
        let issuer = &provider.settings().issuer;
        findings.push(match provider.probe().await {
            Ok(()) => Finding::ok(PART, format!("{issuer} can be used; it has to know {}", provider.redirect())),
            Err(wrong) => {
                let fix = "Correct FLOWTHROUGH_OIDC_ISSUER (exactly as the provider's document has it), or see whether it is up.";
                Finding::problem(PART, format!("{issuer}: {wrong}; nobody can sign in by it"), fix)
            }
        });
    }
    Ok(findings)
}
