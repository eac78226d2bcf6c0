//! Proving an address: a mail with a link and a code, either of which proves it.
//!
//! The secrets are made when the mail is sent and kept only as hashes, so a copy of the database opens nothing. A mail
//! that has to be sent again carries new secrets; those that may already be in a mailbox stay good until the proof is
//! used, replaced or too old.

use domain::{
    Code, EmailAddress, Fault, Network, Timestamp,
    lifecycle::{Event, Proof},
    limit,
    typed::as_meant,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::Expr, sea_query::ExprTrait as _,
};
use uuid::Uuid;

use super::{
    change::{self, Circumstances},
    queue,
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
        Actor, Store, Subscriber, Work,
        entity::{proof, proof_secret},
        portal_session, subscriber,
        task::Task,
    },
    targets::Refusal,
};

/// How the mail of a proof fares.
pub mod mail {
    /// On its way to the mail server.
    pub const QUEUED: &str = "queued";
    /// Being handed to the mail server. Found by a later attempt, it is [`UNCERTAIN`].
    pub const SENDING: &str = "sending";
    /// The mail server may have taken it, or not: the process or the connection was gone before it said so.
    pub const UNCERTAIN: &str = "uncertain";
    /// The receiving side asked to be tried again, and will be.
    pub const PUT_OFF: &str = "put_off";
    /// The mail server took it.
    pub const SENT: &str = "sent";
    /// The mail server refused it for good.
    pub const REFUSED: &str = "refused";
}

/// Opens a request to prove the subscriber's entered address.
///
/// # Errors
/// If the database fails.
pub async fn open(
    work: &Work,
    environment: &Environment,
    subscriber: &Subscriber,
    locale: Option<String>,
) -> Result<Uuid, DbErr> {
    let id = environment.id();
    proof::ActiveModel {
        id: Set(id),
        subscriber_id: Set(subscriber.id),
        email: Set(subscriber.email.clone().unwrap_or_default()),
        locale: Set(locale.or_else(|| subscriber.language.clone()).unwrap_or_default()),
        open: Set(true),
        tries: Set(0),
        mail: Set(mail::QUEUED.to_owned()),
        created_at: Set(environment.now().0),
    }
    .insert(&**work)
    .await?;
    Ok(id)
}

/// Closes the requests that the subscriber's state has overtaken; their links and codes prove nothing any more.
///
/// # Errors
/// If the database fails.
pub async fn close(work: &Work, subscriber: &Subscriber) -> Result<(), DbErr> {
    proof::Entity::update_many()
        .col_expr(proof::Column::Open, false.into())
        .filter(proof::Column::SubscriberId.eq(subscriber.id))
        .filter(proof::Column::Open.eq(true))
        .exec(&**work)
        .await?;
    queue::forget_mail(work, subscriber.id).await
}

/// Forgets everything of a subscriber who is gone.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, subscriber: Uuid) -> Result<(), DbErr> {
    let proofs = sea_orm::sea_query::Query::select()
        .column(proof::Column::Id)
        .from(proof::Entity)
        .and_where(Expr::col(proof::Column::SubscriberId).eq(subscriber))
        .to_owned();
    proof_secret::Entity::delete_many().filter(proof_secret::Column::ProofId.in_subquery(proofs)).exec(&**work).await?;
    proof::Entity::delete_many().filter(proof::Column::SubscriberId.eq(subscriber)).exec(&**work).await?;
    portal_session::delete_all_of(work, subscriber).await
}

/// The subscriber's newest request, open or not.
///
/// # Errors
/// If the database fails.
pub async fn newest(db: &impl ConnectionTrait, subscriber: Uuid) -> Result<Option<proof::Model>, DbErr> {
    proof::Entity::find()
        .filter(proof::Column::SubscriberId.eq(subscriber))
        .order_by_desc(proof::Column::CreatedAt)
        .order_by_desc(proof::Column::Id)
        .one(db)
        .await
}

