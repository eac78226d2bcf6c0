//! How a mail leaves the house: through a mail server, or into a folder where there is none.

use std::{path::PathBuf, time::Duration};

use super::{BadSmtpUrl, Mail, Outbox, smtp::Smtp};

/// Where mails go. Cheap to clone; connections to the mail server are kept and shared.
#[derive(Clone)]
pub enum Transport {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a folder.
    Outbox(Outbox),
}

/// Why a mail did not leave. The texts name no address, so they may be logged and shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// For good: most likely the address does not exist. With the mail server's own words.
    #[error("the mail server refused the mail: {0}")]
    Refused(String),
    /// For now: it is worth sending again.
    #[error("the mail could not be sent: {0}")]
    Unavailable(String),
    /// The mail server was given the mail and did not say whether it took it: sending it again may send it twice.
    #[error("the mail server did not say whether it took the mail: {0}")]
    Uncertain(String),
}

impl Transport {
    /// Through the mail server at this URL.
    ///
    /// | URL | what happens |
    /// |---|---|
    /// | `smtps://user:password@host` | TLS from the first byte, port 465 |
    /// | `smtp://user:password@host?tls=required` | STARTTLS or nothing, port 587 |
    /// | `smtp://host?tls=opportunistic` | STARTTLS if offered, port 587; safe against nobody who is in between |
    /// | `smtp://host?tls=none` | never encrypted, port 25 |
    /// | `smtp://host` | as `required`; for this very machine (`localhost`, `127.0.0.1`, `::1`) as `none` |
    ///
    /// Special characters in user and password are percent-encoded. `timeout` bounds the sending of one mail,
    /// connecting included. Must be called inside the Tokio runtime, which keeps the connections tidy.
    ///
    /// # Errors
    /// [`BadSmtpUrl`] says what is wrong, without showing the password.
    pub fn smtp(url: &str, timeout: Duration) -> Result<Self, BadSmtpUrl> {
        Smtp::new(url, timeout).map(Self::Smtp)
    }

    /// Into this folder, one file per mail. It is created with the first mail.
    #[must_use]
    pub fn outbox(directory: PathBuf) -> Self {
        Self::Outbox(Outbox::new(directory))
    }

    /// Whether a mail that is sent again replaces the first one.
    #[must_use]
    pub const fn replaces(&self) -> bool {
        matches!(self, Self::Outbox(_))
    }

    /// Whether mails can be sent now: connects if no connection is open.
    ///
    /// # Errors
    /// [`MailError::Unavailable`].
    pub async fn ready(&self) -> Result<(), MailError> {
        match self {
            Self::Smtp(smtp) => smtp.ready().await,
            Self::Outbox(_) => Ok(()),
        }
    }

    /// Sends a mail. Safe to repeat: the recipient's mailbox knows it by its Message-ID, the outbox by its name.
    ///
    /// # Errors
    /// [`MailError`] says whether it is worth sending again.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = mail.message().map_err(|unwritable| MailError::Refused(unwritable.to_string()))?;
        match self {
            Self::Smtp(smtp) => smtp.send(&message, &mail.to).await,
            Self::Outbox(outbox) => outbox
                .write(mail.id, message.formatted())
                .await
                .map_err(|error| MailError::Unavailable(error.to_string())),
        }
    }
}
