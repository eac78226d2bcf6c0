//! `flowthrough backup` and `flowthrough restore`: SQLite's file, copied while a server runs, and put back while none does.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use tempfile::NamedTempFile;

use super::{
    Failure,
    database::{self, beside, folder, lock, sqlite_path, whole},
};
use crate::{
    config::Config,
    environment::Environment,
    iso8601,
    store::backup::{self, Contents},
};

/// A backup's file.
#[derive(Args)]
pub struct Options {
    /// The backup
    file: PathBuf,
}

/// Writes the backup: whole, verified and on the disk, or not at all.
pub(super) fn run(Options { file }: &Options, config: &Config) -> Result<(), Failure> {
    let database = sqlite(config)?;
    database::exists(config)?;
    if file.exists() {
        return Err(Failure::Other(format!("{} is there already, and is not overwritten", file.display())));
    }
    let failed = |error: &dyn std::fmt::Display| Failure::Other(format!("{}: {error}", file.display()));
    let copy = NamedTempFile::new_in(folder(file)).map_err(|error| failed(&error))?;
    backup::write(database, copy.path()).map_err(|error| failed(&error))?;
    let contents = backup::verify(copy.path()).map_err(|error| failed(&error))?;
    copy.as_file().sync_all().map_err(|error| failed(&error))?;
    copy.persist_noclobber(file).map_err(|error| failed(&error.error))?;
    on_disk(file).map_err(|error| failed(&error))?;
    println!("backup       {}", whole(file).display());
    print(&contents);
    if let Some(key) = beside(&config.database_url, "key").filter(|key| key.exists()) {
        println!("not in it    {}, the key of mailed codes: keep a copy of it elsewhere", whole(&key).display());
    }
    Ok(())
}

/// Puts a backup in the database's place. What was there is kept beside it.
pub(super) async fn restore(Options { file }: &Options, config: &Config) -> Result<(), Failure> {
    let database = sqlite(config)?;
    let failed = |error: &dyn std::fmt::Display| Failure::Other(format!("{}: {error}", file.display()));
    let contents = backup::verify(file).map_err(|error| failed(&error))?;
    if contents.newer {
        let newer = format!("it is of a newer version ({}): restore it with that one", contents.schema);
        return Err(failed(&newer));
    }
    fs::create_dir_all(folder(database)).map_err(|error| failed(&error))?;
    let _only = lock(&config.database_url, Duration::ZERO).await?;
    let mut copy = NamedTempFile::new_in(folder(database)).map_err(|error| failed(&error))?;
    let copied = File::open(file).and_then(|mut backup| io::copy(&mut backup, &mut copy));
    copied.and_then(|_| copy.as_file().sync_all()).map_err(|error| failed(&error))?;
    // What is put in place is what was looked through.
    backup::verify(copy.path()).map_err(|error| failed(&error))?;
    if let Some(aside) = set_aside(database).map_err(|error| failed(&error))? {
        println!("set aside    {}", whole(&aside).display());
    }
    copy.persist_noclobber(database).map_err(|error| failed(&error.error))?;
    on_disk(database).map_err(|error| failed(&error))?;
    println!("restored     {}", whole(database).display());
    print(&contents);
    Ok(())
}

fn sqlite(config: &Config) -> Result<&Path, Failure> {
    sqlite_path(&config.database_url).ok_or_else(|| {
        Failure::Other(
            "this database is PostgreSQL: use `pg_dump --format=custom --file=FILE` and, into an empty database, \
             `pg_restore --single-transaction --dbname=…` (docs/CONFIGURATION.md, Backups)"
                .to_owned(),
        )
    })
}

fn print(contents: &Contents) {
    println!("holds        {} users; schema {}; looked through, whole", contents.users, contents.schema);
}

/// Moves the database and what belongs to it out of the way, under one name. The file goes first: a server that found the log
/// alone would refuse to begin.
fn set_aside(database: &Path) -> io::Result<Option<PathBuf>> {
    let now = iso8601::format(Environment::real().now()).replace([':', '.'], "");
    let aside = PathBuf::from(format!("{}.replaced-{now}", database.display()));
    let mut moved = None;
    for ending in ["", "-wal", "-shm", ".damaged"] {
        let from = PathBuf::from(format!("{}{ending}", database.display()));
        if from.exists() {
            fs::rename(from, format!("{}{ending}", aside.display()))?;
            moved = Some(aside.clone());
        }
    }
    Ok(moved)
}

/// Waits until a file's name is on the disk, too.
fn on_disk(file: &Path) -> io::Result<()> {
    File::open(folder(file))?.sync_all()
}