/// The user enters an address; a mail will ask to prove it.
///
/// # Errors
/// [`Fault::AddressMissing`], [`Fault::InvalidAddress`], [`Fault::TooManyAttempts`], or why the address can not be changed now.
pub async fn enter_address(
    store: &Store,
    environment: &Environment,
    subscriber: Uuid,
    typed: &str,
    locale: &str,
) -> Result<(), Trouble> {
    if as_meant(typed).trim().is_empty() {
        return Err(Fault::AddressMissing.into());
    }
    let email = EmailAddress::parse(typed)?;
    let now = environment.now();
    let asking = subscriber::oneself(store.read(), subscriber).await?.ok_or(Fault::NotFound)?;
    let mails = mails(&asking, &email);
    enough(throttle::remembered(store, now, &mails))?;
    let mut work = store.work().await?;
    change(&mut work, environment, subscriber, Event::AddressEntered(email), Some(locale)).await?;
    if let Some(proof) = newest(&*work, subscriber).await? {
        // What is counted here does not count again when it is sent.
        throttle::spend(store, &work, now, &[Count::of(limit::PROOF_MAIL_TRY, proof.id)]).await?;
    }
    enough(throttle::spend(store, &work, now, &mails).await?)?;
    Ok(work.commit().await?)
}

/// What a mail to this address is counted by. Another partner's mails are not: they would be learnt of, and could use up
/// what this one's users may have sent there.
fn mails(subscriber: &Subscriber, email: &EmailAddress) -> [Count; 3] {
    let (id, recipient) = (subscriber.id, email.key());
    [
        Count::of(limit::PROOF_MAIL, id),
        mails_to(subscriber.partner_id, email),
        Count::of(limit::PROOF_MAIL_OWN, format_args!("{id}\n{recipient}")),
    ]
}

fn mails_to(partner: Uuid, email: &EmailAddress) -> Count {
    Count::of(limit::PROOF_MAIL_RECIPIENT, format_args!("{partner}\n{}", email.key()))
}

/// Counts a mail for its recipient, unless it has been counted when it was asked for or tried before. Answers how long it has
/// to wait if it is one too many; then the transaction has to be dropped.
async fn count_once(
    store: &Store,
    work: &Work,
    now: Timestamp,
    (partner, proof): (Uuid, &proof::Model),
) -> Result<Option<i64>, DbErr> {
    let [counted] = throttle::spend(store, work, now, &[Count::of(limit::PROOF_MAIL_TRY, proof.id)]).await?;
    if counted.is_some() {
        return Ok(None);
    }
    let [wait] = throttle::spend(store, work, now, &[mails_to(partner, &EmailAddress::kept(&proof.email))]).await?;
    Ok(wait)
}

/// Refuses one mail too many: the subscriber's, or the recipient's if the subscriber has had some sent there.
fn enough([subscriber, recipient, own]: [Option<i64>; 3]) -> Result<(), Trouble> {
    match Ord::max(subscriber, recipient.zip(own).map(|(recipient, own)| Ord::min(recipient, own))) {
        Some(wait) => Err(Trouble::wait(Fault::TooManyAttempts, wait)),
        None => Ok(()),
    }
}

/// The user wants another mail to the same address.
///
/// # Errors
/// [`Fault::TooManyAttempts`] if it is too soon or too often, or why there is nothing to send.
pub async fn resend(store: &Store, environment: &Environment, subscriber: Uuid, locale: &str) -> Result<(), Trouble> {
    let now = environment.now();
    let last = newest(store.read(), subscriber).await?.filter(|proof| proof.open).ok_or(Fault::NothingToRetry)?;
    let wait = resend_in(&last, now);
    if wait > 0 {
        return Err(Trouble::wait(Fault::TooManyAttempts, wait));
    }
    enter_address(store, environment, subscriber, &last.email, locale).await
}

/// Milliseconds until the mail may be asked for again.
#[must_use]
pub fn resend_in(last: &proof::Model, now: Timestamp) -> i64 {
    if last.mail == mail::REFUSED {
        return 0;
    }
    Ord::clamp(limit::RESEND_AFTER - now.since(Timestamp(last.created_at)), 0, limit::RESEND_AFTER)
}

/// The user goes back to entering an address.
///
/// # Errors
/// Why the address can not be changed now.
pub async fn withdraw_address(store: &Store, environment: &Environment, subscriber: Uuid) -> Result<(), Trouble> {
    let mut work = store.work().await?;
    change(&mut work, environment, subscriber, Event::AddressWithdrawn, None).await?;
    Ok(work.commit().await?)
}

/// The user wants the failed attempt made again.
///
/// # Errors
/// [`Fault::NothingToRetry`] if none failed.
pub async fn try_again(store: &Store, environment: &Environment, subscriber: Uuid) -> Result<(), Trouble> {
    let mut work = store.work().await?;
    change(&mut work, environment, subscriber, Event::Retried, None).await?;
    Ok(work.commit().await?)
}

