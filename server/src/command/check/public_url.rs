//! The address under which users come.

use std::time::Duration;

use serde_json::Value;
use url::{Host, Url};

use super::Finding;
use crate::{
    config::Config,
    outbound::{body, client},
};

/// How long a connection may take, and the whole call.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(3), Duration::from_secs(5));
/// The largest answer that is read, in bytes.
const LARGEST: usize = 4_096;

/// Whether it is one that users can use, and whether a server answers there.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let address = &config.public_url;
    let fix = "Set FLOWTHROUGH_PUBLIC_URL to the https address under which your proxy serves users.";
    let Ok(url) = Url::parse(address) else { return Vec::new() };
    let mut findings = Vec::new();
    if is_this_machine(&url) {
        findings.push(Finding::warning("public url", format!("{address} leads users to their own machine"), fix));
    } else if url.scheme() != "https" {
        let finding = format!("{address} is not encrypted: passwords would travel in the clear");
        findings.push(Finding::problem("public url", finding, fix));
    }
    findings.push(match responds(address).await {
        Ok(()) => Finding::ok("public url", format!("this machine reaches a server at {address}")),
        Err(why) => {
            let fix = "If the server runs: check the name, the certificate and the proxy. From here the way may be another \
                       than from outside.";
            Finding::warning("public url", format!("no server answers at {address}: {why}"), fix)
        }
    });
    findings
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Asks for what every server of ours says, whoever asks.
async fn responds(address: &str) -> Result<(), String> {
    let client = client(PATIENCE.0, PATIENCE.1).build().map_err(|error| error.to_string())?;
    let answer = client.get(format!("{address}/healthz")).send().await.map_err(|error| reason(&error))?;
    let status = answer.status();
    let said = body(answer, LARGEST).await.ok().and_then(|body| serde_json::from_slice::<Value>(&body).ok());
    match said {
        Some(said) if status.is_success() && said["status"] == "ok" => Ok(()),
        _ => Err(format!("{status}, not from a server of ours")),
    }
}

/// The innermost reason, which names what is wrong: `connection refused`, `invalid peer certificate`.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
