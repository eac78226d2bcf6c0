//! `flowthrough import FILE.csv`

use std::{fs::File, path::PathBuf};

use clap::Args;

use super::{Failure, open_existing, partner};
use crate::{
    config::Config,
    import::{ImportError, ImportOptions, import},
    store::Tenant,
};

/// Import subscribers from a CSV file; the columns are those of Export.
#[derive(Args)]
pub struct Options {
    /// The file: comma, semicolon or tab; UTF-8 or UTF-16
    file: PathBuf,
    /// The partner whose subscribers they are
    #[arg(long)]
    partner: Option<String>,
    /// The template of rows that name none
    #[arg(long, value_name = "ID")]
    provisioning_id: Option<String>,
    /// Check every row and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write nothing if there is a single bad row
    #[arg(long)]
    all_or_nothing: bool,
}

pub(super) async fn run(options: Options, config: &Config) -> Result<(), Failure> {
    let Options { file, partner, provisioning_id, dry_run, all_or_nothing } = options;
    let source = File::open(&file).map_err(|error| Failure::Other(format!("{}: {error}", file.display())))?;
    let (store, environment) = open_existing(config).await?;
    let tenant = Tenant::of_partner(&partner::existing(partner.as_deref(), &store).await?);
    let options = ImportOptions { provisioning_id, dry_run, all_or_nothing, ..ImportOptions::default() };
    let report = import(&store, &environment, tenant, source, &options, |_| ()).await.map_err(|error| match error {
        ImportError::Trouble(trouble) => Failure::Trouble(trouble),
        other => Failure::Other(other.to_string()),
    })?;
    println!("{report}");
    if report.refused > 0 {
        return Err(Failure::Other(format!(
            "{} rows were refused; correct them and import the file again",
            report.refused
        )));
    }
    Ok(())
}
