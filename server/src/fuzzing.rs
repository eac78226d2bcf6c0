//! Everything that reads bytes from outside, each as a function of bytes which panics where a promise is broken: that nothing
//! panics, that what was read and written again is read as the same, that what one door takes every other door takes.
//!
//! `make fuzz` feeds each of them with what libFuzzer thinks of (`fuzz/`, a workspace of its own that has the feature `fuzzing`);
//! `make test` with the same corpus and some thousand mutations of it, the same in every run. A parser that is private has its
//! function beside it, in a module `fuzzing`.

mod people;
mod texts;

use crate::{broadworks, config, http, import, mail, targets};

/// What reads bytes; panics if it breaks a promise.
pub type Target = fn(&[u8]);

/// All of them by name: each has a folder of examples, `fuzz/corpus/<name>`.
pub const TARGETS: [(&str, Target); 15] = [
    ("adapter_json", http::fuzzing::object),
    ("addresses", config::fuzzing::addresses),
    ("broadworks_id", people::broadworks_id),
    ("csv_cells", import::fuzzing::cells),
    ("csv_file", import::fuzzing::file),
    ("email_address", people::email_address),
    ("filter", texts::filter),
    ("headers", http::fuzzing::headers),
    ("mail_reply", mail::fuzzing::reply),
    ("mail_server", mail::fuzzing::server),
    ("phone", people::phone),
    ("settings", config::fuzzing::settings),
    ("target_answers", targets::fuzzing::answers),
    ("tokens", texts::tokens),
    ("xsi_xml", broadworks::fuzzing::documents),
];

/// The target of that name.
#[must_use]
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, target)| *target)
}

/// The bytes as a text, if they are one.
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok()
}

/// The bytes as so many texts, the lines of one; what is missing is empty.
pub(crate) fn lines<const MANY: usize>(bytes: &[u8]) -> Option<[&str; MANY]> {
    let mut all = text(bytes)?.splitn(MANY, '\n');
    Some(std::array::from_fn(|_| all.next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, ffi::OsString, fs, path::PathBuf};

    use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

    use super::*;

    /// How many mutations of its corpus each target is fed with.
    const MUTATIONS: usize = 2_000;

    fn corpus() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus")
    }

    /// The examples, in the same order everywhere.
    fn examples(name: &str) -> Vec<Vec<u8>> {
        let folder = corpus().join(name);
        let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let files: BTreeSet<_> = files.map(|file| file.expect("an entry").path()).collect();
        files.into_iter().map(|file| fs::read(file).expect("readable")).collect()
    }

    /// One example with a few bytes changed, taken out, doubled or taken from another one.
    fn mutation(examples: &[Vec<u8>], random: &mut StdRng) -> Vec<u8> {
        const PIECES: [&[u8]; 12] =
            [b"\n", b"\0", b"\"", b"'", b"<", b"&", b"%", b"@", b"\xff", b"\xe2\x80\x8b", "ß".as_bytes(), b"="];
        let mut bytes = examples[random.random_range(0..examples.len())].clone();
        for _ in 0..random.random_range(1..5) {
            let at = random.random_range(0..=bytes.len());
            let end = (at + random.random_range(0..8)).min(bytes.len());
            match random.random_range(0..5) {
                0 => drop(bytes.drain(at..end)),
                1 => bytes.insert(at, random.random()),
                2 => drop(bytes.splice(at..at, PIECES[random.random_range(0..PIECES.len())].iter().copied())),
                3 => bytes.extend_from_within(at..end),
                _ => {
                    let other = &examples[random.random_range(0..examples.len())];
                    let from = random.random_range(0..=other.len());
                    bytes.truncate(at);
                    bytes.extend_from_slice(&other[from..]);
                }
            }
        }
        bytes
    }

    #[test]
    fn what_comes_from_outside_breaks_no_promise() {
        let mut broken = Vec::new();
        for (name, target) in TARGETS {
            let examples = examples(name);
            assert!(!examples.is_empty(), "{name} has no examples");
            let mut random = StdRng::seed_from_u64(17);
            let mutations = (0..MUTATIONS).map(|_| mutation(&examples, &mut random)).collect::<Vec<_>>();
            let breaks = |bytes: &&Vec<u8>| std::panic::catch_unwind(|| target(bytes)).is_err();
            let first = examples.iter().chain(&mutations).find(breaks);
            broken.extend(first.map(|bytes| format!("{name}: {}", bytes.escape_ascii())));
        }
        assert!(broken.is_empty(), "promises are broken, why stands above:\n{}", broken.join("\n"));
    }

    #[test]
    fn every_folder_of_examples_is_fed_to_somebody() {
        let folders = fs::read_dir(corpus()).expect("a folder");
        let folders: BTreeSet<_> = folders.map(|folder| folder.expect("an entry").file_name()).collect();
        let targets: BTreeSet<OsString> = TARGETS.iter().map(|(name, _)| OsString::from(name)).collect();
        assert_eq!(folders, targets);
    }
}
