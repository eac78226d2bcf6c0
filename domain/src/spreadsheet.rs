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

/// Whether a cell holds what a spreadsheet shows instead of a value, or a formula: `#NAME?`, `########`, `="0123"`.
#[must_use]
pub fn is_formula_or_error(cell: &str) -> bool {
    const ERRORS: [&str; 9] =
        ["#N/A", "#NAME?", "#REF!", "#VALUE!", "#NUM!", "#DIV/0!", "#NULL!", "#ERROR!", "#SPILL!"];
    let cell = cell.trim();
    let hashes = cell.len() >= 3 && cell.bytes().all(|byte| byte == b'#');
    cell.starts_with("=\"") || hashes || ERRORS.iter().any(|error| cell.eq_ignore_ascii_case(error))
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
    fn formulas_and_errors_are_recognised_and_no_others() {
        for found in ["=\"0123\"", " =\"0123\" ", "#NAME?", "#n/a", "#REF!", "########"] {
            assert!(is_formula_or_error(found), "{found}");
        }
        for text in ["=x", "'=\"0123\"", "#1", "##", "C#", "", "#NAME"] {
            assert!(!is_formula_or_error(text), "{text}");
        }
    }
}
