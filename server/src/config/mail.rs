//! Who writes the mails: their sender, the server's name in a conversation with the mail server, and the signature. And where
//! they come back to.

use std::net::SocketAddr;

use serde::Deserialize;

use super::{ConfigError, error};
use crate::{
    dns,
    mail::{BadKey, Hello, ReturnAddress, Signer},
};

/// `[dkim]` of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Dkim {
    selector: Option<String>,
    domain: Option<String>,
    key: Option<String>,
}

/// The sender of mails.
pub(super) fn sender(value: Option<String>) -> Result<String, ConfigError> {
    let sender = value.unwrap_or_else(|| "activation@flowthrough.example".to_owned());
    domain::EmailAddress::parse(&sender).map_err(|_| {
        error("FLOWTHROUGH_MAIL_FROM", "not an email address", "Write one that your mail server may send from.")
    })?;
    Ok(sender)
}

/// The name that the server gives to the mail server.
pub(super) fn ehlo(value: Option<String>, public_url: &str) -> Result<Hello, ConfigError> {
    let Some(value) = value else { return Ok(Hello::of_url(public_url)) };
    let fix = "Write a full name such as activate.example.com, or an address such as [192.0.2.1].";
    Hello::parse(value.trim()).map_err(|wrong| error("FLOWTHROUGH_EHLO", wrong, fix))
}

/// Who is asked what domains say of mails.
pub(super) fn nameserver(value: Option<String>) -> Result<Option<SocketAddr>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let address = value.parse().ok().or_else(|| Some(SocketAddr::new(value.parse().ok()?, dns::PORT)));
    let fix = "Write the address of a name server in numbers, such as 192.0.2.53 or 127.0.0.1:5353, or leave it out.";
    address.map(Some).ok_or_else(|| error("FLOWTHROUGH_NAMESERVER", "not an IP address", fix))
}

/// What signs the mails: for the sender's domain, unless it is said.
pub(super) fn signer(
    setting: impl Fn(&str, Option<String>) -> Option<String>,
    file: Dkim,
    sender: &str,
) -> Result<Option<Signer>, ConfigError> {
    let selector = setting("DKIM_SELECTOR", file.selector);
    let domain = setting("DKIM_DOMAIN", file.domain);
    let (selector, key) = match (selector, setting("DKIM_KEY", file.key)) {
        (None, None) => return Ok(None),
        (Some(selector), Some(key)) => (selector, key),
        (None, Some(_)) => {
            let fix = "Name the record that holds the key's public half, such as flowthrough1 for \
                       flowthrough1._domainkey.example.com.";
            return Err(error("FLOWTHROUGH_DKIM_SELECTOR", "not set beside FLOWTHROUGH_DKIM_KEY", fix));
        }
        (Some(_), None) => {
            let fix = "Name the file with the private key in FLOWTHROUGH_DKIM_KEY_FILE.";
            return Err(error("FLOWTHROUGH_DKIM_KEY", "not set beside FLOWTHROUGH_DKIM_SELECTOR", fix));
        }
    };
    let domain = domain.unwrap_or_else(|| sender.rsplit_once('@').map_or("", |(_, domain)| domain).to_owned());
    // An international one stands in mails in its ASCII form.
    let domain = url::Host::parse(&domain).map_or(domain, |host| host.to_string());
    for (name, value) in [("FLOWTHROUGH_DKIM_SELECTOR", &selector), ("FLOWTHROUGH_DKIM_DOMAIN", &domain)] {
        if !is_name(value) {
            return Err(error(name, "not a name of the DNS", "Write letters, digits, hyphens and dots."));
        }
    }
    Signer::new(&selector, &domain, &key).map(Some).map_err(|wrong: BadKey| {
        error("FLOWTHROUGH_DKIM_KEY", wrong, "Make one by `openssl genrsa -out dkim.pem 2048`.")
    })
}

/// The mailbox that mails come back to.
pub(super) fn bounce_address(value: Option<String>) -> Result<Option<ReturnAddress>, ConfigError> {
    let fix = "Write an address of which your mail server hands over to Flowthrough whatever comes to it with a + and more behind its \
               name, such as bounces@example.com.";
    let address = value.map(|value| ReturnAddress::parse(&value)).transpose();
    address.map_err(|wrong| error("FLOWTHROUGH_BOUNCE_ADDRESS", wrong, fix))
}

/// Where what comes back is handed over.
pub(super) fn bounce_listen(
    value: Option<String>,
    address: Option<&ReturnAddress>,
) -> Result<Option<SocketAddr>, ConfigError> {
    const NAME: &str = "FLOWTHROUGH_BOUNCE_LISTEN";
    let fix = "Write an address and port that only your mail server reaches, such as 127.0.0.1:2424, or leave it out.";
    let listen: Option<SocketAddr> =
        value.map(|value| value.parse()).transpose().map_err(|wrong| error(NAME, wrong, fix))?;
    if listen.is_some() && address.is_none() {
        return Err(error("FLOWTHROUGH_BOUNCE_ADDRESS", "missing", "Set it beside FLOWTHROUGH_BOUNCE_LISTEN."));
    }
    Ok(listen)
}

/// It becomes a part of a header, between semicolons.
fn is_name(value: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    value.split('.').all(is_label)
}
