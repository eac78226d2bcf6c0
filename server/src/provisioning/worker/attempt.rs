//! One attempt: the call to the target or the mail server, outside any transaction.

use std::{panic::AssertUnwindSafe, time::Duration};

use domain::{
    Fault, Mailing,
    lifecycle::{Event, Order},
    outage::{Blame, Failure, Sign, Verdict, lasts_until_fixed},
    timestamp::{MINUTE, SECOND},
};
use futures::FutureExt as _;
use tokio::time::Instant;
use tracing::{Instrument as _, Span, field::Empty};

use super::{
    Letter, Undelivered, Worker,
    subject::{Attempted, Request},
};
use crate::{
    fault::Trouble,
    log::TRACE,
    metrics::{Attempt, Service},
    provisioning::{
        activation::{self, Beginning},
        queue::{self, ClaimState, Kind, Setback},
    },
    store::{Customer, Subscriber, Template, Tenant, Workspace, proof, task::Task},
    targets::{Entry as _, Holds, Progress, Refusal},
};

/// When to ask a target again that works on something and did not say when, in milliseconds.
const POLL: i64 = 2 * SECOND;
/// How long a plain question to a target may take.
const PROBE: Duration = Duration::from_secs(10);
/// How often to ask whether the owner of an existing account has agreed: people take hours.
const CONSENT_POLL: i64 = MINUTE;

/// How long a task rests that cannot be settled as things stand, in milliseconds.
const ASIDE: i64 = 5 * MINUTE;
/// How long what needs the database waits for it, in milliseconds.
const STORE_AWAY: i64 = 5 * SECOND;

/// How an attempt ended; `E` are the events of whom or what it was for.
pub(super) enum Outcome<E> {
    /// The target did it.
    Done { event: E, person_id: Option<String> },
    /// The target works on it: ask again in so many milliseconds.
    Underway(i64),
    /// The mail is on its way.
    Sent,
    /// The mail server may have taken the mail, or not: it is not sent a second time. Why, without naming anybody.
    Uncertain(String),
    /// It was refused.
    Refused(Refusal),
    /// The receiving side asks to be tried again.
    PutOff(Refusal),
    /// What it needs is down for everybody: it is tried again in so many milliseconds, and has lost nothing.
    Waits(Refusal, i64),
    /// Nothing is to be done any more: what it was for has changed.
    Moot,
    /// Nothing was asked, because nobody reckons with it any more: the task is taken once more when its lease has run out.
    Overtaken,
}

impl<E> Outcome<E> {
    /// What it is called where attempts are counted.
    const fn name(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Underway(_) => "underway",
            Self::Sent => "sent",
            Self::Refused(_) => "refused",
            Self::PutOff(_) => "put_off",
            Self::Waits(..) => "waits",
            Self::Uncertain(_) => "uncertain",
            Self::Moot => "moot",
            Self::Overtaken => "overtaken",
        }
    }

    const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) | Self::PutOff(refusal) | Self::Waits(refusal, _) => Some(refusal),
            Self::Done { .. } | Self::Underway(_) | Self::Sent | Self::Uncertain(_) | Self::Moot | Self::Overtaken => {
                None
            }
        }
    }

    /// Whether the target has said something; if not, what it was asked may still be under way.
    pub(super) fn is_answer(&self) -> bool {
        !matches!(
            self,
            Self::Refused(Refusal { fault: Fault::TargetTimeout | Fault::Internal, .. })
                | Self::Waits(Refusal { fault: Fault::TargetTimeout, .. }, _)
        )
    }
}

impl Worker {
    /// One attempt. A failure to bring the outcome back leaves the lease to run out: the attempt is made again.
    pub(super) async fn attempt(&self, task: &Task) {
        let (id, name) = (task.id, task.kind.as_str());
        let span = tracing::info_span!(
            target: TRACE, "attempt", name, task = %id, outcome = Empty, fault = Empty
        );
        self.attempted(task).instrument(span).await;
    }

