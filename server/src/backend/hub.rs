//! The partner hub's side of the server. Every query begins with the administrator's partner.

mod administrators;
pub mod audit;
mod customers;
mod deletions;
mod jobs;
pub mod memory;
pub mod oidc;
mod overview;
mod passkeys;
mod people;
mod roster;
mod second_factor;
mod templates;
mod tokens;
mod user;
mod users;
mod views;
mod webhooks;

pub use templates::sample_mail;

use std::str::FromStr;

use app::{
    backend::Administrator,
    hub::model::{Selection, UserRow},
    problem::Problem,
};
use domain::{Fault, Permission, Permissions, audit::Deed};
use tracing::Span;
use uuid::Uuid;

use super::{Context, Shared};
use crate::{
    fault::Trouble,
    log::SECURITY,
    store::{self, Actor, AdministratorId, Tenant, Window, Work, subscriber::Filter},
};

/// Rows on a page of a list.
const PAGE: u64 = 50;

/// The partner hub over the engine.
pub struct HubService(pub Shared);

impl app::backend::HubBackend for HubService {}

impl HubService {
    /// What those who are selected in a list have to fit.
    ///
    /// # Errors
    /// If it is not the partner's list, or the database fails.
    pub async fn selected(&self, administrator: &Administrator, selection: &Selection) -> Result<Filter, Trouble> {
        self.0.selected(&ids(administrator)?, selection).await
    }

    /// What a caller is given for what they asked, or what they are told of why not.
    async fn respond<T, F>(&self, administrator: &Administrator, deed: impl FnOnce(Ids) -> F) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        let Self(context) = self;
        let ids = context.told(ids(administrator))?;
        context.told(deed(ids).await)
    }
}

/// What is in an [`Administrator`].
#[derive(Clone, Copy, Debug)]
struct Ids {
    administrator: AdministratorId,
    tenant: Tenant,
    permissions: Permissions,
    /// Whether they have yet to set up the second factor that their partner asks for.
    owes_factor: bool,
}

/// A full administrator of the tenant, as server functions hand it on.
#[must_use]
pub fn caller(administrator: AdministratorId, tenant: Tenant) -> Administrator {
    Administrator::new(Ids { administrator, tenant, permissions: Permissions::HUB, owes_factor: false })
}

fn ids(administrator: &Administrator) -> Result<Ids, Trouble> {
    administrator.known().copied().ok_or_else(|| Fault::NotFound.into())
}

impl Context {
    /// Writes down what the caller did, in the transaction of that.
    async fn did(&self, work: &Work, ids: &Ids, deed: Deed, subject: Option<Uuid>) -> Result<(), Trouble> {
        let actor = Actor::Administrator(ids.administrator);
        store::audit::record(work, &self.environment, ids.tenant, &actor, (deed, subject)).await
    }
}

/// By whom, for what is logged of it.
fn by(ids: &Ids) -> Span {
    tracing::info_span!(target: SECURITY, "hub", administrator = %ids.administrator)
}

/// Rows as they stand in a list: with addresses only for whoever may see them there.
fn listed(ids: &Ids, mut rows: Vec<UserRow>) -> Vec<UserRow> {
    if !ids.permissions.allow(Permission::AddressesRead) {
        rows.iter_mut().for_each(|row| row.email = None);
    }
    rows
}

/// The part of a list that comes after the row with this key.
fn window<Key: FromStr>(after: Option<String>) -> Result<Window<Key>, Trouble> {
    let after = after.map(|key| key.parse().map_err(|_| Fault::NotFound)).transpose()?;
    Ok(Window { after, skip: None, most: PAGE })
}
