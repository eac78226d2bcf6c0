//! Line ends as a file's lines are counted, whichever system wrote it.

use std::io::{self, Read};

/// Reads `\r\n` and `\r` as `\n`: the CSV reader counts only those, and begins the next record with the second half of
/// a `\r\n`, so that its lines would be told one too early.
pub(super) struct LineEnds<R> {
    source: R,
    /// Whether the last byte was a `\r`, which was read as a line's end.
    returned: bool,
}

impl<R> LineEnds<R> {
    pub const fn new(source: R) -> Self {
        Self { source, returned: false }
    }
}

impl<R: Read> Read for LineEnds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.source.read(buffer)?;
            let mut kept = 0;
            for at in 0..read {
                let byte = buffer[at];
                let second_half = byte == b'\n' && self.returned;
                self.returned = byte == b'\r';
                if !second_half {
                    buffer[kept] = if self.returned { b'\n' } else { byte };
                    kept += 1;
                }
            }
            // Nothing kept is no end of the file.
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// Gives its text in the given pieces.
    struct Pieces(VecDeque<&'static [u8]>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let piece = self.0.pop_front().unwrap_or_default();
            buffer[..piece.len()].copy_from_slice(piece);
            Ok(piece.len())
        }
    }

    #[test]
    fn every_line_ends_once_wherever_it_is_cut() {
        let pieces: [&[u8]; 6] = [b"a\r", b"\n", b"b\rc\n\n", b"\r", b"\r\n", b"d\r"];
        let mut text = String::new();
        LineEnds::new(Pieces(pieces.into())).read_to_string(&mut text).expect("readable");
        assert_eq!(text, "a\nb\nc\n\n\n\nd\n");
    }
}
