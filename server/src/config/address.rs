//! Addresses: the database's, the mail server's and our own. They may hold a password, and are never repeated.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::{ConfigError, error};

/// `sqlite:path` or `postgres://…`; the password may come by itself, as it is.
pub(super) fn database(value: Option<String>, password: Option<String>) -> Result<String, ConfigError> {
    const NAME: &str = "FLOWTHROUGH_DATABASE_URL";
    let url = value.unwrap_or_else(|| "sqlite:data/flowthrough.db".to_owned());
    let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    if !known || url == "sqlite:" {
        let fix = "Write sqlite:data/flowthrough.db, or postgres://user:password@host/database.";
        return Err(error(NAME, "neither a SQLite file nor a PostgreSQL address", fix));
    }
    // What is not on a disk is another one for each connection, and gone with it.
    if url.starts_with("sqlite:") && (url.contains(":memory:") || url.contains("mode=memory")) {
        let fix = "Write a file: sqlite:data/flowthrough.db, or sqlite:/dev/shm/flowthrough.db for one that a reboot takes away.";
        return Err(error(NAME, "a database in memory only, which cannot be used", fix));
    }
    match password {
        Some(password) => with_credentials(&url, None, Some(&password)).ok_or_else(|| {
            let fix = "Write postgres://user@host/database in FLOWTHROUGH_DATABASE_URL, without a password.";
            error("FLOWTHROUGH_DATABASE_PASSWORD", "nowhere to be used, or given twice", fix)
        }),
        None => Ok(url),
    }
}

/// `smtp://…` or `smtps://…`; user and password may come by themselves, as they are.
pub(super) fn smtp(
    url: Option<String>,
    user: Option<String>,
    password: Option<String>,
) -> Result<Option<String>, ConfigError> {
    let credentials = match (&user, &password) {
        (None, None) => None,
        (Some(user), Some(password)) => Some((user, password)),
        (Some(_), None) => {
            return Err(error("FLOWTHROUGH_SMTP_PASSWORD", "missing", "Set it beside FLOWTHROUGH_SMTP_USER."));
        }
        (None, Some(_)) => {
            return Err(error("FLOWTHROUGH_SMTP_USER", "missing", "Set it beside FLOWTHROUGH_SMTP_PASSWORD."));
        }
    };
    let Some(url) = url else {
        return match credentials {
            None => Ok(None),
            Some(_) => Err(error("FLOWTHROUGH_SMTP_URL", "missing", "Set it beside FLOWTHROUGH_SMTP_USER.")),
        };
    };
    if !url.starts_with("smtp://") && !url.starts_with("smtps://") {
        let fix = "Write smtp://user:password@host:587?tls=required, or leave it out to write mails to data/outbox/.";
        return Err(error("FLOWTHROUGH_SMTP_URL", "not an SMTP address", fix));
    }
    let Some((user, password)) = credentials else { return Ok(Some(url)) };
    with_credentials(&url, Some(user), Some(password)).map(Some).ok_or_else(|| {
        let fix = "Write smtp://host:587?tls=required in FLOWTHROUGH_SMTP_URL, without user and password.";
        error("FLOWTHROUGH_SMTP_USER", "nowhere to be used, or given twice", fix)
    })
}

/// The address with these in it, encoded; nothing if it has some already, or has no place for them.
fn with_credentials(url: &str, user: Option<&str>, password: Option<&str>) -> Option<String> {
    let mut url = Url::parse(url.trim()).ok()?;
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    if url.password().is_some() {
        return None;
    }
    if let Some(user) = user {
        let free = url.username().is_empty();
        free.then(|| url.set_username(&encoded(user)).ok()).flatten()?;
    }
    url.set_password(password.map(encoded).as_deref()).ok()?;
    Some(url.into())
}

/// Under which address users reach the server.
pub(super) fn public(url: String) -> Result<String, ConfigError> {
    own("FLOWTHROUGH_PUBLIC_URL", url, "users reach the server, such as https://activate.example.com")
}

