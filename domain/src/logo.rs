//! The logo of a brand, by its name.

use std::fmt::{self, Display};

/// How many of its pixels stand beside each other where one is drawn: it is sharp on phones, too.
const DENSITY: u16 = 2;

/// A logo: which, and how large. What is drawn otherwise has another name, so a browser may keep it for ever.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Logo {
    digest: String,
    width: u16,
    height: u16,
}

impl Logo {
    /// How many hexadecimal digits of what the picture hashes to stand in its name.
    pub const DIGITS: usize = 32;
    /// The widest, in pixels.
    pub const WIDEST: u16 = 400;
    /// The highest, in pixels.
    pub const HIGHEST: u16 = 112;

    /// The picture of so many pixels whose bytes hash to this.
    #[must_use]
    pub fn new(hash: &str, width: u16, height: u16) -> Option<Self> {
        let digest = hash.get(..Self::DIGITS)?;
        let is_digest = digest.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        let fits = (1..=Self::WIDEST).contains(&width) && (1..=Self::HIGHEST).contains(&height);
        (is_digest && fits).then(|| Self { digest: digest.to_owned(), width, height })
    }

    /// The logo of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (digest, size) = name.split_once('-')?;
        let (width, height) = size.split_once('x')?;
        let logo = Self::new(digest, width.parse().ok()?, height.parse().ok()?)?;
        // One picture, one name.
        (logo.to_string() == name).then_some(logo)
    }

    /// How wide and how high it is shown.
    #[must_use]
    pub const fn shown(&self) -> (u16, u16) {
        (self.width.div_ceil(DENSITY), self.height.div_ceil(DENSITY))
    }
}

impl Display for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}x{}", self.digest, self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn a_name_is_read_as_it_was_written() {
        let logo = Logo::new(&format!("{DIGEST}0123"), 301, 112).unwrap();
        assert_eq!(logo.to_string(), format!("{DIGEST}-301x112"));
        assert_eq!(Logo::parse(&logo.to_string()), Some(logo.clone()));
        assert_eq!(logo.shown(), (151, 56));
    }

    #[test]
    fn nothing_else_is_a_name() {
        for size in ["", "1x", "x1", "0x1", "1x0", "401x1", "1x113", "+1x1", "01x1", "1x1x1", "1x1.png"] {
            assert_eq!(Logo::parse(&format!("{DIGEST}-{size}")), None, "{size}");
        }
        for digest in ["", "00", &DIGEST.to_uppercase(), &format!("{DIGEST}0"), "é0112233445566778899aabbccddeeff"] {
            assert_eq!(Logo::parse(&format!("{digest}-1x1")), None, "{digest}");
        }
    }
}
