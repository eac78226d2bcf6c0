//! The partner hub's side of the server. Every query begins with the administrator's partner.

mod account;
mod outages;
mod tokens;
mod users;

use std::collections::HashMap;

use app::{
    access::Guard,
    backend::{Administrator, NewSession, Visitor},
    hub::model::{
        Counts, Cursor, CustomerRow, CustomerTemplates, Me, Page, ServiceOutage, SignInOutage, TemplateDetail,
        TemplateRow, TokenLifetime, TokenRow, UserFilter, UserRow, UserStatus,
    },
    problem::Problem,
};
use async_trait::async_trait;
use domain::{
    EmailAddress, Fault, Package, Permission, Status,
    lifecycle::Event,
    limit,
    template::{Misconfiguration, SelfProvisioning, UserVerification, misconfigurations},
};
use tracing::{Instrument as _, Span};
use uuid::Uuid;

use super::{Context, Shared, check_meant, id};
use crate::{
    access::{
        administrators,
        session::{self, Opened},
        throttle::{self, Count, Tries},
    },
    broadworks::{XsiUrl, outage},
    fault::Trouble,
    log::SECURITY,
    provisioning::{admission::Comeback, change::Circumstances},
    store::{
        self, AdministratorId, Customer, CustomerId, Template, TemplateId, Tenant, Window, administrator,
        counter::{self, Number},
        customer, partner,
        subscriber::{self, Filter},
        template,
    },
};

/// Rows on a page of a list.
const PAGE: u64 = 50;

/// The partner hub over the engine.
pub struct HubService(pub Shared);

/// The ids in an [`Administrator`], which only [`Guard::administrator`] makes.
struct Ids {
    administrator: AdministratorId,
    tenant: Tenant,
}

fn ids(administrator: &Administrator) -> Result<Ids, Trouble> {
    Ok(Ids {
        administrator: administrator.id.parse().map_err(|_| Fault::NotFound)?,
        tenant: Tenant::of_session(administrator)?,
    })
}

impl Context {
    async fn administrator(&self, visitor: &Visitor, permission: Permission) -> Result<store::Administrator, Trouble> {
        let found = match &visitor.session {
            Some(token) => session::hub(&self.store, self.environment.now(), token).await?,
            None => None,
        };
        let found = found.ok_or(Fault::NotSignedIn)?;
        check_meant(visitor, found.id.into())?;
        if !administrators::permissions(&found).allow(permission) {
            let network = &visitor.network;
            tracing::info!(target: SECURITY, event = "permission_missing", administrator = %found.id, ?permission, %network);
            return Err(Fault::PermissionMissing.into());
        }
        Ok(found)
    }

    async fn hub_sign_in(&self, visitor: &Visitor, email: &str, password: &str) -> Result<NewSession, Trouble> {
        // What was left empty is not what was wrong, and no try.
        match (email.trim().is_empty(), password.is_empty()) {
            (true, true) => return Err(Fault::HubCredentialsMissing.into()),
            (true, false) => return Err(Fault::AddressMissing.into()),
            (false, true) => return Err(Fault::PasswordMissing.into()),
            (false, false) => {}
        }
        let check = administrators::check(&self.store, email, password);
        let (account, wrong) = (hub_account(email), Fault::HubBadCredentials);
        let found = self.try_to_sign_in(visitor, limit::HUB_SIGN_IN, &account, wrong, check).await?;
        self.hub_session(visitor, &account, found).await
    }

    /// Signs an administrator in, in place of whoever was signed in in that browser.
    async fn hub_session(
        &self,
        visitor: &Visitor,
        account: &str,
        administrator: AdministratorId,
    ) -> Result<NewSession, Trouble> {
        let work = self.store.work().await?;
        let before = visitor.session.as_deref();
        let Opened { token, replaced } = session::open_hub(&work, &self.environment, administrator, before).await?;
        work.commit().await?;
        let network = &visitor.network;
        if let Some(replaced) = replaced {
            tracing::info!(target: SECURITY, event = "hub_session_replaced", administrator = %replaced, %network);
        }
        tracing::info!(target: SECURITY, event = "hub_sign_in", %administrator, %network);
        Ok(self.session(visitor, account, token, limit::HUB_SESSION))
    }

    async fn hub_sign_out(&self, visitor: &Visitor) -> Result<(), Trouble> {
        let Some(token) = &visitor.session else { return Ok(()) };
        if let Some(administrator) = session::close_hub(&self.store, token).await? {
            tracing::info!(target: SECURITY, event = "hub_sign_out", %administrator, network = %visitor.network);
        }
        Ok(())
    }

