//! The settings: `flowthrough.toml` in the working directory, overridden by the environment.
//!
//! A wrong setting names itself and the fix; the process exits with 2 (see `main`).

mod address;
mod broadworks;
mod client;
mod file;
mod from_file;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod mail;
mod number;
mod oidc;
mod operation;
mod retention;
mod running;
mod unknown;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    env, fs,
    net::SocketAddr,
    path::PathBuf,
    time::Duration,
};

use app::portal::ClientApp;
use url::Url;

use self::{
    file::{BroadWorks, File, PartnersOwn, Remote, TrustProxy},
    from_file::Files,
};

use crate::{
    access::{
        code_keys::{BadKeys, CodeKeys},
        oidc::Settings,
    },
    broadworks::BroadWorksAccount,
    http::site::{BrowserFiles, Packed},
    log::Format,
    mail::{Hello, ReturnAddress, Signer},
    outbound::Reach,
    retention::Retention,
    store::Pools,
    targets::remote::{BadEndpoint, Endpoint},
};

/// Where the settings are read from unless `FLOWTHROUGH_CONFIG` names another file.
const FILE: &str = "flowthrough.toml";

/// How long the mail server, BroadWorks and a target may take, unless it is said.
const SMTP_TIMEOUT: Duration = Duration::from_secs(20);
const XSI_TIMEOUT: Duration = Duration::from_secs(8);
const TARGET_TIMEOUT: Duration = Duration::from_secs(10);

