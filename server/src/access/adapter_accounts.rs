//! The accounts with which BroadWorks reaches flow-through adapters: one per template, the secret kept as argon2id.
//!
//! BroadWorks sends the secret with every call, and comparing it with its hash takes some 20 ms of a core. So a secret
//! that was right is remembered for a while, as a digest under a key that only this process has; whatever is not
//! remembered is compared, and counted against a limit if it is wrong. The digest covers the stored hash: a secret that
//! is replaced is worthless at once, on every replica.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{Fault, Network, Timestamp, audit::Deed, limit, timestamp::MINUTE};
use sha2::{Digest as _, Sha256};
use tracing::field;

use crate::{
    access::{
        secret,
        throttle::{self, Tries},
    },
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    store::{
        Actor, Store, Template, Tenant,
        adapter_account::{self, AdapterAccount},
        audit,
    },
};

/// BroadWorks takes no longer secret, in characters.
pub const LONGEST_SECRET: usize = 20;
/// The shortest secret that an operator may choose, in characters.
pub const SHORTEST_SECRET: usize = 12;
/// BroadWorks takes no longer user name, in characters.
const LONGEST_NAME: usize = 80;
/// How long a secret that is not used is remembered, in milliseconds.
const MEMORY: i64 = 10 * MINUTE;

/// A user name and secret as they were sent or are to be printed.
pub struct Credentials {
    /// The user name.
    pub user_name: String,
    /// The secret.
    pub secret: String,
}

/// Sets a template's account, or replaces it. Without a secret one is made; it cannot be shown again.
///
/// # Errors
/// [`Fault::InvalidParameter`] for a user name or secret that BroadWorks would not take or strangers would guess, or
/// a database error.
pub async fn set(
    store: &Store,
    environment: &Environment,
    template: &Template,
    user_name: Option<String>,
    secret: Option<String>,
) -> Result<Credentials, Trouble> {
    let before = adapter_account::of(store.read(), template).await?;
    let user_name = user_name
        .or_else(|| before.map(|before| before.user_name))
        .unwrap_or_else(|| format!("flowthrough-{}", uuid::Uuid::from(template.id).simple()));
    // 120 random bits.
    let secret = secret.unwrap_or_else(|| environment.token()[..LONGEST_SECRET].to_owned());
    check(&user_name, &secret)?;
    let account = AdapterAccount {
        user_name: user_name.clone(),
        secret_hash: secret::hash(environment, &secret).await,
        created_at: environment.now(),
    };
    let work = store.work().await?;
    adapter_account::set(&work, template, account).await?;
    let (tenant, deed) = (Tenant::of_template(template), (Deed::AdapterAccountSet, Some(template.id.into())));
    audit::record(&work, environment, tenant, &Actor::Operator, deed).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "adapter_account_set", template = %template.id);
    Ok(Credentials { user_name, secret })
}

fn check(user_name: &str, secret: &str) -> Result<(), Fault> {
    let printable = |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_control() || c.is_whitespace());
    // A colon would end the name (RFC 7617 §2).
    let named = printable(user_name) && user_name.chars().count() <= LONGEST_NAME && !user_name.contains(':');
    let sized = (SHORTEST_SECRET..=LONGEST_SECRET).contains(&secret.chars().count());
    if named && printable(secret) && sized { Ok(()) } else { Err(Fault::InvalidParameter) }
}

/// Which adapter is called, and from where.
pub struct Call<'a> {
    /// The provisioning ID in the address. What is tried is counted by it, whether or not there is such a template.
    pub provisioning_id: &'a str,
    /// The template of that id, if there is one.
    pub template: Option<&'a Template>,
    /// The caller's network.
    pub network: Network,
}

/// Verifies credentials. Cheap to clone.
#[derive(Clone)]
pub struct Verifier {
    key: [u8; 32],
    remembered: Arc<Mutex<HashMap<[u8; 32], Timestamp>>>,
    /// Credentials that are being compared: the same ones wait for the outcome instead of being compared again.
    compared: Arc<Mutex<HashMap<[u8; 32], Arc<Turn>>>>,
}

