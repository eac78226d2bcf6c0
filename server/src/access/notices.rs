//! Mails to administrators about what was done to their own sign-in.

use app::i18n::Locale;
use async_trait::async_trait;
use domain::EmailAddress;

use crate::store::Administrator;

/// Sends them, at once and once: whoever did it is told if one did not leave.
#[async_trait]
pub trait Notices: Send + Sync {
    /// Says that the second factor of whoever has this address was taken away. Returns whether the mail has left.
    async fn factor_taken(&self, to: &EmailAddress, partner: &str, locale: Locale) -> bool;
}

/// The address of an administrator, to write to.
#[must_use]
pub fn address(of: &Administrator) -> Option<EmailAddress> {
    EmailAddress::parse(&of.email).ok()
}
