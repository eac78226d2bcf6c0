//! The mail that says that the account is ready, for users who do not see it on the page.
//!
//! When the account of a user who has proven an address is there, the mail is put down for a minute later, in the user's own row
//! and the same transaction. A page that is open shows the account within seconds, and whoever renders it for the user takes
//! the mail back (decision 78): so it does not matter which server the page is at, nor how it hears of news. The mail is a courtesy
//! and goes out once at most: it is taken from the row before it is handed over, and put back if nothing has left.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    EmailAddress, Happening, Timestamp,
    audit::Deed,
    lifecycle::{Proof, State},
    timestamp::{DAY, HOUR, MINUTE},
};

use super::worker::{Courier, Undelivered};
use crate::{
    environment::Environment,
    fault::Trouble,
    lease::{self, Leased, Pace},
    store::{
        Actor, DbErr, Step, Store, Stored as _, Subject as _, Subscriber, Template, Tenant, proof, subscriber, template,
    },
};

/// How long an open page has to show the account first, in milliseconds.
pub const GRACE: i64 = MINUTE;
/// How many mails one server has under way at a time, and how often it looks for some.
const CONCURRENCY: usize = 4;
const POLL: Duration = Duration::from_secs(5);
/// Longer than the sending of a mail can take, in milliseconds.
const LEASE: i64 = 3 * MINUTE;
/// How long it is tried, in milliseconds: later it says nothing new.
const PATIENCE: i64 = DAY;

/// Sends it. Implemented over `crate::mail`.
#[async_trait]
pub trait Herald: Courier {
    /// Writes and sends the mail.
    async fn send_ready(&self, letter: Letter) -> Result<(), Undelivered>;
}

/// What the mail needs.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The subscriber who gets the mail.
    pub subscriber: Subscriber,
    /// At which address.
    pub email: EmailAddress,
    /// The language of the user's last mail; empty if nothing is known.
    pub locale: String,
    /// Under which template.
    pub template: Template,
}

/// When the mail is due to a user who stands so after having stood otherwise, if that is when the account has come to be, for an
/// address that the user has proven. For whoever did nothing at the portal the partner has other words.
#[must_use]
pub fn due(before: &State, after: &State, now: Timestamp) -> Option<Timestamp> {
    match (before, after) {
        (State::Provisioning(_), State::Provisioned(address))
            if matches!(address.proof(), Proof::Link | Proof::Code) =>
        {
            Some(now.plus(GRACE))
        }
        _ => None,
    }
}

/// The user sees the account: no mail has to say so.
///
/// # Errors
/// If the database fails.
pub async fn seen(store: &Store, user: &Subscriber) -> Result<(), DbErr> {
    if user.ready_mail_at.is_none() {
        return Ok(());
    }
    let work = store.work().await?;
    subscriber::put_ready_mail(&work, user.id, user.ready_mail_at, None).await?;
    work.commit().await
}

/// Sends these mails. Cheap to clone; one per server.
#[derive(Clone)]
pub struct ReadyMails {
    store: Store,
    environment: Environment,
    herald: Arc<dyn Herald>,
}

impl ReadyMails {
    /// Over this database.
    #[must_use]
    pub fn new(store: Store, environment: Environment, herald: Arc<dyn Herald>) -> Self {
        Self { store, environment, herald }
    }

    /// Works until `stop` resolves.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        lease::run(Arc::new(self), stop).await;
    }

    /// Sends what is due: for tests.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn drain(&self) -> Result<(), Trouble> {
        while lease::round(self, 1).await? {}
        Ok(())
    }

    /// Takes it out of the row, if this server still has it and the account is still there.
    async fn take(&self, user: &Subscriber, until: Timestamp) -> Result<Option<Letter>, Trouble> {
        let work = self.store.work().await?;
        let Some(subscriber) = user.relock(&work).await? else { return Ok(None) };
        if subscriber.ready_mail_at != Some(until) {
            return Ok(None);
        }
        subscriber::put_ready_mail(&work, user.id, Some(until), None).await?;
        let email = match &subscriber.lifecycle.state {
            State::Provisioned(address) | State::Updating(address, _) => Some(address.email().clone()),
            _ => None,
        };
        let template = template::find(&*work, Tenant::of_subject(&subscriber), subscriber.template_id).await?;
        let last = proof::newest(&*work, user.id).await?;
        work.commit().await?;
        let locale = last.map(|last| last.locale).unwrap_or_default();
        Ok(email.zip(template).map(|(email, template)| Letter { subscriber, email, locale, template }))
    }

    /// It is tried again, the later the longer it has been tried, and not for ever.
    async fn put_back(&self, user: &Subscriber) -> Result<(), Trouble> {
        let now = self.environment.now();
        let age = now.since(user.status_changed_at);
        if age > PATIENCE {
            return Ok(());
        }
        let work = self.store.work().await?;
        let again = now.plus(age.clamp(MINUTE, HOUR));
        subscriber::put_ready_mail(&work, user.id, None, Some(again)).await?;
        Ok(work.commit().await?)
    }

    async fn sent(&self, user: &Subscriber) -> Result<(), Trouble> {
        let mut work = self.store.work().await?;
        let Some(subscriber) = user.relock(&work).await? else { return Ok(()) };
        let step = Step {
            owner: subscriber.owner(),
            event: Happening::ReadyMailSent.into(),
            deed: Deed::UserChanged,
            actor: &Actor::Engine,
            status: Some(subscriber.status()),
            fault: None,
            detail: None,
        };
        work.record(&self.environment, step).await?;
        work.changed(&subscriber);
        Ok(work.commit().await?)
    }
}

#[async_trait]
impl Leased for ReadyMails {
    /// To whom, and until when it is this server's to send.
    type Item = (Subscriber, Timestamp);

    fn pace(&self) -> Pace {
        Pace { name: "ready mails", at_once: CONCURRENCY, poll: POLL, renew: None, grace: Duration::ZERO }
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    async fn claim(&self, most: usize) -> Result<Vec<Self::Item>, Trouble> {
        let now = self.environment.now();
        if !subscriber::is_ready_mail_due(self.store.read(), now).await? {
            return Ok(Vec::new());
        }
        let (work, until) = (self.store.work().await?, now.plus(LEASE));
        let claimed = subscriber::claim_ready_mails(&work, now, until, most as u64).await?;
        work.commit().await?;
        Ok(claimed.into_iter().map(|user| (user, until)).collect())
    }

    async fn carry_out(&self, (user, until): Self::Item) -> Result<(), Trouble> {
        // While no mail leaves, it stays in the row, and comes round again when the lease has run out.
        if self.herald.ready().await.is_err() {
            return Ok(());
        }
        let Some(letter) = self.take(&user, until).await? else { return Ok(()) };
        let subscriber = letter.subscriber.clone();
        match self.herald.send_ready(letter).await {
            Ok(()) => self.sent(&user).await,
            Err(Undelivered::Out(_) | Undelivered::Amid(_) | Undelivered::Later(_)) => self.put_back(&subscriber).await,
            // It says what the user finds out without it: nobody has to do anything.
            Err(Undelivered::Refused(_) | Undelivered::Uncertain(_)) => Ok(()),
        }
    }
}
