//! The demo: a partner with customers, templates and subscribers in every state, an emulated BroadWorks, a mailbox.
//!
//! Only `flowthrough serve --demo` has it, and only on loopback.

pub mod emulator;
pub mod guide;
pub mod mailbox;
pub mod people;
mod seed;
pub mod target;

use std::io;

use tokio::net::TcpListener;

use crate::{
    access::administrators,
    broadworks::{BroadWorksAccount, XsiUrl},
    config::Config,
    environment::Environment,
    fault::Trouble,
    outbound::Reach,
    partners,
    store::{Store, Tenant, partner, template},
};

/// The password of every demo BroadWorks user.
pub const PASSWORD: &str = "broadworks-demo";
const ADMIN: &str = "admin@northwind.example";

/// A demo that has begun.
pub struct Started {
    /// The first steps, to be printed.
    pub story: String,
    /// The account that may read the emulated BroadWorks' directories.
    pub account: BroadWorksAccount,
}

/// Why the demo cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database fails, or the sign-in of the settings does not do.
    #[error("{0}")]
    Trouble(#[from] Trouble),
    /// The database holds something else.
    #[error("this database holds no demo, but an installation")]
    NoDemo,
    /// BroadWorks cannot be emulated.
    #[error("the emulated BroadWorks cannot listen: {0}")]
    Emulator(#[from] io::Error),
}

/// Fills an empty database, emulates BroadWorks, and sets the demo's sign-in.
///
/// # Errors
/// If the database fails or holds something else, or no port is free.
pub async fn start(store: &Store, environment: &Environment, config: &Config) -> Result<Started, Failure> {
    if partner::count(store.read()).await.map_err(Trouble::from)? == 0 {
        seed::sow(store, environment, &config.public_url).await?;
    }
    // A demo shows everybody's mails, and its sign-in is no secret.
    let Some(partner) = partners::named(store, seed::PARTNER).await? else { return Err(Failure::NoDemo) };
    let account = emulate(environment).await?;
    set_xsi(store, account.url.as_str()).await?;
    let tenant = Tenant::of_partner(&partner);
    let (email, password) = sign_in(store, environment, config, tenant).await?;
    let story = guide::story(store, tenant, &config.public_url, (&email, &password)).await?;
    Ok(Started { story, account })
}

async fn emulate(environment: &Environment) -> io::Result<BroadWorksAccount> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let url =
        XsiUrl::parse(&format!("http://{address}"), &Reach::everywhere()).expect("this very machine has an address");
    let account = BroadWorksAccount { url, name: "flowthrough".to_owned(), password: environment.token() };
    let administrator = (account.name.clone(), account.password.clone());
    let router = emulator::router_with_directory(seed::emulated_users(), administrator);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(account)
}

/// The emulator has another port at every start.
async fn set_xsi(store: &Store, url: &str) -> Result<(), Trouble> {
    let work = store.work().await?;
    template::save_xsi_url_of_all(&work, url).await?;
    Ok(work.commit().await?)
}

async fn sign_in(
    store: &Store,
    environment: &Environment,
    config: &Config,
    tenant: Tenant,
) -> Result<(String, String), Trouble> {
    let (email, password) = match &config.admin {
        Some(given) => given.clone(),
        None => (ADMIN.to_owned(), environment.token()[..16].to_owned()),
    };
    administrators::add(store, environment, tenant, &email, &password).await?;
    Ok((email, password))
}
