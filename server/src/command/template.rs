//! `flowthrough template add`, `list`, `show`, `set`, `rotate`, `delete`, `adapter`, `xsi` and `check`

mod brand;
mod change;
mod codes;
mod mails;
mod rotate;
mod show;
pub(super) mod xsi;

use clap::{Args, Subcommand};
use domain::{
    Fault, Package,
    template::{Reminders, UserVerification},
};

use super::{Failure, open, open_existing, partner};
use crate::{
    access::adapter_accounts,
    config::{Config, ConfigError},
    fault::Trouble,
    outbound::is_web_address,
    process,
    store::{self, Store, Tenant, template},
    targets::{directory, scim, webex},
    templates::{self, NewTemplate},
};

/// Manage onboarding templates.
#[derive(Subcommand)]
pub enum Template {
    /// Add an onboarding template and print its provisioning ID and share link
    Add(Box<Add>),
    /// List the templates: provisioning ID, name, partner, how many users
    List {
        /// Only this partner's
        #[arg(long)]
        partner: Option<String>,
    },
    /// Show everything that is set of a template
    Show {
        /// The template's provisioning ID
        provisioning_id: String,
    },
    /// Change what is named of a template, and show it
    Set(Box<change::Set>),
    /// Replace a template's share link or provisioning ID, for when others have learned it, and print the new one
    Rotate(rotate::Rotate),
    /// Delete a template by which no user is there any more
    Delete {
        /// The template's provisioning ID
        provisioning_id: String,
    },
    /// Set or replace the account with which BroadWorks reaches a template's flow-through adapter, and print it; the
    /// secret cannot be shown again
    Adapter {
        /// The template's provisioning ID
        provisioning_id: String,
        /// The account's user name; the one it has, or a made-up one, if left out
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// Read the secret from standard input instead of generating one: 12 to 20 characters
        #[arg(long)]
        secret_stdin: bool,
    },
    /// Have a template's users checked at another Xsi-Actions address
    Xsi {
        /// The template's provisioning ID
        provisioning_id: String,
        /// The Xsi-Actions address of BroadWorks, such as https://xsp.example.com
        url: String,
    },
    /// Ask BroadWorks at every template's Xsi-Actions address whether it is there; fails if it is not. No password is tried
    Check {
        /// Only this template's
        provisioning_id: Option<String>,
    },
}

/// An onboarding template that is to be made.
#[derive(Args)]
pub struct Add {
    /// Its name
    name: String,
    /// The Xsi-Actions address of BroadWorks, such as https://xsp.example.com
    #[arg(long)]
    xsi_url: String,
    /// The partner it belongs to; created if it is new
    #[arg(long)]
    partner: Option<String>,
    /// BroadWorks holds trusted addresses: users need not prove theirs
    #[arg(long)]
    trusted_emails: bool,
    /// Users with BroadWorks credentials whom nobody announced are created on the spot
    #[arg(long)]
    self_activation: bool,
    /// Hold users back until their customer's first one is provisioned
    #[arg(long)]
    provision_admin_first: bool,
    /// softphone, basic, standard or premium
    #[arg(long, default_value = "standard")]
    package: String,
    /// Two letters, ISO 3166-1
    #[arg(long, default_value = "US")]
    country: String,
    /// Default email language, ISO 639-1
    #[arg(long, default_value = "en")]
    language: String,
    /// The name in the mails to users; the partner's if left out
    #[arg(long)]
    partner_admin: Option<String>,
    /// Where accounts are created: directory (the embedded default) or a target that the settings set up
    #[arg(long, default_value = directory::NAME)]
    target: String,
    /// Under which name the target knows this template (webex: its provisioning id)
    #[arg(long)]
    target_reference: Option<String>,
    /// Where users find help
    #[arg(long)]
    support_url: Option<String>,
    #[command(flatten)]
    brand: brand::Brand,
    #[command(flatten)]
    mails: mails::Mails,
}

pub(super) async fn run(command: Template, config: &Config) -> Result<(), Failure> {
    match command {
        Template::Adapter { provisioning_id, user, secret_stdin } => {
            adapter(&provisioning_id, user, secret_stdin, config).await
        }
        Template::Xsi { provisioning_id, url } => xsi::set(&provisioning_id, &url, config).await,
        Template::Check { provisioning_id } => xsi::check(provisioning_id.as_deref(), config).await,
        Template::Add(new) => add(*new, config).await,
        Template::List { partner } => show::list(partner.as_deref(), config).await,
        Template::Show { provisioning_id } => show::one(&provisioning_id, config).await,
        Template::Set(set) => change::set(*set, config).await,
        Template::Rotate(rotate) => rotate::rotate(rotate, config).await,
        Template::Delete { provisioning_id } => change::delete(&provisioning_id, config).await,
    }
}

