//! A partner with its templates on a fresh database, and everything the engine needs.

use std::sync::Arc;

use domain::{
    BroadWorksId, EmailAddress, Fault, Package, SpEnterpriseId, Timestamp,
    draft::NewSubscriber,
    lifecycle::{Event, Proof},
    template::UserVerification,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, QueryOrder as _, Statement,
    sea_query::Query,
};
use server::{
    access::{code_keys::CodeKeys, devices::Devices, oidc::Providers},
    broadworks::{EnterpriseDirectory, NoAccount},
    directory_sync::Directories,
    environment::{Environment, ManualClock},
    fault::Trouble,
    live::Live,
    provisioning::{
        activation, arrival,
        change::{self, Circumstances},
        queue, subscribers,
        worker::{Courier, Worker},
    },
    store::{
        self, Actor, OwnerId, PartnerId, Store, Subscriber, SubscriberId, Template, Tenant, Work, WorkspaceId, counter,
        partner, template,
    },
    targets::{
        Target, Targets,
        directory::{self, Directory},
    },
};
use uuid::Uuid;

use super::{Postman, Scripted};
use crate::entity::{customer, directory_account, directory_place, history, subscriber, task, usage, workspace};

/// When every world begins: 2026-01-01T00:00:00Z.
const START: Timestamp = Timestamp(1_767_225_600_000);
/// Under which mailed codes are kept.
const CODE_KEY: &str = "the-key-of-the-tests-is-no-secret";
/// Attempts per task before the subscriber is in error.
pub const MAX_ATTEMPTS: u32 = 4;

/// A partner on a fresh database.
pub struct World {
    /// Where the database is.
    pub url: String,
    pub store: Store,
    pub live: Live,
    pub environment: Environment,
    pub clock: ManualClock,
    pub partner: PartnerId,
    /// On whose behalf is asked.
    pub tenant: Tenant,
    pub target: Arc<Scripted>,
    pub postman: Arc<Postman>,
    /// Tells browsers in which somebody has signed in before.
    pub devices: Devices,
    /// Under which mailed codes are kept.
    pub code_keys: CodeKeys,
    /// How many calls a token may make a minute.
    pub api_calls: i64,
    /// Who is in an enterprise.
    pub directory: Arc<dyn EnterpriseDirectory>,
    /// By whom people sign in to the hub beside us.
    pub providers: Providers,
}

impl World {
    pub async fn new(url: &str) -> Self {
        let live = Live::default();
        let store = Store::connect(url, live.clone()).await.unwrap();
        store.migrate().await.unwrap();
        let (environment, clock) = Environment::manual(START, 1);
        let devices = Devices::load(&store, &environment).await.unwrap();
        let tenant = partner(&store, &environment, "SP One").await;
        let target = Arc::new(Scripted::new(Directory::new(store.clone(), environment.clone())));
        Self {
            url: url.to_owned(),
            store,
            live,
            environment,
            clock,
            partner: tenant.partner(),
            tenant,
            target,
            postman: Arc::default(),
            devices,
            code_keys: CodeKeys::parse(CODE_KEY).unwrap(),
            api_calls: 1_000_000,
            directory: Arc::new(NoAccount),
            providers: Providers::default(),
        }
    }

    /// Another server on the same database.
    pub async fn replica(&self) -> Self {
        let live = Live::default();
        let store = Store::connect(&self.url, live.clone()).await.unwrap();
        Self {
            url: self.url.clone(),
            devices: Devices::load(&store, &self.environment).await.unwrap(),
            code_keys: self.code_keys.clone(),
            store,
            live,
            environment: self.environment.clone(),
            clock: self.clock.clone(),
            partner: self.partner,
            tenant: self.tenant,
            target: self.target.clone(),
            postman: self.postman.clone(),
            api_calls: self.api_calls,
            directory: self.directory.clone(),
            providers: self.providers.clone(),
        }
    }

    /// Keeps everybody else from writing what is counted: on SQLite anything.
    pub async fn writing(&self) -> Work {
        let work = self.store.work().await.unwrap();
        if self.store.backend() == DbBackend::Postgres {
            work.execute_unprepared("LOCK TABLE throttle IN EXCLUSIVE MODE").await.unwrap();
        }
        work
    }

