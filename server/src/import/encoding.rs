//! A file's text as UTF-8, whichever of Unicode's encodings a spreadsheet saved it in.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How much is read at a time.
const PIECE: usize = 8 << 10;
/// How many bytes the longest byte order mark has.
const LONGEST_MARK: u64 = 3;
/// In UTF-8, no text holds this byte: it stands for what cannot be read, so that the line it is in is told.
const UNREADABLE: u8 = 0xff;

/// Reads UTF-16, which is what spreadsheets call "Unicode text", as UTF-8, and takes a byte order mark off. Everything
/// else is left as it is.
pub(super) struct Utf8<R> {
    source: R,
    decoder: Option<Decoder>,
    /// What was read and not yet given away, and how much of it was.
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Utf8<R> {
    /// Looks at the beginning of the source.
    pub fn new(mut source: R) -> io::Result<Self> {
        let mut ready = Vec::new();
        source.by_ref().take(LONGEST_MARK).read_to_end(&mut ready)?;
        let (encoding, mark) = match (Encoding::for_bom(&ready), ready.as_slice()) {
            (Some((encoding, mark)), _) => (encoding, mark),
            // No text begins with half a character of UTF-16 that is nothing by itself.
            (None, [first, 0, ..]) if *first != 0 => (UTF_16LE, 0),
            (None, [0, second, ..]) if *second != 0 => (UTF_16BE, 0),
            _ => (UTF_8, 0),
        };
        ready.drain(..mark);
        let mut reader = Self { source, decoder: None, ready, given: 0, ended: false };
        if encoding != UTF_8 {
            reader.decoder = Some(encoding.new_decoder_without_bom_handling());
            let beginning = std::mem::take(&mut reader.ready);
            reader.decode(&beginning);
        }
        Ok(reader)
    }

    /// Reads and decodes the next piece.
    fn refill(&mut self) -> io::Result<()> {
        let mut piece = vec![0; PIECE];
        let read = self.source.read(&mut piece)?;
        piece.truncate(read);
        self.ended = read == 0;
        self.given = 0;
        self.ready.clear();
        self.decode(&piece);
        Ok(())
    }

    /// Adds a piece to what is ready.
    fn decode(&mut self, piece: &[u8]) {
        let Some(decoder) = &mut self.decoder else { return self.ready.extend_from_slice(piece) };
        let mut rest = piece;
        loop {
            let mut text = [0; 4 * PIECE];
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut text, self.ended);
            self.ready.extend_from_slice(&text[..written]);
            rest = &rest[read..];
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => self.ready.push(UNREADABLE),
            }
        }
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() && !self.ended {
            self.refill()?;
        }
        let kept = &self.ready[self.given..];
        let given = kept.len().min(buffer.len());
        buffer[..given].copy_from_slice(&kept[..given]);
        self.given += given;
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes one by one.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, others)) = self.0.split_first() else { return Ok(0) };
            buffer[0] = *first;
            self.0 = others;
            Ok(1)
        }
    }

    fn read(bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        Utf8::new(Slow(bytes)).expect("readable").read_to_end(&mut text).expect("readable");
        let mut at_once = Vec::new();
        Utf8::new(bytes).expect("readable").read_to_end(&mut at_once).expect("readable");
        assert_eq!(text, at_once);
        text
    }

    #[test]
    fn utf_16_becomes_utf_8_wherever_it_is_cut() {
        let text = format!("Мария 👩, {}\n", "x".repeat(3 * PIECE));
        let marked = format!("\u{feff}{text}");
        let little: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&little), text.as_bytes());
        assert_eq!(read(&big), text.as_bytes());
        let plain = "BroadWorks ID\nМария".to_owned();
        let unmarked: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&unmarked), plain.as_bytes());
        let unmarked: Vec<u8> = plain.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&unmarked), plain.as_bytes());
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for bytes in [&b""[..], b"a", b"ab", "Мария".as_bytes(), b"Ren\xe9", b"\0\0\0"] {
            assert_eq!(read(bytes), bytes);
        }
        assert_eq!(read("\u{feff}Мария".as_bytes()), "Мария".as_bytes());
    }

    #[test]
    fn half_a_character_is_told_and_not_guessed() {
        assert_eq!(read(b"\xff\xfea\0b"), b"a\xff", "the last character is cut off");
        assert_eq!(read(b"\xff\xfea\0\x00\xd8b\0"), b"a\xffb", "half of a pair");
    }
}
