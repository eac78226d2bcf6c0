//! Moving users to another template of their partner. Accounts cannot be moved, so whoever has one, or may have one, goes only
//! where the other template's accounts are at the same place (decision 108).

use domain::{
    Fault, Field,
    bulk::Wish,
    draft::{Draft, Flaw},
    lifecycle::Place,
};

use super::{
    change::{self, Circumstances},
    draft::Refused,
    user_id,
};
use crate::{
    fault::Trouble,
    store::{Subscriber, Template, Tenant, Work, template},
};

/// The template to which a row wants its user moved. Until the transaction ends it is not deleted, and its target stays what
/// it is; so this comes before other locks.
///
/// # Errors
/// What is wrong with what is written, or a database error.
pub async fn destination(work: &Work, tenant: Tenant, draft: &Draft) -> Result<Template, Refused> {
    let provisioning_id = draft.provisioning_id(None)?;
    user_id::for_subscribers(work, tenant).await?;
    let found = template::provisioned_by(&**work, tenant, &provisioning_id).await?;
    found.ok_or_else(|| Flaw::of(Field::ProvisioningId, Fault::UnknownProvisioningId).into())
}

/// What has to happen to a user of one template who is to be another one's.
#[must_use]
pub fn wish(from: &Template, to: &Template) -> Wish {
    if from.id == to.id {
        return Wish::Move(None);
    }
    let account = |template: &Template| (template.target.clone(), template.target_reference.clone());
    Wish::Move(Some(if account(from) == account(to) { Place::Same } else { Place::Other }))
}

/// The same of a user who is locked, and what comes along with it: their history says from where to where.
///
/// # Errors
/// If the database fails.
pub async fn of(work: &Work, user: &Subscriber, to: Template) -> Result<(Wish, Circumstances), Trouble> {
    let from = change::template_of(work, user, None).await?;
    let detail = Some(format!("{} → {}", from.name, to.name));
    Ok((wish(&from, &to), Circumstances { detail, destination: Some(to.id), ..Circumstances::default() }))
}
