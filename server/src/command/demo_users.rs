//! `flowthrough demo-users`

use super::{Failure, open_existing};
use crate::{config::Config, demo::guide};

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let (store, _) = open_existing(config).await?;
    match guide::everybody(&store, &config.public_url).await? {
        Some(everybody) => print!("{everybody}"),
        None => println!("There is no demo in this database: make run makes one."),
    }
    Ok(())
}
