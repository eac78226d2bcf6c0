//! `flowthrough demo-users`

use super::{Failure, open};
use crate::{config::Config, demo::guide};

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let (store, _) = open(config).await?;
    match guide::everybody(&store, &config.public_url).await? {
        Some(everybody) => print!("{everybody}"),
        None => println!("There is no demo in this database: make run makes one."),
    }
    Ok(())
}
