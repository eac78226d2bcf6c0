//! `flowthrough serve`

mod demo;
mod reload;
mod supervisor;

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use clap::Args;
use domain::{
    Fault, Timestamp,
    limit::{self, Limit},
};
use tokio::{net::TcpListener, sync::watch};

use self::{demo::Demo, reload::Reload};
use super::{
    Failure,
    database::{connect, damaged, folder, lock, sqlite_path},
    outside::{self, code_keys},
    partner, stop,
};
use crate::{
    access::{administrators, code_keys::CodeKeys, devices::Devices, rate::Rate, session::watch::Watch},
    backend::{Context, Shared, Site},
    bounces::{Bounces, lmtp},
    broadworks::{BroadWorksAccount, EnterpriseDirectory, Timeouts, XsiClient, XsiDirectory},
    build::Build,
    clock,
    config::{Config, ConfigError},
    courier::PostOffice,
    directory_sync::{Directories, Syncer},
    environment::Environment,
    http::{
        self,
        host::Hosts,
        listener::{self, Limits},
        site::{BrowserFiles, Packed},
    },
    metrics::scrape::Scrape,
    outbound::Reach,
    partners, process,
    provisioning::{
        bulk, queue,
        ready_mail::ReadyMails,
        reminders::{self, Reminders},
        worker::Worker,
    },
    readiness::Readiness,
    search, soundness,
    store::{DbErr, Store, Tenant, lease, replicas},
    sweepers,
    targets::{Targets, breaker::Breakers, directory},
    webhooks::{Messenger, Sender},
};

/// How long a connection to BroadWorks may take to stand.
const XSI: Duration = Duration::from_secs(3);
/// How long requests under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(8);
/// What servers that start together do one after the other: any number that nobody else uses in this database.
const FIRST_START: i64 = 0x466c_6f77_7469;

/// Serve the portal, the hub and the API.
#[derive(Args)]
pub struct Options {
    /// Fill an empty database with a demo and emulate BroadWorks; listens on loopback only
    #[arg(long)]
    demo: bool,
}

