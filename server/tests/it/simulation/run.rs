//! One run: two servers on one database, everything outside them, and all that its steps say.

use std::sync::{Arc, Mutex, MutexGuard};

use domain::{
    BroadWorksId, EmailAddress, Fault, Field, SpEnterpriseId,
    draft::Draft,
    lifecycle::Proof,
    timestamp::MINUTE,
    workspace::{Order, State},
};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use server::{
    clock,
    environment::Environment,
    fault::Trouble,
    provisioning::{
        activation,
        admission::Comeback,
        arrival, update,
        workspaces::{self, Changes, NewWorkspace},
    },
    store::{self, Actor, Store, Subscriber, SubscriberId, Template, WorkspaceId},
};

use super::{
    base::Base,
    book::Book,
    chance::{Chance, Weather},
    outside::Outside,
    replica::Replica,
    scenario::{Deed, SERVERS, Step},
};
use crate::entity::{subscriber, task, workspace};
use crate::support::new_subscriber;

/// How long to wait for everything to come to rest, in periods of [`LOOK`].
const LOOKS: usize = 200;
const LOOK: i64 = 10 * MINUTE;
/// Up to how long a server takes to notice that its clock was set back.
const NOTICE: i64 = 5_000;

/// A run under way.
pub struct Run {
    pub base: &'static Base,
    pub chance: Chance,
    pub outside: Outside,
    /// The database as it is.
    pub database: Store,
    book: Arc<Mutex<Book>>,
    replicas: Vec<Replica>,
}

/// What a client's request needs.
#[derive(Clone)]
struct Desk {
    base: &'static Base,
    chance: Chance,
    store: Store,
    environment: Environment,
    book: Arc<Mutex<Book>>,
    actor: Actor,
}

impl Run {
    pub fn begin(seed: u64, base: &'static Base, chance: &Chance, database: Store) -> Self {
        chance.begin_step(seed, u64::MAX);
        let outside = Outside::new(chance.clone());
        let replica = |number| Replica::start(number, chance, &outside, &database, seed);
        let replicas = (0..SERVERS).map(replica).collect();
        Self { base, chance: chance.clone(), outside, database, book: Arc::default(), replicas }
    }

    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// Lives through the steps, until something is seen that must not be.
    pub async fn live(mut self, seed: u64, steps: &[Step]) {
        for step in steps {
            self.chance.begin_step(seed, step.number);
            self.chance.note(format_args!("{}: server {}: {:?}", step.number, step.server, step.deed));
            self.happen(step).await;
            self.chance.time.sleep(step.passes).await;
            self.check().await;
            if self.chance.violation().is_some() {
                return;
            }
        }
        self.come_to_rest().await;
        for _ in 0..2 {
            self.retry_all().await;
            self.come_to_rest().await;
        }
        self.check().await;
        self.check_the_end().await;
    }

    async fn happen(&mut self, step: &Step) {
        match step.deed.clone() {
            Deed::Crash(after) => self.replicas[step.server].crash(after),
            Deed::Restart => self.replicas[step.server].restart(),
            Deed::Freeze(milliseconds) => self.replicas[step.server].freeze(milliseconds),
            Deed::SetClock(wrong_by) => self.set_clock(step.server, wrong_by),
            Deed::Weather(weather) => self.chance.set_weather(weather),
            Deed::Agree => self.outside.agree(),
            Deed::Decline => self.outside.decline(),
            deed => self.ask(step.server, deed).await,
        }
    }

    /// As whoever watches the clock does, who brings back what was written for later.
    fn set_clock(&mut self, server: usize, wrong_by: i64) {
        let replica = &mut self.replicas[server];
        replica.clock.set(wrong_by);
        let (store, environment, notices) =
            (replica.store.clone(), replica.environment.clone(), self.chance.time.sleep(NOTICE));
        replica.serve(async move {
            notices.await;
            while clock::bring_back(&store, environment.now()).await.is_err() {
                environment.sleep(std::time::Duration::from_millis(NOTICE.unsigned_abs())).await;
            }
        });
    }

