//! How the import of a file goes, as the server reports it to the hub.

use domain::{Fault, Field};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// The most rows that a file may have.
pub const MOST_ROWS: u64 = 100_000;
/// The most bytes that a file may have.
pub const LARGEST_FILE: usize = LARGEST_MEGABYTES << 20;
/// As many megabytes.
pub const LARGEST_MEGABYTES: usize = 32;

/// What the server reports while it reads a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportNews {
    /// It has imported so many rows.
    Progress {
        /// How many rows it has imported.
        rows: u64,
    },
    /// It is done.
    Done(ImportReport),
    /// Nothing came of it.
    Failed(ImportFailure),
}

/// How an import, or the check before it, went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Rows in the file.
    pub rows: u64,
    /// Users who were added, or would be.
    pub added: u64,
    /// Users who were there already.
    pub already_there: u64,
    /// Bad rows.
    pub refused: u64,
    /// What is wrong with them.
    pub problems: Vec<CellProblem>,
    /// Columns that nobody knows: what stands in them was not read.
    pub ignored_columns: Vec<String>,
    /// The refused rows as a file, each with what is wrong with it.
    #[serde(default)]
    pub given_back: Option<String>,
    /// Whether anything was written.
    pub written: bool,
}

/// What is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellProblem {
    /// The row's first line in the file, from 1.
    pub line: u64,
    /// Which column; nothing, if the row as a whole is wrong.
    pub field: Option<Field>,
    /// What is wrong.
    pub fault: Fault,
}

/// Why a file was not imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFailure {
    /// It is no table of users.
    Malformed {
        /// In which line.
        line: u64,
        /// What is wrong there.
        why: Malformation,
    },
    /// It has too many rows.
    TooManyRows {
        /// How many it may have.
        most: u64,
    },
    /// It is larger than [`LARGEST_FILE`].
    TooLarge,
    /// The connection was lost; what was written until then stays.
    ConnectionLost,
    /// Something else.
    Problem(Problem),
}

/// Why a file is no table of users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Malformation {
    /// A column that has to be there is not.
    ColumnMissing(String),
    /// A column is there twice.
    ColumnTwice(String),
    /// It has more columns than a table of users can have.
    TooManyColumns,
    /// A quotation mark is never closed.
    QuoteOpen,
    /// A quoted cell goes on behind the quotation mark that closes it.
    QuoteStray,
    /// It is a spreadsheet's workbook and no CSV.
    Workbook,
    /// It is not in UTF-8.
    NotUtf8,
}
