//! `flowthrough serve --demo`: what it puts in the place of what is outside. An operator's build has none of it.

use std::sync::Arc;

use axum::Router;

use super::super::Failure;
use crate::{
    broadworks::BroadWorksAccount,
    config::{Config, ConfigError},
    environment::Environment,
    store::Store,
    targets::Target,
};

/// What the demo has instead of what is outside.
pub(super) struct Demo {
    /// What it prints when it begins.
    pub greeting: String,
    /// The account that may read the directories of the emulated BroadWorks.
    pub account: BroadWorksAccount,
    /// Where users' accounts are created.
    pub target: Arc<dyn Target>,
    /// After how many attempts the target is given up.
    pub attempts: u32,
    /// What it serves beside everything else.
    pub router: Router,
}

/// Whether there can be a demo here.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    if cfg!(not(feature = "demo")) {
        return Err(left_out());
    }
    if !config.listen.ip().is_loopback() {
        return Err(ConfigError {
            name: "FLOWTHROUGH_LISTEN".to_owned(),
            wrong: format!("the demo refuses to listen on {}", config.listen),
            fix: "Use 127.0.0.1, or serve without --demo.".to_owned(),
        });
    }
    Ok(())
}

fn left_out() -> ConfigError {
    ConfigError {
        name: "--demo".to_owned(),
        wrong: "this flowthrough was built for operators, without the demo".to_owned(),
        fix: "Serve without it, or try one that was built with it: make run.".to_owned(),
    }
}

/// Begins it.
#[cfg(feature = "demo")]
pub(super) async fn start(store: &Store, environment: &Environment, config: &Config) -> Result<Demo, Failure> {
    use crate::{
        demo::{self, mailbox, target},
        targets::directory::Directory,
    };
    let started = demo::start(store, environment, config).await.map_err(|failed| match failed {
        demo::Failure::Trouble(trouble) => Failure::of_administrator(trouble),
        demo::Failure::NoDemo => ConfigError {
            name: "--demo".to_owned(),
            wrong: "this database holds no demo, but an installation".to_owned(),
            fix: "Name another one in FLOWTHROUGH_DATABASE_URL, or serve without --demo.".to_owned(),
        }
        .into(),
        other => Failure::Other(other.to_string()),
    })?;
    let directory = Directory::new(store.patiently(), environment.clone());
    Ok(Demo {
        greeting: started.story,
        account: started.account,
        target: Arc::new(target::Moody::new(directory)),
        attempts: target::ATTEMPTS,
        router: mailbox::router(crate::command::outside::OUTBOX.into()),
    })
}

/// There is none.
#[cfg(not(feature = "demo"))]
pub(super) async fn start(_: &Store, _: &Environment, _: &Config) -> Result<Demo, Failure> {
    Err(left_out().into())
}
