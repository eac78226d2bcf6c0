//! Proving an address: a mail with a link and a code, either of which proves it.
//!
//! The secrets are made when the mail is sent and kept only as hashes, so a copy of the database opens nothing. A mail
//! that has to be sent again carries new secrets; those that may already be in a mailbox stay good until the proof is
//! used, replaced or too old.

mod proving;

use domain::{EmailAddress, Fault, Mailing, Note, Timestamp, audit::Deed, lifecycle::Event, limit, typed::as_meant};

pub use self::proving::{by_link, owner_of_link, prove, prove_by_code, proven};
use super::{
    change::{self, Circumstances},
    request::NewRequest,
    subscribers,
};
use crate::{
    access::{
        code_keys::CodeKeys,
        secret,
        throttle::{self, Count},
    },
    environment::Environment,
    fault::Trouble,
    store::{
        Actor, Database, DbErr, PartnerId, ProofId, Store, Subscriber, SubscriberId, Work,
        proof::{self, Request, Secret},
        task::Task,
    },
};

/// The user enters an address; a mail will ask to prove it. The same address once more, by a second click or in a second
/// tab, asks for nothing new until a mail may be asked for again.
///
/// # Errors
/// [`Fault::AddressMissing`], [`Fault::InvalidAddress`], [`Fault::TooManyAttempts`], or why the address can not be changed now.
pub async fn enter_address(
    store: &Store,
    environment: &Environment,
    subscriber: &Subscriber,
    typed: &str,
    locale: &str,
) -> Result<(), Trouble> {
    let asked = NewRequest { locale: Some(locale.to_owned()), ..NewRequest::default() };
    ask_for_mail(store, environment, subscriber, typed, (asked, &Actor::User, None)).await
}

/// The customer's administrator gives the user an address, and a mail asks the user to prove it: whoever is of the customer
/// vouches for nobody. The mail has their own words in it, if they wrote some.
///
/// # Errors
/// [`Fault::MailedRecently`] for the same address so soon that nobody is reminded yet; or as [`enter_address`].
pub async fn mail_for_customer(
    store: &Store,
    environment: &Environment,
    subscriber: &Subscriber,
    (typed, note): (&str, Option<Note>),
    actor: &Actor,
) -> Result<(), Trouble> {
    let last = proof::newest(store.read(), subscriber.id).await?;
    let same = |last: &Request| EmailAddress::pasted(typed).is_ok_and(|email| email.key() == last.email.key());
    if let Some(last) = last.as_ref().filter(|last| last.open && !last.mailing.has_failed() && same(last))
        && environment.now().since(last.created_at) < limit::REMIND_AFTER
    {
        return Err(Fault::MailedRecently.into());
    }
    let locale = last.map(|last| last.locale).filter(|locale| !locale.is_empty());
    let asked = NewRequest { locale, note, ..NewRequest::default() };
    ask_for_mail(store, environment, subscriber, typed, (asked, actor, Some(Deed::ActivationMailed))).await
}

/// As [`enter_address`], for the user or for whoever helps them.
async fn ask_for_mail(
    store: &Store,
    environment: &Environment,
    subscriber: &Subscriber,
    typed: &str,
    (asked, actor, deed): (NewRequest, &Actor, Option<Deed>),
) -> Result<(), Trouble> {
    if as_meant(typed).trim().is_empty() {
        return Err(Fault::AddressMissing.into());
    }
    let email = EmailAddress::pasted(typed)?;
    let now = environment.now();
    let id = subscriber.id;
    let [own, recipient, own_there] = mails(subscriber, &email);
    if let Err(too_many) =
        enough(throttle::remembered(store, now, &[own.clone(), recipient.clone(), own_there.clone()]))
    {
        let is_repeated = is_asked_for(store.read(), id, &email, now).await?;
        return if is_repeated { Ok(()) } else { Err(too_many) };
    }
    let mut work = store.work().await?;
    let asking = subscribers::relock(&work, subscriber).await?;
    // Under the lock, so that of two at once the second one finds what the first has asked for. Nobody else has an open request.
    if subscribers::is_asked(&asking) && is_asked_for(&*work, id, &email, now).await? {
        return Ok(work.abandon().await?);
    }
    let request = ProofId::from(environment.id());
    let with = Circumstances { asked: NewRequest { id: Some(request), ..asked }, deed, ..Circumstances::default() };
    change::apply(&mut work, environment, asking, Event::AddressEntered(email), actor, with).await?;
    // What is counted here does not count again when it is sent.
    let counted = Count::of(limit::PROOF_MAIL_TRY, request);
    let [_, spent @ ..] = throttle::spend(store, &work, now, &[counted, own, recipient, own_there]).await?;
    enough(spent)?;
    Ok(work.commit().await?)
}

