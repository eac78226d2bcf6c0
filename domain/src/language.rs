//! A language tag (BCP 47), as people and systems write it: `en`, `en-US`, `en_us`, `zh-Hant-HK`.

use crate::fault::Fault;

/// A language, perhaps as it is written or spoken somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language(String);

impl Language {
    /// Reads a tag of the form of RFC 5646 §2.1; the underscore of locales is as good as a hyphen, and case does not
    /// matter. Whether there is such a language is not asked.
    ///
    /// # Errors
    /// [`Fault::InvalidParameter`]
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        let subtags: Vec<&str> = typed.trim().split(['-', '_']).collect();
        let mut rest = subtags.as_slice();
        let mut tag = vec![take(&mut rest, is_language).ok_or(Fault::InvalidParameter)?.to_ascii_lowercase()];
        for _ in 0..3 {
            tag.extend(take(&mut rest, |subtag| alphabetic(subtag, 3..=3)).map(str::to_ascii_lowercase));
        }
        tag.extend(take(&mut rest, |subtag| alphabetic(subtag, 4..=4)).map(title));
        tag.extend(take(&mut rest, is_region).map(str::to_ascii_uppercase));
        while let Some(variant) = take(&mut rest, is_variant) {
            tag.push(variant.to_ascii_lowercase());
        }
        // Extensions and what is private: a letter or digit by itself, and something behind it.
        while let Some(singleton) = take(&mut rest, |subtag| alphanumeric(subtag, 1..=1)) {
            let private = singleton.eq_ignore_ascii_case("x");
            let shortest = if private { 1 } else { 2 };
            tag.push(singleton.to_ascii_lowercase());
            let before = tag.len();
            while let Some(subtag) = take(&mut rest, |subtag| alphanumeric(subtag, shortest..=8)) {
                tag.push(subtag.to_ascii_lowercase());
            }
            if tag.len() == before {
                return Err(Fault::InvalidParameter);
            }
        }
        if rest.is_empty() { Ok(Self(tag.join("-"))) } else { Err(Fault::InvalidParameter) }
    }

    /// As the tag is written by the rules, `en-US`: SCIM and HTTP know it so.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.0
    }

    /// As the vendor's API writes it, `en_US`.
    #[must_use]
    pub fn locale(&self) -> String {
        self.0.replace('-', "_")
    }
}

/// Takes the next subtag if it is of this form.
fn take<'a>(rest: &mut &[&'a str], fits: impl FnOnce(&str) -> bool) -> Option<&'a str> {
    let (first, others) = rest.split_first()?;
    fits(first).then(|| {
        *rest = others;
        *first
    })
}

fn is_language(subtag: &str) -> bool {
    alphabetic(subtag, 2..=3)
}

fn is_region(subtag: &str) -> bool {
    alphabetic(subtag, 2..=2) || (subtag.len() == 3 && subtag.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_variant(subtag: &str) -> bool {
    alphanumeric(subtag, 5..=8) || (alphanumeric(subtag, 4..=4) && subtag.starts_with(|c: char| c.is_ascii_digit()))
}

fn alphabetic(subtag: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn alphanumeric(subtag: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn title(subtag: &str) -> String {
    let (first, others) = subtag.split_at(1);
    first.to_ascii_uppercase() + &others.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_written_by_the_rules_however_it_came() {
        for (typed, tag) in [
            ("en", "en"),
            (" EN ", "en"),
            ("en_US", "en-US"),
            ("en-us", "en-US"),
            ("es-419", "es-419"),
            ("fil", "fil"),
            ("zh-hant", "zh-Hant"),
            ("ZH_HANT_hk", "zh-Hant-HK"),
            ("sr-latn-rs", "sr-Latn-RS"),
            ("zh-cmn-Hans-CN", "zh-cmn-Hans-CN"),
            ("sl-rozaj-biske", "sl-rozaj-biske"),
            ("de-CH-1901", "de-CH-1901"),
            ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"),
            ("en-x-acme", "en-x-acme"),
            ("en-X-A", "en-x-a"),
        ] {
            assert_eq!(Language::parse(typed).expect(typed).tag(), tag);
        }
        assert_eq!(Language::parse("pt-br").expect("valid").locale(), "pt_BR");
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for wrong in [
            "",
            "e",
            "english",
            "en-",
            "-en",
            "en--US",
            "en US",
            "en_US.UTF-8",
            "en-USA1",
            "en-US-GB",
            "12",
            "en-u",
            "en-u-c",
            "en-x",
            "ен",
            "en-\u{200b}US",
            "C",
        ] {
            assert_eq!(Language::parse(wrong), Err(Fault::InvalidParameter), "{wrong}");
        }
    }
}
