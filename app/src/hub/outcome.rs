//! What came of what an administrator asked for: told as soon as it is known, on whatever list is open by then. All that is
//! told of one user is one toast.

use std::collections::HashMap;

use domain::{Fault, Package, Status, Timestamp};
use leptos::prelude::*;
use leptos_i18n::I18nContext;

use super::{
    model::{UserId, UserRow},
    text::package_text,
};
use crate::{
    i18n::*,
    ui::{badge::status_text, fault, toast::Toasts},
};

/// What an administrator asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Retry Activation.
    Activation,
    /// Change Package Type, to this one.
    Package(Package),
    /// Delete User.
    Removal,
}

/// Something that was asked for and is under way.
#[derive(Clone)]
struct Awaited {
    deed: Deed,
    broadworks_id: String,
    /// When it began: what the server told of the user before says nothing of it.
    since: Timestamp,
    /// Whether it was told that it takes longer.
    delay_shown: bool,
}

/// The deeds of this administrator that are under way. They outlive the list on which they were done.
#[derive(Clone, Copy)]
pub(super) struct Outcomes {
    awaited: StoredValue<HashMap<UserId, Awaited>>,
    toasts: Toasts,
    i18n: I18nContext<Locale>,
}

impl Outcomes {
    /// For all pages below.
    pub(super) fn provide() {
        provide_context(Self { awaited: StoredValue::default(), toasts: Toasts::here(), i18n: use_i18n() });
    }

    pub(super) fn here() -> Self {
        expect_context()
    }

    /// A deed was accepted, and this is how its user stands now. Says so, and more if it is already done.
    pub(super) fn accepted(self, deed: Deed, user: &UserRow) {
        let id = user.broadworks_id.as_str();
        let i18n = self.i18n;
        match deed {
            // Before there is an account, another package is only noted.
            Deed::Package(package) if is_settled(user) => return self.notify_package(id, package),
            Deed::Activation => self.toasts.show_about(id, tu_string!(i18n, hub.retry.started, user = id)),
            Deed::Package(_) => self.toasts.show_about(id, tu_string!(i18n, hub.change_package.started, user = id)),
            Deed::Removal => self.toasts.show_about(id, tu_string!(i18n, hub.delete.started, user = id)),
        }
        self.wait_for(deed, user, user.changed);
    }

    /// What was accepted some time ago has begun: its user does not stand as then any more.
    pub(super) fn begun(self, deed: Deed, before: &UserRow) {
        self.wait_for(deed, before, before.changed.plus(1));
    }

    fn wait_for(self, deed: Deed, user: &UserRow, since: Timestamp) {
        let awaited = Awaited { deed, broadworks_id: user.broadworks_id.clone(), since, delay_shown: false };
        _ = self.awaited.try_update_value(|all| _ = all.insert(user.id, awaited));
    }

    /// Of whom something is awaited.
    pub(super) fn awaited(self) -> Vec<UserId> {
        self.awaited.try_with_value(|all| all.keys().copied().collect()).unwrap_or_default()
    }

    /// This is how a user stands now.
    pub(super) fn seen(self, user: &UserRow) {
        let Some(Some(awaited)) = self.awaited.try_with_value(|all| all.get(&user.id).cloned()) else { return };
        if user.changed < awaited.since {
            return;
        }
        if is_settled(user) {
            self.awaited.update_value(|all| _ = all.remove(&user.id));
            return self.notify(awaited.deed, user);
        }
        let setback = user.under_way.and_then(|under_way| under_way.setback);
        if let Some(setback) = setback.filter(|_| !awaited.delay_shown) {
            self.awaited.update_value(|all| {
                if let Some(awaited) = all.get_mut(&user.id) {
                    awaited.delay_shown = true;
                }
            });
            let (i18n, user) = (self.i18n, user.broadworks_id.as_str());
            let cause = fault::cause(i18n.get_locale_untracked(), setback);
            self.toasts.show_about(user, tu_string!(i18n, hub.outcome.delayed, user, cause));
        }
    }

    /// A user is not there any more.
    pub(super) fn gone(self, id: UserId) {
        if let Some(Some(awaited)) = self.awaited.try_update_value(|all| all.remove(&id)) {
            self.deleted(&awaited.broadworks_id);
        }
    }

    /// A user is deleted.
    pub(super) fn deleted(self, broadworks_id: &str) {
        self.toasts.show_about(broadworks_id, tu_string!(self.i18n, hub.delete.done, user = broadworks_id));
    }

    fn notify(self, deed: Deed, user: &UserRow) {
        let (i18n, id) = (self.i18n, user.broadworks_id.as_str());
        match (user.status, deed) {
            (Status::Error, _) => self.notify_failure(deed, id, user.fault().unwrap_or(Fault::Internal)),
            (_, Deed::Package(package)) => self.notify_package(id, package),
            (status, _) => {
                let status = status_text(i18n.get_locale_untracked(), status);
                self.toasts.show_about(id, tu_string!(i18n, hub.outcome.status, user = id, status));
            }
        }
    }

    fn notify_package(self, user: &str, package: Package) {
        let package = package_text(self.i18n.get_locale_untracked(), package);
        self.toasts.show_about(user, tu_string!(self.i18n, hub.change_package.done, user, package));
    }

    fn notify_failure(self, deed: Deed, user: &str, fault: Fault) {
        let i18n = self.i18n;
        let (cause, code) = (fault::cause(i18n.get_locale_untracked(), fault), fault.code());
        let text = match deed {
            Deed::Activation => tu_string!(i18n, hub.retry.failed, user, cause, code).to_string(),
            Deed::Package(_) => tu_string!(i18n, hub.change_package.failed, user, cause, code).to_string(),
            Deed::Removal => tu_string!(i18n, hub.delete.failed, user, cause, code).to_string(),
        };
        self.toasts.warn_about(user, text);
    }
}

/// Whether nothing is being done for the user.
const fn is_settled(user: &UserRow) -> bool {
    !matches!(user.status, Status::Provisioning | Status::Updating)
}
