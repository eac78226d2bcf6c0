//! Identity providers by which people sign in to the hub: `[oidc]` and `[partners.NAME.oidc]` in the file.

use std::collections::BTreeMap;

use domain::Role;
use serde::Deserialize;

use super::{ConfigError, Lookup, error, from_file};
use crate::{
    access::oidc::{Secret, Settings},
    outbound::{Address, Reach},
};

/// What the button says where nothing else is said, is the host of the issuer.
const LONGEST_NAME: usize = 60;
/// The claim that most providers can be told to put roles into.
const ROLES: &str = "roles";
/// What is asked for beside `openid`, unless it is said.
const SCOPES: &str = "email";

/// `[oidc]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Oidc {
    name: Option<String>,
    issuer: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_secret_file: Option<String>,
    scopes: Option<String>,
    roles_claim: Option<String>,
    roles: Option<BTreeMap<String, String>>,
    domains: Option<Vec<String>>,
    trust_email: Option<bool>,
    link: Option<bool>,
    allow_private: Option<bool>,
    partner: Option<String>,
}

/// One provider for each partner.
pub(super) fn providers(
    lookup: Lookup<'_>,
    in_file: Oidc,
    partners: BTreeMap<String, Oidc>,
) -> Result<Vec<Settings>, ConfigError> {
    let mut providers: Vec<Settings> = Vec::new();
    let partner = lookup("FLOWTHROUGH_OIDC_PARTNER");
    let given = from_environment(lookup, in_file)?;
    let whose = partner.or_else(|| given.partner.clone());
    providers.extend(provider(&|name| format!("FLOWTHROUGH_OIDC_{}", name.to_uppercase()), whose, given)?);
    for (partner, own) in partners {
        let named = |name: &str| format!("[partners.{partner:?}.oidc] {name}");
        if own.partner.is_some() {
            return Err(error(&named("partner"), "named already", "Leave it out."));
        }
        providers.extend(provider(&named, Some(partner.clone()), own)?);
    }
    if providers.len() > 1 && providers.iter().any(|one| one.partner.is_none()) {
        let fix = "Say whose it is, beside those of others.";
        return Err(error("FLOWTHROUGH_OIDC_PARTNER", "missing", fix));
    }
    for (at, one) in providers.iter().enumerate() {
        if providers[..at].iter().any(|other| other.partner == one.partner) {
            let fix = "Give each partner one provider.";
            return Err(error("FLOWTHROUGH_OIDC_ISSUER", "set twice for one partner", fix));
        }
    }
    Ok(providers)
}

/// What the file says, with what the environment says in its place.
fn from_environment(lookup: Lookup<'_>, in_file: Oidc) -> Result<Oidc, ConfigError> {
    let setting = |name: &str| lookup(&format!("FLOWTHROUGH_OIDC_{name}"));
    let secret = setting("CLIENT_SECRET");
    Ok(Oidc {
        name: setting("NAME").or(in_file.name),
        issuer: setting("ISSUER").or(in_file.issuer),
        client_id: setting("CLIENT_ID").or(in_file.client_id),
        client_secret_file: in_file.client_secret_file.filter(|_| secret.is_none()),
        client_secret: secret.or(in_file.client_secret),
        scopes: setting("SCOPES").or(in_file.scopes),
        roles_claim: setting("ROLES_CLAIM").or(in_file.roles_claim),
        roles: setting("ROLES").map(|listed| pairs(&listed)).transpose()?.or(in_file.roles),
        domains: setting("DOMAINS").map(|listed| parts(&listed)).or(in_file.domains),
        trust_email: switch(lookup, "TRUST_EMAIL", in_file.trust_email)?,
        link: switch(lookup, "LINK", in_file.link)?,
        allow_private: switch(lookup, "ALLOW_PRIVATE", in_file.allow_private)?,
        partner: in_file.partner,
    })
}

fn switch(lookup: Lookup<'_>, name: &str, in_file: Option<bool>) -> Result<Option<bool>, ConfigError> {
    super::switch(&format!("OIDC_{name}"), lookup, in_file).map(|set| set.then_some(true))
}

