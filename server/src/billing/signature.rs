//! Signs the address from which a report is downloaded: HMAC-SHA256 over report and expiry. The key is made of the report's own,
//! which ends with it, and of one that is not in the database (the key of mailed codes, where there is one): whoever has a copy of
//! the database signs nothing.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Timestamp, timestamp::MINUTE};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{
    access::code_keys::CodeKeys,
    environment::Environment,
    store::{BillingReport, BillingReportId},
};

/// How long an address is good, in milliseconds.
pub const LIFETIME: i64 = 15 * MINUTE;

/// A new key: 256 random bits.
pub(super) fn key(environment: &Environment) -> Vec<u8> {
    let mut key = vec![0; 32];
    environment.fill(&mut key);
    key
}

/// What the addresses of a report may be signed with, the one for new addresses first.
pub(super) fn keys(report: &BillingReport, keys: &CodeKeys) -> Vec<Vec<u8>> {
    let derived: Vec<_> = keys.derived("billing report", &report.signing_key).map(|key| key.to_vec()).collect();
    if derived.is_empty() { vec![report.signing_key.clone()] } else { derived }
}

pub(super) fn sign(key: &[u8], report: BillingReportId, expires: Timestamp) -> String {
    URL_SAFE_NO_PAD.encode(mac(key, report, expires).finalize().into_bytes())
}

/// Whether the signature is one of ours; compared in constant time.
pub(super) fn is_genuine(key: &[u8], report: BillingReportId, expires: Timestamp, signature: &str) -> bool {
    let signature = URL_SAFE_NO_PAD.decode(signature);
    signature.is_ok_and(|signature| mac(key, report, expires).verify_slice(&signature).is_ok())
}

fn mac(key: &[u8], report: BillingReportId, expires: Timestamp) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(format!("{report}.{}", expires.0).as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_what_was_signed_is_genuine() {
        let (environment, _) = Environment::manual(Timestamp(0), 1);
        let (key, other) = (key(&environment), key(&environment));
        let [report, another] = [1, 2].map(|id| BillingReportId::from(Uuid::from_u128(id)));
        let expires = Timestamp(5);
        let signature = sign(&key, report, expires);
        assert!(is_genuine(&key, report, expires, &signature));
        assert!(!is_genuine(&other, report, expires, &signature));
        assert!(!is_genuine(&key, another, expires, &signature));
        assert!(!is_genuine(&key, report, Timestamp(6), &signature));
        for wrong in ["", "%", &signature[1..], &format!("{signature}AA"), &"A".repeat(43)] {
            assert!(!is_genuine(&key, report, expires, wrong), "{wrong}");
        }
    }
}
