//! The same language for customers: `tag:gold tag:vip`. Every tag has to be there.

use std::fmt;

use super::{Flaw, LONGEST, token};
use crate::tag::Tag;

/// What stands before a tag.
const TAG: &str = "tag";

/// Which customers are wanted. What is empty says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// With all of these.
    pub tags: Vec<Tag>,
}

impl CustomerFilter {
    /// Those with one tag.
    #[must_use]
    pub fn tagged(tag: Tag) -> Self {
        Self { tags: vec![tag] }
    }

    /// Reads a filter as somebody wrote it. A word alone is a tag, too: there is nothing else that it could mean.
    ///
    /// # Errors
    /// What cannot be understood, and what was probably meant.
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        if text.chars().count() > LONGEST {
            return Err(Flaw::TooLong);
        }
        let mut tags = Vec::new();
        for token in token::all(text)? {
            if let Some(key) = token.key.filter(|key| !key.eq_ignore_ascii_case(TAG)) {
                return Err(Flaw::Key { key, meant: TAG.to_owned() });
            }
            let flaw = |_| Flaw::Value { key: TAG.to_owned(), value: token.value.clone(), meant: "gold".to_owned() };
            tags.push(Tag::parse(&token.value).map_err(flaw)?);
        }
        tags.sort();
        tags.dedup();
        if tags.len() > Tag::MOST { Err(Flaw::TooLong) } else { Ok(Self { tags }) }
    }
}

/// As it is written.
impl fmt::Display for CustomerFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags: Vec<_> = self.tags.iter().map(|tag| format!("{TAG}:{tag}")).collect();
        f.write_str(&tags.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_wanted_by_their_tags() {
        let read = |text: &str| CustomerFilter::parse(text).map(|filter| filter.to_string());
        assert_eq!(read("").as_deref(), Ok(""));
        assert_eq!(read("tag:VIP gold TAG:vip").as_deref(), Ok("tag:gold tag:vip"));
        assert_eq!(read("tags:vip"), Err(Flaw::Key { key: "tags".to_owned(), meant: "tag".to_owned() }));
        assert!(matches!(read("tag:a:b"), Err(Flaw::Value { .. })));
        assert_eq!(read("\"gold"), Err(Flaw::Unquoted));
        assert_eq!(read(&"x ".repeat(LONGEST)), Err(Flaw::TooLong));
    }
}
