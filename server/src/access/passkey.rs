//! Passkeys (WebAuthn level 3): keys that an administrator's devices keep, and use once their owner has unlocked them. So one is
//! password and second factor in one; that it was unlocked is asked of every answer.
//!
//! What a browser is asked is kept until it answers, for five minutes and one answer: by the hash of a token that only the page has
//! which asked, and bound to its session where there is one. Any server can take the answer.

mod party;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use domain::{Fault, Network, audit::Deed, limit};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication16, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
    bin::{Decode, Encode as _},
    request::{
        PublicKeyCredentialDescriptor,
        auth::AuthenticationVerificationOptions,
        register::{
            CredProtect, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle16, Username,
        },
    },
    response::{
        AuthTransports, CredentialId,
        auth::error::AuthCeremonyErr,
        register::{DynamicState, StaticState},
    },
};

pub use self::party::Party;
use crate::{
    access::secret::fingerprint,
    environment::Environment,
    fault::{Trouble, Unreadable},
    log::SECURITY,
    store::{
        Actor, Administrator, AdministratorId, PasskeyId, Store, Tenant, Work, audit,
        hub_session::{self, Which},
        is_taken,
        passkey::{self, NewPasskey, Passkey},
        passkey_ceremony::{self, Begun},
    },
};

/// With what passkeys are made and checked.
#[derive(Clone, Copy)]
pub struct Passkeys<'a> {
    /// The database.
    pub store: &'a Store,
    /// Time and randomness. The challenges are the library's: it makes them of the same source, and takes none that is given to it.
    pub environment: &'a Environment,
    /// For whom; nothing where there can be none.
    pub party: Option<&'a Party>,
    /// From where they are shown.
    pub network: Network,
}

/// What a browser is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What has to come with the answer.
    pub token: String,
    /// What it is asked, in JSON, as `PublicKeyCredential` reads it.
    pub options: String,
}

/// An answer of a browser.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// What it was given with the question.
    pub token: &'a str,
    /// What the authenticator says, in JSON, as `PublicKeyCredential` writes it.
    pub credential: &'a str,
}

/// A passkey that was shown as it has to be, and is still to be written down as used ([`Passkeys::use_up`]).
#[derive(Debug)]
pub struct Shown {
    /// Whose it is.
    pub administrator: Administrator,
    passkey: Passkey,
    state: String,
}

