//! Signing in by an identity provider: a browser is sent there, and comes back.

use app::{
    backend::{NewSession, Visitor},
    problem::Problem,
};
use domain::{Fault, Timestamp, limit, timestamp::SECOND};
use url::Url;

use crate::{
    access::{
        oidc::{self, Attempt, Confirmed, Identity, Provider, Purpose, Refused},
        secret::fingerprint,
        session::{self, Opened},
        throttle,
    },
    backend::Context,
    fault::Trouble,
    log::SECURITY,
    store::{
        Administrator, Partner, Tenant, administrator,
        oidc_sign_in::{self, Begun},
    },
};

/// A browser on its way to a provider.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Where it is sent.
    pub to: Url,
    /// The value of the cookie without which its coming back is worth nothing.
    pub token: String,
    /// How many seconds that is kept.
    pub lifetime: i64,
}

/// What a provider sends back with a browser.
#[derive(Clone, Debug, Default)]
pub struct Returned {
    /// Whose address it came back to.
    pub provider: String,
    /// The value of the cookie, as sent.
    pub token: Option<String>,
    /// What was asked with.
    pub state: Option<String>,
    /// What a token is given for.
    pub code: Option<String>,
    /// Who sends it.
    pub issuer: Option<String>,
}

/// For what a browser has come back.
#[derive(Clone, Debug)]
pub enum Arrived {
    /// Somebody is signed in, and reads on at this page.
    SignedIn(NewSession, String),
    /// Somebody who was has proven who they are.
    Confirmed,
}

/// In vain: what was it for?
#[derive(Clone, Debug)]
pub enum InVain {
    /// Signing in, to read on at this page.
    SignIn(String),
    /// Proving who one is.
    Proof,
    /// Nothing that this browser has asked for.
    Unasked,
}

impl Context {
    /// Sends somebody to the provider of this key, to read on at `next` afterwards.
    ///
    /// # Errors
    /// [`Fault::TooManyAttempts`], [`Fault::OidcSignInFailed`] for a key that is none, [`Fault::OidcUnavailable`], or a failure.
    pub async fn begin_oidc(&self, visitor: &Visitor, key: &str, next: &str) -> Result<Sent, Problem> {
        let begun = async {
            let found = self.providers.called(&self.store, key).await?;
            let (provider, _) = found.ok_or(Fault::OidcSignInFailed)?;
            self.send(visitor, provider, (Purpose::SignIn, None, next)).await
        };
        begun.await.map_err(|trouble| self.told_of(trouble))
    }

    /// Sends whoever is signed in to their provider, to prove who they are.
    ///
    /// # Errors
    /// [`Fault::OidcUnavailable`], also for whoever has none, or as [`Self::begin_oidc`].
    pub async fn begin_proof(&self, visitor: &Visitor, who: &Administrator) -> Result<Sent, Problem> {
        let begun = async {
            let (issuer, _) = who.provider.as_ref().ok_or(Fault::OidcUnavailable)?;
            let found = self.providers.of(&self.store, Tenant::of_administrator(who), issuer).await?;
            let provider = found.ok_or(Fault::OidcUnavailable)?;
            let session = visitor.session.as_deref().map(fingerprint);
            self.send(visitor, provider, (Purpose::Proof, session, "")).await
        };
        begun.await.map_err(|trouble| self.told_of(trouble))
    }

    async fn send(
        &self,
        visitor: &Visitor,
        provider: &Provider,
        (purpose, session_hash, next): (Purpose, Option<String>, &str),
    ) -> Result<Sent, Trouble> {
        let now = self.environment.now();
        throttle::count(&self.store, now, limit::OIDC_NETWORK, visitor.network).await?;
        let token = self.environment.token();
        let to = provider.address(&self.environment, Attempt(&token), purpose).await?;
        let (provider, next) = (provider.key().to_owned(), next.to_owned());
        let work = self.store.work().await?;
        oidc_sign_in::insert(&work, fingerprint(&token), Begun { provider, session_hash, next, created_at: now })
            .await?;
        work.commit().await?;
        Ok(Sent { to, token, lifetime: limit::OIDC_SIGN_IN / SECOND })
    }

    /// Lets in whoever comes back, once, in the browser that was sent.
    ///
    /// # Errors
    /// Why not, with what it was for.
    pub async fn come_back(&self, visitor: &Visitor, returned: Returned) -> Result<Arrived, (Problem, InVain)> {
        let begun = match self.begun(visitor, &returned).await {
            Ok(begun) => begun,
            Err(trouble) => return Err((self.told_of(trouble), InVain::Unasked)),
        };
        let arrived = self.arrived(visitor, &begun, returned).await;
        arrived.map_err(|trouble| {
            let purpose = begun.session_hash.as_ref().map_or_else(|| InVain::SignIn(begun.next), |_| InVain::Proof);
            (self.told_of(trouble), purpose)
        })
    }

    fn told_of(&self, trouble: Trouble) -> Problem {
        trouble.problem(|| self.environment.id().to_string())
    }