/// Whether a mail to this address has been asked for, and it is too soon for another one.
async fn is_asked_for(
    db: &impl Database,
    subscriber: SubscriberId,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<bool, Trouble> {
    let last = proof::newest(db, subscriber).await?.filter(|last| last.open && last.email.key() == email.key());
    Ok(last.is_some_and(|last| resend_in(&last, now) > 0))
}

/// What a mail to this address is counted by. Another partner's mails are not: they would be learnt of, and could use up
/// what this one's users may have sent there.
fn mails(subscriber: &Subscriber, email: &EmailAddress) -> [Count; 3] {
    let (id, recipient) = (subscriber.id, email.mailbox());
    [
        Count::of(limit::PROOF_MAIL, id),
        mails_to(subscriber.partner_id, email),
        Count::of(limit::PROOF_MAIL_OWN, format_args!("{id}\n{recipient}")),
    ]
}

fn mails_to(partner: PartnerId, email: &EmailAddress) -> Count {
    Count::of(limit::PROOF_MAIL_RECIPIENT, format_args!("{partner}\n{}", email.mailbox()))
}

/// Counts a mail for its recipient, unless it has been counted when it was asked for or tried before. Returns how long it has
/// to wait if it is one too many; then the transaction has to be dropped.
async fn count_once(
    store: &Store,
    work: &Work,
    now: Timestamp,
    (partner, request): (PartnerId, &Request),
) -> Result<Option<i64>, DbErr> {
    let [counted] = throttle::spend(store, work, now, &[Count::of(limit::PROOF_MAIL_TRY, request.id)]).await?;
    if counted.is_some() {
        return Ok(None);
    }
    let [wait] = throttle::spend(store, work, now, &[mails_to(partner, &request.email)]).await?;
    Ok(wait)
}

/// Refuses one mail too many: the subscriber's, or the recipient's if the subscriber has had some sent there.
fn enough([subscriber, recipient, own]: [Option<i64>; 3]) -> Result<(), Trouble> {
    match Ord::max(subscriber, recipient.zip(own).map(|(recipient, own)| Ord::min(recipient, own))) {
        Some(wait) => Err(Trouble::wait(Fault::TooManyAttempts, wait)),
        None => Ok(()),
    }
}

/// The user wants another mail to the same address. Whoever asks twice has what they want with the first one.
///
/// # Errors
/// [`Fault::TooManyAttempts`] if it is too often, or why there is nothing to send.
pub async fn resend(
    store: &Store,
    environment: &Environment,
    subscriber: &Subscriber,
    locale: &str,
) -> Result<(), Trouble> {
    let Some(last) = to_send_again(store, environment, subscriber.id).await? else { return Ok(()) };
    enter_address(store, environment, subscriber, last.email.as_str(), locale).await
}

/// Whoever helps the user wants another mail to the same address, in the language of the last one.
///
/// # Errors
/// As [`resend`].
pub async fn resend_for(
    store: &Store,
    environment: &Environment,
    subscriber: &Subscriber,
    actor: &Actor,
) -> Result<(), Trouble> {
    let Some(last) = to_send_again(store, environment, subscriber.id).await? else { return Ok(()) };
    let asked = NewRequest { locale: Some(last.locale), ..NewRequest::default() };
    ask_for_mail(store, environment, subscriber, last.email.as_str(), (asked, actor, None)).await
}

/// Whoever helps many users at once wants another mail to this one, to the same address and in the language of the last one,
/// in a unit of work that the caller commits.
///
/// # Errors
/// [`Fault::MailedRecently`], or [`Fault::NothingToRetry`] if no mail is asked for.
pub async fn remind(
    work: &mut Work,
    environment: &Environment,
    subscriber: Subscriber,
    actor: &Actor,
) -> Result<(), Trouble> {
    let last = proof::newest(&**work, subscriber.id).await?.filter(|last| last.open).ok_or(Fault::NothingToRetry)?;
    let age = environment.now().since(last.created_at);
    if !last.mailing.has_failed() && age < limit::REMIND_AFTER {
        return Err(Fault::MailedRecently.into());
    }
    let asked = NewRequest { locale: Some(last.locale), ..NewRequest::default() };
    let with = Circumstances { asked, ..Circumstances::default() };
    change::apply(work, environment, subscriber, Event::AddressEntered(last.email), actor, with).await?;
    Ok(())
}

/// The request whose mail may be sent again now; nothing, if one has just been asked for.
async fn to_send_again(
    store: &Store,
    environment: &Environment,
    subscriber: SubscriberId,
) -> Result<Option<Request>, Trouble> {
    let last =
        proof::newest(store.read(), subscriber).await?.filter(|request| request.open).ok_or(Fault::NothingToRetry)?;
    Ok(Some(last).filter(|last| resend_in(last, environment.now()) == 0))
}

/// Milliseconds until the mail may be asked for again.
#[must_use]
pub fn resend_in(last: &Request, now: Timestamp) -> i64 {
    if last.mailing.has_failed() {
        return 0;
    }
    Ord::clamp(limit::RESEND_AFTER - now.since(last.created_at), 0, limit::RESEND_AFTER)
}

/// The user goes back to entering an address.
///
/// # Errors
/// Why the address can not be changed now. Of somebody who may have no more mails sent that is [`Fault::TooManyAttempts`]: the last
/// mail is their only way on, and would prove nothing any more.
pub async fn withdraw_address(
    store: &Store,
    environment: &Environment,
    subscriber: &Subscriber,
) -> Result<(), Trouble> {
    if let Some(wait) = no_more_mails(store, environment.now(), subscriber.id).await? {
        return Err(Trouble::wait(Fault::TooManyAttempts, wait));
    }
    let mut work = store.work().await?;
    change(&mut work, environment, subscriber, Event::AddressWithdrawn).await?;
    Ok(work.commit().await?)
}

/// How long the user has to wait for another mail to any address; nothing if one may be sent. It does not count.
async fn no_more_mails(store: &Store, now: Timestamp, subscriber: SubscriberId) -> Result<Option<i64>, DbErr> {
    let work = store.work().await?;
    let [wait] = throttle::spend(store, &work, now, &[Count::of(limit::PROOF_MAIL, subscriber)]).await?;
    work.abandon().await?;
    Ok(wait)
}

/// The customer's administrator wants a failed activation made again.
///
/// # Errors
/// [`Fault::NothingToRetry`] if none failed: a failed removal, say, is the partner's.
pub async fn retry_for_customer(
    store: &Store,
    environment: &Environment,
    subscriber: &Subscriber,
    actor: &Actor,
) -> Result<(), Trouble> {
    let mut work = store.work().await?;
    let subscriber = subscribers::relock(&work, subscriber).await?;
    if !subscriber.lifecycle.activation_failed() {
        return Err(Fault::NothingToRetry.into());
    }
    let with = Circumstances { deed: Some(Deed::ActivationRetried), ..Circumstances::default() };
    change::apply(&mut work, environment, subscriber, Event::Retried, actor, with).await?;
    Ok(work.commit().await?)
}

/// The user wants the failed attempt made again.
///
/// # Errors
/// [`Fault::NothingToRetry`] if none failed.
pub async fn try_again(store: &Store, environment: &Environment, subscriber: &Subscriber) -> Result<(), Trouble> {
    let mut work = store.work().await?;
    change(&mut work, environment, subscriber, Event::Retried).await?;
    Ok(work.commit().await?)
}

async fn change(
    work: &mut Work,
    environment: &Environment,
    subscriber: &Subscriber,
    event: Event,
) -> Result<(), Trouble> {
    let subscriber = subscribers::relock(work, subscriber).await?;
    change::apply(work, environment, subscriber, event, &Actor::User, Circumstances::default()).await?;
    Ok(())
}

/// Whether a mail may be handed over.
pub enum Beginning {
    /// It may, with these.
    Begun {
        /// The link's token.
        token: String,
        /// The six digits.
        code: String,
    },
    /// Not by this attempt: its task is another server's by now, or gone, or what it is for is over.
    Overtaken,
    /// Somebody else has begun to hand it over since this attempt was made.
    Uncertain,
    /// Not now: too many have gone to its recipient. In so many milliseconds.
    TooMany(i64),
}

/// Begins a mail for the task that was claimed for it and the request as the attempt found it: new secrets, and the mark
/// that it is being sent. A server that was held up for longer than its lease finds here that it has been overtaken.
///
/// # Errors
/// If the database fails.
pub async fn begin_mail(
    store: &Store,
    environment: &Environment,
    keys: &CodeKeys,
    task: &Task,
    found: &Request,
) -> Result<Beginning, Trouble> {
    let (token, code) = (environment.token(), environment.code());
    let link_hash = secret::fingerprint(&token);
    let code_hash = keys.hash(environment, &link_hash, &code).await;
    let (work, now) = (store.work().await?, environment.now());
    // Locked, so that of two attempts the second one sees what the first has written.
    let Some(current) = proof::lock_with_task(&work, found, task).await? else { return Ok(Beginning::Overtaken) };
    if current.mailing == Mailing::Sending && found.mailing != Mailing::Sending {
        return Ok(Beginning::Uncertain);
    }
    proof::begin(&work, &current, Secret { link_hash, code_hash, created_at: now }).await?;
    if let Some(wait) = count_once(store, &work, now, (task.owner.partner, &current)).await? {
        return Ok(Beginning::TooMany(wait));
    }
    work.commit().await?;
    Ok(Beginning::Begun { token, code })
}

/// The mail was not taken: nobody has its link and its code, and they open nothing.
///
/// # Errors
/// If the database fails.
pub async fn take_back(store: &Store, token: &str) -> Result<(), DbErr> {
    let work = store.work().await?;
    proof::forget_secret(&work, secret::fingerprint(token)).await?;
    work.commit().await
}
