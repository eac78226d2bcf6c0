//! Signing mails (DKIM, RFC 6376): whoever gets one can see that the sender's domain stands behind it, whichever mail servers it came
//! through.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lettre::{
    Message,
    message::{
        dkim::{DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey},
        header::HeaderName,
    },
};
use rsa::{
    RsaPrivateKey, RsaPublicKey,
    pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _, LineEnding},
    pkcs8::{DecodePrivateKey as _, EncodePublicKey as _},
    traits::PublicKeyParts as _,
};

/// What a signature covers, beside the body: every header that a mailbox shows or acts upon. One that a mail does not have cannot be
/// added later either (RFC 6376, section 5.4.2). `Content-Type` is missing: lettre writes it with the body, after it has signed.
const COVERED: [&str; 10] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "Auto-Submitted",
    "MIME-Version",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];
/// Shorter keys can be broken by now (RFC 8301, section 3.2).
const BITS: usize = 2048;

/// Signs for a domain. Cheap to clone; shows its key to nobody.
#[derive(Clone)]
pub struct Signer {
    config: Arc<DkimConfig>,
    record: String,
    public: RsaPublicKey,
}

/// Why a key cannot sign. Never shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// No RSA key.
    #[error("not an RSA key in PEM")]
    Unreadable,
    /// One that mailboxes do not trust.
    #[error("a key of less than 2048 bits")]
    Short,
}

impl Signer {
    /// Signs with this key (PKCS #8 or PKCS #1, in PEM), whose public half the domain's name server holds under the selector.
    ///
    /// # Errors
    /// [`BadKey`] if mailboxes could not trust it.
    pub fn new(selector: &str, domain: &str, key: &str) -> Result<Self, BadKey> {
        let key = RsaPrivateKey::from_pkcs8_pem(key.trim())
            .or_else(|_| RsaPrivateKey::from_pkcs1_pem(key.trim()))
            .map_err(|_| BadKey::Unreadable)?;
        if key.n().bits() < BITS {
            return Err(BadKey::Short);
        }
        let public = key.to_public_key();
        let key = key.to_pkcs1_pem(LineEnding::LF).map_err(|_| BadKey::Unreadable)?;
        let key = DkimSigningKey::new(&key, DkimSigningAlgorithm::Rsa).map_err(|_| BadKey::Unreadable)?;
        // Mail servers on the way fold lines anew and trim them.
        let relaxed =
            DkimCanonicalization { header: DkimCanonicalizationType::Relaxed, body: DkimCanonicalizationType::Relaxed };
        let covered = COVERED.map(HeaderName::new_from_ascii_str).to_vec();
        let config = DkimConfig::new(selector.to_owned(), domain.to_owned(), key, covered, relaxed);
        Ok(Self { config: Arc::new(config), record: format!("{selector}._domainkey.{domain}"), public })
    }

    /// Where the domain's name server has to hold the public half of the key.
    #[must_use]
    pub fn record(&self) -> &str {
        &self.record
    }

    /// The public half of the key, as it stands behind `p=` in the record.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.public.to_public_key_der().map(|key| STANDARD.encode(key.as_bytes())).unwrap_or_default()
    }

    /// Adds the signature. It is the last that is done to a message.
    pub(super) fn sign(&self, message: &mut Message) {
        message.sign(&self.config);
    }
}

/// The same signature, for the same name.
impl PartialEq for Signer {
    fn eq(&self, other: &Self) -> bool {
        self.record == other.record && self.public == other.public
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signer").field(&self.record).finish()
    }
}