/// The settings as they count.
#[derive(Clone, Debug)]
pub struct Config {
    /// `FLOWTHROUGH_LISTEN`: where the server listens.
    pub listen: SocketAddr,
    /// `FLOWTHROUGH_DATABASE_URL`: `sqlite:path` or `postgres://…`.
    pub database_url: String,
    /// `FLOWTHROUGH_DATABASE_CONNECTIONS` and `FLOWTHROUGH_ENGINE_CONNECTIONS`: how many connections to PostgreSQL there are.
    pub pools: Pools,
    /// `FLOWTHROUGH_SMTP_TIMEOUT`: how long the sending of one mail may take, connecting included.
    pub smtp_timeout: Duration,
    /// `FLOWTHROUGH_XSI_TIMEOUT`: how long a user who signs in waits for BroadWorks.
    pub xsi_timeout: Duration,
    /// `FLOWTHROUGH_TARGET_TIMEOUT`: how long one call to a target may take.
    pub target_timeout: Duration,
    /// `FLOWTHROUGH_CODE_KEYS` or `FLOWTHROUGH_CODE_KEYS_FILE`: the keys under which mailed codes are kept.
    pub code_keys: Option<CodeKeys>,
    /// `FLOWTHROUGH_PUBLIC_URL`: under which address users reach the server, without a slash at the end.
    pub public_url: String,
    /// `FLOWTHROUGH_HUB_URL`: under which address administrators reach the hub; the public URL, unless it has a host of its own.
    pub hub_url: String,
    /// `FLOWTHROUGH_HOSTS`: for which hosts the server answers beside the public URL's and this machine itself.
    pub hosts: Vec<String>,
    /// `FLOWTHROUGH_CONNECTIONS`: how many clients may be connected at once; as many as the system allows, if not set.
    pub connections: Option<usize>,
    /// `FLOWTHROUGH_SMTP_URL`: the mail server; without one, mails go to files in `data/outbox/`.
    pub smtp_url: Option<String>,
    /// `FLOWTHROUGH_EHLO`: the name that the server gives to the mail server; without one, the public URL's host.
    pub ehlo: Hello,
    /// `FLOWTHROUGH_MAIL_FROM`: the sender of mails.
    pub mail_from: String,
    /// `FLOWTHROUGH_DKIM_SELECTOR`, `FLOWTHROUGH_DKIM_KEY` and `FLOWTHROUGH_DKIM_DOMAIN`: what signs them.
    pub signer: Option<Signer>,
    /// `FLOWTHROUGH_NAMESERVER`: who is asked what domains say of mails; the system's, if not set.
    pub nameserver: Option<SocketAddr>,
    /// `FLOWTHROUGH_BOUNCE_ADDRESS`: the mailbox that mails come back to; to the sender's, if not set.
    pub bounce_address: Option<ReturnAddress>,
    /// `FLOWTHROUGH_BOUNCE_LISTEN`: where a mail server hands over by LMTP what comes back; nowhere, if not set.
    pub bounce_listen: Option<SocketAddr>,
    /// `FLOWTHROUGH_ADMIN_EMAIL` and `FLOWTHROUGH_ADMIN_PASSWORD`: the demo's or first administrator's sign-in.
    pub admin: Option<(String, String)>,
    /// `FLOWTHROUGH_PARTNER`: the name of the partner that is created on a first start.
    pub partner: String,
    /// `FLOWTHROUGH_SITE`: the folder with the browser's files ([`Config::browser_files`]).
    pub site: PathBuf,
    /// Whether that was said, and not found.
    pub site_is_given: bool,
    /// `FLOWTHROUGH_TRUST_PROXY`: how many own proxies add to `X-Forwarded-For`; none if it is not to be believed.
    pub trust_proxy: usize,
    /// `FLOWTHROUGH_ALLOW_PRIVATE_XSI`: whether BroadWorks may be on a private address or speak plain http.
    pub allow_private_xsi: bool,
    /// `FLOWTHROUGH_ALLOW_PRIVATE_WEBHOOKS`: whether webhooks may lead to a private address, or by plain http to this
    /// machine.
    pub allow_private_webhooks: bool,
    /// `FLOWTHROUGH_OUTGOING_HOSTS`: to which hosts BroadWorks' addresses and webhooks may lead; to all public ones, if there is none.
    pub outgoing_hosts: Vec<String>,
    /// `FLOWTHROUGH_API_CALLS`: how many calls an API token may make a minute.
    pub api_calls: i64,
    /// `FLOWTHROUGH_LOG`: `error`, `warn`, `info` or `debug`.
    pub log: tracing::Level,
    /// `FLOWTHROUGH_LOG_FORMAT`: `text` or `json`.
    pub log_format: Format,
    /// `FLOWTHROUGH_METRICS_LISTEN`: where whoever runs the server finds `/metrics`; nowhere, if not set.
    pub metrics_listen: Option<SocketAddr>,
    /// `FLOWTHROUGH_OTLP_ENDPOINT`: the collector that traces are sent to; none are made, if not set.
    pub otlp: Option<Url>,
    /// `FLOWTHROUGH_OTLP_LOGS`: whether it is sent what the log says, too.
    pub otlp_logs: bool,
    /// `FLOWTHROUGH_PRIVATE_DOCS`: whether `/version` and the API's description are only there.
    pub private_docs: bool,
    /// `FLOWTHROUGH_DRAIN_SECONDS`: for how long a server that is to stop goes on serving, without being ready.
    pub drain: Duration,
    /// `FLOWTHROUGH_TAKEOVER_SECONDS`: for how long to wait for the end of another server on the same SQLite file.
    pub takeover: Duration,
    /// `FLOWTHROUGH_KEEP_GONE_DAYS`, `FLOWTHROUGH_KEEP_MAILS_DAYS` and `FLOWTHROUGH_KEEP_AUDIT_DAYS`: how long what is kept of people.
    pub retention: Retention,
    /// `FLOWTHROUGH_SCIM_URL` and `FLOWTHROUGH_SCIM_TOKEN`: the target `scim`.
    pub scim: Option<Endpoint>,
    /// `FLOWTHROUGH_WEBEX_URL` and `FLOWTHROUGH_WEBEX_TOKEN`: the target `webex`.
    pub webex: Option<Endpoint>,
    /// `FLOWTHROUGH_BROADWORKS_…` and `[partners.NAME.broadworks]` in the file: the accounts that read BroadWorks'
    /// directories, and whose they are.
    pub broadworks: Vec<PartnersAccount>,
    /// `FLOWTHROUGH_OIDC_…` and `[partners.NAME.oidc]` in the file: the identity providers by which people sign in to the hub.
    pub oidc: Vec<Settings>,
    /// `[app]` in the file: what the app is called that users sign in to, and which password it asks for. `[downloads]`:
    /// where they get it, per platform.
    pub client: ClientApp,
}

