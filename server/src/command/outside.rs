//! What the settings name outside of this server: the mail server, the targets, and the keys that are not in the database.

use std::{sync::Arc, time::Duration};

use domain::EmailAddress;

use super::{Failure, database::beside};
use crate::{
    access::{code_keys::CodeKeys, oidc::Providers},
    config::{Config, ConfigError, bad_code_keys},
    courier::{PostOffice, Sending},
    dns::Dns,
    environment::Environment,
    fault::Trouble,
    mail::{ReturnPaths, Transport},
    store::Store,
    targets::{Targets, directory, scim, webex},
};

/// Where mails go without a mail server.
pub const OUTBOX: &str = "data/outbox";

/// How long one call to an identity provider may take: somebody waits for up to four of them.
const PROVIDER: Duration = Duration::from_secs(5);

/// By whom people sign in to the hub beside us.
pub(super) fn providers(config: &Config) -> Result<Providers, Failure> {
    let providers = Providers::new(config.oidc.clone(), &config.hub_url, PROVIDER);
    providers.map_err(|error| Failure::Other(error.to_string()))
}

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

/// The keys of mailed codes: the settings', or those in a file beside SQLite's. Servers on one PostgreSQL have to share theirs,
/// and nobody but the settings can give them.
pub(super) fn code_keys(config: &Config, environment: &Environment) -> Result<CodeKeys, ConfigError> {
    if let Some(given) = &config.code_keys {
        return Ok(given.clone());
    }
    let Some(file) = beside(&config.database_url, "key") else { return Ok(CodeKeys::default()) };
    CodeKeys::read_or_make(&file, environment).map_err(|wrong| bad_code_keys(&file.display().to_string(), &wrong))
}

/// Where mails come back to, if the settings name a mailbox for that.
pub(super) fn return_paths(config: &Config, keys: &CodeKeys) -> Result<Option<ReturnPaths>, ConfigError> {
    let Some(address) = config.bounce_address.clone() else { return Ok(None) };
    ReturnPaths::new(address, keys.clone()).map(Some).ok_or_else(|| ConfigError {
        name: "FLOWTHROUGH_CODE_KEYS_FILE".to_owned(),
        wrong: "missing beside FLOWTHROUGH_BOUNCE_ADDRESS: without a key anybody could make a return path".to_owned(),
        fix: "Name a file with a key, the same for all servers; `openssl rand -base64 32` makes one.".to_owned(),
    })
}

/// Who writes the mails. A demo's stay in the house.
pub(super) fn office(config: &Config, environment: &Environment, demo: bool) -> Result<PostOffice, Failure> {
    let transport = if demo { Transport::outbox(OUTBOX.into()) } else { transport(config)? };
    let from = EmailAddress::parse(&config.mail_from).map_err(Trouble::from)?;
    let sending = Sending { transport, from };
    // Where no mail leaves the house, nobody outside is asked about it.
    let leaves = !demo && config.smtp_url.is_some();
    let dns = leaves.then(|| Dns::set(config.nameserver, environment)).flatten();
    Ok(PostOffice::new(sending, config.client.clone(), &config.public_url, environment)
        .with_hub(&config.hub_url)
        .with_dns(dns))
}
