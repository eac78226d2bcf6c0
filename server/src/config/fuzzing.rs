//! Settings, as a file and one by one (see [`crate::fuzzing`]).

use percent_encoding::percent_decode_str;
use url::Url;

use super::{Config, address};
use crate::{
    broadworks::XsiUrl,
    fuzzing::{lines, text},
    outbound::{Reach, is_web_address},
    targets::remote::Endpoint,
    webhooks::WebhookUrl,
};

/// What no message may show: examples have it where a password stands.
const PASSWORD: &str = "hunter2hunter2";

pub(crate) fn settings(bytes: &[u8]) {
    let Some(file) = text(bytes) else { return };
    match Config::parse(file, &|_: &str| None) {
        Ok(config) => assert!(!format!("{config:?}").contains("BEGIN PRIVATE KEY")),
        Err(wrong) => {
            assert!(!wrong.fix.is_empty(), "{wrong}");
            // Where it is the name of a setting, it is no password.
            let is_password = file.contains(&format!("password = \"{PASSWORD}"));
            let shown = wrong.to_string().matches(PASSWORD).count();
            assert!(!is_password || shown == 0 || file.matches(PASSWORD).count() > 1, "{wrong}");
        }
    }
}

/// A database's or mail server's address with user and password beside it, and any other address.
pub(crate) fn addresses(bytes: &[u8]) {
    let Some([url, user, password]) = lines(bytes) else { return };
    let own = |text: &str| Some(text.to_owned());
    if let Ok(whole) = address::database(own(url), own(password)) {
        assert_eq!(password_in(&whole), password, "the database's password");
    }
    if let Ok(Some(whole)) = address::smtp(own(url), own(user), own(password)) {
        assert_eq!(password_in(&whole), password, "the mail server's password");
        let parsed = Url::parse(&whole).expect("an address");
        assert_eq!(percent_decode_str(parsed.username()).decode_utf8().expect("UTF-8"), user);
    }
    if let Ok(public) = address::public(url.to_owned()) {
        let again = address::public(public.clone()).expect("an address");
        assert_eq!(again, public, "our own address, twice");
    }
    if let Ok(hosts) = address::hosts(own(url)) {
        let again = address::hosts(Some(hosts.join(", "))).expect("hosts");
        assert_eq!(again, hosts, "hosts, twice");
    }
    if let Ok(hosts) = address::outgoing_hosts(own(url)) {
        let again = address::outgoing_hosts(Some(hosts.join(", "))).expect("hosts");
        assert_eq!(again, hosts, "hosts that may be reached, twice");
    }
    for reach in [false, true].map(|private| Reach::new(private, &[])) {
        if let Ok(xsi) = XsiUrl::parse(url, &reach) {
            let again = XsiUrl::parse(xsi.as_str(), &reach).expect("an address");
            assert_eq!(again.as_str(), xsi.as_str(), "BroadWorks' address, twice");
        }
        // Encoded, one may be longer than may be asked for.
        if let Some(webhook) = WebhookUrl::parse(url, &reach).ok().filter(|url| url.as_str().len() <= 2_000) {
            let again = WebhookUrl::parse(webhook.as_str(), &reach);
            assert_eq!(again, Ok(webhook), "a webhook's address, twice");
        }
    }
    if let Ok(endpoint) = Endpoint::parse(url, password) {
        assert!(!format!("{endpoint:?}").contains("Bearer"));
    }
    assert!(!is_web_address(url) || url.trim().to_ascii_lowercase().starts_with("http"), "a script: {url:?}");
}

fn password_in(url: &str) -> String {
    let url = Url::parse(url).expect("an address");
    percent_decode_str(url.password().unwrap_or_default()).decode_utf8().expect("UTF-8").into_owned()
}