/// `desk=help_desk, admins=full_administrator`
fn pairs(listed: &str) -> Result<BTreeMap<String, String>, ConfigError> {
    let pair = |one: String| {
        let pair = one.rsplit_once('=').map(|(value, role)| (value.trim().to_owned(), role.trim().to_owned()));
        let fix = "Write VALUE=ROLE, with commas between them.";
        pair.ok_or_else(|| error("FLOWTHROUGH_OIDC_ROLES", "a value without a role", fix))
    };
    parts(listed).into_iter().map(pair).collect()
}

fn parts(listed: &str) -> Vec<String> {
    listed.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// A provider: whose name, issuer and client are given; or none.
fn provider(
    named: &dyn Fn(&str) -> String,
    partner: Option<String>,
    given: Oidc,
) -> Result<Option<Settings>, ConfigError> {
    let wrong = |name: &str, wrong: &str, fix: &str| error(&named(name), wrong, fix);
    let (issuer, client_id) = match (given.issuer, given.client_id) {
        (None, None) if given.roles.is_none() && given.client_secret.is_none() => return Ok(None),
        (Some(issuer), Some(client_id)) => (issuer, client_id),
        (None, _) => return Err(wrong("issuer", "missing", &format!("Set it beside {}.", named("client_id")))),
        (_, None) => return Err(wrong("client_id", "missing", &format!("Set it beside {}.", named("issuer")))),
    };
    let url = Address::parse(&issuer).and_then(Address::encrypted).and_then(Address::bare).map_err(|bad| {
        let fix = "Write the issuer as the provider's document has it, such as https://id.example.com/realms/hub.";
        error(&named("issuer"), bad, fix)
    })?;
    let name = given.name.unwrap_or_else(|| url.url().host_str().unwrap_or(&issuer).to_owned());
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        return Err(wrong("name", "not a name of 1 to 60 characters", "Write what the button says, such as Contoso."));
    }
    let client_secret = match (given.client_secret, given.client_secret_file) {
        (Some(_), Some(_)) => {
            return Err(wrong("client_secret_file", "set beside the secret", "Leave one of them out."));
        }
        (secret, None) => secret,
        (None, Some(file)) => Some(from_file::read(&named("client_secret_file"), &file)?),
    };
    if client_secret.as_ref().is_some_and(String::is_empty) {
        return Err(wrong("client_secret", "empty", "Write it, or leave it out for a public client."));
    }
    let scopes = given.scopes.as_deref().unwrap_or(SCOPES).split_whitespace();
    let domains = given.domains.unwrap_or_default();
    Ok(Some(Settings {
        partner,
        name: name.trim().to_owned(),
        issuer,
        client_id,
        client_secret: client_secret.map(Secret::new),
        scopes: scopes.filter(|scope| *scope != "openid").map(str::to_owned).collect(),
        roles_claim: given.roles_claim.unwrap_or_else(|| ROLES.to_owned()),
        roles: roles(&wrong, given.roles.unwrap_or_default())?,
        domains: domains.iter().map(|domain| domain.trim_start_matches('@').to_lowercase()).collect(),
        trust_email: given.trust_email == Some(true),
        link: given.link == Some(true),
        // An issuer that is named by a private address is meant to be one.
        reach: Reach::new(given.allow_private == Some(true) || url.is_private(), &[]),
    }))
}

fn roles(
    wrong: &dyn Fn(&str, &str, &str) -> ConfigError,
    given: BTreeMap<String, String>,
) -> Result<BTreeMap<String, Role>, ConfigError> {
    if given.is_empty() {
        let fix = "Say what makes somebody what, such as hub-admins = \"full_administrator\": nobody else is let in.";
        return Err(wrong("roles", "missing", fix));
    }
    let role = |(value, name): (String, String)| match Role::parse(&name) {
        Some(role) if !role.is_of_one_customer() => Ok((value, role)),
        // Of which customer they are, no claim says.
        _ => Err(wrong(
            "roles",
            "not a role that it can give",
            "Write full_administrator, administrator, read_only or help_desk.",
        )),
    };
    given.into_iter().map(role).collect()
}
