//! What the settings name outside of this server: the mail server and the targets.

use std::sync::Arc;

use super::Failure;
use crate::{
    config::{Config, ConfigError},
    environment::Environment,
    mail::Transport,
    store::Store,
    targets::{Targets, directory, scim, webex},
};

/// Where mails go without a mail server.
pub const OUTBOX: &str = "data/outbox";

/// How mails leave.
pub(super) fn transport(config: &Config) -> Result<Transport, ConfigError> {
    let Some(url) = &config.smtp_url else { return Ok(Transport::outbox(OUTBOX.into())) };
    let transport = Transport::smtp(url, config.ehlo.clone(), config.smtp_timeout).map_err(|wrong| ConfigError {
        name: "FLOWTHROUGH_SMTP_URL".to_owned(),
        wrong: wrong.to_string(),
        fix: "Write smtp://user:password@host:587?tls=required.".to_owned(),
    })?;
    Ok(transport.signing(config.signer.clone()))
}

/// Where accounts are created: the embedded directory, and what the settings set up beside it.
pub(super) fn targets(config: &Config, store: &Store, environment: &Environment) -> Result<Targets, Failure> {
    let unusable = |error: reqwest::Error| Failure::Other(error.to_string());
    let embedded = directory::Directory::new(store.clone(), environment.clone());
    let mut targets = Targets::default().with(directory::NAME, Arc::new(embedded));
    if let Some(endpoint) = config.scim.clone() {
        targets =
            targets.with(scim::NAME, Arc::new(scim::Scim::new(endpoint, config.target_timeout).map_err(unusable)?));
    }
    if let Some(endpoint) = config.webex.clone() {
        targets =
            targets.with(webex::NAME, Arc::new(webex::Webex::new(endpoint, config.target_timeout).map_err(unusable)?));
    }
    Ok(targets)
}