/// Under which address administrators reach the hub: the public one, unless it has a host of its own.
pub(super) fn hub(url: Option<String>, public_url: &str) -> Result<String, ConfigError> {
    const NAME: &str = "FLOWTHROUGH_HUB_URL";
    let public = public(public_url.to_owned())?;
    let Some(url) = url else { return Ok(public) };
    let hub = own(NAME, url, "administrators reach the hub, such as https://hub.example.com")?;
    let parts =
        |url: &str| Url::parse(url).ok().map(|url| (url.scheme().to_owned(), url.host_str().map(str::to_owned)));
    match (parts(&hub), parts(&public)) {
        (Some((one, _)), Some((other, _))) if one != other => {
            Err(error(NAME, "not as encrypted as the public URL", "Let both begin with https://."))
        }
        // Cookies know no ports.
        (Some((_, one)), Some((_, other))) if one == other && hub != public => Err(error(
            NAME,
            "the public URL's host at another port",
            "Give the hub a host name of its own, or leave it out.",
        )),
        _ => Ok(hub),
    }
}

/// An address of our own: scheme, host and port. The value may hold a password: it is not repeated.
fn own(name: &str, url: String, whose: &str) -> Result<String, ConfigError> {
    let root = url.trim_end_matches('/');
    let begins_well = root.starts_with("https://") || root.starts_with("http://");
    match Url::parse(root).ok().filter(|_| begins_well && !root.contains(char::is_whitespace)) {
        Some(parsed) if parsed.path() != "/" => Err(error(
            name,
            "has a path, but pages and API stand at the root of a host",
            "Give Flowthrough a host name of its own, such as https://activate.example.com.",
        )),
        Some(parsed) if is_bare(&parsed) => Ok(root.to_owned()),
        _ => Err(error(name, "not a web address", &format!("Write the address under which {whose}."))),
    }
}

/// Whether there is nothing but scheme, host and port.
fn is_bare(url: &Url) -> bool {
    let more = [!url.username().is_empty(), url.password().is_some(), url.query().is_some(), url.fragment().is_some()];
    url.has_host() && !more.contains(&true)
}

/// For which hosts the server answers beside that one.
pub(super) fn hosts(value: Option<String>) -> Result<Vec<String>, ConfigError> {
    let fix = "Write host names with commas between them, such as activate.example.com, 10.0.0.5.";
    // A pattern would be taken for a name that nobody has.
    let named = |name: &str| crate::http::host::host(name).filter(|host| !host.contains('*'));
    list("FLOWTHROUGH_HOSTS", value, named, fix)
}

/// To which hosts addresses may lead that others have chosen: names, or `*.` and the name that theirs end with.
pub(super) fn outgoing_hosts(value: Option<String>) -> Result<Vec<String>, ConfigError> {
    let fix = "Write host names with commas between them, without ports, such as xsp.example.com, *.hooks.example.com.";
    let named = |name: &str| {
        let (any, rest) = name.strip_prefix("*.").map_or(("", name), |rest| ("*.", rest));
        // As an address has it: in lower case, and international names in ASCII.
        let url = Url::parse(&format!("https://{rest}")).ok()?;
        let is_host = is_bare(&url) && url.port().is_none() && url.path() == "/";
        let host = url.host_str().filter(|_| is_host)?;
        let host = host.strip_suffix('.').unwrap_or(host);
        // An address may have dots alone for a host, and write a star in other letters.
        (!host.contains('*') && !host.split('.').any(str::is_empty)).then(|| format!("{any}{host}"))
    };
    list("FLOWTHROUGH_OUTGOING_HOSTS", value, named, fix)
}

/// What stands between commas.
fn list(
    setting: &str,
    value: Option<String>,
    read: impl Fn(&str) -> Option<String>,
    fix: &str,
) -> Result<Vec<String>, ConfigError> {
    let value = value.unwrap_or_default();
    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
    let wrong = |name: &str| error(setting, format!("{name:?} is not a host"), fix);
    names.map(|name| read(name).ok_or_else(|| wrong(name))).collect()
}
