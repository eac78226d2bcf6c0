//! How mailed codes are kept: as HMAC-SHA-256 under a key that is not in the database.
//!
//! A code has six digits. Whoever has a copy of the database tries all of them at once, unless the hash takes long or
//! needs something that is not in the copy. The latter costs nothing, and holds for ever: so there is a key beside the
//! database, or in the settings where several servers share one. Where there is none, codes are argon2id.
//!
//! The same keys seal what the server gives out to recognise it again, the return paths of mails, and encrypt what it has to
//! read again, the secrets of second factors.

use std::{
    fmt,
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Timestamp, limit};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::Sha256;
use tempfile::NamedTempFile;

use super::secret::{self, fingerprint};
use crate::{
    environment::Environment,
    fault::Trouble,
    store::{DbErr, Store, proof},
};

/// How a code is marked that is kept under a key: then come the key's id and the code's HMAC.
const KEYED: &str = "$hmac-sha256$";
/// How a text is marked that is encrypted under a key: then come the key's id, and nonce and cipher text together.
const ENCRYPTED: &str = "$chacha20-poly1305$";
/// How many characters a key has at least: those of 192 random bits in base64.
const SHORTEST: usize = 32;
/// How many characters of its fingerprint name a key.
const ID: usize = 12;

/// What proves that the server itself has given something out: nobody guesses 80 bits one try at a time.
pub type Seal = [u8; 10];

/// The keys of one installation: the first one is for new codes, the others still open older ones. Cheap to clone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CodeKeys(Arc<[Key]>);

#[derive(PartialEq, Eq)]
struct Key {
    /// Says nothing of the key itself.
    id: String,
    secret: String,
}

/// Keys that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadKeys {
    /// There is none.
    #[error("holds no key")]
    None,
    /// One could be guessed.
    #[error("a key has fewer than {SHORTEST} characters")]
    Short,
    /// The file cannot be read or made.
    #[error("{0}")]
    File(#[from] io::Error),
}

impl CodeKeys {
    /// Keys with spaces, commas or line ends between them.
    ///
    /// # Errors
    /// If there is none, or one that is too short.
    pub fn parse(text: &str) -> Result<Self, BadKeys> {
        let keys = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|key| !key.is_empty());
        let keys: Arc<[Key]> = keys.map(Key::parse).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(BadKeys::None) } else { Ok(Self(keys)) }
    }

    /// The keys in a file.
    ///
    /// # Errors
    /// If the file cannot be read or holds something else.
    pub fn read(file: &Path) -> Result<Self, BadKeys> {
        Self::parse(&fs::read_to_string(file)?)
    }

    /// The keys in a file, which is made with a new one if it is missing.
    ///
    /// # Errors
    /// If the file can be neither read nor made, or holds something else.
    pub fn read_or_make(file: &Path, environment: &Environment) -> Result<Self, BadKeys> {
        if !file.try_exists()? {
            make(file, &environment.token())?;
        }
        Self::read(file)
    }

    /// Reports to the log if codes that would still be good were mailed under a key that is not here: the file beside the
    /// database was lost, or the settings have forgotten a key.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn check(&self, store: &Store, now: Timestamp) -> Result<(), DbErr> {
        let kept = proof::codes_since(store.read(), now.plus(-limit::CODE_LIFETIME)).await?;
        let codes = kept.iter().filter(|kept| !self.knows(kept)).count();
        if codes > 0 {
            let why =
                "the key of mailed codes is another one: codes that were mailed before are refused, links are not";
            tracing::warn!(event = "code_key_lost", codes, "{why}");
        }
        Ok(())
    }

    /// Hashes a code. `of` is what it belongs to: equal codes of two mails look different.
    pub async fn hash(&self, environment: &Environment, of: &str, code: &str) -> String {
        match self.0.first() {
            Some(key) => key.hash(of, code),
            None => secret::hash(environment, code).await,
        }
    }

    /// Whether a code can be compared with what was kept: not if that is under a key that is lost, or long past.
    #[must_use]
    pub fn knows(&self, kept: &str) -> bool {
        !kept.starts_with(KEYED) || self.of(kept).is_some()
    }

    /// Whether a code is the one that was kept of this; never under a key that is not known.
    ///
    /// # Errors
    /// [`domain::Fault::Busy`] if the code was kept without a key and too many are being compared.
    pub async fn verify(&self, of: &str, code: &str, kept: &str) -> Result<bool, Trouble> {
        if !kept.starts_with(KEYED) {
            return secret::verify(code, Some(kept)).await;
        }
        Ok(self.of(kept).is_some_and(|(key, mac)| key.is_of(of, code, mac)))
    }

    /// Whether there is none.
    #[must_use]
    pub fn are_missing(&self) -> bool {
        self.0.is_empty()
    }

    /// The seal of what the server gives out for this purpose; none if there is no key.
    #[must_use]
    pub fn seal(&self, purpose: &str, what: &str) -> Option<Seal> {
        let mac = self.0.first()?.mac([purpose, what]).finalize().into_bytes();
        mac.first_chunk().copied()
    }

    /// Whether this is the seal, under whichever key.
    #[must_use]
    pub fn is_seal(&self, purpose: &str, what: &str, seal: Seal) -> bool {
        // In constant time.
        self.0.iter().any(|key| key.mac([purpose, what]).verify_truncated_left(&seal).is_ok())
    }

    /// Encrypts a secret that belongs to `of` and to nobody else; nothing if there is no key.
    #[must_use]
    pub fn encrypt(&self, environment: &Environment, of: &str, secret: &[u8]) -> Option<String> {
        let key = self.0.first()?;
        // Drawn at random, 2^32 times under one key at the most: nobody has that many administrators.
        let mut nonce = [0; NONCE_LEN];
        environment.fill(&mut nonce);
        let mut text = secret.to_vec();
        key.cipher().seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(of), &mut text).ok()?;
        let text = URL_SAFE_NO_PAD.encode([&nonce[..], &text].concat());
        Some(format!("{ENCRYPTED}{}${text}", key.id))
    }

    /// The secret of `of` that was encrypted so; nothing if its key is not here, or if it is another's or was changed.
    #[must_use]
    pub fn decrypt(&self, of: &str, kept: &str) -> Option<Vec<u8>> {
        let (key, text) = self.named(kept.strip_prefix(ENCRYPTED)?)?;
        let text = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, text) = text.split_first_chunk::<NONCE_LEN>()?;
        let mut text = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        Some(key.cipher().open_in_place(nonce, Aad::from(of), &mut text).ok()?.to_vec())
    }

    /// The key under which something was kept, and its HMAC.
    fn of<'a>(&self, kept: &'a str) -> Option<(&Key, &'a str)> {
        self.named(kept.strip_prefix(KEYED)?)
    }

    /// The key whose id comes first, and what comes after it.
    fn named<'a>(&self, kept: &'a str) -> Option<(&Key, &'a str)> {
        let (id, rest) = kept.split_once('$')?;
        Some((self.0.iter().find(|key| key.id == id)?, rest))
    }
}

