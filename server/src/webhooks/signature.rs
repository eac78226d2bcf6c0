//! How a client knows that a message is ours: an HMAC-SHA256 over id, time and body (standardwebhooks.com).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Fault, Timestamp, timestamp::SECOND};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::environment::Environment;

const PREFIX: &str = "whsec_";

/// The key that a client and we share.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    written: String,
    key: Vec<u8>,
}

impl Secret {
    /// A new one: 256 random bits.
    #[must_use]
    pub fn random(environment: &Environment) -> Self {
        let mut key = vec![0; 32];
        environment.fill(&mut key);
        Self { written: format!("{PREFIX}{}", STANDARD.encode(&key)), key }
    }

    /// Reads `whsec_` and the base64 of 24 to 64 bytes.
    ///
    /// # Errors
    /// [`Fault::InvalidParameter`]
    pub fn parse(written: &str) -> Result<Self, Fault> {
        let key = written.strip_prefix(PREFIX).and_then(|key| STANDARD.decode(key).ok());
        match key {
            Some(key) if (24..=64).contains(&key.len()) => Ok(Self { written: written.to_owned(), key }),
            _ => Err(Fault::InvalidParameter),
        }
    }

    /// As it is kept and shown once.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The `webhook-signature` of a message.
    #[must_use]
    pub fn sign(&self, id: &str, at: Timestamp, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{}.{body}", at.0 / SECOND).as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of standardwebhooks.com's reference libraries.
    #[test]
    fn signs_as_the_standards_example_does() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
        let signed =
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", Timestamp(1_614_265_330_000), "{\"test\": 2432232314}");
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_comes_and_goes_and_nonsense_is_none() {
        let (environment, _) = Environment::manual(Timestamp(0), 1);
        let secret = Secret::random(&environment);
        assert!(Secret::parse(secret.as_str()).is_ok_and(|read| read == secret));
        for wrong in ["", "whsec_", "whsec_YQ==", "whsec_%%%", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert!(Secret::parse(wrong).is_err(), "{wrong}");
        }
    }
}
