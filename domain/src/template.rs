//! The onboarding template's rules: how the users of a customer are verified, and whether that can work.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// The most characters of the line that a template's mails end with.
pub const LONGEST_SIGNATURE: usize = 100;

/// Who vouches for a user's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserVerification {
    /// BroadWorks holds the address and the partner vouches for it.
    Trusted,
    /// Nobody vouches: the user supplies and proves an address in the activation portal.
    Untrusted,
}

impl UserVerification {
    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Untrusted => "untrusted",
        }
    }

    /// The choice stored under that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Trusted, Self::Untrusted].into_iter().find(|choice| choice.as_str() == name)
    }
}

/// Why users cannot provision themselves under a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misconfiguration {
    /// Trusted Emails is selected: the portal takes no addresses.
    UntrustedEmailsNotSelected,
    /// The Share Link field is empty.
    ShareLinkMissing,
    /// The Share Link field holds something other than a web address.
    ShareLinkNotALink,
    /// The Share Link points somewhere other than to this template's activation portal.
    ShareLinkElsewhere,
}

/// Whether a template lets users provision themselves through the activation portal, and whether it is meant to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelfProvisioning {
    /// They can.
    Possible,
    /// They need not: the partner vouches for the addresses, and users are provisioned without the portal.
    NotNeeded,
    /// They should be able to, and something keeps them from it.
    Broken,
}

impl SelfProvisioning {
    /// What the settings come to; `found` are their [`misconfigurations`]. Trusted Emails are wrong only where users are
    /// also allowed to activate themselves, which nobody can but in the portal.
    #[must_use]
    pub const fn of(verification: UserVerification, self_activation: bool, found: &[Misconfiguration]) -> Self {
        match verification {
            _ if found.is_empty() => Self::Possible,
            UserVerification::Trusted if !self_activation => Self::NotNeeded,
            _ => Self::Broken,
        }
    }
}

/// Everything that keeps users from provisioning themselves; empty means that they can.
///
/// The rule is the partner documentation's: Untrusted Emails must be selected *and* the Share Link must point to
/// the activation link (`activation_link`, made from the public URL and the template's share token).
#[must_use]
pub fn misconfigurations(
    verification: UserVerification,
    share_link: &str,
    activation_link: &str,
) -> Vec<Misconfiguration> {
    let mut found = Vec::new();
    if verification != UserVerification::Untrusted {
        found.push(Misconfiguration::UntrustedEmailsNotSelected);
    }
    if share_link.trim().is_empty() {
        found.push(Misconfiguration::ShareLinkMissing);
    } else {
        let link = canonical(share_link);
        if link.is_none() {
            found.push(Misconfiguration::ShareLinkNotALink);
        } else if link != canonical(activation_link) {
            found.push(Misconfiguration::ShareLinkElsewhere);
        }
    }
    found
}

/// A link in the form in which two are compared: scheme and host in lower case (RFC 3986 §6.2.2.1), no slash or
/// fragment at the end, no default port.
fn canonical(link: &str) -> Option<String> {
    let (scheme, rest) = link.trim().split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let rest = rest.split('#').next().unwrap_or(rest);
    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix(default_port).unwrap_or(&host);
    if host.is_empty() || rest.contains(char::is_whitespace) {
        return None;
    }
    Some(format!("{scheme}://{host}{}", path.trim_end_matches('/')))
}

/// How often, and how long after each other, users are reminded who have not proven the address that they entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminders {
    /// How many there are; none, unless somebody wants some.
    pub count: i32,
    /// How many days after the mail before each is sent.
    pub days: i32,
}

impl Reminders {
    /// None, and what is offered to whoever wants some.
    pub const NONE: Self = Self { count: 0, days: 3 };
    /// The most that there can be.
    pub const MOST: i32 = 5;
    /// The most days between two.
    pub const LONGEST: i32 = 14;