/// An account that reads BroadWorks' directories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnersAccount {
    /// The name of the partner whose it is; the only one's, if none is named.
    pub partner: Option<String>,
    /// The account.
    pub account: BroadWorksAccount,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {wrong}\n  {fix}")]
pub struct ConfigError {
    /// Which setting.
    pub name: String,
    /// What is wrong with it.
    pub wrong: String,
    /// What to do.
    pub fix: String,
}

fn error(name: &str, wrong: impl ToString, fix: &str) -> ConfigError {
    ConfigError { name: name.to_owned(), wrong: wrong.to_string(), fix: fix.to_owned() }
}

/// Looks a setting up in the environment.
type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Config {
    /// Whom the settings name as owners of accounts that read BroadWorks' directories.
    pub fn partners_of_accounts(&self) -> impl Iterator<Item = &str> {
        self.broadworks.iter().filter_map(|account| account.partner.as_deref())
    }

    /// Whom the settings name as owners of identity providers.
    pub fn partners_of_providers(&self) -> impl Iterator<Item = &str> {
        self.oidc.iter().filter_map(|provider| provider.partner.as_deref())
    }

    /// Where the browser's files are: in the folder that was named, in a program that has them in it, else in the folder that the
    /// build made.
    #[must_use]
    pub fn browser_files(&self, packed: Option<Packed>) -> BrowserFiles {
        match packed {
            Some(packed) if !self.site_is_given => BrowserFiles::Packed(packed),
            _ => BrowserFiles::Folder(self.site.clone()),
        }
    }

    /// Reads the settings.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn load() -> Result<Self, ConfigError> {
        Self::load_without(&BTreeSet::new())
    }

    /// Everything that is wrong with the settings, as far as one mistake does not hide another.
    #[must_use]
    pub fn wrong() -> Vec<ConfigError> {
        let (mut wrong, mut left_out) = (Vec::new(), BTreeSet::new());
        while let Err(next) = Self::load_without(&left_out) {
            // What is wrong even when it is not there hides the rest.
            if !left_out.insert(next.name.clone()) {
                break;
            }
            wrong.push(next);
        }
        wrong
    }

    /// Reads them as if the environment did not hold these.
    fn load_without(left_out: &BTreeSet<String>) -> Result<Self, ConfigError> {
        let known = RefCell::new(BTreeSet::new());
        let lookup = |name: &str| {
            known.borrow_mut().insert(name.to_owned());
            env::var(name).ok().filter(|value| !value.is_empty() && !left_out.contains(name))
        };
        let path = lookup("FLOWTHROUGH_CONFIG");
        let text = match fs::read_to_string(path.as_deref().unwrap_or(FILE)) {
            Ok(text) => text,
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound && path.is_none() => String::new(),
            Err(unreadable) => {
                return Err(error("FLOWTHROUGH_CONFIG", unreadable, "Make the file readable, or name another one."));
            }
        };
        let config = Self::from(&text, &lookup)?;
        // Everything that is a setting has been looked up by now.
        let given = env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        for (name, value) in given.filter(|(name, _)| !left_out.contains(name)) {
            unknown::refuse_unknown(&name, &value.to_string_lossy(), &known.borrow())?;
        }
        Ok(config)
    }

    /// To which addresses of BroadWorks' templates may point.
    #[must_use]
    pub fn xsi_reach(&self) -> Reach {
        Reach::new(self.allow_private_xsi, &self.outgoing_hosts)
    }

    /// To which addresses webhooks may be sent.
    #[must_use]
    pub fn webhook_reach(&self) -> Reach {
        Reach::new(self.allow_private_webhooks, &self.outgoing_hosts)
    }

    fn from(text: &str, environment: Lookup<'_>) -> Result<Self, ConfigError> {
        let files = Files::new(environment);
        let config = Self::parse(text, &|name| files.get(name));
        files.wrong().map_or(config, Err)
    }

    fn parse(text: &str, lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let file: File = toml::from_str(text).map_err(|wrong| {
            let fix = "Correct the line; docs/CONFIGURATION.md lists every setting.";
            let meant = unknown::meant_in_file(wrong.message())
                .map(|name| format!("Did you mean {name}? "))
                .unwrap_or_default();
            error(FILE, in_line(text, &wrong), &format!("{meant}{fix}"))
        })?;
        let setting = |name: &str, in_file: Option<String>| lookup(&format!("FLOWTHROUGH_{name}")).or(in_file);
        let time_out = |name: &str, in_file: Option<u32>, bounds, default| {
            number::seconds(name, setting(name, in_file.map(|seconds| seconds.to_string())), bounds, default)
        };
        let listen: SocketAddr = setting("LISTEN", file.listen)
            .unwrap_or_else(|| "127.0.0.1:3000".to_owned())
            .parse()
            .map_err(|_| {
                let fix = "Write them in numbers: 127.0.0.1:3000 for this machine alone, 0.0.0.0:3000 for all of its networks, \
                           or [::]:3000 for IPv6, too.";
                error("FLOWTHROUGH_LISTEN", "not an IP address and a port", fix)
            })?;
        let public_url = setting("PUBLIC_URL", file.public_url).unwrap_or_else(|| format!("http://{listen}"));
        let mail_from = mail::sender(setting("MAIL_FROM", file.mail_from))?;
        let bounce_address = mail::bounce_address(setting("BOUNCE_ADDRESS", file.bounce_address))?;
        let allow_private_xsi = switch("ALLOW_PRIVATE_XSI", lookup, file.allow_private_xsi)?;
        let site_given = setting("SITE", file.site);
        let (mut directories, mut providers) = (BTreeMap::new(), BTreeMap::new());
        for (partner, PartnersOwn { broadworks, oidc }) in file.partners {
            directories.insert(partner.clone(), broadworks);
            providers.insert(partner, oidc);
        }
        let seconds = |name: &str, in_file: Option<u64>| {
            operation::seconds(name, setting(name, in_file.map(|seconds| seconds.to_string())))
        };
        Ok(Self {
            listen,
            database_url: address::database(
                setting("DATABASE_URL", file.database_url),
                setting("DATABASE_PASSWORD", file.database_password),
            )?,
            pools: pools(setting, file.database_connections, file.engine_connections)?,
            smtp_timeout: time_out("SMTP_TIMEOUT", file.smtp_timeout, 5..=60, SMTP_TIMEOUT)?,
            xsi_timeout: time_out("XSI_TIMEOUT", file.xsi_timeout, 2..=30, XSI_TIMEOUT)?,
            target_timeout: time_out("TARGET_TIMEOUT", file.target_timeout, 2..=15, TARGET_TIMEOUT)?,
            code_keys: code_keys(setting("CODE_KEYS", file.code_keys), setting("CODE_KEYS_FILE", file.code_keys_file))?,
            ehlo: mail::ehlo(setting("EHLO", file.ehlo), &public_url)?,
            hub_url: address::hub(setting("HUB_URL", file.hub_url), &public_url)?,
            public_url: address::public(public_url)?,
            hosts: address::hosts(setting("HOSTS", file.hosts))?,
            connections: number::connections(setting("CONNECTIONS", file.connections.map(|many| many.to_string())))?,
            smtp_url: address::smtp(
                setting("SMTP_URL", file.smtp_url),
                setting("SMTP_USER", file.smtp_user),
                setting("SMTP_PASSWORD", file.smtp_password),
            )?,
            signer: mail::signer(setting, file.dkim, &mail_from)?,
            mail_from,
            nameserver: mail::nameserver(setting("NAMESERVER", file.nameserver))?,
            bounce_listen: mail::bounce_listen(setting("BOUNCE_LISTEN", file.bounce_listen), bounce_address.as_ref())?,
            bounce_address,
            admin: admin(setting("ADMIN_EMAIL", file.admin_email), setting("ADMIN_PASSWORD", file.admin_password))?,
            partner: setting("PARTNER", file.partner).unwrap_or_else(|| "My company".to_owned()),
            site_is_given: site_given.is_some(),
            site: site(site_given),
            trust_proxy: number::proxies(lookup, file.trust_proxy)?,
            allow_private_xsi,
            allow_private_webhooks: switch("ALLOW_PRIVATE_WEBHOOKS", lookup, file.allow_private_webhooks)?,
            outgoing_hosts: address::outgoing_hosts(setting("OUTGOING_HOSTS", file.outgoing_hosts))?,
            api_calls: number::api_calls(setting("API_CALLS", file.api_calls.map(|calls| calls.to_string())))?,
            log: setting("LOG", file.log)
                .unwrap_or_else(|| "info".to_owned())
                .parse()
                .map_err(|_| error("FLOWTHROUGH_LOG", "unknown level", "Write error, warn, info or debug."))?,
            log_format: operation::log_format(setting("LOG_FORMAT", file.log_format))?,
            metrics_listen: operation::metrics_listen(setting("METRICS_LISTEN", file.metrics_listen), listen)?,
            otlp: operation::otlp(setting("OTLP_ENDPOINT", file.otlp_endpoint))?,
            otlp_logs: switch("OTLP_LOGS", lookup, file.otlp_logs)?,
            private_docs: switch("PRIVATE_DOCS", lookup, file.private_docs)?,
            drain: seconds("DRAIN_SECONDS", file.drain_seconds)?,
            takeover: seconds("TAKEOVER_SECONDS", file.takeover_seconds)?,
            retention: retention::retention(setting, file.keep_gone_days, file.keep_mails_days, file.keep_audit_days)?,
            scim: endpoint("SCIM", lookup, file.scim)?,
            webex: endpoint("WEBEX", lookup, file.webex)?,
            // What the settings name themselves needs no list.
            broadworks: broadworks::accounts(
                lookup,
                file.broadworks,
                directories,
                &Reach::new(allow_private_xsi, &[]),
            )?,
            oidc: oidc::providers(lookup, file.oidc, providers)?,
            client: client::client(file.app, file.downloads)?,
        })
    }
}

