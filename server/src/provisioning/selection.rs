//! Whom a job selects.

use domain::{Fault, Status, Timestamp, filter};

use crate::{
    fault::Trouble,
    store::{bulk_job::Selection, subscriber::Filter},
};

/// What the users of a selection have to fit.
///
/// # Errors
/// If nobody can tell: it was written by a version that knows more.
pub fn fitting(selection: &Selection) -> Result<Filter, Trouble> {
    let wanted = filter::Filter::parse(&selection.filter).map_err(|_| Fault::InvalidParameter)?;
    Ok(Filter {
        template: selection.template,
        customer: selection.customer,
        but: selection.exclude_provisioned.then_some(Status::Provisioned),
        wanted,
        now: Timestamp(selection.now),
        ..Filter::default()
    })
}