/// Keeps the keys out of logs.
impl fmt::Debug for CodeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl Key {
    fn parse(key: &str) -> Result<Self, BadKeys> {
        if key.chars().count() < SHORTEST {
            return Err(BadKeys::Short);
        }
        let mut id = fingerprint(format!("code key\n{key}"));
        id.truncate(ID);
        Ok(Self { id, secret: key.to_owned() })
    }

    fn hash(&self, of: &str, code: &str) -> String {
        let mac = URL_SAFE_NO_PAD.encode(self.mac(["code", of, code]).finalize().into_bytes());
        format!("{KEYED}{}${mac}", self.id)
    }

    fn is_of(&self, of: &str, code: &str, mac: &str) -> bool {
        let mac = URL_SAFE_NO_PAD.decode(mac).unwrap_or_default();
        // In constant time.
        self.mac(["code", of, code]).verify_slice(&mac).is_ok()
    }

    fn cipher(&self) -> LessSafeKey {
        let key = self.mac(["encryption"]).finalize().into_bytes();
        LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).expect("256 bits are a key"))
    }

    /// Begins with what it is for, so that what is made for one purpose is of no use for another one.
    fn mac<const PARTS: usize>(&self, parts: [&str; PARTS]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).expect("a key of any length is one");
        for part in parts {
            mac.update(part.as_bytes());
            mac.update(b"\n");
        }
        mac
    }
}

