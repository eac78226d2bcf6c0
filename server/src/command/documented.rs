//! Whether the commands that a text of the documents names are there. Those that it shows are run: `tests/it/documented.rs`.

use std::{fs, path::Path};

use clap::CommandFactory as _;

use super::Arguments;

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