/// What is wrong with the file, and where. The line itself is not repeated, nor what stands in it: it may hold a password.
fn in_line(text: &str, wrong: &toml::de::Error) -> String {
    let at = wrong.span().map_or(0, |span| span.start.min(text.len()));
    let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    // serde says what it found: "invalid type: integer `17`, expected a string".
    let message = wrong.message();
    let message = match message.split_once(", expected ") {
        Some((found, expected)) if found.starts_with("invalid ") => format!("expected {expected}"),
        _ => message.to_owned(),
    };
    format!("line {line}: {message}")
}

/// How many connections requests and the engine have at PostgreSQL.
fn pools(
    setting: impl Fn(&str, Option<String>) -> Option<String>,
    requests: Option<u32>,
    engine: Option<u32>,
) -> Result<Pools, ConfigError> {
    let pool = |name: &str, in_file: Option<u32>, default| {
        number::pool(name, setting(name, in_file.map(|many| many.to_string())), default)
    };
    let Pools { requests: default, engine: engines } = Pools::default();
    Ok(Pools {
        requests: pool("DATABASE_CONNECTIONS", requests, default)?,
        engine: pool("ENGINE_CONNECTIONS", engine, engines)?,
    })
}

fn code_keys(keys: Option<String>, file: Option<String>) -> Result<Option<CodeKeys>, ConfigError> {
    let (name, keys) = match (keys, file) {
        (None, None) => return Ok(None),
        (Some(keys), None) => ("FLOWTHROUGH_CODE_KEYS", CodeKeys::parse(&keys)),
        (None, Some(file)) => ("FLOWTHROUGH_CODE_KEYS_FILE", CodeKeys::read(file.as_ref())),
        (Some(_), Some(_)) => {
            let fix = "Leave one of them out.";
            return Err(error("FLOWTHROUGH_CODE_KEYS_FILE", "set beside FLOWTHROUGH_CODE_KEYS", fix));
        }
    };
    keys.map(Some).map_err(|wrong| bad_code_keys(name, &wrong))
}

