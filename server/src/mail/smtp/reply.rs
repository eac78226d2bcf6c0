//! What a mail server says (RFC 5321 §4.2), read as loosely as it may be written.
//!
//! What decides is the three digits. Servers say them without a text, before lines of any length, in the letters of their
//! own country, or with strange lines in between; none of that makes a refusal something else.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

use super::Broken;
use crate::mail::refusal::status_of;

/// How much is kept of a line, and of how many lines.
const LINE: u64 = 1_000;
const LINES: usize = 100;
/// A reply of more pieces of [`LINE`] is none.
const PIECES: usize = 1_000;

/// A reply.
#[derive(Debug)]
pub(super) struct Reply {
    /// Its three digits: those of its last line.
    pub(super) code: u16,
    /// What stands behind them.
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// The next reply.
    pub(super) async fn read(from: &mut (impl AsyncBufRead + Unpin)) -> Result<Self, Broken> {
        let (mut code, mut lines, mut left) = (None, Vec::new(), PIECES);
        loop {
            let line = match next_line(from, &mut left).await? {
                Some(line) => line,
                // It hung up in the middle of a reply, and what it meant is said.
                None if code.is_some() => break,
                None => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            };
            // What has slipped in between its lines belongs to the reply.
            let between = code.map(|digits| Head { digits, is_last: false, text: &line });
            let Head { digits, is_last, text } = Head::read(&line).or(between).ok_or(Broken::Garbled)?;
            // Yes and no in one reply are neither.
            if code.replace(digits).is_some_and(|before| before / 100 != digits / 100) {
                return Err(Broken::Garbled);
            }
            if lines.len() < LINES {
                lines.push(legible(text));
            }
            if is_last {
                break;
            }
        }
        let code = code.filter(|code| (200..600).contains(code)).ok_or(Broken::Garbled)?;
        Ok(Self { code, lines })
    }

    pub(super) const fn is_positive(&self) -> bool {
        self.code < 400
    }

    /// Whether it says that what was asked is done. 3yz wants more; and these are answers to something else (RFC 5321 §4.2.2): help,
    /// a greeting, a good-bye, and who was let in.
    pub(super) const fn is_done(&self) -> bool {
        self.code < 300 && !matches!(self.code, 211 | 214 | 220 | 221 | 235)
    }

    /// Whether it asks for what comes next, such as the message.
    pub(super) const fn wants_more(&self) -> bool {
        self.code / 100 == 3
    }

    /// Its text in one line. An enhanced status code comes first and once, whichever line has it.
    pub(super) fn text(&self) -> String {
        let status = self.lines.iter().find_map(|line| status_of(line));
        let bare = self.lines.iter().map(|line| match status {
            Some(status) if status_of(line) == Some(status) => line.trim().trim_start_matches(status).trim_start(),
            _ => line.trim(),
        });
        let words = status.into_iter().chain(bare).filter(|part| !part.is_empty());
        words.collect::<Vec<_>>().join(" ")
    }
}

/// What a line begins with.
struct Head<'a> {
    digits: u16,
    is_last: bool,
    text: &'a [u8],
}

impl<'a> Head<'a> {
    fn read(line: &'a [u8]) -> Option<Self> {
        let (digits, rest) = line.split_at_checked(3)?;
        if !digits.iter().all(u8::is_ascii_digit) || rest.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let digits = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        let (is_last, text) = match rest {
            [b'-', text @ ..] => (false, text),
            [b' ', text @ ..] => (true, text),
            text => (true, text),
        };
        Some(Self { digits, is_last, text })
    }
}

/// The beginning of the next line, if one comes.
async fn next_line(from: &mut (impl AsyncBufRead + Unpin), left: &mut usize) -> Result<Option<Vec<u8>>, Broken> {
    let mut kept = None;
    loop {
        *left = left.checked_sub(1).ok_or(Broken::Garbled)?;
        let mut piece = Vec::new();
        (&mut *from).take(LINE).read_until(b'\n', &mut piece).await?;
        let ends = piece.is_empty() || piece.ends_with(b"\n");
        if !piece.is_empty() {
            kept.get_or_insert(piece);
        }
        if ends {
            return Ok(kept.map(|line| line.trim_ascii_end().to_vec()));
        }
    }
}

/// Words that are not UTF-8 are left out: a name among them could not be told from others.
fn legible(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let words = text.split(' ').map(|word| if word.contains(char::REPLACEMENT_CHARACTER) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}
