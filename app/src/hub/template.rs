//! One onboarding template.

mod mails;
mod new_link;
pub(super) mod page;
mod save;
mod verification;
