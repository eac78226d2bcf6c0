//! Those who sign in to the hub: for full administrators; and everybody's own sessions.

use app::{
    backend::{Administrator, NewSession, People, Visitor},
    hub::model::{self, CustomerPeople, Invited, Person, PersonId, PersonState, Post, SessionRow, Sessions},
    language,
    problem::Problem,
};
use async_trait::async_trait;
use domain::{Fault, SpEnterpriseId, audit::Deed, fault::Audience, limit};
use leptos_i18n::Locale as _;
use tracing::Instrument as _;

use super::{HubService, Ids, administrators::hub_account, by};
use crate::{
    access::{
        notices,
        people::{self, Manager},
        post::Post as Given,
        secret,
        throttle::{self, Count, Tries},
    },
    backend::Context,
    fault::Trouble,
    log::SECURITY,
    store::{
        AdministratorId, administrator, assignment, customer,
        hub_session::{self, Which},
        invitation, passkey, second_factor,
    },
};

#[async_trait]
impl People for HubService {
    async fn people(&self, administrator: &Administrator) -> Result<Vec<Person>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let found = administrator::list(context.store.read(), ids.tenant).await?;
            context.people(&ids, found).await
        })
        .await
    }

    async fn customer_people(
        &self,
        administrator: &Administrator,
        customer: model::CustomerId,
    ) -> Result<CustomerPeople, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let customer = context.customer(&ids, customer.into()).await?;
            let found = administrator::of_customer(context.store.read(), ids.tenant, customer.id).await?;
            let people = context.people(&ids, found).await?;
            Ok(CustomerPeople { sp_enterprise_id: customer.sp_enterprise_id.into(), people })
        })
        .await
    }

    async fn invite(&self, administrator: &Administrator, email: &str, post: Post) -> Result<Invited, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            if email.trim().is_empty() {
                return Err(Fault::AddressMissing.into());
            }
            let post = given(&post)?;
            let invite = people::invite(&context.store, &context.environment, manager(&ids), email, &post);
            let (id, token) = invite.instrument(by(&ids)).await?;
            context.invited(&ids, id, &token).await
        })
        .await
    }

    async fn change_person(&self, administrator: &Administrator, person: PersonId, post: Post) -> Result<(), Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let post = given(&post)?;
            let change = people::change(&context.store, &context.environment, manager(&ids), person.into(), &post);
            change.instrument(by(&ids)).await
        })
        .await
    }

    async fn reset_person(&self, administrator: &Administrator, person: PersonId) -> Result<Invited, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let person = person.into();
            let reset = people::reset(&context.store, &context.environment, manager(&ids), person);
            let token = reset.instrument(by(&ids)).await?;
            context.invited(&ids, person, &token).await
        })
        .await
    }

    async fn take_factor(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        person: PersonId,
    ) -> Result<bool, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let person = person.into();
            let take = people::take_factor(&context.store, &context.environment, manager(&ids), person);
            let from = take.instrument(by(&ids)).await?;
            let partner = context.partner(&ids).await?;
            // Nobody has said in which language they read: most likely in that of their colleagues.
            let locale = language::best([visitor.locale.as_str()], Audience::Administrator);
            Ok(match notices::address(&from) {
                Some(to) => context.notices.factor_taken(&to, &partner.name, locale).await,
                None => false,
            })
        })
        .await
    }

    async fn disable_person(
        &self,
        administrator: &Administrator,
        person: PersonId,
        disabled: bool,
    ) -> Result<(), Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let disable = people::disable(&context.store, &context.environment, manager(&ids), person.into(), disabled);
            disable.instrument(by(&ids)).await
        })
        .await
    }

    async fn remove_person(&self, administrator: &Administrator, person: PersonId) -> Result<(), Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let remove = people::remove(&context.store, &context.environment, manager(&ids), person.into());
            remove.instrument(by(&ids)).await
        })
        .await
    }

    async fn sessions(&self, administrator: &Administrator, visitor: &Visitor) -> Result<Vec<SessionRow>, Problem> {
        self.respond(administrator, |ids| async move { self.0.own_sessions(&ids, visitor).await }).await
    }

    async fn end_sessions(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        which: Sessions,
    ) -> Result<Vec<SessionRow>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let here = here(visitor);
            let work = context.store.work().await?;
            let which = match &which {
                Sessions::One(session) => Which::This(session),
                Sessions::Others => Which::AllBut(&here),
            };
            hub_session::end(&work, ids.administrator, which).await?;
            context.did(&work, &ids, Deed::SessionsEnded, None).await?;
            work.commit().await?;
            let (administrator, network) = (ids.administrator, visitor.network);
            tracing::info!(target: SECURITY, event = "hub_sessions_ended", %administrator, %network);
            context.own_sessions(&ids, visitor).await
        })
        .await
    }

    async fn invitation(&self, token: &str) -> Result<String, Problem> {
        let Self(context) = self;
        let invited = people::invited(&context.store, &context.environment, token).await;
        Ok(context.told(invited)?.email)
    }

    async fn accept_invitation(&self, visitor: &Visitor, token: &str, password: &str) -> Result<NewSession, Problem> {
        let Self(context) = self;
        let tries = Tries::of(Count::from(limit::SET_UP_NETWORK, visitor.network), visitor.network);
        let accept = people::accept(&context.store, &context.environment, token, password);
        let now = context.environment.now();
        let accepted = throttle::attempt(&context.store, now, tries, Fault::InvitationInvalid, accept).await;
        if matches!(&accepted, Err(Trouble::Known { fault: Fault::InvitationInvalid, .. })) {
            tracing::info!(target: SECURITY, event = "invitation_refused", network = %visitor.network);
        }
        let accepted = context.told(accepted)?;
        context.told(context.hub_session(visitor, &hub_account(&accepted.email), (accepted.id, None)).await)
    }
}

