//! How subscribers come in: by the API, by a CSV file, or by themselves through the share link.

use domain::{
    BroadWorksId, EmailAddress, Fault, Field,
    draft::{Draft, Flaw, NewSubscriber},
    lifecycle::{self, Arrival, Record},
};
use uuid::Uuid;

use super::{change, draft::Refused, tenancy, user_id};
use crate::{
    environment::Environment,
    fault::Trouble,
    store::{Actor, Customer, Step, Store, Subscriber, Template, Tenant, Work, customer, subscriber, template},
    targets::directory,
    webhooks,
};

/// Takes in the subscriber that somebody wrote down.
///
/// # Errors
/// Everything that is wrong with the draft, or as [`arrive`].
pub async fn accept(
    store: &Store,
    environment: &Environment,
    tenant: Tenant,
    draft: &Draft,
    actor: &Actor,
) -> Result<Subscriber, Refused> {
    let (template, new) = candidate(store, tenant, draft).await?;
    let mut work = store.work().await?;
    let arrived = arrive(&mut work, environment, &template, new, actor).await?;
    work.commit().await?;
    Ok(arrived)
}

/// The subscriber that somebody wrote down, and the template.
///
/// # Errors
/// Everything that is wrong with the draft, or a database error.
pub async fn candidate(store: &Store, tenant: Tenant, draft: &Draft) -> Result<(Template, NewSubscriber), Refused> {
    match (written_template(store, tenant, draft).await?, draft.check(None)) {
        (Ok(template), Ok(new)) => Ok((template, new)),
        (template, new) => {
            Err(Refused::Flawed(template.err().into_iter().chain(new.err().into_iter().flatten()).collect()))
        }
    }
}

async fn written_template(store: &Store, tenant: Tenant, draft: &Draft) -> Result<Result<Template, Flaw>, Trouble> {
    let id = match draft.provisioning_id(None) {
        Ok(id) => id,
        Err(flaw) => return Ok(Err(flaw)),
    };
    match template(store, tenant, &id).await {
        Ok(template) => Ok(Ok(template)),
        Err(Trouble::Known { fault, .. }) => Ok(Err(Flaw::of(Field::ProvisioningId, fault))),
        Err(accident) => Err(accident),
    }
}

/// Says what would keep a subscriber from being provisioned, as far as that can be known. Only the address has to be
/// written down.
///
/// # Errors
/// Everything that is wrong with the draft, [`Fault::UserIdTaken`] or [`Fault::AddressInUse`].
pub async fn precheck(store: &Store, tenant: Tenant, draft: &Draft) -> Result<(), Refused> {
    draft.check_written(&[Field::Email]).map_err(Refused::Flawed)?;
    let template = match draft.mentions(Field::ProvisioningId) {
        true => Some(written_template(store, tenant, draft).await??),
        false => None,
    };
    if let Some(user_id) = draft.text(Field::UserId)? {
        let user_id = BroadWorksId::parse(&user_id).map_err(Trouble::from)?;
        if user_id::is_a_subscribers(store.read(), tenant, &user_id).await?
            || user_id::is_a_workspaces(store.read(), tenant, &user_id).await?
        {
            return Err(Trouble::from(Fault::UserIdTaken).into());
        }
    }
    let here = template.is_none_or(|template| template.target == directory::NAME);
    if let Some(email) = draft.text(Field::Email)?.filter(|_| here) {
        let email = EmailAddress::parse(&email).map_err(Trouble::from)?;
        if tenancy::has_in_directory(store.read(), tenant, &email).await? {
            return Err(Flaw::of(Field::Email, Fault::AddressInUse).into());
        }
    }
    Ok(())
}

