//! What a template's users wait for that is down for everybody, as far as this server knows.

use app::hub::model::{Service, ServiceOutage};

use super::Ids;
use crate::{backend::Context, fault::Trouble, provisioning::queue::MAIL, store::counter};

impl Context {
    pub(super) async fn outages(&self, ids: &Ids, template: &str) -> Result<Vec<ServiceOutage>, Trouble> {
        let template = self.own_template(ids, template).await?;
        let mut outages = Vec::new();
        for (service, name) in [(Service::Mail, MAIL), (Service::Accounts, template.target.as_str())] {
            let Some(outage) = self.breakers.outage(name) else { continue };
            let waiting = counter::waiting(self.store.read(), template.id, name).await?;
            if waiting > 0 {
                let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
                outages.push(ServiceOutage { service, cause: outage.cause, since: outage.since, waiting });
            }
        }
        Ok(outages)
    }
}