impl Context {
    /// Those who were found, as the hub shows them: four more queries, however many they are.
    async fn people(&self, ids: &Ids, found: Vec<administrator::Administrator>) -> Result<Vec<Person>, Trouble> {
        let db = self.store.read();
        let invited = invitation::open(db, self.environment.now(), &found).await?;
        let mut assigned = assignment::of(db, &found).await?;
        let (factors, passkeys) = (second_factor::some(db, &found).await?, passkey::some(db, &found).await?);
        let customers = customer::some(db, ids.tenant, assigned.values().flatten().copied()).await?;
        let person = |person: administrator::Administrator| Person {
            state: match (person.disabled_at, person.has_way_in()) {
                (Some(_), _) => PersonState::Disabled,
                (None, true) => PersonState::Active,
                (None, false) if invited.contains(&person.id) => PersonState::Invited,
                (None, false) => PersonState::Expired,
            },
            by_service: person.provider.is_some(),
            post: Post {
                role: person.role,
                assigned_only: person.is_assigned_only(),
                customers: {
                    let own = assigned.remove(&person.id).unwrap_or_default();
                    let own = own.into_iter().filter_map(|id| customers.get(&id));
                    let mut own: Vec<_> = own.map(|one| one.sp_enterprise_id.as_str()).collect();
                    own.sort_unstable();
                    own.join("\n")
                },
            },
            id: person.id.into(),
            factor: factors.contains(&person.id),
            passkey: passkeys.contains(&person.id),
            oneself: person.id == ids.administrator,
            email: person.email,
            signed_in: person.signed_in_at,
            added: person.created_at,
        };
        Ok(found.into_iter().map(person).collect())
    }

    async fn invited(&self, ids: &Ids, person: AdministratorId, token: &str) -> Result<Invited, Trouble> {
        let found = administrator::find(self.store.read(), ids.tenant, person).await?.ok_or(Fault::NotFound)?;
        Ok(Invited { email: found.email, link: format!("{}/hub/invitation/{token}", self.site.hub_url) })
    }

    async fn own_sessions(&self, ids: &Ids, visitor: &Visitor) -> Result<Vec<SessionRow>, Trouble> {
        let found = hub_session::of(self.store.read(), self.environment.now(), ids.administrator).await?;
        let here = here(visitor);
        let row = |session: hub_session::Begun| SessionRow {
            here: session.token_hash == here,
            id: session.token_hash,
            begun: session.created_at,
            used: session.seen_at,
            network: session.network,
        };
        Ok(found.into_iter().map(row).collect())
    }
}

const fn manager(ids: &Ids) -> Manager {
    Manager { tenant: ids.tenant, id: ids.administrator }
}

/// By what the session is named from which is asked.
pub(super) fn here(visitor: &Visitor) -> String {
    visitor.session.as_deref().map(secret::fingerprint).unwrap_or_default()
}

/// What was filled in: customers one a line.
fn given(post: &Post) -> Result<Given, Trouble> {
    let lines = post.customers.lines().map(str::trim).filter(|line| !line.is_empty());
    let customers = lines.map(SpEnterpriseId::parse).collect::<Result<Vec<_>, Fault>>()?;
    Ok(Given { role: post.role, customers: post.assigned_only.then_some(customers) })
}