async fn change(
    work: &mut Work,
    environment: &Environment,
    subscriber: Uuid,
    event: Event,
    locale: Option<&str>,
) -> Result<(), Trouble> {
    let subscriber = change::lock(work, subscriber).await?;
    let with = Circumstances { locale: locale.map(str::to_owned), ..Circumstances::default() };
    change::apply(work, environment, subscriber, event, &Actor::User, with).await?;
    Ok(())
}

/// Why the mail that asks to prove the subscriber's address was refused, if it was.
#[must_use]
pub fn mail_fault(subscriber: &Subscriber) -> Option<Fault> {
    let why = subscriber.mail_fault.and_then(|code| u32::try_from(code).ok()).and_then(Fault::from_code);
    subscriber.mail_refused.then(|| why.unwrap_or(Fault::MailboxUnknown))
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
    found: &proof::Model,
) -> Result<Beginning, Trouble> {
    let (token, code) = (environment.token(), environment.code());
    let link_hash = secret::fingerprint(&token);
    let code_hash = keys.hash(environment, &link_hash, &code).await;
    let work = store.work().await?;
    // Locked, so that of two attempts the second one sees what the first has written.
    let current = proof::Entity::find_by_id(found.id).lock_exclusive().one(&*work).await?;
    let Some(current) = current.filter(|proof| proof.open && proof.mail != mail::SENT) else {
        return Ok(Beginning::Overtaken);
    };
    if !queue::is_held(&work, task).await? {
        return Ok(Beginning::Overtaken);
    }
    if current.mail == mail::SENDING && found.mail != mail::SENDING {
        return Ok(Beginning::Uncertain);
    }
    let now = environment.now();
    proof_secret::ActiveModel {
        link_hash: Set(link_hash),
        proof_id: Set(current.id),
        code_hash: Set(code_hash),
        created_at: Set(now.0),
    }
    .insert(&*work)
    .await?;
    proof::Entity::update_many()
        .col_expr(proof::Column::Mail, mail::SENDING.into())
        .filter(proof::Column::Id.eq(current.id))
        .exec(&*work)
        .await?;
    if let Some(wait) = count_once(store, &work, now, (task.partner_id, &current)).await? {
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
    proof_secret::Entity::delete_by_id(secret::fingerprint(token)).exec(&*work).await?;
    work.commit().await
}

/// Proves the entered address by the mailed code.
///
/// # Errors
/// [`Fault::CodeIncomplete`], which does not count as a try; [`Fault::CodeWrong`], [`Fault::CodeExpired`],
/// [`Fault::CodeSpent`], [`Fault::TooManyAttempts`].
pub async fn prove_by_code(
    store: &Store,
    environment: &Environment,
    keys: &CodeKeys,
    subscriber: Uuid,
    typed: &str,
    network: Network,
) -> Result<(), Trouble> {
    // What has no six digits is no guess.
    let code = Code::parse(typed)?;
    let now = environment.now();
    let proof = newest(store.read(), subscriber).await?.ok_or(Fault::CodeExpired)?;
    if !proof.open {
        return in_vain(store, &proof).await;
    }
    let secrets = secrets(store.read(), proof.id).await?;
    let is_fresh = |secret: &&proof_secret::Model| {
        now.since(Timestamp(secret.created_at)) <= limit::CODE_LIFETIME && keys.knows(&secret.code_hash)
    };
    let fresh: Vec<_> = secrets.iter().filter(is_fresh).collect();
    if fresh.is_empty() && !secrets.is_empty() {
        return Err(Fault::CodeExpired.into());
    }
    let of_this_code = Count::of(limit::CODE_TRIES, proof.id);
    let tries = Tries::of(vec![Count::of(limit::CODE, subscriber), of_this_code.clone()], network);
    match throttle::attempt(store, now, tries, Fault::CodeWrong, compare(keys, code.as_str(), &fresh)).await {
        Ok(()) => {
            let mut work = store.work().await?;
            prove(&mut work, environment, &proof, Proof::Code).await?;
            work.commit().await?;
            proven(&proof, Proof::Code);
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
async fn in_vain(store: &Store, proof: &proof::Model) -> Result<(), Trouble> {
    let subscriber = subscriber::of_proof(store.read(), proof).await?;
    match spent(proof, &subscriber.ok_or(Fault::CodeExpired)?)? {
        Fault::AlreadyConfirmed => Ok(()),
        _ => Err(Fault::CodeExpired.into()),
    }
}

/// Whether the code is one of those that were mailed.
async fn compare(keys: &CodeKeys, code: &str, mailed: &[&proof_secret::Model]) -> Result<(), Trouble> {
    for secret in mailed {
        if keys.verify(&secret.link_hash, code, &secret.code_hash).await? {
            return Ok(());
        }
    }
    Err(Fault::CodeWrong.into())
}

async fn secrets(db: &impl ConnectionTrait, proof: Uuid) -> Result<Vec<proof_secret::Model>, DbErr> {
    proof_secret::Entity::find()
        .filter(proof_secret::Column::ProofId.eq(proof))
        .order_by_desc(proof_secret::Column::CreatedAt)
        .limit(8)
        .all(db)
        .await
}

/// What a mailed link is good for.
///
/// # Errors
/// [`Fault::AlreadyConfirmed`] if what it proves is proven; [`Fault::LinkUsed`] if it was replaced or never existed (which
/// is not told apart), [`Fault::LinkExpired`].
pub async fn by_link(store: &Store, now: Timestamp, token: &str) -> Result<(proof::Model, Subscriber), Trouble> {
    let secret = proof_secret::Entity::find_by_id(secret::fingerprint(token)).one(store.read()).await?;
    let secret = secret.ok_or(Fault::LinkUsed)?;
    let proof = proof::Entity::find_by_id(secret.proof_id).one(store.read()).await?.ok_or(Fault::LinkUsed)?;
    let subscriber = subscriber::of_proof(store.read(), &proof).await?;
    let subscriber = subscriber.ok_or(Fault::LinkUsed)?;
    if !proof.open {
        return Err(spent(&proof, &subscriber)?.into());
    }
    if now.since(Timestamp(secret.created_at)) > limit::LINK_LIFETIME {
        return Err(Fault::LinkExpired.into());
    }
    Ok((proof, subscriber))
}

/// Why a request that is closed proves nothing: it has done so before, or another one did for the same address; or the
/// address is another one by now.
fn spent(proof: &proof::Model, subscriber: &Subscriber) -> Result<Fault, Trouble> {
    let proven = change::lifecycle(subscriber)?.proven().map(|proven| proven.email().key());
    let confirmed = proven.is_some_and(|proven| proven == EmailAddress::kept(&proof.email).key());
    Ok(if confirmed { Fault::AlreadyConfirmed } else { Fault::LinkUsed })
}

/// Proves the entered address, in a unit of work that the caller commits. [`proven`] is for afterwards.
///
/// # Errors
/// [`Fault::AlreadyConfirmed`] or [`Fault::LinkUsed`] if the request was used or replaced meanwhile, or why the address
/// can not be proven now.
pub async fn prove(
    work: &mut Work,
    environment: &Environment,
    proof: &proof::Model,
    how: Proof,
) -> Result<(), Trouble> {
    let email = EmailAddress::kept(&proof.email);
    let subscriber = change::lock(work, proof.subscriber_id).await?;
    // Read again under the subscriber's lock: of two at once, one proves and one finds it used.
    let open = proof::Entity::find_by_id(proof.id).one(&**work).await?.is_some_and(|proof| proof.open);
    if !open {
        return Err(spent(proof, &subscriber)?.into());
    }
    let event = Event::AddressProven(email, how);
    change::apply(work, environment, subscriber, event, &Actor::User, Circumstances::default()).await?;
    Ok(())
}

/// Tells the log that an address was proven, once that is durable.
pub fn proven(proof: &proof::Model, how: Proof) {
    let (subscriber, by) = (proof.subscriber_id, how.as_str());
    tracing::info!(target: SECURITY, event = "address_proven", %subscriber, by);
}

/// Notes how the mail of a request fares, and why it was refused if it was. What kept it up until now is over with it.
///
/// # Errors
/// If the database fails.
pub async fn note_mail(work: &mut Work, proof: Uuid, state: &str, refusal: Option<&Refusal>) -> Result<(), DbErr> {
    let Some(found) = proof::Entity::find_by_id(proof).one(&**work).await? else { return Ok(()) };
    let subscriber = subscriber::of_proof(&**work, &found).await?;
    let mut found: proof::ActiveModel = found.into();
    found.mail = Set(state.to_owned());
    found.update(&**work).await?;
    let Some(subscriber) = subscriber else { return Ok(()) };
    work.changed(&subscriber);
    let mut noted = subscriber.clone();
    noted.mail_refused = state == mail::REFUSED;
    noted.mail_fault = refusal.and_then(|refusal| i32::try_from(refusal.fault.code()).ok());
    if matches!(state, mail::SENT | mail::UNCERTAIN | mail::REFUSED) {
        noted.hitch = None;
        noted.fault_detail = refusal.and_then(|refusal| refusal.detail.clone());
    }
    subscriber::save(work, &subscriber, noted).await?;
    Ok(())
}