type Turn = tokio::sync::Mutex<()>;

impl Verifier {
    /// One that remembers nothing yet.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        let mut key = [0; 32];
        environment.fill(&mut key);
        Self { key, remembered: Arc::default(), compared: Arc::default() }
    }

    /// Whether these are the credentials of the template's account.
    ///
    /// # Errors
    /// [`Fault::TooManyRequests`] after too many tries, [`Fault::Busy`], or a database error.
    pub async fn verify(
        &self,
        store: &Store,
        now: Timestamp,
        call: Call<'_>,
        sent: &Credentials,
    ) -> Result<bool, Trouble> {
        let account = match call.template {
            Some(template) => adapter_account::of(store.read(), template).await?,
            None => None,
        };
        let Some(account) = account else { return self.compare(store, now, &call, sent, None).await };
        let digest = self.digest(&account, sent);
        if self.remembers(digest, now) {
            return Ok(true);
        }
        let turn = self.turn(digest);
        let alone = turn.lock().await;
        // Somebody else may have been let in with the same secret meanwhile.
        let right = self.remembers(digest, now) || self.compare(store, now, &call, sent, Some(&account)).await?;
        if right {
            self.remember(digest, now);
        }
        drop(alone);
        Ok(right)
    }

    async fn compare(
        &self,
        store: &Store,
        now: Timestamp,
        call: &Call<'_>,
        sent: &Credentials,
        account: Option<&AdapterAccount>,
    ) -> Result<bool, Trouble> {
        let subject = format!("adapter\n{}", call.provisioning_id);
        let tries = Tries::sign_in(limit::ADAPTER_SIGN_IN, &subject, call.network, None);
        let compare = async {
            let right = secret::verify(&sent.secret, account.map(|account| account.secret_hash.as_str())).await?;
            let named = account.is_some_and(|account| account.user_name == sent.user_name);
            if right && named { Ok(()) } else { Err(Fault::AdapterUnauthorized.into()) }
        };
        match throttle::attempt(store, now, tries, Fault::AdapterUnauthorized, compare).await {
            Ok(()) => Ok(true),
            Err(Trouble::Known { fault: Fault::AdapterUnauthorized, .. }) => {
                let (network, template) = (call.network, call.template.map(|template| field::display(template.id)));
                tracing::info!(target: SECURITY, event = "adapter_refused", %network, template, "wrong credentials");
                Ok(false)
            }
            Err(trouble) => Err(too_many(trouble)),
        }
    }

    fn turn(&self, digest: [u8; 32]) -> Arc<Turn> {
        let mut compared = lock(&self.compared);
        compared.retain(|_, turn| Arc::strong_count(turn) > 1);
        compared.entry(digest).or_default().clone()
    }

    fn digest(&self, account: &AdapterAccount, sent: &Credentials) -> [u8; 32] {
        let mut digest = Sha256::new_with_prefix(self.key);
        for text in [&account.secret_hash, &sent.user_name, &sent.secret] {
            digest.update(text.len().to_be_bytes());
            digest.update(text);
        }
        digest.finalize().into()
    }

    fn remembers(&self, digest: [u8; 32], now: Timestamp) -> bool {
        let mut remembered = lock(&self.remembered);
        let Some(until) = remembered.get_mut(&digest).filter(|until| **until > now) else { return false };
        *until = now.plus(MEMORY);
        true
    }

    fn remember(&self, digest: [u8; 32], now: Timestamp) {
        let mut remembered = lock(&self.remembered);
        remembered.retain(|_, until| *until > now);
        remembered.insert(digest, now.plus(MEMORY));
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// To a program these are requests, not attempts.
fn too_many(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Known { fault: Fault::TooManyAttempts, retry_after } => {
            Trouble::Known { fault: Fault::TooManyRequests, retry_after }
        }
        other => other,
    }
}
