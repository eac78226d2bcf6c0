//! A few words of the customer's administrator to the customer's people, which stand in the activation mail.
//!
//! ```
//! use domain::Note;
//!
//! assert_eq!(Note::parse(" Please do it\r\nuntil Friday. ").unwrap().unwrap().as_str(), "Please do it\nuntil Friday.");
//! assert!(Note::parse("  \n ").unwrap().is_none());
//! ```

use crate::Fault;

/// Plain text of several lines. There is always something in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note(String);

impl Note {
    /// The most characters it may have.
    pub const MOST: usize = 500;

    /// Reads what was typed: nothing, if that is nothing but space. What is not seen, or turns the text around it, is left out.
    ///
    /// # Errors
    /// [`Fault::InvalidParameterSize`] for what is too long.
    pub fn parse(typed: &str) -> Result<Option<Self>, Fault> {
        let lines = typed.replace("\r\n", "\n").replace('\r', "\n");
        let mut text = String::new();
        for line in lines.trim().split('\n') {
            // One empty line parts paragraphs; more of them would only push the mail's own words out of sight.
            if !(line.trim().is_empty() && text.ends_with("\n\n")) {
                text.extend(line.trim_end().chars().filter(|one| is_plain(*one)));
                text.push('\n');
            }
        }
        let text = text.trim();
        if text.chars().count() > Self::MOST {
            return Err(Fault::InvalidParameterSize);
        }
        Ok((!text.is_empty()).then(|| Self(text.to_owned())))
    }

    /// What an earlier [`Note::as_str`] gave.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// It, in lines.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_plain(one: char) -> bool {
    let turns = matches!(one, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !(one.is_control() && one != '\t' || turns || one == '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> String {
        Note::parse(typed).unwrap().map(|note| note.as_str().to_owned()).unwrap_or_default()
    }

    #[test]
    fn it_is_plain_text_in_lines() {
        assert_eq!(read("a\0b\u{1b}[31mc\u{202e}d"), "ab[31mcd");
        assert_eq!(read("one\r\rtwo\n\n\n\n\nthree  "), "one\n\ntwo\n\nthree");
        assert_eq!(read("Здравей, 世界"), "Здравей, 世界");
        assert_eq!(read("\u{202e}\n\u{feff}"), "");
    }

    #[test]
    fn it_has_an_end() {
        assert_eq!(read(&"ж".repeat(Note::MOST)).chars().count(), Note::MOST);
        assert_eq!(Note::parse(&"ж".repeat(Note::MOST + 1)), Err(Fault::InvalidParameterSize));
    }
}
