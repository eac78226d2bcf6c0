//! `flowthrough deletions list`, `approve`, `refuse` and `threshold`: deletions that wait, without the hub.

use clap::Subcommand;

use super::{Failure, open_existing, partner};
use crate::{
    config::Config,
    environment::Environment,
    iso8601,
    provisioning::deletion::{self, Decision},
    store::{Actor, Store, Tenant, bulk_job, partner as partners},
};

/// Decide about deletions that wait.
#[derive(Subcommand)]
pub enum Command {
    /// List those that wait: who has asked for them, for how many users, since when
    List(OfPartner),
    /// Have all of them carried out
    Approve(OfPartner),
    /// Have none of them carried out
    Refuse(OfPartner),
    /// Say how many users may be deleted in an hour before deletions wait
    Threshold {
        /// How many; 0 has each one wait
        users: i32,
        #[command(flatten)]
        whose: OfPartner,
    },
}

/// About which partner's users it is.
#[derive(clap::Args)]
pub struct OfPartner {
    /// The partner, if there are several
    #[arg(long)]
    partner: Option<String>,
}

impl OfPartner {
    async fn tenant(&self, store: &Store) -> Result<Tenant, Failure> {
        Ok(Tenant::of_partner(&partner::existing(self.partner.as_deref(), store).await?))
    }
}

pub(super) async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let (store, environment) = open_existing(config).await?;
    match command {
        Command::List(whose) => list(&store, whose.tenant(&store).await?).await,
        Command::Approve(whose) => decide(&store, &environment, whose, Decision::Approved).await,
        Command::Refuse(whose) => decide(&store, &environment, whose, Decision::Refused).await,
        Command::Threshold { users, whose } => {
            let tenant = whose.tenant(&store).await?;
            deletion::set_threshold(&store, &environment, (tenant, &Actor::Operator), users).await?;
            println!("From now on deletions wait when more than {users} users are to be deleted in an hour.");
            Ok(())
        }
    }
}

async fn list(store: &Store, tenant: Tenant) -> Result<(), Failure> {
    for job in bulk_job::staged(store.read(), tenant).await? {
        let since = iso8601::format(job.staged_at.unwrap_or(job.created_at));
        println!("{}  {} users  asked for by {}  since {since}", job.id, job.size - job.tally.unchanged, job.actor);
    }
    if let Some(partner) = partners::of(store.read(), tenant).await? {
        eprintln!("Deletions wait when more than {} users are to be deleted in an hour.", partner.deletion_threshold);
    }
    Ok(())
}

async fn decide(store: &Store, environment: &Environment, whose: OfPartner, decision: Decision) -> Result<(), Failure> {
    let tenant = whose.tenant(store).await?;
    let jobs = deletion::decide(store, environment, (tenant, &Actor::Operator), decision, None).await?;
    let users: i32 = jobs.iter().map(|job| job.size - job.tally.unchanged).sum();
    let done = if decision == Decision::Approved { "approved" } else { "refused" };
    println!("Deletions of {users} users are {done}.");
    Ok(())
}
