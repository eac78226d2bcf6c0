//! A CSV file as a table of drafts, row by row.

use std::io::{Read, Seek};

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};

use super::ImportError;
use crate::{
    export::unguard,
    provisioning::draft::{Draft, Field},
};

/// Without these columns it is no table of subscribers.
const NEEDED: [Field; 4] = [Field::UserId, Field::FirstName, Field::LastName, Field::SpEnterpriseId];

/// Why a file is no table of subscribers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformation {
    /// A column that has to be there is not.
    #[error("there is no column {0}")]
    ColumnMissing(&'static str),
    /// A column is there twice.
    #[error("there are two columns {0}")]
    ColumnTwice(&'static str),
    /// A row has more or fewer cells than the header.
    #[error(
        "{found} cells instead of {expected}; a text with a comma, semicolon or quotation mark in it has to be quoted"
    )]
    Ragged {
        /// Cells in the header.
        expected: u64,
        /// Cells in this row.
        found: u64,
    },
    /// The file is not in UTF-8.
    #[error("this is not UTF-8")]
    NotUtf8,
}

/// A row of the table.
pub(super) struct Row {
    /// Its first line in the file.
    pub line: u64,
    /// What is written in it.
    pub draft: Draft,
}

/// A file being read.
pub(super) struct Table<'a, R> {
    reader: Reader<&'a mut R>,
    columns: Vec<Option<Field>>,
    record: StringRecord,
}

impl<'a, R: Read + Seek> Table<'a, R> {
    /// Reads the header, from the file's beginning.
    pub fn open(source: &'a mut R) -> Result<Self, ImportError> {
        let delimiter = delimiter(source)?;
        source.rewind()?;
        let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(source);
        let header = reader.headers().map_err(malformed)?.clone();
        let columns: Vec<_> = header.iter().map(named).collect();
        for field in Field::ALL {
            let why = match columns.iter().filter(|column| **column == Some(field)).count() {
                0 if NEEDED.contains(&field) => Malformation::ColumnMissing(field.column()),
                0 | 1 => continue,
                _ => Malformation::ColumnTwice(field.column()),
            };
            return Err(ImportError::Malformed { line: 1, why });
        }
        Ok(Self { reader, columns, record: StringRecord::new() })
    }

    /// The next row that is not blank.
    pub fn next(&mut self) -> Result<Option<Row>, ImportError> {
        while self.reader.read_record(&mut self.record).map_err(malformed)? {
            if self.record.iter().any(|cell| !cell.trim().is_empty()) {
                return Ok(Some(self.row()));
            }
        }
        Ok(None)
    }

    fn row(&self) -> Row {
        let mut draft = Draft::default();
        for (column, cell) in self.columns.iter().zip(&self.record) {
            if let Some(field) = column {
                draft.set(*field, Ok(unguard(cell).to_owned()));
            }
        }
        Row { line: self.record.position().map_or(0, csv::Position::line), draft }
    }
}

/// The field that a header names, in whatever case.
fn named(header: &str) -> Option<Field> {
    let header = header.trim();
    Field::ALL.into_iter().find(|field| field.column().eq_ignore_ascii_case(header))
}

/// A comma, or the semicolon of spreadsheets in countries that write a decimal comma: the one under which the header
/// has more names that we know.
fn delimiter<R: Read + Seek>(source: &mut R) -> Result<u8, ImportError> {
    let mut known = |delimiter| -> Result<usize, ImportError> {
        source.rewind()?;
        let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(&mut *source);
        let header = reader.headers().map_err(malformed)?;
        Ok(header.iter().filter(|header| named(header).is_some()).count())
    };
    Ok(if known(b';')? > known(b',')? { b';' } else { b',' })
}

fn malformed(error: csv::Error) -> ImportError {
    let line = error.position().map_or(1, csv::Position::line);
    match error.into_kind() {
        ErrorKind::Utf8 { .. } => ImportError::Malformed { line, why: Malformation::NotUtf8 },
        ErrorKind::UnequalLengths { expected_len: expected, len: found, .. } => {
            ImportError::Malformed { line, why: Malformation::Ragged { expected, found } }
        }
        ErrorKind::Io(error) => error.into(),
        other => std::io::Error::other(format!("{other:?}")).into(),
    }
}
