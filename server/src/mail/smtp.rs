//! A mail server, spoken to by SMTP (RFC 5321) as those do who submit mails (RFC 6409).
//!
//! The commands are given one by one, so that it is known at which of them a conversation ended: only once the end of the
//! message has been sent may a mail have got through without a word of it.

use std::{
    io,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use domain::{EmailAddress, Fault};
use lettre::{
    Message,
    address::Envelope,
    transport::smtp::{
        authentication::Credentials,
        commands::{Mail, Rcpt, Rset},
        extension::{Extension, MailBodyParameter, MailParameter},
    },
};
use percent_encoding::percent_decode_str;
use tokio::time::{Instant, sleep, timeout};
use url::{Host, Url};

mod connection;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fuzzing;
mod reply;
mod tls;

use self::{
    connection::{Broken, Connection},
    tls::Tls,
};
use super::{
    Hello, MailError, No,
    refusal::{Matter, Parties, Stage, meaning},
};
use crate::quotation::quote;

/// How long a connection without work is kept.
const KEPT: Duration = Duration::from_secs(30);
/// How many of them.
const SPARE: usize = 4;
/// How long a connection may take to be cleared up after a refusal.
const FAREWELL: Duration = Duration::from_secs(2);

/// Connections to a mail server.
#[derive(Clone)]
pub struct Smtp(Arc<Server>);

struct Server {
    host: String,
    port: u16,
    encryption: Encryption,
    credentials: Option<Credentials>,
    hello: Hello,
    patience: Duration,
    spare: Mutex<Vec<Spare>>,
}

/// A connection without work, and since when.
struct Spare(Connection, Instant);

enum Encryption {
    /// None.
    Plain,
    /// By STARTTLS, if the server offers it.
    Offered(Tls),
    /// By STARTTLS or not at all.
    Required(Tls),
    /// From the first byte.
    Wrapped(Tls),
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
    pub(super) fn new(url: &str, hello: Hello, patience: Duration) -> Result<Self, BadSmtpUrl> {
        let Place { host, port, wanted, credentials } = Place::read(url)?;
        let (encryption, spare) = (wanted.with(&host)?, Mutex::default());
        Ok(Self(Arc::new(Server { host, port, encryption, credentials, hello, patience, spare })))
    }

    /// Connects, or sees that an open connection still works.
    pub(super) async fn ready(&self) -> Result<(), MailError> {
        let mut stage = Stage::Hello;
        match timeout(self.0.patience, self.0.connection(&mut stage)).await {
            Ok(Ok(connection)) => {
                self.0.keep(connection);
                Ok(())
            }
            Ok(Err(broken)) => Err(error_at(stage, &broken, Parties::default())),
            Err(_) => Err(error_at(stage, &Broken::Lost(silence()), Parties::default())),
        }
    }

    /// Sends to a server that was [`Self::ready`].
    pub(super) async fn send(&self, message: &Message, to: &EmailAddress) -> Result<(), MailError> {
        let mut stage = Stage::Hello;
        let sender = message.envelope().from().map_or("", AsRef::as_ref);
        let parties = Parties { sender, recipient: to.as_str() };
        match timeout(self.0.patience, self.0.hand_over(&mut stage, message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(broken)) => Err(error_at(stage, &broken, parties)),
            Err(_) => Err(error_at(stage, &Broken::Lost(silence()), parties)),
        }
    }
}

impl Server {
    /// A connection that works.
    async fn connection(&self, stage: &mut Stage) -> Result<Connection, Broken> {
        while let Some(mut connection) = self.spare() {
            if connection.works().await {
                return Ok(connection);
            }
        }
        self.connect(stage).await
    }

    async fn connect(&self, stage: &mut Stage) -> Result<Connection, Broken> {
        let (server, hello) = ((self.host.as_str(), self.port), self.hello.client_id());
        let (wrapped, upgrade) = match &self.encryption {
            Encryption::Plain => (None, None),
            Encryption::Wrapped(tls) => (Some(tls), None),
            Encryption::Offered(tls) | Encryption::Required(tls) => (None, Some(tls)),
        };
        let mut connection = Connection::open(server, wrapped, hello).await?;
        let required = matches!(self.encryption, Encryption::Required(_));
        if let Some(tls) = upgrade.filter(|_| required || connection.offers(Extension::StartTls)) {
            *stage = Stage::StartTls;
            connection = connection.encrypt(tls, hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            *stage = Stage::Auth;
            connection.authenticate(credentials).await?;
        }
        Ok(connection)
    }

    async fn hand_over(self: &Arc<Self>, stage: &mut Stage, message: &Message) -> Result<(), Broken> {
        let mut connection = self.connection(stage).await?;
        let ended = converse(&mut connection, stage, message.envelope(), &message.formatted()).await;
        match &ended {
            Ok(()) => self.keep(connection),
            Err(Broken::Garbled | Broken::Lost(_)) => {}
            Err(_) => drop(tokio::spawn(self.clone().clear_up(connection))),
        }
        ended
    }

    /// Makes a connection fit for the next mail after a refusal, or ends it.
    async fn clear_up(self: Arc<Self>, mut connection: Connection) {
        match timeout(FAREWELL, connection.command(Rset)).await {
            Ok(Ok(_)) => self.keep(connection),
            // A server that does not even say good-bye is not waited for.
            _ => drop(timeout(FAREWELL, connection.end()).await),
        }
    }

    fn spare(&self) -> Option<Connection> {
        let mut spare = self.lock();
        spare.retain(Spare::is_fresh);
        spare.pop().map(|Spare(connection, _)| connection)
    }

    /// Keeps a connection for the next mail, unless none comes soon.
    fn keep(self: &Arc<Self>, connection: Connection) {
        let mut spare = self.lock();
        spare.push(Spare(connection, Instant::now()));
        if spare.len() > SPARE {
            spare.remove(0);
        }
        tokio::spawn(tidy(Arc::downgrade(self)));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Spare>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spare {
    fn is_fresh(&self) -> bool {
        self.1.elapsed() < KEPT
    }
}

async fn tidy(server: Weak<Server>) {
    sleep(KEPT).await;
    let Some(server) = server.upgrade() else { return };
    let (kept, old) = std::mem::take(&mut *server.lock()).into_iter().partition(Spare::is_fresh);
    *server.lock() = kept;
    let old: Vec<Spare> = old;
    for Spare(connection, _) in old {
        let _ = timeout(FAREWELL, connection.end()).await;
    }
}

/// One mail, command by command.
async fn converse(
    connection: &mut Connection,
    stage: &mut Stage,
    envelope: &Envelope,
    message: &[u8],
) -> Result<(), Broken> {
    *stage = Stage::Sender;
    if !connection.may_take(message.len()) {
        return Err(Broken::TooLarge);
    }
    let mut parameters = Vec::new();
    if !is_ascii(envelope.to()) || !is_ascii(envelope.from()) {
        // RFC 6531 §3.2: such an address must not be sent to a server that does not know of them.
        if !connection.offers(Extension::SmtpUtfEight) {
            let theirs = !is_ascii(envelope.to());
            let fault = if theirs { Fault::MailAddressUnsupported } else { Fault::MailSenderRefused };
            let lacking = "the mail server takes no letters outside ASCII in addresses (SMTPUTF8)";
            return Err(Broken::Lacking(fault, lacking));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() && connection.offers(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    connection.command(Mail::new(envelope.from().cloned(), parameters)).await?;
    *stage = Stage::Recipient;
    for recipient in envelope.to() {
        connection.command(Rcpt::new(recipient.clone(), Vec::new())).await?;
    }
    *stage = Stage::Data;
    connection.data().await?;
    connection.message(message).await?;
    connection.end_message().await?;
    *stage = Stage::Content;
    connection.done().await?;
    Ok(())
}

fn is_ascii<'a>(addresses: impl IntoIterator<Item = &'a lettre::Address>) -> bool {
    addresses.into_iter().all(|address| address.user().is_ascii())
}

/// What a URL says of a mail server.
struct Place {
    host: String,
    port: u16,
    wanted: Wanted,
    credentials: Option<Credentials>,
}

/// Which encryption a URL asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Plain,
    Offered,
    Required,
    Wrapped,
}

impl Place {
    fn read(url: &str) -> Result<Self, BadSmtpUrl> {
        let url = Url::parse(url.trim()).map_err(|_| BadSmtpUrl::Malformed)?;
        let host = match url.host().ok_or(BadSmtpUrl::Malformed)? {
            Host::Domain("") => return Err(BadSmtpUrl::Malformed),
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let (wanted, port) = encryption(&url, &host)?;
        Ok(Self { port: url.port().unwrap_or(port), wanted, credentials: credentials(&url)?, host })
    }
}

impl Wanted {
    fn with(self, host: &str) -> Result<Encryption, BadSmtpUrl> {
        let tls = || Tls::new(host).ok_or(BadSmtpUrl::Unusable);
        Ok(match self {
            Self::Plain => Encryption::Plain,
            Self::Offered => Encryption::Offered(tls()?),
            Self::Required => Encryption::Required(tls()?),
            Self::Wrapped => Encryption::Wrapped(tls()?),
        })
    }
}

/// How the URL asks for encryption, and the port that goes with it.
fn encryption(url: &Url, host: &str) -> Result<(Wanted, u16), BadSmtpUrl> {
    let here = is_this_machine(host);
    let default = if here { "tls=none" } else { "tls=required" };
    match (url.scheme(), url.query().unwrap_or(default)) {
        ("smtps", _) if url.query().is_none() => Ok((Wanted::Wrapped, 465)),
        ("smtp", "tls=required") => Ok((Wanted::Required, 587)),
        ("smtp", "tls=opportunistic") => Ok((Wanted::Offered, 587)),
        ("smtp", "tls=none") if url.password().is_some() && !here => Err(BadSmtpUrl::UnencryptedPassword),
        ("smtp", "tls=none") => Ok((Wanted::Plain, 25)),
        ("smtp" | "smtps", _) => Err(BadSmtpUrl::UnknownOption),
        _ => Err(BadSmtpUrl::Malformed),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, BadSmtpUrl> {
    let Some(password) = url.password() else { return Ok(None) };
    let decoded = |text| percent_decode_str(text).decode_utf8().map(Into::into).map_err(|_| BadSmtpUrl::Unusable);
    Ok(Some(Credentials::new(decoded(url.username())?, decoded(password)?)))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What it means that a conversation ended here; nobody is named.
fn error_at(stage: Stage, broken: &Broken, parties: Parties<'_>) -> MailError {
    let local = parties.recipient.split('@').next().unwrap_or_default();
    let said = quote(&broken.to_string(), &[local]);
    let (fault, matter) = match broken {
        Broken::Garbled | Broken::Lost(_) if stage == Stage::Content => return MailError::Uncertain(said),
        Broken::Refused(reply) => meaning(stage, reply.code, &reply.text(), parties),
        Broken::Garbled | Broken::Lost(_) => (Fault::MailUnavailable, stage.ours()),
        // What whoever runs the two servers has to put right; a smaller mail may still go out.
        Broken::TooLarge => (Fault::MailUnavailable, Matter::Later),
        Broken::Lacking(fault @ Fault::MailAddressUnsupported, _) => (*fault, Matter::Final),
        Broken::Lacking(fault, _) => (*fault, Matter::Server),
    };
    let no = No { fault, said };
    match matter {
        Matter::Server if stage < Stage::Recipient => MailError::Out(no),
        Matter::Server => MailError::Amid(no),
        Matter::Later => MailError::Later(no),
        Matter::Final => MailError::Refused(no),
    }
}

fn silence() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the mail server did not answer in time")
}

#[cfg(test)]
mod tests;
