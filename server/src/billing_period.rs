//! The month that a report is about.

use domain::{Fault, Timestamp, subscriber::bounded, usage::Window};
use time::{Date, Month};

/// A month of UTC's calendar, written `YYYY-MM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingPeriod {
    written: String,
    window: Window,
}

impl BillingPeriod {
    /// Reads `YYYY-MM`.
    ///
    /// # Errors
    /// [`Fault::MissingParameter`] if nothing is there, [`Fault::InvalidParameter`] if it is no month.
    pub fn parse(written: &str) -> Result<Self, Fault> {
        let written = bounded(written, usize::MAX)?;
        Self::read(written).ok_or(Fault::InvalidParameter)
    }

    fn read(written: &str) -> Option<Self> {
        let (year, month) = written.split_once('-')?;
        let digits = |text: &str, many| text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return None;
        }
        let (year, month) = (year.parse().ok()?, Month::try_from(month.parse::<u8>().ok()?).ok()?);
        let next = if month == Month::December { year + 1 } else { year };
        let window = Window { from: first(year, month)?, until: first(next, month.next())? };
        Some(Self { written: written.to_owned(), window })
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The whole month.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// As much of the month as had passed then.
    #[must_use]
    pub fn window_until(&self, moment: Timestamp) -> Window {
        Window { until: self.window.until.min(moment), ..self.window }
    }
}

/// A month's first moment.
fn first(year: i32, month: Month) -> Option<Timestamp> {
    let midnight = Date::from_calendar_date(year, month, 1).ok()?.midnight().assume_utc();
    i64::try_from(midnight.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iso8601;

    #[test]
    fn months_begin_and_end_where_the_calendar_says() {
        for (written, from, until) in [
            ("2026-01", "2026-01-01", "2026-02-01"),
            ("2025-12", "2025-12-01", "2026-01-01"),
            ("2024-02", "2024-02-01", "2024-03-01"),
            (" 1969-12 ", "1969-12-01", "1970-01-01"),
        ] {
            let window = BillingPeriod::parse(written).expect("a month").window();
            let expected = [from, until].map(|day| iso8601::parse(day).expect("a day"));
            assert_eq!([window.from, window.until], expected, "{written}");
        }
    }

    #[test]
    fn anything_else_is_no_month() {
        for written in
            ["2026", "2026-1", "2026-13", "2026-00", "26-01", "2026-01-01", "+026-01", "2026-+1", "9999-12", "x"]
        {
            assert_eq!(BillingPeriod::parse(written), Err(Fault::InvalidParameter), "{written}");
        }
        assert_eq!(BillingPeriod::parse(" "), Err(Fault::MissingParameter));
    }
}