pub(super) async fn run(options: Options, config: Config, build: Build, packed: Option<Packed>) -> Result<(), Failure> {
    if options.demo {
        demo::check(&config)?;
    }
    let site = site(&config, packed)?;
    let (store, environment) = connect(&config).await?;
    let started = environment.now();
    let only = lock(&config.database_url, config.takeover).await?;
    store.check().await.map_err(|error| damaged(&error))?;
    store.migrate().await?;
    if only.is_some() {
        // Nobody else can be at work on this file: what a crash left leased goes on at once.
        free(&store, environment.now()).await?;
    }
    let listener = match supervisor::socket().map_err(|error| cannot_listen("LISTEN", config.listen, &error))? {
        Some(given) => given,
        None => listen("LISTEN", config.listen).await?,
    };
    let operators = match config.metrics_listen {
        Some(address) => Some(listen("METRICS_LISTEN", address).await?),
        None => None,
    };
    let returning = match config.bounce_listen {
        Some(address) => Some(listen("BOUNCE_LISTEN", address).await?),
        None => None,
    };
    let devices = Devices::load(&store, &environment).await?;
    let code_keys = code_keys(&config, &environment)?;
    code_keys.check(&store, environment.now()).await?;
    let return_paths = outside::return_paths(&config, &code_keys)?;
    named_partners(&config, &store).await?;
    // The engine has time; whoever waits for a page has not.
    let patient = store.patiently();
    let demo = if options.demo { Some(demo::start(&store, &environment, &config).await?) } else { None };
    let office = outside::office(&config, &environment, options.demo)?.with_return_paths(return_paths.clone());
    let stops = reminders::stops(code_keys.clone());
    let office = office.with_stops(stops.clone());
    let reminders = Reminders::new(patient.clone(), environment.clone(), &stops);
    let ready_mails = ReadyMails::new(patient.clone(), environment.clone(), Arc::new(office.clone()));
    let worker = worker(&config, &patient, &environment, demo.as_ref(), office.clone())?;
    let worker = worker.with_code_keys(code_keys.clone());
    let bounces = return_paths.map(|paths| Bounces::new(patient.clone(), environment.clone(), paths));
    let bounces = bounces.map(|bounces| bounces.reporting(worker.refused_mails().clone()));
    let known = (devices, code_keys, worker.breakers().clone());
    let context = context(&config, &store, &environment, known, &office, options.demo)?;
    let readiness = Readiness::new(store.clone(), environment.clone(), worker.sign());
    let scrape = Scrape {
        store: store.clone(),
        environment: environment.clone(),
        readiness: readiness.clone(),
        breakers: worker.breakers().clone(),
        services: worker.services(),
        refused_mails: worker.refused_mails().clone(),
        build,
        folder: sqlite_path(&config.database_url).map_or(Path::new("."), folder).to_owned(),
        started,
    };
    let (stopping, stopped) = watch::channel(());
    let engine = tokio::spawn(worker.run(wait(stopped.clone())));
    let ready_mails = tokio::spawn(ready_mails.run(wait(stopped.clone())));
    let reminders = reminders.map(|reminders| tokio::spawn(reminders.run(wait(stopped.clone()))));
    let bulk = tokio::spawn(bulk::Worker::new(patient.clone(), environment.clone()).run(wait(stopped.clone())));
    let messenger = Messenger::new(patient.clone(), environment.clone(), context.webhooks.clone());
    let messenger = tokio::spawn(messenger.run(wait(stopped.clone())));
    let directories = directories(&config, demo.as_ref().map(|demo| &demo.account), &context);
    let syncer = Syncer::new(patient.clone(), environment.clone(), directories.clone());
    let syncer = tokio::spawn(syncer.run(wait(stopped.clone())));
    let sweeper = tokio::spawn(sweepers::run(
        patient.clone(),
        environment.clone(),
        context.code_keys.clone(),
        config.retention.clone(),
    ));
    let index = tokio::spawn(search::Index::new(patient.clone(), environment.clone()).run());
    let clock = tokio::spawn(clock::watch(patient, environment.clone()));
    if !store.is_shared() {
        tokio::spawn(soundness::watch(store.clone()));
    }
    tokio::spawn(context.sessions.clone().run(store.clone(), environment.clone()));
    if store.is_shared() {
        tokio::spawn(replicas::listen(config.database_url.clone(), store.live().clone()));
    }
    let settings = http::Settings {
        site,
        hosts: Hosts::new(&[&config.public_url, &config.hub_url], &config.hosts),
        trust_proxy: config.trust_proxy,
        api_calls: config.api_calls,
        directories,
        readiness: readiness.clone(),
        build,
        private_docs: config.private_docs,
        demo: demo.as_ref().map(|demo| demo.router.clone()),
    };
    let router = http::router(&context, settings);
    match &demo {
        Some(demo) => process::print(&demo.greeting),
        None => greet(&store, &environment, &config).await?,
    }
    tracing::info!(listen = %config.listen, "serving");
    let limits = Limits::new(process::descriptors(), config.connections, config.trust_proxy > 0);
    if let Some(listener) = operators {
        let (router, stopped) = (http::private::router(scrape), wait(stopped.clone()));
        tokio::spawn(listener::serve(listener, router, Limits::PRIVATE, environment.clone(), stopped));
    }
    if let Some((listener, bounces)) = returning.zip(bounces) {
        tokio::spawn(lmtp::serve(listener, bounces, wait(stopped.clone())));
    }
    let reload = Reload::listen(config.clone(), (!options.demo).then_some(office));
    let reload = tokio::spawn(reload.run());
    supervisor::ready(readiness.clone());
    let live = store.live().clone();
    let signal = async move {
        stop::requested().await;
        readiness.stop();
        supervisor::stopping();
        tokio::time::sleep(config.drain).await;
        stop::begin();
        live.close();
        drop(stopping);
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = listener::serve(listener, router, limits, environment.clone(), wait(stopped)) => {}
        () = signal => {}
    }
    reload.abort();
    sweeper.abort();
    index.abort();
    clock.abort();
    let _ = engine.await;
    let _ = ready_mails.await;
    if let Some(reminders) = reminders {
        let _ = reminders.await;
    }
    let _ = bulk.await;
    let _ = messenger.await;
    let _ = syncer.await;
    if let Err(error) = store.settle().await {
        tracing::warn!(event = "not_settled", %error, "changes are left in the log beside the database: keep both");
    }
    drop(only);
    Ok(())
}

