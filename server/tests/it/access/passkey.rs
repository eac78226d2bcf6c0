//! Passkeys: added, signed in by, asked for in place of a second factor, removed; and whatever is none.

use app::{
    access::Guard as _,
    backend::{
        Administrator, Administrators as _, NewSession, Passkeys as _, People as _, SecondFactors as _, Visitor,
    },
    hub::model::{PasskeyAnswer, PasskeyQuestion, ProofBy, SignInStep},
    problem::Problem,
};
use domain::{
    Fault, Permission,
    limit::{HUB_PROOF, HUB_SESSION_IDLE, PASSKEY_CEREMONY, PASSKEY_NAME, PASSKEY_NETWORK, PASSKEYS},
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, sea_query::Expr};
use server::access::{administrators, session};

use super::second_factor::Phone;
use crate::entity::{audit_event, hub_session, passkey, passkey_ceremony};
use crate::support::{
    ADMIN, ADMIN_PASSWORD, Authenticator, PUBLIC_URL, Pages, World, for_each_database, returning, visitor,
};

const NEW: &str = "rainy Tuesdays in Plovdiv";
const BEN: &str = "ben@sp.example";
const LAPTOP: &str = "Laptop";

fn fault<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> Fault {
    outcome.unwrap_err().fault
}

/// An administrator who is signed in and has a passkey.
struct Owner {
    pages: Pages,
    home: Visitor,
    me: Administrator,
    laptop: Authenticator,
}

impl Owner {
    async fn of(world: &World) -> Self {
        world.administrator().await;
        let (pages, home) = (world.pages(), visitor("192.0.2.1"));
        let home = returning(&home, &pages.sign_in_to_hub(&home, ADMIN_PASSWORD).await.unwrap());
        let me = pages.hub.administrator(&home, Permission::OwnAccount).await.unwrap();
        let mut owner = Self { pages, home, me, laptop: Authenticator::new(1) };
        let question = owner.asked().await;
        let made = owner.laptop.make(&question);
        owner.add(&made).await.unwrap();
        owner
    }

    /// What the browser is asked that is to make another one.
    async fn asked(&self) -> PasskeyQuestion {
        self.pages.hub.begin_passkey(&self.me, &self.home).await.unwrap()
    }

    async fn add(&self, answer: &PasskeyAnswer) -> Result<usize, Problem> {
        let added = self.pages.hub.add_passkey(&self.me, &self.home, answer, LAPTOP).await;
        added.map(|passkeys| passkeys.rows.len())
    }

    /// What the laptop answers when it signs in now.
    async fn answer(&mut self) -> PasskeyAnswer {
        let question = self.pages.hub.begin_passkey_sign_in(&away()).await.unwrap();
        self.laptop.show(&question)
    }

    async fn signs_in(&mut self) -> Result<NewSession, Problem> {
        let answer = self.answer().await;
        self.pages.hub.sign_in_by_passkey(&away(), &answer).await
    }

    async fn only_passkey(&self) -> app::hub::model::PasskeyId {
        self.pages.hub.passkeys(&self.me).await.unwrap().rows[0].id
    }
}

fn away() -> Visitor {
    visitor("192.0.2.44")
}

async fn may(pages: &Pages, visitor: &Visitor, permission: Permission) -> Result<(), Fault> {
    pages.hub.administrator(visitor, permission).await.map(drop).map_err(|problem| problem.fault)
}

async fn proven(pages: &Pages, visitor: &Visitor) -> Result<(), Fault> {
    pages.hub.proven(visitor).await.map_err(|problem| problem.fault)
}

/// A colleague who has a password alone, signed in.
async fn ben(world: &World, pages: &Pages) -> (Visitor, Administrator) {
    administrators::add(&world.store, &world.environment, world.tenant, BEN, NEW).await.unwrap();
    let desk = visitor("192.0.2.55");
    let desk = returning(&desk, &pages.hub.sign_in(&desk, BEN, NEW).await.unwrap());
    let ben = pages.hub.administrator(&desk, Permission::OwnAccount).await.unwrap();
    (desk, ben)
}

