//! Settings of the app that users sign in to: `[app]` and `[downloads]` in the file.

use app::portal::{ClientApp, ClientPassword, Download, Platform};
use serde::Deserialize;

use super::{ConfigError, error};
use crate::outbound::is_web_address;

/// `[app]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct App {
    name: String,
    password: ClientPassword,
}

impl Default for App {
    fn default() -> Self {
        Self { name: "Webex".to_owned(), password: ClientPassword::BroadWorks }
    }
}

/// `[downloads]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Downloads {
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

/// What is said of the app, with the platforms that have an address.
pub(super) fn client(app: App, downloads: Downloads) -> Result<ClientApp, ConfigError> {
    let named = [
        ("ios", Platform::Ios, downloads.ios),
        ("android", Platform::Android, downloads.android),
        ("windows", Platform::Windows, downloads.windows),
        ("macos", Platform::Macos, downloads.macos),
        ("web", Platform::Web, downloads.web),
    ];
    let given = named.into_iter().filter(|(.., url)| !url.is_empty());
    let downloads = given.map(|(name, platform, url)| download(name, platform, url)).collect::<Result<_, _>>()?;
    Ok(ClientApp { name: app.name, password: app.password, downloads })
}

fn download(name: &str, platform: Platform, url: String) -> Result<Download, ConfigError> {
    if is_web_address(&url) {
        return Ok(Download { platform, url });
    }
    let fix = "Write an https address, or an empty text to leave the platform out.";
    Err(error(&format!("[downloads] {name}"), format!("{url:?} is no web address"), fix))
}
