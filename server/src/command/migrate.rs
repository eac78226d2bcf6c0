//! `flowthrough migrate`

use clap::Args;

use super::{
    Failure,
    database::{look_into, open},
};
use crate::config::Config;

/// Bring the database's schema up to date.
#[derive(Args)]
pub struct Options {
    /// Change nothing; fail if there is something to be done
    #[arg(long)]
    check: bool,
}

pub(super) async fn run(options: Options, config: &Config) -> Result<(), Failure> {
    if options.check {
        return check(config).await;
    }
    open(config).await?;
    println!("The schema is up to date.");
    Ok(())
}

async fn check(config: &Config) -> Result<(), Failure> {
    let (store, _) = look_into(config).await?;
    let pending = store.schema().await?.pending;
    for migration in &pending {
        println!("{migration}");
    }
    if !pending.is_empty() {
        let many = pending.len();
        return Err(Failure::Other(format!("{many} migrations are to be done: flowthrough migrate")));
    }
    println!("The schema is up to date.");
    Ok(())
}
