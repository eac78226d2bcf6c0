//! Tags: words by which a partner sorts its customers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// A word by which customers are sorted: letters and digits of any script, and `-`, `_`, `.`; in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tag(String);

impl Tag {
    /// The most characters.
    pub const LONGEST: usize = 32;
    /// The most that one customer has.
    pub const MOST: usize = 10;

    /// Reads one as somebody wrote it.
    ///
    /// # Errors
    /// [`Fault::InvalidParameter`] if it is no single word, or [`Fault::InvalidParameterSize`].
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim().to_lowercase();
        if text.is_empty() || !text.chars().all(|letter| letter.is_alphanumeric() || "-_.".contains(letter)) {
            return Err(Fault::InvalidParameter);
        }
        if text.chars().count() > Self::LONGEST {
            return Err(Fault::InvalidParameterSize);
        }
        Ok(Self(text))
    }

    /// Reads all that a customer is to have, with spaces or commas between them: each once, in one order.
    ///
    /// # Errors
    /// As [`Tag::parse`], or if they are more than [`Tag::MOST`].
    pub fn all(text: &str) -> Result<Vec<Self>, Fault> {
        let words = text.split(|letter: char| letter == ',' || letter.is_whitespace());
        let mut tags = words.filter(|word| !word.is_empty()).map(Self::parse).collect::<Result<Vec<_>, _>>()?;
        tags.sort();
        tags.dedup();
        if tags.len() > Self::MOST { Err(Fault::InvalidParameterSize) } else { Ok(tags) }
    }

    /// Those that are stored as [`Tag::stored`].
    #[must_use]
    pub fn from_stored(text: &str) -> Vec<Self> {
        text.split(' ').filter(|word| !word.is_empty()).map(|word| Self(word.to_owned())).collect()
    }

    /// All of a customer's as one text.
    #[must_use]
    pub fn stored(tags: &[Self]) -> String {
        tags.iter().map(Self::as_str).collect::<Vec<_>>().join(" ")
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_single_words_each_once_in_one_order() {
        let tags = Tag::all(" Gold, vip\tgold  Süd-West ").unwrap();
        assert_eq!(tags.iter().map(Tag::as_str).collect::<Vec<_>>(), ["gold", "süd-west", "vip"]);
        assert_eq!(Tag::from_stored(&Tag::stored(&tags)), tags);
        assert_eq!((Tag::all(" , "), Tag::from_stored("")), (Ok(Vec::new()), Vec::new()));
        for wrong in ["a:b", "\"x\"", "<b>", "a/b", "\u{202e}x"] {
            assert_eq!(Tag::all(wrong), Err(Fault::InvalidParameter), "{wrong}");
        }
    }

    #[test]
    fn nobody_tags_without_end() {
        let word = |letters| "x".repeat(letters);
        assert!(Tag::parse(&word(Tag::LONGEST)).is_ok());
        assert_eq!(Tag::parse(&word(Tag::LONGEST + 1)), Err(Fault::InvalidParameterSize));
        let many = |tags: usize| (0..tags).map(|tag| tag.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(Tag::all(&many(Tag::MOST)).map(|tags| tags.len()), Ok(Tag::MOST));
        assert_eq!(Tag::all(&many(Tag::MOST + 1)), Err(Fault::InvalidParameterSize));
    }
}
