//! The people of a customer, for the customer's own administrator.

use std::collections::HashMap;

use app::{
    backend::{Administrator, Rosters},
    hub::model::{self, Cursor, GivenAddress, Member, MemberOutcome, Page, Roster, UserId},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{Fault, Note};

use super::{Filter, HubService, Ids, window};
use crate::{
    backend::Context,
    fault::Trouble,
    overview::by_owner,
    provisioning::activation,
    store::{Actor, Customer, Subscriber, SubscriberId, counter, customer, subscriber},
};

/// At most so many people at once: as many as stand on a page, twice.
const MOST: usize = 100;

/// What is wanted for people.
enum Wanted {
    /// Mails to these addresses, with these words.
    Mails(HashMap<SubscriberId, String>, Option<Note>),
    /// Failed activations once more.
    Again,
}

#[async_trait]
impl Rosters for HubService {
    async fn roster(
        &self,
        administrator: &Administrator,
        customer: Option<model::CustomerId>,
        find: Option<String>,
        cursor: Cursor,
    ) -> Result<Roster, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let customer = context.of_roster(&ids, customer).await?;
            let list = Filter { customer: Some(customer.id), ..Filter::default() };
            let typed = find.as_deref().unwrap_or_default();
            let (flaw, page) = context.fitting_page(&ids, typed, list, cursor).await?;
            let mut counts = by_owner(counter::by_customer(context.store.read(), [customer.id]).await?);
            Ok(Roster {
                flaw,
                users: counts.remove(&customer.id).unwrap_or_default(),
                page: Page { rows: context.members(&ids, page.rows).await?, previous: page.previous, next: page.next },
                id: customer.id.into(),
                customer: customer.name,
            })
        })
        .await
    }

    async fn members(&self, administrator: &Administrator, wanted: Vec<UserId>) -> Result<Vec<Member>, Problem> {
        self.respond(administrator, |ids| async move {
            let wanted = wanted.into_iter().take(MOST).map(SubscriberId::from);
            let users = subscriber::some(self.0.store.read(), ids.tenant, wanted).await?;
            self.0.members(&ids, users).await
        })
        .await
    }

    async fn mail_members(
        &self,
        administrator: &Administrator,
        given: Vec<GivenAddress>,
        note: &str,
    ) -> Result<Vec<MemberOutcome>, Problem> {
        self.respond(administrator, |ids| async move {
            let note = Note::parse(note)?;
            let given: HashMap<SubscriberId, _> = given.into_iter().map(|one| (one.id.into(), one.email)).collect();
            let whom = given.keys().copied().collect();
            self.0.for_members(&ids, whom, &Wanted::Mails(given, note)).await
        })
        .await
    }

    async fn retry_members(
        &self,
        administrator: &Administrator,
        wanted: Vec<UserId>,
    ) -> Result<Vec<MemberOutcome>, Problem> {
        self.respond(administrator, |ids| async move {
            let whom = wanted.into_iter().map(SubscriberId::from).collect();
            self.0.for_members(&ids, whom, &Wanted::Again).await
        })
        .await
    }
}

impl Context {
    /// Whose people are meant: of somebody who is of one customer it need not be said.
    async fn of_roster(&self, ids: &Ids, customer: Option<model::CustomerId>) -> Result<Customer, Trouble> {
        if let Some(customer) = customer {
            return self.customer(ids, customer.into()).await;
        }
        if ids.tenant.has_every_customer() {
            return Err(Fault::NotFound.into());
        }
        let own = customer::page(self.store.read(), ids.tenant, &customer::Filter::default(), window(None)?).await?;
        own.rows.into_iter().next().ok_or_else(|| Fault::NotFound.into())
    }

    /// How these people stand, in their order: three more queries, however many they are.
    async fn members(&self, ids: &Ids, users: Vec<Subscriber>) -> Result<Vec<Member>, Trouble> {
        let known: HashMap<UserId, Subscriber> = users.iter().map(|user| (user.id.into(), user.clone())).collect();
        let member = |row: model::UserRow| {
            let user = known.get(&row.id)?;
            Some(Member {
                number: user.primary_phone.clone().or_else(|| user.extension.clone()),
                fault: row.problem.as_ref().map(|problem| problem.fault).or(row.mail),
                takes_address: user.lifecycle.takes_address() && !row.leaving,
                can_retry: user.lifecycle.activation_failed() && !row.leaving,
                id: row.id,
                broadworks_id: row.broadworks_id,
                name: row.name,
                email: row.email,
                status: row.status,
                requirement: row.requirement,
                changed: row.changed,
            })
        };
        Ok(self.user_rows(ids, users).await?.into_iter().filter_map(member).collect())
    }

    /// Does it for one after the other: what one is refused does not keep the others waiting. Whom the caller may not see is not
    /// among them, whatever is sent.
    async fn for_members(
        &self,
        ids: &Ids,
        whom: Vec<SubscriberId>,
        wanted: &Wanted,
    ) -> Result<Vec<MemberOutcome>, Trouble> {
        if whom.len() > MOST {
            return Err(Fault::InvalidParameterSize.into());
        }
        let users = subscriber::some(self.store.read(), ids.tenant, whom.iter().copied()).await?;
        if users.is_empty() {
            return Err(Fault::NotFound.into());
        }
        let mut problems = HashMap::new();
        for user in &users {
            match self.for_member(ids, user, wanted).await {
                Ok(()) => {}
                // Whoever may not any more, does nothing for the others, either.
                Err(Trouble::Known { fault: Fault::SessionEnded, .. }) => return Err(Fault::SessionEnded.into()),
                Err(trouble) => {
                    problems.insert(UserId::from(user.id), trouble.problem(|| self.environment.id().to_string()));
                }
            }
        }
        let now = subscriber::some(self.store.read(), ids.tenant, users.iter().map(|user| user.id)).await?;
        let mut now: HashMap<_, _> =
            self.members(ids, now).await?.into_iter().map(|member| (member.id, member)).collect();
        let outcome = |user: &Subscriber| {
            let id = user.id.into();
            MemberOutcome { problem: problems.remove(&id), member: now.remove(&id), id }
        };
        Ok(users.iter().map(outcome).collect())
    }

    async fn for_member(&self, ids: &Ids, user: &Subscriber, wanted: &Wanted) -> Result<(), Trouble> {
        self.stays(ids, user.id).await?;
        let (store, environment) = (&self.store, &self.environment);
        let actor = Actor::Administrator(ids.administrator);
        match wanted {
            Wanted::Mails(addresses, note) => {
                let typed = addresses.get(&user.id).map(String::as_str).unwrap_or_default();
                activation::mail_for_customer(store, environment, user, (typed, note.clone()), &actor).await
            }
            Wanted::Again => activation::retry_for_customer(store, environment, user, &actor).await,
        }
    }
}
