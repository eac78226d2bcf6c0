//! What people type and paste, read as it was meant: keyboards and clipboards put more into a text than is seen of it.

/// A text without what nobody sees, and with the wide letters, digits and signs of East Asian keyboards as the usual ones.
///
/// Left alone are the two joiners (U+200C, U+200D): some scripts cannot be written without them.
#[must_use]
pub fn as_meant(typed: &str) -> String {
    typed.chars().filter(|c| is_joiner(*c) || !is_unseen(*c)).map(narrow).collect()
}

/// A text that was pasted into a field for one thing, [`as_meant`]: what the source of a page writes for signs is the sign.
#[must_use]
pub fn as_pasted(typed: &str) -> String {
    let meant = as_meant(typed);
    if !meant.contains('&') {
        return meant;
    }
    let text = ENTITIES.iter().fold(meant, |text, (name, sign)| text.replace(name, sign));
    // The last one may have lost its end where it was copied.
    match ENTITIES.iter().find_map(|(name, _)| text.strip_suffix(name.trim_end_matches(';'))) {
        Some(before) => before.to_owned(),
        None => text,
    }
}

/// How pages write signs that stand around addresses.
const ENTITIES: [(&str, &str); 9] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&#34;", "\""),
    ("&nbsp;", " "),
    ("&#160;", " "),
];

/// What is left without the blanks and the marks that stand around one thing in lists and sentences, but for angle brackets: no
/// host ends with a sign.
#[must_use]
pub fn bare(text: &str) -> &str {
    text.trim_start_matches(is_before).trim_end_matches(is_behind)
}

fn is_before(c: char) -> bool {
    c.is_whitespace() || ",;:\"'()[]`*“”„‘’‚«»‹›•·–—…、，。".contains(c)
}

fn is_behind(c: char) -> bool {
    is_before(c) || c.is_ascii_punctuation() && !matches!(c, '<' | '>')
}

/// What mail programs and telephones write in angle brackets, and the name before it, if there is one: `Ann Lee
/// <ann@acme.com>`. One bracket may be lost.
#[must_use]
pub fn bracketed(text: &str) -> (&str, &str) {
    let text = bare(text).trim_end_matches(|c| c == '>' || is_behind(c));
    let (name, inside) = text.rsplit_once('<').unwrap_or(("", text));
    (name, bare(inside))
}

/// What stands behind one of these schemes, each with its colon, if a text begins with one.
#[must_use]
pub fn behind_scheme<'a>(text: &'a str, schemes: &[&str]) -> Option<&'a str> {
    schemes.iter().find_map(|scheme| {
        let (begin, rest) = text.split_at_checked(scheme.len())?;
        begin.eq_ignore_ascii_case(scheme).then(|| rest.trim_start_matches('/'))
    })
}

/// What a link leads to (RFC 6068, RFC 3261 §19.1): without its scheme, if that is one of these, and without its parameters.
#[must_use]
pub fn destination<'a>(text: &'a str, schemes: &[&str]) -> &'a str {
    let Some(link) = behind_scheme(text, schemes) else { return text };
    let link = link.split_once('?').map_or(link, |(link, _)| link);
    match link.split_once(';') {
        Some((link, parameters)) if parameters.contains('=') && !parameters.contains('@') => bare(link),
        _ => bare(link),
    }
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

    #[test]
    fn what_stands_around_one_thing_is_taken_off() {
        for text in
            ["a@b.c", " (a@b.c). ", "„a@b.c“…", "• a@b.c -", "**a@b.c**", "`a@b.c`", "a@b.c!?", "‹a@b.c›", "a@b.c。"]
        {
            assert_eq!(bare(text), "a@b.c", "{text}");
        }
        assert_eq!(as_pasted("Ann &lt;a@b.c&gt"), "Ann <a@b.c");
        assert_eq!(as_pasted("R&D"), "R&D");
        assert_eq!(as_pasted("a;b"), "a;b");
        assert_eq!(bracketed("Ann <a@b.c>, "), ("Ann ", "a@b.c"));
        assert_eq!(bracketed("a@b.c>"), ("", "a@b.c"));
        assert_eq!(bracketed("<a@b.c"), ("", "a@b.c"));
        assert_eq!(destination("SIP:a@b.c;user=phone", &["sips:", "sip:"]), "a@b.c");
        assert_eq!(destination("mailto://a@b.c?subject=x", &["mailto:"]), "a@b.c");
        assert_eq!(destination("mailto:a@b.c;d@e.f", &["mailto:"]), "a@b.c;d@e.f");
        assert_eq!(destination("a;b?c", &["sip:"]), "a;b?c");
        assert_eq!(destination("http://a@b.c", &["sip:"]), "http://a@b.c");
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
