//! What the operating system allows this process.

use std::{
    fmt,
    io::{self, Write as _},
    panic,
    path::Path,
};

use rustix::{
    fs::{Mode, statvfs},
    process::{Resource, Rlimit, Signal, getrlimit, setrlimit, umask},
};
use tokio::signal::unix::SignalKind;

/// How a shell tells that a process was ended by SIGPIPE.
const BROKEN_PIPE: i32 = 128 + 13;

/// Lets nobody else read what this process writes: databases, locks and mails hold people's addresses.
pub fn keep_files_private() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Ends the process when what it prints cannot be written: without a word if nobody reads it any more (`flowthrough user list | head`), as
/// a program ends that is written in C, and else saying so.
pub fn end_with_the_reader() {
    let told = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        match panic.payload_as_str().and_then(|why| why.strip_prefix("failed printing to stdout: ")) {
            Some(why) if why.starts_with("Broken pipe") => std::process::exit(BROKEN_PIPE),
            Some(why) => {
                _ = writeln!(io::stderr(), "flowthrough: what it has to say cannot be printed: {why}");
                std::process::exit(1);
            }
            None => told(panic),
        }
    }));
}

/// Prints a line, if that is possible: a server does without.
pub fn print(line: impl fmt::Display) {
    _ = writeln!(io::stdout(), "{line}");
}

/// Prints what is shown this once, and says whether it was written: whoever shows it takes it back if it was not.
///
/// # Errors
/// Why it was not.
pub fn show(line: impl fmt::Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Has a write beyond the largest size that a file may have fail (EFBIG), as one on a full disk does: by default the process is ended
/// without a word (SIGXFSZ). Has to be called within a runtime.
pub fn outlive_the_largest_file() {
    let handled = tokio::signal::unix::signal(SignalKind::from_raw(Signal::XFSZ.as_raw()));
    if let Err(error) = handled {
        tracing::warn!(%error, "a file that grows too large will end this process");
    }
}

/// Says a line beside what is printed, if that is possible.
pub fn note(line: impl fmt::Display) {
    _ = writeln!(io::stderr(), "{line}");
}

/// How many files and connections may be open at once, after asking for as many as the process may have.
#[must_use]
pub fn descriptors() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let granted = setrlimit(Resource::Nofile, raised).map_or(limit.current, |()| limit.maximum);
    granted.and_then(|many| usize::try_from(many).ok()).unwrap_or(usize::MAX)
}

/// How many bytes the disk of this folder has, and how many of them this user may still write; nothing for a folder that is
/// not there.
#[must_use]
pub fn disk(folder: &Path) -> Option<(u64, u64)> {
    let disk = statvfs(folder).ok()?;
    Some((disk.f_blocks.saturating_mul(disk.f_frsize), disk.f_bavail.saturating_mul(disk.f_frsize)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_has_no_more_room_than_it_is_large() {
        let (size, free) = disk(Path::new("/")).unwrap();
        assert!(size >= free && size > 1 << 20);
        assert_eq!(disk(Path::new("/nowhere/at/all")), None);
    }
}
