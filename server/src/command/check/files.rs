//! The files of this machine: those for browsers, the database's and the key's.

use std::{
    fs::{self, Metadata},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use rustix::process::geteuid;

use super::{
    super::{
        database::{beside, folder, sqlite_path, whole},
        outside::OUTBOX,
    },
    Finding,
};
use crate::{config::Config, http::site::Packed, process::disk};

/// What the pages load. Each application has a script of its own, and each script its program.
const SITE: [&str; 6] = ["flowthrough.css", "hub.css", "hub.js", "hub.wasm", "portal.js", "portal.wasm"];
/// Which version they were made for.
const VERSION: &str = "version";
/// From how many free bytes on a disk is nearly full, and from how many on nobody should rely on it.
const SCARCE: u64 = 1 << 30;
const TOO_LITTLE: u64 = 64 << 20;

/// The browser's files.
pub(super) fn site(config: &Config, packed: Option<Packed>) -> Vec<Finding> {
    let place = config.browser_files(packed);
    let read = |name: &str| place.read(&format!("pkg/{name}"));
    let missing: Vec<_> = SITE.into_iter().filter(|name| read(name).is_none()).collect();
    if missing.len() == SITE.len() {
        let fix = "Leave FLOWTHROUGH_SITE out: a release has them in it. A program that was built without names the folder \
                   that the build made (target/site); else only the API and the flow-through adapter work.";
        let finding = format!("{place}: the browser's files are not there");
        let found = if config.site_is_given { Finding::problem } else { Finding::warning };
        return vec![found("site", finding, fix)];
    }
    if !missing.is_empty() {
        let fix = "Leave FLOWTHROUGH_SITE out, or name the folder of this version as a whole.";
        return vec![Finding::problem("site", format!("{place}: {} are missing", missing.join(", ")), fix)];
    }
    let ours = env!("CARGO_PKG_VERSION");
    let theirs = read(VERSION).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    vec![match theirs.trim() {
        theirs if theirs == ours => Finding::ok("site", format!("{place}: the browser's files of version {ours}")),
        theirs => {
            let theirs = if theirs.is_empty() { "an unknown version" } else { theirs };
            let finding = format!("{place}: the browser's files are of {theirs}, the program is {ours}");
            Finding::problem(
                "site",
                finding,
                "Leave FLOWTHROUGH_SITE out, or name the folder of the program's version.",
            )
        }
    }]
}

/// SQLite's file: who may read it, whose it is, and how much room is left. Before it is opened, which takes away what others
/// may do with it.
pub(super) fn database(config: &Config) -> Vec<Finding> {
    let Some(path) = sqlite_path(&config.database_url) else { return Vec::new() };
    let mut findings = Vec::new();
    let files =
        ["", "-wal", "-shm", ".key", ".lock"].map(|ending| PathBuf::from(format!("{}{ending}", path.display())));
    let found = files.iter().filter_map(|file| Some((file, fs::metadata(file).ok()?)));
    let found: Vec<(&PathBuf, Metadata)> = found.collect();
    let open: Vec<_> = found.iter().filter(|(_, found)| found.permissions().mode() & 0o077 != 0).collect();
    for (file, found) in &open {
        let mode = found.permissions().mode() & 0o777;
        let finding = format!("{}: others may read it (mode {mode:o})", whole(file).display());
        findings.push(Finding::warning("files", finding, "chmod 600. Whoever could read it may have a copy."));
    }
    if let Some((file, others)) = found.iter().find(|(_, found)| found.uid() != geteuid().as_raw()) {
        let (file, owner) = (whole(file).display().to_string(), others.uid());
        let finding = format!("{file} belongs to user {owner}, this command runs as user {}", geteuid().as_raw());
        let fix = "Run commands as the server's user: files that another one makes are of no use to it.";
        findings.push(Finding::warning("files", finding, fix));
    }
    if !found.is_empty() && findings.is_empty() {
        findings.push(Finding::ok("files", "only the server's user may read the database's files".to_owned()));
    }
    findings.extend(room(folder(path)));
    if config.smtp_url.is_none() {
        findings.extend(room(Path::new(OUTBOX)));
    }
    findings
}

/// How much of a disk is free; nothing for a folder that is not there.
fn room(folder: &Path) -> Option<Finding> {
    let (_, free) = disk(folder)?;
    let finding = format!("{} MiB are free in {}", free >> 20, whole(folder).display());
    let fix = "Make room: on a full disk nothing is accepted any more.";
    Some(if free < TOO_LITTLE {
        Finding::problem("disk", finding, fix)
    } else if free < SCARCE {
        Finding::warning("disk", finding, fix)
    } else {
        Finding::ok("disk", finding)
    })
}

/// The key of mailed codes: the settings' was read with them.
pub(super) fn code_keys(config: &Config) -> Option<Finding> {
    if config.code_keys.is_some() {
        return Some(Finding::ok("code key", "it is in the settings".to_owned()));
    }
    let Some(file) = beside(&config.database_url, "key") else {
        let finding = "PostgreSQL without FLOWTHROUGH_CODE_KEYS: mailed codes are hashed slowly".to_owned();
        return Some(Finding::warning("code key", finding, "Give all servers one key: `openssl rand -base64 32`."));
    };
    let place = whole(&file).display().to_string();
    if !file.exists() {
        // A database that no server has used has none yet.
        return None;
    }
    Some(match crate::access::code_keys::CodeKeys::read(&file) {
        Ok(_) => Finding::ok("code key", place),
        Err(wrong) => {
            let fix = "Bring it back from the backup, or move it away: then the next start makes a new one, and codes that \
                       were mailed before have expired.";
            Finding::problem("code key", format!("{place}: {wrong}"), fix)
        }
    })
}
