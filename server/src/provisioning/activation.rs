//! Proving an address: a mail with a link and a code, either of which proves it.
//!
//! The secrets are made when the mail is sent and kept only as hashes, so a copy of the database opens nothing. A mail
//! that has to be sent again carries new secrets; those that may already be in a mailbox stay good until the proof is
//! used, replaced or too old.

use domain::{
    Code, EmailAddress, Fault, Mailing, Network, Timestamp,
    lifecycle::{Event, Proof},
    limit,
    typed::as_meant,
};
use sea_orm::{ConnectionTrait, DbErr};

use super::{
    change::{self, Circumstances},
    queue, subscribers,
};
use crate::{
    access::{
        code_keys::CodeKeys,
        secret,
        throttle::{self, Count, Tries},
    },
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    store::{
        Actor, PartnerId, ProofId, Store, Subscriber, SubscriberId, Work, portal_session,
        proof::{self, Request, Secret},
        subscriber,
        task::Task,
    },
};

/// What is known of a request to prove an address before it is opened.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Its id, if whoever asks needs it.
    pub id: Option<ProofId>,
    /// In which language to write the mail.
    pub locale: Option<String>,
    /// Which reminder it is; 0 if somebody has asked for it.
    pub reminder: i32,
}

/// Opens a request to prove the address that the subscriber has entered, if there is one.
///
/// # Errors
/// If the database fails.
pub async fn open(
    work: &Work,
    environment: &Environment,
    subscriber: &Subscriber,
    asked: Asked,
) -> Result<Option<ProofId>, DbErr> {
    let Some(email) = subscriber.lifecycle.email() else { return Ok(None) };
    let id = asked.id.unwrap_or_else(|| environment.id().into());
    proof::open(work, (id, environment.now()), (subscriber, email), (asked.locale, asked.reminder)).await?;
    Ok(Some(id))
}

/// Closes the requests that the subscriber's state has overtaken; their links and codes prove nothing any more.
///
/// # Errors
/// If the database fails.
pub async fn close(work: &Work, subscriber: &Subscriber) -> Result<(), DbErr> {
    proof::close(work, subscriber).await?;
    queue::forget_mail(work, subscriber.id).await
}

/// Forgets everything of a subscriber who is gone.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, subscriber: SubscriberId) -> Result<(), DbErr> {
    proof::forget(work, subscriber).await?;
    portal_session::delete_all_of(work, subscriber).await
}

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
    ask_for_mail(store, environment, subscriber, typed, (locale, &Actor::User)).await
}

/// As [`enter_address`], for the user or for whoever helps them.
async fn ask_for_mail(
    store: &Store,
    environment: &Environment,
    subscriber: &Subscriber,
    typed: &str,
    (locale, actor): (&str, &Actor),
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
    let asking = subscribers::lock(&work, id).await?;
    // Under the lock, so that of two at once the second one finds what the first has asked for.
    if is_asked_for(&*work, id, &email, now).await? {
        return Ok(work.abandon().await?);
    }
    let request = ProofId::from(environment.id());
    let asked = Asked { id: Some(request), locale: Some(locale.to_owned()), ..Asked::default() };
    let with = Circumstances { asked, ..Circumstances::default() };
    change::apply(&mut work, environment, asking, Event::AddressEntered(email), actor, with).await?;
    // What is counted here does not count again when it is sent.
    let counted = Count::of(limit::PROOF_MAIL_TRY, request);
    let [_, spent @ ..] = throttle::spend(store, &work, now, &[counted, own, recipient, own_there]).await?;
    enough(spent)?;
    Ok(work.commit().await?)
}