/// Takes a subscriber in: durably, once the unit of work is committed.
///
/// # Errors
/// [`Fault::UserIdTaken`] if the partner has a subscriber or workspace of that BroadWorks user id, or a database error;
/// then the unit of work has to be dropped.
pub async fn arrive(
    work: &mut Work,
    environment: &Environment,
    template: &Template,
    new: NewSubscriber,
    actor: &Actor,
) -> Result<Subscriber, Trouble> {
    user_id::for_subscribers(work, Tenant::of_template(template)).await?;
    if user_id::is_a_workspaces(&**work, Tenant::of_template(template), &new.user_id).await? {
        return Err(Fault::UserIdTaken.into());
    }
    admit(work, environment, template, new, actor).await
}

/// As [`arrive`], for whoever has asked for many at once whether workspaces have their user ids, after
/// [`user_id::for_subscribers`].
///
/// # Errors
/// [`Fault::UserIdTaken`] if the partner has a subscriber of that BroadWorks user id, or a database error; then the unit
/// of work has to be dropped.
pub async fn admit(
    work: &mut Work,
    environment: &Environment,
    template: &Template,
    new: NewSubscriber,
    actor: &Actor,
) -> Result<Subscriber, Trouble> {
    let fresh = (environment.id().into(), environment.now());
    let customer = customer::locked(work, template, &new.sp_enterprise_id, fresh).await?;
    let Arrival { lifecycle, order } = lifecycle::arrive(template.verification, new.email.clone());
    let status = lifecycle.status();
    let locale = new.language.clone();
    let id = environment.id();
    let row = row(environment, (template, &customer), id, new, lifecycle.record());
    let subscriber = subscriber::insert(work, row).await?.ok_or(Fault::UserIdTaken)?;
    customer::link(work, &customer, template).await?;
    if customer.administrator_id.is_none() {
        customer::save_administrator(work, &customer, Some(id), customer.administrator_ready).await?;
    }
    let step = Step {
        whose: (&subscriber).into(),
        event: if subscriber.self_activated { "self_activated" } else { "arrived" },
        actor,
        status: Some(&subscriber.status),
        fault: None,
        detail: None,
    };
    let step = work.record(environment, step).await?;
    webhooks::note(work, environment, &subscriber, step, webhooks::Event::Status(status)).await?;
    work.changed(&subscriber);
    change::follow(work, environment, &subscriber, order, locale, environment.now()).await?;
    Ok(subscriber)
}

fn row(
    environment: &Environment,
    (template, customer): (&Template, &Customer),
    id: Uuid,
    new: NewSubscriber,
    state: Record,
) -> Subscriber {
    let now = environment.now().0;
    Subscriber {
        id,
        partner_id: template.partner_id.into(),
        customer_id: customer.id.into(),
        template_id: template.id.into(),
        user_id_key: new.user_id.key(),
        user_id: new.user_id.into(),
        first_name: new.first_name,
        last_name: new.last_name,
        primary_phone: new.primary_phone,
        mobile_phone: new.mobile_phone,
        extension: new.extension,
        language: new.language,
        timezone: new.timezone,
        sp_enterprise_group_id: new.sp_enterprise_group_id,
        package: new.package.as_str().to_owned(),
        self_activated: new.self_activated,
        status: state.status,
        email: state.email,
        email_proof: state.proof,
        attempt: state.attempt,
        wanted_package: state.wanted_package,
        fault: state.fault.and_then(|code| i32::try_from(code).ok()),
        at_target: state.at_target,
        fault_detail: None,
        tracking_id: None,
        hitch: None,
        mail_refused: false,
        mail_fault: None,
        person_id: None,
        created_at: now,
        status_changed_at: now,
    }
}

/// The partner's template with that provisioning ID.
///
/// # Errors
/// [`Fault::UnknownProvisioningId`] if the partner has none, or a database error.
pub async fn template(store: &Store, tenant: Tenant, provisioning_id: &str) -> Result<Template, Trouble> {
    let found = template::provisioned_by(store.read(), tenant, provisioning_id).await?;
    found.ok_or_else(|| Fault::UnknownProvisioningId.into())
}
