//! What spreadsheets do to texts that look like numbers to them.

/// Whether this is a number that a spreadsheet, or what reads one, has made of digits: `4.42079E+11`, `2405551212.0`. What
/// stood there cannot be told any more.
#[must_use]
pub fn is_damaged_number(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['+', '-']);
    let (mantissa, exponent) = match text.split_once(['E', 'e']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if !digits(whole) || !fraction.is_none_or(digits) {
        return false;
    }
    match exponent {
        Some(exponent) => {
            let magnitude = exponent.trim_start_matches(['+', '-']);
            // `1E5` may be somebody's own; a sign or a fraction comes from counting.
            digits(magnitude) && (fraction.is_some() || magnitude.len() < exponent.len())
        }
        None => fraction.is_some_and(|fraction| fraction.bytes().all(|byte| byte == b'0')),
    }
}

/// Whether this is a number by its power of ten, `1E5`: where only digits may stand, it is damaged, too.
#[must_use]
pub fn is_power(text: &str) -> bool {
    text.trim().split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| digits(mantissa) && digits(exponent))
}

/// Whether an id begins with the apostrophe by which a spreadsheet keeps a text a text: it shows as much as it hides where the
/// cell was not typed into the spreadsheet itself.
#[must_use]
pub fn has_text_mark(id: &str) -> bool {
    id.trim_start().starts_with(['\'', '\u{2019}'])
}

/// Whether this is a date that a spreadsheet has made of digits or of what looked like one: `2026-01-05`, `05.01.2026 00:00:00`,
/// `Jan-05`.
#[must_use]
pub fn is_date(text: &str) -> bool {
    let text = text.trim();
    let date = text.split_once([' ', 'T']).map_or(text, |(date, time)| if time.contains(':') { date } else { text });
    let parts: Vec<_> = date.split(['-', '.', '/']).collect();
    let up_to =
        |text: &str, most: u32| text.len() <= 2 && digits(text) && (1..=most).contains(&text.parse().unwrap_or(0));
    let is_year = |text: &str| text.len() == 4 && digits(text) && (text.starts_with("19") || text.starts_with("20"));
    let is_day = |one: &str, other: &str| up_to(one, 12) && up_to(other, 31) || up_to(one, 31) && up_to(other, 12);
    match parts[..] {
        [year, month, day] if is_year(year) => is_day(month, day),
        [one, other, year] if is_year(year) => is_day(one, other),
        // With a month's name, in whichever language.
        [one, other] => {
            let is_name = |text: &str| (3..=5).contains(&text.chars().count()) && text.chars().all(char::is_alphabetic);
            is_name(one) && up_to(other, 31) || up_to(one, 31) && is_name(other)
        }
        _ => false,
    }
}

/// Whether a cell holds what a spreadsheet shows instead of a value, or a formula: `#NAME?`, `########`, `="0123"`.
#[must_use]
pub fn is_formula_or_error(cell: &str) -> bool {
    let cell = cell.trim();
    let hashes = cell.len() >= 3 && cell.bytes().all(|byte| byte == b'#');
    cell.starts_with("=\"") || hashes || is_error(cell)
}

/// Spreadsheets say what is wrong in the language of whoever uses them: `#NAME?` is `#NOME?` and `#ИМЕ?`; LibreOffice also
/// counts, `Err:502`.
fn is_error(cell: &str) -> bool {
    // "Not available" is the one that ends without a sign.
    const NOT_AVAILABLE: [&str; 4] = ["#N/A", "#N/D", "#NV", "#Н/Д"];
    let named = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || matches!(c, '/' | '0'));
    let error = cell.strip_prefix('#').and_then(|rest| rest.strip_suffix(['!', '?'])).is_some_and(named);
    let cell = cell.to_uppercase();
    error || NOT_AVAILABLE.contains(&cell.as_str()) || cell.strip_prefix("ERR:").is_some_and(digits)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_numbers_are_recognised_and_no_others() {
        for damaged in
            ["4.42079E+11", "2,40555E+09", " 4.42079e+11 ", "4.42079E11", "5E+11", "-1.5E-05", "2405551212.0", "1212,0"]
        {
            assert!(is_damaged_number(damaged), "{damaged}");
        }
        for sound in [
            "",
            "+442079460000",
            "2405551212",
            "1E5",
            "E+11",
            "4.42079E",
            "240.555.1212",
            "240-555-1212",
            "12.5",
            "0123",
            "95547321@sp.com",
            "1e+2e+3",
            "x4.4E+11",
            "SP1+acme",
            "٤.٤E+11",
        ] {
            assert!(!is_damaged_number(sound), "{sound}");
        }
    }

    #[test]
    fn powers_and_text_marks_are_recognised_and_no_others() {
        assert!(is_power("1E5") && is_power(" 24e8 ") && !is_power("E5") && !is_power("1E") && !is_power("1E5x"));
        assert!(has_text_mark("'95547321@sp.com") && has_text_mark("\u{2019}0123") && has_text_mark(" '1"));
        assert!(!has_text_mark("o'hara@sp.com") && !has_text_mark("1@sp.com'") && !has_text_mark(""));
    }

    #[test]
    fn dates_are_recognised_and_no_others() {
        for date in
            ["2026-01-05", "05.01.2026", "1/5/2026", "31/12/1999", "2026-01-05 00:00:00", "Jan-05", "05.Янв", "5-Mai"]
        {
            assert!(is_date(date), "{date}");
        }
        for other in [
            "240-555-1212",
            "22-33-4455",
            "02/1234",
            "05.13.2226",
            "2026-41-05",
            "",
            "-",
            "Jan",
            "1-2-3",
            "SP-1",
            "20ab-01-05",
            "2026123-01-05",
            "31/45/2026",
            "45/12/2026",
            "13/31/2026",
            "005.01.2026",
            "+5/01/2026",
        ] {
            assert!(!is_date(other), "{other}");
        }
    }

    #[test]
    fn formulas_and_errors_are_recognised_and_no_others() {
        let errors = ["#NAME?", "#n/a", "#REF!", "#DIV/0!", "#SPILL!", "#NOME?", "#N/D", "#VALORE!", "#ИМЕ?", "#Н/Д"];
        for found in ["=\"0123\"", " =\"0123\" ", "###", "########", "#ДЕЛ/0!", "Err:502"].into_iter().chain(errors)
        {
            assert!(is_formula_or_error(found), "{found}");
        }
        for text in ["=x", "'=\"0123\"", "#1", "#1!", "#!", "##", "C#", "", "#NAME", "Err:", "Err: 5"] {
            assert!(!is_formula_or_error(text), "{text}");
        }
    }
}