    /// A client's request at a server: begun, and not waited for.
    async fn ask(&mut self, server: usize, deed: Deed) {
        let users = self.users().await;
        let rooms = self.rooms().await;
        let replica = &mut self.replicas[server];
        let desk = Desk {
            base: self.base,
            chance: self.chance.clone(),
            store: replica.store.clone(),
            environment: replica.environment.clone(),
            book: self.book.clone(),
            actor: Actor::Import,
        };
        let user = move |number: usize| (!users.is_empty()).then(|| users[number % users.len()]);
        let room = move |number: usize| (!rooms.is_empty()).then(|| rooms[number % rooms.len()]);
        let (number, letters) = (replica.number(), self.outside.letters());
        let request = async move {
            let outcome = match deed {
                Deed::Arrive { user, template, email } => desk.arrive(user, template, email).await,
                Deed::AddRoom(name) => desk.add_room(name).await,
                Deed::ChangeRoom(who, extension) => match room(who) {
                    Some(id) => desk.change_room(id, extension).await,
                    None => return,
                },
                Deed::RemoveRoom(who) => match room(who) {
                    Some(id) => desk.remove_room(id).await,
                    None => return,
                },
                Deed::Prove(who, which) => {
                    let Some(id) = user(who) else { return };
                    let own: Vec<_> = letters.iter().filter(|letter| letter.subscriber.id == id).collect();
                    let letter = which.and_then(|which| own.get(which % own.len().max(1))).or(own.last());
                    match letter {
                        Some(letter) => desk.prove(id, &letter.token, &letter.proof.email).await,
                        None => return,
                    }
                }
                Deed::EnterAddress(who, _)
                | Deed::WithdrawAddress(who)
                | Deed::Resend(who)
                | Deed::TryAgain(who)
                | Deed::Retry(who)
                | Deed::Onboard(who, _)
                | Deed::ChangePackage(who, _)
                | Deed::Rename(who)
                | Deed::Remove(who) => match user(who) {
                    Some(id) => desk.change(id, &deed).await,
                    None => return,
                },
                _ => return,
            };
            let outcome = outcome.map_or_else(|trouble| trouble.to_string(), |()| "done".to_owned());
            desk.chance.note(format_args!("  server {number}: {outcome}"));
        };
        replica.serve(request);
    }

    /// Everybody, in the order in which they came.
    pub async fn users(&self) -> Vec<SubscriberId> {
        let rows = subscriber::Entity::find().order_by_asc(subscriber::Column::Id).all(self.database.read()).await;
        rows.unwrap().into_iter().map(|row| row.id).collect()
    }

    /// Every room, in the order in which they came.
    pub async fn rooms(&self) -> Vec<WorkspaceId> {
        let rows = workspace::Entity::find().order_by_asc(workspace::Column::Id).all(self.database.read()).await;
        rows.unwrap().into_iter().map(|row| row.id).collect()
    }

    /// What has to be done, but for what is held back.
    pub async fn tasks(&self) -> Vec<task::Model> {
        let mut tasks = task::Entity::find().all(self.database.read()).await.unwrap();
        tasks.retain(|task| !task.held);
        tasks
    }

    /// All is healthy again, and nobody does anything.
    async fn come_to_rest(&mut self) {
        self.chance.set_weather(Weather::default());
        self.replicas.iter_mut().for_each(Replica::calm_down);
        for _ in 0..LOOKS {
            self.outside.agree();
            self.chance.time.sleep(LOOK).await;
            if self.tasks().await.is_empty() {
                return;
            }
        }
        self.chance.violated(format_args!("never done: {:?}", self.tasks().await));
    }

    /// Whatever has failed is tried again.
    async fn retry_all(&mut self) {
        for number in 0..self.users().await.len() {
            self.ask(0, Deed::Retry(number)).await;
        }
        for (number, room) in self.workspaces().await.into_iter().enumerate() {
            match room.lifecycle.state {
                State::Error(Order::Remove, _) => self.ask(0, Deed::RemoveRoom(number)).await,
                State::Error(..) => self.ask(0, Deed::ChangeRoom(number, 1)).await,
                _ => {}
            }
        }
    }
}

impl Desk {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    fn template(&self, number: usize) -> &Template {
        &self.base.templates[number % self.base.templates.len()]
    }

    async fn arrive(&self, user: &str, template: usize, email: Option<&str>) -> Result<(), Trouble> {
        let mut work = self.store.work().await?;
        let (template, new) = (self.template(template), new_subscriber(user, email));
        let arrived = arrival::arrive(&mut work, &self.environment, template, new, &self.actor).await?;
        work.commit().await?;
        self.book().accepted(arrived.id.into());
        Ok(())
    }

