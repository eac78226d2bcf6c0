//! `flowthrough admin add`, `list`, `reset`, `disable`, `enable` and `remove`

use app::i18n::Locale;
use clap::Subcommand;
use domain::{Fault, Role, SpEnterpriseId};

use super::{Failure, open, open_existing, outside, partner};
use crate::{
    access::{
        administrators::{self, Known},
        notices::{self, Notices as _},
        post::Post,
    },
    config::{Config, ConfigError},
    environment::Environment,
    fault::Trouble,
    iso8601,
    store::{Store, Tenant},
};

/// Manage those who sign in to the partner hub.
#[derive(Subcommand)]
pub enum Admin {
    /// Add an administrator, or give one a new password; it is generated, or read from standard input
    Add {
        /// The address to sign in with
        email: String,
        /// The partner whose users the administrator sees; created if it is new
        #[arg(long)]
        partner: Option<String>,
        /// What they may do; a new one may do everything unless this says otherwise
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        /// The enterprise ID of a customer, once for each: they see no other one
        #[arg(long, requires = "role", value_parser = customer)]
        customer: Vec<SpEnterpriseId>,
        /// Read the password from standard input instead of generating one
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the administrators: id, address, role, partner, and whether they can sign in
    List {
        /// Only this partner's
        #[arg(long)]
        partner: Option<String>,
    },
    /// Give an administrator a new password, and sign them out everywhere; one who was disabled can sign in again
    Reset {
        /// The address to sign in with
        email: String,
        /// Take the second factor away, too: it was lost, and so were the recovery codes
        #[arg(long)]
        second_factor: bool,
        /// Read the password from standard input instead of generating one
        #[arg(long)]
        password_stdin: bool,
    },
    /// Keep an administrator from signing in, and sign them out everywhere
    Disable {
        /// The address to sign in with
        email: String,
    },
    /// Let an administrator who was disabled sign in again, with the password that they had
    Enable {
        /// The address to sign in with
        email: String,
    },
    /// Forget an administrator, and sign them out everywhere; the address may then be added to another partner
    Remove {
        /// The address to sign in with
        email: String,
    },
}

pub(super) async fn run(command: Admin, config: &Config) -> Result<(), Failure> {
    match command {
        Admin::Add { email, partner, role, customer, password_stdin } => {
            let post = role.map(|role| post(role, customer)).transpose()?;
            add((&email, post.as_ref()), partner.as_deref(), password_stdin, config).await
        }
        Admin::List { partner } => list(partner.as_deref(), config).await,
        Admin::Reset { email, second_factor, password_stdin } => {
            let (store, environment) = open_existing(config).await?;
            // Only somebody who is there: nobody is added by a typing error.
            let known = administrators::find(&store, &email).await?;
            let known = known.ok_or_else(|| nobody(&email, Fault::NotFound.into()))?;
            // The password first: whoever had the old one is never let in by it alone.
            add((&email, None), None, password_stdin, config).await?;
            if second_factor {
                match administrators::forget_factor(&store, &environment, &email).await? {
                    true => notify(&known, config, &environment).await?,
                    false => println!("There was no second factor."),
                }
            }
            Ok(())
        }
        Admin::Disable { email } => {
            let (store, environment) = open_existing(config).await?;
            let disabled = administrators::disable(&store, &environment, &email).await;
            let disabled = disabled.map_err(|trouble| nobody(&email, trouble))?;
            println!("{} can no longer sign in, and is signed out everywhere.", disabled.administrator.email);
            nobody_left(&store, &disabled).await
        }
        Admin::Enable { email } => {
            let (store, environment) = open_existing(config).await?;
            let enabled = administrators::enable(&store, &environment, &email).await;
            let enabled = enabled.map_err(|trouble| nobody(&email, trouble))?;
            println!("{} can sign in again for {}.", enabled.administrator.email, enabled.partner);
            Ok(())
        }
        Admin::Remove { email } => {
            let (store, environment) = open_existing(config).await?;
            let removed = administrators::remove(&store, &environment, &email).await;
            let removed = removed.map_err(|trouble| nobody(&email, trouble))?;
            println!("{} is forgotten, and signed out everywhere.", removed.administrator.email);
            nobody_left(&store, &removed).await
        }
    }
}

/// Tells somebody by mail that their second factor is gone.
async fn notify(known: &Known, config: &Config, environment: &Environment) -> Result<(), Failure> {
    println!("The second factor is taken away.");
    let office = outside::office(config, environment, false)?;
    let notified = match notices::address(&known.administrator) {
        Some(to) => office.factor_taken(&to, &known.partner, Locale::default()).await,
        None => false,
    };
    match notified {
        true => println!("{} is told by mail.", known.administrator.email),
        false => eprintln!("No mail could be sent to {}: tell them.", known.administrator.email),
    }
    Ok(())
}

/// The role of a name on the command line, where words are joined as options are.
fn role(name: &str) -> Result<Role, String> {
    let names = || Role::ALL.map(|role| role.as_str().replace('_', "-")).join(", ");
    Role::parse(&name.replace('-', "_")).ok_or_else(|| format!("there is no such role: {}", names()))
}

/// A customer's name on the command line.
fn customer(name: &str) -> Result<SpEnterpriseId, String> {
    SpEnterpriseId::parse(name).map_err(|_| "this is no enterprise ID".to_owned())
}

/// What somebody is to be, if that goes together.
fn post(role: Role, customers: Vec<SpEnterpriseId>) -> Result<Post, ConfigError> {
    let named = role.as_str().replace('_', "-");
    let wrong = |wrong: &str, fix: &str| {
        Err(ConfigError { name: "--customer".to_owned(), wrong: format!("{named} {wrong}"), fix: fix.to_owned() })
    };
    match (role.is_of_one_customer(), customers.len()) {
        (true, 1) => {}
        (true, _) => return wrong("is of one customer", "Name one: --customer ENTERPRISE_ID"),
        (false, 1..) if !role.can_be_assigned() => return wrong("is for every customer", "Leave --customer out."),
        (false, _) => {}
    }
    Ok(Post { role, customers: (!customers.is_empty()).then_some(customers) })
}

async fn add(
    (email, post): (&str, Option<&Post>),
    named: Option<&str>,
    password_stdin: bool,
    config: &Config,
) -> Result<(), Failure> {
    let (store, environment) = open(config).await?;
    let generated = if password_stdin { None } else { Some(environment.token()) };
    let password = match &generated {
        Some(password) => password.clone(),
        None => read_line()?,
    };
    // Whose an administrator is need not be said again for a new password.
    let known = administrators::find(&store, email).await?;
    let partner = match (&known, named) {
        (Some(known), None) => partner::existing(Some(&known.partner), &store).await?,
        (Some(known), Some(other)) if known.partner != other.trim() => return Err(elsewhere(known)),
        _ => partner::for_new(named, &store, &environment, config).await?,
    };
    administrators::add_to_post(&store, &environment, Tenant::of_partner(&partner), (email, post), &password).await?;
    match known {
        None => println!("{email} can sign in at {}/hub for {}.", config.hub_url, partner.name),
        Some(Known { administrator, .. }) => {
            let disabled = if administrator.disabled_at.is_some() { " and was disabled" } else { "" };
            let at = &config.hub_url;
            println!(
                "{email} has been added before{disabled}: here is a new password for {}, at {at}/hub.",
                partner.name
            );
            println!("Whoever was signed in with the old one is signed out.");
        }
    }
    if let Some(password) = generated {
        println!("password  {password}");
    }
    Ok(())
}

async fn list(named: Option<&str>, config: &Config) -> Result<(), Failure> {
    let (store, _) = open_existing(config).await?;
    let only = match named {
        Some(name) => Some(Tenant::of_partner(&partner::existing(Some(name), &store).await?)),
        None => None,
    };
    for Known { administrator, partner } in administrators::list(&store, only).await? {
        let at = iso8601::format;
        let standing = match administrator.disabled_at {
            Some(disabled) => format!("disabled {}", at(disabled)),
            None => "can sign in".to_owned(),
        };
        let (added, role) = (at(administrator.created_at), administrator.role.as_str().replace('_', "-"));
        println!("{}  {}  {role}  {partner}  added {added}  {standing}", administrator.id, administrator.email);
    }
    Ok(())
}

/// Says so when nobody can sign in for a partner any more.
async fn nobody_left(store: &Store, gone: &Known) -> Result<(), Failure> {
    let left = administrators::list(store, Some(Tenant::of_administrator(&gone.administrator))).await?;
    if left.iter().all(|known| known.administrator.disabled_at.is_some()) {
        eprintln!("Nobody can sign in for {0} now: flowthrough admin add EMAIL --partner {0:?}", gone.partner);
    }
    Ok(())
}

fn nobody(email: &str, trouble: Trouble) -> Failure {
    match trouble {
        Trouble::Known { fault: Fault::NotFound, .. } => {
            Failure::Other(format!("nobody signs in as {email}; `flowthrough admin list` shows who does"))
        }
        other => other.into(),
    }
}

fn elsewhere(known: &Known) -> Failure {
    let Known { administrator, partner } = known;
    Failure::Setting(ConfigError {
        name: "--partner".to_owned(),
        wrong: format!("{} is an administrator of {partner:?}, and can be of one partner only", administrator.email),
        fix: format!(
            "Use another address, or take this one away first: flowthrough admin remove {}",
            administrator.email
        ),
    })
}

/// One line of standard input: for secrets, which have no place among the arguments.
pub(super) fn read_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|error| Failure::Other(error.to_string()))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