/// Whether a mail to this address has been asked for, and it is too soon for another one.
async fn is_asked_for(
    db: &impl ConnectionTrait,
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

/// Counts a mail for its recipient, unless it has been counted when it was asked for or tried before. Answers how long it has
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
    ask_for_mail(store, environment, subscriber, last.email.as_str(), (&last.locale, actor)).await
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
    let asked = Asked { locale: Some(last.locale), ..Asked::default() };
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
/// Why the address can not be changed now.
pub async fn withdraw_address(
    store: &Store,
    environment: &Environment,
    subscriber: SubscriberId,
) -> Result<(), Trouble> {
    let mut work = store.work().await?;
    change(&mut work, environment, subscriber, Event::AddressWithdrawn).await?;
    Ok(work.commit().await?)
}

/// The user wants the failed attempt made again.
///
/// # Errors
/// [`Fault::NothingToRetry`] if none failed.
pub async fn try_again(store: &Store, environment: &Environment, subscriber: SubscriberId) -> Result<(), Trouble> {
    let mut work = store.work().await?;
    change(&mut work, environment, subscriber, Event::Retried).await?;
    Ok(work.commit().await?)
}

async fn change(
    work: &mut Work,
    environment: &Environment,
    subscriber: SubscriberId,
    event: Event,
) -> Result<(), Trouble> {
    let subscriber = subscribers::lock(work, subscriber).await?;
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

/// Proves the entered address by the mailed code.
///
/// # Errors
/// [`Fault::CodeIncomplete`] and [`Fault::CodeOfAnotherAddress`], which do not count as tries; [`Fault::CodeWrong`],
/// [`Fault::CodeExpired`], [`Fault::CodeSpent`], [`Fault::TooManyAttempts`].
pub async fn prove_by_code(
    store: &Store,
    environment: &Environment,
    keys: &CodeKeys,
    subscriber: SubscriberId,
    typed: &str,
    network: Network,
) -> Result<(), Trouble> {
    // What has no six digits is no guess.
    let code = Code::parse(typed)?;
    let now = environment.now();
    let request = proof::newest(store.read(), subscriber).await?.ok_or(Fault::CodeExpired)?;
    if !request.open {
        return in_vain(store, &request).await;
    }
    let secrets = proof::secrets(store.read(), &request).await?;
    let is_fresh =
        |secret: &&Secret| now.since(secret.created_at) <= limit::CODE_LIFETIME && keys.knows(&secret.code_hash);
    let fresh: Vec<_> = secrets.iter().filter(is_fresh).collect();
    if fresh.is_empty() && !secrets.is_empty() {
        return Err(Fault::CodeExpired.into());
    }
    let of_this_code = Count::of(limit::CODE_TRIES, request.id);
    let tries = Tries::of(vec![Count::of(limit::CODE, subscriber), of_this_code.clone()], network);
    let compared = async {
        match compare(keys, code.as_str(), &fresh).await {
            Err(Trouble::Known { fault: Fault::CodeWrong, .. }) => {
                let others = proof::secrets_of_others(store.read(), &request, now.plus(-limit::CODE_LIFETIME)).await?;
                let others: Vec<_> = others.iter().filter(|secret| keys.knows(&secret.code_hash)).collect();
                compare(keys, code.as_str(), &others).await?;
                Err(Fault::CodeOfAnotherAddress.into())
            }
            compared => compared,
        }
    };
    match throttle::attempt(store, now, tries, Fault::CodeWrong, compared).await {
        Ok(()) => {
            let mut work = store.work().await?;
            prove(&mut work, environment, &request, Proof::Code).await?;
            work.commit().await?;
            proven(&request, Proof::Code);
            Ok(())
        }
        // Waiting does not help: this code is worthless now, and another one can be asked for.
        Err(Trouble::Known { fault: Fault::TooManyAttempts, .. })
            if throttle::remembered(store, now, &[of_this_code]) != [None] =>
        {
            Err(Fault::CodeSpent.into())
        }
        Err(trouble) => {
            if let Trouble::Known { fault: Fault::CodeWrong, .. } = trouble {
                tracing::info!(target: SECURITY, event = "code_wrong", %subscriber, %network);
            }
            Err(trouble)
        }
    }
}

/// What becomes of a code for a request that is closed. Whoever confirms twice, in two tabs or because nobody said how it went the
/// first time, has what they want.
async fn in_vain(store: &Store, request: &Request) -> Result<(), Trouble> {
    let subscriber = subscriber::of_proof(store.read(), request).await?;
    match spent(request, &subscriber.ok_or(Fault::CodeExpired)?) {
        Fault::AlreadyConfirmed => Ok(()),
        _ => Err(Fault::CodeOfAnotherAddress.into()),
    }
}

/// Whether the code is one of those that were mailed.
async fn compare(keys: &CodeKeys, code: &str, mailed: &[&Secret]) -> Result<(), Trouble> {
    for secret in mailed {
        if keys.verify(&secret.link_hash, code, &secret.code_hash).await? {
            return Ok(());
        }
    }
    Err(Fault::CodeWrong.into())
}

/// What a mailed link is good for.
///
/// # Errors
/// [`Fault::AlreadyConfirmed`] if what it proves is proven; [`Fault::LinkUsed`] if it was replaced or never existed (which
/// is not told apart), [`Fault::LinkExpired`].
pub async fn by_link(store: &Store, now: Timestamp, token: &str) -> Result<(Request, Subscriber), Trouble> {
    let found = proof::by_link(store.read(), secret::fingerprint(token)).await?;
    let (request, subscriber, sent_at) = found.ok_or(Fault::LinkUsed)?;
    if !request.open {
        return Err(spent(&request, &subscriber).into());
    }
    if now.since(sent_at) > limit::LINK_LIFETIME {
        return Err(Fault::LinkExpired.into());
    }
    Ok((request, subscriber))
}

/// Why a request that is closed proves nothing: it has done so before, or another one did for the same address; or the
/// address is another one by now.
fn spent(request: &Request, subscriber: &Subscriber) -> Fault {
    let proven = subscriber.lifecycle.proven().map(|proven| proven.email().key());
    let confirmed = proven.is_some_and(|proven| proven == request.email.key());
    if confirmed { Fault::AlreadyConfirmed } else { Fault::LinkUsed }
}

/// Proves the entered address, in a unit of work that the caller commits. [`proven`] is for afterwards.
///
/// # Errors
/// [`Fault::AlreadyConfirmed`] or [`Fault::LinkUsed`] if the request was used or replaced meanwhile, or why the address
/// can not be proven now.
pub async fn prove(work: &mut Work, environment: &Environment, request: &Request, how: Proof) -> Result<(), Trouble> {
    let subscriber = subscribers::lock(work, request.subscriber_id).await?;
    // Read again under the subscriber's lock: of two at once, one proves and one finds it used.
    if proof::lock(work, request).await?.is_none() {
        return Err(spent(request, &subscriber).into());
    }
    let event = Event::AddressProven(request.email.clone(), how);
    change::apply(work, environment, subscriber, event, &Actor::User, Circumstances::default()).await?;
    Ok(())
}

/// Reports to the log that an address was proven, once that is durable.
pub fn proven(request: &Request, how: Proof) {
    let (subscriber, by) = (request.subscriber_id, how.as_str());
    tracing::info!(target: SECURITY, event = "address_proven", %subscriber, by);
}
