//! The database: whether it is there, whole, up to date and writable, whether its clock is ours, and whether its numbers are
//! right.

use domain::timestamp::SECOND;

use super::{super::database::look_into, Finding};
use crate::{
    config::Config,
    environment::Environment,
    store::{DbErr, Store, administrator, clock, counter, template, why},
};

/// By how many milliseconds two clocks may differ before it is worth a word.
const SKEW: i64 = 5 * SECOND;

/// The database, opened, if its schema is this version's: only then can anything in it be looked at.
pub(super) type Open = Option<(Store, Environment)>;

/// What there is to say of it.
pub(super) async fn check(config: &Config) -> (Vec<Finding>, Open) {
    let (store, environment) = match look_into(config).await {
        Ok(open) => open,
        Err(failure) => return (vec![Finding::failed("database", failure, "")], None),
    };
    let mut findings = Vec::new();
    let found = look(&store, &environment, &mut findings).await;
    match found {
        Ok(true) => (findings, Some((store, environment))),
        Ok(false) => (findings, None),
        Err(error) => {
            findings.push(Finding::problem("database", why(error), "See the log of the database."));
            (findings, None)
        }
    }
}

/// Whether its schema is this version's.
async fn look(store: &Store, environment: &Environment, findings: &mut Vec<Finding>) -> Result<bool, DbErr> {
    if let Err(error) = store.check().await {
        let fix =
            "Put a good copy of it in its place: flowthrough restore FILE (docs/CONFIGURATION.md, A damaged file).";
        findings.push(Finding::problem("database", format!("it is damaged: {error}"), fix));
        return Ok(false);
    }
    let schema = store.schema().await?;
    if !schema.pending.is_empty() {
        let finding = format!("{} migrations are to be done, from {} on", schema.pending.len(), schema.pending[0]);
        findings.push(Finding::problem("migrations", finding, "flowthrough migrate, or start the server."));
        return Ok(false);
    }
    findings.push(match schema.newer.last() {
        None => Finding::ok("migrations", "the schema is up to date".to_owned()),
        Some(newest) => {
            let finding = format!("a newer version has migrated this database ({newest})");
            Finding::warning("migrations", finding, "Use the newer version, unless you went one step back on purpose.")
        }
    });
    findings.push(match store.beat(environment.now()).await {
        Ok(()) => Finding::ok("database", "what is written is durable".to_owned()),
        Err(error) => {
            let fix = "Check the disk, the file's permissions, or the user's rights at PostgreSQL.";
            Finding::problem("database", why(error), fix)
        }
    });
    store.stop_beating().await?;
    findings.extend(clocks(store, environment).await?);
    findings.push(counters(store).await?);
    findings.extend(content(store).await?);
    Ok(true)
}

async fn clocks(store: &Store, environment: &Environment) -> Result<Vec<Finding>, DbErr> {
    let fix = "Set the clock, and have it kept right (chrony, systemd-timesyncd) on every machine.";
    let mut findings = Vec::new();
    let before = environment.now();
    if let Some(theirs) = clock::of_database(store).await? {
        let ours = before.plus(environment.now().since(before) / 2);
        let ahead = ours.since(theirs);
        let (apart, place) = (ahead.abs(), if ahead < 0 { "behind" } else { "ahead of" });
        let finding = format!("this machine's clock is {apart} ms {place} PostgreSQL's");
        findings.push(if apart <= SKEW {
            Finding::ok("clock", finding)
        } else if apart <= clock::SKEW {
            Finding::warning("clock", finding, fix)
        } else {
            Finding::problem("clock", finding, fix)
        });
    }
    if clock::was_ahead(store, environment.now()).await? {
        let finding = "the database holds changes that have not happened yet: a clock was ahead, or this one is behind";
        findings.push(Finding::warning("clock", finding.to_owned(), fix));
    } else if findings.is_empty() {
        findings.push(Finding::ok("clock", "nothing in the database is later than now".to_owned()));
    }
    Ok(findings)
}

async fn counters(store: &Store) -> Result<Finding, DbErr> {
    let miscounts = counter::miscounts(store.read()).await?;
    let Some(first) = miscounts.first() else {
        return Ok(Finding::ok("counters", "the numbers that the database keeps are those of its rows".to_owned()));
    };
    let counter::Miscount { what, kept, counted, .. } = first;
    let finding = format!("{} numbers are wrong; of {what} there are {counted}, not {kept}", miscounts.len());
    let fix = "Nobody is lost: only the hub's totals are wrong. Somebody has changed rows without the triggers, or there is an \
               error of ours; please report it.";
    Ok(Finding::problem("counters", finding, fix))
}

/// Whether somebody can do something with it.
async fn content(store: &Store) -> Result<Vec<Finding>, DbErr> {
    let mut findings = Vec::new();
    let administrators = administrator::all(store.read()).await?;
    if administrators.iter().all(|one| one.disabled_at.is_some()) {
        let fix = "flowthrough admin add EMAIL, or the set-up link that the first start prints.";
        findings.push(Finding::warning("hub", "nobody can sign in".to_owned(), fix));
    }
    if template::all(store.read()).await?.is_empty() {
        let fix = "flowthrough template add NAME --xsi-url URL.";
        findings.push(Finding::warning("templates", "there is none: nobody can be onboarded".to_owned(), fix));
    }
    Ok(findings)
}
