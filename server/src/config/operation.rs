//! Settings for whoever watches the server, stops it and starts it again.

use std::{net::SocketAddr, time::Duration};

use url::Url;

use super::{ConfigError, error};
use crate::log::Format;

/// The longest that a stop may be put off, or the end of another server waited for.
const LONGEST: u64 = 600;

/// Where `/metrics` is, if anywhere: not where everybody is served.
pub(super) fn metrics_listen(value: Option<String>, listen: SocketAddr) -> Result<Option<SocketAddr>, ConfigError> {
    const NAME: &str = "FLOWTHROUGH_METRICS_LISTEN";
    let fix = "Write an address and port that only your monitoring reaches, such as 127.0.0.1:9464, or leave it out.";
    let address: Option<SocketAddr> =
        value.map(|value| value.parse()).transpose().map_err(|wrong| error(NAME, wrong, fix))?;
    match address {
        Some(address) if address == listen && address.port() != 0 => {
            Err(error(NAME, "the same as FLOWTHROUGH_LISTEN", fix))
        }
        address => Ok(address),
    }
}

/// Where a collector is, if there is one: the address of OTLP over HTTP, behind which `/v1/traces` and `/v1/logs` stand.
pub(super) fn otlp(value: Option<String>) -> Result<Option<Url>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let parsed =
        Url::parse(&value).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none());
    let Some(mut collector) = parsed else {
        let fix = "Write the collector's address for OTLP over HTTP, such as http://127.0.0.1:4318.";
        return Err(error("FLOWTHROUGH_OTLP_ENDPOINT", "not the address of a collector", fix));
    };
    if !cfg!(feature = "otlp") {
        let fix = "Leave it out, or build with the cargo feature otlp, which a release has.";
        return Err(error("FLOWTHROUGH_OTLP_ENDPOINT", "of no use in this build", fix));
    }
    let path = collector.path().trim_end_matches('/').trim_end_matches("/v1/traces").to_owned();
    collector.set_path(&path);
    Ok(Some(collector))
}

/// How the log is written.
pub(super) fn log_format(value: Option<String>) -> Result<Format, ConfigError> {
    match value.as_deref() {
        None | Some("text") => Ok(Format::Text),
        Some("json") => Ok(Format::Json),
        Some(other) => Err(error("FLOWTHROUGH_LOG_FORMAT", format!("{other:?} is no format"), "Write text or json.")),
    }
}

/// So many seconds; none, if not set.
pub(super) fn seconds(name: &str, value: Option<String>) -> Result<Duration, ConfigError> {
    let Some(value) = value else { return Ok(Duration::ZERO) };
    let seconds = value.parse().ok().filter(|seconds| *seconds <= LONGEST);
    seconds.map(Duration::from_secs).ok_or_else(|| {
        error(&format!("FLOWTHROUGH_{name}"), "not a number of seconds", "Write a whole number from 0 to 600.")
    })
}
