//! The settings: `flowthrough.toml` in the working directory, overridden by the environment.
//!
//! A wrong setting names itself and the fix; the process exits with 2 (see `main`).

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    env, fs,
    net::SocketAddr,
    path::PathBuf,
};

use app::portal::{Download, Platform};
use serde::Deserialize;
use url::Url;

use crate::{
    access::code_keys::{BadKeys, CodeKeys},
    broadworks::{Account, XsiUrl},
    mail::Hello,
    outbound::is_web_address,
    targets::remote::{BadEndpoint, Endpoint},
};

/// Where the settings are read from unless `FLOWTHROUGH_CONFIG` names another file.
const FILE: &str = "flowthrough.toml";

/// The settings as they count.
#[derive(Clone, Debug)]
pub struct Config {
    /// `FLOWTHROUGH_LISTEN`: where the server listens.
    pub listen: SocketAddr,
    /// `FLOWTHROUGH_DATABASE_URL`: `sqlite:path` or `postgres://…`.
    pub database_url: String,
    /// `FLOWTHROUGH_CODE_KEYS` or `FLOWTHROUGH_CODE_KEYS_FILE`: the keys under which mailed codes are kept.
    pub code_keys: Option<CodeKeys>,
    /// `FLOWTHROUGH_PUBLIC_URL`: under which address users reach the server, without a slash at the end.
    pub public_url: String,
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
    /// `FLOWTHROUGH_ADMIN_EMAIL` and `FLOWTHROUGH_ADMIN_PASSWORD`: the demo's or first administrator's sign-in.
    pub admin: Option<(String, String)>,
    /// `FLOWTHROUGH_PARTNER`: the name of the partner that is created on a first start.
    pub partner: String,
    /// `FLOWTHROUGH_SITE`: the folder with the browser's files.
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
    /// `FLOWTHROUGH_API_CALLS`: how many calls an API token may make a minute.
    pub api_calls: i64,
    /// `FLOWTHROUGH_LOG`: `error`, `warn`, `info` or `debug`.
    pub log: tracing::Level,
    /// `FLOWTHROUGH_SCIM_URL` and `FLOWTHROUGH_SCIM_TOKEN`: the target `scim`.
    pub scim: Option<Endpoint>,
    /// `FLOWTHROUGH_WEBEX_URL` and `FLOWTHROUGH_WEBEX_TOKEN`: the target `webex`.
    pub webex: Option<Endpoint>,
    /// `FLOWTHROUGH_BROADWORKS_…` and `[partners.NAME.broadworks]` in the file: the accounts that read BroadWorks'
    /// directories, and whose they are.
    pub broadworks: Vec<PartnersAccount>,
    /// `[downloads]` in the file: where users get the app, per platform.
    pub downloads: Vec<Download>,
}

/// An account that reads BroadWorks' directories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnersAccount {
    /// The name of the partner whose it is; the only one's, if none is named.
    pub partner: Option<String>,
    /// The account.
    pub account: Account,
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

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<String>,
    database_url: Option<String>,
    code_keys: Option<String>,
    code_keys_file: Option<String>,
    public_url: Option<String>,
    hosts: Option<String>,
    connections: Option<usize>,
    smtp_url: Option<String>,
    ehlo: Option<String>,
    mail_from: Option<String>,
    admin_email: Option<String>,
    admin_password: Option<String>,
    partner: Option<String>,
    site: Option<String>,
    trust_proxy: Option<TrustProxy>,
    allow_private_xsi: Option<bool>,
    allow_private_webhooks: Option<bool>,
    api_calls: Option<i64>,
    log: Option<String>,
    scim: Remote,
    webex: Remote,
    broadworks: BroadWorks,
    partners: BTreeMap<String, PartnersOwn>,
    downloads: Downloads,
}

/// `trust_proxy`, as it may be written in the file.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum TrustProxy {
    Trusted(bool),
    Hops(i64),
}