/// Ends all leases, of whatever kind of work.
async fn free(store: &Store, now: Timestamp) -> Result<(), DbErr> {
    queue::free(store, None).await?;
    lease::free(store, now).await
}

/// The browser's files have to be there. A server that was not told where they are may be one that only has clients of the
/// API; it says what it does without.
fn site(config: &Config, packed: Option<Packed>) -> Result<BrowserFiles, ConfigError> {
    let files = config.browser_files(packed);
    let missing = matches!(&files, BrowserFiles::Folder(folder) if !folder.join("pkg").is_dir());
    if missing && config.site_is_given {
        return Err(ConfigError {
            name: "FLOWTHROUGH_SITE".to_owned(),
            wrong: format!("{} does not hold the browser's files: there is no folder pkg in it", config.site.display()),
            fix: "Leave it out: a release has them in it. Or name the folder that the build made (target/site)."
                .to_owned(),
        });
    }
    if missing {
        tracing::warn!(site = %files, "the browser's files are not there: no page works");
    }
    Ok(files)
}

/// What the settings give to a partner belongs to one that is there, or is yet to come: but not to one whose name is only
/// misspelt, who would then have none.
async fn named_partners(config: &Config, store: &Store) -> Result<(), Failure> {
    let all = partners::all(store).await?;
    let accounts = partner::unknown(config.partners_of_accounts(), &all).into_iter().map(|one| ("BROADWORKS", one));
    let providers = partner::unknown(config.partners_of_providers(), &all).into_iter().map(|one| ("OIDC", one));
    for (setting, (name, meant)) in accounts.chain(providers) {
        if let Some(meant) = meant {
            return Err(Failure::Setting(ConfigError {
                name: format!("FLOWTHROUGH_{setting}_PARTNER"),
                wrong: format!("there is no partner {name:?}"),
                fix: format!(
                    "Did you mean {meant:?}? If it is another one, add it first: \
                     flowthrough admin add EMAIL --partner {name:?}"
                ),
            }));
        }
        tracing::warn!(
            event = "partner_unknown",
            setting = setting.to_lowercase(),
            "settings are of a partner who is not there yet"
        );
    }
    Ok(())
}

fn context(
    config: &Config,
    store: &Store,
    environment: &Environment,
    (devices, code_keys, breakers): (Devices, CodeKeys, Arc<Breakers>),
    office: &PostOffice,
    demo: bool,
) -> Result<Shared, Failure> {
    // The demo's stand on this machine.
    let (xsi_reach, webhook_reach) = match demo {
        true => (Reach::everywhere(), Reach::everywhere()),
        false => (config.xsi_reach(), config.webhook_reach()),
    };
    let timeouts = Timeouts { connect: XSI.min(config.xsi_timeout), total: config.xsi_timeout };
    let xsi = XsiClient::new(timeouts, xsi_reach.clone()).map_err(|error| Failure::Other(error.to_string()))?;
    let webhooks = Sender::new(code_keys.clone(), webhook_reach);
    let webhooks = webhooks.map_err(|error| Failure::Other(error.to_string()))?;
    Ok(Arc::new(Context {
        store: store.clone(),
        environment: environment.clone(),
        devices,
        code_keys,
        xsi,
        webhooks,
        sessions: Watch::default(),
        calls: Rate::new(Limit { max: config.api_calls, ..limit::HUB_CALLS }, Fault::TooManyAttempts),
        providers: outside::providers(config)?,
        mail_system: Arc::new(office.clone()),
        notices: Arc::new(office.clone()),
        breakers,
        site: Site {
            public_url: config.public_url.clone(),
            hub_url: config.hub_url.clone(),
            xsi_reach,
            demo,
            client: config.client.clone(),
        },
    }))
}

