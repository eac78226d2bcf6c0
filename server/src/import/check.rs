//! Checks the rows of a file one by one, before anything is written.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use domain::{
    Fault, Field, SpEnterpriseId,
    draft::{Draft, Flaw, NewSubscriber},
};

use super::table::Row;
use crate::{
    fault::Trouble,
    provisioning::arrival,
    store::{Store, Template, Tenant, customer},
};

/// A row that can be taken in.
pub(super) struct Candidate {
    /// The template by which the subscriber comes.
    pub template: Arc<Template>,
    /// Who it is.
    pub new: NewSubscriber,
}

/// What a check of a file has to remember: eight bytes a row, and each template once.
pub(super) struct Check<'a> {
    store: &'a Store,
    tenant: Tenant,
    provisioning_id: Option<&'a str>,
    templates: HashMap<String, Option<Arc<Template>>>,
    customers: HashMap<String, bool>,
    seen: HashSet<u64>,
}

impl<'a> Check<'a> {
    /// A check of a partner's file, whose rows may leave the provisioning ID to this one.
    pub fn new(store: &'a Store, tenant: Tenant, provisioning_id: Option<&'a str>) -> Self {
        Self {
            store,
            tenant,
            provisioning_id,
            templates: HashMap::new(),
            customers: HashMap::new(),
            seen: HashSet::new(),
        }
    }

    /// The subscriber in a row, or everything that is wrong with it.
    pub async fn row(&mut self, row: &Row) -> Result<Result<Candidate, Vec<Flaw>>, Trouble> {
        match &row.draft {
            Ok(draft) => self.draft(draft).await,
            Err(fault) => Ok(Err(vec![Flaw::from(*fault)])),
        }
    }

    async fn draft(&mut self, draft: &Draft) -> Result<Result<Candidate, Vec<Flaw>>, Trouble> {
        let template = self.template(draft).await?;
        let package = template.as_ref().ok().map(|template| template.default_package);
        let mut checked = draft.check(package);
        if let Ok(new) = &checked
            && !self.is_open(&new.sp_enterprise_id).await?
        {
            checked = Err(vec![Flaw::of(Field::SpEnterpriseId, Fault::PermissionMissing)]);
        }
        if let Ok(new) = &checked
            && !self.seen.insert(fingerprint(&new.user_id.key()))
        {
            checked = Err(vec![Flaw::of(Field::UserId, Fault::UserIdTaken)]);
        }
        Ok(match (template, checked) {
            (Ok(template), Ok(new)) => Ok(Candidate { template, new }),
            (Ok(_), Err(flaws)) => Err(flaws),
            (Err(flaw), Ok(_)) => Err(vec![flaw]),
            (Err(flaw), Err(mut flaws)) => {
                // Without a template nobody can say which package would count.
                flaws.retain(|other| other.field != Some(Field::Package) || other.fault != Fault::MissingParameter);
                flaws.insert(0, flaw);
                Err(flaws)
            }
        })
    }

    /// Whether the caller may add users to this customer.
    async fn is_open(&mut self, customer: &SpEnterpriseId) -> Result<bool, Trouble> {
        if let Some(open) = self.customers.get(customer.as_str()) {
            return Ok(*open);
        }
        let open = customer::is_open(self.store.read(), self.tenant, customer).await?;
        self.customers.insert(customer.as_str().to_owned(), open);
        Ok(open)
    }

    async fn template(&mut self, draft: &Draft) -> Result<Result<Arc<Template>, Flaw>, Trouble> {
        let id = match draft.provisioning_id(self.provisioning_id) {
            Ok(id) => id,
            Err(flaw) => return Ok(Err(flaw)),
        };
        if !self.templates.contains_key(&id) {
            let found = match arrival::template(self.store, self.tenant, &id).await {
                Ok(template) => Some(Arc::new(template)),
                Err(Trouble::Known { .. }) => None,
                Err(accident) => return Err(accident),
            };
            self.templates.insert(id.clone(), found);
        }
        Ok(self.templates.get(&id).cloned().flatten().ok_or(UNKNOWN_TEMPLATE))
    }
}

const UNKNOWN_TEMPLATE: Flaw = Flaw::of(Field::ProvisioningId, Fault::UnknownProvisioningId);

/// Eight bytes to recognise a user id by: of a million, two share one with a chance of one in forty million.
fn fingerprint(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
