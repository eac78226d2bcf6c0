//! SIGHUP (`systemctl reload`): the settings are read again. The level of the log, how mails leave and the tokens of targets
//! change in a server that serves; what is wrong among them changes nothing, and what needs a restart is named.

use std::io::IsTerminal as _;

use domain::{EmailAddress, Fault};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::supervisor;
use crate::{
    command::outside,
    config::Config,
    courier::{PostOffice, Sending},
    log,
    mail::MailError,
    targets::{Refusal, Target, remote::Endpoint, scim, webex},
};

/// Waits for the signal, and knows by which settings the server runs.
pub(super) struct Reload {
    config: Config,
    /// None in a demo, whose mails stay in the house.
    office: Option<PostOffice>,
    signals: Option<Signal>,
}

impl Reload {
    /// From now on the signal ends nothing. Whoever started the server in a terminal wants it to end with that.
    pub(super) fn listen(config: Config, office: Option<PostOffice>) -> Self {
        let signals = if std::io::stdin().is_terminal() { None } else { signal(SignalKind::hangup()).ok() };
        Self { config, office, signals }
    }

    /// Reads the settings again with every signal, for as long as it is polled.
    pub(super) async fn run(mut self) {
        let Some(mut signals) = self.signals.take() else { return };
        while signals.recv().await.is_some() {
            supervisor::reloading();
            self.read_again().await;
            supervisor::reloaded();
        }
    }

    async fn read_again(&mut self) {
        let new = match Config::load() {
            Ok(new) => new,
            Err(wrong) => {
                tracing::warn!(
                    event = "settings_refused",
                    setting = wrong.name,
                    wrong = wrong.wrong,
                    fix = wrong.fix,
                    "the settings stay as they were"
                );
                return;
            }
        };
        self.take_level(&new);
        self.take_mail(&new).await;
        for (name, one, other) in
            [(scim::NAME, &self.config.scim, &new.scim), (webex::NAME, &self.config.webex, &new.webex)]
        {
            if let (Some(one), Some(other)) = (one, other)
                && one.is_at_the_place_of(other)
                && one != other
            {
                take_token(name, one, other, &new).await;
            }
        }
        for setting in self.config.fixed_changes(&new) {
            tracing::warn!(event = "setting_needs_restart", setting, "has changed, and counts from the next start on");
        }
        tracing::info!(event = "settings_read", "the settings were read again");
    }

    fn take_level(&mut self, new: &Config) {
        if self.config.log != new.log {
            self.config.log = new.log;
            log::say(new.log);
            tracing::info!(event = "setting_taken_over", what = "log", "from now on");
        }
    }

    async fn take_mail(&mut self, new: &Config) {
        let Some(office) = &self.office else { return };
        if self.config.sends_as(new) {
            return;
        }
        match sending(new).await {
            Ok(sending) => {
                office.send_by(sending);
                self.config.send_as(new);
                tracing::info!(event = "setting_taken_over", what = "mail", "from the next mail on");
            }
            Err(Refusal { fault, detail, .. }) => refused("mail", fault, detail.as_deref()),
        }
    }
}

/// How mails leave by these settings, if they do.
async fn sending(config: &Config) -> Result<Sending, Refusal> {
    let from = EmailAddress::parse(&config.mail_from).map_err(Refusal::from)?;
    let unusable = |wrong: String| Refusal { detail: Some(wrong), ..Fault::MailUnavailable.into() };
    let transport = outside::transport(config).map_err(|wrong| unusable(wrong.wrong))?;
    transport.ready().await.map_err(|error| match error {
        MailError::Out(no) | MailError::Amid(no) | MailError::Later(no) | MailError::Refused(no) => no.into(),
        MailError::Uncertain(said) => unusable(said),
    })?;
    Ok(Sending { transport, from })
}

/// A token that does not open the target changes nothing.
async fn take_token(name: &'static str, now: &Endpoint, new: &Endpoint, config: &Config) {
    let target: Result<Box<dyn Target>, _> = match name {
        scim::NAME => scim::Scim::new(new.clone(), config.target_timeout).map(|target| Box::new(target) as _),
        _ => webex::Webex::new(new.clone(), config.target_timeout).map(|target| Box::new(target) as _),
    };
    let opened = match target {
        Ok(target) => target.probe().await,
        Err(error) => Err(Refusal { detail: Some(error.to_string()), ..Fault::TargetUnavailable.into() }),
    };
    match opened {
        Ok(()) => {
            now.open_as(new);
            tracing::info!(event = "setting_taken_over", what = name, "from the next call on");
        }
        Err(Refusal { fault, detail, .. }) => refused(name, fault, detail.as_deref()),
    }
}

/// What does not work is not taken over.
fn refused(what: &str, fault: Fault, said: Option<&str>) {
    let (code, cause) = (fault.code(), fault.entry().key);
    tracing::warn!(event = "setting_refused", what, code, cause, said, "does not work, and stays as it was");
}
