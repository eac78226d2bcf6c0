//! Signing in to the hub by a partner's identity provider (OpenID Connect): authorization code flow with PKCE.
//!
//! What a sign-in is known by is one secret: the browser has it in a cookie, the database its hash. `state`, `nonce` and the
//! verifier of PKCE are made of it ([`Attempt`]), so nothing else is kept, and an answer is worth something in the browser alone
//! that has begun.

mod admission;
mod claims;
mod outside;
mod provider;

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use domain::{EmailAddress, Role};

pub use self::{
    admission::{Confirmed, admit, confirm},
    claims::Identity,
    provider::{Attempt, Provider, Purpose, Refused},
};
use crate::{
    access::secret::fingerprint,
    fault::Trouble,
    outbound::Reach,
    store::{Partner, Store, Tenant, partner},
};

/// Where providers send browsers back to, below the hub's address; each has an address of its own behind it, so that one provider's
/// answer is not taken to another one (RFC 9700, section 4.4.2.2).
pub const RETURN: &str = "/hub/sign-in/return";

/// A secret of a client; in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What the provider has given out.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// How a partner's people sign in by a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name of the partner whose people they are; the only one's, if none is named.
    pub partner: Option<String>,
    /// What the button says.
    pub name: String,
    /// The provider, as it names itself.
    pub issuer: String,
    /// As which client we are known there.
    pub client_id: String,
    /// What proves that; nothing for a public client, whom PKCE alone protects.
    pub client_secret: Option<Secret>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds what [`Self::roles`] speaks of.
    pub roles_claim: String,
    /// What each value of it makes of somebody.
    pub roles: BTreeMap<String, Role>,
    /// The domains of addresses that are let in; any, if there are none.
    pub domains: Vec<String>,
    /// Whether an address counts of which the provider does not say that it is verified.
    pub trust_email: bool,
    /// Whether whoever has the verified address of somebody who is there already takes over that account.
    pub link: bool,
    /// How far what its document names may lead.
    pub reach: Reach,
}

impl Settings {
    /// What these values make of somebody: the most that one of them does.
    #[must_use]
    pub fn role(&self, values: &[String]) -> Option<Role> {
        let given: Vec<Role> = values.iter().filter_map(|value| self.roles.get(value).copied()).collect();
        Role::ALL.into_iter().find(|role| given.contains(role))
    }

    /// Whether people with this address are let in.
    #[must_use]
    pub fn lets_in(&self, address: &EmailAddress) -> bool {
        let key = address.key();
        let domain = key.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.domains.is_empty() || self.domains.iter().any(|one| one == domain)
    }
}

/// All providers. Cheap to clone.
#[derive(Clone, Default)]
pub struct Providers(Arc<[Provider]>);

impl Providers {
    /// Those of the settings, which send browsers back to this server. `patience` is for one call.
    ///
    /// # Errors
    /// If no client can be made.
    pub fn new(
        settings: impl IntoIterator<Item = Settings>,
        public_url: &str,
        patience: Duration,
    ) -> Result<Self, reqwest::Error> {
        let providers = settings.into_iter().map(|settings| Provider::new(settings, public_url, patience));
        Ok(Self(providers.collect::<Result<_, _>>()?))
    }

    /// All of them, in the order of the settings.
    pub fn all(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// The one that this key names, and whose it is; nothing if it is nobody's.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn called(&self, store: &Store, key: &str) -> Result<Option<(&Provider, Partner)>, Trouble> {
        let Some(provider) = self.0.iter().find(|provider| provider.key() == key) else { return Ok(None) };
        let partners = partner::all(store.read()).await?;
        Ok(owner(provider, &partners).map(|partner| (provider, partner.clone())))
    }

    /// Those that are somebody's, and whose, in the order of the settings.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn owned(&self, store: &Store) -> Result<Vec<(&Provider, Partner)>, Trouble> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let partners = partner::all(store.read()).await?;
        let owned = |provider| Some((provider, owner(provider, &partners)?.clone()));
        Ok(self.0.iter().filter_map(owned).collect())
    }

    /// The tenant's that is named so by itself.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of(&self, store: &Store, tenant: Tenant, issuer: &str) -> Result<Option<&Provider>, Trouble> {
        let owned = self.owned(store).await?.into_iter();
        let mut own =
            owned.filter(|(provider, partner)| provider.settings().issuer == issuer && partner.id == tenant.partner());
        Ok(own.next().map(|(provider, _)| provider))
    }
}

/// Whose it is: the partner's that is named, or the only one's.
fn owner<'a>(provider: &Provider, partners: &'a [Partner]) -> Option<&'a Partner> {
    match (&provider.settings().partner, partners) {
        (Some(name), all) => all.iter().find(|partner| partner.name == *name),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

/// By what a provider is named in addresses: it says nothing of whose it is.
fn key(settings: &Settings) -> String {
    let mut key = fingerprint(format!(
        "oidc provider\n{}\n{}\n{}",
        settings.partner.as_deref().unwrap_or_default(),
        settings.issuer,
        settings.client_id
    ));
    key.truncate(16);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            partner: None,
            name: "Contoso".to_owned(),
            issuer: "https://id.example.com".to_owned(),
            client_id: "flowthrough".to_owned(),
            client_secret: Some(Secret::new("very secret".to_owned())),
            scopes: Vec::new(),
            roles_claim: "roles".to_owned(),
            roles: [("desk", Role::HelpDesk), ("admins", Role::FullAdministrator)]
                .map(|(value, role)| (value.to_owned(), role))
                .into(),
            domains: vec!["example.com".to_owned()],
            trust_email: false,
            link: false,
            reach: Reach::default(),
        }
    }

    #[test]
    fn of_several_roles_the_one_with_the_most_rights_counts() {
        let role =
            |values: &[&str]| settings().role(&values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>());
        assert_eq!(role(&["desk", "others", "admins"]), Some(Role::FullAdministrator));
        assert_eq!(role(&["desk"]), Some(Role::HelpDesk));
        assert_eq!((role(&["Desk"]), role(&[])), (None, None), "as the provider writes it");
    }

    #[test]
    fn a_domain_is_the_whole_of_it() {
        let lets_in = |typed: &str| settings().lets_in(&EmailAddress::parse(typed).unwrap());
        assert!(lets_in("ann@Example.com"));
        for other in ["ann@evilexample.com", "ann@example.com.evil.example", "ann@mail.example.com"] {
            assert!(!lets_in(other), "{other}");
        }
    }

    #[test]
    fn a_secret_is_in_no_log_and_a_key_says_nothing() {
        let shown = format!("{:?}", settings());
        assert!(!shown.contains("very secret"), "{shown}");
        let other = Settings { partner: Some("SP Two".to_owned()), ..settings() };
        assert!(key(&settings()).len() == 16 && key(&settings()) != key(&other));
    }
}
