//! How secrets are kept: never as they are.
//!
//! Tokens have 256 random bits and are looked up by their SHA-256. Passwords and six-digit codes can be guessed and are
//! kept as argon2id (OWASP's second recommended setting: 19 MiB, two passes, one lane).
//!
//! That is 20 ms of a core and 19 MiB each time. So one is computed per core at a time, in memory that is kept for the
//! next one, and few wait for their turn: a flood of sign-ins takes neither memory nor cores from everybody else.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::{Error, Output, ParamsString, Salt, SaltString},
};
use domain::{Fault, timestamp::SECOND};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::{environment::Environment, fault::Trouble};

/// How many hashes are computed at a time at most, however many cores there are: each keeps its memory.
const MOST_AT_ONCE: usize = 8;
/// How many may wait for each of them: a third of a second's work.
const LINE: usize = 16;

static HASHING: LazyLock<Hashing> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_AT_ONCE);
    Hashing::new(cores, cores * LINE)
});

/// The SHA-256 of a token, hexadecimal: what the database holds of it. Of a file, what it is called by.
#[must_use]
pub fn fingerprint(token: impl AsRef<[u8]>) -> String {
    Sha256::digest(token.as_ref()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hashes a new password or code. Waits for its turn, however long the line is: nobody gets here without having shown
/// that they may set one.
pub async fn hash(environment: &Environment, secret: &str) -> String {
    let mut salt = [0; 16];
    environment.fill(&mut salt);
    let secret = secret.to_owned();
    let write = move |memory: &mut Memory| write(memory, &secret, salt).expect("the default parameters are valid");
    HASHING.in_turn(write).await
}

/// Whether a password or code is the one that was hashed. `None` takes as long as a real comparison and says no, so
/// that nobody can tell by the clock whether there was something to compare with.
///
/// # Errors
/// [`Fault::Busy`] if too many are waiting already; then nothing was compared.
pub async fn verify(secret: &str, hashed: Option<&str>) -> Result<bool, Trouble> {
    HASHING.verify(secret, hashed).await
}

/// The memory in which one hash is computed after the other.
type Memory = Vec<Block>;

/// The one place where hashes are computed.
struct Hashing {
    turns: Arc<Semaphore>,
    /// Those at work and those who wait.
    line: Semaphore,
    memories: Mutex<Vec<Memory>>,
}

impl Hashing {
    fn new(at_once: usize, waiting: usize) -> Self {
        let (turns, line) = (Arc::new(Semaphore::new(at_once)), Semaphore::new(at_once + waiting));
        Self { turns, line, memories: Mutex::default() }
    }

    async fn verify(&'static self, secret: &str, hashed: Option<&str>) -> Result<bool, Trouble> {
        const NOTHING: &str =
            "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let _place = self.line.try_acquire().map_err(|_| Trouble::wait(Fault::Busy, SECOND))?;
        let secret = secret.to_owned();
        let known = hashed.is_some();
        let hashed = hashed.unwrap_or(NOTHING).to_owned();
        let matches = self.in_turn(move |memory| matches(memory, &secret, &hashed)).await;
        Ok(known && matches.unwrap_or(false))
    }

    /// Computes something off the async threads when it is its turn. The turn ends with the work, not with who waits
    /// for it: whoever hangs up early frees no place.
    async fn in_turn<T: Send + 'static>(&'static self, work: impl FnOnce(&mut Memory) -> T + Send + 'static) -> T {
        let turn = self.turns.clone().acquire_owned().await;
        let worked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let mut memory = self.memories().pop().unwrap_or_default();
            let answer = work(&mut memory);
            self.memories().push(memory);
            answer
        });
        match worked.await {
            Ok(answer) => answer,
            Err(failed) => std::panic::resume_unwind(failed.into_panic()),
        }
    }

    fn memories(&self) -> MutexGuard<'_, Vec<Memory>> {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(memory: &mut Memory, secret: &str, salt: [u8; 16]) -> Result<String, Error> {
    let (params, salt) = (Params::default(), SaltString::encode_b64(&salt)?);
    let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
    let hash = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(salt.as_salt()),
        hash: Some(compute(memory, &Argon2::new(algorithm, version, params), secret, salt.as_salt())?),
    };
    Ok(hash.to_string())
}

fn matches(memory: &mut Memory, secret: &str, hashed: &str) -> Result<bool, Error> {
    let hash = PasswordHash::new(hashed)?;
    let algorithm = Algorithm::try_from(hash.algorithm)?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from)?;
    let (salt, expected) = hash.salt.zip(hash.hash).ok_or(Error::Password)?;
    let computed = compute(memory, &Argon2::new(algorithm, version, Params::try_from(&hash)?), secret, salt)?;
    // In constant time.
    Ok(computed == expected)
}

fn compute(memory: &mut Memory, argon2: &Argon2<'_>, secret: &str, salt: Salt<'_>) -> Result<Output, Error> {
    let params = argon2.params();
    memory.resize(params.block_count().max(memory.len()), Block::default());
    let mut decoded = [0; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut decoded)?;
    Output::init_with(params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN), |out| {
        Ok(argon2.hash_password_into_with_memory(secret.as_bytes(), salt, out, memory)?)
    })
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier as _;
    use domain::Timestamp;

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let (environment, _) = Environment::manual(Timestamp(0), 1);
        let hashed = hash(&environment, "correct horse").await;
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        // In memory that has been used before, too.
        for _ in 0..3 {
            assert!(verify("correct horse", Some(&hashed)).await.unwrap());
            assert!(!verify("wrong horse", Some(&hashed)).await.unwrap());
        }
        assert!(!verify("", None).await.unwrap());
        assert!(!verify("correct horse", Some("$argon2id$v=19$m=19456,t=2,p=1")).await.unwrap());
        let parsed = PasswordHash::new(&hashed).unwrap();
        Argon2::default().verify_password(b"correct horse", &parsed).expect("as the library computes it");
    }

    #[tokio::test]
    async fn of_a_flood_few_wait_and_the_rest_is_told_to_come_back() {
        static HASHING: LazyLock<Hashing> = LazyLock::new(|| Hashing::new(2, 4));
        let flood = futures::future::join_all((0..100).map(|_| HASHING.verify("x", None))).await;
        let (answered, refused): (Vec<_>, Vec<_>) = flood.into_iter().partition(Result::is_ok);
        assert_eq!((answered.len(), refused.len()), (6, 94));
        for refused in refused {
            assert!(matches!(refused, Err(Trouble::Known { fault: Fault::Busy, retry_after: Some(SECOND) })));
        }
        assert!((1..=2).contains(&HASHING.memories().len()), "one after the other in the same memory");
        assert!(!HASHING.verify("x", None).await.unwrap(), "afterwards there is room again");
    }

    #[tokio::test]
    async fn who_hangs_up_frees_no_place_before_the_work_is_done() {
        static HASHING: LazyLock<Hashing> = LazyLock::new(|| Hashing::new(1, 1));
        for _ in 0..20 {
            let mut given_up = Box::pin(HASHING.verify("x", None));
            assert!(futures::poll!(&mut given_up).is_pending());
        }
        assert!(!HASHING.verify("x", None).await.unwrap());
        assert_eq!(HASHING.memories().len(), 1);
    }

    #[test]
    fn fingerprints_are_sha_256() {
        assert_eq!(fingerprint("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