async fn deeds(world: &World, deed: &str) -> usize {
    let all = audit_event::Entity::find().all(world.store.read()).await.unwrap();
    all.iter().filter(|event| event.deed == deed).count()
}

#[test]
fn whoever_has_one_signs_in_without_password_and_code() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        let shown = owner.pages.hub.passkeys(&owner.me).await.unwrap();
        assert!(shown.available && shown.rows[0].name == LAPTOP && shown.rows[0].used.is_none(), "{shown:?}");
        assert_eq!(deeds(&world, "passkey_added").await, 1);
        // With a second factor, too: nothing is asked for after the passkey.
        let made = owner.pages.hub.begin_second_factor(&owner.me, &owner.home, ADMIN_PASSWORD).await.unwrap();
        let phone = Phone::scanned(&made);
        owner.pages.hub.confirm_second_factor(&owner.me, &owner.home, &phone.shows(&world)).await.unwrap();

        world.clock.advance(1);
        let before = deeds(&world, "signed_in").await;
        let session = owner.signs_in().await.unwrap();
        let there = returning(&away(), &session);
        assert_eq!(may(&owner.pages, &there, Permission::PeopleWrite).await, Ok(()));
        // The beginning of a session is a proof, however it began.
        assert_eq!(proven(&owner.pages, &there).await, Ok(()));
        assert_eq!(deeds(&world, "signed_in").await, before + 1);
        let used = owner.pages.hub.passkeys(&owner.me).await.unwrap().rows[0].used;
        assert_eq!(used, Some(world.environment.now()));
        // Its session ends as any other does.
        world.clock.advance(HUB_SESSION_IDLE);
        assert_eq!(may(&owner.pages, &there, Permission::OwnAccount).await, Err(Fault::NotSignedIn));
    });
}

#[test]
fn one_that_is_added_or_removed_ends_the_other_sessions() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        let there = returning(&away(), &owner.signs_in().await.unwrap());
        let mut phone = Authenticator::new(2);
        let question = owner.asked().await;
        // The browser is told which authenticators have one.
        assert!(
            question.options.contains("excludeCredentials") && !question.options.contains(r#""excludeCredentials":[]"#)
        );
        assert_eq!(owner.add(&phone.make(&question)).await.unwrap(), 2);
        assert_eq!(may(&owner.pages, &there, Permission::OwnAccount).await, Err(Fault::NotSignedIn));
        assert_eq!(may(&owner.pages, &owner.home, Permission::PeopleWrite).await, Ok(()));

        let there = returning(&away(), &owner.signs_in().await.unwrap());
        let id = owner.only_passkey().await;
        owner.pages.hub.remove_passkey(&owner.me, &owner.home, id).await.unwrap();
        assert_eq!(may(&owner.pages, &there, Permission::OwnAccount).await, Err(Fault::NotSignedIn));
        assert_eq!(deeds(&world, "passkey_removed").await, 1);
        assert_eq!(fault(owner.signs_in().await), Fault::PasskeyRefused);
        let question = owner.pages.hub.begin_passkey_sign_in(&away()).await.unwrap();
        owner.pages.hub.sign_in_by_passkey(&away(), &phone.show(&question)).await.unwrap();
        assert_eq!(fault(owner.pages.hub.remove_passkey(&owner.me, &owner.home, id).await), Fault::ChangedMeanwhile);
    });
}

