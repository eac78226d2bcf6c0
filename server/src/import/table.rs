//! A CSV file as a table of drafts, row by row.

use std::io::{Chain, Cursor, Read, Seek};

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};

use super::{ImportError, line_ends::LineEnds};
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
    /// A quotation mark is opened and the file ends before another one closes it.
    #[error("a quotation mark in this row is never closed")]
    QuoteOpen,
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
///
/// A row of empty cells is read behind the file's last one. A quotation mark that is never closed swallows it with the
/// rest of the file, which the CSV reader would take for one long text.
pub(super) struct Table<'a, R> {
    reader: Reader<LineEnds<Chain<&'a mut R, Cursor<String>>>>,
    columns: Vec<Option<Field>>,
    last_row: String,
    record: ByteRecord,
}

impl<'a, R: Read + Seek> Table<'a, R> {
    /// Reads the header, from the file's beginning.
    pub fn open(source: &'a mut R) -> Result<Self, ImportError> {
        let (delimiter, cells) = delimiter(source)?;
        let last_row = format!("\n{}\n", char::from(delimiter).to_string().repeat(cells.saturating_sub(1)));
        source.rewind()?;
        let whole = LineEnds::new(source.chain(Cursor::new(last_row.clone())));
        let mut table = Self {
            reader: builder(delimiter).from_reader(whole),
            columns: Vec::new(),
            last_row,
            record: ByteRecord::new(),
        };
        table.read()?;
        let header = table.texts()?;
        table.columns = header.into_iter().map(named).collect();
        table.check_columns()?;
        Ok(table)
    }

    fn check_columns(&self) -> Result<(), ImportError> {
        for field in Field::ALL {
            let why = match self.columns.iter().filter(|column| **column == Some(field)).count() {
                0 if NEEDED.contains(&field) => Malformation::ColumnMissing(field.column()),
                0 | 1 => continue,
                _ => Malformation::ColumnTwice(field.column()),
            };
            return Err(self.malformed(why));
        }
        Ok(())
    }

    /// The next row that is not blank.
    pub fn next(&mut self) -> Result<Option<Row>, ImportError> {
        while self.read()? {
            let (expected, found) = (self.columns.len(), self.record.len());
            if found != expected {
                return Err(self.malformed(Malformation::Ragged { expected: expected as u64, found: found as u64 }));
            }
            let cells = self.texts()?;
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                return Ok(Some(Row { line: self.line(), draft: self.draft(cells) }));
            }
        }
        Ok(None)
    }

    fn read(&mut self) -> Result<bool, ImportError> {
        let read = self.reader.read_byte_record(&mut self.record).map_err(unreadable)?;
        match self.is_open() {
            true => Err(self.malformed(Malformation::QuoteOpen)),
            false => Ok(read),
        }
    }

    /// Whether the row has swallowed the one behind the last.
    fn is_open(&self) -> bool {
        self.record.iter().next_back().is_some_and(|cell| cell.ends_with(self.last_row.as_bytes()))
    }

    /// The line on which the row begins. Blank lines before it do not count to it.
    fn line(&self) -> u64 {
        if self.record.is_empty() {
            return 1;
        }
        let within = self.record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        let end = u64::from(!self.is_open());
        self.reader.position().line().saturating_sub(within + end)
    }

    fn texts(&self) -> Result<Vec<&str>, ImportError> {
        let texts = self.record.iter().map(str::from_utf8).collect::<Result<_, _>>();
        texts.map_err(|_| self.malformed(Malformation::NotUtf8))
    }

    fn draft(&self, cells: Vec<&str>) -> Draft {
        let mut draft = Draft::default();
        for (column, cell) in self.columns.iter().zip(cells) {
            if let Some(field) = column {
                draft.set(*field, Ok(unguard(cell).to_owned()));
            }
        }
        draft
    }

    fn malformed(&self, why: Malformation) -> ImportError {
        ImportError::Malformed { line: self.line(), why }
    }
}

/// The field that a header names, in whatever case.
fn named(header: &str) -> Option<Field> {
    let header = header.trim();
    Field::ALL.into_iter().find(|field| field.column().eq_ignore_ascii_case(header))
}

/// A comma, or the semicolon of spreadsheets in countries that write a decimal comma: the one under which the header
/// has more names that we know. And how many cells the header has.
fn delimiter<R: Read + Seek>(source: &mut R) -> Result<(u8, usize), ImportError> {
    let mut header = |delimiter| -> Result<(usize, usize), ImportError> {
        source.rewind()?;
        let mut reader = builder(delimiter).from_reader(LineEnds::new(&mut *source));
        let mut header = ByteRecord::new();
        reader.read_byte_record(&mut header).map_err(unreadable)?;
        let known = header.iter().filter(|cell| str::from_utf8(cell).is_ok_and(|cell| named(cell).is_some()));
        Ok((known.count(), header.len()))
    };
    let (commas, semicolons) = (header(b',')?, header(b';')?);
    Ok(if semicolons.0 > commas.0 { (b';', semicolons.1) } else { (b',', commas.1) })
}

/// Reads rows as they are; the table checks them.
fn builder(delimiter: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(delimiter).has_headers(false).flexible(true);
    builder
}

fn unreadable(error: csv::Error) -> ImportError {
    match error.into_kind() {
        ErrorKind::Io(error) => error.into(),
        other => std::io::Error::other(format!("{other:?}")).into(),
    }
}