/// What is set for one partner.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PartnersOwn {
    broadworks: BroadWorks,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct BroadWorks {
    url: Option<String>,
    user: Option<String>,
    password: Option<String>,
    partner: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Remote {
    url: Option<String>,
    token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Downloads {
    ios: String,
    android: String,
    windows: String,
    macos: String,
    web: String,
}

impl Default for Downloads {
    fn default() -> Self {
        Self {
            ios: "https://apps.apple.com/app/webex/id833967564".to_owned(),
            android: "https://play.google.com/store/apps/details?id=com.cisco.wx2.android".to_owned(),
            windows: "https://www.webex.com/downloads.html".to_owned(),
            macos: "https://www.webex.com/downloads.html".to_owned(),
            web: "https://web.webex.com/".to_owned(),
        }
    }
}

/// Looks a setting up in the environment.
type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn load() -> Result<Self, ConfigError> {
        let known = RefCell::new(BTreeSet::new());
        let lookup = |name: &str| {
            known.borrow_mut().insert(name.to_owned());
            env::var(name).ok().filter(|value| !value.is_empty())
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
        for (name, value) in given {
            refuse_unknown(&name, &value.to_string_lossy(), &known.borrow())?;
        }
        Ok(config)
    }

    fn from(text: &str, lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let file: File = toml::from_str(text).map_err(|wrong| {
            let fix = "Correct the line; docs/CONFIGURATION.md lists every setting.";
            let meant = meant_in_file(wrong.message()).map(|name| format!("Did you mean {name}? ")).unwrap_or_default();
            error(FILE, wrong.to_string().trim_end(), &format!("{meant}{fix}"))
        })?;
        let setting = |name: &str, in_file: Option<String>| lookup(&format!("FLOWTHROUGH_{name}")).or(in_file);
        let listen: SocketAddr = setting("LISTEN", file.listen)
            .unwrap_or_else(|| "127.0.0.1:3000".to_owned())
            .parse()
            .map_err(|wrong| error("FLOWTHROUGH_LISTEN", wrong, "Write address and port, such as 127.0.0.1:3000."))?;
        let public_url = setting("PUBLIC_URL", file.public_url).unwrap_or_else(|| format!("http://{listen}"));
        let mail_from =
            setting("MAIL_FROM", file.mail_from).unwrap_or_else(|| "activation@flowthrough.example".to_owned());
        domain::EmailAddress::parse(&mail_from).map_err(|_| {
            error("FLOWTHROUGH_MAIL_FROM", "not an email address", "Write one that your mail server may send from.")
        })?;
        let allow_private_xsi = switch("ALLOW_PRIVATE_XSI", lookup, file.allow_private_xsi)?;
        let site_given = setting("SITE", file.site);
        Ok(Self {
            listen,
            database_url: database_url(setting("DATABASE_URL", file.database_url))?,
            code_keys: code_keys(setting("CODE_KEYS", file.code_keys), setting("CODE_KEYS_FILE", file.code_keys_file))?,
            ehlo: ehlo(setting("EHLO", file.ehlo), &public_url)?,
            public_url: public(public_url)?,
            hosts: hosts(setting("HOSTS", file.hosts))?,
            connections: connections(setting("CONNECTIONS", file.connections.map(|many| many.to_string())))?,
            smtp_url: setting("SMTP_URL", file.smtp_url).map(smtp).transpose()?,
            mail_from,
            admin: admin(setting("ADMIN_EMAIL", file.admin_email), setting("ADMIN_PASSWORD", file.admin_password))?,
            partner: setting("PARTNER", file.partner).unwrap_or_else(|| "My company".to_owned()),
            site_is_given: site_given.is_some(),
            site: site(site_given),
            trust_proxy: proxies(lookup, file.trust_proxy)?,
            allow_private_xsi,
            allow_private_webhooks: switch("ALLOW_PRIVATE_WEBHOOKS", lookup, file.allow_private_webhooks)?,
            api_calls: api_calls(setting("API_CALLS", file.api_calls.map(|calls| calls.to_string())))?,
            log: setting("LOG", file.log)
                .unwrap_or_else(|| "info".to_owned())
                .parse()
                .map_err(|_| error("FLOWTHROUGH_LOG", "unknown level", "Write error, warn, info or debug."))?,
            scim: endpoint("SCIM", lookup, file.scim)?,
            webex: endpoint("WEBEX", lookup, file.webex)?,
            broadworks: broadworks(lookup, file.broadworks, file.partners, allow_private_xsi)?,
            downloads: downloads(file.downloads)?,
        })
    }
}

/// Refuses a variable that looks like a setting and is none: most likely it was misspelt, and what it was to say is not done.
fn refuse_unknown(name: &str, value: &str, known: &BTreeSet<String>) -> Result<(), ConfigError> {
    let ours = name.starts_with("FLOWTHROUGH_") || known.iter().any(|setting| is_slip(name, setting));
    if !ours || known.contains(name) || is_of_kubernetes(name, value) {
        return Ok(());
    }
    let upper = name.to_ascii_uppercase();
    let meant = nearest(&upper, known.iter().map(String::as_str));
    let fix = match meant {
        Some(meant) => format!("Did you mean {meant}? docs/CONFIGURATION.md lists every setting."),
        None => "Take it away; docs/CONFIGURATION.md lists every setting.".to_owned(),
    };
    Err(error(name, "there is no such setting", &fix))
}

/// Whether a variable can only be this setting, by a slip of the hand: a setting's name is long enough that nobody else's comes
/// as near by chance.
fn is_slip(name: &str, setting: &str) -> bool {
    strsim::damerau_levenshtein(&name.to_ascii_uppercase(), setting) <= 2
}

/// Kubernetes tells every container where a Service is, under the Service's name: it may be called flowthrough.
fn is_of_kubernetes(name: &str, value: &str) -> bool {
    let rest = name.trim_start_matches("FLOWTHROUGH_");
    rest == "SERVICE_HOST"
        || rest.starts_with("SERVICE_PORT")
        || (rest.starts_with("PORT") && (rest.contains("_TCP") || rest.contains("_UDP") || value.contains("://")))
}

/// The name in the file that was meant, from what serde says: the unknown one in backticks, then all that there are.
fn meant_in_file(message: &str) -> Option<&str> {
    let mut names = message.split('`').skip(1).step_by(2);
    nearest(names.next()?, names)
}

/// The name most like this one, if any is alike.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |other: &str| strsim::jaro_winkler(name, other);
    known.filter(|other| likeness(other) > 0.8).max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

fn database_url(value: Option<String>) -> Result<String, ConfigError> {
    let url = value.unwrap_or_else(|| "sqlite:data/flowthrough.db".to_owned());
    let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    if known && url != "sqlite:" {
        return Ok(url);
    }
    // The value may hold a password: it is not repeated.
    let fix = "Write sqlite:data/flowthrough.db, or postgres://user:password@host/database.";
    Err(error("FLOWTHROUGH_DATABASE_URL", "neither a SQLite file nor a PostgreSQL address", fix))
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

fn public(url: String) -> Result<String, ConfigError> {
    let root = url.trim_end_matches('/');
    // The value may hold a password: it is not repeated.
    let wrong = |wrong: &str, fix: &str| Err(error("FLOWTHROUGH_PUBLIC_URL", wrong, fix));
    let begins_well = root.starts_with("https://") || root.starts_with("http://");
    match Url::parse(root).ok().filter(|_| begins_well && !root.contains(char::is_whitespace)) {
        Some(parsed) if parsed.path() != "/" => wrong(
            "has a path, but pages and API stand at the root of a host",
            "Give Flowthrough a host name of its own, such as https://activate.example.com.",
        ),
        Some(parsed) if is_bare(&parsed) => Ok(root.to_owned()),
        _ => wrong(
            "not a web address",
            "Write the address under which users reach the server, such as https://activate.example.com.",
        ),
    }
}

/// Whether there is nothing but scheme, host and port.
fn is_bare(url: &Url) -> bool {
    let more = [!url.username().is_empty(), url.password().is_some(), url.query().is_some(), url.fragment().is_some()];
    url.has_host() && !more.contains(&true)
}

fn hosts(value: Option<String>) -> Result<Vec<String>, ConfigError> {
    let value = value.unwrap_or_default();
    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
    let wrong = |name: &str| {
        let fix = "Write host names with commas between them, such as activate.example.com, 10.0.0.5.";
        error("FLOWTHROUGH_HOSTS", format!("{name:?} is not a host"), fix)
    };
    names.map(|name| crate::http::host::host(name).ok_or_else(|| wrong(name))).collect()
}

fn connections(value: Option<String>) -> Result<Option<usize>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let many = value.parse().ok().filter(|many| (16..=1_000_000).contains(many));
    let fix = "Write a number from 16 on, or leave it out for as many as the system allows.";
    many.map(Some).ok_or_else(|| error("FLOWTHROUGH_CONNECTIONS", "not a number of connections", fix))
}

fn smtp(url: String) -> Result<String, ConfigError> {
    if url.starts_with("smtp://") || url.starts_with("smtps://") {
        return Ok(url);
    }
    let fix = "Write smtp://user:password@host:587?tls=required, or leave it out to write mails to data/outbox/.";
    Err(error("FLOWTHROUGH_SMTP_URL", "not an SMTP address", fix))
}

fn ehlo(value: Option<String>, public_url: &str) -> Result<Hello, ConfigError> {
    let Some(value) = value else { return Ok(Hello::of_url(public_url)) };
    let fix = "Write a full name such as activate.example.com, or an address such as [192.0.2.1].";
    Hello::parse(value.trim()).map_err(|wrong| error("FLOWTHROUGH_EHLO", wrong, fix))
}

fn api_calls(value: Option<String>) -> Result<i64, ConfigError> {
    let Some(value) = value else { return Ok(domain::limit::API_CALLS.max) };
    let calls = value.parse().ok().filter(|calls| (1..=1_000_000_000).contains(calls));
    calls.ok_or_else(|| error("FLOWTHROUGH_API_CALLS", "not a number of calls", "Write a number from 1 on."))
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

/// How many own proxies stand before the server: `true` is one.
fn proxies(lookup: Lookup<'_>, in_file: Option<TrustProxy>) -> Result<usize, ConfigError> {
    const NAME: &str = "FLOWTHROUGH_TRUST_PROXY";
    const MOST: usize = 10;
    let in_file = in_file.map(|in_file| match in_file {
        TrustProxy::Trusted(trusted) => trusted.to_string(),
        TrustProxy::Hops(hops) => hops.to_string(),
    });
    match lookup(NAME).or(in_file).as_deref() {
        None | Some("false" | "no") => Ok(0),
        Some("true" | "yes") => Ok(1),
        Some(hops) => hops.parse().ok().filter(|hops| *hops <= MOST).ok_or_else(|| {
            let fix = "Write true, or how many of your proxies stand one behind the other, up to 10.";
            error(NAME, format!("{hops:?} is neither true, false nor a number of proxies"), fix)
        }),
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

/// The accounts that read BroadWorks' directories: one for each partner.
fn broadworks(
    lookup: Lookup<'_>,
    in_file: BroadWorks,
    partners: BTreeMap<String, PartnersOwn>,
    allow_private: bool,
) -> Result<Vec<PartnersAccount>, ConfigError> {
    const PARTNER: &str = "FLOWTHROUGH_BROADWORKS_PARTNER";
    let names = ["URL", "USER", "PASSWORD"].map(|name| format!("FLOWTHROUGH_BROADWORKS_{name}"));
    let [url, user, password] = &names;
    let given = [lookup(url).or(in_file.url), lookup(user).or(in_file.user), lookup(password).or(in_file.password)];
    let whose = lookup(PARTNER).or(in_file.partner);
    let mut accounts: Vec<PartnersAccount> = Vec::new();
    if let Some(account) = account(names, given, allow_private)? {
        accounts.push(PartnersAccount { partner: whose, account });
    }
    for (partner, PartnersOwn { broadworks: BroadWorks { url, user, password, partner: misplaced } }) in partners {
        let names = ["url", "user", "password"].map(|name| format!("[partners.{partner:?}.broadworks] {name}"));
        if misplaced.is_some() {
            return Err(error(&names[0].replace("] url", "] partner"), "named already", "Leave it out."));
        }
        if let Some(account) = account(names, [url, user, password], allow_private)? {
            accounts.push(PartnersAccount { partner: Some(partner), account });
        }
    }
    for (at, one) in accounts.iter().enumerate() {
        for other in &accounts[..at] {
            let same = |one: &Account, other: &Account| (&one.url, &one.name) == (&other.url, &other.name);
            if one.partner == other.partner || same(&one.account, &other.account) {
                let fix = "Give each partner one account, and one that is no other partner's: BroadWorks decides by it \
                           whose users may be read.";
                return Err(error("FLOWTHROUGH_BROADWORKS_USER", "set for two partners, or twice for one", fix));
            }
        }
    }
    Ok(accounts)
}

/// An account: all three settings, or none.
fn account(
    names: [String; 3],
    given: [Option<String>; 3],
    allow_private: bool,
) -> Result<Option<Account>, ConfigError> {
    match given {
        [None, None, None] => Ok(None),
        [Some(typed), Some(name), Some(password)] => {
            let fix = "Write the address of Xsi-Actions, such as https://xsp.example.com.";
            let url = XsiUrl::parse(&typed, allow_private).map_err(|wrong| error(&names[0], wrong, fix))?;
            Ok(Some(Account { url, name, password }))
        }
        given => {
            let missing = names.iter().zip(&given).find(|(_, given)| given.is_none());
            let fix = format!("Set all of {}.", names.join(", "));
            Err(error(missing.map_or(&names[0], |(name, _)| name), "missing", &fix))
        }
    }
}

/// The folder beside the binary if there is one (an installed server), else where the build puts it.
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

fn downloads(urls: Downloads) -> Result<Vec<Download>, ConfigError> {
    let named = [
        ("ios", Platform::Ios, urls.ios),
        ("android", Platform::Android, urls.android),
        ("windows", Platform::Windows, urls.windows),
        ("macos", Platform::Macos, urls.macos),
        ("web", Platform::Web, urls.web),
    ];
    let given = named.into_iter().filter(|(.., url)| !url.is_empty());
    given
        .map(|(name, platform, url)| match is_web_address(&url) {
            true => Ok(Download { platform, url }),
            false => {
                let fix = "Write an https address, or an empty text to leave the platform out.";
                Err(error(&format!("[downloads] {name}"), format!("{url:?} is no web address"), fix))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let lookup =
            |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from(text, &lookup)
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let config = with("", &[]).expect("the defaults are valid");
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(config.database_url, "sqlite:data/flowthrough.db");
        assert_eq!(config.public_url, "http://127.0.0.1:3000");
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let config =
            with("listen = \"127.0.0.1:1\"\npartner = \"A\"", &[("FLOWTHROUGH_LISTEN", "127.0.0.1:2")]).expect("valid");
        assert_eq!((config.listen.port(), config.partner.as_str()), (2, "A"));
    }

    #[test]
    fn the_name_for_mail_servers_is_the_public_one_or_a_setting() {
        let public = ("FLOWTHROUGH_PUBLIC_URL", "https://activate.example.com:8443");
        let ehlo = |file, environment: &[_]| with(file, environment).expect("valid").ehlo.to_string();
        assert_eq!(ehlo("", &[public]), "activate.example.com");
        assert_eq!(ehlo("ehlo = \"[192.0.2.1]\"", &[public]), "[192.0.2.1]");
        assert_eq!(ehlo("ehlo = \"a.example\"", &[public, ("FLOWTHROUGH_EHLO", "mx.example.com")]), "mx.example.com");
    }

    #[test]
    fn proxies_are_trusted_by_their_number() {
        let trusted = |file: &str, value: Option<&'static str>| {
            let environment: Vec<_> = value.map(|value| ("FLOWTHROUGH_TRUST_PROXY", value)).into_iter().collect();
            with(file, &environment).map(|config| config.trust_proxy).map_err(|wrong| wrong.name)
        };
        assert_eq!(trusted("", None), Ok(0));
        for (value, hops) in
            [("false", 0), ("0", 0), ("no", 0), ("true", 1), ("1", 1), ("yes", 1), ("2", 2), ("10", 10)]
        {
            assert_eq!(trusted("trust_proxy = 3", Some(value)), Ok(hops), "{value}");
        }
        assert_eq!((trusted("trust_proxy = true", None), trusted("trust_proxy = 2", None)), (Ok(1), Ok(2)));
        for wrong in ["maybe", "-1", "11", "2.0", "10.0.0.0/8"] {
            assert_eq!(trusted("", Some(wrong)), Err("FLOWTHROUGH_TRUST_PROXY".to_owned()), "{wrong}");
        }
        assert_eq!(trusted("trust_proxy = -1", None), Err("FLOWTHROUGH_TRUST_PROXY".to_owned()));
    }

    #[test]
    fn a_target_is_set_up_by_its_address_and_token() {
        let file = "[scim]\nurl = \"https://id.example/v2\"\ntoken = \"old\"";
        let config = with(file, &[("FLOWTHROUGH_SCIM_TOKEN", "new")]).expect("valid");
        assert_eq!(config.scim, Some(Endpoint::parse("https://id.example/v2", "new").expect("valid")));
        assert_eq!(config.webex, None);
        assert!(!format!("{config:?}").contains("new"), "a token is not shown");
    }

    #[test]
    fn each_partner_has_an_account_of_its_own() {
        let two =
            "[partners.\"SP Two\".broadworks]\nurl = \"https://xsp.example\"\nuser = \"two\"\npassword = \"secret\"";
        let account = |user| {
            [
                ("FLOWTHROUGH_BROADWORKS_URL", "https://xsp.example"),
                ("FLOWTHROUGH_BROADWORKS_USER", user),
                ("FLOWTHROUGH_BROADWORKS_PASSWORD", "secret"),
            ]
        };
        let whose = |config: Config| -> Vec<_> {
            config.broadworks.into_iter().map(|one| (one.partner, one.account.name)).collect()
        };
        assert_eq!(whose(with("", &account("one")).expect("the only partner's")), [(None, "one".to_owned())]);
        let both = with(two, &[&account("one")[..], &[("FLOWTHROUGH_BROADWORKS_PARTNER", "SP One")]].concat());
        let expected = [(Some("SP One".to_owned()), "one".to_owned()), (Some("SP Two".to_owned()), "two".to_owned())];
        assert_eq!(whose(both.expect("one each")), expected);
        let shared = with(two, &account("two")).expect_err("one account for two partners");
        assert!(shared.name == "FLOWTHROUGH_BROADWORKS_USER" && !shared.to_string().contains("secret"), "{shared}");
        let twice = with(two, &[&account("one")[..], &[("FLOWTHROUGH_BROADWORKS_PARTNER", "SP Two")]].concat());
        assert_eq!(twice.expect_err("two accounts for one partner").name, shared.name);
    }

    #[test]
    fn the_public_url_is_kept_as_it_is_written_but_for_slashes_at_its_end() {
        for written in ["https://Activate.Example.com", "http://127.0.0.1:3000/", "https://[2001:db8::1]:8443//"] {
            let config = with("", &[("FLOWTHROUGH_PUBLIC_URL", written)]).expect(written);
            assert_eq!(config.public_url, written.trim_end_matches('/'));
        }
    }

    #[test]
    fn a_wrong_setting_names_itself_and_the_fix_and_keeps_secrets() {
        for (name, value) in [
            ("FLOWTHROUGH_LISTEN", "here"),
            ("FLOWTHROUGH_CODE_KEYS", "secret"),
            ("FLOWTHROUGH_CODE_KEYS", " , "),
            ("FLOWTHROUGH_CODE_KEYS_FILE", "/nowhere/at/all"),
            ("FLOWTHROUGH_DATABASE_URL", "mysql://u:secret@h/d"),
            ("FLOWTHROUGH_PUBLIC_URL", "activate.example.com"),
            ("FLOWTHROUGH_PUBLIC_URL", "https://example.com/activate"),
            ("FLOWTHROUGH_PUBLIC_URL", "https://example.com/a/"),
            ("FLOWTHROUGH_PUBLIC_URL", "https://user:secret@example.com"),
            ("FLOWTHROUGH_PUBLIC_URL", "https://example.com?a"),
            ("FLOWTHROUGH_PUBLIC_URL", "https://example.com#a"),
            ("FLOWTHROUGH_PUBLIC_URL", "https://exam ple.com"),
            ("FLOWTHROUGH_PUBLIC_URL", "https://"),
            ("FLOWTHROUGH_PUBLIC_URL", "ftp://example.com"),
            ("FLOWTHROUGH_SMTP_URL", "mail:secret@host"),
            ("FLOWTHROUGH_EHLO", "mx1"),
            ("FLOWTHROUGH_TRUST_PROXY", "maybe"),
            ("FLOWTHROUGH_LOG", "loud"),
            ("FLOWTHROUGH_API_CALLS", "0"),
            ("FLOWTHROUGH_HOSTS", "activate.example.com, a b"),
            ("FLOWTHROUGH_CONNECTIONS", "none"),
            ("FLOWTHROUGH_MAIL_FROM", "nobody"),
        ] {
            let wrong = with("", &[(name, value)]).expect_err(name);
            assert_eq!(wrong.name, name);
            assert!(!wrong.fix.is_empty() && !wrong.to_string().contains("secret"), "{wrong}");
        }
        let key = "secret-secret-secret-secret-secret";
        let twice = with("code_keys_file = \"/keys\"", &[("FLOWTHROUGH_CODE_KEYS", key)]).expect_err("two places");
        assert_eq!(twice.name, "FLOWTHROUGH_CODE_KEYS_FILE");
        let known = with("", &[("FLOWTHROUGH_CODE_KEYS", key)]).expect("long enough");
        assert!(known.code_keys.is_some() && !format!("{known:?}").contains("secret"));
        let token = ("FLOWTHROUGH_SCIM_TOKEN", "secret");
        for (wrong, name) in [
            (&[token, ("FLOWTHROUGH_SCIM_URL", "http://id.example/v2")][..], "FLOWTHROUGH_SCIM_URL"),
            (&[("FLOWTHROUGH_SCIM_TOKEN", "Bearer secret"), ("FLOWTHROUGH_SCIM_URL", "https://id.example")], token.0),
            (&[token], "FLOWTHROUGH_SCIM_URL"),
            (&[("FLOWTHROUGH_WEBEX_URL", "https://webexapis.com/v1")], "FLOWTHROUGH_WEBEX_TOKEN"),
        ] {
            let wrong = with("", wrong).expect_err(name);
            assert_eq!(wrong.name, name);
            assert!(!wrong.to_string().contains("secret"), "{wrong}");
        }
        let account = ("FLOWTHROUGH_BROADWORKS_PASSWORD", "secret");
        let plain = ("FLOWTHROUGH_BROADWORKS_URL", "http://xsp.example");
        for (wrong, name) in [
            (&[account][..], "FLOWTHROUGH_BROADWORKS_URL"),
            (&[account, plain], "FLOWTHROUGH_BROADWORKS_USER"),
            (&[account, plain, ("FLOWTHROUGH_BROADWORKS_USER", "reader")], "FLOWTHROUGH_BROADWORKS_URL"),
        ] {
            let wrong = with("", wrong).expect_err(name);
            assert_eq!(wrong.name, name);
            assert!(!wrong.to_string().contains("secret"), "{wrong}");
        }
        let theirs = "[partners.\"SP Two\".broadworks]\nurl = \"https://xsp.example\"\nuser = \"reader\"";
        let wrong = with(theirs, &[]).expect_err("half an account");
        assert_eq!(wrong.name, "[partners.\"SP Two\".broadworks] password");
        let half = with("", &[("FLOWTHROUGH_ADMIN_EMAIL", "a@b.cd")]).expect_err("half");
        assert_eq!(half.name, "FLOWTHROUGH_ADMIN_PASSWORD");
        let script = with("[downloads]\nios = \"javascript:alert(1)\"", &[]).expect_err("a script");
        assert_eq!(script.name, "[downloads] ios");
        assert_eq!(with("[downloads]\nios = \"\"", &[]).expect("left out").downloads.len(), 4);
        let misspelt = with("lisen = 1", &[]).expect_err("a typing error");
        assert_eq!(misspelt.name, FILE);
        assert!(misspelt.fix.starts_with("Did you mean listen?"), "{misspelt}");
    }

    #[test]
    fn a_variable_that_is_no_setting_is_refused_and_the_one_that_was_meant_is_named() {
        let known = RefCell::new(BTreeSet::new());
        let lookup = |name: &str| {
            known.borrow_mut().insert(name.to_owned());
            None
        };
        Config::from("", &lookup).expect("the defaults are valid");
        let known = known.into_inner();
        for (name, meant) in [
            ("FLOWTHROUGH_DATABSE_URL", Some("FLOWTHROUGH_DATABASE_URL")),
            ("FLOWTHROUGH_ALLOW_PRIVAT_XSI", Some("FLOWTHROUGH_ALLOW_PRIVATE_XSI")),
            ("FLOWTHROUGH_TRUST_PROXIES", Some("FLOWTHROUGH_TRUST_PROXY")),
            ("FLOWTHROUGH_SCIM_TOCKEN", Some("FLOWTHROUGH_SCIM_TOKEN")),
            ("FLOWTROUGH_LOG", Some("FLOWTHROUGH_LOG")),
            ("FLOW_THROUGH_DATABASE_URL", Some("FLOWTHROUGH_DATABASE_URL")),
            ("FLWOTHROUGH_LISTEN", Some("FLOWTHROUGH_LISTEN")),
            ("flowthrough_smtp_url", Some("FLOWTHROUGH_SMTP_URL")),
            ("FLOWTHROUGH_PORT", None),
        ] {
            let refused = refuse_unknown(name, "8080", &known).expect_err(name);
            assert_eq!(refused.name, name);
            if let Some(meant) = meant {
                assert!(refused.fix.starts_with(&format!("Did you mean {meant}?")), "{refused}");
            }
        }
        // What Kubernetes says about a Service called flowthrough, and what is no setting of ours at all.
        for (name, value) in [
            ("FLOWTHROUGH_SERVICE_HOST", "10.0.0.1"),
            ("FLOWTHROUGH_SERVICE_PORT_HTTP", "80"),
            ("FLOWTHROUGH_PORT", "tcp://10.0.0.1:80"),
            ("FLOWTHROUGH_PORT_80_TCP_ADDR", "10.0.0.1"),
            ("FLOWTHROUGHS_OWN_PORT", "x"),
            ("THROUGH_LOG", "x"),
            ("DATABASE_URL", "x"),
            ("PATH", "/bin"),
        ] {
            refuse_unknown(name, value, &known).expect(name);
        }
        for name in &known {
            refuse_unknown(name, "anything", &known).expect(name);
        }
    }
}
