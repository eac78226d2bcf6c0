//! What is wrong with a filter.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Key, nearest};

/// Why a filter cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flaw {
    /// There is no such key.
    Key {
        /// What stands there.
        key: String,
        /// What was probably meant, or all there are.
        meant: String,
    },
    /// The key takes no such value.
    Value {
        /// The key.
        key: String,
        /// What stands there.
        value: String,
        /// What was probably meant, or all there are.
        meant: String,
    },
    /// The key takes one value and has two.
    Twice {
        /// The key.
        key: String,
    },
    /// A quotation mark has no other.
    Unquoted,
    /// The text is longer than [`super::LONGEST`].
    TooLong,
}

impl Flaw {
    pub(super) fn key(key: &str) -> Self {
        let all = Key::ALL.map(Key::as_str);
        let meant = nearest(&key.to_ascii_lowercase(), all).map_or_else(|| all.join(", "), str::to_owned);
        Self::Key { key: key.to_owned(), meant }
    }

    pub(super) fn value(key: Key, value: &str) -> Self {
        let all = key.values();
        let meant = nearest(&value.to_ascii_lowercase(), all.iter().map(String::as_str));
        let meant = meant.map_or_else(|| all.join(", "), str::to_owned);
        Self::Value { key: key.as_str().to_owned(), value: value.to_owned(), meant }
    }
}

/// In English, for clients of the API.
impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { key, meant } => write!(f, "There is no filter \"{key}\"; did you mean: {meant}?"),
            Self::Value { key, value, meant } => write!(f, "\"{key}\" takes no \"{value}\"; did you mean: {meant}?"),
            Self::Twice { key } => write!(f, "\"{key}\" is there twice."),
            Self::Unquoted => f.write_str("A quotation mark has no other."),
            Self::TooLong => write!(f, "The filter is longer than {} characters.", super::LONGEST),
        }
    }
}
