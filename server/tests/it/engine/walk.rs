//! Any interleaving of users, administrators, crashes, failing targets and time ends in a legal state: everybody who
//! should have an account has exactly one, and nobody else does.

use std::{collections::HashMap, ops::RangeInclusive};

use domain::{
    EmailAddress, Package, Status,
    lifecycle::{AtTarget, Event, Lifecycle, Proof, State},
    template::UserVerification,
    timestamp::SECOND,
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use server::{
    provisioning::{activation, change},
    store::entity::{history, subscriber, template},
};
use uuid::Uuid;

use crate::support::{Act, World, fault, for_each_database};

const USERS: [&str; 5] = ["1@sp.com", "2@sp.com", "3@sp.com", "4@sp.com", "5@sp.com"];
/// Fewer than users, so that some are in use.
const ADDRESSES: [&str; 4] = ["ann@acme.com", "Bob@acme.com", "cy@acme.com", "dee@acme.com"];
const STEPS: usize = 40;
const ROUNDS: usize = 8;

/// The walks: `FLOWTHROUGH_WALKS=100-200 cargo test …` takes others.
fn seeds() -> RangeInclusive<u64> {
    let given = std::env::var("FLOWTHROUGH_WALKS").unwrap_or_else(|_| "1-4".to_owned());
    let (first, last) = given.split_once('-').expect("first-last");
    first.parse().unwrap()..=last.parse().unwrap()
}

#[test]
fn whatever_happens_ends_well() {
    for seed in seeds() {
        for_each_database(async |world: World| {
            println!("walk {seed}");
            let templates = templates(&world).await;
            let mut walk = Walk { world: &world, templates, random: StdRng::seed_from_u64(seed) };
            for round in 0..ROUNDS {
                for _ in 0..STEPS {
                    walk.step().await;
                }
                walk.come_to_rest().await;
                walk.check(round).await;
            }
        });
    }
}

async fn templates(world: &World) -> Vec<template::Model> {
    let mut templates = Vec::new();
    for (verification, admin_first) in [
        (UserVerification::Trusted, false),
        (UserVerification::Untrusted, false),
        (UserVerification::Trusted, true),
        (UserVerification::Untrusted, true),
    ] {
        let adjust = |template: &mut template::Model| {
            template.verification = verification.as_str().to_owned();
            template.provision_admin_first = admin_first;
        };
        templates.push(world.template(adjust).await);
    }
    templates
}

struct Walk<'a> {
    world: &'a World,
    templates: Vec<template::Model>,
    random: StdRng,
}

