//! Ids that the server gives out and knows again: with a seal that nobody can make who does not have the key. In hexadecimal
//! digits, because some of what they travel through writes everything in lower case.

use domain::Fault;
use uuid::Uuid;

use super::code_keys::{CodeKeys, Seal};

/// How many digits an id has, and its seal.
const ID: usize = 32;
const SEAL: usize = 20;

/// How many digits a sealed id has.
pub const DIGITS: usize = ID + SEAL;

/// Seals ids for one purpose: what is made for one is of no use for another. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sealed {
    purpose: &'static str,
    keys: CodeKeys,
}

impl Sealed {
    /// By these keys.
    #[must_use]
    pub fn new(purpose: &'static str, keys: CodeKeys) -> Self {
        Self { purpose, keys }
    }

    /// Whether there is a key.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        !self.keys.are_missing()
    }

    /// The id and its seal; none if there is no key.
    #[must_use]
    pub fn of(&self, id: Uuid) -> Option<String> {
        let id = id.simple();
        let seal = number(self.keys.seal(self.purpose, &id.to_string())?);
        Some(format!("{id}{seal:020x}"))
    }

    /// Which id that is, if we have sealed it.
    ///
    /// # Errors
    /// [`Fault::LinkUsed`] if we have not.
    pub fn open(&self, digits: &str) -> Result<Uuid, Fault> {
        self.opened(digits).ok_or(Fault::LinkUsed)
    }

    fn opened(&self, digits: &str) -> Option<Uuid> {
        let is_written = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_written {
            return None;
        }
        let (id, seal) = digits.split_at(ID);
        let id = Uuid::from_u128(u128::from_str_radix(id, 16).ok()?);
        let seal = u128::from_str_radix(seal, 16).ok()?.to_be_bytes();
        let seal: Seal = *seal.last_chunk()?;
        self.keys.is_seal(self.purpose, &id.simple().to_string(), seal).then_some(id)
    }
}

fn number(seal: Seal) -> u128 {
    seal.iter().fold(0, |number, byte| (number << 8) | u128::from(*byte))
}