fn directories(config: &Config, demo: Option<&BroadWorksAccount>, context: &Shared) -> Directories {
    let read = |account: &BroadWorksAccount| -> Arc<dyn EnterpriseDirectory> {
        Arc::new(XsiDirectory::new(context.xsi.clone(), account.clone()))
    };
    let (named, unnamed): (Vec<_>, Vec<_>) = config.broadworks.iter().partition(|one| one.partner.is_some());
    let only = demo.or_else(|| unnamed.first().map(|one| &one.account)).map(read);
    let named = named.into_iter().filter_map(|one| Some((one.partner.clone()?, read(&one.account)))).collect();
    Directories::new(context.store.clone(), context.environment.clone(), only, named)
}

fn worker(
    config: &Config,
    store: &Store,
    environment: &Environment,
    demo: Option<&Demo>,
    office: PostOffice,
) -> Result<Worker, Failure> {
    let (targets, attempts) = match demo {
        Some(demo) => (Targets::default().with(directory::NAME, demo.target.clone()), demo.attempts),
        None => (outside::targets(config, store, environment)?, domain::retry::MAX_ATTEMPTS),
    };
    Ok(Worker::new(store.clone(), environment.clone(), store.live().clone(), targets, Arc::new(office), attempts))
}

/// Prints for a real server's operator how to begin. Of servers that start together on one database, one does.
async fn greet(store: &Store, environment: &Environment, config: &Config) -> Result<(), Failure> {
    process::print(format_args!("flowthrough  {}", config.public_url));
    let _first = store.alone(FIRST_START).await?;
    if !administrators::none_yet(store).await? {
        return Ok(());
    }
    let all = partners::all(store).await?;
    let partner = match all.as_slice() {
        [only] => only.clone(),
        [] => partners::named_or_new(store, environment, &config.partner).await?,
        several => match several.iter().find(|partner| partner.name == config.partner) {
            Some(named) => named.clone(),
            None => {
                process::print("             Nobody can sign in, and there are several partners: choose one for whom");
                process::print("             flowthrough admin add EMAIL --partner NAME");
                return Ok(());
            }
        },
    };
    let tenant = Tenant::of_partner(&partner);
    if let Some((email, password)) = &config.admin {
        let added = administrators::add(store, environment, tenant, email, password).await;
        added.map_err(Failure::of_administrator)?;
        process::print(format_args!("hub          {}/hub (sign in as {email})", config.hub_url));
        return Ok(());
    }
    // SQLite has one server: whoever starts it again has not seen the link, or has lost it.
    if store.is_shared() && administrators::has_fresh_setup_link(store, environment, tenant).await? {
        process::print(
            "set-up       Another server on this database has just printed the link to create the first administrator.",
        );
        process::print("             It works once. To get another one, restart a server a minute later.");
        return Ok(());
    }
    let token = administrators::setup_token(store, environment, tenant).await?;
    process::print(format_args!("set-up       {}/hub/setup/{token}", config.hub_url));
    process::print("             Open this link within a day to create the first administrator; it works once.");
    Ok(())
}

async fn wait(mut stopped: watch::Receiver<()>) {
    // Ends when the sender is dropped.
    while stopped.changed().await.is_ok() {}
}

async fn listen(name: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| cannot_listen(name, address, &error))
}

fn cannot_listen(name: &str, address: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::Setting(ConfigError {
        name: format!("FLOWTHROUGH_{name}"),
        wrong: format!("{address} cannot be used: {error}"),
        fix: "Stop what is using it, or choose another port.".to_owned(),
    })
}
