//! What people type and paste, read as it was meant: keyboards and clipboards put more into a text than is seen of it.

/// A text without what nobody sees, and with the wide letters, digits and signs of East Asian keyboards as the usual ones.
///
/// Left alone are the two joiners (U+200C, U+200D): some scripts cannot be written without them.
#[must_use]
pub fn as_meant(typed: &str) -> String {
    typed.chars().filter(|c| is_joiner(*c) || !is_unseen(*c)).map(narrow).collect()
}

/// What stands behind one of these schemes, each with its colon, if a text begins with one.
#[must_use]
pub fn behind_scheme<'a>(text: &'a str, schemes: &[&str]) -> Option<&'a str> {
    schemes.iter().find_map(|scheme| {
        let (begin, rest) = text.split_at_checked(scheme.len())?;
        begin.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Whether a character shows nothing at all: it joins two others, marks a direction, a place to break a line, a variant, the
/// start of a file, or fills a place. Those are Unicode's `Default_Ignorable_Code_Point`, the marks of annotations and
/// the blank of Braille.
#[must_use]
pub const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A full-width form as the usual character.
fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wide_characters_are_the_usual_ones_and_unseen_ones_are_nothing() {
        assert_eq!(as_meant("ａｎｎ＠ａｃｍｅ．ｃｏｍ"), "ann@acme.com");
        assert_eq!(as_meant("\u{feff}\u{202a}12\u{200b}3\u{ad}\u{202c}"), "123");
        assert_eq!(as_meant("１２\u{3000}３"), "12 3");
        assert_eq!(as_meant("\u{3164}\u{2800}\u{ffa0}\u{fff9}"), "", "what fills a place");
        assert_eq!(as_meant("می\u{200c}خواهم 👩\u{200d}💻"), "می\u{200c}خواهم 👩\u{200d}💻");
    }

    proptest! {
        #[test]
        fn reading_twice_reads_the_same(typed in any::<String>()) {
            let once = as_meant(&typed);
            prop_assert_eq!(as_meant(&once), once);
        }

        #[test]
        fn ascii_stays_as_it_is(typed in "[ -~]*") {
            prop_assert_eq!(as_meant(&typed), typed);
        }
    }
}