    async fn set_up(&self, visitor: &Visitor, token: &str, email: &str, password: &str) -> Result<NewSession, Trouble> {
        let now = self.environment.now();
        let tries = Tries::of(Count::from(limit::SET_UP_NETWORK, visitor.network), visitor.network);
        let set_up = administrators::set_up(&self.store, &self.environment, token, email, password);
        let set_up = throttle::attempt(&self.store, now, tries, Fault::SetupLinkInvalid, set_up).await;
        if matches!(&set_up, Err(Trouble::Known { fault: Fault::SetupLinkInvalid, .. })) {
            tracing::info!(target: SECURITY, event = "set_up_refused", network = %visitor.network, "no such set-up link");
        }
        self.hub_session(visitor, &hub_account(email), set_up?).await
    }

    async fn me(&self, ids: &Ids) -> Result<Me, Trouble> {
        let administrator = administrator::find(self.store.read(), ids.tenant, ids.administrator).await?;
        let partner = partner::of(self.store.read(), ids.tenant).await?;
        Ok(Me {
            id: ids.administrator.to_string(),
            email: administrator.ok_or(Fault::NotSignedIn)?.email,
            partner: partner.ok_or(Fault::NotSignedIn)?.name,
            demo: self.site.demo,
        })
    }

    async fn customers(&self, ids: &Ids, after: Option<String>) -> Result<Page<CustomerRow>, Trouble> {
        let window = window(after)?;
        let db = self.store.read();
        let page = customer::page(db, ids.tenant, &customer::Filter::default(), window).await?;
        let counts = by_whose(counter::by_customer(db, page.rows.iter().map(|customer| customer.id)).await?);
        let mut templates: HashMap<CustomerId, u32> = HashMap::new();
        for (customer, _) in customer::templates(db, &page.rows).await? {
            *templates.entry(customer).or_default() += 1;
        }
        let rows = page
            .rows
            .into_iter()
            .map(|customer| CustomerRow {
                templates: templates.get(&customer.id).copied().unwrap_or_default(),
                users: counts.get(&customer.id.into()).copied().unwrap_or_default(),
                id: customer.id.to_string(),
                name: customer.name,
                sp_enterprise_id: customer.sp_enterprise_id.into(),
            })
            .collect();
        Ok(Page { rows, previous: None, next: page.next.map(|next| next.to_string()) })
    }

    async fn customer(&self, ids: &Ids, customer: &str) -> Result<Customer, Trouble> {
        let found = customer::find(self.store.read(), ids.tenant, id(customer)?.into()).await?;
        found.ok_or_else(|| Fault::NotFound.into())
    }

    async fn customer_templates(&self, ids: &Ids, customer: &str) -> Result<CustomerTemplates, Trouble> {
        let customer = self.customer(ids, customer).await?;
        let links = customer::templates(self.store.read(), std::slice::from_ref(&customer)).await?;
        let links = links.into_iter().map(|(_, template)| template);
        let templates = template::some(self.store.read(), ids.tenant, links).await?;
        let counts = by_whose(counter::by_template(self.store.read(), customer.id).await?);
        let templates = templates
            .into_iter()
            .map(|template| TemplateRow {
                self_provisioning: SelfProvisioning::of(
                    template.verification,
                    template.self_activation,
                    &self.misconfigurations(&template),
                ),
                verification: template.verification,
                default_package: template.default_package,
                users: counts.get(&template.id.into()).copied().unwrap_or_default(),
                id: template.id.to_string(),
                name: template.name,
            })
            .collect();
        Ok(CustomerTemplates { customer: customer.name, templates })
    }

    fn misconfigurations(&self, template: &Template) -> Vec<Misconfiguration> {
        misconfigurations(template.verification, &template.share_link, &self.site.activation_link(template))
    }

    async fn own_template(&self, ids: &Ids, template: &str) -> Result<Template, Trouble> {
        let id = template.parse().map_err(|_| Fault::NotFound)?;
        let found = template::find(self.store.read(), ids.tenant, id).await?;
        found.ok_or_else(|| Fault::NotFound.into())
    }

    async fn template_detail(&self, template: Template) -> Result<TemplateDetail, Trouble> {
        Ok(TemplateDetail {
            users: self.template_counts(template.id, None).await?,
            sign_in_outage: self.sign_in_outage(&template).await?,
            activation_link: self.site.activation_link(&template),
            default_package: template.default_package,
            verification: template.verification,
            id: template.id.to_string(),
            name: template.name,
            country: template.country,
            language: template.language,
            share_link: template.share_link,
            self_activation: template.self_activation,
            provision_admin_first: template.provision_admin_first,
            provisioning_id: template.provisioning_id,
            xsi_url: template.xsi_url,
            partner_admin: template.partner_admin,
            version: template.version,
        })
    }

