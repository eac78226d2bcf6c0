//! `flowthrough import`: subscribers from a CSV file with the header names of [`crate::export`].
//!
//! The file is read twice. The first pass checks that it is readable as a whole and every row in it; nothing is written
//! if it is not, nor in a dry run. The second pass takes the good rows in, some hundred to a transaction. It is safe to
//! repeat: who is there already is left as is. Memory does not grow with the file but for eight bytes a row.

mod report;
mod table;

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{Read, Seek},
    sync::Arc,
};

use domain::{Fault, Package};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

pub use report::{Report, RowProblem};
pub use table::Malformation;
use table::{Row, Table};

use crate::{
    environment::Environment,
    fault::Trouble,
    provisioning::{
        arrival::{self, NewSubscriber},
        draft::{Field, Flaw},
    },
    store::{
        Actor, Store, Work,
        entity::{subscriber, template},
    },
};

/// Rows to a transaction.
const CHUNK: usize = 500;

/// How a file is imported.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The provisioning ID of rows that name none.
    pub provisioning_id: Option<String>,
    /// Only check every row and report.
    pub dry_run: bool,
    /// Write nothing if there is a single bad row; otherwise bad rows do not hold up good ones.
    pub all_or_nothing: bool,
}

/// Why a file was not imported. Nothing was written unless it says so.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no table of subscribers.
    #[error("line {line}: {why}\n{} {}", Fault::MalformedFile, Fault::MalformedFile.remedy())]
    Malformed {
        /// In which line.
        line: u64,
        /// What is wrong there.
        why: Malformation,
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

/// Imports a file for a partner.
///
/// # Errors
/// If the file is not readable as a whole, or the database fails. Bad rows are no error: the [`Report`] lists them.
pub async fn import<R: Read + Seek + Send>(
    store: &Store,
    environment: &Environment,
    partner: Uuid,
    mut source: R,
    options: &ImportOptions,
) -> Result<Report, ImportError> {
    let mut import = Import { store, environment, partner, options, templates: HashMap::new() };
    let checked = import.pass(&mut source, false).await?;
    if options.dry_run || (options.all_or_nothing && checked.refused > 0) {
        return Ok(checked);
    }
    import.pass(&mut source, true).await
}

struct Import<'a> {
    store: &'a Store,
    environment: &'a Environment,
    partner: Uuid,
    options: &'a ImportOptions,
    templates: HashMap<String, Option<Arc<template::Model>>>,
}

/// A row that can be taken in.
struct Candidate {
    template: Arc<template::Model>,
    new: NewSubscriber,
}

/// How many of a chunk were new, and how many were there.
#[derive(Default)]
struct Taken {
    added: u64,
    already_there: u64,
}

