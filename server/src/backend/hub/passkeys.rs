//! Passkeys: of whoever is signed in, and of whoever signs in or proves who they are by one.

use app::{
    backend::{Administrator, NewSession, Passkeys as Backend, Visitor},
    hub::model::{PasskeyAnswer, PasskeyId, PasskeyQuestion, PasskeyRow, Passkeys as Shown},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{Fault, limit};

use super::{HubService, administrators::hub_account, people::here};
use crate::{
    access::{
        passkey::{Answer, Asked, Party, Passkeys},
        secret::fingerprint,
        session::{self, Opened},
        throttle::{self, Count, Tries},
    },
    backend::Context,
    fault::Trouble,
    log::SECURITY,
    store::{self, administrator, hub_session, passkey},
};

#[async_trait]
impl Backend for HubService {
    async fn passkeys(&self, administrator: &Administrator) -> Result<Shown, Problem> {
        let Self(context) = self;
        let shown = async { context.own_passkeys(&context.oneself(administrator).await?).await };
        context.told(shown.await)
    }

    async fn begin_passkey(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
    ) -> Result<PasskeyQuestion, Problem> {
        let Self(context) = self;
        let asked = async {
            let (oneself, party) = (context.oneself(administrator).await?, context.party());
            context.keys(visitor, party.as_ref()).begin_adding(&oneself, &here(visitor)).await
        };
        context.told(asked.await).map(question)
    }

    async fn add_passkey(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        answer: &PasskeyAnswer,
        name: &str,
    ) -> Result<Shown, Problem> {
        let Self(context) = self;
        let added = async {
            let (oneself, party) = (context.oneself(administrator).await?, context.party());
            context.keys(visitor, party.as_ref()).add(&oneself, &here(visitor), given(answer), name).await?;
            context.own_passkeys(&oneself).await
        };
        context.told(added.await)
    }

    async fn rename_passkey(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        id: PasskeyId,
        name: &str,
    ) -> Result<Shown, Problem> {
        let Self(context) = self;
        let renamed = async {
            let oneself = context.oneself(administrator).await?;
            context.keys(visitor, None).rename(&oneself, id.into(), name).await?;
            context.own_passkeys(&oneself).await
        };
        context.told(renamed.await)
    }

    async fn remove_passkey(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        id: PasskeyId,
    ) -> Result<Shown, Problem> {
        let Self(context) = self;
        let removed = async {
            let oneself = context.oneself(administrator).await?;
            context.keys(visitor, None).remove(&oneself, &here(visitor), id.into()).await?;
            context.own_passkeys(&oneself).await
        };
        context.told(removed.await)
    }

    async fn begin_passkey_sign_in(&self, visitor: &Visitor) -> Result<PasskeyQuestion, Problem> {
        let Self(context) = self;
        let asked = async {
            let (now, party) = (context.environment.now(), context.party());
            throttle::count(&context.store, now, limit::PASSKEY_NETWORK, visitor.network).await?;
            context.keys(visitor, party.as_ref()).begin(None).await
        };
        context.told(asked.await).map(question)
    }

    async fn sign_in_by_passkey(&self, visitor: &Visitor, answer: &PasskeyAnswer) -> Result<NewSession, Problem> {
        let Self(context) = self;
        let signed_in = context.try_passkey(visitor, context.signed_in_by(visitor, given(answer)));
        context.told(signed_in.await)
    }

    async fn begin_passkey_proof(&self, _: &Administrator, visitor: &Visitor) -> Result<PasskeyQuestion, Problem> {
        let Self(context) = self;
        let party = context.party();
        let asked = context.keys(visitor, party.as_ref()).begin(Some(here(visitor))).await;
        context.told(asked).map(question)
    }

    async fn prove_by_passkey(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        answer: &PasskeyAnswer,
    ) -> Result<(), Problem> {
        let Self(context) = self;
        let proven = async {
            let oneself = context.oneself(administrator).await?;
            context.try_passkey(visitor, context.proven_by(visitor, &oneself, given(answer))).await
        };
        context.told(proven.await)
    }
}

impl Context {
    /// For whom passkeys are made.
    fn party(&self) -> Option<Party> {
        Party::of(&self.site.hub_url)
    }

    const fn keys<'a>(&'a self, visitor: &Visitor, party: Option<&'a Party>) -> Passkeys<'a> {
        Passkeys { store: &self.store, environment: &self.environment, party, network: visitor.network }
    }

    async fn own_passkeys(&self, oneself: &store::Administrator) -> Result<Shown, Trouble> {
        let row = |passkey: passkey::Passkey| PasskeyRow {
            id: passkey.id.into(),
            name: passkey.name,
            added: passkey.created_at,
            used: passkey.used_at,
        };
        let rows = passkey::of(self.store.read(), oneself.id).await?.into_iter().map(row).collect();
        Ok(Shown { available: self.party().is_some(), rows })
    }

    /// What is refused counts by the network alone: whose passkey it was to be, nobody knows.
    async fn try_passkey<T>(
        &self,
        visitor: &Visitor,
        deed: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Trouble> {
        let tries = Tries::of(Count::from(limit::PASSKEY_NETWORK, visitor.network), visitor.network);
        throttle::attempt(&self.store, self.environment.now(), tries, Fault::PasskeyRefused, deed).await
    }

    /// Signs in whoever has shown a passkey, in place of whoever was signed in in that browser. Nobody is asked for a code after it.
    async fn signed_in_by(&self, visitor: &Visitor, answer: Answer<'_>) -> Result<NewSession, Trouble> {
        let (party, now, network) = (self.party(), self.environment.now(), visitor.network);
        let keys = self.keys(visitor, party.as_ref());
        let shown = keys.shown(None, answer).await?;
        let (id, by) = (shown.administrator.id, shown.administrator.password_hash.as_deref());
        let work = self.store.work().await?;
        keys.use_up(&work, &shown).await?;
        let before = visitor.session.as_deref();
        let Opened { token, replaced } = session::open_hub(&work, &self.environment, id, network, before).await?;
        hub_session::note_passkey(&work, &fingerprint(&token), true).await?;
        let noted = administrator::note_sign_in(&work, id, by, now).await?.ok_or(Fault::PasskeyRefused)?;
        self.note_signed_in(&work, &noted).await?;
        work.commit().await?;
        if let Some(replaced) = replaced {
            tracing::info!(target: SECURITY, event = "hub_session_replaced", administrator = %replaced, %network);
        }
        tracing::info!(target: SECURITY, event = "hub_sign_in", administrator = %id, %network);
        Ok(self.session(visitor, &hub_account(&noted.email), token, limit::HUB_SESSION))
    }

    async fn proven_by(
        &self,
        visitor: &Visitor,
        oneself: &store::Administrator,
        answer: Answer<'_>,
    ) -> Result<(), Trouble> {
        let (party, now, network) = (self.party(), self.environment.now(), visitor.network);
        let token = visitor.session.as_deref().ok_or(Fault::NotSignedIn)?;
        let keys = self.keys(visitor, party.as_ref());
        let shown = keys.shown(Some(&here(visitor)), answer).await?;
        // Somebody else's proves nothing here.
        if shown.administrator.id != oneself.id {
            return Err(Fault::PasskeyRefused.into());
        }
        let work = self.store.work().await?;
        keys.use_up(&work, &shown).await?;
        session::note_proven(&work, now, token).await?;
        hub_session::note_passkey(&work, &fingerprint(token), true).await?;
        work.commit().await?;
        tracing::info!(target: SECURITY, event = "identity_confirmed", administrator = %oneself.id, %network);
        Ok(())
    }
}

fn question(Asked { token, options }: Asked) -> PasskeyQuestion {
    PasskeyQuestion { token, options }
}

fn given(answer: &PasskeyAnswer) -> Answer<'_> {
    Answer { token: &answer.token, credential: &answer.credential }
}
