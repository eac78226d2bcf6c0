//! `flowthrough migrate`

use super::{Failure, open};
use crate::config::Config;

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    open(config).await?;
    println!("The schema is up to date.");
    Ok(())
}
