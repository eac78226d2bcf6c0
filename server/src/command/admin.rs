//! `flowthrough admin add`

use clap::Subcommand;

use super::{Failure, open};
use crate::{administrators, config::Config};

/// Manage those who sign in to the partner hub.
#[derive(Subcommand)]
pub enum Admin {
    /// Add an administrator, or give one a new password; the password is read from standard input, or generated
    Add {
        /// The address to sign in with
        email: String,
        /// The partner whose users the administrator sees; created if it is new
        #[arg(long)]
        partner: Option<String>,
        /// Read the password from standard input instead of generating one
        #[arg(long)]
        password_stdin: bool,
    },
}

pub(super) async fn run(command: Admin, config: &Config) -> Result<(), Failure> {
    let Admin::Add { email, partner, password_stdin } = command;
    let (store, environment) = open(config).await?;
    let generated = if password_stdin { None } else { Some(environment.token()) };
    let password = match &generated {
        Some(password) => password.clone(),
        None => read_line()?,
    };
    let name = partner.unwrap_or_else(|| config.partner.clone());
    let partner = administrators::partner(&store, &environment, &name).await?;
    administrators::add(&store, &environment, partner, &email, &password).await?;
    println!("{email} can sign in at {}/hub for {name}.", config.public_url);
    if let Some(password) = generated {
        println!("password  {password}");
    }
    Ok(())
}

/// One line of standard input: for secrets, which have no place among the arguments.
pub(super) fn read_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|error| Failure::Other(error.to_string()))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
