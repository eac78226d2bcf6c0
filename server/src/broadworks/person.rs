//! A user as BroadWorks shows one: in a profile, and in a directory.

use std::{fmt, sync::Once};

use domain::{BroadWorksId, Fault, phone, subscriber::bounded};
use serde::Deserialize;

/// The longest name that is taken over; BroadWorks itself stops at 30 characters.
pub(super) const LONGEST_NAME: usize = 100;

/// A user as BroadWorks shows one.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The user id, as BroadWorks writes it.
    pub user_id: BroadWorksId,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// The directory number, if the user has one.
    pub phone_number: Option<String>,
    /// The extension, if the user has one.
    pub extension: Option<String>,
    /// The mobile number, if the user has one.
    pub mobile_phone: Option<String>,
}

/// Keeps names and numbers out of logs.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").finish_non_exhaustive()
    }
}

/// What a profile and an entry of a directory have in common beside the rest.
#[derive(Default, Deserialize)]
pub(super) struct AdditionalDetails {
    pub mobile: Option<String>,
}

impl Person {
    /// What is written of a user; nothing, if it cannot be one.
    pub(super) fn read(
        user_id: &str,
        [first_name, last_name]: [&str; 2],
        phone_number: Option<String>,
        extension: Option<String>,
        AdditionalDetails { mobile }: AdditionalDetails,
    ) -> Option<Self> {
        Some(Self {
            user_id: BroadWorksId::parse(user_id).ok()?,
            first_name: name(first_name),
            last_name: name(last_name),
            phone_number: number(phone_number),
            extension: dialled(extension, phone::extension),
            mobile_phone: number(mobile),
        })
    }
}

/// A name on one line, as far as it is taken over. Nobody is kept out for an odd one.
fn name(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(LONGEST_NAME).collect::<String>().trim_end().to_owned()
}

/// A phone number, if there is one that could also come by the API: part of one would be another's.
fn number(text: Option<String>) -> Option<String> {
    dialled(text, phone::number)
}

/// Nobody is kept out for what cannot be dialled.
fn dialled(text: Option<String>, read: fn(&str) -> Result<String, Fault>) -> Option<String> {
    static WARNED: Once = Once::new();
    let text = text.filter(|text| !text.trim().is_empty())?;
    let read = bounded(&text, LONGEST_NAME).and_then(read);
    if read.is_err() {
        WARNED.call_once(|| tracing::warn!(event = "number_left_out", "BroadWorks has numbers that cannot be dialled"));
    }
    read.ok()
}