/// What is wrong with the keys under which mailed codes are kept.
pub(crate) fn bad_code_keys(name: &str, wrong: &BadKeys) -> ConfigError {
    let fix = "Give one key or more of at least 32 random characters, such as from `openssl rand -base64 32`; the first one \
               is for new codes.";
    error(name, wrong, fix)
}

fn admin(email: Option<String>, password: Option<String>) -> Result<Option<(String, String)>, ConfigError> {
    let (email, password) = match (email, password) {
        (None, None) => return Ok(None),
        (Some(email), Some(password)) => (email, password),
        (Some(_), None) => {
            return Err(error("FLOWTHROUGH_ADMIN_PASSWORD", "missing", "Set it beside FLOWTHROUGH_ADMIN_EMAIL."));
        }
        (None, Some(_)) => {
            return Err(error("FLOWTHROUGH_ADMIN_EMAIL", "missing", "Set it beside FLOWTHROUGH_ADMIN_PASSWORD."));
        }
    };
    if domain::EmailAddress::parse(&email).is_err() {
        return Err(error("FLOWTHROUGH_ADMIN_EMAIL", "not an email address", "Write one such as admin@example.com."));
    }
    // Whether the password does is looked at when it is set: one that was set under an earlier rule may stay here.
    Ok(Some((email, password)))
}

