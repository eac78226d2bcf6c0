//! `flowthrough template set` and `delete`.

use clap::Args;
use domain::{Package, template::UserVerification};

use super::{
    Failure,
    brand::{Brand, Logo},
    check_target, codes, find,
    mails::Mails,
    open_existing, show, wrong, xsi,
};
use crate::{
    config::Config,
    outbound::is_web_address,
    store::{Actor, Template, Tenant},
    templates::{self, Outcome, Rebranding},
};

/// What is to be different.
#[derive(Args)]
pub struct Set {
    /// The template's provisioning ID
    provisioning_id: String,
    /// Its name
    #[arg(long)]
    name: Option<String>,
    /// The Xsi-Actions address of BroadWorks, such as https://xsp.example.com
    #[arg(long)]
    xsi_url: Option<String>,
    /// Whether BroadWorks holds trusted addresses, so that users need not prove theirs
    #[arg(long, value_name = "true|false")]
    trusted_emails: Option<bool>,
    /// Whether users with BroadWorks credentials whom nobody announced are created on the spot
    #[arg(long, value_name = "true|false")]
    self_activation: Option<bool>,
    /// Whether users are held back until their customer's first one is provisioned
    #[arg(long, value_name = "true|false")]
    provision_admin_first: Option<bool>,
    /// softphone, basic, standard or premium
    #[arg(long)]
    package: Option<String>,
    /// Two letters, ISO 3166-1
    #[arg(long)]
    country: Option<String>,
    /// Default email language, ISO 639-1
    #[arg(long)]
    language: Option<String>,
    /// The name in the mails to users
    #[arg(long)]
    partner_admin: Option<String>,
    /// Where accounts are created; only while nobody has come by the template
    #[arg(long)]
    target: Option<String>,
    /// Under which name the target knows this template; an empty text for none
    #[arg(long)]
    target_reference: Option<String>,
    /// Where users find help; an empty text for none
    #[arg(long)]
    support_url: Option<String>,
    #[command(flatten)]
    mails: Mails,
    #[command(flatten)]
    brand: Brand,
    #[command(flatten)]
    logo: Logo,
}

/// Changes what is named, and shows the template.
pub(super) async fn set(set: Set, config: &Config) -> Result<(), Failure> {
    let (store, environment) = open_existing(config).await?;
    let before = find(&store, &set.provisioning_id).await?;
    let logo = set.logo.drawn().await?;
    let after = set.applied_to(&before, config)?;
    let mut saved =
        done(templates::change(&store, &environment, &before, after).await?, "its target cannot be changed")?;
    if let Some(logo) = logo {
        let operator = (Tenant::of_template(&saved), &Actor::Operator);
        saved = templates::rebrand(&store, &environment, operator, &saved, Rebranding::Logo(logo)).await?;
    }
    show::show(&store, &saved, config).await
}

/// Deletes a template by which nobody is there any more.
pub(super) async fn delete(provisioning_id: &str, config: &Config) -> Result<(), Failure> {
    let (store, environment) = open_existing(config).await?;
    let template = find(&store, provisioning_id).await?;
    done(templates::delete(&store, &environment, &template).await?, "it cannot be deleted")?;
    println!("{} is deleted; its share link and adapter lead nowhere now.", template.name);
    Ok(())
}

fn done<T>(outcome: Outcome<T>, consequence: &str) -> Result<T, Failure> {
    match outcome {
        Outcome::Done(done) => Ok(done),
        Outcome::InUse(users) => {
            Err(Failure::Other(format!("{users} users and workspaces are there by this template: {consequence}")))
        }
    }
}

impl Set {
    /// The template as it shall be. Each text is looked at as when a template is added.
    fn applied_to(self, before: &Template, config: &Config) -> Result<Template, Failure> {
        let mut after = before.clone();
        if let Some(name) = self.name {
            after.name = name;
        }
        if let Some(url) = self.xsi_url {
            xsi::parse("--xsi-url", &url, config)?.as_str().clone_into(&mut after.xsi_url);
        }
        if let Some(trusted) = self.trusted_emails {
            after.verification = if trusted { UserVerification::Trusted } else { UserVerification::Untrusted };
        }
        after.self_activation = self.self_activation.unwrap_or(after.self_activation);
        after.provision_admin_first = self.provision_admin_first.unwrap_or(after.provision_admin_first);
        if let Some(package) = self.package {
            after.default_package = Package::parse(&package).map_err(|_| {
                wrong("--package", format!("{package:?} is unknown"), "Use softphone, basic, standard or premium.")
            })?;
        }
        if let Some(country) = self.country {
            after.country = codes::country(&country)?;
        }
        if let Some(language) = self.language {
            after.language = codes::language(&language)?;
        }
        if let Some(partner_admin) = self.partner_admin {
            after.partner_admin = partner_admin;
        }
        if let Some(reference) = self.target_reference {
            after.target_reference = Some(reference).filter(|reference| !reference.is_empty());
        }
        if let Some(target) = self.target {
            after.target = target;
        }
        if after.target != before.target || after.target_reference != before.target_reference {
            check_target(&after.target, after.target_reference.as_deref(), config)?;
        }
        if let Some(url) = self.support_url {
            if !url.is_empty() && !is_web_address(&url) {
                return Err(wrong("--support-url", format!("{url:?} is no web address"), "Write an https address."));
            }
            after.support_url = Some(url).filter(|url| !url.is_empty());
        }
        after.reply_to = self.mails.reply_to(after.reply_to)?;
        after.signature = self.mails.signature(after.signature)?;
        after.accent = self.brand.accent(after.accent)?;
        after.reminders = self.mails.reminders(after.reminders)?;
        Ok(after)
    }
}