    /// So many, with so many days between them.
    ///
    /// # Errors
    /// [`Fault::InvalidParameter`] if it is more than anybody should get, or sooner than a day after the mail before.
    pub const fn new(count: i32, days: i32) -> Result<Self, Fault> {
        if count < 0 || count > Self::MOST || days < 1 || days > Self::LONGEST {
            return Err(Fault::InvalidParameter);
        }
        Ok(Self { count, days })
    }
}

/// Whether a template's Provision Admin First lets a subscriber through.
///
/// The customer's first subscriber becomes its administrator; until that one is provisioned, the others wait.
#[must_use]
pub const fn held_back(provision_admin_first: bool, administrator_ready: bool, is_administrator: bool) -> bool {
    provision_admin_first && !administrator_ready && !is_administrator
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://activate.sp.example/activate/abc";

    fn untrusted(share_link: &str) -> Vec<Misconfiguration> {
        misconfigurations(UserVerification::Untrusted, share_link, LINK)
    }

    #[test]
    fn both_right_means_users_can_provision_themselves() {
        for link in
            [LINK, " https://activate.sp.example/activate/abc/ ", "HTTPS://Activate.SP.example:443/activate/abc"]
        {
            assert_eq!(untrusted(link), [], "{link}");
        }
    }

    #[test]
    fn each_wrong_setting_is_named() {
        assert_eq!(untrusted(" "), [Misconfiguration::ShareLinkMissing]);
        for link in ["activate", "javascript://x", "https:// x", "ftp://activate.sp.example/activate/abc"] {
            assert_eq!(untrusted(link), [Misconfiguration::ShareLinkNotALink], "{link}");
        }
        for link in [
            "https://activate.sp.example/activate/other",
            "http://activate.sp.example/activate/abc",
            "https://activate.sp.example/activate/ABC",
            "https://elsewhere.example/activate/abc",
        ] {
            assert_eq!(untrusted(link), [Misconfiguration::ShareLinkElsewhere], "{link}");
        }
        assert_eq!(
            misconfigurations(UserVerification::Trusted, "", LINK),
            [Misconfiguration::UntrustedEmailsNotSelected, Misconfiguration::ShareLinkMissing]
        );
    }

    #[test]
    fn only_what_a_template_is_meant_to_do_can_be_broken() {
        use UserVerification::{Trusted, Untrusted};
        let standing = |verification, self_activation, link| {
            SelfProvisioning::of(verification, self_activation, &misconfigurations(verification, link, LINK))
        };
        for link in [LINK, "", "https://elsewhere.example/"] {
            assert_eq!(standing(Trusted, false, link), SelfProvisioning::NotNeeded, "{link}");
            assert_eq!(standing(Trusted, true, link), SelfProvisioning::Broken, "{link}");
        }
        for self_activation in [false, true] {
            assert_eq!(standing(Untrusted, self_activation, LINK), SelfProvisioning::Possible);
            assert_eq!(standing(Untrusted, self_activation, ""), SelfProvisioning::Broken);
        }
    }

    #[test]
    fn only_the_administrator_passes_before_there_is_one() {
        assert!(held_back(true, false, false));
        assert!(!held_back(true, false, true));
        assert!(!held_back(true, true, false));
        assert!(!held_back(false, false, false));
    }

    #[test]
    fn nobody_is_reminded_daily_for_ever() {
        for (count, days) in [(0, 1), (Reminders::MOST, Reminders::LONGEST)] {
            assert_eq!(Reminders::new(count, days), Ok(Reminders { count, days }));
        }
        for (count, days) in [(-1, 1), (Reminders::MOST + 1, 1), (1, 0), (1, Reminders::LONGEST + 1)] {
            assert_eq!(Reminders::new(count, days), Err(Fault::InvalidParameter), "{count} {days}");
        }
    }

    #[test]
    fn names_round_trip() {
        for verification in [UserVerification::Trusted, UserVerification::Untrusted] {
            assert_eq!(UserVerification::parse(verification.as_str()), Some(verification));
        }
        assert_eq!(UserVerification::parse("doubtful"), None);
    }
}
