//! What clients and proxies send (see [`crate::fuzzing`]).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use domain::{Network, Package};

use super::{adapter, api::body, client, host::host, media};
use crate::{import, provisioning::draft, retry_after};

/// The body of a call, of the API or of the adapter.
pub(crate) fn object(bytes: &[u8]) {
    let Ok(object) = body::parse(bytes) else { return };
    let draft = object.draft();
    let written = draft::to_json(&draft);
    assert_eq!(draft::to_json(&draft::from_json(&written)), written, "written and read again");
    match draft.check(Some(Package::Basic)) {
        Ok(new) => import::fuzzing::is_imported(&new),
        Err(flaws) => assert!(!flaws.is_empty(), "refused, and nobody knows why"),
    }
}

/// A value that stands in any header that is read.
pub(crate) fn headers(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let with = |name: HeaderName| HeaderMap::from_iter([(name, value.clone())]);
    forwarded(bytes);
    if let Some(host) = value.to_str().ok().and_then(host) {
        assert_eq!(super::host::host(&host).as_ref(), Some(&host), "a host, twice");
    }
    if let Some(wait) = retry_after::of(&with(header::RETRY_AFTER)) {
        assert!((0..=domain::timestamp::DAY).contains(&wait), "a wait of {wait} ms");
    }
    let _ = media::JSON.is(&with(header::CONTENT_TYPE));
    let _ = media::CSV.is(&with(header::CONTENT_ENCODING));
    let _ = adapter::basic(&with(header::AUTHORIZATION));
}

/// What a client invents changes nothing of what the proxy before us has heard.
fn forwarded(bytes: &[u8]) {
    let heard = |lines: &[&[u8]]| {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line).expect("a value"));
        }
        client::forwarded_for(&headers, 1)
    };
    let proxys = b"203.0.113.9".as_slice();
    let one_line = [bytes, b", ", proxys].concat();
    for lines in [&[bytes, proxys][..], &[one_line.as_slice()]] {
        assert_eq!(heard(lines).map(|address| address.to_string()).as_deref(), Some("203.0.113.9"));
    }
    if let Some(address) = heard(&[bytes]) {
        let network = Network::of(address);
        assert!(network.site().is_none_or(|site| site.site() == Some(site)), "a site's site");
    }
}
