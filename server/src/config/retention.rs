//! Settings for how long what is kept of people.

use super::{ConfigError, number};
use crate::retention::{Days, Retention};

/// How long what is kept; 0 is for good.
pub(super) fn retention(
    setting: impl Fn(&str, Option<String>) -> Option<String>,
    gone: Option<u32>,
    mails: Option<u32>,
    audit: Option<u32>,
) -> Result<Retention, ConfigError> {
    let days = |name: &str, in_file: Option<u32>, default: Option<Days>| {
        let given = number::days(name, setting(name, in_file.map(|days| days.to_string())))?;
        Ok(given.map_or(default, |days| Some(Days(days)).filter(|days| days.0 > 0)))
    };
    let default = Retention::default();
    Ok(Retention::new(
        days("KEEP_GONE_DAYS", gone, default.gone)?,
        days("KEEP_MAILS_DAYS", mails, default.mails)?,
        days("KEEP_AUDIT_DAYS", audit, default.audit)?,
    ))
}
