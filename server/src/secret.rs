//! How secrets are kept: never as they are.
//!
//! Tokens have 256 random bits and are looked up by their SHA-256. Passwords and six-digit codes can be guessed and are
//! kept as argon2id (OWASP's second recommended setting: 19 MiB, two passes, one lane).

use argon2::{
    Argon2, PasswordHash, PasswordVerifier,
    password_hash::{PasswordHasher, SaltString},
};
use sha2::{Digest, Sha256};

use crate::environment::Environment;

/// The SHA-256 of a token, hexadecimal: what the database holds of it.
#[must_use]
pub fn fingerprint(token: impl AsRef<[u8]>) -> String {
    Sha256::digest(token.as_ref()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hashes a password or code; about 20 ms of a core, so it is done off the async threads.
pub async fn hash(environment: &Environment, secret: &str) -> String {
    let mut salt = [0; 16];
    environment.fill(&mut salt);
    let secret = secret.to_owned();
    blocking(move || {
        let salt = SaltString::encode_b64(&salt).expect("16 bytes are a valid salt");
        Argon2::default().hash_password(secret.as_bytes(), &salt).expect("the default parameters are valid").to_string()
    })
    .await
}

/// Whether a password or code is the one that was hashed. `None` takes as long as a real comparison and says no, so
/// that nobody can tell by the clock whether there was something to compare with.
pub async fn verify(secret: &str, hashed: Option<&str>) -> bool {
    const NOTHING: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let secret = secret.to_owned();
    let known = hashed.is_some();
    let hashed = hashed.unwrap_or(NOTHING).to_owned();
    blocking(move || {
        let matches = PasswordHash::new(&hashed)
            .is_ok_and(|hashed| Argon2::default().verify_password(secret.as_bytes(), &hashed).is_ok());
        matches && known
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let (environment, _) = Environment::manual(Timestamp(0), 1);
        let hashed = hash(&environment, "correct horse").await;
        assert!(hashed.starts_with("$argon2id$"));
        assert!(verify("correct horse", Some(&hashed)).await);
        assert!(!verify("wrong horse", Some(&hashed)).await);
        assert!(!verify("", None).await);
    }

    #[test]
    fn fingerprints_are_sha_256() {
        assert_eq!(fingerprint("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
