//! One onboarding template.

mod brand;
mod mails;
mod new_link;
pub(super) mod page;
mod preview;
mod save;
mod verification;
