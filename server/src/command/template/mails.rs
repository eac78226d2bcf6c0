//! What stands in a template's mails, and how often users are reminded: the same for `add` and `set`.

use clap::Args;
use domain::{EmailAddress, template::Reminders};

use super::{Failure, wrong};
use crate::templates;

/// The template's mails.
#[derive(Args)]
pub struct Mails {
    /// Where answers to its mails go; an empty text for their sender
    #[arg(long, value_name = "ADDRESS")]
    reply_to: Option<String>,
    /// What its mails end with, at most 100 characters; an empty text for the name in the mails
    #[arg(long)]
    signature: Option<String>,
    /// How many times users are reminded who have not confirmed their address: 0 to 5
    #[arg(long, value_name = "NUMBER")]
    reminders: Option<i32>,
    /// How many days after the mail before each reminder is sent: 1 to 14
    #[arg(long, value_name = "DAYS")]
    reminder_days: Option<i32>,
}

impl Mails {
    /// Where answers go, `before` unless it is named.
    pub(super) fn reply_to(&self, before: Option<EmailAddress>) -> Result<Option<EmailAddress>, Failure> {
        match self.reply_to.as_deref().map(str::trim) {
            None => Ok(before),
            Some("") => Ok(None),
            Some(written) => EmailAddress::parse(written).map(Some).map_err(|_| {
                wrong("--reply-to", format!("{written:?} is no email address"), "Write one such as help@example.com.")
            }),
        }
    }

    /// What the mails end with, `before` unless it is named.
    pub(super) fn signature(&self, before: Option<String>) -> Result<Option<String>, Failure> {
        let Some(written) = &self.signature else { return Ok(before) };
        templates::signature(written).map_err(|_| {
            wrong(
                "--signature",
                "no line of at most 100 characters".to_owned(),
                "Write a shorter one, without line ends.",
            )
        })
    }

    /// How users are reminded; what is not named stays as it was `before`.
    pub(super) fn reminders(&self, before: Reminders) -> Result<Reminders, Failure> {
        let (count, days) = (self.reminders.unwrap_or(before.count), self.reminder_days.unwrap_or(before.days));
        Reminders::new(count, days).map_err(|_| {
            let fix = format!("Use up to {} reminders, 1 to {} days apart.", Reminders::MOST, Reminders::LONGEST);
            wrong("--reminders, --reminder-days", format!("{count} reminders, {days} days apart"), &fix)
        })
    }
}
