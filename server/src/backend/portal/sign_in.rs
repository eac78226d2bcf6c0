//! Signing in to the portal, by what BroadWorks says of a user ID and its password, and out of it.

use std::time::Duration;

use app::backend::{NewSession, Visitor};
use domain::{BroadWorksId, Fault, draft::NewSubscriber, limit, typed::as_meant};

use crate::{
    access::session::{self, Opened},
    backend::Context,
    broadworks::{Profile, XsiError, XsiUrl, outage},
    fault::Trouble,
    log::SECURITY,
    provisioning::{admission, arrival},
    store::{Actor, PartnerId, Subscriber, Template, Tenant, Work, subscriber},
};

/// No refused sign-in is answered sooner: how long BroadWorks took to say no tells nothing.
const REFUSAL: Duration = Duration::from_millis(600);

impl Context {
    pub(super) async fn sign_in(
        &self,
        visitor: &Visitor,
        share: &str,
        typed_id: &str,
        password: &str,
    ) -> Result<NewSession, Trouble> {
        let template = self.open_template(share).await?;
        let typed_id = as_meant(typed_id);
        // What was left empty is not what was wrong, and no try.
        match (typed_id.trim().is_empty(), password.is_empty()) {
            (true, true) => return Err(Fault::CredentialsMissing.into()),
            (true, false) => return Err(Fault::UserIdMissing.into()),
            (false, true) => return Err(Fault::PasswordMissing.into()),
            (false, false) => {}
        }
        let user_id = BroadWorksId::pasted(&typed_id).map_err(|fault| match fault {
            Fault::InvalidParameter => Fault::UserIdStrange,
            _ => Fault::BadCredentials,
        })?;
        let (account, wrong) = (portal_account(template.partner_id, &user_id), Fault::BadCredentials);
        let check = self.profile(&template, &user_id, password);
        let profile = self.try_to_sign_in(visitor, limit::PORTAL_SIGN_IN, &account, wrong, check).await?;
        // BroadWorks knows best how the user is called: it may have added a domain.
        let user_id = profile.person.user_id.clone();
        let subscriber = match self.known(&template, &user_id).await? {
            Some(subscriber) => subscriber,
            None if admission::admits(self.store.read(), &template, &user_id).await? => {
                let mut work = self.store.work().await?;
                let new = self_activated(&template, user_id.clone(), profile, visitor);
                match arrival::arrive(&mut work, &self.environment, &template, new, &Actor::User).await {
                    Ok(subscriber) => return self.portal_session(visitor, work, &subscriber).await,
                    // Whoever signs in twice at once has arrived by the other call.
                    Err(Trouble::Known { fault: Fault::UserIdTaken, .. }) => work.abandon().await?,
                    Err(trouble) => return Err(trouble),
                }
                self.known(&template, &user_id).await?.ok_or(Fault::UserIdTaken)?
            }
            None => return Err(Fault::NotInvited.into()),
        };
        self.portal_session(visitor, self.store.work().await?, &subscriber).await
    }

    /// The template's user of that id, if it is anybody's; another template invites nobody here.
    async fn known(&self, template: &Template, user_id: &BroadWorksId) -> Result<Option<Subscriber>, Trouble> {
        let known = subscriber::known_as(self.store.read(), Tenant::of_template(template), user_id).await?;
        match known {
            Some(known) if known.template_id != template.id => Err(Fault::NotInvited.into()),
            known => Ok(known),
        }
    }

    /// Signs a user in, in place of whoever was signed in in that browser.
    pub(super) async fn portal_session(
        &self,
        visitor: &Visitor,
        work: Work,
        of: &Subscriber,
    ) -> Result<NewSession, Trouble> {
        let before = visitor.session.as_deref();
        let Opened { token, replaced } = session::open_portal(&work, &self.environment, of, before).await?;
        work.commit().await?;
        let network = &visitor.network;
        if let Some(replaced) = replaced {
            tracing::info!(target: SECURITY, event = "portal_session_replaced", subscriber = %replaced, %network);
        }
        tracing::info!(target: SECURITY, event = "portal_sign_in", subscriber = %of.id, %network);
        let account = portal_account(of.partner_id, &of.user_id);
        Ok(self.session(visitor, &account, token, limit::PORTAL_SESSION))
    }

    pub(super) async fn portal_sign_out(&self, visitor: &Visitor) -> Result<(), Trouble> {
        let Some(token) = &visitor.session else { return Ok(()) };
        if let Some(subscriber) = session::close_portal(&self.store, token).await? {
            tracing::info!(target: SECURITY, event = "portal_sign_out", %subscriber, network = %visitor.network);
        }
        Ok(())
    }

    async fn profile(&self, template: &Template, user_id: &BroadWorksId, password: &str) -> Result<Profile, Trouble> {
        let Ok(url) = XsiUrl::parse(&template.xsi_url, &self.site.xsi_reach) else {
            return Err(Fault::TemplateMisconfigured.into());
        };
        let answer_at = tokio::time::Instant::now() + REFUSAL;
        let (now, condition) = (self.environment.now(), self.xsi.condition(&url));
        let asked = self.xsi.profile(&url, user_id, password).await;
        if let Err(XsiError::Unavailable(reason)) = &asked {
            condition.fails(now, reason.cause(), reason);
            outage::begin(&self.store, &self.environment, &url, reason).await?;
        } else {
            condition.works(now);
            outage::end(&self.store, &url).await?;
        }
        match asked {
            Ok(profile) => Ok(profile),
            Err(XsiError::Profile(field)) => {
                let (template, field) = (&template.provisioning_id, field.as_str());
                tracing::info!(event = "profile_unusable", %template, field, "one user's profile cannot be used");
                Err(Fault::ProfileUnusable.into())
            }
            Err(XsiError::BadCredentials) => {
                tokio::time::sleep_until(answer_at).await;
                Err(Fault::BadCredentials.into())
            }
            Err(XsiError::Unavailable(_)) => Err(Fault::SignInUnavailable.into()),
        }
    }
}

/// What signing in to the portal is counted by.
fn portal_account(partner: PartnerId, user_id: &BroadWorksId) -> String {
    format!("portal\n{partner}\n{}", user_id.key())
}

/// A user whom BroadWorks knows and nobody has announced, or not since the user was deleted, as the Xsi profile describes them.
fn self_activated(template: &Template, user_id: BroadWorksId, profile: Profile, visitor: &Visitor) -> NewSubscriber {
    NewSubscriber {
        user_id,
        sp_enterprise_id: profile.sp_enterprise_id,
        first_name: profile.person.first_name,
        last_name: profile.person.last_name,
        package: template.default_package,
        email: None,
        primary_phone: profile.person.phone_number,
        mobile_phone: None,
        extension: profile.person.extension,
        language: Some(visitor.locale.to_string()),
        timezone: None,
        sp_enterprise_group_id: None,
        self_activated: true,
    }
}