    /// What keeps a template's users from signing in, as far as that was found out.
    async fn sign_in_outage(&self, template: &Template) -> Result<Option<SignInOutage>, Trouble> {
        let address = match XsiUrl::parse(&template.xsi_url, self.site.allow_private_xsi) {
            Ok(address) => address,
            Err(unusable) => return Ok(Some(SignInOutage { reason: unusable.to_string(), since: None })),
        };
        let known = outage::at(&self.store, &address).await?;
        Ok(known.map(|known| SignInOutage { reason: known.reason, since: Some(known.since) }))
    }

    async fn template_counts(&self, template: TemplateId, customer: Option<CustomerId>) -> Result<Counts, Trouble> {
        let counts = counter::of_template(self.store.read(), template, customer).await?;
        Ok(by_whose(counts).remove(&template.into()).unwrap_or_default())
    }

    async fn save_user_verification(
        &self,
        ids: &Ids,
        template: &str,
        version: i32,
        verification: UserVerification,
        share_link: &str,
    ) -> Result<TemplateDetail, Trouble> {
        let link = share_link.trim();
        if link.chars().count() > 2_000 || link.contains(char::is_control) {
            return Err(Fault::InvalidShareLink.into());
        }
        let template = self.own_template(ids, template).await?;
        let work = self.store.work().await?;
        // The version in the filter: of two who save at once, one is told.
        let saved = template::save_verification(&work, &template, version, verification, link).await?;
        work.commit().await?;
        let saved = saved.ok_or(Fault::ChangedMeanwhile)?;
        tracing::info!(target: SECURITY, event = "settings_saved", administrator = %ids.administrator, template = %saved.id);
        self.template_detail(saved).await
    }
}

/// What the hub shows of how users stand, template by template or customer by customer.
fn by_whose(numbers: Vec<Number>) -> HashMap<Uuid, Counts> {
    let mut counts: HashMap<Uuid, Counts> = HashMap::new();
    for Number { whose, status, users } in numbers {
        let counts = counts.entry(whose).or_default();
        let users = u32::try_from(users).unwrap_or_default();
        counts.total += users;
        match Status::parse(&status) {
            Ok(Status::Provisioned) => counts.provisioned += users,
            Ok(Status::Error) => counts.error += users,
            _ => counts.pending += users,
        }
    }
    counts
}

/// What signing in to the hub is counted by.
fn hub_account(email: &str) -> String {
    format!("hub\n{}", administrators::key(email))
}

/// Who does it, for what is logged of it.
fn by(ids: &Ids) -> Span {
    tracing::info_span!(target: SECURITY, "hub", administrator = %ids.administrator)
}

/// The part of a list that comes after a row.
fn window(after: Option<String>) -> Result<Window, Trouble> {
    Ok(Window { after: after.as_deref().map(id).transpose()?, skip: None, most: PAGE })
}

#[async_trait]
impl Guard for HubService {
    async fn administrator(&self, visitor: &Visitor, permission: Permission) -> Result<Administrator, Problem> {
        let found = self.0.told(self.0.administrator(visitor, permission).await)?;
        Ok(Administrator { id: found.id.to_string(), partner: found.partner_id.to_string() })
    }
}

#[async_trait]
impl app::backend::Administrators for HubService {
    async fn sign_in(&self, visitor: &Visitor, email: &str, password: &str) -> Result<NewSession, Problem> {
        self.0.told(self.0.hub_sign_in(visitor, email, password).await)
    }

    async fn sign_out(&self, visitor: &Visitor) -> Result<(), Problem> {
        self.0.told(self.0.hub_sign_out(visitor).await)
    }

    async fn set_up(&self, visitor: &Visitor, token: &str, email: &str, password: &str) -> Result<NewSession, Problem> {
        self.0.told(self.0.set_up(visitor, token, email, password).await)
    }

    async fn change_password(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        current: &str,
        new: &str,
    ) -> Result<NewSession, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.change_password(&ids, visitor, current, new).await)
    }

    async fn me(&self, administrator: &Administrator) -> Result<Me, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.me(&ids).await)
    }
}

