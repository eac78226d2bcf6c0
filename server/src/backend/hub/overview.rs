//! The overview in the hub.

use app::{
    backend::{Administrator, Overview},
    hub::model::{Healthy, Quarantine, Service, ServiceState, Stuck},
    problem::Problem,
};
use async_trait::async_trait;

use super::{HubService, Ids};
use crate::{
    backend::Context,
    fault::Trouble,
    overview,
    provisioning::queue::MAIL,
    store::{task, template},
};

#[async_trait]
impl Overview for HubService {
    async fn overview(&self, administrator: &Administrator) -> Result<Healthy, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let now = context.environment.now();
            let overview = overview::Overview { store: &context.store, tenant: ids.tenant, now };
            let users = overview.users().await?;
            let overview::Stuck { users: stuck, more, first } = overview.stuck().await?;
            Ok(Healthy {
                days: overview.days(users).await?,
                speed: overview.speed().await?,
                errors: overview.failing().await?,
                stuck: Stuck { users: stuck, more, first: context.hits(&ids, first).await? },
                services: context.services(&ids, &overview).await?,
                overdue: task::due_since(context.store.read(), now).await?,
                users,
            })
        })
        .await
    }
}

impl Context {
    async fn services(&self, ids: &Ids, overview: &overview::Overview<'_>) -> Result<Vec<ServiceState>, Trouble> {
        let waiting = overview.waiting().await?;
        let targets = template::targets(self.store.read(), ids.tenant).await?;
        let state = |service, name: &str| ServiceState {
            service,
            name: name.to_owned(),
            waiting: waiting.get(name).copied().unwrap_or(0),
            outage: self.breakers.outage(name).map(|outage| Quarantine {
                cause: outage.cause,
                since: outage.since,
                next: self.breakers.next_trial(name),
            }),
        };
        let accounts = targets.iter().map(|target| state(Service::Accounts, target));
        Ok(std::iter::once(state(Service::Mail, MAIL)).chain(accounts).collect())
    }
}
