//! Phone numbers and extensions, as people and spreadsheets write them. They are kept as written, without what a link or a list
//! has around them: BroadWorks and the targets know them so.

use crate::{
    fault::Fault,
    spreadsheet,
    typed::{as_pasted, behind_scheme},
};

/// The longest number that can be dialled, from its country on (ITU-T E.164 §6.1).
pub const MOST_DIGITS: usize = 15;
/// The shortest: no plan has numbers of fewer digits that others can call; what is shorter is an extension.
pub const FEWEST_DIGITS: usize = 3;

/// A phone number: digits with what is put before and between them, and possibly an extension: `+1 (240) 555-1212 x5`. As a link
/// has it (RFC 3966), too: `tel:+1-240-555-1212;ext=5`.
///
/// # Errors
/// [`Fault::DamagedBySpreadsheet`] if it is what a spreadsheet has made of one, [`Fault::InvalidParameterSize`] if it has too few
/// digits or too many, [`Fault::InvalidParameter`] if it is none.
pub fn number(typed: &str) -> Result<String, Fault> {
    let text = &unlinked(typed);
    let lower = text.to_ascii_lowercase();
    let (number, extension) = match ["ext", "x"].iter().find_map(|mark| lower.split_once(mark)) {
        Some((number, extension)) => (number, Some(extension.trim_start_matches(['.', ':', ' ']))),
        None => (lower.as_str(), None),
    };
    let between = |c: char| matches!(c, '+' | '-' | '.' | '/' | '(' | ')' | ' ' | '\u{a0}' | '\u{2010}'..='\u{2015}');
    // What begins or ends with a dash, or stands in brackets, is a negative number. The zeros in front are for dialling out.
    let begins = number.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '('));
    let ends = number.trim_end().ends_with(|c: char| c.is_ascii_digit() || c == ')' && !number.starts_with('('));
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let is_number = begins && ends && number.chars().all(|c| c.is_ascii_digit() || between(c)) && !digits.is_empty();
    let dialled = digits.trim_start_matches('0').len();
    match () {
        () if is_damaged(text) => Err(Fault::DamagedBySpreadsheet),
        () if !is_number || !extension.is_none_or(are_digits) => Err(Fault::InvalidParameter),
        () if digits.len() < FEWEST_DIGITS || dialled > MOST_DIGITS => Err(Fault::InvalidParameterSize),
        () if dialled == 0 => Err(Fault::InvalidParameter),
        () => Ok(text.clone()),
    }
}

/// A number without what stands around it and without the scheme of a link. Brackets and dashes are parts of numbers, or make them
/// negative.
fn unlinked(typed: &str) -> String {
    let pasted = as_pasted(typed);
    let text = pasted.trim_matches(|c: char| c.is_whitespace() || ",;\"'<>“”„«»…".contains(c));
    let Some(link) = behind_scheme(text, &["tel:", "callto:"]) else { return text.to_owned() };
    let mut parts = link.split(';').map(str::trim);
    let number = parts.next().unwrap_or_default();
    match parts.find_map(|part| behind_scheme(part, &["ext="])) {
        Some(extension) => format!("{number} x{extension}"),
        None => number.to_owned(),
    }
}

/// An extension: digits, and the two other keys of a phone.
///
/// # Errors
/// As [`number`].
pub fn extension(text: &str) -> Result<String, Fault> {
    // Hashes alone are what a spreadsheet shows where a column is too narrow.
    let has_digit = text.contains(|c: char| c.is_ascii_digit());
    match has_digit && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#')) {
        true => Ok(text.to_owned()),
        false if is_damaged(text) => Err(Fault::DamagedBySpreadsheet),
        false => Err(Fault::InvalidParameter),
    }
}

fn is_damaged(text: &str) -> bool {
    spreadsheet::is_damaged_number(text) || spreadsheet::is_power(text) || spreadsheet::is_date(text)
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_as_people_write_them() {
        for text in [
            "+1-240-555-1212",
            "(02) 1234 5678",
            "240.555.1212",
            "02/1234-56",
            "112",
            "+49 89 12 x34",
            "0123 (45)",
            "555-1212 ext. 5",
            "0011 44 20 7946 00001",
            "+123456789012345",
        ] {
            assert_eq!(number(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_number_may_be_a_link_or_have_a_list_around_it() {
        for text in [
            "tel:+1-240-555-1212",
            "TEL: +1-240-555-1212",
            "tel://+1-240-555-1212",
            "<tel:+1-240-555-1212>,",
            "callto:+1-240-555-1212",
            "tel:+1-240-555-1212;phone-context=example.com",
            "\"+1-240-555-1212\"",
            "+1-240-555-1212;",
            "+1-240-555-1212&nbsp;",
            "\u{202a}+1-240-555-1212\u{202c}",
        ] {
            assert_eq!(number(text).as_deref(), Ok("+1-240-555-1212"), "{text}");
        }
        assert_eq!(number("tel:+1-240-555-1212;ext=5").as_deref(), Ok("+1-240-555-1212 x5"));
        for text in
            ["tel:", "tel:ann", "tel:+1-240-555-1212;ext=a", "sip:+12405551212@x", "+1-240-555-1212 ; 7", "http://112"]
        {
            assert_eq!(number(text), Err(Fault::InvalidParameter), "{text}");
        }
    }

    #[test]
    fn a_number_has_three_to_fifteen_digits() {
        for text in ["1", "0", "+1", "12", "tel:+49", "1 x234", "442079000000000000", "+1234567890123456"] {
            assert_eq!(number(text), Err(Fault::InvalidParameterSize), "{text}");
        }
        for text in ["000", "+000000"] {
            assert_eq!(number(text), Err(Fault::InvalidParameter), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "<script>",
            "+",
            "- -",
            "NULL",
            "ИСТИНА",
            "00:00:00",
            "=+442079460000",
            "1 x",
            "12x3y",
            "٤٢",
            "-442079",
            "–442079",
            "442079-",
            "(442079)",
            "/442079",
        ] {
            assert_eq!(number(text), Err(Fault::InvalidParameter), "{text}");
        }
        for text in
            ["4.42079E+11", "1e5", "2026-01-05", "05.01.2026", "1/5/2026", "2026-01-05 00:00:00", "Jan-05", "05.Jan"]
        {
            assert_eq!(number(text), Err(Fault::DamagedBySpreadsheet), "{text}");
        }
    }

    #[test]
    fn extensions_are_digits() {
        for text in ["1212", "0", "*7", "12#"] {
            assert_eq!(extension(text).as_deref(), Ok(text));
        }
        for text in ["1,234", "x12", "12 13", "<b>", "###", "*"] {
            assert_eq!(extension(text), Err(Fault::InvalidParameter), "{text}");
        }
        for text in ["05.Jan", "2026-01-05", "1212.0", "1E3"] {
            assert_eq!(extension(text), Err(Fault::DamagedBySpreadsheet), "{text}");
        }
    }
}
