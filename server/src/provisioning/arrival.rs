//! How subscribers come in: by the API, by a CSV file, or by themselves through the share link.

use std::collections::HashMap;

use domain::{
    BroadWorksId, EmailAddress, Fault, Field, Happening, SpEnterpriseId,
    draft::{Draft, Flaw, NewSubscriber},
    lifecycle::{self, Arrival},
};

use super::{change, draft::Refused, request::NewRequest, tenancy, user_id};
use crate::{
    environment::Environment,
    fault::Trouble,
    store::{Actor, Customer, Store, Subscriber, Template, Tenant, Work, Workspace, customer, subscriber, template},
    targets::directory,
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
        if user_id::has::<Subscriber>(store.read(), tenant, &user_id).await?
            || user_id::has::<Workspace>(store.read(), tenant, &user_id).await?
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
/// [`Fault::UserIdTaken`] if the partner has a subscriber or workspace of that BroadWorks user id,
/// [`Fault::UnknownProvisioningId`] if the template has been deleted meanwhile, or a database error; then the unit of work has
/// to be dropped.
pub async fn arrive(
    work: &mut Work,
    environment: &Environment,
    template: &Template,
    new: NewSubscriber,
    actor: &Actor,
) -> Result<Subscriber, Trouble> {
    user_id::for_subscribers(work, Tenant::of_template(template)).await?;
    let mut arrived = admit(work, environment, vec![(template, new)], actor).await?;
    arrived.pop().ok_or_else(|| Fault::UserIdTaken.into())
}

/// As [`arrive`], for whoever takes many of a partner's in, after [`user_id::for_subscribers`]: each table is written by a few
/// statements for all.
///
/// # Errors
/// As [`arrive`].
pub async fn admit(
    work: &mut Work,
    environment: &Environment,
    new: Vec<(&Template, NewSubscriber)>,
    actor: &Actor,
) -> Result<Vec<Subscriber>, Trouble> {
    let customers = customers(work, environment, &new).await?;
    let (mut users, mut arrivals, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for (template, new) in new {
        let customer = customers.get(&new.sp_enterprise_id).ok_or(Fault::UnknownProvisioningId)?;
        let Arrival { lifecycle, order } = lifecycle::arrive(template.verification, new.email.clone());
        let asked = NewRequest { locale: new.language.clone(), ..NewRequest::default() };
        let how = if new.self_activated { Happening::SelfActivated } else { Happening::Arrived };
        let now = environment.now();
        arrivals.push(change::Arrival { template, event: how.into(), order, asked });
        links.push((customer.id, template.id));
        users.push(Subscriber {
            id: environment.id().into(),
            partner_id: template.partner_id,
            customer_id: customer.id,
            template_id: template.id,
            user_id: new.user_id,
            first_name: new.first_name,
            last_name: new.last_name,
            primary_phone: new.primary_phone,
            mobile_phone: new.mobile_phone,
            extension: new.extension,
            language: new.language,
            timezone: new.timezone,
            sp_enterprise_group_id: new.sp_enterprise_group_id,
            package: new.package,
            self_activated: new.self_activated,
            lifecycle,
            fault_detail: None,
            tracking_id: None,
            setback: None,
            mail_refused: false,
            mail_fault: None,
            ready_mail_at: None,
            reminders_stopped_at: None,
            person_id: None,
            created_at: now,
            status_changed_at: now,
        });
    }
    if !subscriber::insert(work, &users).await? {
        return Err(Fault::UserIdTaken.into());
    }
    links.sort_unstable();
    links.dedup();
    customer::link(work, &links).await?;
    let mut without: HashMap<_, _> = customers.values().map(|customer| (customer.id, customer)).collect();
    without.retain(|_, customer| customer.administrator_id.is_none());
    for user in &users {
        if let Some(customer) = without.remove(&user.customer_id) {
            customer::save_administrator(work, customer, Some(user.id), customer.administrator_ready).await?;
        }
    }
    change::arrived(work, environment, users.iter().zip(arrivals).collect(), actor).await?;
    Ok(users)
}

/// The customers of those who arrive, by what the service provider calls them, locked in the order of that.
///
/// # Errors
/// [`Fault::UnknownProvisioningId`] if a template has been deleted meanwhile, or a database error.
async fn customers(
    work: &Work,
    environment: &Environment,
    new: &[(&Template, NewSubscriber)],
) -> Result<HashMap<SpEnterpriseId, Customer>, Trouble> {
    let templates: HashMap<_, _> = new.iter().map(|(template, _)| (template.id, *template)).collect();
    let mut wanted: Vec<_> = new.iter().map(|(template, new)| (*template, &new.sp_enterprise_id)).collect();
    wanted.sort_by(|one, other| one.1.as_str().cmp(other.1.as_str()));
    wanted.dedup_by(|one, other| one.1 == other.1);
    let wanted: Vec<_> =
        wanted.into_iter().map(|(template, called)| (template, called, environment.id().into())).collect();
    let locked = customer::locked(work, &wanted, environment.now()).await?;
    let (mut others, many) = (templates, locked.len());
    wanted.iter().for_each(|(template, ..)| _ = others.remove(&template.id));
    let tenant = others.values().next().map(|template| Tenant::of_template(template));
    let there = match tenant {
        Some(tenant) => template::some(&**work, tenant, others.keys().copied()).await?.len(),
        None => 0,
    };
    if many < wanted.len() || there < others.len() {
        return Err(Fault::UnknownProvisioningId.into());
    }
    Ok(locked.into_iter().map(|customer| (customer.sp_enterprise_id.clone(), customer)).collect())
}

/// The partner's template with that provisioning ID.
///
/// # Errors
/// [`Fault::UnknownProvisioningId`] if the partner has none, or a database error.
pub async fn template(store: &Store, tenant: Tenant, provisioning_id: &str) -> Result<Template, Trouble> {
    let found = template::provisioned_by(store.read(), tenant, provisioning_id).await?;
    found.ok_or_else(|| Fault::UnknownProvisioningId.into())
}