fn switch(name: &str, lookup: Lookup<'_>, in_file: Option<bool>) -> Result<bool, ConfigError> {
    let name = format!("FLOWTHROUGH_{name}");
    match lookup(&name).as_deref() {
        None => Ok(in_file.unwrap_or(false)),
        Some("true" | "1" | "yes") => Ok(true),
        Some("false" | "0" | "no") => Ok(false),
        Some(other) => Err(error(&name, format!("{other:?} is neither true nor false"), "Write true or false.")),
    }
}

/// A target that is reached over HTTP: set up by its address and its token, or not at all.
fn endpoint(target: &str, lookup: Lookup<'_>, in_file: Remote) -> Result<Option<Endpoint>, ConfigError> {
    let (url_name, token_name) = (format!("FLOWTHROUGH_{target}_URL"), format!("FLOWTHROUGH_{target}_TOKEN"));
    let missing = |name: &str, other: &str| Err(error(name, "missing", &format!("Set it beside {other}.")));
    let (url, token) = match (lookup(&url_name).or(in_file.url), lookup(&token_name).or(in_file.token)) {
        (None, None) => return Ok(None),
        (Some(url), Some(token)) => (url, token),
        (Some(_), None) => return missing(&token_name, &url_name),
        (None, Some(_)) => return missing(&url_name, &token_name),
    };
    let wrong = |wrong: BadEndpoint| match wrong {
        BadEndpoint::Token => error(&token_name, wrong, "Write the bare token, without the word Bearer."),
        _ => error(&url_name, wrong, "Write one such as https://id.example.com/v2; http only leads to this machine."),
    };
    Endpoint::parse(&url, &token).map(Some).map_err(wrong)
}

/// The folder beside the binary if there is one, else where the build puts it.
fn site(value: Option<String>) -> PathBuf {
    if let Some(path) = value {
        return path.into();
    }
    let beside = env::current_exe().ok().and_then(|exe| Some(exe.canonicalize().ok()?.parent()?.to_path_buf()));
    let near = |up: usize, rest: &str| {
        let folder = beside.as_ref()?.ancestors().nth(up)?.join(rest);
        folder.join("pkg").is_dir().then_some(folder)
    };
    near(0, "site")
        .or_else(|| near(1, "site"))
        .or_else(|| near(2, "site"))
        .unwrap_or_else(|| PathBuf::from("target/site"))
}

#[cfg(test)]
mod tests;
