//! The mailed code that proves an address.

use std::fmt;

use crate::{fault::Fault, typed::as_meant};

/// Six digits. `Debug` does not show them.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// How many digits a code has.
    pub const DIGITS: usize = 6;

    /// Finds the code in what a person typed or pasted: `123456`, `123 456`, `Your code is 123-456!`, `１２３４５６`,
    /// digits of any script, with whatever a clipboard leaves around and between them.
    ///
    /// # Errors
    /// [`Fault::CodeIncomplete`] if there are no six digits, or more than one place where the code could be. Whoever
    /// counts wrong codes does not count that: it is no guess.
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        let mut groups = groups(&as_meant(typed));
        if groups.iter().map(|group| group.digits.len()).sum::<usize>() == Self::DIGITS {
            return Ok(Self(groups.into_iter().map(|group| group.digits).collect()));
        }
        groups.retain(|group| group.digits.len() == Self::DIGITS);
        // A whole message was pasted: its links and ids have digits too, but no room around them.
        if !agree(&groups) {
            groups.retain(|group| group.stands_alone);
        }
        // The sender's name may have digits as well; the code has a line to itself.
        if !agree(&groups) {
            groups = typed.lines().filter_map(on_a_line_of_its_own).collect();
        }
        let agreed = agree(&groups);
        groups.pop().filter(|_| agreed).map(|group| Self(group.digits)).ok_or(Fault::CodeIncomplete)
    }

    /// The six digits, `0` to `9`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Digits that belong together.
struct Group {
    /// As `0` to `9`.
    digits: String,
    /// Whether it is no part of a longer word, link or id.
    stands_alone: bool,
}

/// The six digits of a line that holds nothing else.
fn on_a_line_of_its_own(line: &str) -> Option<Group> {
    let line = as_meant(line);
    let groups = groups(&line);
    let digits: String = groups.into_iter().map(|group| group.digits).collect();
    let alone = digits.len() == Code::DIGITS && !line.contains(char::is_alphabetic);
    alone.then_some(Group { digits, stands_alone: true })
}

fn agree(groups: &[Group]) -> bool {
    groups.windows(2).all(|two| two[0].digits == two[1].digits)
}

/// The digits of a text, in groups: between two of one group there is nothing but what people group digits by.
fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let (mut open, mut before) = (false, ' ');
    for c in text.chars() {
        match (digit(c), groups.last_mut().filter(|_| open)) {
            (Some(digit), Some(group)) => group.digits.push(digit),
            (Some(digit), None) => {
                groups.push(Group { digits: digit.to_string(), stands_alone: !is_part_of_a_word(before) });
                open = true;
            }
            (None, Some(group)) => {
                group.stands_alone &= !(digit(before).is_some() && is_part_of_a_word(c));
                open = is_between_digits(c);
            }
            (None, None) => {}
        }
        before = c;
    }
    groups
}

/// What people group digits by: spaces and dashes of every kind; also what makes a key of a digit (1️⃣). Not a new line: what
/// ends the one before, a date or a user's number, is no part of the code.
fn is_between_digits(c: char) -> bool {
    let joins = matches!(c, '\u{200c}' | '\u{200d}' | '\u{20e3}');
    let is_space = c.is_whitespace() && !matches!(c, '\n' | '\r');
    joins || is_space || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}')
}

/// What stands beside the digits of an id, an address or a link, and not beside a code.
fn is_part_of_a_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '@' | '_' | '/' | '=' | '+' | '%' | '#' | '&')
}

/// A decimal digit of any script as one of `0` to `9`.
fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS[..ZEROS.partition_point(|zero| *zero <= code)].last()?;
    char::from_digit(code - zero, 10)
}

