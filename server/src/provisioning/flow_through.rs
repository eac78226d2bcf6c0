//! Flow-through: BroadWorks says which users a template shall have.
//!
//! Its calls are repeated when an answer is lost, so each says how things shall be and may come twice: adding a user who
//! is there brings the user up to date, removing one who is not is done already.

use domain::{
    BroadWorksId, Fault, Field,
    draft::Draft,
    lifecycle::{Attempt, State},
    template::UserVerification,
};

use super::{
    admission::{self, Comeback},
    arrival, deletion,
    draft::Refused,
    update::{self, Removal},
};
use crate::{
    environment::Environment,
    fault::Trouble,
    store::{Actor, Store, Subscriber, Template, Tenant, subscriber},
};

/// Adds a user, or brings the one who is there up to date. Durable once this returns.
///
/// # Errors
/// Everything that is wrong with the draft; [`Fault::UserIdTaken`] by a user of another template;
/// [`Fault::InProgress`] while the user is being changed or removed.
pub async fn add(
    store: &Store,
    environment: &Environment,
    template: &Template,
    draft: &Draft,
) -> Result<Subscriber, Refused> {
    let new = draft.check(Some(template.default_package)).map_err(Refused::Flawed)?;
    let user_id = new.user_id.clone();
    let mut work = store.work().await?;
    match arrival::arrive(&mut work, environment, template, new, &Actor::Adapter(template.id)).await {
        Ok(arrived) => {
            work.commit().await?;
            Ok(arrived)
        }
        Err(Trouble::Known { fault: Fault::UserIdTaken, .. }) => {
            work.abandon().await.map_err(Trouble::from)?;
            let there = find(store, template, &user_id).await?.ok_or(Trouble::from(Fault::UserIdTaken))?;
            deletion::withdraw(store, &there).await?;
            bring_up_to_date(store, environment, template, there, draft).await
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// Changes what the draft mentions of a user.
///
/// # Errors
/// [`Fault::NotFound`] if the template has no such user, or as [`update::update`].
pub async fn modify(
    store: &Store,
    environment: &Environment,
    template: &Template,
    user_id: &BroadWorksId,
    draft: &Draft,
) -> Result<Subscriber, Refused> {
    let there = find(store, template, user_id).await?.ok_or(Trouble::from(Fault::NotFound))?;
    bring_up_to_date(store, environment, template, there, draft).await
}

/// Removes a user, who was announced no longer: not even one who was deleted here comes back by the share link. One who
/// is not there is removed already.
///
/// # Errors
/// If the database fails.
pub async fn remove(
    store: &Store,
    environment: &Environment,
    template: &Template,
    user_id: &BroadWorksId,
) -> Result<Removal, Trouble> {
    if let Some(there) = find(store, template, user_id).await? {
        let (subscriber, actor) = ((Tenant::of_template(template), there.id), Actor::Adapter(template.id));
        match update::remove(store, environment, subscriber, &actor, Comeback::Withdrawn).await {
            Err(Trouble::Known { fault: Fault::NotFound, .. }) => {}
            done => return done,
        }
    }
    let work = store.work().await?;
    admission::withdraw(&work, template, user_id).await?;
    work.commit().await?;
    Ok(Removal::Begun)
}

async fn bring_up_to_date(
    store: &Store,
    environment: &Environment,
    template: &Template,
    there: Subscriber,
    draft: &Draft,
) -> Result<Subscriber, Refused> {
    let lifecycle = &there.lifecycle;
    // One who is about to go cannot be called accepted, even if nothing else would change.
    if matches!(lifecycle.state, State::Removing(_) | State::Error(Attempt::Remove(_), _)) {
        return Err(Trouble::from(Fault::InProgress).into());
    }
    let mut draft = draft.clone();
    // Its template is named by the adapter's address.
    draft.forget(Field::ProvisioningId);
    // Under an untrusted template nobody vouches for an address, and an account keeps the one it was made with.
    let trusted = template.verification == UserVerification::Trusted;
    if !(trusted && lifecycle.actions().onboard) {
        draft.forget(Field::Email);
    }
    let subscriber = (Tenant::of_template(template), there.id);
    update::update(store, environment, subscriber, &draft, &Actor::Adapter(template.id)).await
}

/// The template's user of that id.
async fn find(store: &Store, template: &Template, user_id: &BroadWorksId) -> Result<Option<Subscriber>, Trouble> {
    let found = subscriber::known_as(store.read(), Tenant::of_template(template), user_id).await?;
    Ok(found.filter(|found| found.template_id == template.id))
}
