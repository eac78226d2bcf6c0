//! Whether an address looks wrong: then its user is asked.

use std::time::Duration;

use domain::{Doubt, EmailAddress};

use super::Context;

/// How long somebody who has entered an address waits for what the DNS says of it. Without an answer nothing is asked.
const PATIENCE: Duration = Duration::from_millis(1_500);

impl Context {
    /// What may be wrong with an address. What is none is for somebody else to refuse.
    pub(super) async fn doubt(&self, typed: &str) -> Option<Doubt> {
        let email = EmailAddress::pasted(typed).ok()?;
        if let Some(slip) = Doubt::slip(&email) {
            return Some(slip);
        }
        let domain = email.domain_in_dns()?;
        match self.environment.within(PATIENCE, self.mail_system.takes_mail(&domain)).await.flatten() {
            Some(false) => Some(Doubt::NoMail),
            _ => Doubt::shared(&email),
        }
    }
}
