//! How administrators sign in.

use super::{super::Failure, Finding};
use crate::{partners, store::Store};

/// Which partners let a password alone open the hub (OWASP ASVS 5.0, 6.3.3).
pub(super) async fn check(store: &Store) -> Result<Vec<Finding>, Failure> {
    let partners = partners::all(store).await?;
    let lenient: Vec<_> = partners.iter().filter(|partner| partner.factor_required_at.is_none()).collect();
    if lenient.is_empty() {
        return Ok(vec![Finding::ok("hub", "everybody needs a second factor".to_owned())]);
    }
    let fix = "Ask for one: `flowthrough partner second-factor required`, or in the hub under People.";
    let warning = |name: &str| Finding::warning("hub", format!("at {name:?} a password alone opens the hub"), fix);
    Ok(lenient.into_iter().map(|partner| warning(&partner.name)).collect())
}
