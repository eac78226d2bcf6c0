//! What the operating system allows this process.

use rustix::{
    fs::Mode,
    process::{Resource, Rlimit, getrlimit, setrlimit, umask},
};

/// Lets nobody else read what this process writes: databases, locks and mails hold people's addresses.
pub fn keep_files_private() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// How many files and connections may be open at once, after asking for as many as the process may have.
#[must_use]
pub fn descriptors() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let granted = setrlimit(Resource::Nofile, raised).map_or(limit.current, |()| limit.maximum);
    granted.and_then(|many| usize::try_from(many).ok()).unwrap_or(usize::MAX)
}
