//! The partner hub's side of the server. Every query begins with the administrator's partner.

mod administrators;
pub mod audit;
mod customers;
mod deletions;
mod jobs;
pub mod memory;
mod overview;
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
    hub::model::{self, Cursor, Found, Selection, UserFilter, UserHistory, UserId, UserRow, UserStatus},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{EmailAddress, Fault, Package, Permission, Permissions, audit::Deed, lifecycle::Event};
use tracing::Span;
use uuid::Uuid;

use super::{Context, Shared};
use crate::{
    fault::Trouble,
    log::SECURITY,
    provisioning::change::Circumstances,
    store::{
        self, Actor, AdministratorId, SubscriberId, Tenant, Window, Work,
        subscriber::{self, Filter},
    },
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

#[async_trait]
impl app::backend::Users for HubService {
    async fn user_status(
        &self,
        administrator: &Administrator,
        template: model::TemplateId,
        filter: UserFilter,
        cursor: Cursor,
    ) -> Result<UserStatus, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.user_status(&ids, template.into(), filter, cursor).await)
    }

    async fn search(&self, administrator: &Administrator, typed: &str, cursor: Cursor) -> Result<Found, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.search(&ids, typed, cursor).await)
    }

    async fn user_rows(&self, administrator: &Administrator, wanted: Vec<UserId>) -> Result<Vec<UserRow>, Problem> {
        let rows = async {
            let ids = ids(administrator)?;
            let wanted = wanted.into_iter().take(100).map(SubscriberId::from);
            let users = subscriber::some(self.0.store.read(), ids.tenant, wanted).await?;
            Ok(listed(&ids, self.0.user_rows(&ids, users).await?))
        };
        self.0.told(rows.await)
    }

    async fn user(
        &self,
        administrator: &Administrator,
        user: UserId,
        before: Option<model::StepId>,
    ) -> Result<UserHistory, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.user_history(&ids, user.into(), before.map(Into::into)).await)
    }

    async fn resend(&self, administrator: &Administrator, user: UserId) -> Result<UserRow, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.resend(&ids, user.into()).await)
    }

    async fn onboard(
        &self,
        administrator: &Administrator,
        user: UserId,
        email: EmailAddress,
    ) -> Result<UserRow, Problem> {
        let ids = self.0.told(ids(administrator))?;
        let changed = self
            .0
            .told(self.0.change_user(&ids, user.into(), Event::Onboarded(email), Circumstances::default()).await)?;
        changed.ok_or_else(|| Fault::NotFound.into())
    }

    async fn retry(&self, administrator: &Administrator, user: UserId) -> Result<UserRow, Problem> {
        let ids = self.0.told(ids(administrator))?;
        let changed =
            self.0.told(self.0.change_user(&ids, user.into(), Event::Retried, Circumstances::default()).await)?;
        changed.ok_or_else(|| Fault::NotFound.into())
    }

    async fn change_package(
        &self,
        administrator: &Administrator,
        user: UserId,
        package: Package,
    ) -> Result<UserRow, Problem> {
        let ids = self.0.told(ids(administrator))?;
        let changed = self.0.told(
            self.0.change_user(&ids, user.into(), Event::PackageChanged(package), Circumstances::default()).await,
        )?;
        changed.ok_or_else(|| Fault::NotFound.into())
    }
}