#[test]
fn an_answer_counts_once_in_time_and_for_its_own_question() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        let answer = owner.answer().await;
        owner.pages.hub.sign_in_by_passkey(&away(), &answer).await.unwrap();
        assert_eq!(fault(owner.pages.hub.sign_in_by_passkey(&away(), &answer).await), Fault::PasskeyRefused);
        // Nor is the challenge of another question answered by it.
        let other = owner.pages.hub.begin_passkey_sign_in(&away()).await.unwrap();
        let moved = PasskeyAnswer { token: other.token.clone(), ..answer.clone() };
        assert_eq!(fault(owner.pages.hub.sign_in_by_passkey(&away(), &moved).await), Fault::PasskeyRefused);
        // What was answered wrongly is over, too.
        let right = owner.laptop.show(&other);
        assert_eq!(fault(owner.pages.hub.sign_in_by_passkey(&away(), &right).await), Fault::PasskeyRefused);
        let unknown = PasskeyAnswer { token: "made-up".to_owned(), ..owner.answer().await };
        assert_eq!(fault(owner.pages.hub.sign_in_by_passkey(&away(), &unknown).await), Fault::PasskeyRefused);
        let nonsense = PasskeyAnswer { credential: "{}".to_owned(), ..owner.answer().await };
        assert_eq!(fault(owner.pages.hub.sign_in_by_passkey(&away(), &nonsense).await), Fault::PasskeyRefused);

        let (in_time, late) = (owner.answer().await, owner.answer().await);
        world.clock.advance(PASSKEY_CEREMONY - 1);
        owner.pages.hub.sign_in_by_passkey(&away(), &in_time).await.unwrap();
        world.clock.advance(1);
        assert_eq!(fault(owner.pages.hub.sign_in_by_passkey(&away(), &late).await), Fault::PasskeyRefused);
        owner.answer().await;
        world.clock.advance(PASSKEY_CEREMONY);
        session::sweep(&world.store, world.environment.now()).await.unwrap();
        let left = passkey_ceremony::Entity::find().count(world.store.read()).await.unwrap();
        assert_eq!(left, 0, "the sweep takes what nobody answered");
    });
}

#[test]
fn two_servers_take_one_answer_once() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        let other = world.replica().await.pages();
        let (answer, here, there) = (owner.answer().await, away(), away());
        let both = tokio::join!(
            owner.pages.hub.sign_in_by_passkey(&here, &answer),
            other.hub.sign_in_by_passkey(&there, &answer),
        );
        assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
    });
}

#[test]
fn what_was_asked_in_one_session_is_answered_there_alone() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        let other = returning(&away(), &owner.pages.sign_in_to_hub(&away(), ADMIN_PASSWORD).await.unwrap());
        let (desk, ben) = ben(&world, &owner.pages).await;
        let hub = &owner.pages.hub;
        let mut phone = Authenticator::new(2);
        for (who, here) in [(&owner.me, &other), (&ben, &desk)] {
            let made = phone.make(&owner.asked().await);
            assert_eq!(fault(hub.add_passkey(who, here, &made, LAPTOP).await), Fault::PasskeyRefused);
            let shown = owner.laptop.show(&hub.begin_passkey_proof(&owner.me, &owner.home).await.unwrap());
            assert_eq!(fault(hub.prove_by_passkey(who, here, &shown).await), Fault::PasskeyRefused);
        }
        // A proof is no sign-in, and the other way round; and what is to be made is not shown.
        let shown = owner.laptop.show(&hub.begin_passkey_proof(&owner.me, &owner.home).await.unwrap());
        assert_eq!(fault(hub.sign_in_by_passkey(&away(), &shown).await), Fault::PasskeyRefused);
        let shown = owner.laptop.show(&hub.begin_passkey_sign_in(&away()).await.unwrap());
        assert_eq!(fault(hub.prove_by_passkey(&owner.me, &owner.home, &shown).await), Fault::PasskeyRefused);
        let shown = owner.laptop.show(&owner.asked().await);
        assert_eq!(fault(hub.prove_by_passkey(&owner.me, &owner.home, &shown).await), Fault::PasskeyRefused);
        let made = phone.make(&hub.begin_passkey_proof(&owner.me, &owner.home).await.unwrap());
        assert_eq!(fault(owner.add(&made).await), Fault::PasskeyRefused);
    });
}

