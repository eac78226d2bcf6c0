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

/// For which hosts the server answers beside that one.
pub(super) fn hosts(value: Option<String>) -> Result<Vec<String>, ConfigError> {
    let value = value.unwrap_or_default();
    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
    let wrong = |name: &str| {
        let fix = "Write host names with commas between them, such as activate.example.com, 10.0.0.5.";
        error("FLOWTHROUGH_HOSTS", format!("{name:?} is not a host"), fix)
    };
    // A pattern would be taken for a name that nobody has.
    let named = |name: &str| crate::http::host::host(name).filter(|host| !host.contains('*'));
    names.map(|name| named(name).ok_or_else(|| wrong(name))).collect()
}
