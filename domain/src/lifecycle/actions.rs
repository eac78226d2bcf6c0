//! What an administrator can do with a user now.

use serde::{Deserialize, Serialize};

use super::{Attempt, Lifecycle, Place, State};
use crate::subscriber::Package;

/// What an administrator may do with a subscriber right now: exactly the events that [`Lifecycle::apply`] accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actions {
    /// Retry Activation: onboard with an address.
    pub onboard: bool,
    /// Retry the failed attempt as it was.
    pub retry: bool,
    /// Delete User.
    pub remove: bool,
    /// Change Package Type.
    pub change_package: bool,
    /// Move to another template, at least to one whose accounts are at the same place.
    pub relocate: bool,
}

impl Lifecycle {
    /// What an administrator may do right now.
    #[must_use]
    pub fn actions(&self) -> Actions {
        Actions {
            onboard: self.onboardable().is_ok(),
            retry: self.retried().is_ok(),
            remove: self.removal_requested().is_ok(),
            change_package: self.package_changed(Package::Basic).is_ok(),
            relocate: self.moved(Place::Same).is_ok(),
        }
    }

    /// Whether an address may be entered now that the user is to prove.
    #[must_use]
    pub fn takes_address(&self) -> bool {
        self.wants_address().is_ok()
    }

    /// Whether creating the account has failed, which can be tried again as it was.
    #[must_use]
    pub const fn activation_failed(&self) -> bool {
        matches!(self.state, State::Error(Attempt::Create(_), _))
    }
}
