//! The administrator's own account in the hub.

use app::backend::{NewSession, Visitor};
use domain::{Fault, limit};

use super::{Ids, hub_account};
use crate::{access::administrators, backend::Context, fault::Trouble, log::SECURITY, store::administrator};

impl Context {
    /// A wrong current password counts as a wrong one at the sign-in does: whoever found a browser unattended guesses no
    /// more often than anybody else.
    pub(super) async fn change_password(
        &self,
        ids: &Ids,
        visitor: &Visitor,
        current: &str,
        new: &str,
    ) -> Result<NewSession, Trouble> {
        // What was left empty is not what was wrong, and no try.
        if current.is_empty() {
            return Err(Fault::PasswordMissing.into());
        }
        let found = administrator::find(self.store.read(), ids.tenant, ids.administrator).await?;
        let found = found.ok_or(Fault::NotSignedIn)?;
        let (account, wrong) = (hub_account(&found.email), Fault::CurrentPasswordWrong);
        let change = administrators::change_password(&self.store, &self.environment, &found, current, new);
        let token = self.try_to_sign_in(visitor, limit::HUB_SIGN_IN, &account, wrong, change).await?;
        let network = &visitor.network;
        tracing::info!(target: SECURITY, event = "password_changed", administrator = %found.id, %network);
        Ok(self.session(visitor, &account, token, limit::HUB_SESSION))
    }
}