    async fn prove(&self, user: SubscriberId, token: &str, email: &EmailAddress) -> Result<(), Trouble> {
        self.book().vouches(user, email);
        let (proof, whose) = activation::by_link(&self.store, self.environment.now(), token).await?;
        let mut work = self.store.work().await?;
        activation::prove(&mut work, &self.environment, (&proof, &whose), Proof::Link, None).await?;
        Ok(work.commit().await?)
    }

    async fn change(&self, user: SubscriberId, deed: &Deed) -> Result<(), Trouble> {
        let (store, environment, actor) = (&self.store, &self.environment, &self.actor);
        let own = (self.base.tenant, user);
        if let Deed::Remove(_) = deed {
            self.book().asks_to_remove(user.into());
            update::remove(store, environment, own, actor, Comeback::Allowed).await?;
            self.book().removal_accepted(user.into());
            return Ok(());
        }
        // Trying again what failed is trying to remove again, if it was that.
        if !matches!(deed, Deed::TryAgain(_) | Deed::Retry(_)) {
            self.book().asks_for_more(user.into());
        }
        match deed {
            Deed::EnterAddress(_, email) => {
                let user = self.oneself(user).await?;
                activation::enter_address(store, environment, &user, email, "en").await
            }
            Deed::WithdrawAddress(_) => {
                activation::withdraw_address(store, environment, &self.oneself(user).await?).await
            }
            Deed::Resend(_) => activation::resend(store, environment, &self.oneself(user).await?, "en").await,
            Deed::TryAgain(_) => activation::try_again(store, environment, &self.oneself(user).await?).await,
            Deed::Retry(_) => update::retry(store, environment, own, None, actor).await.map(drop),
            Deed::Onboard(_, email) => {
                let email: EmailAddress = email.parse().unwrap();
                self.book().vouches(user, &email);
                update::retry(store, environment, own, Some(email), actor).await.map(drop)
            }
            Deed::ChangePackage(_, package) => self.write(own.1, Field::Package, package.as_str()).await,
            _ => self.write(own.1, Field::FirstName, &format!("Ann {}", self.environment.now().0)).await,
        }
    }

    async fn oneself(&self, user: SubscriberId) -> Result<Subscriber, Trouble> {
        store::subscriber::by_own_id(self.store.read(), user).await?.ok_or_else(|| Fault::NotFound.into())
    }

    async fn write(&self, user: SubscriberId, field: Field, text: &str) -> Result<(), Trouble> {
        let mut draft = Draft::default();
        draft.set(field, Ok(text.to_owned()));
        let own = (self.base.tenant, user);
        let changed: Result<Subscriber, _> =
            update::update(&self.store, &self.environment, own, &draft, &self.actor).await;
        changed.map(drop).map_err(|refused| match refused {
            server::provisioning::draft::Refused::Trouble(trouble) => trouble,
            server::provisioning::draft::Refused::Flawed(flaws) => panic!("the draft is fine: {flaws:?}"),
        })
    }

    async fn add_room(&self, name: &str) -> Result<(), Trouble> {
        let acme = SpEnterpriseId::parse("SP1+acme")?;
        let customer = workspaces::customer(&self.store, self.base.tenant, &acme).await?;
        let new = NewWorkspace {
            user_id: BroadWorksId::parse(name)?,
            display_name: "Room".to_owned(),
            primary_phone: None,
            extension: Some("1".to_owned()),
        };
        let under = (self.template(0), &customer);
        let added = workspaces::add(&self.store, &self.environment, under, new, &self.actor).await?;
        self.book().accepted(added.id.into());
        Ok(())
    }

    async fn change_room(&self, id: WorkspaceId, extension: u32) -> Result<(), Trouble> {
        self.book().asks_for_more(id.into());
        let changes = Changes { extension: Some(Some(extension.to_string())), ..Changes::default() };
        let own = (self.base.tenant, id);
        workspaces::update(&self.store, &self.environment, own, changes, &self.actor).await.map(drop)
    }

    async fn remove_room(&self, id: WorkspaceId) -> Result<(), Trouble> {
        self.book().asks_to_remove(id.into());
        workspaces::remove(&self.store, &self.environment, (self.base.tenant, id), &self.actor).await?;
        self.book().removal_accepted(id.into());
        Ok(())
    }
}
