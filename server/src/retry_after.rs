//! When whoever answered wants to be called again.

use axum::http::{HeaderMap, header};
use domain::timestamp::{DAY, SECOND};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

/// `Retry-After` (RFC 9110 §10.2.3) in milliseconds: seconds, or a date, which the answer's own `Date` is taken from,
/// because the two clocks may differ. Never more than a day.
#[must_use]
pub fn of(headers: &HeaderMap) -> Option<i64> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let written = text(header::RETRY_AFTER)?;
    let seconds = match written.parse::<u32>() {
        Ok(seconds) => i64::from(seconds),
        Err(_) => (date(written)? - date(text(header::DATE)?)?).whole_seconds(),
    };
    Some((seconds * SECOND).clamp(0, DAY))
}

/// A date as HTTP writes it (RFC 9110 §5.6.7).
fn date(written: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(written, &Rfc2822).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_in_seconds_or_by_the_others_own_clock() {
        let after = |written: &str, date: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, written.parse().unwrap());
            headers.extend(date.map(|date| (header::DATE, date.parse().unwrap())));
            of(&headers)
        };
        for (written, milliseconds) in [
            ("120", Some(120 * SECOND)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30 * SECOND)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("4294967295", Some(DAY)),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(after(written, Some("Sun, 06 Nov 1994 08:49:37 GMT")), milliseconds, "{written}");
        }
        assert_eq!(after("Sun, 06 Nov 1994 08:50:07 GMT", None), None);
    }
}
