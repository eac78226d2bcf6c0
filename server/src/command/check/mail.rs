//! The mail server, spoken to as far as it goes without a mail, and what receiving sides look at.

use domain::EmailAddress;

use super::{
    super::{
        Failure,
        outside::{OUTBOX, transport},
    },
    Finding,
};
use crate::{
    config::{Config, ConfigError},
    dns::Dns,
    environment::Environment,
    fault::Trouble,
    mail::{
        Mail, MailError, No, Sender,
        standing::{self, Found, Verdict},
    },
};

/// Connects, greets, encrypts and signs in; and asks how the sender's domain stands, where mails leave at all.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let sender = sender(config);
    let (server, standing) = tokio::join!(server(config), async {
        // What is nobody's has no records.
        if config.smtp_url.is_none() || sender.is_some() { Vec::new() } else { standing(config).await }
    });
    server.into_iter().chain(sender).chain(standing).collect()
}

/// What receiving sides look at.
async fn standing(config: &Config) -> Vec<Finding> {
    let Ok(sender) = EmailAddress::parse(&config.mail_from) else { return Vec::new() };
    let environment = Environment::real();
    let Some(dns) = Dns::set(config.nameserver, &environment) else {
        let fix = "Name one in FLOWTHROUGH_NAMESERVER.";
        return vec![Finding::warning("mail domain", "this system names no name server".to_owned(), fix)];
    };
    let found = standing::of(&dns, &sender, config.signer.as_ref()).await;
    found.into_iter().map(Finding::from).collect()
}

impl From<Found> for Finding {
    fn from(Found { part, verdict, what, fix }: Found) -> Self {
        let fix = fix.unwrap_or_default();
        match verdict {
            Verdict::Good => Self::ok(part.name(), what),
            Verdict::Doubtful => Self::warning(part.name(), what, &fix),
            Verdict::Bad => Self::problem(part.name(), what, &fix),
        }
    }
}

/// Sends a mail, as it is sent to users.
///
/// # Errors
/// If there is no such address, or mails cannot leave by these settings.
pub(super) async fn try_out(config: &Config, to: &str) -> Result<Finding, Failure> {
    let environment = Environment::real();
    let wrong = |_| ConfigError {
        name: "--to".to_owned(),
        wrong: "not an email address".to_owned(),
        fix: "Write one of yours, best at another provider than the sender's.".to_owned(),
    };
    let to = EmailAddress::pasted(to).map_err(wrong)?;
    let address = EmailAddress::parse(&config.mail_from).map_err(Trouble::from)?;
    let text = "This is a mail to see how mails of Flowthrough arrive.\n\nIn its source, look for spf=pass, dkim=pass and \
                dmarc=pass in Authentication-Results.\n";
    let mail = Mail {
        id: environment.id(),
        date: environment.now(),
        from: Sender { name: config.partner.clone(), address, reply_to: None },
        to,
        return_path: None,
        one_click_stop: None,
        subject: "Flowthrough: a test".to_owned(),
        text: text.to_owned(),
        html: format!("<p>{}</p>", text.trim_end().replace("\n\n", "</p>\n<p>")),
    };
    Ok(match transport(config)?.send(&mail).await {
        Ok(()) if config.smtp_url.is_none() => Finding::ok("test mail", format!("it was written into {OUTBOX}/")),
        Ok(()) => Finding::ok("test mail", "the mail server has taken it".to_owned()),
        Err(MailError::Out(no) | MailError::Amid(no) | MailError::Later(no) | MailError::Refused(no)) => {
            refused("test mail", &no)
        }
        Err(MailError::Uncertain(said)) => Finding::problem("test mail", said, "See the mail server's log."),
    })
}

fn refused(part: &'static str, no: &No) -> Finding {
    let fix = "docs/CONFIGURATION.md, How mails leave, says what to do about it.";
    Finding::problem(part, format!("{}: {}", no.fault.entry().key, no.said), fix)
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
            refused("mail", &no)
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