impl Walk<'_> {
    /// One thing that happens. Whether it is refused does not matter: only what is left in the end does.
    async fn step(&mut self) {
        let world = self.world;
        let (store, environment) = (&world.store, &world.environment);
        let someone = self.someone().await;
        let address = *ADDRESSES.choose(&mut self.random).unwrap();
        match (self.random.random_range(0..12), someone) {
            (0..2, _) | (_, None) => self.arrive(address).await,
            (2, Some(user)) => drop(activation::enter_address(store, environment, user, address, "en").await),
            (3, Some(user)) => drop(activation::withdraw_address(store, environment, user).await),
            (4..6, Some(user)) => self.prove(user).await,
            (6, Some(user)) => drop(world.apply(user, Event::Retried).await),
            (7, Some(user)) => drop(world.apply(user, Event::Onboarded(address.parse().unwrap())).await),
            (8, Some(user)) => {
                let package = *Package::ALL.choose(&mut self.random).unwrap();
                drop(world.apply(user, Event::PackageChanged(package)).await);
            }
            (9, Some(user)) => drop(world.apply(user, Event::RemovalRequested).await),
            (_, Some(_)) => self.attempt().await,
        }
        world.clock.advance(self.random.random_range(0..20 * SECOND));
    }

    async fn arrive(&mut self, address: &str) {
        let email = self.random.random_bool(0.6).then_some(address);
        let user = USERS.choose(&mut self.random).unwrap();
        let template = self.templates.choose(&mut self.random).unwrap();
        drop(self.world.try_arrive(template, crate::support::new_subscriber(user, email)).await);
    }

    async fn someone(&mut self) -> Option<Uuid> {
        let all: Vec<_> = everyone(self.world).await.into_iter().map(|one| one.id).collect();
        all.choose(&mut self.random).copied()
    }

    /// The user clicks the link in the newest letter, or in an old one.
    async fn prove(&mut self, user: Uuid) {
        let mut letters = self.world.postman.letters();
        letters.retain(|letter| letter.subscriber.id == user);
        let newest = self.random.random_bool(0.7);
        let letter = if newest { letters.last() } else { letters.choose(&mut self.random) };
        if let Some(letter) = letter {
            drop(activation::prove_by_link(&self.world.store, &self.world.environment, &letter.token).await);
        }
    }

    /// A server works on what is due. Its target fails, or it dies in the middle.
    async fn attempt(&mut self) {
        let world = self.world;
        let act = match self.random.random_range(0..8) {
            0 => Some(Act::Refuse(fault(domain::Fault::TargetUnavailable))),
            1 => Some(Act::Refuse(fault(domain::Fault::TargetRefused))),
            2 => Some(Act::WorkThenRefuse(fault(domain::Fault::TargetTimeout))),
            3 => Some(Act::WorkThenHang),
            4 => Some(Act::Wait),
            5 => Some(Act::WorkOn),
            6 => Some(Act::AskConsent),
            _ => None,
        };
        world.target.plan(act);
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
            let Lifecycle { state, at_target } = change::lifecycle(user).unwrap();
            let account = accounts.get(&user.id);
            match &state {
                State::Provisioned(address) => {
                    let account = account.expect("whoever is provisioned has an account");
                    assert_eq!(
                        (&account.email, &account.package),
                        (&address.email().as_str().to_owned(), &user.package)
                    );
                    assert!(self.may_have(user, address.email(), address.proof()));
                }
                State::Updating(..) | State::Removing(_) => panic!("round {round}: never finished: {state:?}"),
                _ => assert!(account.is_none() || at_target != AtTarget::Nothing, "round {round}: {state:?}"),
            }
            self.explained(user, round).await;
        }
        assert_eq!(self.world.billed_wrongly().await, Vec::<Uuid>::new(), "round {round}");
        let known = |id: &Uuid| users.iter().any(|user| user.id == *id);
        assert!(accounts.keys().all(known), "round {round}: an account without a subscriber");
        let held = users.iter().filter(|user| user.status == Status::Provisioning.as_str()).count();
        let tasks = self.world.tasks().await;
        assert!(tasks.len() == held && tasks.iter().all(|task| task.held), "round {round}: {tasks:?}");
    }

    /// History tells how somebody came to where they are: from arriving, by steps that time orders, to this very state.
    async fn explained(&self, user: &subscriber::Model, round: usize) {
        let steps = history::Entity::find()
            .filter(history::Column::SubscriberId.eq(user.id))
            .order_by_asc(history::Column::Id)
            .all(self.world.store.read())
            .await
            .unwrap();
        let first = steps.first().map(|step| step.event.as_str());
        assert_eq!(first, Some("arrived"), "round {round}: {}", user.user_id);
        assert!(steps.is_sorted_by_key(|step| step.at), "round {round}: {steps:?}");
        let last = steps.last().unwrap();
        assert_eq!(
            (last.status.as_deref(), last.fault),
            (Some(user.status.as_str()), user.fault),
            "round {round}: {steps:?}"
        );
    }

    /// Whether somebody vouched for the address or it was mailed to and proven.
    fn may_have(&self, user: &subscriber::Model, email: &EmailAddress, proof: Proof) -> bool {
        let mailed = |letter: &server::provisioning::worker::Letter| {
            letter.subscriber.id == user.id && letter.proof.email == email.as_str()
        };
        match proof {
            Proof::Trusted => self
                .templates
                .iter()
                .any(|one| one.id == user.template_id && one.verification == UserVerification::Trusted.as_str()),
            Proof::Link | Proof::Code => self.world.postman.letters().iter().any(mailed),
            Proof::Administrator => true,
        }
    }
}

async fn everyone(world: &World) -> Vec<subscriber::Model> {
    subscriber::Entity::find().all(world.store.read()).await.unwrap()
}
