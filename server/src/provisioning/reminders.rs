//! Reminders for users who have entered an address and not proven it, if their template has some.
//!
//! A reminder is another mail that asks to prove the address: when it is due, the user's state machine says whether it fits, and
//! its request, its step of the history and its task are written in one transaction. So it is sent, put off, refused and comes
//! back like every other one. When the next is due stands with the request whose mail has left (`store/proof/reminder.rs`).
//! Nobody gets one who cannot stop them: every mail has a link for that, which needs no session (RFC 8058).

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    Happening, Timestamp, audit::Deed, lifecycle::Event, limit, template::UserVerification, timestamp::MINUTE,
};

use super::{
    change::{self, Circumstances},
    request::NewRequest,
};
use crate::{
    access::{code_keys::CodeKeys, sealed_id::Sealed},
    environment::Environment,
    fault::Trouble,
    lease::{self, Leased, Pace},
    store::{
        Actor, Step, Store, Stored as _, Subject as _, Subscriber, Template, Tenant, Work,
        proof::{self, Request},
        template,
    },
};

/// How many one server writes at a time, and how often it looks for some.
const CONCURRENCY: usize = 4;
const POLL: Duration = Duration::from_secs(15);
/// Longer than one transaction takes, in milliseconds.
const LEASE: i64 = MINUTE;

/// Seals the links by which users stop reminders.
#[must_use]
pub fn stops(keys: CodeKeys) -> Sealed {
    Sealed::new("no more reminders", keys)
}

/// Asks for the mails. Cheap to clone; one per server.
#[derive(Clone)]
pub struct Reminders {
    store: Store,
    environment: Environment,
}

/// What is to be done with a reminder that was claimed.
enum Next {
    /// It is asked for now, and is the one of this number.
    Remind(i32),
    /// A mail has left only lately: not before then.
    Wait(Timestamp),
    /// Nobody is to be reminded.
    Forget,
}

impl Reminders {
    /// Over this database, if users can stop them there.
    #[must_use]
    pub fn new(store: Store, environment: Environment, stops: &Sealed) -> Option<Self> {
        stops.is_possible().then_some(Self { store, environment })
    }

    /// Works until `stop` resolves.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        lease::run(Arc::new(self), stop).await;
    }

    /// Asks for what is due: for tests.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn drain(&self) -> Result<(), Trouble> {
        while lease::round(self, 1).await? {}
        Ok(())
    }

    async fn next(&self, work: &Work, user: &Subscriber, last: &Request) -> Result<Next, Trouble> {
        let template = template::find(&**work, Tenant::of_subject(user), user.template_id).await?;
        if !template.is_some_and(|template| is_wanted(&template, user, last)) {
            return Ok(Next::Forget);
        }
        let secrets = proof::secrets(&**work, last).await?;
        let left = secrets.first().map_or(last.created_at, |newest| newest.created_at);
        let again = left.plus(limit::REMIND_AFTER);
        Ok(if again > self.environment.now() { Next::Wait(again) } else { Next::Remind(last.reminder + 1) })
    }
}

/// Whether the one who was asked to prove an address is to be reminded of it once more. A mail that was refused or has come back
/// went nowhere, and so would the next one.
fn is_wanted(template: &Template, user: &Subscriber, last: &Request) -> bool {
    template.verification == UserVerification::Untrusted
        && template.reminders.count > last.reminder
        && user.reminders_stopped_at.is_none()
        && !user.mail_refused
        && !last.mailing.has_failed()
}

#[async_trait]
impl Leased for Reminders {
    /// Whose, and until when it is this server's to ask for.
    type Item = (Subscriber, Timestamp);

    fn pace(&self) -> Pace {
        Pace { name: "reminders", at_once: CONCURRENCY, poll: POLL, renew: None, grace: Duration::ZERO }
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    async fn claim(&self, most: usize) -> Result<Vec<Self::Item>, Trouble> {
        let now = self.environment.now();
        if !proof::is_reminder_due(self.store.read(), now).await? {
            return Ok(Vec::new());
        }
        let (work, until) = (self.store.work().await?, now.plus(LEASE));
        let claimed = proof::claim_reminders(&work, now, until, most as u64).await?;
        work.commit().await?;
        Ok(claimed.into_iter().map(|user| (user, until)).collect())
    }

    async fn carry_out(&self, (user, until): Self::Item) -> Result<(), Trouble> {
        let mut work = self.store.work().await?;
        let Some(subscriber) = user.relock(&work).await? else { return Ok(()) };
        let last = proof::newest(&*work, user.id).await?;
        let Some(last) = last.filter(|last| last.open && last.remind_at == Some(until)) else { return Ok(()) };
        match self.next(&work, &subscriber, &last).await? {
            Next::Remind(reminder) => {
                let asked = NewRequest { locale: Some(last.locale), reminder, ..NewRequest::default() };
                let with = Circumstances { asked, ..Circumstances::default() };
                let (environment, actor) = (&self.environment, &Actor::Engine);
                change::apply(&mut work, environment, subscriber, Event::ReminderDue, actor, with).await?;
            }
            Next::Wait(again) => proof::put_reminder(&work, last.id, Some(again)).await?,
            Next::Forget => proof::put_reminder(&work, last.id, None).await?,
        }
        Ok(work.commit().await?)
    }
}

/// The user wants no more reminders, now or ever. Whoever says so twice has what they want.
///
/// # Errors
/// If the database fails.
pub async fn stop(store: &Store, environment: &Environment, user: &Subscriber) -> Result<(), Trouble> {
    let mut work = store.work().await?;
    let Some(before) = user.relock(&work).await? else { return Ok(()) };
    if before.reminders_stopped_at.is_some() {
        return Ok(());
    }
    let mut after = before.clone();
    after.reminders_stopped_at = Some(environment.now());
    Subscriber::save(&work, &before, &after).await?;
    proof::forget_reminders(&work, user.id).await?;
    let step = Step {
        owner: after.owner(),
        event: Happening::RemindersStopped.into(),
        deed: Deed::UserChanged,
        actor: &Actor::User,
        status: Some(after.status()),
        fault: None,
        detail: None,
    };
    work.record(environment, step).await?;
    work.changed(&after);
    Ok(work.commit().await?)
}
