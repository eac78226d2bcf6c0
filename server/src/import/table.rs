//! A CSV file as a table of drafts, row by row.

use std::io::{Chain, Cursor, Read, Seek};

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};
use domain::{Fault, Field, draft::Draft, spreadsheet, typed::as_meant};

use super::{ImportError, encoding::Utf8, line_ends::LineEnds, quotes::Quotes};
use crate::{spreadsheet::unguard, subscriber_file::is_written_only};

/// Without these columns it is no table of subscribers.
const NEEDED: [Field; 4] = [Field::UserId, Field::FirstName, Field::LastName, Field::SpEnterpriseId];
/// What may stand between two cells: a comma, the semicolon of spreadsheets in countries that write a decimal comma, the
/// tab of "Unicode text".
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// The most columns of a table. Whoever has more has the wrong file, or wants to keep the server busy.
const MOST_COLUMNS: usize = 300;
/// The most bytes of a first line that names the delimiter and is as wide as the widest table, quoted.
const LONGEST_NAMING: u64 = 9 + MOST_COLUMNS as u64;
/// With what old programs end a file (Ctrl-Z).
const END_OF_FILE: char = '\u{1a}';
/// The most characters of a column's name and the most names that are told.
const LONGEST_NAME: usize = 80;
const MOST_NAMES: usize = 100;

/// Why a file is no table of subscribers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformation {
    /// A column that has to be there is not.
    #[error("there is no column {0}")]
    ColumnMissing(&'static str),
    /// A column is there twice.
    #[error("there are two columns {0}")]
    ColumnTwice(&'static str),
    /// There are more columns than a table of subscribers can have.
    #[error("there are more than {MOST_COLUMNS} columns")]
    TooManyColumns,
    /// A quotation mark is opened and the file ends before another one closes it.
    #[error("a quotation mark in this row is never closed")]
    QuoteOpen,
    /// A quoted cell goes on behind the quotation mark that closes it: another one is missing, and rows may stand in one cell.
    #[error("after a closing quotation mark comes more text")]
    QuoteStray,
    /// It is no text but a workbook, as a spreadsheet keeps it for itself.
    #[error("this is a spreadsheet's workbook, not CSV")]
    Workbook,
    /// The file is not in UTF-8.
    #[error("this is not UTF-8")]
    NotUtf8,
}

/// A row of the table.
pub(super) struct Row {
    /// Its first line in the file.
    pub line: u64,
    /// What is written in it, or why that cannot be told.
    pub draft: Result<Draft, Fault>,
}

/// A file's lines, and one more.
type Lines<'a, R> = LineEnds<Chain<Utf8<&'a mut R>, Cursor<String>>>;

/// A file being read.
///
/// A row of empty cells is read behind the file's last one. A quotation mark that is never closed swallows it with the
/// rest of the file, which the CSV reader would take for one long text.
pub(super) struct Table<'a, R> {
    reader: Reader<Quotes<Lines<'a, R>>>,
    columns: Vec<Option<Field>>,
    ignored: Vec<String>,
    header: Vec<String>,
    last_row: String,
    record: ByteRecord,
}

impl<'a, R: Read + Seek> Table<'a, R> {
    /// Reads the header, from the file's beginning.
    pub fn open(source: &'a mut R) -> Result<Self, ImportError> {
        if is_workbook(source)? {
            return Err(ImportError::Malformed { line: 1, why: Malformation::Workbook });
        }
        let Shape { delimiter, cells, named } = Shape::of(source)?;
        if cells > MOST_COLUMNS {
            return Err(ImportError::Malformed { line: 1, why: Malformation::TooManyColumns });
        }
        let last_row = format!("\n{}\n", char::from(delimiter).to_string().repeat(cells.saturating_sub(1)));
        source.rewind()?;
        let whole = LineEnds::new(Utf8::new(source)?.chain(Cursor::new(last_row.clone())));
        let mut table = Self {
            reader: builder(delimiter).from_reader(Quotes::new(whole, delimiter)),
            columns: Vec::new(),
            ignored: Vec::new(),
            header: Vec::new(),
            last_row,
            record: ByteRecord::new(),
        };
        if named {
            table.read()?;
        }
        let mut more = table.read()?;
        while more && is_blank(&table.record) {
            more = table.read()?;
        }
        let header = table.texts()?;
        let named = header.iter().map(|name| (*name).to_owned()).collect();
        (table.columns, table.ignored) = columns(&header);
        table.header = named;
        table.check_columns()?;
        Ok(table)
    }