    /// What this world's partner reads, while it is the only one.
    pub fn directories(&self) -> Directories {
        self.directories_of(&[])
    }

    /// What the partners of these names read, and what the only one does.
    pub fn directories_of(&self, named: &[(&str, Arc<dyn EnterpriseDirectory>)]) -> Directories {
        let named = named.iter().map(|(name, directory)| ((*name).to_owned(), directory.clone())).collect();
        Directories::new(self.store.clone(), self.environment.clone(), Some(self.directory.clone()), named)
    }

    /// Another partner on the same database.
    pub async fn other_partner(&self) -> Tenant {
        partner(&self.store, &self.environment, "SP Two").await
    }

    /// A template under which users prove their addresses themselves; `adjust` says what is different about it.
    pub async fn template(&self, adjust: impl FnOnce(&mut Template)) -> Template {
        let id = self.environment.id();
        let provisioning_id = format!("{}:{id}", self.partner);
        let mut template = Template {
            id: id.into(),
            partner_id: self.tenant.partner(),
            name: "Standard users".to_owned(),
            country: "IT".to_owned(),
            language: "en".to_owned(),
            provisioning_id: base64(&provisioning_id),
            share_token: id.simple().to_string(),
            share_link: String::new(),
            verification: UserVerification::Untrusted,
            self_activation: false,
            provision_admin_first: false,
            default_package: Package::Standard,
            xsi_url: String::new(),
            target: directory::NAME.to_owned(),
            target_reference: None,
            partner_admin: "SP One".to_owned(),
            support_url: None,
            reply_to: None,
            signature: None,
            accent: None,
            logo: None,
            reminders: domain::template::Reminders::NONE,
            version: 1,
            created_at: self.environment.now(),
        };
        adjust(&mut template);
        let work = self.store.work().await.unwrap();
        template::insert(&work, template.clone()).await.unwrap();
        work.commit().await.unwrap();
        template
    }

    /// A template whose addresses the partner vouches for.
    pub async fn trusted(&self) -> Template {
        self.template(|template| template.verification = UserVerification::Trusted).await
    }

    /// A template whose addresses the partner vouches for, with accounts at this target.
    pub async fn trusted_at(&self, target: &str, reference: Option<&str>) -> Template {
        self.template(|template| {
            template.verification = UserVerification::Trusted;
            template.target = target.to_owned();
            template.target_reference = reference.map(str::to_owned);
        })
        .await
    }

    /// A subscriber of `acme` arrives.
    pub async fn arrive(&self, template: &Template, user: &str, email: Option<&str>) -> Subscriber {
        self.try_arrive(template, new_subscriber(user, email)).await.unwrap()
    }

    /// A subscriber arrives, or does not.
    pub async fn try_arrive(&self, template: &Template, new: NewSubscriber) -> Result<Subscriber, Trouble> {
        // Later than whoever came before: ids grow with time.
        self.clock.advance(1);
        let mut work = self.store.work().await?;
        let arrived = arrival::arrive(&mut work, &self.environment, template, new, &Actor::Import).await?;
        work.commit().await?;
        Ok(arrived)
    }

    /// An event happens to a subscriber.
    pub async fn apply(&self, subscriber: SubscriberId, event: Event) -> Result<Option<Subscriber>, Trouble> {
        let mut work = self.store.work().await?;
        let found = store::subscriber::by_own_id(&*work, subscriber).await?.ok_or(Fault::NotFound)?;
        let found = subscribers::relock(&work, &found).await?;
        let actor = Actor::Operator;
        let after = change::apply(&mut work, &self.environment, found, event, &actor, Circumstances::default()).await?;
        work.commit().await?;
        Ok(after)
    }

    /// Proves an address by the mailed link. Returns who was asked to.
    pub async fn prove_by_link(&self, token: &str) -> Result<Subscriber, Trouble> {
        let (proof, subscriber) = activation::by_link(&self.store, self.environment.now(), token).await?;
        let mut work = self.store.work().await?;
        activation::prove(&mut work, &self.environment, (&proof, &subscriber), Proof::Link, None).await?;
        work.commit().await?;
        Ok(subscriber)
    }

    /// A server's worker. Each has an owner of its own.
    pub fn worker(&self) -> Worker {
        self.worker_with(directory::NAME, self.target.clone(), self.postman.clone())
    }