async fn adapter(
    provisioning_id: &str,
    user: Option<String>,
    secret_stdin: bool,
    config: &Config,
) -> Result<(), Failure> {
    let secret = if secret_stdin { Some(super::admin::read_line()?) } else { None };
    let (store, environment) = open_existing(config).await?;
    let template = find(&store, provisioning_id).await?;
    // The secret that there was is gone with the new one: not for one that nobody sees.
    process::show(format_args!("adapter url  {}", templates::adapter_url(&config.public_url, &template)))
        .map_err(|error| Failure::Other(format!("the account cannot be printed, and stays as it is: {error}")))?;
    let account = adapter_accounts::set(&store, &environment, &template, user, secret).await;
    let account = account.map_err(|trouble| match trouble {
        Trouble::Known { .. } => wrong(
            "--user, --secret-stdin",
            "BroadWorks would not take this account".to_owned(),
            "Use a name of at most 80 characters without a colon, and a secret of 12 to 20; no spaces in either.",
        ),
        accident => accident.into(),
    })?;
    println!("user name    {}", account.user_name);
    println!("secret       {}", account.secret);
    Ok(())
}

async fn find(store: &Store, provisioning_id: &str) -> Result<store::Template, Failure> {
    let found = template::at_door(store.read(), provisioning_id).await?;
    Ok(found.ok_or(Trouble::from(Fault::UnknownProvisioningId))?)
}

async fn add(new: Add, config: &Config) -> Result<(), Failure> {
    let Add { name, xsi_url, partner, trusted_emails, package, partner_admin, .. } = &new;
    check_target(&new.target, new.target_reference.as_deref(), config)?;
    let default_package = Package::parse(package).map_err(|_| {
        wrong("--package", format!("{package:?} is unknown"), "Use softphone, basic, standard or premium.")
    })?;
    let xsi_url = xsi::parse("--xsi-url", xsi_url, config)?;
    if let Some(url) = new.support_url.as_deref().filter(|url| !is_web_address(url)) {
        return Err(wrong("--support-url", format!("{url:?} is no web address"), "Write an https address."));
    }
    let (reply_to, signature, reminders) =
        (new.mails.reply_to(None)?, new.mails.signature(None)?, new.mails.reminders(Reminders::NONE)?);
    let accent = new.brand.accent(None)?;
    let (country, language) = (codes::country(&new.country)?, codes::language(&new.language)?);
    let (store, environment) = open(config).await?;
    let partner = partner::for_new(partner.as_deref(), &store, &environment, config).await?;
    let verification = if *trusted_emails { UserVerification::Trusted } else { UserVerification::Untrusted };
    let partner_admin = partner_admin.clone().unwrap_or_else(|| partner.name.clone());
    let name = name.clone();
    let Add { self_activation, provision_admin_first, target, target_reference, support_url, .. } = new;
    let new = NewTemplate {
        name,
        verification,
        default_package,
        xsi_url: xsi_url.clone(),
        self_activation,
        provision_admin_first,
        country,
        language,
        partner_admin,
        target,
        target_reference,
        support_url,
        reply_to,
        signature,
        accent,
        reminders,
    };
    let made = templates::add(&store, &environment, Tenant::of_partner(&partner), &config.public_url, new).await?;
    println!("provisioning id  {}", made.provisioning_id);
    println!("share link       {}", made.share_link);
    xsi::warn(&xsi_url, config).await;
    Ok(())
}

/// A template whose target is not there would accept users and provision none.
fn check_target(target: &str, reference: Option<&str>, config: &Config) -> Result<(), Failure> {
    let set_up = match target {
        directory::NAME => true,
        scim::NAME => config.scim.is_some(),
        webex::NAME => config.webex.is_some(),
        _ => return Err(wrong("--target", format!("{target:?} is unknown"), "Use directory, scim or webex.")),
    };
    if !set_up {
        let name = target.to_uppercase();
        let fix = format!("Set FLOWTHROUGH_{name}_URL and FLOWTHROUGH_{name}_TOKEN first, for the server too.");
        return Err(wrong("--target", format!("{target} is not set up"), &fix));
    }
    if target == webex::NAME && reference.is_none() {
        let fix = "Give the provisioning id that the template has at the target.";
        return Err(wrong("--target-reference", "missing".to_owned(), fix));
    }
    Ok(())
}

fn wrong(name: &str, wrong: String, fix: &str) -> Failure {
    Failure::Setting(ConfigError { name: name.to_owned(), wrong, fix: fix.to_owned() })
}