    /// What this browser has begun, which is over with that. An answer to something else ends nothing, and costs no write.
    async fn begun(&self, visitor: &Visitor, returned: &Returned) -> Result<Begun, Trouble> {
        let now = self.environment.now();
        let answers = |token: &&String| returned.state.as_deref().is_some_and(|state| Attempt(token).is_state(state));
        let found = match returned.token.as_ref().filter(answers) {
            Some(token) => {
                let work = self.store.work().await?;
                let taken = oidc_sign_in::take(&work, now, &fingerprint(token)).await?;
                work.commit().await?;
                taken
            }
            None => None,
        };
        if let Some(begun) = found {
            return Ok(begun);
        }
        throttle::count(&self.store, now, limit::OIDC_NETWORK, visitor.network).await?;
        Err(self.refused(visitor, "not begun here"))
    }

    fn refused(&self, visitor: &Visitor, reason: &'static str) -> Trouble {
        tracing::info!(target: SECURITY, event = "oidc_refused", reason, network = %visitor.network);
        Fault::OidcSignInFailed.into()
    }

    async fn arrived(&self, visitor: &Visitor, begun: &Begun, returned: Returned) -> Result<Arrived, Trouble> {
        let token = returned.token.as_deref().unwrap_or_default();
        // Before anything of it is shown to a provider: it may be another one's.
        if returned.provider != begun.provider {
            return Err(self.refused(visitor, "provider"));
        }
        // What the provider says instead is for whoever was there: they broke off, or may not use it.
        let code = returned.code.as_deref().ok_or_else(|| self.refused(visitor, "no code"))?;
        let found = self.providers.called(&self.store, &begun.provider).await?;
        let (provider, partner) = found.ok_or(Fault::OidcSignInFailed)?;
        let answer = (code, returned.issuer.as_deref());
        let identity = match provider.identify(&self.environment, Attempt(token), answer).await {
            Ok(identity) => identity,
            Err(Refused::Unavailable) => return Err(Fault::OidcUnavailable.into()),
            Err(Refused::Answer(wrong)) => return Err(self.refused(visitor, wrong)),
        };
        let arrived = match &begun.session_hash {
            Some(session) => self.confirmed(visitor, provider, (begun, session), &identity).await,
            None => self
                .let_in(visitor, (provider, &partner), &identity)
                .await
                .map(|session| Arrived::SignedIn(session, begun.next.clone())),
        };
        if let Err(Trouble::Known { fault: Fault::OidcAccountRefused, .. }) = &arrived {
            tracing::info!(target: SECURITY, event = "oidc_refused", reason = "account", network = %visitor.network);
        }
        arrived
    }

    async fn let_in(
        &self,
        visitor: &Visitor,
        (provider, partner): (&Provider, &Partner),
        identity: &Identity,
    ) -> Result<NewSession, Trouble> {
        let tenant = (Tenant::of_partner(partner), provider.settings());
        let (work, who) = oidc::admit(&self.store, &self.environment, tenant, identity).await?;
        let (before, now, network) = (visitor.session.as_deref(), self.environment.now(), &visitor.network);
        let opened = session::open_hub(&work, &self.environment, who.id, visitor.network, before).await?;
        let Opened { token, replaced } = opened;
        // Whom the provider has asked nothing now has proven nothing now; one that does not say when has asked nobody.
        let proven_at = identity.signed_in_at.map_or(Timestamp(0), |at| at.min(now));
        session::note_proven(&work, proven_at, &token).await?;
        let noted = administrator::note_sign_in(&work, who.id, None, now).await?;
        self.note_signed_in(&work, &noted.ok_or(Fault::OidcAccountRefused)?).await?;
        work.commit().await?;
        if let Some(replaced) = replaced {
            tracing::info!(target: SECURITY, event = "hub_session_replaced", administrator = %replaced, %network);
        }
        tracing::info!(target: SECURITY, event = "hub_sign_in", administrator = %who.id, %network);
        Ok(NewSession { token, lifetime: limit::HUB_SESSION / SECOND, device: None })
    }

    async fn confirmed(
        &self,
        visitor: &Visitor,
        provider: &Provider,
        (begun, session): (&Begun, &str),
        identity: &Identity,
    ) -> Result<Arrived, Trouble> {
        let now = self.environment.now();
        // Whoever is signed in there by now is not who was sent.
        let token = visitor.session.as_deref().filter(|token| fingerprint(token) == session);
        let token = token.ok_or(Fault::SessionEnded)?;
        let who = session::hub(&self.store, now, token).await?.ok_or(Fault::SessionEnded)?;
        match oidc::confirm(&self.store, (&who, provider.settings()), identity, begun.created_at).await? {
            Confirmed::Changed => Err(Fault::SessionEnded.into()),
            Confirmed::Yes => {
                let work = self.store.work().await?;
                session::note_proven(&work, now, token).await?;
                work.commit().await?;
                let network = &visitor.network;
                tracing::info!(target: SECURITY, event = "identity_confirmed", administrator = %who.id, %network);
                Ok(Arrived::Confirmed)
            }
        }
    }
}
