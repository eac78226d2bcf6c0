//! Subscribers from a CSV file with the header names of [`crate::export`]: for `flowthrough import`, the hub and bulk jobs.
//!
//! The file is read twice. The first pass checks that it is readable as a whole and every row in it; nothing is written
//! if it is not, nor in a dry run. The second pass takes the good rows in, some hundred to a transaction. It is safe to
//! repeat: who is there already is left as is. Memory does not grow with the file but for eight bytes a row.

mod check;
mod encoding;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod line_ends;
mod quotes;
mod report;
mod table;

use std::{
    collections::HashSet,
    io::{Read, Seek},
};

use app::i18n::Locale;
use domain::{
    Fault, Field,
    audit::Deed,
    draft::{Draft, Flaw},
    fault::Audience,
};

use check::{Candidate, Check};
pub use report::{Report, RowProblem};
pub use table::Malformation;
use table::Table;

use crate::{
    environment::Environment,
    fault::Trouble,
    provisioning::{arrival, user_id},
    store::{Actor, Database, DbErr, Store, Tenant, Work, audit},
};

/// Rows to a transaction: whoever writes meanwhile waits for one.
const CHUNK: usize = 256;

/// How a file is imported.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Who imports it, for the history.
    pub actor: Actor,
    /// The provisioning ID of rows that name none.
    pub provisioning_id: Option<String>,
    /// The most rows that the file may have.
    pub most: u64,
    /// Only check every row and report.
    pub dry_run: bool,
    /// Write nothing if there is a single bad row; otherwise bad rows do not hold up good ones.
    pub all_or_nothing: bool,
    /// Give the bad rows back as a file that says in this language what is wrong with each.
    pub give_back: Option<Locale>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            actor: Actor::Import,
            provisioning_id: None,
            most: u64::MAX,
            dry_run: false,
            all_or_nothing: false,
            give_back: None,
        }
    }
}

/// Why a file was not imported. Nothing was written unless it says so.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no table of subscribers.
    #[error("line {line}: {why}\n{} {}", Fault::MalformedFile, Fault::MalformedFile.remedy(Audience::Administrator))]
    Malformed {
        /// In which line.
        line: u64,
        /// What is wrong there.
        why: Malformation,
    },
    /// It has too many rows.
    #[error("the file has more than {most} rows\nSplit it into several files.")]
    TooManyRows {
        /// How many it may have.
        most: u64,
    },
    /// It cannot be read from the disk.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The database failed; rows before that may have been written, and importing again goes on.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<DbErr> for ImportError {
    fn from(error: DbErr) -> Self {
        Self::Trouble(error.into())
    }
}

/// Imports a file for a partner. `progress` is told how many rows have been taken in so far.
///
/// # Errors
/// If the file is not readable as a whole, or the database fails. Bad rows are no error: the [`Report`] lists them.
pub async fn import<R: Read + Seek + Send>(
    store: &Store,
    environment: &Environment,
    tenant: Tenant,
    mut source: R,
    options: &ImportOptions,
    progress: impl Fn(u64) + Send + Sync,
) -> Result<Report, ImportError> {
    let import = Import { store: &store.at_length(), environment, tenant, options };
    let checked = import.pass(&mut source, false, &|_| ()).await?;
    if options.dry_run || (options.all_or_nothing && checked.refused > 0) {
        return Ok(checked);
    }
    import.pass(&mut source, true, &progress).await
}

/// A row that was checked and not taken in.
pub struct CheckedRow {
    /// Its first line in the file.
    pub line: u64,
    /// What is written in it, template and package filled in, or everything that is wrong with it.
    pub draft: Result<Draft, Vec<Flaw>>,
}

/// A file that was checked and not taken in.
pub struct CheckedFile {
    /// Its rows.
    pub rows: Vec<CheckedRow>,
    /// Its columns that nobody knows.
    pub ignored_columns: Vec<String>,
}

/// Checks a partner's file row by row, for somebody else to take the rows in. Of the options, only where rows come and
/// how many there may be counts.
///
/// # Errors
/// If the file is not readable as a whole, or the database fails.
pub async fn rows<R: Read + Seek + Send>(
    store: &Store,
    tenant: Tenant,
    mut source: R,
    options: &ImportOptions,
) -> Result<CheckedFile, ImportError> {
    let mut table = Table::open(&mut source)?;
    let mut check = Check::new(store, tenant, options.provisioning_id.as_deref());
    let mut rows = Vec::new();
    while let Some(row) = table.next()? {
        if rows.len() as u64 == options.most {
            return Err(ImportError::TooManyRows { most: options.most });
        }
        let checked = check.row(&row).await?;
        let draft = checked.and_then(|Candidate { template, new }| {
            let mut draft = row.draft.map_err(|fault| vec![fault.into()])?;
            draft.set(Field::ProvisioningId, Ok(template.provisioning_id.clone()));
            draft.set(Field::Package, Ok(new.package.as_str().to_owned()));
            Ok(draft)
        });
        rows.push(CheckedRow { line: row.line, draft });
    }
    Ok(CheckedFile { rows, ignored_columns: table.ignored().to_vec() })
}

