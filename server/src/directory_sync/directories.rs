//! Whose account reads directories: each partner's own, and nobody else's.
//!
//! BroadWorks decides by the account what may be read. A partner that read with another one's account could name an
//! enterprise of theirs and read who is in it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use domain::{BroadWorksId, SpEnterpriseId, Timestamp};

use crate::{
    broadworks::{DirectoryPage, EnterpriseDirectory, NoAccount, Person, Unavailable},
    condition::Condition,
    environment::Environment,
    store::{DbErr, PartnerId, Store, Tenant, partner},
};

/// The directories of all partners. Cheap to clone.
#[derive(Clone)]
pub struct Directories {
    store: Store,
    environment: Environment,
    /// Of whichever partner, while there is only one.
    only: Option<Arc<dyn EnterpriseDirectory>>,
    named: Arc<HashMap<String, Arc<dyn EnterpriseDirectory>>>,
    conditions: Arc<Mutex<HashMap<PartnerId, Arc<Condition>>>>,
}

impl Directories {
    /// What partners of these names read, and what is read while there is only one partner.
    #[must_use]
    pub fn new(
        store: Store,
        environment: Environment,
        only: Option<Arc<dyn EnterpriseDirectory>>,
        named: HashMap<String, Arc<dyn EnterpriseDirectory>>,
    ) -> Self {
        Self { store, environment, only, named: Arc::new(named), conditions: Arc::default() }
    }

    /// What this partner reads. Without an account of its own that is nothing.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of(&self, tenant: Tenant) -> Result<impl EnterpriseDirectory + use<>, DbErr> {
        let directory = self.read_by(tenant).await?.unwrap_or_else(|| Arc::new(NoAccount));
        let partner = tenant.partner();
        let mut conditions = self.conditions.lock().unwrap_or_else(PoisonError::into_inner);
        let condition = conditions
            .entry(partner)
            .or_insert_with(|| Arc::new(Condition::new("broadworks directory", format!("partner {partner}"))));
        Ok(Monitored { directory, condition: condition.clone(), environment: self.environment.clone() })
    }

    async fn read_by(&self, tenant: Tenant) -> Result<Option<Arc<dyn EnterpriseDirectory>>, DbErr> {
        let found = partner::of(self.store.read(), tenant).await?;
        let named = found.and_then(|found| self.named.get(&found.name).cloned());
        if named.is_some() || self.only.is_none() {
            return Ok(named);
        }
        let alone = partner::count(self.store.read()).await? == 1;
        Ok(self.only.clone().filter(|_| alone))
    }
}

/// A directory whose outages are told.
struct Monitored {
    directory: Arc<dyn EnterpriseDirectory>,
    condition: Arc<Condition>,
    environment: Environment,
}

impl Monitored {
    fn noted<T>(&self, answer: Result<T, Unavailable>) -> Result<T, Unavailable> {
        let now: Timestamp = self.environment.now();
        match &answer {
            Ok(_) => _ = self.condition.works(now),
            // That there is no such user says nothing of BroadWorks.
            Err(Unavailable::OtherUser) => {}
            Err(reason) => _ = self.condition.fails(now, reason.cause(), reason),
        }
        answer
    }
}

#[async_trait]
impl EnterpriseDirectory for Monitored {
    async fn user(&self, of: &SpEnterpriseId, user: &BroadWorksId) -> Result<Option<Person>, Unavailable> {
        self.noted(self.directory.user(of, user).await)
    }

    async fn page(&self, of: &SpEnterpriseId, member: &BroadWorksId, start: u32) -> Result<DirectoryPage, Unavailable> {
        self.noted(self.directory.page(of, member, start).await)
    }
}
