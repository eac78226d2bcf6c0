//! Signing in to the hub, and the account of whoever is signed in.

use app::{
    access::Guard,
    backend::{Administrator, Administrators, NewSession, Visitor},
    hub::model::{Me, ProofBy, SignInService, SignInStep},
    problem::Problem,
};
use async_trait::async_trait;
use axum::http::request::Parts;
use domain::{Fault, Permission, audit::Deed, limit, timestamp::SECOND};
use leptos::reactive::owner::with_context;

use super::{HubService, Ids, ids, memory};
use crate::{
    access::{
        administrators,
        identified::Identified,
        oidc::Provider,
        password,
        second_factor::Besides,
        secret::fingerprint,
        session::{self, Opened},
        throttle::{self, Count, Tries},
    },
    backend::{Context, check_meant},
    fault::Trouble,
    log::SECURITY,
    store::{
        self, Actor, AdministratorId, Database, Partner, Tenant, Work, administrator, audit, hub_sign_in, partner,
        passkey,
    },
};

#[async_trait]
impl Guard for HubService {
    async fn administrator(&self, visitor: &Visitor, permission: Permission) -> Result<Administrator, Problem> {
        let found = self.0.told(self.0.administrator(visitor, permission).await)?;
        Ok(Administrator::new(Ids {
            administrator: found.id,
            tenant: Tenant::of_administrator(&found),
            permissions: found.permissions(),
            owes_factor: found.owes_factor,
        }))
    }

    async fn proven(&self, visitor: &Visitor) -> Result<(), Problem> {
        let proven = async {
            match self.0.is_proven(visitor).await? {
                true => Ok(()),
                false => Err(Fault::ProofRequired.into()),
            }
        };
        self.0.told(proven.await)
    }
}

#[async_trait]
impl Administrators for HubService {
    async fn sign_in(&self, visitor: &Visitor, email: &str, password: &str) -> Result<NewSession, Problem> {
        let Self(context) = self;
        let signed_in = async {
            // What was left empty is not what was wrong, and no try.
            match (email.trim().is_empty(), password.is_empty()) {
                (true, true) => return Err(Fault::HubCredentialsMissing.into()),
                (true, false) => return Err(Fault::AddressMissing.into()),
                (false, true) => return Err(Fault::PasswordMissing.into()),
                (false, false) => {}
            }
            let check = administrators::check(&context.store, email, password);
            let (account, wrong) = (hub_account(email), Fault::HubBadCredentials);
            let found = context.try_to_sign_in(visitor, limit::HUB_SIGN_IN, &account, wrong, check).await?;
            context.hub_session(visitor, &account, (found.id, found.password_hash.as_deref())).await
        };
        context.told(signed_in.await)
    }

    async fn sign_in_step(&self, visitor: &Visitor) -> Result<SignInStep, Problem> {
        let Self(context) = self;
        let waiting = async {
            match context.waiting(visitor).await? {
                Some(who) => context.second_step(context.store.read(), &who).await,
                None => Ok(None),
            }
        };
        // Whoever is asked for nothing more by now begins anew.
        Ok(self.0.told(waiting.await)?.unwrap_or(SignInStep::Password))
    }

    async fn sign_in_services(&self) -> Result<Vec<SignInService>, Problem> {
        let Self(context) = self;
        let owned = context.told(context.providers.owned(&context.store).await)?;
        let service = |(provider, _): (&Provider, Partner)| SignInService {
            key: provider.key().to_owned(),
            name: provider.settings().name.clone(),
        };
        Ok(owned.into_iter().map(service).collect())
    }