/// The zeros of all scripts; the other nine digits follow each of them (Unicode 16, general category `Nd`).
const ZEROS: [u32; 76] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136,
    0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0,
    0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8,
    0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};
    use regex_syntax::hir::{Class, HirKind};

    use super::*;

    fn code(typed: &str) -> Option<String> {
        Code::parse(typed).ok().map(|code| code.0)
    }

    #[test]
    fn whatever_keyboards_and_clipboards_make_of_it() {
        for typed in [
            "123456",
            " 123 456\n",
            "Your code is 123 456!",
            "Your code is 123456. It is valid for 30 minutes.",
            "123-456",
            "123–456",
            "123\u{a0}456",
            "1 2 3 4 5 6",
            "123.456",
            "(123) 456",
            "123\u{200b}456\u{feff}",
            "\u{202a}123456\u{202c}",
            "\u{2066}123\u{202f}456\u{2069}",
            "１２３４５６",
            "１２３　４５６",
            "١٢٣٤٥٦",
            "۱۲۳ ۴۵۶",
            "१२३४५६",
            "𝟏𝟐𝟑𝟒𝟓𝟔",
            "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣",
            "认证码123456。",
            "G-123456",
            "code:123456",
            "123456 (123 456)",
            "95547321@sp.com: 123456",
            "100200@sp.com has the code 123456 or https://x.example/activate/300400/join/9a500600",
        ] {
            assert_eq!(code(typed).as_deref(), Some("123456"), "{typed}");
        }
    }

    #[test]
    fn a_code_is_found_beside_other_numbers_however_its_digits_are_grouped() {
        let keycap =
            "1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}3\u{fe0f}\u{20e3}4\u{fe0f}\u{20e3}5\u{fe0f}\u{20e3}6\u{fe0f}\u{20e3}";
        for grouped in ["123 456", "123-456", "123\u{2013}456", "123\u{a0}456", "123\u{200d}456", keycap] {
            assert_eq!(
                code(&format!("{grouped}. It is valid for 30 minutes.")).as_deref(),
                Some("123456"),
                "{grouped}"
            );
        }
    }

    #[test]
    fn of_a_whole_mail_it_is_the_line_with_nothing_else() {
        let mail = "654321 Telecom\n26.11.2026\n\n123 456\n\nValid for 30 minutes";
        assert_eq!(code(mail).as_deref(), Some("123456"));
        assert_eq!(code("654321 Telecom\n123456\n111111\n"), None, "which of two nobody can tell");
        assert_eq!(code("654321 Telecom\n123456 Avenue\n"), None, "neither has a line to itself");
    }

    #[test]
    fn a_code_is_its_digits_and_stays_out_of_logs() {
        let code = Code::parse("123 456").expect("a code");
        assert_eq!((code.as_str(), format!("{code:?}").as_str()), ("123456", "Code(…)"));
    }

    #[test]
    fn what_has_no_six_digits_or_two_times_six_is_no_code() {
        for typed in ["", " ", "12345", "1234567", "123 456 7", "nope", "½½½½½½", "①②③④⑤⑥", "123456 or 654321"]
        {
            assert_eq!(Code::parse(typed), Err(Fault::CodeIncomplete), "{typed}");
        }
    }

    #[test]
    fn all_digits_of_unicode_are_known() {
        let parsed = regex_syntax::parse(r"\d").expect("valid");
        let HirKind::Class(Class::Unicode(digits)) = parsed.kind() else { panic!("a class of characters") };
        let zeros = digits.iter().flat_map(|range| (u32::from(range.start())..=u32::from(range.end())).step_by(10));
        assert_eq!(zeros.collect::<Vec<_>>(), ZEROS);
        assert_eq!((digit('9'), digit('٣'), digit('/'), digit(':')), (Some('9'), Some('3'), None, None));
    }

    proptest! {
        #[test]
        fn a_code_is_found_in_any_script_between_whatever_has_no_digits(
            code in "[0-9]{6}",
            zero in select(ZEROS.to_vec()),
            before in r"[^\d]{0,12}",
            between in "[ \u{a0}\u{200b}-]{0,2}",
            after in r"[^\d]{0,12}",
        ) {
            let own = |c: char| char::from_u32(zero + c.to_digit(10).expect("a digit")).expect("a character");
            let (first, last): (String, String) = (code[..3].chars().map(own).collect(), code[3..].chars().map(own).collect());
            let typed = format!("{before}{first}{between}{last}{after}");
            prop_assert_eq!(super::tests::code(&typed), Some(code));
        }

        #[test]
        fn fewer_or_more_digits_are_no_code(digits in prop_oneof!["[0-9]{0,5}", "[0-9]{7,30}"]) {
            prop_assert_eq!(Code::parse(&digits), Err(Fault::CodeIncomplete));
        }

        #[test]
        fn whatever_is_typed_a_code_is_six_ascii_digits(typed in any::<String>()) {
            if let Ok(code) = Code::parse(&typed) {
                prop_assert!(code.0.len() == Code::DIGITS && code.0.bytes().all(|c| c.is_ascii_digit()));
                prop_assert_eq!(Code::parse(code.as_str()), Ok(code));
            }
        }
    }
}
