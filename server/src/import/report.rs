//! What an import reports: counts, and where which row is bad and how to fix it.

use std::fmt;

use app::{hub::import_words::in_words, i18n::Locale};
use domain::{Fault, Field, draft::Flaw, fault::Audience, spreadsheet::is_formula_or_error};

use crate::{
    spreadsheet::{BYTE_ORDER_MARK, row, unguard},
    subscriber_file::ROW_ERROR,
};

/// The most bad cells that are listed; all are counted.
const LISTED: usize = 10_000;

/// How an import went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows in the file.
    pub rows: u64,
    /// Subscribers who were added, or would be.
    pub added: u64,
    /// Subscribers who were there already and stay as they are.
    pub already_there: u64,
    /// Bad rows.
    pub refused: u64,
    /// What is wrong with them.
    pub problems: Vec<RowProblem>,
    /// Columns that nobody knows: what stands in them was not read.
    pub ignored_columns: Vec<String>,
    /// The bad rows as a file like the one they come from, with one more column that says what is wrong: to be corrected and
    /// imported. Only where that was asked for.
    pub given_back: Option<String>,
    /// Whether anything was written at all.
    pub written: bool,
}

/// What is wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// The row's first line in the file, counted from 1.
    pub line: u64,
    /// Which column; nothing, if it is the row as a whole.
    pub field: Option<Field>,
    /// What is wrong.
    pub fault: Fault,
}

impl Report {
    pub(super) fn refuse(&mut self, line: u64, flaws: &[Flaw]) {
        self.refused += 1;
        let room = LISTED.saturating_sub(self.problems.len());
        let problems = flaws.iter().map(|flaw| RowProblem { line, field: flaw.field, fault: flaw.fault });
        self.problems.extend(problems.take(room));
    }
}

impl Report {
    /// Adds a bad row, as it was written, to the file that is given back.
    pub(super) fn give_back(&mut self, header: &[String], cells: &[String], flaws: &[Flaw], language: Locale) {
        let own = header.iter().position(|name| name.trim().eq_ignore_ascii_case(ROW_ERROR));
        let wrong = flaws.iter().map(|flaw| in_words(language, flaw.field, flaw.fault));
        let wrong = wrong.collect::<Vec<_>>().join(" ");
        if self.given_back.is_none() {
            let named = widened(header, header.len(), own, ROW_ERROR);
            self.given_back = Some(format!("{BYTE_ORDER_MARK}{named}"));
        }
        let line = widened(cells, header.len(), own, &wrong);
        if let Some(file) = &mut self.given_back {
            file.push_str(&line);
        }
    }
}

/// A row of this many cells and one more. Spreadsheets leave out empty cells at a row's end; what an earlier file that was given
/// back said is left out, and so is a formula, which would come back as a text.
fn widened<'a>(cells: &'a [String], width: usize, without: Option<usize>, last: &'a str) -> String {
    let text = |cell: &'a String| {
        if cell.trim_start().starts_with('=') && is_formula_or_error(cell) { "" } else { unguard(cell) }
    };
    let kept = (0..width).filter(|at| Some(*at) != without).map(|at| cells.get(at).map_or("", text));
    // Where there are too many, nobody knows which is which: they stay, and the row stays refused.
    let beyond = cells.iter().skip(width).map(text);
    row(kept.chain([last]).chain(beyond))
}

impl RowProblem {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        if let Some(remedy) = self.field.and_then(|field| field.remedy(self.fault)) {
            return remedy;
        }
        // The catalogue speaks to API clients here.
        match self.fault {
            Fault::MissingParameter => "Fill in this column.",
            Fault::InvalidParameterSize => "Shorten the text.",
            Fault::InvalidParameter => "Correct the text.",
            Fault::UserIdTaken => "Keep one row for each BroadWorks ID.",
            fault => fault.remedy(Audience::Administrator),
        }
    }
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.field.map(|field| format!(", {}", field.column())).unwrap_or_default();
        write!(f, "line {}{column}: {} {}", self.line, self.fault, self.remedy())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        if !self.ignored_columns.is_empty() {
            let names: Vec<_> = self.ignored_columns.iter().map(|name| format!("{name:?}")).collect();
            writeln!(f, "columns that were not read, because they are unknown: {}", names.join(", "))?;
        }
        let Self { rows, added, already_there, refused, .. } = self;
        let verb = if self.written { "added" } else { "could be added (nothing was written)" };
        write!(f, "{rows} rows: {added} {verb}, {already_there} already there, {refused} refused")
    }
}
