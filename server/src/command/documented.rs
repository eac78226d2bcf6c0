//! Whether the command line takes the commands that the documents show: whoever copies one gets no word about its usage.

use std::{fs, path::Path};

use clap::{CommandFactory as _, Parser as _};

use super::Arguments;

/// What stands in the place of something of the reader's own.
const OWN: [(&str, &str); 2] = [("URL", "https://xsp.example.com"), ("<provisioning id there>", "0190")];

fn documents() -> Vec<(String, String)> {
    fn gather(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = vec![("README.md".to_owned(), fs::read_to_string(root.join("README.md")).unwrap())];
    gather(&root.join("docs"), &mut found);
    found
}

/// The lines of a document's blocks of code.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("\n```").enumerate().filter(|(at, _)| at % 2 == 1);
    parts.flat_map(|(_, block)| block.lines().skip(1))
}

/// A line's words as a shell takes them, up to a redirection.
fn words(line: &str) -> Vec<String> {
    let words = shlex::split(line).unwrap_or_default();
    words.into_iter().take_while(|word| !word.starts_with(['<', '>', '|'])).collect()
}

#[test]
fn the_command_line_takes_what_the_documents_show() {
    let mut seen = 0;
    for (document, text) in documents() {
        for line in blocks(&text).map(str::trim).filter(|line| line.starts_with("flowthrough ")) {
            let own = OWN.iter().fold(line.to_owned(), |own, (placeholder, value)| own.replace(placeholder, value));
            let words = words(&own);
            // A line for systemd: no command.
            if words[1] == "unix" {
                continue;
            }
            let taken = Arguments::try_parse_from(words);
            assert!(taken.is_ok(), "{document}: {line}\n{}", taken.err().unwrap());
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn every_command_that_a_text_names_is_one() {
    let program = Arguments::command();
    for (document, text) in documents() {
        for named in text.split("`flowthrough ").skip(1) {
            let (named, _) = named.split_once('`').unwrap();
            let mut command = &program;
            for word in named.split_whitespace().take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase())) {
                if !command.has_subcommands() {
                    break;
                }
                command = command.find_subcommand(word).unwrap_or_else(|| panic!("{document}: flowthrough {named}"));
            }
        }
    }
}
