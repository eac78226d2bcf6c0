//! Where mails come back to: each to an address of its own, by which it is known again (VERP).
//!
//! What a bounce says may be anybody's: who can write a mail can write one that looks like it. So nothing in it tells
//! whom it concerns, only the address that it comes to, `bounces+…@example.com`: the mail's id and a seal that nobody can make
//! who does not have the key. It is in hexadecimal digits, because some mail servers write addresses in lower case.

use domain::EmailAddress;
use uuid::Uuid;

use crate::access::{
    code_keys::CodeKeys,
    sealed_id::{DIGITS, Sealed},
};

/// What a seal is made for.
const PURPOSE: &str = "return path";
/// The longest name of a mailbox (RFC 5321 §4.5.3.1.1).
const LONGEST: usize = 64;

/// The mailbox that mails come back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnAddress {
    name: String,
    domain: String,
}

/// Not an address that mails can come back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReturnAddress {
    /// Not an address.
    #[error("not an email address")]
    Malformed,
    /// Its name leaves no room for what is put behind it.
    #[error("its name has more than {} characters, or a + in it", LONGEST - 1 - DIGITS)]
    Name,
}

impl ReturnAddress {
    /// Such as `bounces@example.com`.
    ///
    /// # Errors
    /// [`BadReturnAddress`] says why no mail can come back to it.
    pub fn parse(written: &str) -> Result<Self, BadReturnAddress> {
        let address = EmailAddress::parse(written).map_err(|_| BadReturnAddress::Malformed)?;
        let (name, domain) = address.as_str().rsplit_once('@').ok_or(BadReturnAddress::Malformed)?;
        if name.len() > LONGEST - 1 - DIGITS || name.contains('+') {
            return Err(BadReturnAddress::Name);
        }
        Ok(Self { name: name.to_owned(), domain: domain.to_owned() })
    }
}

/// The return paths of this installation's mails. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ReturnPaths {
    address: ReturnAddress,
    ids: Sealed,
}

impl ReturnPaths {
    /// To this mailbox, sealed by these keys; none if there are none.
    #[must_use]
    pub fn new(address: ReturnAddress, keys: CodeKeys) -> Option<Self> {
        let ids = Sealed::new(PURPOSE, keys);
        ids.is_possible().then_some(Self { address, ids })
    }

    /// The return path of a mail.
    #[must_use]
    pub fn of(&self, mail: Uuid) -> Option<EmailAddress> {
        let ReturnAddress { name, domain } = &self.address;
        let sealed = self.ids.of(mail)?;
        EmailAddress::parse(&format!("{name}+{sealed}@{domain}")).ok()
    }

    /// Whose return path this is, if we have made it.
    #[must_use]
    pub fn mail(&self, address: &str) -> Option<Uuid> {
        let (local, domain) = address.trim().rsplit_once('@')?;
        let (name, digits) = local.rsplit_once('+')?;
        if !name.eq_ignore_ascii_case(&self.address.name) || !self.is_here(domain) {
            return None;
        }
        self.ids.open(digits).ok()
    }

    /// Mail servers write an international domain in ASCII.
    fn is_here(&self, domain: &str) -> bool {
        let same = |host: &str| url::Host::parse(host).map(|host| host.to_string()).ok();
        same(domain).is_some_and(|domain| Some(domain) == same(&self.address.domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(address: &str) -> ReturnPaths {
        let keys = CodeKeys::parse("the-key-of-the-tests-is-no-secret").unwrap();
        ReturnPaths::new(ReturnAddress::parse(address).unwrap(), keys).unwrap()
    }

    #[test]
    fn a_mail_is_known_again_by_its_return_path_however_that_is_written() {
        for (address, domain) in [("bounces@example.com", "example.com"), ("b@bücher.example", "xn--bcher-kva.example")]
        {
            let paths = paths(address);
            for id in [Uuid::nil(), Uuid::max(), Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001)] {
                let path = paths.of(id).unwrap();
                let (local, _) = path.as_str().rsplit_once('@').unwrap();
                assert!(local.len() <= LONGEST, "{local}");
                let on_the_wire = format!("{local}@{domain}");
                for written in [path.as_str(), &on_the_wire, &on_the_wire.to_uppercase(), &format!(" {on_the_wire} ")] {
                    assert_eq!(paths.mail(written), Some(id), "{written}");
                }
            }
        }
    }

    #[test]
    fn nobody_makes_the_return_path_of_anothers_mail() {
        let paths = paths("bounces@example.com");
        let (mine, anothers) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let path = paths.of(mine).unwrap();
        let path = path.as_str();
        let digits = path.split(['+', '@']).nth(1).unwrap();
        let forged = [
            path.replace(&mine.simple().to_string(), &anothers.simple().to_string()),
            path.replace("example.com", "example.net"),
            path.replace("bounces+", "bounce+"),
            path.replace('+', "-"),
            path.replace(digits, &format!("{digits}0")),
            path.replace(digits, &digits[1..]),
            path.replace(digits, &format!("+{}", &digits[1..])),
            path.replace(digits, &format!("{}{}", &digits[..32], "0".repeat(20))),
            path.replace(digits, &"é".repeat(DIGITS / 2)),
            "bounces@example.com".to_owned(),
            "bounces+@example.com".to_owned(),
            String::new(),
        ];
        for forged in forged {
            assert_eq!(paths.mail(&forged), None, "{forged}");
        }
        let others = CodeKeys::parse("another-key-which-is-no-secret-too").unwrap();
        let others = ReturnPaths::new(ReturnAddress::parse("bounces@example.com").unwrap(), others).unwrap();
        assert_eq!(others.mail(path), None);
    }

    #[test]
    fn an_address_has_room_for_what_is_put_behind_its_name() {
        assert!(ReturnAddress::parse("elevenchars@example.com").is_ok());
        for (written, wrong) in [
            ("twelve-chars@example.com", BadReturnAddress::Name),
            ("a+b@example.com", BadReturnAddress::Name),
            ("bounces", BadReturnAddress::Malformed),
            ("bounces@localhost", BadReturnAddress::Malformed),
        ] {
            assert_eq!(ReturnAddress::parse(written), Err(wrong), "{written}");
        }
        let address = ReturnAddress::parse("bounces@example.com").unwrap();
        assert!(ReturnPaths::new(address, CodeKeys::default()).is_none(), "without a key nothing is sealed");
    }
}