/// Makes a file with a key, for its owner alone: whole and on the disk, or not at all. One that is there stays.
fn make(path: &Path, key: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    writeln!(file, "{key}")?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(failed) if failed.error.kind() != io::ErrorKind::AlreadyExists => return Err(failed.error),
        Ok(_) | Err(_) => {}
    }
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const OLD: &str = "old-old-old-old-old-old-old-old-";
    const NEW: &str = "new-new-new-new-new-new-new-new-";

    fn environment() -> Environment {
        Environment::manual(Timestamp(0), 1).0
    }

    #[tokio::test]
    async fn a_code_fits_what_it_was_mailed_for_under_a_key_that_is_known() {
        let keys = CodeKeys::parse(OLD).unwrap();
        let kept = keys.hash(&environment(), "mail", "123456").await;
        assert!(kept.starts_with("$hmac-sha256$") && !kept.contains("123456") && !kept.contains(OLD));
        assert!(keys.verify("mail", "123456", &kept).await.unwrap());
        assert!(!keys.verify("mail", "123457", &kept).await.unwrap());
        assert!(!keys.verify("another mail", "123456", &kept).await.unwrap());
        let rotated = CodeKeys::parse(&format!("{NEW}\n{OLD}\n")).unwrap();
        assert!(rotated.knows(&kept) && rotated.verify("mail", "123456", &kept).await.unwrap());
        assert!(!keys.knows(&rotated.hash(&environment(), "mail", "123456").await), "the first one is for new codes");
        for others in [CodeKeys::parse(NEW).unwrap(), CodeKeys::default()] {
            assert!(!others.knows(&kept) && !others.verify("mail", "123456", &kept).await.unwrap());
        }
        for damaged in ["$hmac-sha256$", "$hmac-sha256$x", &kept[..kept.len() - 1], &format!("{kept}!")] {
            assert!(!keys.verify("mail", "123456", damaged).await.unwrap(), "{damaged}");
        }
    }

    #[test]
    fn a_seal_is_good_for_what_it_was_made_for_while_its_key_is_known() {
        let keys = CodeKeys::parse(OLD).unwrap();
        let seal = keys.seal("mail", "1").unwrap();
        let rotated = CodeKeys::parse(&format!("{NEW} {OLD}")).unwrap();
        assert!(keys.is_seal("mail", "1", seal) && rotated.is_seal("mail", "1", seal));
        assert_ne!(rotated.seal("mail", "1"), Some(seal), "the first one is for what is new");
        assert!(!keys.is_seal("mail", "2", seal) && !keys.is_seal("code", "1", seal));
        assert!(!CodeKeys::parse(NEW).unwrap().is_seal("mail", "1", seal));
        assert!(!CodeKeys::default().is_seal("mail", "1", seal) && CodeKeys::default().seal("mail", "1").is_none());
    }

    #[test]
    fn a_secret_is_read_again_by_its_owner_while_its_key_is_known() {
        let (keys, environment) = (CodeKeys::parse(OLD).unwrap(), environment());
        let kept = keys.encrypt(&environment, "ann", b"secret").unwrap();
        assert!(kept.starts_with("$chacha20-poly1305$") && !kept.contains("secret"));
        assert_ne!(keys.encrypt(&environment, "ann", b"secret").unwrap(), kept, "equal secrets look different");
        let rotated = CodeKeys::parse(&format!("{NEW} {OLD}")).unwrap();
        for keys in [&keys, &rotated] {
            assert_eq!(keys.decrypt("ann", &kept).unwrap(), b"secret");
            assert_eq!(keys.decrypt("ben", &kept), None, "moved to another row");
        }
        assert_eq!(CodeKeys::parse(NEW).unwrap().decrypt("ann", &kept), None);
        assert!(CodeKeys::default().encrypt(&environment, "ann", b"secret").is_none());
        let text = kept.rfind('$').unwrap() + 1;
        for at in text..kept.len() - 1 {
            let other = if &kept[at..=at] == "A" { "B" } else { "A" };
            let damaged = format!("{}{other}{}", &kept[..at], &kept[at + 1..]);
            assert_eq!(keys.decrypt("ann", &damaged), None, "{damaged}");
        }
        for damaged in ["", "$chacha20-poly1305$", "$chacha20-poly1305$x$y", &kept[..text + 8]] {
            assert_eq!(keys.decrypt("ann", damaged), None, "{damaged}");
        }
    }

    #[tokio::test]
    async fn without_a_key_codes_are_argon2id_and_stay_good_when_there_is_one() {
        let kept = CodeKeys::default().hash(&environment(), "mail", "123456").await;
        assert!(kept.starts_with("$argon2id$"));
        for keys in [CodeKeys::default(), CodeKeys::parse(NEW).unwrap()] {
            assert!(keys.knows(&kept) && keys.verify("mail", "123456", &kept).await.unwrap());
            assert!(!keys.verify("mail", "123457", &kept).await.unwrap());
        }
    }

    #[test]
    fn a_key_file_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("flowthrough.db.key");
        let made = CodeKeys::read_or_make(&file, &environment()).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let again = CodeKeys::read_or_make(&file, &Environment::real()).unwrap();
        assert_eq!(format!("{made:?}"), format!("{again:?}"));
        make(&file, NEW).unwrap();
        assert_eq!(format!("{:?}", CodeKeys::read(&file).unwrap()), format!("{made:?}"), "one that is there stays");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
        fs::write(&file, "").unwrap();
        assert!(matches!(CodeKeys::read_or_make(&file, &environment()), Err(BadKeys::None)));
        fs::write(&file, "short").unwrap();
        assert!(matches!(CodeKeys::read_or_make(&file, &environment()), Err(BadKeys::Short)));
    }
}
