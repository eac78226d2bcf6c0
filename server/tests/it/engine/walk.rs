//! Any interleaving of users, administrators, crashes, failing targets and time ends in a legal state: everybody who
//! should have an account has exactly one, and nobody else does.

use std::collections::HashMap;

use domain::{
    EmailAddress, Fault, Package, Status,
    lifecycle::{AtTarget, Event, Lifecycle, Proof, State},
    template::UserVerification,
    timestamp::SECOND,
};
use proptest::{
    collection::vec,
    option::weighted,
    prelude::{Strategy, any, prop_oneof},
    sample::{Index, select},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use server::{
    provisioning::activation,
    store::{self, Subscriber, SubscriberId, Template},
};
use uuid::Uuid;

use crate::entity::{history, subscriber};
use crate::support::{Act, World, fault, for_each_database};

const USERS: [&str; 5] = ["1@sp.com", "2@sp.com", "3@sp.com", "4@sp.com", "5@sp.com"];
/// Fewer than users, so that some are in use.
const ADDRESSES: [&str; 4] = ["ann@acme.com", "Bob@acme.com", "cy@acme.com", "dee@acme.com"];
const STEPS: usize = 40;
const ROUNDS: usize = 8;
/// How many shorter walks are tried when one fails: each takes a second or two.
const SHRINKING: u32 = 200;

/// How many walks: `FLOWTHROUGH_WALKS=100 cargo test …` takes more.
fn walks() -> u32 {
    std::env::var("FLOWTHROUGH_WALKS").map_or(12, |walks| walks.parse().unwrap())
}

/// One thing that happens. An [`Index`] points at somebody or something among those that are there by then.
#[derive(Clone, Debug)]
enum Step {
    /// Somebody is announced, with an address or without.
    Arrive { user: &'static str, template: Index, email: Option<&'static str> },
    /// The user enters an address.
    EnterAddress(Index, &'static str),
    /// The user takes it back.
    WithdrawAddress(Index),
    /// The user clicks the link in the newest letter, or in some letter.
    Prove(Index, Option<Index>),
    /// The failed attempt is to be made again.
    Retry(Index),
    /// An administrator vouches for an address.
    Onboard(Index, &'static str),
    /// An administrator wants another package.
    ChangePackage(Index, Package),
    /// An administrator wants somebody gone.
    Remove(Index),
    /// A server works on what is due, with a target like this.
    Attempt(Target),
}

/// How the target behaves during an attempt.
#[derive(Clone, Copy, Debug)]
enum Target {
    Works,
    IsDown,
    Refuses,
    /// It does what it is asked and does not say so.
    WorksInSilence,
    /// The same, and the server dies meanwhile.
    WorksWhileTheServerDies,
    /// The server dies before the target has done anything.
    WaitsWhileTheServerDies,
    TakesItsTime,
    AsksForConsent,
}

impl Target {
    fn act(self) -> Option<Act> {
        Some(match self {
            Self::Works => return None,
            Self::IsDown => Act::Refuse(fault(Fault::TargetUnavailable)),
            Self::Refuses => Act::Refuse(fault(Fault::TargetRefused)),
            Self::WorksInSilence => Act::WorkThenRefuse(fault(Fault::TargetTimeout)),
            Self::WorksWhileTheServerDies => Act::WorkThenHang,
            Self::WaitsWhileTheServerDies => Act::Wait,
            Self::TakesItsTime => Act::WorkOn,
            Self::AsksForConsent => Act::AskConsent,
        })
    }
}

fn step() -> impl Strategy<Value = Step> {
    use Target::{
        AsksForConsent, IsDown, Refuses, TakesItsTime, WaitsWhileTheServerDies, Works, WorksInSilence,
        WorksWhileTheServerDies,
    };
    let address = || select(&ADDRESSES[..]);
    let who = any::<Index>;
    let targets = [
        Works,
        IsDown,
        Refuses,
        WorksInSilence,
        WorksWhileTheServerDies,
        WaitsWhileTheServerDies,
        TakesItsTime,
        AsksForConsent,
    ];
    prop_oneof![
        2 => (select(&USERS[..]), who(), weighted(0.6, address()))
            .prop_map(|(user, template, email)| Step::Arrive { user, template, email }),
        1 => (who(), address()).prop_map(|(who, address)| Step::EnterAddress(who, address)),
        1 => who().prop_map(Step::WithdrawAddress),
        2 => (who(), weighted(0.3, who())).prop_map(|(who, letter)| Step::Prove(who, letter)),
        1 => who().prop_map(Step::Retry),
        1 => (who(), address()).prop_map(|(who, address)| Step::Onboard(who, address)),
        1 => (who(), select(&Package::ALL[..])).prop_map(|(who, package)| Step::ChangePackage(who, package)),
        1 => who().prop_map(Step::Remove),
        2 => select(targets.to_vec()).prop_map(Step::Attempt),
    ]
}

#[test]
fn whatever_happens_ends_well() {
    // Each step with the time that passes after it.
    let round = vec((step(), 0..20 * SECOND), 0..=STEPS);
    let config = Config { cases: walks(), max_shrink_iters: SHRINKING, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let result = runner.run(&vec(round, 1..=ROUNDS), |rounds| {
        for_each_database(async |world: World| {
            let walk = Walk { templates: templates(&world).await, world: &world };
            for (round, steps) in rounds.iter().enumerate() {
                for (step, passes) in steps {
                    walk.step(step).await;
                    world.clock.advance(*passes);
                }
                walk.come_to_rest().await;
                walk.check(round).await;
            }
        });
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

async fn templates(world: &World) -> Vec<Template> {
    let mut templates = Vec::new();
    for (verification, admin_first) in [
        (UserVerification::Trusted, false),
        (UserVerification::Untrusted, false),
        (UserVerification::Trusted, true),
        (UserVerification::Untrusted, true),
    ] {
        let adjust = |template: &mut Template| {
            template.verification = verification;
            template.provision_admin_first = admin_first;
        };
        templates.push(world.template(adjust).await);
    }
    templates
}

struct Walk<'a> {
    world: &'a World,
    templates: Vec<Template>,
}

impl Walk<'_> {
    /// One thing happens. Whether it is refused does not matter: only what is left in the end does.
    async fn step(&self, step: &Step) {
        let world = self.world;
        let World { store: database, environment, .. } = world;
        match step {
            Step::Arrive { user, template, email } => {
                let new = crate::support::new_subscriber(user, *email);
                drop(world.try_arrive(template.get(&self.templates), new).await);
            }
            Step::Attempt(target) => self.attempt(*target).await,
            Step::EnterAddress(who, address) => {
                let Some(user) = self.someone(who).await else { return };
                let user = world.subscriber(user).await;
                drop(activation::enter_address(database, environment, &user, address, "en").await);
            }
            Step::WithdrawAddress(who) => {
                let Some(user) = self.someone(who).await else { return };
                drop(activation::withdraw_address(database, environment, &world.subscriber(user).await).await);
            }
            Step::Prove(who, letter) => self.prove(who, letter.as_ref()).await,
            Step::Retry(who) => self.happen(who, Event::Retried).await,
            Step::Onboard(who, address) => self.happen(who, Event::Onboarded(address.parse().unwrap())).await,
            Step::ChangePackage(who, package) => self.happen(who, Event::PackageChanged(*package)).await,
            Step::Remove(who) => self.happen(who, Event::RemovalRequested).await,
        }
    }

    async fn happen(&self, who: &Index, event: Event) {
        if let Some(user) = self.someone(who).await {
            drop(self.world.apply(user, event).await);
        }
    }

    async fn someone(&self, who: &Index) -> Option<SubscriberId> {
        let all = everyone(self.world).await;
        (!all.is_empty()).then(|| who.get(&all).id)
    }

    async fn prove(&self, who: &Index, letter: Option<&Index>) {
        let Some(user) = self.someone(who).await else { return };
        let mut letters = self.world.postman.letters();
        letters.retain(|letter| letter.subscriber.id == user);
        let letter = match letter {
            Some(letter) if !letters.is_empty() => Some(letter.get(&letters)),
            _ => letters.last(),
        };
        if let Some(letter) = letter {
            drop(self.world.prove_by_link(&letter.token).await);
        }
    }

    async fn attempt(&self, target: Target) {
        let world = self.world;
        world.target.plan(target.act());
        let worker = world.worker();
        let mut server = tokio::spawn(async move { worker.drain().await });
        tokio::select! {
            finished = &mut server => finished.unwrap().unwrap(),
            () = world.target.reached() => {
                server.abort();
                assert!(server.await.is_err());
            }
        }
        world.target.behave();
    }

    /// Everything works again and nobody does anything for a while.
    async fn come_to_rest(&self) {
        self.world.target.agree().await;
        self.world.leases_run_out();
        self.world.work_for_an_hour().await;
    }

    async fn check(&self, round: usize) {
        let users = everyone(self.world).await;
        let accounts: HashMap<_, _> =
            self.world.accounts().await.into_iter().map(|account| (account.external_id, account)).collect();
        for user in &users {
            let Lifecycle { state, at_target } = user.lifecycle.clone();
            let account = accounts.get(&user.id.into());
            match &state {
                State::Provisioned(address) => {
                    let account = account.expect("whoever is provisioned has an account");
                    assert_eq!(
                        (&account.email, &account.package),
                        (&address.email().as_str().to_owned(), &user.package.as_str().to_owned())
                    );
                    assert!(self.may_have(user, address.email(), address.proof()));
                }
                State::Updating(..) | State::Removing(_) => panic!("round {round}: never finished: {state:?}"),
                _ => assert!(account.is_none() || at_target != AtTarget::Nothing, "round {round}: {state:?}"),
            }
            self.explained(user, round).await;
        }
        assert_eq!(self.world.billed_wrongly().await, Vec::<Uuid>::new(), "round {round}");
        let known = |id: &Uuid| users.iter().any(|user| Uuid::from(user.id) == *id);
        assert!(accounts.keys().all(known), "round {round}: an account without a subscriber");
        let held = users.iter().filter(|user| user.lifecycle.status() == Status::Provisioning).count();
        let tasks = self.world.tasks().await;
        assert!(tasks.len() == held && tasks.iter().all(|task| task.held), "round {round}: {tasks:?}");
    }

    /// History tells how somebody came to where they are: from arriving, by steps that time orders, to this very state.
    async fn explained(&self, user: &Subscriber, round: usize) {
        let steps = history::Entity::find()
            .filter(history::Column::OwnerId.eq(user.id))
            .order_by_asc(history::Column::Id)
            .all(self.world.store.read())
            .await
            .unwrap();
        let first = steps.first().map(|step| step.event.as_str());
        assert_eq!(first, Some("arrived"), "round {round}: {}", user.user_id.as_str());
        assert!(steps.is_sorted_by_key(|step| step.at), "round {round}: {steps:?}");
        let last = steps.last().unwrap();
        assert_eq!(
            (last.status.as_deref(), last.fault),
            (Some(user.lifecycle.status().as_str()), user.lifecycle.fault().map(|fault| fault.code().cast_signed())),
            "round {round}: {steps:?}"
        );
    }

    /// Whether somebody vouched for the address or it was mailed to and proven.
    fn may_have(&self, user: &Subscriber, email: &EmailAddress, proof: Proof) -> bool {
        let mailed = |letter: &server::provisioning::worker::Letter| {
            letter.subscriber.id == user.id && letter.proof.email.as_str() == email.as_str()
        };
        match proof {
            Proof::Trusted => self
                .templates
                .iter()
                .any(|one| one.id == user.template_id && one.verification == UserVerification::Trusted),
            Proof::Link | Proof::Code => self.world.postman.letters().iter().any(mailed),
            Proof::Administrator => true,
        }
    }
}

async fn everyone(world: &World) -> Vec<Subscriber> {
    let rows = subscriber::Entity::find().all(world.store.read()).await.unwrap();
    let ids = rows.iter().map(|row| row.id);
    store::subscriber::some(world.store.read(), world.tenant, ids).await.unwrap()
}