    /// The columns that nobody knows, as the header names them. Those that Export writes to tell how a subscriber stands
    /// are known.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// The header as it is written.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The cells of the row that was read last, as they are written.
    pub fn cells(&self) -> Vec<String> {
        self.record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
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
            if !is_blank(&self.record) {
                return Ok(Some(Row { line: self.line(), draft: self.draft()? }));
            }
        }
        Ok(None)
    }

    fn read(&mut self) -> Result<bool, ImportError> {
        let read = self.reader.read_byte_record(&mut self.record).map_err(unreadable)?;
        if self.is_open() {
            return Err(self.malformed(Malformation::QuoteOpen));
        }
        // The reader is ahead of the rows that it gives.
        match self.reader.get_ref().stray() {
            Some(line) if line < self.reader.position().line() => {
                Err(ImportError::Malformed { line, why: Malformation::QuoteStray })
            }
            _ => Ok(read),
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

    /// What the cells say. Spreadsheets leave out empty cells at a row's end; with too many, nobody knows which is which.
    fn draft(&self) -> Result<Result<Draft, Fault>, ImportError> {
        let cells = self.texts()?;
        let beyond = cells.get(self.columns.len()..).unwrap_or_default();
        if beyond.iter().any(|cell| !cell.trim().is_empty()) {
            return Ok(Err(Fault::TooManyCells));
        }
        let mut draft = Draft::default();
        for (column, cell) in self.columns.iter().zip(cells) {
            if let Some(field) = column {
                let damaged = spreadsheet::is_formula_or_error(cell);
                let written = if damaged { Err(Fault::DamagedBySpreadsheet) } else { Ok(unguard(cell).to_owned()) };
                draft.set(*field, written);
            }
        }
        Ok(Ok(draft))
    }

    fn malformed(&self, why: Malformation) -> ImportError {
        ImportError::Malformed { line: self.line(), why }
    }
}

/// The fields that a header names, and the names that mean none. What Export calls a column counts before what others call
/// it: of `Phone` and `Primary Phone` the second is the phone.
fn columns(header: &[&str]) -> (Vec<Option<Field>>, Vec<String>) {
    let mut columns: Vec<_> = header.iter().map(|name| Field::of_column(name)).collect();
    for (at, name) in header.iter().enumerate() {
        let other = Field::of_other_name(name).filter(|field| !columns.contains(&Some(*field)));
        columns[at] = columns[at].or(other);
    }
    let nobodys = header.iter().zip(&columns).filter(|(_, field)| field.is_none());
    let named = nobodys.map(|(name, _)| as_meant(name).trim().chars().take(LONGEST_NAME).collect::<String>());
    let ignored = named.filter(|name| !name.is_empty() && !is_written_only(name));
    let ignored = ignored.take(MOST_NAMES).collect();
    (columns, ignored)
}

/// How a file is written.
struct Shape {
    delimiter: u8,
    /// How many cells the header has.
    cells: usize,
    /// Whether the first line names the delimiter, as spreadsheets write it for each other: `sep=;`.
    named: bool,
}

impl Shape {
    fn of<R: Read + Seek>(source: &mut R) -> Result<Self, ImportError> {
        if let Some(delimiter) = named_delimiter(source)? {
            let (_, cells) = header(source, delimiter, true)?;
            return Ok(Self { delimiter, cells, named: true });
        }
        // The one under which the header has most names that we know; of equals, the first.
        let mut best = Self { delimiter: DELIMITERS[0], cells: 0, named: false };
        let mut most = None;
        for delimiter in DELIMITERS {
            let (known, cells) = header(source, delimiter, false)?;
            if most.is_none_or(|most| known > most) {
                (most, best) = (Some(known), Self { delimiter, cells, named: false });
            }
        }
        Ok(best)
    }
}

/// Whether the file begins as a ZIP archive does (Excel, LibreOffice, Numbers), or a compound file (Excel until 2003).
fn is_workbook<R: Read + Seek>(source: &mut R) -> Result<bool, ImportError> {
    source.rewind()?;
    let mut beginning = Vec::new();
    source.by_ref().take(4).read_to_end(&mut beginning)?;
    Ok([b"PK\x03\x04", b"\xd0\xcf\x11\xe0"].iter().any(|signature| beginning == *signature))
}

/// The delimiter that the first line names, if it does that. A spreadsheet that has written the file again has filled the line up
/// to the width of the table with the delimiter that it uses itself: then that one counts.
fn named_delimiter<R: Read + Seek>(source: &mut R) -> Result<Option<u8>, ImportError> {
    source.rewind()?;
    let mut beginning = Vec::new();
    LineEnds::new(Utf8::new(&mut *source)?).take(LONGEST_NAMING).read_to_end(&mut beginning)?;
    let Some(line) = beginning.split_inclusive(|byte| *byte == b'\n').next() else { return Ok(None) };
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let (word, delimiter, behind) = match line {
        [b'"', s, e, p, b'=', delimiter, b'"', behind @ ..] | [s, e, p, b'=', delimiter, behind @ ..] => {
            ([*s, *e, *p], *delimiter, behind)
        }
        _ => return Ok(None),
    };
    let names = word.map(|letter| letter.to_ascii_lowercase()) == *b"sep"
        && delimiter != b'"'
        && !delimiter.is_ascii_alphanumeric();
    Ok(match behind {
        _ if !names => None,
        [] => Some(delimiter),
        [own, more @ ..] if DELIMITERS.contains(own) && more.iter().all(|other| other == own) => Some(*own),
        _ => None,
    })
}

/// How many names that we know the header has under a delimiter, and how many cells.
fn header<R: Read + Seek>(source: &mut R, delimiter: u8, skip: bool) -> Result<(usize, usize), ImportError> {
    source.rewind()?;
    let mut reader = builder(delimiter).from_reader(LineEnds::new(Utf8::new(&mut *source)?));
    let mut header = ByteRecord::new();
    if skip {
        reader.read_byte_record(&mut header).map_err(unreadable)?;
    }
    // Blank rows may come before it.
    while reader.read_byte_record(&mut header).map_err(unreadable)? && is_blank(&header) {}
    let named = |name: &str| Field::of_column(name).or_else(|| Field::of_other_name(name)).is_some();
    let known = header.iter().take(MOST_COLUMNS).filter(|cell| str::from_utf8(cell).is_ok_and(named));
    Ok((known.count(), header.len()))
}

fn is_blank(record: &ByteRecord) -> bool {
    let shows = |c: char| !c.is_whitespace() && c != END_OF_FILE;
    record.iter().all(|cell| str::from_utf8(cell).is_ok_and(|cell| !cell.contains(shows)))
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
