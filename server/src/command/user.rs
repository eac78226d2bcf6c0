//! `flowthrough user show`, `sign-out`, `export` and `erase`: one person, by the BroadWorks id.

use std::time::Duration;

use clap::{Args, Subcommand};
use domain::{BroadWorksId, Status, audit::Deed};
use tokio::time::{Instant, sleep};

use super::{Failure, admin::read_line, open_existing, partner};
use crate::{
    config::Config,
    environment::Environment,
    iso8601,
    log::SECURITY,
    provisioning::{admission::Comeback, update},
    store::{Actor, Store, Subscriber, Tenant, audit, history, person, portal_session, subscriber},
};

/// How many steps are shown.
const STEPS: u64 = 50;
/// How long to wait for the server to remove an account, and how often to look.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(200);

/// Look after one person.
#[derive(Subcommand)]
pub enum User {
    /// Show how a user stands, and the last steps of how that came about
    Show(Person),
    /// Sign a user out of the portal in every browser
    SignOut(Person),
    /// Print everything that is kept of a person, as JSON; also of one who is no user any more
    Export(Person),
    /// Remove a user's account, and erase everything that is kept of the person; what was billed stays, without a name
    Erase {
        #[command(flatten)]
        person: Person,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Who is meant.
#[derive(Args)]
pub struct Person {
    /// The BroadWorks id
    user_id: String,
    /// The partner whose user it is
    #[arg(long)]
    partner: Option<String>,
}

pub(super) async fn run(command: User, config: &Config) -> Result<(), Failure> {
    let (store, environment) = open_existing(config).await?;
    match command {
        User::Show(person) => show(person.found(&store).await?, &store).await,
        User::SignOut(person) => sign_out(person.found(&store).await?, &store).await,
        User::Export(person) => {
            let (tenant, id) = person.found(&store).await?;
            let everything = person::export(store.read(), tenant, &id).await?;
            println!("{everything:#}");
            Ok(())
        }
        User::Erase { person, yes } => {
            let found = person.found(&store).await?;
            if !yes {
                eprintln!("Everything that is kept of this person will be gone. Type the BroadWorks id again:");
                if read_line()?.trim() != person.user_id.trim() {
                    return Err(Failure::Other("nothing was erased".to_owned()));
                }
            }
            erase(found, &store, &environment).await
        }
    }
}

impl Person {
    async fn found(&self, store: &Store) -> Result<(Tenant, BroadWorksId), Failure> {
        let tenant = Tenant::of_partner(&partner::existing(self.partner.as_deref(), store).await?);
        let id = BroadWorksId::parse(&self.user_id).map_err(crate::fault::Trouble::from)?;
        Ok((tenant, id))
    }
}

async fn known(tenant: Tenant, id: &BroadWorksId, store: &Store) -> Result<Subscriber, Failure> {
    let user = subscriber::known_as(store.read(), tenant, id).await?;
    user.ok_or_else(|| Failure::Other(format!("nobody is a user here by {id:?}", id = id.as_str())))
}

async fn sign_out((tenant, id): (Tenant, BroadWorksId), store: &Store) -> Result<(), Failure> {
    let user = known(tenant, &id, store).await?.id;
    let work = store.work().await?;
    let ended = portal_session::delete_all_of(&work, user).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "portal_sessions_ended", subscriber = %user, sessions = ended);
    println!("{ended} sessions ended.");
    Ok(())
}

async fn show((tenant, id): (Tenant, BroadWorksId), store: &Store) -> Result<(), Failure> {
    let user = known(tenant, &id, store).await?;
    println!("id           {}", user.id);
    println!("status       {} since {}", user.lifecycle.status().as_str(), iso8601::format(user.status_changed_at));
    println!("package      {}", user.package.as_str());
    if let Some(fault) = user.lifecycle.fault() {
        let said = user.fault_detail.as_ref().map(|said| format!(" ({said})")).unwrap_or_default();
        println!("fault        {} {}{said}", fault.code(), fault.cause());
    }
    for step in history::newest(store.read(), tenant, user.id, STEPS).await?.into_iter().rev() {
        let fault = step.fault.map(|fault| format!("  {} {}", fault.code(), fault.cause())).unwrap_or_default();
        let status = step.status.map_or("gone", Status::as_str);
        println!("{}  {}  by {}  then {status}{fault}", iso8601::format(step.at), step.event.as_str(), step.actor);
    }
    Ok(())
}

/// The account first, by the engine of a running server; then everything else. Whatever is left is done the next time.
async fn erase((tenant, id): (Tenant, BroadWorksId), store: &Store, environment: &Environment) -> Result<(), Failure> {
    let user = subscriber::known_as(store.read(), tenant, &id).await?;
    let was = user.as_ref().map(|user| user.id.into());
    if let Some(user) = user {
        update::remove(store, environment, (tenant, user.id), &Actor::Operator, Comeback::Forbidden).await?;
        let began = Instant::now();
        while subscriber::known_as(store.read(), tenant, &id).await?.is_some() {
            if began.elapsed() > PATIENCE {
                return Err(Failure::Other(
                    "the server has not removed the account yet, and nothing else is erased before: see whether the server \
                     runs and the target works, then do this again"
                        .to_owned(),
                ));
            }
            sleep(LOOK).await;
        }
    }
    let work = store.work().await?;
    person::erase(&work, tenant, &id, was).await?;
    audit::record(&work, environment, tenant, &Actor::Operator, (Deed::PersonErased, None)).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "person_erased", partner = %tenant.partner());
    println!("Nothing is kept of this person, but in backups and in answers of the API that are kept for a day.");
    Ok(())
}