#[test]
fn one_that_was_shown_elsewhere_or_not_unlocked_or_copied_is_refused() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        let lies: [fn(&mut Authenticator); 5] = [
            |laptop| laptop.origin = "https://flowthrough.example.evil.example".to_owned(),
            |laptop| laptop.origin = format!("{PUBLIC_URL}:8443"),
            |laptop| laptop.origin = PUBLIC_URL.replace("https", "http"),
            |laptop| laptop.party = "evil.example".to_owned(),
            |laptop| laptop.unlocked = false,
        ];
        for (number, lie) in lies.into_iter().enumerate() {
            let mut phone = Authenticator::new(2);
            lie(&mut phone);
            let made = phone.make(&owner.asked().await);
            assert_eq!(fault(owner.add(&made).await), Fault::PasskeyRefused, "made, {number}");
            let honest = owner.laptop.posing_as(1);
            lie(&mut owner.laptop);
            assert_eq!(fault(owner.signs_in().await), Fault::PasskeyRefused, "shown, {number}");
            owner.laptop = honest;
            owner.signs_in().await.unwrap();
        }
        // Another key, or a count that goes back: somebody else has a copy of it, and which is it?
        let impostor = owner.laptop.posing_as(3);
        let honest = std::mem::replace(&mut owner.laptop, impostor);
        assert_eq!(fault(owner.signs_in().await), Fault::PasskeyRefused);
        owner.laptop = honest;
        owner.laptop.uses -= 1;
        assert_eq!(fault(owner.signs_in().await), Fault::PasskeyRefused);
        owner.signs_in().await.unwrap();
    });
}

#[test]
fn nobody_adds_one_that_is_somebody_elses_or_shows_it_for_them() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        let (desk, ben) = ben(&world, &owner.pages).await;
        let hub = &owner.pages.hub;
        let mut same = owner.laptop.posing_as(2);
        let made = same.make(&hub.begin_passkey(&ben, &desk).await.unwrap());
        assert_eq!(fault(hub.add_passkey(&ben, &desk, &made, LAPTOP).await), Fault::PasskeyRefused);
        // In Ben's session, the administrator's proves nothing.
        let shown = owner.laptop.show(&hub.begin_passkey_proof(&ben, &desk).await.unwrap());
        world.clock.advance(HUB_PROOF);
        let shown_late = owner.laptop.show(&hub.begin_passkey_proof(&ben, &desk).await.unwrap());
        for answer in [shown, shown_late] {
            assert_eq!(fault(hub.prove_by_passkey(&ben, &desk, &answer).await), Fault::PasskeyRefused);
        }
        assert_eq!(proven(&owner.pages, &desk).await, Err(Fault::ProofRequired));
        // Nor does Ben see, rename or remove it.
        let id = owner.only_passkey().await;
        assert!(hub.passkeys(&ben).await.unwrap().rows.is_empty());
        assert_eq!(fault(hub.rename_passkey(&ben, &desk, id, "Mine").await), Fault::ChangedMeanwhile);
        assert_eq!(fault(hub.remove_passkey(&ben, &desk, id).await), Fault::ChangedMeanwhile);
        assert_eq!(hub.passkeys(&owner.me).await.unwrap().rows[0].name, LAPTOP);
    });
}

#[test]
fn it_signs_nobody_in_who_must_not() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        let (desk, ben) = ben(&world, &owner.pages).await;
        let hub = &owner.pages.hub;
        let id = hub.people(&ben).await.unwrap().into_iter().find(|person| person.email == ADMIN).unwrap();
        assert!(id.passkey && !id.factor, "{id:?}");
        let id = id.id;
        let refused = |outcome: Result<NewSession, Problem>| assert_eq!(fault(outcome), Fault::PasskeyRefused);
        let answer = owner.laptop.show(&hub.begin_passkey_sign_in(&away()).await.unwrap());
        hub.disable_person(&ben, id, true).await.unwrap();
        refused(hub.sign_in_by_passkey(&away(), &answer).await);
        hub.disable_person(&ben, id, false).await.unwrap();
        let answer = owner.laptop.show(&hub.begin_passkey_sign_in(&away()).await.unwrap());
        hub.sign_in_by_passkey(&away(), &answer).await.unwrap();

        // Whoever took the password away wants another one to be chosen first.
        let link = hub.reset_person(&ben, id).await.unwrap().link;
        let answer = owner.laptop.show(&hub.begin_passkey_sign_in(&away()).await.unwrap());
        refused(hub.sign_in_by_passkey(&away(), &answer).await);
        hub.accept_invitation(&away(), link.rsplit('/').next().unwrap(), ADMIN_PASSWORD).await.unwrap();
        let answer = owner.laptop.show(&hub.begin_passkey_sign_in(&away()).await.unwrap());
        let there = returning(&away(), &hub.sign_in_by_passkey(&away(), &answer).await.unwrap());

        // What a second factor was taken away for, is true of passkeys, too.
        hub.take_factor(&ben, &desk, id).await.unwrap();
        assert_eq!(may(&owner.pages, &there, Permission::OwnAccount).await, Err(Fault::NotSignedIn));
        let answer = owner.laptop.show(&hub.begin_passkey_sign_in(&away()).await.unwrap());
        refused(hub.sign_in_by_passkey(&away(), &answer).await);
        assert_eq!(passkey::Entity::find().count(world.store.read()).await.unwrap(), 0);
    });
}