    /// A wrong code counts as a wrong password does, and apart from those: whoever knows the password guesses no more often.
    async fn enter_sign_in_code(&self, visitor: &Visitor, code: &str) -> Result<NewSession, Problem> {
        let Self(context) = self;
        let entered = async {
            let waiting = context.waiting(visitor).await?.ok_or(Fault::SessionEnded)?;
            let id = waiting.id;
            let enter = async {
                let work = context.store.work().await?;
                context.factors().prove(&work, &waiting, code).await?;
                let now = context.environment.now();
                let before = visitor.session.as_deref();
                let Opened { token, .. } =
                    session::open_hub(&work, &context.environment, id, visitor.network, before).await?;
                let by = waiting.password_hash.as_deref();
                let noted = administrator::note_sign_in(&work, id, by, now).await?.ok_or(Fault::SessionEnded)?;
                context.note_signed_in(&work, &noted).await?;
                work.commit().await?;
                Ok(token)
            };
            let account = factor_account(&waiting);
            let token =
                context.try_to_sign_in(visitor, limit::HUB_SIGN_IN, &account, Fault::FactorCodeWrong, enter).await?;
            tracing::info!(target: SECURITY, event = "hub_sign_in", administrator = %id, network = %visitor.network);
            Ok(context.session(visitor, &hub_account(&waiting.email), token, limit::HUB_SESSION))
        };
        context.told(entered.await)
    }

    async fn sign_out(&self, visitor: &Visitor) -> Result<(), Problem> {
        let Some(token) = &visitor.session else { return Ok(()) };
        if let Some(administrator) = self.0.told(session::close_hub(&self.0.store, token).await)? {
            tracing::info!(target: SECURITY, event = "hub_sign_out", %administrator, network = %visitor.network);
        }
        Ok(())
    }

    async fn check_set_up_link(&self, token: &str) -> Result<(), Problem> {
        let Self(context) = self;
        context.told(administrators::usable_link(&context.store, &context.environment, token).await.map(drop))
    }

    async fn set_up(&self, visitor: &Visitor, token: &str, email: &str, password: &str) -> Result<NewSession, Problem> {
        let Self(context) = self;
        let tries = Tries::of(Count::from(limit::SET_UP_NETWORK, visitor.network), visitor.network);
        let set_up = administrators::set_up(&context.store, &context.environment, token, email, password);
        let now = context.environment.now();
        let set_up = throttle::attempt(&context.store, now, tries, Fault::SetupLinkInvalid, set_up).await;
        if matches!(&set_up, Err(Trouble::Known { fault: Fault::SetupLinkInvalid, .. })) {
            tracing::info!(target: SECURITY, event = "set_up_refused", network = %visitor.network, "no such set-up link");
        }
        let administrator = context.told(set_up)?;
        context.told(context.hub_session(visitor, &hub_account(email), (administrator, None)).await)
    }

    async fn proof_needed(&self, administrator: &Administrator, visitor: &Visitor) -> Result<Option<ProofBy>, Problem> {
        let Self(context) = self;
        let needed = async {
            if context.is_proven(visitor).await? {
                return Ok(None);
            }
            let oneself = context.oneself(administrator).await?;
            let passkey = passkey::count(context.store.read(), oneself.id).await? > 0;
            Ok(Some(ProofBy { step: context.proves_with(&oneself).await?, passkey }))
        };
        context.told(needed.await)
    }

    async fn prove(&self, administrator: &Administrator, visitor: &Visitor, typed: &str) -> Result<(), Problem> {
        let Self(context) = self;
        let proven = async {
            let oneself = context.oneself(administrator).await?;
            context.prove(visitor, &oneself, typed).await?;
            let network = &visitor.network;
            tracing::info!(target: SECURITY, event = "identity_confirmed", administrator = %oneself.id, %network);
            Ok(())
        };
        context.told(proven.await)
    }

    /// A wrong current password counts as a wrong one at the sign-in does: whoever found a browser unattended guesses no
    /// more often than anybody else.
    async fn change_password(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        current: &str,
        new: &str,
    ) -> Result<NewSession, Problem> {
        let Self(context) = self;
        let changed = async {
            // What was left empty is not what was wrong, and no try.
            if current.is_empty() {
                return Err(Trouble::from(Fault::PasswordMissing));
            }
            let ids = ids(administrator)?;
            let found = administrator::find(context.store.read(), ids.tenant, ids.administrator).await?;
            let found = found.ok_or(Fault::NotSignedIn)?;
            let (account, wrong) = (hub_account(&found.email), Fault::CurrentPasswordWrong);
            let (store, environment, network) = (&context.store, &context.environment, visitor.network);
            let here = (network, visitor.session.as_deref());
            let change = administrators::change_password(store, environment, &found, here, (current, new));
            let token = context.try_to_sign_in(visitor, limit::HUB_SIGN_IN, &account, wrong, change).await?;
            tracing::info!(target: SECURITY, event = "password_changed", administrator = %found.id, %network);
            Ok(context.session(visitor, &account, token, limit::HUB_SESSION))
        };
        context.told(changed.await)
    }

