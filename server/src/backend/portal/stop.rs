//! Reminders that a link stops, without a session.

use app::{frame::Branding, portal::LinkPage};
use domain::{Network, limit};

use super::branding;
use crate::{
    access::throttle,
    backend::Context,
    fault::Trouble,
    provisioning::reminders,
    store::{Subscriber, Tenant, subscriber, template},
};

impl Context {
    /// Who gets the reminders that a link stops. Whoever is gone gets none.
    async fn reminded(&self, network: Network, sealed: &str) -> Result<Option<Subscriber>, Trouble> {
        match reminders::stops(self.code_keys.clone()).open(sealed) {
            Ok(user) => subscriber::by_own_id(self.store.read(), user.into()).await,
            Err(fault) => {
                throttle::count(&self.store, self.environment.now(), limit::LINK_NETWORK, network).await?;
                Err(fault.into())
            }
        }
    }

    pub(super) async fn stop_page(&self, network: Network, sealed: &str) -> Result<LinkPage<bool>, Trouble> {
        let Some(user) = self.reminded(network, sealed).await? else {
            return Ok(LinkPage::new(Branding::default(), Ok(true)));
        };
        let template = template::find(self.store.read(), Tenant::of_subject(&user), user.template_id).await?;
        let branding = template.as_ref().map(branding).unwrap_or_default();
        Ok(LinkPage::new(branding, Ok(user.reminders_stopped_at.is_some())))
    }

    /// Sends no more reminders to whom the link was sent.
    ///
    /// # Errors
    /// [`domain::Fault::LinkUsed`] if it is no link of ours, or the database fails.
    pub(crate) async fn stop_reminders(&self, network: Network, sealed: &str) -> Result<(), Trouble> {
        match self.reminded(network, sealed).await? {
            Some(user) => reminders::stop(&self.store, &self.environment, &user).await,
            None => Ok(()),
        }
    }
}
