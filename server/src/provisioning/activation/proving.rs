//! What proves the address: the code or the link of a mail.

use domain::{
    Code, Fault, Network, Timestamp,
    lifecycle::{Event, Proof, State},
    limit,
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
    provisioning::{
        change::{self, Circumstances},
        subscribers,
    },
    store::{
        Actor, Store, Subscriber, Template, Work,
        proof::{self, Request, Secret},
    },
};

/// Proves the entered address by the mailed code.
///
/// # Errors
/// [`Fault::CodeIncomplete`] and [`Fault::CodeOfAnotherAddress`], which do not count as tries; [`Fault::CodeWrong`],
/// [`Fault::CodeExpired`], [`Fault::CodeSpent`], [`Fault::TooManyAttempts`].
pub async fn prove_by_code(
    store: &Store,
    environment: &Environment,
    keys: &CodeKeys,
    subscriber: &Subscriber,
    typed: &str,
    network: Network,
) -> Result<(), Trouble> {
    // What has no six digits is no guess.
    let code = Code::parse(typed)?;
    let now = environment.now();
    let request = proof::newest(store.read(), subscriber.id).await?.ok_or(Fault::CodeExpired)?;
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
    let tries = Tries::of(vec![Count::of(limit::CODE, subscriber.id), of_this_code.clone()], network);
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
            prove(&mut work, environment, (&request, subscriber), Proof::Code, None).await?;
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
                tracing::info!(target: SECURITY, event = "code_wrong", subscriber = %subscriber.id, %network);
            }
            Err(trouble)
        }
    }
}

/// What becomes of a code for a request that is closed. Whoever confirms twice, in two tabs or because nobody said how it went the
/// first time, has what they want.
async fn in_vain(store: &Store, request: &Request) -> Result<(), Trouble> {
    let subscriber = proof::owner(store.read(), request).await?;
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
/// [`Fault::AlreadyConfirmed`] if what it proves is proven; [`Fault::LinkSuperseded`] if a newer mail proves the address,
/// [`Fault::LinkUsed`] if none does or it never existed (which is not told apart), [`Fault::LinkExpired`].
pub async fn by_link(store: &Store, now: Timestamp, token: &str) -> Result<(Request, Subscriber), Trouble> {
    let (request, subscriber, sent_at) = open_by_link(store, token).await?;
    if now.since(sent_at) > limit::LINK_LIFETIME {
        return Err(Fault::LinkExpired.into());
    }
    Ok((request, subscriber))
}

/// To whom a link was mailed that nothing has replaced, however old it is.
///
/// # Errors
/// As [`by_link`], but for [`Fault::LinkExpired`].
pub async fn owner_of_link(store: &Store, token: &str) -> Result<Subscriber, Trouble> {
    let (_, subscriber, _) = open_by_link(store, token).await?;
    Ok(subscriber)
}

/// The open request of a link, whose it is, and when the mail with it was sent.
async fn open_by_link(store: &Store, token: &str) -> Result<(Request, Subscriber, Timestamp), Trouble> {
    let found = proof::by_link(store.read(), secret::fingerprint(token)).await?;
    let (request, subscriber, sent_at) = found.ok_or(Fault::LinkUsed)?;
    if request.open { Ok((request, subscriber, sent_at)) } else { Err(spent(&request, &subscriber).into()) }
}

/// Why a request that is closed proves nothing: it has done so before, or another one did for the same address; or a newer one is
/// to prove an address; or none is.
fn spent(request: &Request, subscriber: &Subscriber) -> Fault {
    let proven = subscriber.lifecycle.proven().map(|proven| proven.email().key());
    match &subscriber.lifecycle.state {
        _ if proven.is_some_and(|proven| proven == request.email.key()) => Fault::AlreadyConfirmed,
        State::PendingEmailValidation(_) => Fault::LinkSuperseded,
        _ => Fault::LinkUsed,
    }
}

/// Proves the entered address, in a unit of work that the caller commits; `template`, if it was read just before. [`proven`] is for
/// afterwards.
///
/// # Errors
/// [`Fault::AlreadyConfirmed`], [`Fault::LinkSuperseded`] or [`Fault::LinkUsed`] if the request was used or replaced meanwhile, or why the address
/// can not be proven now.
pub async fn prove(
    work: &mut Work,
    environment: &Environment,
    (request, whose): (&Request, &Subscriber),
    how: Proof,
    template: Option<Template>,
) -> Result<(), Trouble> {
    let subscriber = subscribers::relock(work, whose).await?;
    // Read again under the subscriber's lock: of two at once, one proves and one finds it used.
    if proof::lock(work, request).await?.is_none() {
        return Err(spent(request, &subscriber).into());
    }
    let event = Event::AddressProven(request.email.clone(), how);
    let with = Circumstances { template, ..Circumstances::default() };
    change::apply(work, environment, subscriber, event, &Actor::User, with).await?;
    Ok(())
}

/// Reports to the log that an address was proven, once that is durable.
pub fn proven(request: &Request, how: Proof) {
    let (subscriber, by) = (request.subscriber_id, how.as_str());
    tracing::info!(target: SECURITY, event = "address_proven", %subscriber, by);
}
