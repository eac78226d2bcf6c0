//! CSV (RFC 4180) that a spreadsheet may open: in UTF-8, and with nothing in it to compute.

use domain::typed::is_unseen;

/// What tells a spreadsheet that the file is UTF-8.
pub(crate) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// One row, with what a spreadsheet could take for a formula guarded.
pub(crate) fn row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut line = String::new();
    add_row(&mut line, cells);
    line
}

/// The same, behind the rows before it.
pub(crate) fn add_row<'a>(rows: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            rows.push(',');
        }
        add_cell(rows, cell);
    }
    rows.push_str("\r\n");
}

/// One cell, quoted where it has to be, with the guard against formulas.
fn add_cell(rows: &mut String, text: &str) {
    let guard = guard(text);
    let begins_with_room = guard.is_empty() && text.trim_start() != text;
    if !text.contains([',', ';', '"', '\r', '\n', '\t']) && !begins_with_room && text.trim_end() == text {
        rows.push_str(guard);
        return rows.push_str(text);
    }
    rows.push('"');
    rows.push_str(guard);
    for (at, piece) in text.split('"').enumerate() {
        rows.push_str(if at > 0 { "\"\"" } else { "" });
        rows.push_str(piece);
    }
    rows.push('"');
}

/// The apostrophe before what a spreadsheet would take for a formula. [`unguard`] takes it away again, so a phone
/// number that begins with a plus comes back as it was.
fn guard(text: &str) -> &'static str {
    if is_formula(text) { "'" } else { "" }
}

/// Undoes [`guard`].
pub(crate) fn unguard(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(text)
}

/// Whether a spreadsheet may compute this. Apostrophes before it are looked through, so that a text that has some of
/// its own comes back with exactly those; and so is what nobody sees, which a spreadsheet may drop.
fn is_formula(text: &str) -> bool {
    let begins = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    begins(text.trim_start_matches('\'')) || begins(text.trim_start_matches(|c| c == '\'' || shows_nothing(c)))
}

/// Whether a character shows nothing, or nothing but room.
fn shows_nothing(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_unseen(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_left_for_a_spreadsheet_to_compute() {
        for formula in [
            "=1+1",
            "+1-240-555-1212",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\u{feff}=1",
            "\u{200b}\u{200b}=1",
            "\u{a0}＝1",
            "\u{2060}'\u{ad}-1",
            " =1",
        ] {
            assert_eq!(guard(formula), "'", "{formula}");
        }
        for text in ["O'Neil", "'quoted'", "\u{200b}Lee = Ann"] {
            assert_eq!(guard(text), "", "{text}");
        }
    }

    #[test]
    fn cells_are_quoted_where_they_have_to_be() {
        assert_eq!(
            row(["a", "b,c", "say \"hi\"", "two\r\nlines"].into_iter()),
            "a,\"b,c\",\"say \"\"hi\"\"\",\"two\r\nlines\"\r\n"
        );
        assert_eq!(
            row([" a", "b ", " ", "", "=1 ", "\t-2"].into_iter()),
            "\" a\",\"b \",\" \",,\"'=1 \",\"'\t-2\"\r\n"
        );
    }

    proptest! {
        #[test]
        fn the_guard_comes_off_exactly(text in "['=+@\t\u{feff}\u{200b} a-]{0,6}") {
            let guarded = format!("{}{text}", guard(&text));
            prop_assert_eq!(unguard(&guarded), text.as_str());
        }

        #[test]
        fn a_csv_reader_reads_the_same_cells(cells in prop::collection::vec("\\PC*|[\",;'\r\n =]{0,5}", 2..5)) {
            let written = row(cells.iter().map(String::as_str));
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_bytes());
            let record = reader.records().next().expect("one row").expect("readable");
            let read: Vec<_> = record.iter().map(unguard).collect();
            prop_assert_eq!(read, cells);
        }
    }
}
