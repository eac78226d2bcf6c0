//! Quotation marks in CSV, followed byte by byte (RFC 4180 §2.5 to 2.7): the CSV reader takes whatever stands behind a closing one
//! into the cell, and rows may have been swallowed on the way to it.

use std::io::{self, Read};

/// Reads on, and remembers where a quoted cell goes on behind its end.
pub(super) struct Quotes<R> {
    source: R,
    delimiter: u8,
    at: At,
    line: u64,
    /// The line on which the last quoted cell began.
    opened: u64,
    stray: Option<u64>,
}

#[derive(Clone, Copy)]
enum At {
    /// Where a cell begins.
    Beginning,
    /// In a cell without quotation marks around it: those in it are signs like others.
    Bare,
    Quoted,
    /// Behind a quotation mark in a quoted cell: its end, or the first of two that mean one.
    Closing,
}

impl<R> Quotes<R> {
    pub const fn new(source: R, delimiter: u8) -> Self {
        Self { source, delimiter, at: At::Beginning, line: 1, opened: 1, stray: None }
    }

    /// The line on which the first quoted cell begins that is followed by more text, as far as has been read.
    pub const fn stray(&self) -> Option<u64> {
        self.stray
    }

    fn follow(&mut self, byte: u8) {
        let ends = byte == self.delimiter || byte == b'\n';
        self.at = match (self.at, byte) {
            (At::Beginning, b'"') => {
                self.opened = self.line;
                At::Quoted
            }
            (At::Quoted, b'"') => At::Closing,
            (At::Quoted, _) | (At::Closing, b'"') => At::Quoted,
            (At::Beginning | At::Bare | At::Closing, _) if ends => At::Beginning,
            (At::Closing, _) => {
                self.stray.get_or_insert(self.opened);
                At::Bare
            }
            (At::Beginning | At::Bare, _) => At::Bare,
        };
        self.line += u64::from(byte == b'\n');
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        buffer[..read].iter().for_each(|byte| self.follow(*byte));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stray(text: &str) -> Option<u64> {
        let mut quotes = Quotes::new(text.as_bytes(), b',');
        io::copy(&mut quotes, &mut io::sink()).unwrap();
        quotes.stray()
    }

    #[test]
    fn a_quoted_cell_ends_with_its_quotation_mark() {
        for sound in ["a,\"b\"\n", "\"a\nb\",c", "5\" pipe,\"5\"\" pipe\"", "\"\",\"\"\n", "\"never closed", "a\"b\"c"]
        {
            assert_eq!(stray(sound), None, "{sound}");
        }
        assert_eq!(stray("a\n\"Ann\" Mary,b\n"), Some(2));
        assert_eq!(stray("a,\"call after 5\nb,c\nd,\"ok\"\n"), Some(1));
    }
}