#[test]
fn nothing_is_left_of_those_of_whoever_is_removed() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let (_, ben) = ben(&world, &owner.pages).await;
        let people = owner.pages.hub.people(&ben).await.unwrap();
        let id = people.iter().find(|person| person.email == ADMIN).unwrap().id;
        owner.pages.hub.remove_person(&ben, id).await.unwrap();
        assert_eq!(passkey::Entity::find().count(world.store.read()).await.unwrap(), 0);
    });
}

#[test]
fn where_a_second_factor_is_required_the_password_alone_does_not_replace_a_passkey() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        owner.pages.hub.require_factor(&owner.me, true).await.unwrap();
        // In the session in which it was added it was shown.
        assert_eq!(may(&owner.pages, &owner.home, Permission::PeopleWrite).await, Ok(()));
        let there = returning(&away(), &owner.signs_in().await.unwrap());
        assert_eq!(may(&owner.pages, &there, Permission::PeopleWrite).await, Ok(()));
        let me = owner.pages.hub.me(&owner.me).await.unwrap();
        assert!(me.factor_required && !me.factor_owed, "{me:?}");

        // The right password opens nothing, so that nobody sets up another factor with it; no code does, either.
        let thief = visitor("192.0.2.66");
        let thief = returning(&thief, &owner.pages.sign_in_to_hub(&thief, ADMIN_PASSWORD).await.unwrap());
        assert_eq!(owner.pages.hub.sign_in_step(&thief).await.unwrap(), SignInStep::Passkey);
        assert_eq!(may(&owner.pages, &thief, Permission::OwnAccount).await, Err(Fault::NotSignedIn));
        assert_eq!(fault(owner.pages.hub.enter_sign_in_code(&thief, "000000").await), Fault::FactorCodeWrong);
        // The passkey does, in that browser too.
        let answer = owner.answer().await;
        let session = owner.pages.hub.sign_in_by_passkey(&thief, &answer).await.unwrap();
        assert_eq!(may(&owner.pages, &returning(&thief, &session), Permission::PeopleWrite).await, Ok(()));

        // The proof is the passkey, as well.
        world.clock.advance(HUB_PROOF);
        let hub = &owner.pages.hub;
        let by_passkey = ProofBy { step: SignInStep::Passkey, passkey: true };
        assert_eq!(hub.proof_needed(&owner.me, &owner.home).await.unwrap(), Some(by_passkey));
        assert_eq!(fault(hub.prove(&owner.me, &owner.home, ADMIN_PASSWORD).await), Fault::PasskeyRefused);
        assert_eq!(proven(&owner.pages, &owner.home).await, Err(Fault::ProofRequired));

        // Another password does not take back that it was shown.
        let session = hub.change_password(&owner.me, &owner.home, ADMIN_PASSWORD, NEW).await.unwrap();
        owner.home = returning(&owner.home, &session);
        assert_eq!(may(&owner.pages, &owner.home, Permission::PeopleWrite).await, Ok(()));
        // With the last one gone, something is owed.
        let id = owner.only_passkey().await;
        owner.pages.hub.remove_passkey(&owner.me, &owner.home, id).await.unwrap();
        assert_eq!(may(&owner.pages, &owner.home, Permission::PeopleWrite).await, Err(Fault::FactorRequired));
        let added = owner.laptop.make(&owner.asked().await);
        owner.add(&added).await.unwrap();
        assert_eq!(may(&owner.pages, &owner.home, Permission::PeopleWrite).await, Ok(()));
        owner.pages.hub.require_factor(&owner.me, false).await.unwrap();
        let there = returning(&away(), &owner.pages.hub.sign_in(&away(), ADMIN, NEW).await.unwrap());
        assert_eq!(may(&owner.pages, &there, Permission::PeopleWrite).await, Ok(()));
    });
}