    async fn me(&self, administrator: &Administrator) -> Result<Me, Problem> {
        let Self(context) = self;
        let me = async {
            let ids = ids(administrator)?;
            let administrator = match memory::known_administrator() {
                Some(known) => known,
                None => {
                    let found = administrator::find(context.store.read(), ids.tenant, ids.administrator).await?;
                    found.ok_or(Fault::NotSignedIn)?
                }
            };
            let partner = context.partner(&ids).await?;
            let service = match &administrator.provider {
                Some((issuer, _)) => Some(context.service(ids.tenant, issuer).await?),
                None => None,
            };
            Ok(Me {
                service,
                id: ids.administrator.into(),
                role: administrator.role,
                email: administrator.email,
                partner: partner.name,
                factor_required: partner.factor_required_at.is_some(),
                factor_owed: ids.owes_factor,
                demo: context.site.demo,
            })
        };
        context.told(me.await)
    }
}

impl Context {
    /// For which partner somebody is signed in.
    pub(super) async fn partner(&self, ids: &Ids) -> Result<Partner, Trouble> {
        let read = async { Ok(partner::of(self.store.read(), ids.tenant).await?) };
        memory::partner(read).await?.ok_or_else(|| Fault::NotSignedIn.into())
    }

    /// Who is signed in, if they have the permission.
    async fn administrator(&self, visitor: &Visitor, permission: Permission) -> Result<store::Administrator, Trouble> {
        let found = match &visitor.session {
            Some(token) => memory::administrator(self.calling(token)).await?,
            None => None,
        };
        let found = found.ok_or(Fault::NotSignedIn)?;
        check_meant(visitor, found.id)?;
        if !found.permissions().allow(permission) {
            if found.owes_factor {
                return Err(Fault::FactorRequired.into());
            }
            let network = &visitor.network;
            tracing::info!(target: SECURITY, event = "permission_missing", administrator = %found.id, ?permission, %network);
            return Err(Fault::PermissionMissing.into());
        }
        let who = format!("administrator {}", found.id);
        with_context(|request: &Parts| Identified::note(&request.extensions, who, visitor.network));
        Ok(found)
    }

    /// Whose session it is; what they call counts.
    async fn calling(&self, token: &str) -> Result<Option<store::Administrator>, Trouble> {
        let now = self.environment.now();
        let found = session::hub(&self.store, now, token).await?;
        if let Some(found) = &found {
            self.calls.admit(&self.store, now, found.id).await?;
        }
        Ok(found)
    }

    /// Whether whoever is signed in there has proven a short while ago who they are.
    async fn is_proven(&self, visitor: &Visitor) -> Result<bool, Trouble> {
        match &visitor.session {
            Some(token) => session::is_proven(&self.store, self.environment.now(), token).await,
            None => Ok(false),
        }
    }

    /// What somebody proves who they are with: what nobody else has, where they have that.
    async fn proves_with(&self, who: &store::Administrator) -> Result<SignInStep, Trouble> {
        if who.provider.is_some() {
            return Ok(SignInStep::Provider);
        }
        Ok(self.second_step(self.store.read(), who).await?.unwrap_or(SignInStep::Password))
    }

    /// What somebody is asked for beside the password.
    async fn second_step(&self, db: &impl Database, who: &store::Administrator) -> Result<Option<SignInStep>, Trouble> {
        Ok(self.factors().besides(db, who).await?.map(|besides| match besides {
            Besides::Code => SignInStep::Code,
            Besides::Passkey => SignInStep::Passkey,
        }))
    }

