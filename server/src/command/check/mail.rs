//! The mail server, spoken to as far as it goes without a mail.

use super::{
    super::outside::{OUTBOX, transport},
    Finding,
};
use crate::{config::Config, mail::MailError};

/// Connects, greets, encrypts and signs in.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    vec![server(config).await, sender(config)].into_iter().flatten().collect()
}

async fn server(config: &Config) -> Option<Finding> {
    if config.smtp_url.is_none() {
        let finding = format!("there is no mail server: mails go to files in {OUTBOX}/, and nobody gets them");
        return Some(Finding::warning("mail", finding, "Set FLOWTHROUGH_SMTP_URL."));
    }
    let ready = match transport(config) {
        Err(wrong) => return Some(Finding::wrong("mail", wrong)),
        Ok(transport) => transport.ready().await,
    };
    Some(match ready {
        Ok(()) => Finding::ok("mail", "the mail server lets this server in, and would take a mail".to_owned()),
        Err(MailError::Out(no) | MailError::Amid(no) | MailError::Later(no) | MailError::Refused(no)) => {
            let fix = "docs/CONFIGURATION.md, How mails leave, says what to do about it.";
            Finding::problem("mail", format!("{}: {}", no.fault.entry().key, no.said), fix)
        }
        Err(MailError::Uncertain(said)) => Finding::problem("mail", said, "See whether the mail server works."),
    })
}

/// Whether the sender was set: the default's domain is nobody's.
fn sender(config: &Config) -> Option<Finding> {
    let domain = config.mail_from.rsplit('@').next().unwrap_or_default();
    let nobodys = domain == "flowthrough.example" && config.smtp_url.is_some();
    nobodys.then(|| {
        let fix = "Set FLOWTHROUGH_MAIL_FROM to an address that your mail server may send from.";
        Finding::problem("mail", format!("mails would come from {domain}, which is nobody's"), fix)
    })
}