#[async_trait]
impl app::backend::Customers for HubService {
    async fn customers(
        &self,
        administrator: &Administrator,
        after: Option<String>,
    ) -> Result<Page<CustomerRow>, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.customers(&ids, after).await)
    }

    async fn customer_templates(
        &self,
        administrator: &Administrator,
        customer: &str,
    ) -> Result<CustomerTemplates, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.customer_templates(&ids, customer).await)
    }

    async fn customer_name(&self, administrator: &Administrator, customer: &str) -> Result<String, Problem> {
        let ids = self.0.told(ids(administrator))?;
        Ok(self.0.told(self.0.customer(&ids, customer).await)?.name)
    }
}

#[async_trait]
impl app::backend::Templates for HubService {
    async fn template(&self, administrator: &Administrator, template: &str) -> Result<TemplateDetail, Problem> {
        let ids = self.0.told(ids(administrator))?;
        let template = self.0.told(self.0.own_template(&ids, template).await)?;
        self.0.told(self.0.template_detail(template).await)
    }

    async fn outages(&self, administrator: &Administrator, template: &str) -> Result<Vec<ServiceOutage>, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.outages(&ids, template).await)
    }

    async fn save_user_verification(
        &self,
        administrator: &Administrator,
        template: &str,
        version: i32,
        verification: UserVerification,
        share_link: &str,
    ) -> Result<TemplateDetail, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.save_user_verification(&ids, template, version, verification, share_link).await)
    }
}

#[async_trait]
impl app::backend::Users for HubService {
    async fn user_status(
        &self,
        administrator: &Administrator,
        template: &str,
        filter: UserFilter,
        cursor: Cursor,
    ) -> Result<UserStatus, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.user_status(&ids, template, filter, cursor).await)
    }

    async fn user_rows(&self, administrator: &Administrator, wanted: Vec<String>) -> Result<Vec<UserRow>, Problem> {
        let rows = async {
            let ids = ids(administrator)?;
            let wanted = wanted.iter().take(100).map(|one| id(one)).collect::<Result<Vec<_>, _>>()?;
            let users = subscriber::some(self.0.store.read(), ids.tenant, wanted).await?;
            self.0.user_rows(&ids, users).await
        };
        self.0.told(rows.await)
    }

    async fn onboard(
        &self,
        administrator: &Administrator,
        user: &str,
        email: EmailAddress,
    ) -> Result<UserRow, Problem> {
        let ids = self.0.told(ids(administrator))?;
        let changed =
            self.0.told(self.0.change_user(&ids, user, Event::Onboarded(email), Circumstances::default()).await)?;
        changed.ok_or_else(|| Fault::NotFound.into())
    }

    async fn retry(&self, administrator: &Administrator, user: &str) -> Result<UserRow, Problem> {
        let ids = self.0.told(ids(administrator))?;
        let changed = self.0.told(self.0.change_user(&ids, user, Event::Retried, Circumstances::default()).await)?;
        changed.ok_or_else(|| Fault::NotFound.into())
    }

    async fn delete_user(
        &self,
        administrator: &Administrator,
        user: &str,
        forbid: bool,
    ) -> Result<Option<UserRow>, Problem> {
        let ids = self.0.told(ids(administrator))?;
        let comeback = if forbid { Comeback::Forbidden } else { Comeback::Allowed };
        let with = Circumstances { comeback, ..Circumstances::default() };
        self.0.told(self.0.change_user(&ids, user, Event::RemovalRequested, with).await)
    }

    async fn change_package(
        &self,
        administrator: &Administrator,
        user: &str,
        package: Package,
    ) -> Result<UserRow, Problem> {
        let ids = self.0.told(ids(administrator))?;
        let changed = self
            .0
            .told(self.0.change_user(&ids, user, Event::PackageChanged(package), Circumstances::default()).await)?;
        changed.ok_or_else(|| Fault::NotFound.into())
    }
}

#[async_trait]
impl app::backend::Tokens for HubService {
    async fn tokens(&self, administrator: &Administrator, after: Option<String>) -> Result<Page<TokenRow>, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.tokens(&ids, after).await)
    }

    async fn create_token(
        &self,
        administrator: &Administrator,
        name: &str,
        permissions: &[Permission],
        lifetime: TokenLifetime,
    ) -> Result<String, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.create_token(&ids, name, permissions, lifetime).instrument(by(&ids)).await)
    }

    async fn revoke_token(&self, administrator: &Administrator, token: &str) -> Result<TokenRow, Problem> {
        let ids = self.0.told(ids(administrator))?;
        self.0.told(self.0.revoke_token(&ids, token).instrument(by(&ids)).await)
    }
}