    /// What is wrong counts as at the sign-in: whoever found a browser unattended guesses no more often than anybody else.
    async fn prove(&self, visitor: &Visitor, who: &store::Administrator, typed: &str) -> Result<(), Trouble> {
        let token = visitor.session.as_deref().ok_or(Fault::NotSignedIn)?;
        let now = self.environment.now();
        match self.proves_with(who).await? {
            SignInStep::Code => {
                let by_code = async {
                    let work = self.store.work().await?;
                    self.factors().prove(&work, who, typed).await?;
                    session::note_proven(&work, now, token).await?;
                    Ok(work.commit().await?)
                };
                return self.try_code(visitor, who, by_code).await;
            }
            // Nothing that is typed is one.
            SignInStep::Passkey => return Err(Fault::PasskeyRefused.into()),
            SignInStep::Password | SignInStep::Provider => {}
        }
        // What was left empty is not what was wrong, and no try.
        if typed.is_empty() {
            return Err(Fault::PasswordMissing.into());
        }
        let by_password = async {
            if !password::is_right(typed, who.password_hash.as_deref()).await? {
                return Err(Fault::CurrentPasswordWrong.into());
            }
            let work = self.store.work().await?;
            session::note_proven(&work, now, token).await?;
            Ok(work.commit().await?)
        };
        let (account, wrong) = (hub_account(&who.email), Fault::CurrentPasswordWrong);
        self.try_to_sign_in(visitor, limit::HUB_SIGN_IN, &account, wrong, by_password).await
    }

    /// What the service is called by which somebody signs in: as it names itself, where the settings do not have it any more.
    async fn service(&self, tenant: Tenant, issuer: &str) -> Result<String, Trouble> {
        let known = self.providers.of(&self.store, tenant, issuer).await?;
        Ok(known.map_or(issuer, |provider| &provider.settings().name).to_owned())
    }

    /// Whoever has shown the right password in that browser, and has not entered the code yet.
    async fn waiting(&self, visitor: &Visitor) -> Result<Option<store::Administrator>, Trouble> {
        let Some(token) = &visitor.session else { return Ok(None) };
        hub_sign_in::find(self.store.read(), self.environment.now(), &fingerprint(token)).await
    }

    pub(super) async fn note_signed_in(&self, work: &Work, who: &store::Administrator) -> Result<(), Trouble> {
        let (tenant, oneself) = (Tenant::of_administrator(who), Actor::Administrator(who.id));
        audit::record(work, &self.environment, tenant, &oneself, (Deed::SignedIn, None)).await
    }

    /// Signs an administrator in, in place of whoever was signed in in that browser; by the password with this hash, or by a
    /// link with which one was chosen just now. Whoever has a second factor has to show it first.
    pub(super) async fn hub_session(
        &self,
        visitor: &Visitor,
        account: &str,
        (administrator, by): (AdministratorId, Option<&str>),
    ) -> Result<NewSession, Trouble> {
        let work = self.store.work().await?;
        let (before, now, network) = (visitor.session.as_deref(), self.environment.now(), &visitor.network);
        let proven = administrator::proven(&work, administrator, by).await?.ok_or(Fault::HubBadCredentials)?;
        let waits = self.second_step(&*work, &proven).await?.is_some();
        let Opened { token, replaced } = if waits {
            session::await_code(&work, &self.environment, &proven, before).await?
        } else {
            let opened = session::open_hub(&work, &self.environment, administrator, visitor.network, before).await?;
            let noted = administrator::note_sign_in(&work, administrator, by, now).await?;
            self.note_signed_in(&work, &noted.ok_or(Fault::HubBadCredentials)?).await?;
            opened
        };
        work.commit().await?;
        if let Some(replaced) = replaced {
            tracing::info!(target: SECURITY, event = "hub_session_replaced", administrator = %replaced, %network);
        }
        if waits {
            return Ok(NewSession { token, lifetime: limit::SIGN_IN_CODE / SECOND, device: None });
        }
        tracing::info!(target: SECURITY, event = "hub_sign_in", %administrator, %network);
        Ok(self.session(visitor, account, token, limit::HUB_SESSION))
    }
}

/// What signing in to the hub is counted by.
pub(super) fn hub_account(email: &str) -> String {
    format!("hub\n{}", administrators::key(email))
}

/// What entering the codes of a second factor is counted by.
pub(super) fn factor_account(of: &store::Administrator) -> String {
    format!("hub-factor\n{}", of.id)
}