struct Import<'a> {
    store: &'a Store,
    environment: &'a Environment,
    tenant: Tenant,
    options: &'a ImportOptions,
}

/// How many of a chunk were new, and how many were there.
#[derive(Default)]
struct Taken {
    added: u64,
    already_there: u64,
}

impl Import<'_> {
    async fn pass<R: Read + Seek + Send>(
        &self,
        source: &mut R,
        write: bool,
        progress: &(impl Fn(u64) + Send + Sync),
    ) -> Result<Report, ImportError> {
        let mut table = Table::open(source)?;
        let mut check = Check::new(self.store, self.tenant, self.options.provisioning_id.as_deref());
        let mut report = Report { written: write, ignored_columns: table.ignored().to_vec(), ..Report::default() };
        let mut whole = if write && self.options.all_or_nothing { Some(self.store.work().await?) } else { None };
        loop {
            let chunk = self.chunk(&mut table, &mut check, &mut report).await?;
            if chunk.is_empty() {
                break;
            }
            let first = report.added == 0;
            let taken = match &mut whole {
                Some(work) => self.take_in(work, &chunk, first).await?,
                None if write => self.write(&chunk, first).await?,
                None => self.look(&chunk).await?,
            };
            report.added += taken.added;
            report.already_there += taken.already_there;
            progress(report.rows);
        }
        if let Some(work) = whole {
            work.commit().await?;
        }
        Ok(report)
    }

    /// The next rows that can be taken in; the others on the way are reported. Empty at the end of the file.
    async fn chunk<R: Read + Seek + Send>(
        &self,
        table: &mut Table<'_, R>,
        check: &mut Check<'_>,
        report: &mut Report,
    ) -> Result<Vec<Candidate>, ImportError> {
        let mut chunk = Vec::new();
        while chunk.len() < CHUNK
            && let Some(row) = table.next()?
        {
            if report.rows == self.options.most {
                return Err(ImportError::TooManyRows { most: self.options.most });
            }
            report.rows += 1;
            match check.row(&row).await? {
                Ok(candidate) => chunk.push(candidate),
                Err(flaws) => {
                    report.refuse(row.line, &flaws);
                    if let Some(language) = self.options.give_back {
                        report.give_back(table.header(), &table.cells(), &flaws, language);
                    }
                }
            }
        }
        // All transactions lock customers in the same order; within a customer the file's order counts.
        chunk.sort_by(|a, b| a.new.sp_enterprise_id.as_str().cmp(b.new.sp_enterprise_id.as_str()));
        Ok(chunk)
    }

    async fn look(&self, chunk: &[Candidate]) -> Result<Taken, Trouble> {
        let there = self.there(self.store.read(), chunk).await?.len() as u64;
        Ok(Taken { added: chunk.len() as u64 - there, already_there: there })
    }

    async fn write(&self, chunk: &[Candidate], first: bool) -> Result<Taken, Trouble> {
        loop {
            let mut work = self.store.work().await?;
            match self.take_in(&mut work, chunk, first).await {
                // Somebody else was faster with one of these users. Looking again finds it.
                Err(Trouble::Known { fault: Fault::ChangedMeanwhile, .. }) => drop(work),
                Err(trouble) => return Err(trouble),
                Ok(taken) => {
                    work.commit().await?;
                    return Ok(taken);
                }
            }
        }
    }

    /// Takes the new ones of a chunk in. With the `first` one the import becomes a deed: one that brings nobody is none.
    ///
    /// # Errors
    /// [`Fault::ChangedMeanwhile`] if one of them arrives elsewhere at the same time: the work has to be begun again.
    async fn take_in(&self, work: &mut Work, chunk: &[Candidate], first: bool) -> Result<Taken, Trouble> {
        user_id::for_subscribers(work, self.tenant).await?;
        let there = self.there(&**work, chunk).await?;
        let new: Vec<_> = chunk.iter().filter(|candidate| !there.contains(&candidate.new.user_id.key())).collect();
        let taken = Taken { added: new.len() as u64, already_there: (chunk.len() - new.len()) as u64 };
        let Some(one) = new.first() else { return Ok(taken) };
        let arriving = new.iter().map(|candidate| (&*candidate.template, candidate.new.clone())).collect();
        match arrival::admit(work, self.environment, arriving, &self.options.actor).await {
            Ok(_) => {}
            Err(Trouble::Known { fault: Fault::UserIdTaken, .. }) => return Err(Fault::ChangedMeanwhile.into()),
            Err(trouble) => return Err(trouble),
        }
        if first {
            let deed = (Deed::UsersImported, Some(one.template.id.into()));
            audit::record(work, self.environment, self.tenant, &self.options.actor, deed).await?;
        }
        Ok(taken)
    }

    /// The keys of those who are there already, be it as a workspace.
    async fn there(&self, db: &impl Database, chunk: &[Candidate]) -> Result<HashSet<String>, DbErr> {
        let keys = chunk.iter().map(|candidate| candidate.new.user_id.key());
        user_id::taken(db, self.tenant, keys).await
    }
}
