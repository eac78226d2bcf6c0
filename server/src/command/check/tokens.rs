//! API tokens that end soon: whatever uses them stops then.

use domain::timestamp::DAY;

use super::{super::Failure, Finding};
use crate::{
    environment::Environment,
    iso8601,
    store::{Store, api_token},
};

/// So many days before its end a token is told.
const SOON: i64 = 14;

/// Which of the partners' tokens end within [`SOON`].
pub(super) async fn check(store: &Store, environment: &Environment) -> Result<Vec<Finding>, Failure> {
    let now = environment.now();
    let ending = api_token::all_ending(store.read(), now, now.plus(SOON * DAY)).await?;
    if ending.is_empty() {
        return Ok(vec![Finding::ok("api tokens", format!("none expires within {SOON} days"))]);
    }
    let fix = "Make another one (`flowthrough token add`, or in the hub), give it to whatever uses this one, then revoke this one.";
    let told = ending.into_iter().map(|token| {
        let at = token.expires_at.map(iso8601::format).unwrap_or_default();
        Finding::warning("api tokens", format!("{} expires {at}", token.id), fix)
    });
    Ok(told.collect())
}