    async fn attempted(&self, task: &Task) {
        let _presence = self.under_way.enter(task.owner.id);
        let settled = match task.kind {
            Kind::Subscriber(Order::SendProof) => self.made::<Subscriber>(task, self.send_proof(task)).await,
            Kind::Subscriber(order) => self.made::<Subscriber>(task, self.ask::<Subscriber>(task, order)).await,
            Kind::Workspace(order) => self.made::<Workspace>(task, self.ask::<Workspace>(task, order)).await,
        };
        let Err(error) = settled else { return };
        if error.is_interruption() {
            // The store has told the log. The lease runs out, and the attempt is made again.
            tracing::debug!(task = %task.id, kind = task.kind.as_str(), %error, "an attempt could not be settled");
            return;
        }
        tracing::error!(task = %task.id, kind = task.kind.as_str(), of = %task.owner.id, %error, "an attempt could not be settled");
        if let Err(error) = self.lay_aside(task).await {
            tracing::error!(task = %task.id, %error, "a task could not be laid aside");
        }
    }

    /// Puts off what cannot be settled as things stand (a row that contradicts itself, or that a newer version wrote): it is not in the way of others.
    async fn lay_aside(&self, task: &Task) -> Result<(), Trouble> {
        let mut work = self.store.work().await?;
        let now = self.environment.now();
        if let ClaimState::Mine(task) = queue::claim_state(&mut work, task, now, false).await? {
            let setback = Setback { run_at: now.plus(ASIDE), answered: false, counts: false };
            queue::postpone(&work, *task, now, setback).await?;
        }
        Ok(work.commit().await?)
    }

    /// Makes an attempt and brings its outcome back.
    async fn made<S: Attempted>(
        &self,
        task: &Task,
        attempt: impl Future<Output = Result<Outcome<S::Event>, Trouble>> + Send,
    ) -> Result<(), Trouble> {
        let began = Instant::now();
        let outcome = self.end(task, attempt).await?;
        self.count(task, &outcome, began.elapsed());
        self.settle::<S>(task, outcome).await
    }

    fn count<E>(&self, task: &Task, outcome: &Outcome<E>, took: Duration) {
        let known = self.services().into_iter().find(|name| *name == task.target);
        let service = Service { service: known.unwrap_or("not set up") };
        let fault = outcome.refusal().map_or(0, |refusal| refusal.fault.code());
        Span::current().record("outcome", outcome.name()).record("fault", fault);
        self.store.metrics().attempted(&Attempt { service, outcome: outcome.name(), fault }, took);
    }

    /// Carries an attempt to its end, whatever that is.
    async fn end<E>(
        &self,
        task: &Task,
        attempt: impl Future<Output = Result<Outcome<E>, Trouble>>,
    ) -> Result<Outcome<E>, Trouble> {
        let weighed = async { Ok(self.weighed(task, attempt.await?).await) };
        // A bug that panics is a failed attempt like any other, so that it comes to an end and somebody sees it.
        let ended = AssertUnwindSafe(weighed).catch_unwind().await;
        ended.unwrap_or_else(|_| Ok(Outcome::Refused(Fault::Internal.into())))
    }

    /// The outcome, once it is known whose it is, and what it says of the service.
    async fn weighed<E>(&self, task: &Task, outcome: Outcome<E>) -> Outcome<E> {
        match outcome {
            Outcome::Refused(refusal) if is_suspect(refusal.fault) => self.weigh(task, refusal).await,
            // The embedded directory's, which is our own: nobody's failure but the database's.
            Outcome::Refused(refusal) if refusal.fault == Fault::StoreUnavailable => {
                Outcome::Waits(refusal, STORE_AWAY)
            }
            Outcome::Done { .. } | Outcome::Underway(_) | Outcome::Sent => self.responded(task, outcome),
            Outcome::Refused(ref refusal) if refusal.fault != Fault::Internal => self.responded(task, outcome),
            Outcome::Refused(_)
            | Outcome::PutOff(_)
            | Outcome::Waits(..)
            | Outcome::Uncertain(_)
            | Outcome::Moot
            | Outcome::Overtaken => outcome,
        }
    }

    fn responded<T>(&self, task: &Task, outcome: T) -> T {
        self.breakers.responded(&task.target, self.environment.now());
        outcome
    }