    /// A server's worker with another target or another way for mails.
    pub fn worker_with(&self, name: &'static str, target: Arc<dyn Target>, courier: Arc<dyn Courier>) -> Worker {
        let targets = Targets::default().with(name, target);
        let (store, environment, live) = (self.store.clone(), self.environment.clone(), self.live.clone());
        let worker = Worker::new(store, environment, live, targets, courier, MAX_ATTEMPTS);
        worker.with_code_keys(self.code_keys.clone())
    }

    /// Does what is due now. What is billed fits the accounts afterwards, however they came and went, and so do the numbers
    /// that are kept of them.
    pub async fn work(&self) {
        self.worker().drain().await.unwrap();
        assert_eq!(self.billed_wrongly().await, Vec::<Uuid>::new());
        assert_eq!(asked_in_vain(&self.store).await, Vec::<Uuid>::new());
        assert_eq!(counter::miscounts(self.store.read()).await.unwrap(), []);
    }

    /// See [`billed_wrongly`].
    pub async fn billed_wrongly(&self) -> Vec<Uuid> {
        billed_wrongly(&self.store).await
    }

    /// What was and is billed, in the order in which it began.
    pub async fn usage(&self) -> Vec<usage::Model> {
        usage::Entity::find().order_by_asc(usage::Column::Id).all(self.store.read()).await.unwrap()
    }

    /// Does everything that comes due within the next hour.
    pub async fn work_for_an_hour(&self) {
        for _ in 0..12 {
            self.work().await;
            self.clock.advance(5 * domain::timestamp::MINUTE);
        }
    }

    /// Lets the time pass in which something that was asked without an answer may still take effect.
    pub async fn doubt_ends(&self) {
        self.clock.advance(queue::LONGEST_CALL + queue::SETTLING);
        self.work().await;
    }

    /// Lets the leases of those who died run out.
    pub fn leases_run_out(&self) {
        self.clock.advance(queue::LEASE);
    }

    pub async fn find(&self, subscriber: SubscriberId) -> Option<subscriber::Model> {
        subscriber::Entity::find_by_id(subscriber).one(self.store.read()).await.unwrap()
    }

    /// A subscriber that is still there.
    pub async fn subscriber(&self, id: SubscriberId) -> Subscriber {
        store::subscriber::by_own_id(self.store.read(), id).await.unwrap().expect("the subscriber is still there")
    }

    /// The status of a subscriber that is still there.
    pub async fn status(&self, subscriber: SubscriberId) -> String {
        self.find(subscriber).await.expect("the subscriber is still there").status
    }

    /// The fault of a subscriber that is still there.
    pub async fn fault(&self, subscriber: SubscriberId) -> Option<Fault> {
        let code = self.find(subscriber).await.expect("the subscriber is still there").fault?;
        Fault::from_code(u32::try_from(code).unwrap())
    }

    /// What happened to a subscriber, in order.
    pub async fn history(&self, owner: impl Into<OwnerId>) -> Vec<String> {
        let steps = history::Entity::find()
            .filter(history::Column::OwnerId.eq(owner.into()))
            .order_by_asc(history::Column::Id)
            .all(self.store.read())
            .await
            .unwrap();
        steps.into_iter().map(|step| step.event).collect()
    }

    /// What happened to anybody, in order.
    pub async fn history_of_all(&self) -> Vec<String> {
        let steps = history::Entity::find().order_by_asc(history::Column::Id).all(self.store.read()).await.unwrap();
        steps.into_iter().map(|step| step.event).collect()
    }

    pub async fn accounts(&self) -> Vec<directory_account::Model> {
        directory_account::Entity::find().all(self.store.read()).await.unwrap()
    }

    /// A workspace that is still there.
    pub async fn workspace(&self, id: WorkspaceId) -> Option<workspace::Model> {
        workspace::Entity::find_by_id(id).one(self.store.read()).await.unwrap()
    }

    /// The embedded directory's places.
    pub async fn places(&self) -> Vec<directory_place::Model> {
        directory_place::Entity::find().order_by_asc(directory_place::Column::Id).all(self.store.read()).await.unwrap()
    }

