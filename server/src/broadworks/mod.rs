//! BroadWorks, seen from the outside: whether a user's credentials are right, and who else is in an enterprise.
//!
//! Portal users sign in with their BroadWorks user id and password. Flowthrough keeps neither: [`XsiClient::profile`]
//! hands them to the Xsi-Actions interface of the phone company's own BroadWorks, and a profile in return means yes.
//!
//! The address of that interface is entered by an administrator of a partner, so it is not trusted: [`XsiUrl`] and the
//! client together make sure that it cannot be used to reach into the network that the server stands in.

//!
//! Who is in an enterprise is asked with the server's own account ([`EnterpriseDirectory`]), at the one address in the
//! settings: an address that a partner's administrator entered is never given that account's password.

mod document;
mod enterprise_directory;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
pub mod outage;
mod person;
mod xsi;
mod xsi_url;

pub use enterprise_directory::{BroadWorksAccount, DirectoryPage, EnterpriseDirectory, NoAccount, XsiDirectory};
pub use person::Person;
pub use xsi::{Field, Profile, Timeouts, Unavailable, XsiClient, XsiError};
pub use xsi_url::XsiUrl;
