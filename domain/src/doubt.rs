//! What may be wrong with an address that could be one: the user is asked, and knows best.

use serde::{Deserialize, Serialize};

use crate::EmailAddress;

/// Where most people have their mailboxes. Neighbours among them are no slips of one another.
const PROVIDERS: &[&str] = &[
    "aol.com",
    "bluewin.ch",
    "email.com",
    "fastmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.es",
    "hotmail.fr",
    "hotmail.it",
    "icloud.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "mac.com",
    "mail.com",
    "me.com",
    "msn.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "outlook.es",
    "outlook.fr",
    "outlook.it",
    "proton.me",
    "protonmail.com",
    "seznam.cz",
    "t-online.de",
    "tiscali.it",
    "virgilio.it",
    "web.de",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.es",
    "yahoo.fr",
    "yahoo.it",
    "yandex.com",
    "ymail.com",
];
/// Shorter domains have too many neighbours that are somebody's own.
const SHORTEST: usize = 8;

/// Who reads these is whoever has an office or a turn (RFC 2142, and what companies have besides), as far as that can be told.
const SHARED: &[&str] = &[
    "abuse",
    "accounting",
    "accounts",
    "admin",
    "administration",
    "administrator",
    "all",
    "amministrazione",
    "biuro",
    "billing",
    "buchhaltung",
    "buero",
    "careers",
    "contact",
    "contacto",
    "contato",
    "contatti",
    "customerservice",
    "everyone",
    "feedback",
    "finance",
    "frontdesk",
    "hello",
    "help",
    "helpdesk",
    "hostmaster",
    "hr",
    "info",
    "information",
    "it",
    "jobs",
    "kontakt",
    "mail",
    "marketing",
    "newsletter",
    "no-reply",
    "noreply",
    "office",
    "orders",
    "post",
    "postmaster",
    "press",
    "privacy",
    "reception",
    "root",
    "sales",
    "security",
    "sekretariat",
    "service",
    "staff",
    "support",
    "team",
    "ufficio",
    "vendite",
    "ventas",
    "webmaster",
];

/// Why somebody is asked whether an address is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doubt {
    /// A slip of the finger away from a domain where very many have their mailboxes: what was probably meant.
    Slip(EmailAddress),
    /// Its domain takes no mail, as far as the DNS says.
    NoMail,
    /// Several people read it.
    Shared,
}

impl Doubt {
    /// What was meant by an address, if that is a slip away.
    #[must_use]
    pub fn slip(email: &EmailAddress) -> Option<Self> {
        let (local, domain) = email.as_str().rsplit_once('@')?;
        if PROVIDERS.contains(&domain) {
            return None;
        }
        let is_near = |other: &&&str| other.len() >= SHORTEST && strsim::osa_distance(other, domain) == 1;
        let meant = PROVIDERS.iter().find(is_near)?;
        EmailAddress::parse(&format!("{local}@{meant}")).ok().map(Self::Slip)
    }

    /// Whether others read what is sent to an address.
    #[must_use]
    pub fn shared(email: &EmailAddress) -> Option<Self> {
        let mailbox = email.mailbox();
        let (local, _) = mailbox.rsplit_once('@')?;
        SHARED.contains(&local).then_some(Self::Shared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(typed: &str) -> EmailAddress {
        EmailAddress::parse(typed).expect("valid")
    }

    #[test]
    fn a_slip_is_one_key_beside_a_domain_of_very_many() {
        for (typed, meant) in [
            ("ann@gmial.com", "ann@gmail.com"),
            ("ann@gmai.com", "ann@gmail.com"),
            ("Ann.Lee+x@gmail.con", "Ann.Lee+x@gmail.com"),
            ("ann@GMAIL.co", "ann@gmail.com"),
            ("ann@hotnail.com", "ann@hotmail.com"),
            ("ann@outlok.com", "ann@outlook.com"),
            ("ann@yahooo.com", "ann@yahoo.com"),
            ("ann@t-onlin.de", "ann@t-online.de"),
        ] {
            assert_eq!(Doubt::slip(&address(typed)), Some(Doubt::Slip(address(meant))), "{typed}");
        }
    }

    #[test]
    fn what_is_a_domain_of_its_own_is_no_slip() {
        for typed in ["ann@acme.com", "ann@mail.com", "ann@ymail.com", "ann@gmx.at", "ann@wep.de", "ann@gmail.acme.com"]
        {
            assert_eq!(Doubt::slip(&address(typed)), None, "{typed}");
        }
        for provider in PROVIDERS {
            assert_eq!(Doubt::slip(&address(&format!("ann@{provider}"))), None, "{provider}");
        }
    }

    #[test]
    fn an_office_is_not_a_person() {
        for typed in ["info@acme.com", "Support@acme.com", "sales+north@acme.com", "no-reply@acme.com"] {
            assert_eq!(Doubt::shared(&address(typed)), Some(Doubt::Shared), "{typed}");
        }
        for typed in ["ann@acme.com", "infante@acme.com", "ann.support@acme.com", "ann+info@acme.com"] {
            assert_eq!(Doubt::shared(&address(typed)), None, "{typed}");
        }
    }
}
