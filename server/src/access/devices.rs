//! Browsers in which somebody has signed in before ("device cookies", OWASP's cure for lock-outs by strangers).
//!
//! A cookie holds a few signed entries, each of one account. The signature's key is made once and shared by all replicas
//! through the database: whoever read it there could spare himself a limit, and nothing else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Timestamp,
    limit::{DEVICE_LIFETIME, KNOWN_DEVICE},
    timestamp::DAY,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{
    access::throttle::Count,
    environment::Environment,
    fault::Trouble,
    store::{Store, server_key},
};

/// The key's name in the database.
const KEY: &str = "known-devices";
/// How many accounts one browser is known for.
const ACCOUNTS: usize = 4;
const NAME: usize = 12;
const SIGNATURE: usize = 16;

/// Recognises known browsers.
#[derive(Clone)]
pub struct Devices {
    key: Vec<u8>,
}

/// One account's entry in a cookie.
struct Entry {
    /// Random: failures are counted by it.
    name: [u8; NAME],
    /// The day since 1970 on which somebody signed in.
    day: u32,
    signature: [u8; SIGNATURE],
}

impl Devices {
    /// With the key that all replicas share; whichever starts first makes it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn load(store: &Store, environment: &Environment) -> Result<Self, Trouble> {
        let key = match server_key::find(store.read(), KEY).await? {
            Some(key) => key,
            None => {
                let work = store.work().await?;
                let key = server_key::insert(&work, KEY, environment.token(), environment.now()).await?;
                work.commit().await?;
                key
            }
        };
        Ok(Self { key: key.into_bytes() })
    }

    /// By what failures in this browser are counted, if somebody has signed in to the account in it.
    #[must_use]
    pub fn known(&self, now: Timestamp, cookie: Option<&str>, account: &str) -> Option<Count> {
        let entry = entries(cookie).find(|entry| self.is_of(now, entry, account))?;
        Some(Count::of(KNOWN_DEVICE, URL_SAFE_NO_PAD.encode(entry.name)))
    }

    /// The cookie of a browser in which somebody has just signed in: the newest entry first, none twice.
    #[must_use]
    pub fn remember(&self, environment: &Environment, cookie: Option<&str>, account: &str) -> String {
        let now = environment.now();
        let mut name = [0; NAME];
        environment.fill(&mut name);
        let day = day(now);
        let signature = self.sign(&name, day, account);
        let others = entries(cookie).filter(|entry| !self.is_of(now, entry, account));
        let entries: Vec<String> =
            [Entry { name, day, signature }].into_iter().chain(others).take(ACCOUNTS).map(written).collect();
        entries.join(".")
    }

    fn is_of(&self, now: Timestamp, entry: &Entry, account: &str) -> bool {
        let lifetime = u32::try_from(DEVICE_LIFETIME / DAY).unwrap_or(0);
        let is_fresh = day(now).saturating_sub(entry.day) < lifetime;
        is_fresh && self.mac(&entry.name, entry.day, account).verify_truncated_left(&entry.signature).is_ok()
    }

    fn sign(&self, name: &[u8; NAME], day: u32, account: &str) -> [u8; SIGNATURE] {
        let full = self.mac(name, day, account).finalize().into_bytes();
        std::array::from_fn(|byte| full[byte])
    }

    fn mac(&self, name: &[u8; NAME], day: u32, account: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of any length is one");
        for part in [&name[..], &day.to_be_bytes(), account.as_bytes()] {
            mac.update(part);
        }
        mac
    }
}

fn day(now: Timestamp) -> u32 {
    u32::try_from(now.0 / DAY).unwrap_or(0)
}

/// The entries of a cookie that can be read; whether they are ours, their signatures tell.
fn entries(cookie: Option<&str>) -> impl Iterator<Item = Entry> {
    cookie.into_iter().flat_map(|cookie| cookie.split('.')).take(ACCOUNTS).filter_map(|entry| {
        let entry: [u8; NAME + 4 + SIGNATURE] = URL_SAFE_NO_PAD.decode(entry).ok()?.try_into().ok()?;
        let (name, rest) = entry.split_first_chunk()?;
        let (day, signature) = rest.split_first_chunk()?;
        Some(Entry { name: *name, day: u32::from_be_bytes(*day), signature: signature.try_into().ok()? })
    })
}

fn written(Entry { name, day, signature }: Entry) -> String {
    URL_SAFE_NO_PAD.encode([&name[..], &day.to_be_bytes(), &signature].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_for_the_accounts_that_signed_in_there() {
        let (environment, clock) = Environment::manual(Timestamp(1_767_225_600_000), 1);
        let devices = Devices { key: b"key".to_vec() };
        let known = |cookie: &str, account: &str| devices.known(environment.now(), Some(cookie), account);
        let first = devices.remember(&environment, Some("nonsense.="), "hub\nann");
        let both = devices.remember(&environment, Some(&first), "hub\nbob");
        assert!(known(&first, "hub\nann").is_some() && known(&first, "hub\nbob").is_none());
        assert_eq!(known(&both, "hub\nann"), known(&first, "hub\nann"), "counted as one browser");
        assert!(known(&both, "hub\nbob").is_some());
        let again = devices.remember(&environment, Some(&both), "hub\nann");
        assert_eq!(again.split('.').count(), 2);
        assert_ne!(known(&again, "hub\nann"), known(&first, "hub\nann"), "whoever knows the password begins anew");
        let many =
            (0..9).fold(String::new(), |cookie, n| devices.remember(&environment, Some(&cookie), &n.to_string()));
        assert_eq!(many.split('.').count(), ACCOUNTS);
        clock.advance(DEVICE_LIFETIME);
        assert_eq!(known(&again, "hub\nann"), None);
    }

    #[test]
    fn nobody_can_make_oneself_known() {
        let (environment, _) = Environment::manual(Timestamp(0), 1);
        let devices = Devices { key: b"key".to_vec() };
        let cookie = devices.remember(&environment, None, "ann");
        let other = Devices { key: b"another key".to_vec() };
        assert_eq!(other.known(environment.now(), Some(&cookie), "ann"), None);
        for (at, letter) in cookie.char_indices() {
            let wrong = format!("{}{}{}", &cookie[..at], if letter == 'A' { 'B' } else { 'A' }, &cookie[at + 1..]);
            assert_eq!(devices.known(environment.now(), Some(&wrong), "ann"), None, "{at}");
        }
        for nothing in [None, Some(""), Some("."), Some("AAAA")] {
            assert_eq!(devices.known(environment.now(), nothing, "ann"), None);
        }
    }
}