    /// Who is to blame when a target did not do what it was asked.
    async fn weigh<E>(&self, task: &Task, refusal: Refusal) -> Outcome<E> {
        let overdue = self.is_overdue(task);
        let alone = self.breakers.suspect(&task.target, task.owner.id, self.environment.now());
        let ask = match refusal.fault {
            // Nothing that another question could tell: looking up may work where creating does not.
            _ if refusal.of_all => false,
            // Most likely the order's own, whatever happens to others.
            Fault::TargetRefused => true,
            // It has just asked not to be asked.
            Fault::TargetBusy => overdue,
            _ => alone || overdue,
        };
        let probed = if ask { Some(self.probe(&task.target).await) } else { None };
        let (sign, cause) = match &probed {
            None if refusal.of_all => (Sign::Silent, &refusal),
            None => (Sign::Unknown, &refusal),
            Some(Ok(())) => (Sign::Answers, &refusal),
            Some(Err(deeper)) => (Sign::Silent, deeper),
        };
        match sign {
            Sign::Answers if refusal.fault == Fault::TargetRefused => {
                return self.responded(task, Outcome::Refused(refusal));
            }
            Sign::Answers if overdue => return Outcome::Refused(refusal),
            _ => {}
        }
        match self.judge(task, cause, sign) {
            Verdict { blame: Blame::Order, .. } => Outcome::Refused(refusal),
            Verdict { blame: Blame::Service, wait } => {
                let wait = wait.max(refusal.retry_after.unwrap_or(0));
                Outcome::Waits(refusal, wait)
            }
        }
    }

    fn judge(&self, task: &Task, cause: &Refusal, sign: Sign) -> Verdict {
        let failure = Failure { fault: cause.fault, sign, retry_after: cause.retry_after };
        let (said, now) = (cause.detail.as_deref().unwrap_or_default(), self.environment.now());
        self.breakers.failed(&task.target, task.owner.id, failure, said, (now, self.environment.chance()))
    }

    /// Asks a target for nothing in particular, to see whether it answers.
    async fn probe(&self, target: &str) -> Result<(), Refusal> {
        let Some(target) = self.targets.get(target) else { return Err(not_set_up()) };
        self.environment.within(PROBE, target.probe()).await.unwrap_or_else(|| Err(Fault::TargetTimeout.into()))
    }

    async fn send_proof(&self, task: &Task) -> Result<Outcome<Event>, Trouble> {
        let of_task = proof::of_task(self.store.read(), task).await?;
        let Some((proof, subscriber, template)) = of_task else { return Ok(Outcome::Moot) };
        if proof.mailing == Mailing::Sending && !self.courier.replaces() {
            // An earlier attempt was handing the mail over when its process died.
            return Ok(handed_over_by_another());
        }
        if let Err(refusal) = self.courier.ready().await {
            return Ok(self.mail_server_failed(task, refusal, Sign::Silent));
        }
        let begun = activation::begin_mail(&self.store, &self.environment, &self.code_keys, task, &proof).await?;
        let (token, code) = match begun {
            Beginning::Begun { token, code } => (token, code),
            Beginning::Overtaken => return Ok(Outcome::Moot),
            Beginning::Uncertain => return Ok(handed_over_by_another()),
            Beginning::TooMany(wait) => {
                let detail = Some("too many mails within the hour have gone to this address".to_owned());
                return Ok(Outcome::Waits(Refusal { detail, ..Fault::TooManyAttempts.into() }, wait));
            }
        };
        let letter = Letter { proof, subscriber, template, token: token.clone(), code };
        let call = tracing::info_span!(target: TRACE, "call", name = queue::MAIL);
        let sent = self.courier.send_proof(letter).instrument(call).await;
        if matches!(&sent, Err(undelivered) if !matches!(undelivered, Undelivered::Uncertain(_))) {
            activation::take_back(&self.store, &token).await?;
        }
        Ok(match sent {
            Ok(()) => Outcome::Sent,
            Err(Undelivered::Refused(refusal)) => Outcome::Refused(refusal),
            // It is about this mail; the mail server does what it is there for.
            Err(Undelivered::Later(refusal)) => self.responded(task, Outcome::PutOff(refusal)),
            Err(Undelivered::Out(refusal)) => self.mail_server_failed(task, refusal, Sign::Silent),
            Err(Undelivered::Amid(refusal)) => self.mail_server_failed(task, refusal, Sign::Answers),
            Err(Undelivered::Uncertain(said)) => Outcome::Uncertain(said),
        })
    }

    /// The mail server could not be worked with: before a mail was begun, or in the middle of this one.
    fn mail_server_failed(&self, task: &Task, refusal: Refusal, sign: Sign) -> Outcome<Event> {
        let sign = if lasts_until_fixed(refusal.fault) { Sign::Silent } else { sign };
        match self.judge(task, &refusal, sign) {
            Verdict { blame: Blame::Order, .. } => Outcome::PutOff(refusal),
            Verdict { blame: Blame::Service, wait } => Outcome::Waits(refusal, wait),
        }
    }