impl Import<'_> {
    async fn pass<R: Read + Seek + Send>(&mut self, source: &mut R, write: bool) -> Result<Report, ImportError> {
        let mut table = Table::open(source)?;
        let mut report = Report { written: write, ..Report::default() };
        let mut seen = HashSet::new();
        let mut whole = if write && self.options.all_or_nothing { Some(self.store.work().await?) } else { None };
        loop {
            let chunk = self.chunk(&mut table, &mut seen, &mut report).await?;
            if chunk.is_empty() {
                break;
            }
            let taken = match &mut whole {
                Some(work) => self.take_in(work, &chunk).await?,
                None if write => self.write(&chunk).await?,
                None => self.look(&chunk).await?,
            };
            report.added += taken.added;
            report.already_there += taken.already_there;
        }
        if let Some(work) = whole {
            work.commit().await?;
        }
        Ok(report)
    }

    /// The next rows that can be taken in; the others on the way are reported. Empty at the end of the file.
    async fn chunk<R: Read + Seek + Send>(
        &mut self,
        table: &mut Table<'_, R>,
        seen: &mut HashSet<u64>,
        report: &mut Report,
    ) -> Result<Vec<Candidate>, ImportError> {
        let mut chunk = Vec::new();
        while chunk.len() < CHUNK
            && let Some(row) = table.next()?
        {
            report.rows += 1;
            match self.check(&row, seen).await? {
                Ok(candidate) => chunk.push(candidate),
                Err(flaws) => report.refuse(row.line, &flaws),
            }
        }
        // All transactions lock customers in the same order; within a customer the file's order counts.
        chunk.sort_by(|a, b| a.new.sp_enterprise_id.as_str().cmp(b.new.sp_enterprise_id.as_str()));
        Ok(chunk)
    }

    async fn check(&mut self, row: &Row, seen: &mut HashSet<u64>) -> Result<Result<Candidate, Vec<Flaw>>, Trouble> {
        let template = self.template(row).await?;
        let package = template.as_ref().ok().and_then(|template| Package::parse(&template.default_package).ok());
        let mut checked = row.draft.check(package);
        if let Ok(new) = &checked
            && !seen.insert(fingerprint(&new.user_id.key()))
        {
            checked = Err(vec![Flaw { field: Field::UserId, fault: Fault::UserIdTaken }]);
        }
        Ok(match (template, checked) {
            (Ok(template), Ok(new)) => Ok(Candidate { template, new }),
            (Ok(_), Err(flaws)) => Err(flaws),
            (Err(flaw), Ok(_)) => Err(vec![flaw]),
            (Err(flaw), Err(mut flaws)) => {
                // Without a template nobody can say which package would count.
                flaws.retain(|other| other.field != Field::Package || other.fault != Fault::MissingParameter);
                flaws.insert(0, flaw);
                Err(flaws)
            }
        })
    }

    async fn template(&mut self, row: &Row) -> Result<Result<Arc<template::Model>, Flaw>, Trouble> {
        let id = match row.draft.provisioning_id(self.options.provisioning_id.as_deref()) {
            Ok(id) => id,
            Err(flaw) => return Ok(Err(flaw)),
        };
        if !self.templates.contains_key(&id) {
            let found = match arrival::template(self.store, self.partner, &id).await {
                Ok(template) => Some(Arc::new(template)),
                Err(Trouble::Known { .. }) => None,
                Err(accident) => return Err(accident),
            };
            self.templates.insert(id.clone(), found);
        }
        Ok(self.templates.get(&id).cloned().flatten().ok_or(UNKNOWN_TEMPLATE))
    }

    async fn look(&self, chunk: &[Candidate]) -> Result<Taken, Trouble> {
        let there = self.there(self.store.read(), chunk).await?.len() as u64;
        Ok(Taken { added: chunk.len() as u64 - there, already_there: there })
    }

    async fn write(&self, chunk: &[Candidate]) -> Result<Taken, Trouble> {
        loop {
            let mut work = self.store.work().await?;
            match self.take_in(&mut work, chunk).await {
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

    /// Takes the new ones of a chunk in.
    ///
    /// # Errors
    /// [`Fault::ChangedMeanwhile`] if one of them arrives elsewhere at the same time: the work has to be begun again.
    async fn take_in(&self, work: &mut Work, chunk: &[Candidate]) -> Result<Taken, Trouble> {
        let there = self.there(&**work, chunk).await?;
        let mut taken = Taken::default();
        for Candidate { template, new } in chunk {
            if there.contains(&new.user_id.key()) {
                taken.already_there += 1;
                continue;
            }
            match arrival::arrive(work, self.environment, template, new.clone(), &Actor::Import).await {
                Ok(_) => taken.added += 1,
                Err(Trouble::Known { fault: Fault::UserIdTaken, .. }) => return Err(Fault::ChangedMeanwhile.into()),
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(taken)
    }

    /// The keys of those who are there already.
    async fn there(&self, db: &impl ConnectionTrait, chunk: &[Candidate]) -> Result<HashSet<String>, DbErr> {
        let keys: Vec<_> = chunk.iter().map(|candidate| candidate.new.user_id.key()).collect();
        let found: Vec<String> = subscriber::Entity::find()
            .select_only()
            .column(subscriber::Column::UserIdKey)
            .filter(subscriber::Column::PartnerId.eq(self.partner))
            .filter(subscriber::Column::UserIdKey.is_in(keys))
            .into_tuple()
            .all(db)
            .await?;
        Ok(found.into_iter().collect())
    }
}

const UNKNOWN_TEMPLATE: Flaw = Flaw { field: Field::ProvisioningId, fault: Fault::UnknownProvisioningId };

/// Eight bytes to recognise a user id by: of a million, two share one with a chance of one in forty million.
fn fingerprint(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