#[test]
fn a_password_that_was_never_enough_owes_a_factor_where_one_is_required() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let there = returning(&away(), &owner.pages.sign_in_to_hub(&away(), ADMIN_PASSWORD).await.unwrap());
        owner.pages.hub.require_factor(&owner.me, true).await.unwrap();
        let sessions = hub_session::Entity::find().all(world.store.read()).await.unwrap();
        assert_eq!(sessions.iter().filter(|session| session.by_passkey).count(), 1);
        assert_eq!(may(&owner.pages, &there, Permission::PeopleWrite).await, Err(Fault::FactorRequired));
    });
}

#[test]
fn it_proves_who_somebody_is_once_more() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        world.clock.advance(HUB_PROOF);
        let hub = &owner.pages.hub;
        let either = ProofBy { step: SignInStep::Password, passkey: true };
        assert_eq!(hub.proof_needed(&owner.me, &owner.home).await.unwrap(), Some(either));
        assert_eq!(proven(&owner.pages, &owner.home).await, Err(Fault::ProofRequired));
        let answer = owner.laptop.show(&hub.begin_passkey_proof(&owner.me, &owner.home).await.unwrap());
        hub.prove_by_passkey(&owner.me, &owner.home, &answer).await.unwrap();
        assert_eq!(proven(&owner.pages, &owner.home).await, Ok(()));
        assert_eq!(fault(hub.prove_by_passkey(&owner.me, &owner.home, &answer).await), Fault::PasskeyRefused);
    });
}

#[test]
fn what_is_refused_counts_and_so_does_what_is_asked() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        let hub = &owner.pages.hub;
        let made_up = PasskeyAnswer { token: "made-up".to_owned(), credential: "{}".to_owned() };
        let from = away();
        let answer = owner.laptop.show(&hub.begin_passkey_sign_in(&from).await.unwrap());
        for _ in 0..PASSKEY_NETWORK.max - 1 {
            assert_eq!(fault(hub.sign_in_by_passkey(&from, &made_up).await), Fault::PasskeyRefused);
        }
        assert_eq!(fault(hub.begin_passkey_sign_in(&from).await), Fault::TooManyAttempts);
        assert_eq!(fault(hub.sign_in_by_passkey(&from, &answer).await), Fault::TooManyAttempts);
        assert!(hub.begin_passkey_sign_in(&visitor("198.51.100.1")).await.is_ok());
    });
}

#[test]
fn there_are_so_many_and_each_has_a_name() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let hub = &owner.pages.hub;
        let id = owner.only_passkey().await;
        let longest = "ж".repeat(PASSKEY_NAME);
        for name in ["", " \t", &format!("{longest}x"), "two\nlines"] {
            assert_eq!(fault(hub.rename_passkey(&owner.me, &owner.home, id, name).await), Fault::InvalidParameter);
        }
        let renamed = hub.rename_passkey(&owner.me, &owner.home, id, &format!(" {longest} ")).await.unwrap();
        assert_eq!(renamed.rows[0].name, longest);
        let (one_more, number) = (owner.asked().await, u8::try_from(PASSKEYS).unwrap());
        for number in 2..=number {
            let made = Authenticator::new(number).make(&owner.asked().await);
            assert_eq!(owner.add(&made).await.unwrap(), usize::from(number));
        }
        assert_eq!(fault(hub.begin_passkey(&owner.me, &owner.home).await), Fault::ChangedMeanwhile);
        let made = Authenticator::new(number + 1).make(&one_more);
        assert_eq!(fault(owner.add(&made).await), Fault::ChangedMeanwhile, "asked for while there was room");
    });
}

#[test]
fn what_cannot_be_read_any_more_says_so() {
    for_each_database(async |world: World| {
        let mut owner = Owner::of(&world).await;
        let work = world.store.work().await.unwrap();
        let damaged = passkey::Entity::update_many().col_expr(passkey::Column::PublicKey, Expr::value("AAAA"));
        damaged.exec(&*work).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(fault(owner.signs_in().await), Fault::Internal);
    });
}
