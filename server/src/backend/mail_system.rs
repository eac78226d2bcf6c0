//! What pages know of the mails that leave, and of those who are to get them.

use async_trait::async_trait;
use domain::EmailAddress;

/// The mail system, as far as pages ask it. Implemented by `crate::courier`.
#[async_trait]
pub trait MailSystem: Send + Sync {
    /// From which address mails are sent.
    fn sender(&self) -> EmailAddress;
    /// Whether a domain, as it stands in the DNS, takes mail; nothing, where nobody knows.
    async fn takes_mail(&self, domain: &str) -> Option<bool>;
}