    /// Asks the target for what the order says, if the subscriber or workspace still stands where it was given.
    async fn ask<S: Attempted>(&self, task: &Task, order: S::Order) -> Result<Outcome<S::Event>, Trouble> {
        let Some((subject, template, customer)) = self.owner::<S>(task).await? else { return Ok(Outcome::Moot) };
        let Some(target) = self.targets.get(&template.target) else { return Ok(Outcome::Refused(not_set_up())) };
        let Some((request, done)) = subject.request(order, task, &template, &customer) else {
            return Ok(Outcome::Moot);
        };
        let Some(left) = self.left(task) else { return Ok(Outcome::Overtaken) };
        let call = call::<S>(S::Entry::at(target.as_ref()), request, done, task.claims > 1);
        let call = call.instrument(tracing::info_span!(target: TRACE, "call", name = template.target));
        let outcome = self.environment.within(left, call).await;
        Ok(outcome.unwrap_or_else(|| Err(Fault::TargetTimeout.into())).unwrap_or_else(Outcome::Refused))
    }

    /// How long the target may still be asked for a task. Until when that may take effect was reckoned when the task was taken;
    /// a server that was slow or stood still since then has less time, or none.
    fn left(&self, task: &Task) -> Option<Duration> {
        let now = self.environment.now();
        let calls_end = task.lease_until.plus(queue::LONGEST_CALL - queue::LEASE);
        let left = calls_end.since(now).min(queue::LONGEST_CALL);
        (now < task.lease_until).then(|| Duration::from_millis(left.unsigned_abs()))
    }

    /// For whom or what a task is, and whose that is; nothing, if that is gone.
    async fn owner<S: Attempted>(&self, task: &Task) -> Result<Option<(S, Template, Customer)>, Trouble> {
        let Some(id) = S::id_of(task.owner.id) else { return Ok(None) };
        S::find_whole(self.store.read(), Tenant::of_task(task), id).await
    }
}

/// One request to a target, and the event that follows when it is `done`. If it was made before, its outcome may be unknown.
async fn call<S: Attempted>(
    target: &dyn Holds<S::Entry>,
    request: Request<S::Entry>,
    done: S::Event,
    again: bool,
) -> Result<Outcome<S::Event>, Refusal> {
    let progress = match &request {
        // An earlier order may have made it, with another address, package or number.
        Request::Create(wanted) => match if again { target.find(wanted.as_ref()).await? } else { None } {
            Some(Progress::Done(_)) => target.update(wanted).await?,
            _ => target.create(wanted).await?,
        },
        Request::Update(wanted) => target.update(wanted).await?,
        Request::Remove(known) => target.remove(known).await?,
        Request::Consent(identity) => match target.find(identity).await? {
            Some(Progress::ConsentAsked) => Progress::ConsentAsked,
            Some(_) => Progress::Done(None),
            None => return Err(Fault::ConsentDeclined.into()),
        },
    };
    Ok(match (progress, request) {
        (Progress::Done(person_id), _) => Outcome::Done { event: done, person_id },
        (Progress::Underway(retry_after), _) => Outcome::Underway(retry_after.unwrap_or(POLL)),
        // Only a creation asks for consent; whatever else finds it asked waits with it.
        (Progress::ConsentAsked, Request::Create(_)) => {
            S::consent_asked().map_or(Outcome::Underway(CONSENT_POLL), |event| Outcome::Done { event, person_id: None })
        }
        (Progress::ConsentAsked, _) => Outcome::Underway(CONSENT_POLL),
    })
}

/// Whether the fault may be the service's as well as the order's.
const fn is_suspect(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::TargetUnavailable
            | Fault::TargetTimeout
            | Fault::TargetBusy
            | Fault::TargetUnauthorized
            | Fault::TargetRefused
    )
}

/// Nobody knows how far the attempt got that was handing the mail over before this one.
fn handed_over_by_another() -> Outcome<Event> {
    Outcome::Uncertain("the server that was handing it over has stopped or stood still".to_owned())
}

/// A template's target that this server has no settings for: nobody is let in there until it has.
fn not_set_up() -> Refusal {
    Refusal { detail: Some("not set up on this server".to_owned()), ..Fault::TargetUnauthorized.into() }
}
