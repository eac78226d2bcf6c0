//! One user in the hub: how they stand, and all that has happened to them.

use std::collections::HashMap;

use app::hub::model::{Doer, MailState, Page, Service, ServiceOutage, Step, UserDetail, UserHistory, UserRow, Vouched};
use domain::{Fault, Happening, HistoryEvent, lifecycle::Order};
use uuid::Uuid;

use super::Ids;
use crate::{
    backend::Context,
    fault::Trouble,
    provisioning::queue::MAIL,
    store::{
        Actor, StepId, Stored as _, Subscriber, SubscriberId, administrator, api_token,
        history::{self, Transition},
        proof, template,
    },
};

/// Steps on a page of a history.
const STEPS: usize = 25;
/// How the history of a user ends: a workspace's, which stands beside it, ends otherwise.
const ENDS: [HistoryEvent; 2] =
    [HistoryEvent::Happened(Happening::AccountRemoved), HistoryEvent::Happened(Happening::RemovalRequested)];

impl Context {
    pub(super) async fn user_history(
        &self,
        ids: &Ids,
        user: SubscriberId,
        before: Option<StepId>,
    ) -> Result<UserHistory, Trouble> {
        let found = Subscriber::find(self.store.read(), ids.tenant, user).await?;
        if found.is_none() && !self.was_user(ids, user).await? {
            return Err(Fault::NotFound.into());
        }
        let steps = history::newest_first(self.store.read(), ids.tenant, user, before, STEPS).await?;
        let actors: Vec<&Actor> = steps.rows.iter().map(|(step, _)| &step.actor).collect();
        let doers = self.doers(ids, &actors).await?;
        Ok(UserHistory {
            user: match found {
                Some(found) => Some(self.user_detail(ids, found).await?),
                None => None,
            },
            steps: Page {
                previous: before.map(|before| before.to_string()),
                next: steps.next.map(|next| next.to_string()),
                rows: steps.rows.into_iter().filter_map(|step| doers.step(step)).collect(),
            },
        })
    }

    /// Whether there was a user of that id.
    async fn was_user(&self, ids: &Ids, id: SubscriberId) -> Result<bool, Trouble> {
        let last = history::newest(self.store.read(), ids.tenant, id, 1).await?.pop();
        let last = last.filter(|step| step.status.is_none()).map(|step| step.event);
        Ok(last.is_some_and(|event| ENDS.contains(&event)))
    }

    async fn user_detail(&self, ids: &Ids, user: Subscriber) -> Result<UserDetail, Trouble> {
        // A user whose template or customer is gone is going too.
        let row = self.user_rows(ids, vec![user.clone()]).await?.pop().ok_or(Fault::NotFound)?;
        let mail = proof::newest(self.store.read(), user.id).await?.filter(|request| request.open);
        Ok(UserDetail {
            vouched: self.vouched(ids, &user).await?,
            mail: mail.map(|request| MailState { mailing: request.mailing, asked: request.created_at }),
            outage: self.outage_of(ids, &user, &row).await?,
            customer: user.customer_id.into(),
            phone: user.primary_phone,
            mobile: user.mobile_phone,
            extension: user.extension,
            language: user.language,
            timezone: user.timezone,
            arrived: user.created_at,
            row,
        })
    }

    /// Why the user's address counts as their own.
    async fn vouched(&self, ids: &Ids, user: &Subscriber) -> Result<Option<Vouched>, Trouble> {
        let Some(proven) = user.lifecycle.proven() else { return Ok(None) };
        let step = history::last(self.store.read(), ids.tenant, user.id, Happening::PROOFS).await?;
        let actors: Vec<&Actor> = step.iter().map(|step| &step.actor).collect();
        let doers = self.doers(ids, &actors).await?;
        Ok(Some(Vouched { proof: proven.proof(), by: step.map(|step| (doers.called(&step.actor), step.at)) }))
    }

    /// What the user waits for that is down for everybody.
    async fn outage_of(&self, ids: &Ids, user: &Subscriber, row: &UserRow) -> Result<Option<ServiceOutage>, Trouble> {
        let Some(under_way) = row.under_way else { return Ok(None) };
        let template = template::find(self.store.read(), ids.tenant, user.template_id).await?;
        let template = template.ok_or(Fault::NotFound)?;
        match under_way.order {
            Order::SendProof => self.service_outage(ids, &template, Service::Mail, MAIL).await,
            _ => self.service_outage(ids, &template, Service::Accounts, &template.target).await,
        }
    }

    /// The names of all these.
    pub(super) async fn doers(&self, ids: &Ids, actors: &[&Actor]) -> Result<Doers, Trouble> {
        let (mut people, mut tokens, mut templates) = (Vec::new(), Vec::new(), Vec::new());
        for actor in actors {
            match **actor {
                Actor::Administrator(id) => people.push(id),
                Actor::Token(id) => tokens.push(id),
                Actor::Adapter(id) => templates.push(id),
                Actor::User | Actor::Engine | Actor::Import | Actor::Operator => {}
            }
        }
        let (db, tenant) = (self.store.read(), ids.tenant);
        let mut names = HashMap::<Uuid, String>::new();
        if !people.is_empty() {
            let found = administrator::some(db, tenant, people).await?;
            names.extend(found.into_iter().map(|one| (one.id.into(), one.email)));
        }
        if !tokens.is_empty() {
            let found = api_token::some(db, tenant, tokens).await?;
            names.extend(found.into_iter().map(|one| (one.id.into(), one.name)));
        }
        if !templates.is_empty() {
            let found = template::some(db, tenant, templates).await?;
            names.extend(found.into_iter().map(|one| (one.id.into(), one.name)));
        }
        Ok(Doers(names))
    }
}

/// The names of those who took steps, by their ids.
pub(super) struct Doers(HashMap<Uuid, String>);

impl Doers {
    /// The actor by name.
    pub(super) fn called(&self, actor: &Actor) -> Doer {
        let name = |id: Uuid| self.0.get(&id).cloned();
        match *actor {
            Actor::User => Doer::User,
            Actor::Engine => Doer::Engine,
            Actor::Administrator(id) => Doer::Administrator(name(id.into())),
            Actor::Token(id) => Doer::Token(name(id.into())),
            Actor::Adapter(id) => Doer::Adapter(name(id.into())),
            Actor::Import => Doer::Import,
            Actor::Operator => Doer::Operator,
        }
    }

    /// A step of a user's history as the hub shows it.
    fn step(&self, (step, from): Transition) -> Option<Step> {
        let HistoryEvent::Happened(happening) = step.event else { return None };
        Some(Step {
            happening,
            from,
            by: self.called(&step.actor),
            to: step.status,
            fault: step.fault,
            id: step.id.into(),
            at: step.at,
            detail: step.detail,
        })
    }
}
