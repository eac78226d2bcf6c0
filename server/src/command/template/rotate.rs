//! `flowthrough template rotate`.

use clap::Args;
use domain::{limit, timestamp::DAY};

use super::{Failure, find, open_existing};
use crate::{
    config::Config,
    iso8601,
    store::{Actor, Tenant},
    templates::{self, Replaced},
};

/// The most days that a provisioning ID is taken which was replaced.
const LONGEST: i64 = limit::FORMER_PROVISIONING_ID / DAY;

/// What is replaced.
#[derive(Args)]
pub struct Rotate {
    /// The template's provisioning ID
    provisioning_id: String,
    #[command(flatten)]
    what: What,
    /// For how many days the provisioning ID before is taken, too: 0 to 90
    #[arg(long, value_name = "DAYS", default_value_t = 30, conflicts_with = "share_link", value_parser = clap::value_parser!(i64).range(0..=LONGEST))]
    grace: i64,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct What {
    /// The share link: the one that users have stops working, and says so
    #[arg(long)]
    share_link: bool,
    /// The provisioning ID, and with it the adapter's URL
    #[arg(long = "provisioning-id", id = "new_provisioning_id")]
    provisioning_id: bool,
}

/// Replaces it and prints the new one.
pub(super) async fn rotate(rotate: Rotate, config: &Config) -> Result<(), Failure> {
    let (store, environment) = open_existing(config).await?;
    let before = find(&store, &rotate.provisioning_id).await?;
    let grace = rotate.grace * DAY;
    let what = if rotate.what.share_link { Replaced::ShareLink } else { Replaced::ProvisioningId(grace) };
    let doer = (Tenant::of_template(&before), &Actor::Operator);
    let after = templates::replace(&store, &environment, doer, &config.public_url, &before, what).await?;
    match what {
        Replaced::ShareLink => {
            println!("share link       {}", templates::activation_link(&config.public_url, &after));
            if after.share_link == before.share_link {
                println!("Its Share Link field led elsewhere and still does: {}", after.share_link);
            }
        }
        Replaced::ProvisioningId(_) => {
            println!("provisioning id  {}", after.provisioning_id);
            println!("adapter url      {}", templates::adapter_url(&config.public_url, &after));
            let until = iso8601::format(environment.now().plus(grace));
            println!(
                "the one before   {}",
                if grace > 0 { format!("until {until}") } else { "is taken no longer".to_owned() }
            );
        }
    }
    Ok(())
}
