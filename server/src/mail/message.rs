//! One mail, from the words to the bytes on the wire.

use std::time::{Duration, SystemTime};

use domain::{EmailAddress, Timestamp};
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

/// A mail to one recipient, in plain text and in HTML.
///
/// Written from the same `Mail`, the bytes are the same: nothing in it is taken from the clock or from chance.
#[derive(Clone)]
pub struct Mail {
    /// The mail's identity, a UUIDv7: the outbox sorts by it, and it becomes the Message-ID, by which a mailbox
    /// recognises a mail that was sent again after a crash.
    pub id: Uuid,
    /// When it was written.
    pub date: Timestamp,
    /// Who writes.
    pub from: Sender,
    /// The address of its recipient.
    pub to: EmailAddress,
    /// Where it comes back to, if not to the sender: the envelope's sender, which stands nowhere in the message.
    pub return_path: Option<EmailAddress>,
    /// Where mailboxes stop mails of this kind by one POST (RFC 8058), if it is one of many.
    pub one_click_stop: Option<String>,
    /// What it is about.
    pub subject: String,
    /// All of it, for those who read plain text.
    pub text: String,
    /// All of it again, as an HTML document.
    pub html: String,
}

/// Who writes, and who gets the answers.
#[derive(Clone)]
pub struct Sender {
    /// The name that the mailbox shows.
    pub name: String,
    /// The address.
    pub address: EmailAddress,
    /// Where answers go, if not to `address`.
    pub reply_to: Option<EmailAddress>,
}

impl Mail {
    /// The mail as a message (RFC 5322).
    ///
    /// # Errors
    /// If the addresses or names cannot be written in one.
    pub(super) fn message(&self) -> Result<Message, Unwritable> {
        let from = mailbox(Some(&self.from.name), &self.from.address)?;
        let message_id = format!("<{}@{}>", self.id, from.email.domain());
        let since = Duration::from_millis(u64::try_from(self.date.0).unwrap_or(0));
        let mut message = Message::builder()
            .message_id(Some(message_id))
            .date(SystemTime::UNIX_EPOCH + since)
            .from(from)
            .to(mailbox(None, &self.to)?)
            .subject(one_line(&self.subject))
            // RFC 3834: no out-of-office note comes back.
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()));
        if let Some(return_path) = &self.return_path {
            let envelope = Envelope::new(Some(on_the_wire(return_path)?), vec![on_the_wire(&self.to)?]);
            message = message.envelope(envelope.map_err(|_| Unwritable)?);
        }
        if let Some(stop) = &self.one_click_stop {
            message = message
                .raw_header(header("List-Unsubscribe", format!("<{stop}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        if let Some(reply_to) = &self.from.reply_to {
            message = message.reply_to(mailbox(None, reply_to)?);
        }
        let body = MultiPart::alternative()
            .boundary(self.id.simple().to_string())
            .singlepart(SinglePart::plain(self.text.clone()))
            .singlepart(SinglePart::html(self.html.clone()));
        message.multipart(body).map_err(|_| Unwritable)
    }
}

/// A mail that no message can be made of.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the mail cannot be written")]
pub(super) struct Unwritable;

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

fn mailbox(name: Option<&str>, address: &EmailAddress) -> Result<Mailbox, Unwritable> {
    Ok(Mailbox::new(name.map(one_line), on_the_wire(address)?))
}

fn on_the_wire(address: &EmailAddress) -> Result<Address, Unwritable> {
    let (local, domain) = address.as_str().rsplit_once('@').ok_or(Unwritable)?;
    // Every mail server takes an international domain in its ASCII form, only some take it as it is (RFC 6531).
    let domain = url::Host::parse(domain).map_err(|_| Unwritable)?.to_string();
    Address::new(local, domain).map_err(|_| Unwritable)
}

/// Whoever chose a name or subject gets no header of their own, nor a message that falls apart.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