impl Passkeys<'_> {
    /// Asks for a new one of somebody who is signed in by the session whose cookie has this hash.
    ///
    /// # Errors
    /// [`Fault::ChangedMeanwhile`] if they have as many as there may be, [`Fault::PasskeyRefused`] where there can be none, or a
    /// database error.
    pub async fn begin_adding(self, of: &Administrator, here: &str) -> Result<Asked, Trouble> {
        let party = self.party.filter(|_| of.provider.is_none()).ok_or(Fault::PasskeyRefused)?;
        let own = passkey::of(self.store.read(), of.id).await?;
        if own.len() >= limit::PASSKEYS {
            return Err(Fault::ChangedMeanwhile.into());
        }
        let known =
            own.iter().filter_map(|passkey| CredentialId::decode(BASE64.decode(&passkey.credential_id).ok()?).ok());
        let known = known.map(|id| PublicKeyCredentialDescriptor { id, transports: AuthTransports::NONE });
        let (handle, name) = (handle(of.id), name(of));
        let user = PublicKeyCredentialUserEntity { name, id: &handle, display_name: None };
        let mut options = PublicKeyCredentialCreationOptions::passkey(&party.id, user, known.collect());
        // Asked for, it would keep out devices that do not know it; whether the owner has unlocked theirs is asked of every answer.
        options.extensions.cred_protect = CredProtect::None;
        let (state, options) = options.start_ceremony().map_err(|_| Fault::Internal)?;
        let state = state.encode().map_err(|_| Fault::Internal)?;
        self.ask(Some(here.to_owned()), true, &state, serde_json::to_string(&options)).await
    }

    /// Adds the one that was made, and ends every session of theirs but the one whose cookie has this hash: that one owes no second
    /// factor any more.
    ///
    /// # Errors
    /// [`Fault::PasskeyRefused`], [`Fault::InvalidParameter`] for no name, [`Fault::ChangedMeanwhile`] if they have as many as there
    /// may be, or a database error.
    pub async fn add(self, of: &Administrator, here: &str, answer: Answer<'_>, name: &str) -> Result<(), Trouble> {
        let name = named(name)?;
        let begun =
            self.take(answer.token).await?.filter(|begun| begun.adds && begun.session_hash.as_deref() == Some(here));
        let begun = begun.ok_or_else(|| self.refused("not asked here"))?;
        let new = self.made(of, &begun, answer.credential, name)?;
        let work = self.store.work().await?;
        if passkey::count(&*work, of.id).await? >= limit::PASSKEYS as u64 {
            return Err(Fault::ChangedMeanwhile.into());
        }
        match passkey::insert(&work, of.id, new, self.environment.now()).await {
            Err(error) if is_taken(&error) => return Err(self.refused("known")),
            written => written?,
        }
        hub_session::end(&work, of.id, Which::AllBut(here)).await?;
        hub_session::note_passkey(&work, here, true).await?;
        self.did(&work, of, Deed::PasskeyAdded).await?;
        work.commit().await?;
        tracing::info!(target: SECURITY, event = "passkey_added", administrator = %of.id);
        Ok(())
    }

    /// What is kept of an answer, if it is what was asked for.
    fn made(self, of: &Administrator, begun: &Begun, credential: &str, name: &str) -> Result<NewPasskey, Trouble> {
        let party = self.party.ok_or(Fault::PasskeyRefused)?;
        let state = decoded(&begun.state).and_then(|state| RegistrationServerState::<16>::decode(&state).ok());
        let state = state.ok_or_else(|| self.refused("unreadable"))?;
        let answer = Registration::from_json_relaxed(credential.as_bytes()).map_err(|_| self.refused("malformed"))?;
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &[&party.origin],
            // Browsers ask some authenticators for more than they were asked for.
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = state.verify(&party.id, &answer, &options).map_err(|_| self.refused("answer"))?;
        if made.user_id().as_ref() != handle(of.id).as_ref() {
            return Err(self.refused("another's"));
        }
        let Ok(public_key) = made.static_state().encode();
        let Ok(state) = made.dynamic_state().encode();
        Ok(NewPasskey {
            id: self.environment.id().into(),
            credential_id: BASE64.encode(made.id()),
            public_key: BASE64.encode(public_key),
            state: BASE64.encode(state),
            name: name.to_owned(),
        })
    }

    /// Asks for one that is there: of somebody who is signed in by the session whose cookie has this hash, or of whoever calls.
    ///
    /// # Errors
    /// [`Fault::PasskeyRefused`] where there can be none, or a database error.
    pub async fn begin(self, here: Option<String>) -> Result<Asked, Trouble> {
        let party = self.party.ok_or(Fault::PasskeyRefused)?;
        let options = DiscoverableCredentialRequestOptions::passkey(&party.id);
        let (state, options) = options.start_ceremony().map_err(|_| Fault::Internal)?;
        let state = state.encode().map_err(|_| Fault::Internal)?;
        self.ask(here, false, &state, serde_json::to_string(&options)).await
    }

    /// Whose passkey was shown, where it was asked for.
    ///
    /// # Errors
    /// [`Fault::PasskeyRefused`], whatever is wrong with it; or a database error.
    pub async fn shown(self, here: Option<&str>, answer: Answer<'_>) -> Result<Shown, Trouble> {
        let party = self.party.ok_or(Fault::PasskeyRefused)?;
        let begun = self.take(answer.token).await?.filter(|begun| !begun.adds && begun.session_hash.as_deref() == here);
        let begun = begun.ok_or_else(|| self.refused("not asked here"))?;
        let answer = DiscoverableAuthentication16::from_json_relaxed(answer.credential.as_bytes());
        let answer = answer.map_err(|_| self.refused("malformed"))?;
        let found = passkey::by_credential(self.store.read(), &BASE64.encode(answer.raw_id())).await?;
        // Whoever has no password, because a colleague took it away, has to choose one first.
        let found = found.filter(|(_, whose)| whose.password_hash.is_some() && whose.provider.is_none());
        let (passkey, administrator) = found.ok_or_else(|| self.refused("unknown"))?;
        let state = self.checked(party, &begun, &answer, (&passkey, administrator.id))?;
        Ok(Shown { administrator, passkey, state })
    }

    /// Writes down that a passkey was used.
    ///
    /// # Errors
    /// [`Fault::PasskeyRefused`] if it was used or removed meanwhile, or a database error.
    pub async fn use_up(self, work: &Work, shown: &Shown) -> Result<(), Trouble> {
        match passkey::note_used(work, &shown.passkey, &shown.state, self.environment.now()).await? {
            true => Ok(()),
            false => Err(self.refused("used meanwhile")),
        }
    }

    /// Gives one of somebody's another name.
    ///
    /// # Errors
    /// [`Fault::InvalidParameter`] for no name, [`Fault::ChangedMeanwhile`] if it is none of theirs, or a database error.
    pub async fn rename(self, of: &Administrator, id: PasskeyId, name: &str) -> Result<(), Trouble> {
        let name = named(name)?;
        let work = self.store.work().await?;
        if !passkey::rename(&work, of.id, id, name).await? {
            return Err(Fault::ChangedMeanwhile.into());
        }
        Ok(work.commit().await?)
    }

    /// Removes one of somebody's, and ends every session of theirs but the one whose cookie has this hash.
    ///
    /// # Errors
    /// [`Fault::ChangedMeanwhile`] if it is none of theirs, or a database error.
    pub async fn remove(self, of: &Administrator, here: &str, id: PasskeyId) -> Result<(), Trouble> {
        let work = self.store.work().await?;
        if !passkey::delete(&work, of.id, id).await? {
            return Err(Fault::ChangedMeanwhile.into());
        }
        hub_session::end(&work, of.id, Which::AllBut(here)).await?;
        if passkey::count(&*work, of.id).await? == 0 {
            hub_session::note_passkey(&work, here, false).await?;
        }
        self.did(&work, of, Deed::PasskeyRemoved).await?;
        work.commit().await?;
        tracing::info!(target: SECURITY, event = "passkey_removed", administrator = %of.id);
        Ok(())
    }

    /// How a passkey stands after this answer, if it is one to what was asked.
    fn checked(
        self,
        party: &Party,
        begun: &Begun,
        answer: &DiscoverableAuthentication16,
        (passkey, whose): (&Passkey, AdministratorId),
    ) -> Result<String, Trouble> {
        let unreadable = |column| Unreadable { table: "passkey", id: passkey.id.into(), column };
        let asked = decoded(&begun.state).and_then(|state| DiscoverableAuthenticationServerState::decode(&state).ok());
        let asked = asked.ok_or_else(|| self.refused("unreadable"))?;
        let (id, handle) = (decoded(&passkey.credential_id).ok_or(unreadable("credential_id"))?, handle(whose));
        let id = CredentialId::<&[u8]>::decode(&id).map_err(|_| unreadable("credential_id"))?;
        let key = decoded(&passkey.public_key)
            .and_then(|key| StaticState::decode(&key).ok())
            .ok_or(unreadable("public_key"))?;
        let state = decoded(&passkey.state).and_then(|state| DynamicState::decode(state.try_into().ok()?).ok());
        let state = state.ok_or(unreadable("state"))?;
        let mut known = AuthenticatedCredential::new(id, &handle, key, state).map_err(|_| unreadable("state"))?;
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &[&party.origin],
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        match asked.verify(&party.id, answer, &mut known, &options) {
            Ok(_) => {
                let Ok(state) = known.dynamic_state().encode();
                Ok(BASE64.encode(state))
            }
            Err(AuthCeremonyErr::SignatureCounter) => {
                tracing::warn!(
                    target: SECURITY, event = "passkey_cloned", administrator = %whose, passkey = %passkey.id,
                    "its counter went back: somebody else may have a copy of it"
                );
                Err(Fault::PasskeyRefused.into())
            }
            Err(_) => Err(self.refused("answer")),
        }
    }

    fn refused(self, reason: &'static str) -> Trouble {
        tracing::info!(target: SECURITY, event = "passkey_refused", reason, network = %self.network);
        Fault::PasskeyRefused.into()
    }

    async fn ask(
        self,
        session_hash: Option<String>,
        adds: bool,
        state: &[u8],
        options: serde_json::Result<String>,
    ) -> Result<Asked, Trouble> {
        let options = options.map_err(|_| Fault::Internal)?;
        let (token, state) = (self.environment.token(), BASE64.encode(state));
        let work = self.store.work().await?;
        let begun = Begun { session_hash, adds, state };
        passkey_ceremony::insert(&work, fingerprint(&token), begun, self.environment.now()).await?;
        work.commit().await?;
        Ok(Asked { token, options })
    }

    /// What was asked, which is over with that, whatever the answer is worth.
    async fn take(self, token: &str) -> Result<Option<Begun>, Trouble> {
        let work = self.store.work().await?;
        let taken = passkey_ceremony::take(&work, self.environment.now(), &fingerprint(token)).await?;
        work.commit().await?;
        Ok(taken)
    }

    async fn did(self, work: &Work, oneself: &Administrator, deed: Deed) -> Result<(), Trouble> {
        let tenant = Tenant::of_administrator(oneself);
        audit::record(work, self.environment, tenant, &Actor::Administrator(oneself.id), (deed, None)).await
    }
}

/// By what authenticators know an administrator: their id, which says nothing of them.
fn handle(of: AdministratorId) -> UserHandle16 {
    let Ok(handle) = UserHandle16::decode(uuid::Uuid::from(of).into_bytes());
    handle
}

/// What authenticators show of an administrator.
fn name(of: &Administrator) -> Username<'_> {
    Username::try_from(of.email.as_str()).unwrap_or_else(|_| Username::try_from("Flowthrough").expect("a name"))
}

fn named(typed: &str) -> Result<&str, Fault> {
    let name = typed.trim();
    let fits = (1..=limit::PASSKEY_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name) } else { Err(Fault::InvalidParameter) }
}

fn decoded(kept: &str) -> Option<Vec<u8>> {
    BASE64.decode(kept).ok()
}
