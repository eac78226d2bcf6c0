//! A mail server, spoken to by SMTP.

use std::{error::Error, net::IpAddr, time::Duration};

use domain::EmailAddress;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{self, response::Category},
};
use url::Url;

use super::MailError;
use crate::quotation::quote;

/// Connections to a mail server.
#[derive(Clone)]
pub struct Smtp {
    pool: AsyncSmtpTransport<Tokio1Executor>,
    timeout: Duration,
}

/// What is wrong with the URL of a mail server. Never shows the URL: a password may be in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSmtpUrl {
    /// Not `smtp://…` or `smtps://…` with a host.
    #[error("it must look like smtps://user:password@host or smtp://user:password@host:587?tls=required")]
    Malformed,
    /// Something else behind the question mark.
    #[error("only ?tls=required, ?tls=opportunistic or ?tls=none may follow an smtp:// address")]
    UnknownOption,
    /// A password without encryption.
    #[error("a password is not sent unencrypted: use smtps:// or ?tls=required")]
    UnencryptedPassword,
    /// TLS or the credentials cannot be set up.
    #[error("TLS or the credentials cannot be set up: check the host's name and the percent-encoding")]
    Unusable,
}

impl Smtp {
    /// See [`super::Transport::smtp`].
    pub(super) fn new(url: &str, timeout: Duration) -> Result<Self, BadSmtpUrl> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(explicit(url)?.as_str())
            .map_err(|_| BadSmtpUrl::Unusable)?;
        Ok(Self { pool: builder.timeout(Some(timeout)).build(), timeout })
    }

    /// Connects, or sees that an open connection still works.
    pub(super) async fn ready(&self) -> Result<(), MailError> {
        match tokio::time::timeout(self.timeout, self.pool.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(MailError::Unavailable("the mail server hung up".to_owned())),
            Ok(Err(error)) => Err(MailError::Unavailable(quote(&words_of(&error), &[]))),
            Err(_) => Err(MailError::Unavailable("the mail server did not answer in time".to_owned())),
        }
    }

    /// Sends to a server that was [`Self::ready`]: without a word from it, the mail may have got through.
    pub(super) async fn send(&self, message: &Message, to: &EmailAddress) -> Result<(), MailError> {
        // The library's own time-out ends with the connection; this one covers the conversation too.
        match tokio::time::timeout(self.timeout, self.pool.send_raw(message.envelope(), &message.formatted())).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(failure(&error, to)),
            Err(_) => Err(MailError::Uncertain("the mail server did not answer in time".to_owned())),
        }
    }
}

/// The URL as the library wants it: with the encryption said, unless there is none.
fn explicit(url: &str) -> Result<Url, BadSmtpUrl> {
    let mut url = Url::parse(url.trim()).map_err(|_| BadSmtpUrl::Malformed)?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(BadSmtpUrl::Malformed)?;
    let default = if is_this_machine(host) { "tls=none" } else { "tls=required" };
    let query = url.query().unwrap_or(default).to_owned();
    match (url.scheme(), query.as_str()) {
        ("smtps", _) if url.query().is_none() => {}
        ("smtp", "tls=required" | "tls=opportunistic") => url.set_query(Some(&query)),
        ("smtp", "tls=none") if url.password().is_some() && default != "tls=none" => {
            return Err(BadSmtpUrl::UnencryptedPassword);
        }
        ("smtp", "tls=none") => url.set_query(None),
        ("smtp" | "smtps", _) => return Err(BadSmtpUrl::UnknownOption),
        _ => return Err(BadSmtpUrl::Malformed),
    }
    Ok(url)
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn failure(error: &smtp::Error, to: &EmailAddress) -> MailError {
    let local = to.as_str().split('@').next().unwrap_or_default();
    let text = quote(&words_of(error), &[local]);
    // x5x is about mailbox and message (RFC 5321 §4.2.1). Other permanent codes, such as 535 for our password, are
    // about us: the recipient is not to blame, and an administrator may mend it.
    let about_the_mail = error.status().is_some_and(|code| code.category == Category::MailSystem);
    // The address has letters outside ASCII before the @, and this server takes none.
    let beyond_the_server = error.is_client() && !to.as_str().is_ascii();
    if error.is_permanent() && about_the_mail || beyond_the_server {
        MailError::Refused(text)
    } else if error.status().is_some() || error.is_client() {
        MailError::Unavailable(text)
    } else {
        MailError::Uncertain(text)
    }
}

/// What the server said, with its code, or else the innermost cause.
fn words_of(error: &smtp::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    match error.status() {
        Some(code) => format!("{code} {cause}"),
        None => cause.to_string(),
    }
}

#[cfg(test)]
mod tests;
