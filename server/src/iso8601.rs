//! Moments as the API and Export write them: ISO 8601 in UTC, to the millisecond.

use domain::Timestamp;
use time::{
    Date, OffsetDateTime, PrimitiveDateTime,
    format_description::{BorrowedFormatItem, well_known::Iso8601},
    macros::format_description,
};

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// `2019-10-18T14:26:16.000Z`.
#[must_use]
pub fn format(moment: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(moment.0) * 1_000_000)
        .ok()
        .and_then(|moment| moment.format(FORMAT).ok())
        .unwrap_or_default()
}

/// A moment as API clients write it: epoch milliseconds, or ISO 8601 with or without a time and an offset (UTC).
#[must_use]
pub fn parse(written: &str) -> Option<Timestamp> {
    if let Ok(milliseconds) = written.parse() {
        return Some(Timestamp(milliseconds));
    }
    // In a query string an unescaped plus reads as a space.
    let written = written.replace(' ', "+");
    let moment = OffsetDateTime::parse(&written, &Iso8601::DEFAULT)
        .or_else(|_| PrimitiveDateTime::parse(&written, &Iso8601::DEFAULT).map(PrimitiveDateTime::assume_utc))
        .or_else(|_| Date::parse(&written, &Iso8601::DEFAULT).map(|date| date.midnight().assume_utc()))
        .ok()?;
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Timestamp = Timestamp(1_571_408_776_000);

    #[test]
    fn is_written_like_the_vendors_examples() {
        assert_eq!(format(MOMENT), "2019-10-18T14:26:16.000Z");
        assert_eq!(format(Timestamp(i64::MAX)), "");
    }

    #[test]
    fn is_read_in_either_form() {
        for written in [
            "1571408776000",
            "2019-10-18T14:26:16.000Z",
            "2019-10-18T14:26:16Z",
            "2019-10-18T14:26:16",
            "2019-10-18T16:26:16+02:00",
            "2019-10-18T16:26:16 02:00",
        ] {
            assert_eq!(parse(written), Some(MOMENT), "{written}");
        }
        assert_eq!(parse("2019-10-18"), Some(Timestamp(1_571_356_800_000)));
        for nonsense in ["", "yesterday", "2019-13-01", "99999999999999999999"] {
            assert_eq!(parse(nonsense), None, "{nonsense}");
        }
    }
}
