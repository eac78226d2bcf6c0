//! SQLite's write-ahead log, looked through (sqlite.org/fileformat2.html, "The Write-Ahead Log").
//!
//! While a database is open SQLite believes its log, and moves what stands there to its place unseen. When the log is opened anew, it ends
//! for SQLite at the first frame whose checksum is wrong, and what stands behind that is thrown away without a word: so SQLite undoes
//! what a power cut has torn, and so it would lose what was accepted, if something else has damaged the log.
//!
//! The two can be told apart. A checksum goes on from that of the frame before, which stands in it; so a frame behind a broken one can
//! be known to be whole. And each transaction is on the disk before the next begins: a power cut tears the last one alone.

use std::{
    fs::File,
    io::{self, BufReader, ErrorKind, Read as _},
    path::Path,
};

use sea_orm::DbErr;

use super::failure::{damaged, unreadable};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// The first four bytes but for the last bit, which says how numbers are summed up.
const MAGIC: u32 = 0x377f_0682;
/// How many transactions that are whole behind what is broken cannot be what a power cut has left.
const DURABLE: usize = 2;

type Sums = (u32, u32);

/// # Errors
/// If something is broken before what was accepted later. Whoever writes meanwhile is not taken for that.
pub(super) fn check(log: &Path) -> Result<(), DbErr> {
    let walk = || walk(log).map_err(|error| unreadable(&error));
    match walk()? {
        // What somebody was in the middle of is whole a moment later.
        Some(broken) if walk()? == Some(broken) => {
            Err(damaged(&format!("the write-ahead log is broken at frame {broken}, before what was accepted later")))
        }
        _ => Ok(()),
    }
}

/// The first frame that is broken before others that are whole; 0 is what the log begins with.
fn walk(log: &Path) -> io::Result<Option<u64>> {
    let Some(mut file) = open(log)? else { return Ok(None) };
    let mut header = [0; HEADER];
    if !fill(&mut file, &mut header)? {
        return Ok(None);
    }
    let Some(beginning) = Beginning::read(&header) else {
        let mut next = [0; FRAME_HEADER];
        let is_used = fill(&mut file, &mut next)? && next != [0; FRAME_HEADER];
        return Ok(is_used.then_some(0));
    };
    let mut frame = vec![0; FRAME_HEADER + beginning.page];
    let (mut before, mut broken, mut behind) = (beginning.sums, None, 0);
    let mut number = 0;
    while fill(&mut file, &mut frame)? {
        number += 1;
        if !beginning.holds(&frame, before) {
            broken.get_or_insert(number);
        } else if broken.is_some() && ends_transaction(&frame) {
            behind += 1;
        }
        before = sums_in(&frame[16..24]);
    }
    Ok(broken.filter(|_| behind >= DURABLE && begins_with(log, &header)))
}

