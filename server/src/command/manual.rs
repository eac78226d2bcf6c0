//! `flowthrough completions` and `flowthrough man`: what is written about the program by itself, from its own command line.

use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Arguments, Command, Failure};

/// Writes what the command asks for, if it is one of these: they need no settings.
pub(super) fn write(command: &Command) -> Option<Result<(), Failure>> {
    match command {
        Command::Completions { shell } => {
            completions(*shell);
            Some(Ok(()))
        }
        Command::Man { folder } => Some(man(folder)),
        _ => None,
    }
}

fn completions(shell: Shell) {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    print!("{}", String::from_utf8_lossy(&script));
}

fn man(folder: &Path) -> Result<(), Failure> {
    clap_mangen::generate_to(Arguments::command(), folder)
        .map_err(|error| Failure::Other(format!("{}: {error}", folder.display())))
}
