//! Settings that are numbers within bounds.

use std::{ops::RangeInclusive, time::Duration};

use super::{ConfigError, Lookup, TrustProxy, error};

/// How many clients may be connected at once.
pub(super) fn connections(value: Option<String>) -> Result<Option<usize>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let many = value.parse().ok().filter(|many| (16..=1_000_000).contains(many));
    let fix = "Write a number from 16 on, or leave it out for as many as the system allows.";
    many.map(Some).ok_or_else(|| error("FLOWTHROUGH_CONNECTIONS", "not a number of connections", fix))
}

/// How many calls an API token may make a minute.
pub(super) fn api_calls(value: Option<String>) -> Result<i64, ConfigError> {
    let Some(value) = value else { return Ok(domain::limit::API_CALLS.max) };
    let calls = value.parse().ok().filter(|calls| (1..=1_000_000_000).contains(calls));
    calls.ok_or_else(|| error("FLOWTHROUGH_API_CALLS", "not a number of calls", "Write a number from 1 on."))
}

/// How many own proxies stand before the server: `true` is one.
pub(super) fn proxies(lookup: Lookup<'_>, in_file: Option<TrustProxy>) -> Result<usize, ConfigError> {
    const NAME: &str = "FLOWTHROUGH_TRUST_PROXY";
    const MOST: usize = 10;
    let in_file = in_file.map(|in_file| match in_file {
        TrustProxy::Trusted(trusted) => trusted.to_string(),
        TrustProxy::Hops(hops) => hops.to_string(),
        TrustProxy::Written(written) => written,
    });
    match lookup(NAME).or(in_file).as_deref() {
        None | Some("false" | "no") => Ok(0),
        Some("true" | "yes") => Ok(1),
        Some(hops) => hops.parse().ok().filter(|hops| *hops <= MOST).ok_or_else(|| {
            let fix = "Write how many of your own proxies stand one behind the other, such as 1 (or true) for one nginx, 2 \
                       for a load balancer before it, up to 10; false if there is none. It takes no addresses.";
            error(NAME, format!("{hops:?} is neither true, false nor a number of proxies"), fix)
        }),
    }
}

/// A number of connections to the database.
pub(super) fn pool(name: &str, value: Option<String>, default: u32) -> Result<u32, ConfigError> {
    whole(name, value, 2..=200).map(|given| given.unwrap_or(default))
}

/// A number of seconds.
pub(super) fn seconds(
    name: &str,
    value: Option<String>,
    bounds: RangeInclusive<u32>,
    default: Duration,
) -> Result<Duration, ConfigError> {
    let given = whole(name, value, bounds)?;
    Ok(given.map_or(default, |seconds| Duration::from_secs(seconds.into())))
}

/// For so many days something is kept; 0 is for good.
pub(super) fn days(name: &str, value: Option<String>) -> Result<Option<u32>, ConfigError> {
    whole(name, value, 0..=36_500)
}

fn whole(name: &str, value: Option<String>, bounds: RangeInclusive<u32>) -> Result<Option<u32>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let fix = format!("Write a whole number from {} to {}.", bounds.start(), bounds.end());
    let wrong = || error(&format!("FLOWTHROUGH_{name}"), "not a number within its bounds", &fix);
    value.parse().ok().filter(|number| bounds.contains(number)).map(Some).ok_or_else(wrong)
}
