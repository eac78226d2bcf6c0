//! What an API client may change of a subscriber, retrying one, and removing one.

use domain::{
    BroadWorksId, EmailAddress, Fault, Field, Package,
    draft::{Draft, Flaw},
    lifecycle::{Event, Lifecycle, State},
};

use super::{
    admission::{self, Comeback},
    change::{self, Circumstances},
    deletion,
    draft::Refused,
    subscribers, user_id,
};
use crate::{
    environment::Environment,
    fault::Trouble,
    store::{
        Actor, Store, Stored as _, Subscriber, SubscriberId, Tenant, Work, Workspace, customer, is_taken, template,
    },
    usage,
};

/// What may be changed.
const CHANGEABLE: [Field; 9] = [
    Field::FirstName,
    Field::LastName,
    Field::PrimaryPhone,
    Field::MobilePhone,
    Field::Extension,
    Field::Language,
    Field::TimeZone,
    Field::SpEnterpriseGroupId,
    Field::UserId,
];

/// Changes what the draft mentions and leaves the rest; an empty text takes a number, language, time zone or group away.
///
/// A provisioned subscriber's account follows through a task. The answer then shows the values before the change with
/// the status `updating`, as the vendor's API does.
///
/// Another address counts as vouched for, as in the Retry Activation popup. The address that is there already changes
/// nothing: a client that sends back what it has read must not vouch for an address by accident.
///
/// # Errors
/// Everything that is wrong with the draft; [`Fault::Fixed`] for another enterprise or template; [`Fault::NotFound`], [`Fault::UserIdTaken`], [`Fault::InProgress`] while
/// another change is under way, or [`Fault::AlreadyProvisioned`] if it is too late for another address. Then nothing was
/// changed.
pub async fn update(
    store: &Store,
    environment: &Environment,
    (tenant, subscriber): (Tenant, SubscriberId),
    draft: &Draft,
    actor: &Actor,
) -> Result<Subscriber, Refused> {
    draft.check_written(&[]).map_err(Refused::Flawed)?;
    let mut work = store.work().await?;
    if draft.mentions(Field::UserId) {
        user_id::for_subscribers(&work, tenant).await.map_err(Trouble::from)?;
    }
    let before = subscribers::lock(&work, tenant, subscriber).await?;
    check_fixed(&work, &before, draft).await?;
    let package = package(&before, draft)?.map(Event::PackageChanged);
    let email = email(&before, draft)?.map(Event::Onboarded);
    let mut after = write_details(&work, environment, &before, draft).await?;
    // The address last: with it the attempt begins.
    let mut events: Vec<_> = package.into_iter().chain(email).collect();
    if events.is_empty() {
        if after == before {
            work.abandon().await.map_err(Trouble::from)?;
            return Ok(before);
        }
        events.push(Event::DetailsChanged(latest_package(&before)));
    }
    for event in events {
        let with = Circumstances::default();
        after = change::apply(&mut work, environment, after, event, actor, with).await?.ok_or(NOT_FOUND)?;
    }
    work.commit().await.map_err(Trouble::from)?;
    Ok(match (&after.lifecycle.state, before.lifecycle.proven()) {
        (State::Updating(..), Some(address)) => {
            let state = State::Updating(address.clone(), before.package);
            let lifecycle = Lifecycle { state, at_target: after.lifecycle.at_target };
            Subscriber { lifecycle, status_changed_at: after.status_changed_at, ..before }
        }
        _ => after,
    })
}

/// Tries again to provision a subscriber: with an address that the client vouches for, as the Retry Activation popup
/// does, or without one the failed attempt as it was.
///
/// # Errors
/// [`Fault::NotFound`]; [`Fault::NothingToRetry`], [`Fault::AlreadyProvisioned`] or [`Fault::InProgress`] when there is
/// nothing to retry; or a database error.
pub async fn retry(
    store: &Store,
    environment: &Environment,
    subscriber: (Tenant, SubscriberId),
    email: Option<EmailAddress>,
    actor: &Actor,
) -> Result<Subscriber, Trouble> {
    let event = email.map_or(Event::Retried, Event::Onboarded);
    happen(store, environment, subscriber, event, actor).await?.ok_or(NOT_FOUND)
}

/// Has the owner of the existing free account asked for consent again.
///
/// # Errors
/// [`Fault::NotFound`], [`Fault::ConsentNotAwaited`], or a database error.
pub async fn request_consent(
    store: &Store,
    environment: &Environment,
    subscriber: (Tenant, SubscriberId),
    actor: &Actor,
) -> Result<(), Trouble> {
    happen(store, environment, subscriber, Event::ConsentRequested, actor).await.map(drop)
}

async fn happen(
    store: &Store,
    environment: &Environment,
    (tenant, subscriber): (Tenant, SubscriberId),
    event: Event,
    actor: &Actor,
) -> Result<Option<Subscriber>, Trouble> {
    let mut work = store.work().await?;
    let subscriber = subscribers::lock(&work, tenant, subscriber).await?;
    let with = Circumstances::default();
    let after = change::apply(&mut work, environment, subscriber, event, actor, with).await?;
    work.commit().await?;
    Ok(after)
}

/// What has come of a call to remove a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The subscriber is gone, or about to be.
    Begun,
    /// It waits for approval, because very many were to be removed.
    Waits,
}

