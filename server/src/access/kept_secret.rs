//! Secrets that the server has to read again, as the database keeps them: encrypted under the key of mailed codes
//! ([`CodeKeys`]), each bound to its owner.
//!
//! Where there is no such key they stand as they are; so did all those of webhooks once. Whoever sweeps encrypts these,
//! and anew what is under an older key: then the older key is needed no more.

use crate::{
    access::code_keys::CodeKeys,
    environment::Environment,
    fault::Trouble,
    store::{
        Store,
        kept_secret::{Kept, Kind},
    },
};

/// How many are encrypted in one transaction.
const BATCH: u64 = 100;

/// A secret of `owner` as it is kept.
#[must_use]
pub fn keep(keys: &CodeKeys, environment: &Environment, owner: impl ToString, secret: &str) -> String {
    keys.encrypt(environment, &owner.to_string(), secret.as_bytes()).unwrap_or_else(|| secret.to_owned())
}

/// The secret of `owner` that is kept so; nothing if its key is not here, or if it is another's or was changed.
#[must_use]
pub fn reveal(keys: &CodeKeys, owner: impl ToString, kept: &str) -> Option<String> {
    String::from_utf8(bytes(keys, &owner.to_string(), kept)?).ok()
}

/// Encrypts what is not under the key for new ones. What no key here opens is left as it is, and the log says so.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, environment: &Environment, keys: &CodeKeys) -> Result<(), Trouble> {
    let Some(newest) = keys.newest() else { return Ok(()) };
    let mut lost = 0_usize;
    for kind in Kind::ALL {
        let mut after = None;
        loop {
            let others = kind.unlike(store.read(), &newest, after, BATCH).await?;
            let Some((last, _)) = others.last() else { break };
            after = Some(*last);
            lost += encrypt(store, environment, keys, (kind, others)).await?;
        }
    }
    if lost > 0 {
        tracing::warn!(event = "secret_key_lost", secrets = lost, "secrets are encrypted under a key that is not here");
    }
    Ok(())
}

/// Encrypts these anew. Returns how many no key here opens.
async fn encrypt(
    store: &Store,
    environment: &Environment,
    keys: &CodeKeys,
    (kind, others): (Kind, Vec<Kept>),
) -> Result<usize, Trouble> {
    let (mut lost, work) = (0, store.work().await?);
    for kept in others {
        let owner = kept.0.to_string();
        let secret = bytes(keys, &owner, &kept.1);
        match secret.and_then(|secret| keys.encrypt(environment, &owner, &secret)) {
            Some(encrypted) => kind.replace(&work, &kept, encrypted).await?,
            None => lost += 1,
        }
    }
    work.commit().await?;
    Ok(lost)
}

fn bytes(keys: &CodeKeys, owner: &str, kept: &str) -> Option<Vec<u8>> {
    if CodeKeys::is_encrypted(kept) { keys.decrypt(owner, kept) } else { Some(kept.as_bytes().to_vec()) }
}
