//! Measures the release, on SQLite and PostgreSQL, each figure beside its reference of the same run: `make bench`.
//!
//! `bench FILE [sqlite] [postgres]` measures, prints the table and leaves the figures in FILE; `bench table FILE` prints those again.

mod client;
mod database;
mod figures;
mod hub;
mod installation;
mod neighbours;
mod outside;
mod portal;
mod raw;
mod run;
mod seed;
mod wrk;

use std::path::PathBuf;

use figures::Figures;

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let again = arguments.first().is_some_and(|first| first == "table");
    if again {
        arguments.remove(0);
    }
    let file = PathBuf::from(arguments.first().expect("bench [table] FILE [sqlite] [postgres]"));
    let before = Figures::read(&file);
    if again {
        print!("{}", before.table(&Figures::read(&file.with_extension("before.json"))));
        return;
    }
    let databases =
        if arguments.len() > 1 { arguments.split_off(1) } else { vec!["sqlite".to_owned(), "postgres".to_owned()] };
    // One thread: what calls must not take more of the machine than it has to.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    before.write(&file.with_extension("before.json"));
    let figures = tokio::task::LocalSet::new().block_on(&runtime, run::all(&databases, &file));
    print!("{}", figures.table(&before));
}
