//! `flowthrough template list` and `show`.

use domain::template::Reminders;

use super::{Failure, find, open_existing};
use crate::{
    brand::picture,
    config::Config,
    iso8601, partners,
    store::{Store, Template, Tenant, counter, template},
    templates,
};

/// A line for each: provisioning ID, name, partner, how many users.
pub(super) async fn list(named: Option<&str>, config: &Config) -> Result<(), Failure> {
    let (store, _) = open_existing(config).await?;
    let only = match named {
        Some(name) => Some(super::partner::existing(Some(name), &store).await?),
        None => None,
    };
    let partners = partners::all(&store).await?;
    for template in template::all(store.read()).await? {
        if only.as_ref().is_some_and(|only| only.id != template.partner_id) {
            continue;
        }
        let partner = partners.iter().find(|partner| partner.id == template.partner_id);
        let partner = partner.map_or("", |partner| &partner.name);
        let users = users(&store, &template).await?;
        println!("{}  {}  {partner}  users {users}", template.provisioning_id, template.name);
    }
    Ok(())
}

/// Everything that can be set, and what follows from it.
pub(super) async fn one(provisioning_id: &str, config: &Config) -> Result<(), Failure> {
    let (store, _) = open_existing(config).await?;
    show(&store, &find(&store, provisioning_id).await?, config).await
}

/// Prints a template as it is.
pub(super) async fn show(store: &Store, template: &Template, config: &Config) -> Result<(), Failure> {
    print(template, users(store, template).await?, config);
    for (former, until) in template::former_provisioning_ids(store.read(), template).await? {
        println!("{:16} {former} until {}", "former id", iso8601::format(until));
    }
    Ok(())
}

/// How many users came by it and are still there.
async fn users(store: &Store, template: &Template) -> Result<i64, Failure> {
    let numbers = counter::of_template(store.read(), Tenant::of_template(template), template.id, None).await?;
    Ok(numbers.iter().map(|number| number.users).sum())
}

fn reminders(Reminders { count, days }: Reminders) -> String {
    if count == 0 { "none".to_owned() } else { format!("{count}, {days} days apart") }
}

fn print(template: &Template, users: i64, config: &Config) {
    let optional = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    for (name, value) in [
        ("provisioning id", template.provisioning_id.clone()),
        ("name", template.name.clone()),
        ("users", users.to_string()),
        ("verification", format!("{} emails", template.verification.as_str())),
        ("self-activation", template.self_activation.to_string()),
        ("admin first", template.provision_admin_first.to_string()),
        ("package", template.default_package.as_str().to_owned()),
        ("country", template.country.clone()),
        ("language", template.language.clone()),
        ("xsi address", template.xsi_url.clone()),
        ("target", template.target.clone()),
        ("reference there", optional(&template.target_reference)),
        ("partner admin", template.partner_admin.clone()),
        ("support url", optional(&template.support_url)),
        ("reply to", optional(&template.reply_to.clone().map(String::from))),
        ("signature", optional(&template.signature)),
        ("accent", optional(&template.accent.map(|accent| accent.to_string()))),
        (
            "logo",
            optional(&template.logo.as_ref().map(|logo| format!("{}{}", config.public_url, picture(logo).address))),
        ),
        ("reminders", reminders(template.reminders)),
        ("share link", template.share_link.clone()),
        ("adapter url", templates::adapter_url(&config.public_url, template)),
        ("added", iso8601::format(template.created_at)),
    ] {
        println!("{name:16} {value}");
    }
}
