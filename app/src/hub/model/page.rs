//! A page of a list, and from where on it is read.

use serde::{Deserialize, Serialize};

/// A page of a list that is paged by key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, in order.
    pub rows: Vec<T>,
    /// The key of its first row, if there is a page before it: what that one is read [`Cursor::Before`].
    pub previous: Option<String>,
    /// The key of its last row, if there is a page behind it: what that one is read [`Cursor::After`].
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Nothing, with no page before it or behind it.
    #[must_use]
    pub const fn empty() -> Self {
        Self { rows: Vec::new(), previous: None, next: None }
    }
}

/// From where on a page of a list is read: by a row's key, so that the last page costs no more than the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    /// From the list's beginning.
    #[default]
    Start,
    /// Behind the row with this key.
    After(String),
    /// The rows that end before the one with this key.
    Before(String),
}