/// The log, if there is one.
fn open(log: &Path) -> io::Result<Option<BufReader<File>>> {
    match File::open(log) {
        Ok(file) => Ok(Some(BufReader::with_capacity(1 << 16, file))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether there was as much as that.
fn fill(file: &mut BufReader<File>, bytes: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(bytes) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| true),
    }
}

/// Whether nobody has begun the log from its beginning meanwhile.
fn begins_with(log: &Path, header: &[u8; HEADER]) -> bool {
    let mut now = [0; HEADER];
    open(log).is_ok_and(|file| file.is_some_and(|mut file| matches!(fill(&mut file, &mut now), Ok(true))))
        && now == *header
}

/// What a log begins with, and all its frames go by.
struct Beginning {
    big_endian: bool,
    page: usize,
    salt: [u8; 8],
    sums: Sums,
}

impl Beginning {
    fn read(header: &[u8; HEADER]) -> Option<Self> {
        let magic = number(&header[..4]);
        let big_endian = magic & 1 == 1;
        let sums = sum((0, 0), &header[..24], big_endian);
        let page = usize::try_from(number(&header[8..12])).ok()?;
        let is_whole = magic & !1 == MAGIC && sums == sums_in(&header[24..]) && page.is_power_of_two();
        is_whole.then(|| Self { big_endian, page, salt: std::array::from_fn(|at| header[16 + at]), sums })
    }

    /// Whether a frame is of this log, and as it was written behind one with these sums.
    fn holds(&self, frame: &[u8], before: Sums) -> bool {
        let so_far = |sums, bytes| sum(sums, bytes, self.big_endian);
        frame[8..16] == self.salt
            && so_far(so_far(before, &frame[..8]), &frame[FRAME_HEADER..]) == sums_in(&frame[16..24])
    }
}

/// Only the last frame of a transaction says how large the database is then.
fn ends_transaction(frame: &[u8]) -> bool {
    number(&frame[4..8]) > 0
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn sums_in(bytes: &[u8]) -> Sums {
    (number(&bytes[..4]), number(&bytes[4..8]))
}

fn sum(so_far: Sums, bytes: &[u8], big_endian: bool) -> Sums {
    let read = |bytes: &[u8]| if big_endian { number(bytes) } else { number(bytes).swap_bytes() };
    bytes.chunks_exact(8).fold(so_far, |(first, second), pair| {
        let first = first.wrapping_add(read(&pair[..4])).wrapping_add(second);
        (first, second.wrapping_add(read(&pair[4..])).wrapping_add(first))
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::FileExt as _, path::PathBuf};

    use rusqlite::Connection;

    use super::*;

    const FRAME: u64 = 24 + 4_096;

    /// A database whose log holds a transaction for each row, and is kept while the connection is open.
    fn with_rows(rows: usize) -> (tempfile::TempDir, Connection, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("things.db");
        let connection = Connection::open(&file).unwrap();
        connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE thing (id integer)").unwrap();
        for _ in 0..rows {
            connection.execute("INSERT INTO thing VALUES (7)", []).unwrap();
        }
        (folder, connection, file.with_extension("db-wal"))
    }

    fn overwrite(log: &Path, at: u64, bytes: &[u8]) {
        fs::OpenOptions::new().write(true).open(log).unwrap().write_all_at(bytes, at).unwrap();
    }

    fn frames(log: &Path) -> u64 {
        (fs::metadata(log).unwrap().len() - 32) / FRAME
    }

    #[test]
    fn bytes_that_were_changed_before_what_was_accepted_later_are_found_wherever_they_stand() {
        let (_folder, _connection, log) = with_rows(9);
        check(&log).unwrap();
        let whole = fs::read(&log).unwrap();
        let at = |frame: u64| 32 + (frame - 1) * FRAME;
        for (place, found) in [(0, 0), (20, 0), (at(1) + 9, 1), (at(3) + 18, 3), (at(3) + 24, 3), (at(4) + 4_000, 4)] {
            overwrite(&log, place, b"\xa5\x5a\xa5");
            assert_eq!(walk(&log).unwrap(), Some(found), "{place}");
            check(&log).unwrap_err();
            fs::write(&log, &whole).unwrap();
        }
        overwrite(&log, 0, &[0; 32]);
        check(&log).unwrap_err();
    }

    #[test]
    fn what_a_power_cut_leaves_is_no_damage() {
        let (_folder, _connection, log) = with_rows(9);
        let (whole, last) = (fs::read(&log).unwrap(), frames(&log));
        // Of the last transaction one part is there and another is not, or only a part of it at all.
        overwrite(&log, 32 + (last - 2) * FRAME + 24, &[0; 4_096]);
        check(&log).unwrap();
        fs::write(&log, &whole[..whole.len() - 1_000]).unwrap();
        check(&log).unwrap();
        fs::write(&log, &whole[..20]).unwrap();
        check(&log).unwrap();
        fs::write(&log, [0; 32 + 24]).unwrap();
        check(&log).unwrap();
        fs::remove_file(&log).unwrap();
        check(&log).unwrap();
    }

    #[test]
    fn a_log_that_has_begun_anew_over_an_older_one_is_whole() {
        let (_folder, connection, log) = with_rows(9);
        let frames_before = frames(&log);
        connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())).unwrap();
        connection.execute_batch("DELETE FROM thing").unwrap();
        assert_eq!(frames(&log), frames_before, "what is older stands behind it");
        check(&log).unwrap();
    }

    #[test]
    fn who_writes_meanwhile_damages_nothing() {
        let (_folder, connection, log) = with_rows(1);
        connection
            .execute_batch("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 20; PRAGMA cache_size = 5")
            .unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(move || {
                for row in 0..400 {
                    // Now and then more than fits into memory, and given up.
                    let end = if row % 7 == 0 { "ROLLBACK" } else { "COMMIT" };
                    let many = if row % 5 == 0 { 9_000 } else { 9 };
                    let rows = format!(
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many}) \
                                        INSERT INTO thing SELECT i FROM n"
                    );
                    connection
                        .execute_batch(&format!("BEGIN; {rows}; {end}; DELETE FROM thing WHERE id > {row}"))
                        .unwrap();
                }
            });
            while !writer.is_finished() {
                check(&log).unwrap();
            }
        });
        check(&log).unwrap();
    }
}
