//! How the mail fares that asks to prove an address: noted with its request, its user, the history, and for whoever wants to
//! hear of it.

use domain::{
    Fault, Happening, Mailing,
    audit::Deed,
    lifecycle::Order,
    retry,
    timestamp::{DAY, HOUR},
};

use crate::{
    environment::Environment,
    fault::Trouble,
    mail::report::Report,
    provisioning::{
        change,
        queue::{self, Kind, NewTask},
    },
    store::{
        Actor, ProofId, Step, Store, Stored as _, Subject as _, Subscriber, Work,
        proof::{self, Request},
    },
    targets::Refusal,
    webhooks,
};

/// Notes how the mail of a request fares that is to `subscriber`, and why if it does not fare well. What kept it up until now is
/// over with it. Returns whether that is so: a mail that has come back was not just sent.
///
/// # Errors
/// If the database fails.
pub async fn note(
    work: &mut Work,
    (request, subscriber): (ProofId, &Subscriber),
    mailing: Mailing,
    refusal: Option<&Refusal>,
) -> Result<bool, Trouble> {
    if !proof::note_mailing(work, request, mailing).await? {
        return Ok(false);
    }
    work.changed(subscriber);
    let fault = refusal.map(|refusal| refusal.fault);
    let mut noted = subscriber.clone();
    noted.mail_refused = mailing.has_failed();
    noted.mail_fault = fault.filter(|_| mailing.has_failed());
    if mailing.is_over() {
        noted.setback = fault.filter(|_| mailing == Mailing::Delayed);
        noted.fault_detail = refusal.and_then(|refusal| refusal.detail.clone());
    }
    Subscriber::save(work, subscriber, &noted).await?;
    Ok(true)
}

/// As [`note`], with a step of the history. Whoever only hears of changes of the status, which stays, would take the user
/// of a mail that is lost for one who is about to confirm.
///
/// # Errors
/// If the database fails.
pub async fn note_step(
    work: &mut Work,
    environment: &Environment,
    (request, subscriber): (ProofId, &Subscriber),
    mailing: Mailing,
    refusal: Option<Refusal>,
) -> Result<(), Trouble> {
    if !note(work, (request, subscriber), mailing, refusal.as_ref()).await? {
        return Ok(());
    }
    let (happening, event) = match mailing {
        Mailing::Sent => (Happening::MailSent, None),
        Mailing::Uncertain => (Happening::MailUncertain, None),
        Mailing::Delayed => (Happening::MailDelayed, None),
        Mailing::Bounced => (Happening::MailBounced, Some(webhooks::Event::MailBounced)),
        _ => (Happening::MailRefused, Some(webhooks::Event::MailRefused)),
    };
    let step = Step {
        owner: subscriber.owner(),
        event: happening.into(),
        deed: Deed::UserChanged,
        actor: &Actor::Engine,
        status: Some(subscriber.status()),
        fault: refusal.as_ref().map(|refusal| refusal.fault),
        detail: refusal.and_then(|refusal| refusal.detail),
    };
    let step = work.record(environment, step).await?;
    if let Some(event) = event {
        webhooks::note(work, environment, subscriber, step, event).await?;
    }
    Ok(())
}

/// Notes what a mail server has reported of the mail of a request. Returns whether that is news: it may come late, twice, or for an
/// address that is proven or another one by now.
///
/// # Errors
/// If the database fails.
pub async fn reported(
    store: &Store,
    environment: &Environment,
    (request, whose): (&Request, &Subscriber),
    report: Report,
) -> Result<bool, Trouble> {
    let mut work = store.work().await?;
    let Some(subscriber) = whose.relock(&work).await? else { return Ok(false) };
    let Some(current) = proof::lock(&work, request).await? else { return Ok(false) };
    if let Report::Failed { told, cause } = &report
        && is_about_us(*cause)
        && current.mailing.may_have_left()
        && environment.now().since(current.created_at) < DAY
    {
        let refusal = Refusal { fault: *cause, ..told.clone().into() };
        send_again(&mut work, environment, (&current, &subscriber), refusal).await?;
        work.commit().await?;
        return Ok(true);
    }
    let (mailing, refusal) = match report {
        Report::Failed { told, .. } => (Mailing::Bounced, Some(told.into())),
        Report::Delayed(told) => (Mailing::Delayed, Some(told.into())),
        Report::Delivered => (Mailing::Sent, None),
    };
    let is_news = match mailing {
        Mailing::Sent => matches!(current.mailing, Mailing::Delayed | Mailing::Uncertain),
        _ => current.mailing.may_have_left() && current.mailing != mailing,
    };
    if is_news {
        note_step(&mut work, environment, (current.id, &subscriber), mailing, refusal).await?;
    }
    work.commit().await?;
    Ok(is_news)
}

/// Orders a mail anew that came back for what we are: no address is to blame, and whoever runs the server can put it right
/// meanwhile. The user is told as if the mail server had said so at once.
async fn send_again(
    work: &mut Work,
    environment: &Environment,
    (request, subscriber): (&Request, &Subscriber),
    refusal: Refusal,
) -> Result<(), Trouble> {
    note(work, (request.id, subscriber), Mailing::PutOff, None).await?;
    change::note_setback(work, environment, subscriber, Some((refusal.fault, refusal.detail))).await?;
    let pause = retry::pause(1, environment.chance(), HOUR, HOUR);
    let task = NewTask {
        owner: subscriber.owner(),
        kind: Kind::Subscriber(Order::SendProof),
        target: queue::MAIL.to_owned(),
        proof: Some(request.id),
        held: false,
        not_before: environment.now().plus(pause),
    };
    queue::add(work, environment, task).await
}

/// Whether mails are refused for what we are, which whoever runs the server has to fix.
pub(super) const fn is_about_us(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::MailRelayDenied
            | Fault::MailHostRefused
            | Fault::MailSenderRefused
            | Fault::MailUnauthorized
            | Fault::MailTlsRequired
    )
}
