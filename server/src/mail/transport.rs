//! How a mail leaves the house: through a mail server, or into a folder where there is none.

use std::{path::PathBuf, time::Duration};

use domain::Fault;

use super::{BadSmtpUrl, Hello, Mail, MailError, No, Outbox, Signer, smtp::Smtp};

/// Where mails go. Cheap to clone; connections to the mail server are kept and shared.
#[derive(Clone)]
pub enum Transport {
    /// To a mail server, signed if there is something to sign by.
    Smtp(Smtp, Option<Signer>),
    /// Into a folder.
    Outbox(Outbox),
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
    /// Special characters in user and password are percent-encoded. `hello` is the name that we give to the server;
    /// `timeout` bounds the sending of one mail, connecting included. Must be called inside the Tokio runtime, which keeps the connections tidy.
    ///
    /// # Errors
    /// [`BadSmtpUrl`] says what is wrong, without showing the password.
    pub fn smtp(url: &str, hello: Hello, timeout: Duration) -> Result<Self, BadSmtpUrl> {
        Ok(Self::Smtp(Smtp::new(url, hello, timeout)?, None))
    }

    /// The same, which signs what it sends.
    #[must_use]
    pub fn signing(self, signer: Option<Signer>) -> Self {
        match self {
            Self::Smtp(smtp, _) => Self::Smtp(smtp, signer),
            Self::Outbox(_) => self,
        }
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
    /// [`MailError::Out`].
    pub async fn ready(&self) -> Result<(), MailError> {
        match self {
            Self::Smtp(smtp, _) => smtp.ready().await,
            Self::Outbox(_) => Ok(()),
        }
    }

    /// Sends a mail. Safe to repeat: the recipient's mailbox knows it by its Message-ID, the outbox by its name.
    ///
    /// # Errors
    /// [`MailError`] says whether it is worth sending again.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let mut message = mail.message().map_err(|unwritable| {
            MailError::Refused(No { fault: Fault::MailAddressUnsupported, said: unwritable.to_string() })
        })?;
        match self {
            Self::Smtp(smtp, signer) => {
                if let Some(signer) = signer {
                    signer.sign(&mut message);
                }
                smtp.send(&message, &mail.to).await
            }
            Self::Outbox(outbox) => outbox
                .write(mail.id, message.formatted())
                .await
                .map_err(|error| MailError::Amid(No { fault: Fault::MailUnavailable, said: error.to_string() })),
        }
    }
}