    pub async fn customers(&self) -> Vec<customer::Model> {
        customer::Entity::find().order_by_asc(customer::Column::Id).all(self.store.read()).await.unwrap()
    }

    pub async fn tasks(&self) -> Vec<task::Model> {
        task::Entity::find().order_by_asc(task::Column::Id).all(self.store.read()).await.unwrap()
    }
}

/// What has to be done for those who are not where they shall be. What is done may stay for a while, until nothing that was
/// asked for it is in doubt.
pub async fn left_to_do(store: &Store) -> Vec<task::Model> {
    let provisioned = Query::select()
        .column(subscriber::Column::Id)
        .from(subscriber::Entity)
        .and_where(subscriber::Column::Status.eq("provisioned"))
        .to_owned();
    task::Entity::find().filter(task::Column::OwnerId.not_in_subquery(provisioned)).all(store.read()).await.unwrap()
}

/// Of whom an account is known to exist without being billed as it is, or the other way round. In one statement, so that servers
/// may be at work meanwhile.
pub async fn billed_wrongly(store: &Store) -> Vec<Uuid> {
    let wrong = Statement::from_string(
        store.backend(),
        "SELECT COALESCE(s.id, u.subscriber_id) AS id
         FROM (SELECT id, user_id, package, partner_id, customer_id FROM subscriber WHERE at_target = 'account'
               UNION ALL
               SELECT id, user_id, 'workspace', partner_id, customer_id FROM workspace WHERE at_target = 'account') AS s
         FULL JOIN (SELECT * FROM \"usage\" WHERE until_at IS NULL) AS u ON u.subscriber_id = s.id
         WHERE s.id IS NULL OR u.id IS NULL OR s.user_id <> u.user_id OR s.package <> u.package
            OR s.partner_id <> u.partner_id OR s.customer_id <> u.customer_id",
    );
    ids(store, wrong).await
}

/// Requests that are open, and mails on their way, to prove an address that nobody is asked to prove any more.
pub async fn asked_in_vain(store: &Store) -> Vec<Uuid> {
    let in_vain = Statement::from_string(
        store.backend(),
        "SELECT asked.id FROM (SELECT id, subscriber_id FROM proof WHERE open
                               UNION ALL SELECT id, subscriber_id FROM task WHERE lane = 'mail') AS asked
         JOIN subscriber s ON s.id = asked.subscriber_id WHERE s.status <> 'pending_email_validation'",
    );
    ids(store, in_vain).await
}

async fn ids(store: &Store, statement: Statement) -> Vec<Uuid> {
    let rows = store.read().query_all_raw(statement).await.unwrap();
    rows.into_iter().map(|row| row.try_get("", "id").unwrap()).collect()
}

async fn partner(store: &Store, environment: &Environment, name: &str) -> Tenant {
    let work = store.work().await.unwrap();
    let new = partner::add(&work, environment.id(), name.to_owned(), environment.now()).await.unwrap();
    work.commit().await.unwrap();
    Tenant::of_partner(&new)
}

/// A subscriber of `acme`.
pub fn new_subscriber(user: &str, email: Option<&str>) -> NewSubscriber {
    NewSubscriber {
        user_id: BroadWorksId::parse(user).unwrap(),
        sp_enterprise_id: SpEnterpriseId::parse("SP1+acme").unwrap(),
        first_name: "Ann".to_owned(),
        last_name: "Lee".to_owned(),
        package: Package::Standard,
        email: email.map(|email| EmailAddress::parse(email).unwrap()),
        primary_phone: Some("+1-240-555-1212".to_owned()),
        mobile_phone: None,
        extension: Some("1212".to_owned()),
        language: None,
        timezone: None,
        sp_enterprise_group_id: None,
        self_activated: false,
    }
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(text)
}

/// Whether something was refused, and with which fault.
pub trait Refused {
    fn refused(self) -> Fault;
}

impl<T> Refused for Result<T, Trouble> {
    fn refused(self) -> Fault {
        match self {
            Err(Trouble::Known { fault, .. }) => fault,
            Err(other) => panic!("not a fault of the catalogue: {other}"),
            Ok(_) => panic!("was not refused"),
        }
    }
}

/// A fault as a target's refusal.
pub fn fault(fault: Fault) -> server::targets::Refusal {
    fault.into()
}