/// Removes a subscriber: at once, or through a task when the target may hold an account; or has that wait, if very many were to
/// be removed. Asking again is no error, and may still take away what the first time left: that the user may come back.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn remove(
    store: &Store,
    environment: &Environment,
    (tenant, subscriber): (Tenant, SubscriberId),
    actor: &Actor,
    comeback: Comeback,
) -> Result<Removal, Trouble> {
    let mut work = store.work().await?;
    let subscriber = subscribers::lock(&work, tenant, subscriber).await?;
    if matches!(subscriber.lifecycle.state, State::Removing(_)) {
        if comeback != Comeback::Allowed {
            admission::settle(&work, environment, &subscriber, comeback).await?;
        }
        work.commit().await?;
        return Ok(Removal::Begun);
    }
    // Whoever runs the server names one person, and has said so twice.
    if *actor != Actor::Operator && deletion::waits(&mut work, environment, &subscriber, actor, comeback).await? {
        work.commit().await?;
        return Ok(Removal::Waits);
    }
    let with = Circumstances { comeback, ..Circumstances::default() };
    change::apply(&mut work, environment, subscriber, Event::RemovalRequested, actor, with).await?;
    work.commit().await?;
    Ok(Removal::Begun)
}

const NOT_FOUND: Trouble = Trouble::Known { fault: Fault::NotFound, retry_after: None };

/// A subscriber stays with its customer and under its template. Who sends back what was read changes nothing; who asks for another
/// one must not believe to have it.
async fn check_fixed(work: &Work, before: &Subscriber, draft: &Draft) -> Result<(), Refused> {
    let tenant = Tenant::of_subject(before);
    let mut fixed = Vec::new();
    if let Some(asked) = draft.text(Field::SpEnterpriseId)? {
        let customer = customer::find(&**work, tenant, before.customer_id).await?;
        if customer.is_none_or(|customer| customer.sp_enterprise_id.as_str() != asked) {
            fixed.push(Flaw::of(Field::SpEnterpriseId, Fault::Fixed));
        }
    }
    if let Some(asked) = draft.text(Field::ProvisioningId)? {
        let template = template::provisioned_by(&**work, tenant, &asked).await?;
        if template.is_none_or(|template| template.id != before.template_id) {
            fixed.push(Flaw::of(Field::ProvisioningId, Fault::Fixed));
        }
    }
    if fixed.is_empty() { Ok(()) } else { Err(Refused::Flawed(fixed)) }
}

/// The package that a subscriber has or, if that change failed, was to have.
pub(super) fn latest_package(subscriber: &Subscriber) -> Package {
    subscriber.lifecycle.wanted_package().unwrap_or(subscriber.package)
}

/// The package that is asked for, if it is another one.
fn package(before: &Subscriber, draft: &Draft) -> Result<Option<Package>, Refused> {
    let asked = draft.text(Field::Package)?.map(|name| Package::parse(&name)).transpose().map_err(Trouble::from)?;
    let latest = latest_package(before);
    Ok(asked.filter(|asked| *asked != latest))
}

/// The address that is asked for, if it is another one.
fn email(before: &Subscriber, draft: &Draft) -> Result<Option<EmailAddress>, Refused> {
    let asked = draft.text(Field::Email)?.map(|text| EmailAddress::parse(&text)).transpose().map_err(Trouble::from)?;
    let current = before.lifecycle.email().map(EmailAddress::key);
    Ok(asked.filter(|asked| Some(asked.key()) != current))
}

/// Writes what the draft mentions into the row.
async fn write_details(
    work: &Work,
    environment: &Environment,
    before: &Subscriber,
    draft: &Draft,
) -> Result<Subscriber, Refused> {
    let mut after = before.clone();
    for field in CHANGEABLE.into_iter().filter(|field| draft.mentions(*field)) {
        let text = draft.text(field)?;
        match (field, text) {
            (Field::FirstName, Some(text)) => after.first_name = text,
            (Field::LastName, Some(text)) => after.last_name = text,
            (Field::UserId, Some(text)) => {
                let id = BroadWorksId::parse(&text).map_err(|fault| Flaw::of(field, fault))?;
                let a_workspaces = user_id::has::<Workspace>(&**work, Tenant::of_subject(before), &id).await;
                if a_workspaces.map_err(Trouble::from)? {
                    return Err(Trouble::from(Fault::UserIdTaken).into());
                }
                after.user_id = id;
            }
            (Field::PrimaryPhone, text) => after.primary_phone = text,
            (Field::MobilePhone, text) => after.mobile_phone = text,
            (Field::Extension, text) => after.extension = text,
            (Field::Language, text) => after.language = text,
            (Field::TimeZone, text) => after.timezone = text,
            (Field::SpEnterpriseGroupId, text) => after.sp_enterprise_group_id = text,
            // A name or a user id cannot be taken away: nothing was asked for.
            _ => {}
        }
    }
    let reachable = |row: &Subscriber| row.primary_phone.is_some() || row.extension.is_some();
    if reachable(before) && !reachable(&after) {
        let field = if before.primary_phone.is_some() { Field::PrimaryPhone } else { Field::Extension };
        return Err(Flaw::of(field, Fault::MissingParameter).into());
    }
    if after != *before {
        Subscriber::save(work, before, &after)
            .await
            .map_err(|error| if is_taken(&error) { Trouble::from(Fault::UserIdTaken) } else { error.into() })?;
        usage::note(work, environment, before, Some(&after)).await?;
    }
    Ok(after)
}
