//! The second factor of administrators: set up, asked for at the sign-in, counted once, lost.

use app::{
    access::Guard as _,
    backend::{Administrator, Administrators as _, NewSession, People as _, SecondFactors as _, Visitor},
    hub::model::{FactorSetUp, FactorState, PersonId, SignInStep},
    problem::Problem,
};
use domain::{
    Fault, Permission,
    limit::{FACTOR_SET_UP, HUB_SIGN_IN, SIGN_IN_CODE},
    timestamp::SECOND,
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use server::{
    access::{administrators, code_keys::CodeKeys, second_factor::Factors},
    store::Actor,
};
use totp_rs::{Builder, Secret, Totp};

use crate::entity::{audit_event, hub_sign_in, recovery_code, second_factor};
use crate::support::{ADMIN, ADMIN_PASSWORD, Browser, Pages, World, for_each_database, returning, visitor};

/// How long a code is shown, in milliseconds.
const STEP: i64 = 30 * SECOND;
const WRONG: &str = "000000";
const NEW: &str = "rainy Tuesdays in Plovdiv";
const BEN: &str = "ben@sp.example";

fn fault<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> Fault {
    outcome.unwrap_err().fault
}

/// An app that shows codes.
pub struct Phone(Totp);

impl Phone {
    pub fn scanned(made: &FactorSetUp) -> Self {
        let secret = Secret::try_from_base32(made.key.replace(' ', "")).unwrap();
        assert!(made.url.contains(&secret.to_base32()) && made.drawing.is_some());
        Self(Builder::new().with_secret(secret).build().unwrap())
    }

    pub fn shows(&self, world: &World) -> String {
        self.0.generate(u64::try_from(world.environment.now().0 / SECOND).unwrap()).to_string()
    }

    /// What it shows next: no other code has been used.
    fn shows_next(&self, world: &World) -> String {
        world.clock.advance(STEP);
        self.shows(world)
    }
}

/// An administrator who is signed in and has switched a second factor on.
struct Owner {
    pages: Pages,
    home: Visitor,
    me: Administrator,
    phone: Phone,
    codes: Vec<String>,
}

impl Owner {
    async fn signed_in(world: &World) -> (Pages, Visitor, Administrator) {
        world.administrator().await;
        let (pages, home) = (world.pages(), visitor("192.0.2.1"));
        let session = pages.sign_in_to_hub(&home, ADMIN_PASSWORD).await.unwrap();
        let home = returning(&home, &session);
        let me = pages.hub.administrator(&home, Permission::OwnAccount).await.unwrap();
        (pages, home, me)
    }

    async fn of(world: &World) -> Self {
        let (pages, home, me) = Self::signed_in(world).await;
        let made = pages.hub.begin_second_factor(&me, &home, ADMIN_PASSWORD).await.unwrap();
        let phone = Phone::scanned(&made);
        let codes = pages.hub.confirm_second_factor(&me, &home, &phone.shows(world)).await.unwrap();
        Self { pages, home, me, phone, codes }
    }

    async fn state(&self) -> FactorState {
        self.pages.hub.second_factor(&self.me).await.unwrap()
    }
}

/// A browser in which the password was entered.
async fn at_the_code(pages: &Pages, from: &str) -> Visitor {
    let from = visitor(from);
    let session = pages.sign_in_to_hub(&from, ADMIN_PASSWORD).await.unwrap();
    assert_eq!((session.device.as_deref(), session.lifetime), (None, SIGN_IN_CODE / SECOND));
    returning(&from, &session)
}

async fn enter(pages: &Pages, at: &Visitor, code: &str) -> Result<NewSession, Problem> {
    pages.hub.enter_sign_in_code(at, code).await
}

async fn may(pages: &Pages, visitor: &Visitor) -> Result<(), Fault> {
    let found = pages.hub.administrator(visitor, Permission::OwnAccount).await;
    found.map(drop).map_err(|problem| problem.fault)
}

/// Whether somebody who is signed in can do anything but look after their own sign-in.
async fn works(pages: &Pages, visitor: &Visitor) -> Result<(), Fault> {
    let found = pages.hub.administrator(visitor, Permission::CustomersRead).await;
    found.map(drop).map_err(|problem| problem.fault)
}

/// A colleague who has a password alone, signed in.
async fn ben(world: &World, pages: &Pages) -> (Visitor, Administrator) {
    administrators::add(&world.store, &world.environment, world.tenant, BEN, NEW).await.unwrap();
    ben_again(pages).await
}

async fn ben_again(pages: &Pages) -> (Visitor, Administrator) {
    let away = visitor("192.0.2.44");
    let away = returning(&away, &pages.hub.sign_in(&away, BEN, NEW).await.unwrap());
    let ben = pages.hub.administrator(&away, Permission::OwnAccount).await.unwrap();
    (away, ben)
}

async fn deeds(world: &World, deed: &str) -> usize {
    let all = audit_event::Entity::find().all(world.store.read()).await.unwrap();
    all.iter().filter(|event| event.deed == deed).count()
}

#[test]
fn it_counts_once_its_first_code_was_entered() {
    for_each_database(async |world: World| {
        let (pages, home, me) = Owner::signed_in(&world).await;
        let hub = &pages.hub;
        let elsewhere = visitor("192.0.2.7");
        let elsewhere = returning(&elsewhere, &pages.sign_in_to_hub(&elsewhere, ADMIN_PASSWORD).await.unwrap());
        assert_eq!(hub.second_factor(&me).await.unwrap(), FactorState::Off);
        assert_eq!(fault(hub.begin_second_factor(&me, &home, "").await), Fault::PasswordMissing);
        assert_eq!(fault(hub.begin_second_factor(&me, &home, NEW).await), Fault::CurrentPasswordWrong);
        assert_eq!(fault(hub.confirm_second_factor(&me, &home, WRONG).await), Fault::ChangedMeanwhile);

        let given_up = Phone::scanned(&hub.begin_second_factor(&me, &home, ADMIN_PASSWORD).await.unwrap());
        let phone = Phone::scanned(&hub.begin_second_factor(&me, &home, ADMIN_PASSWORD).await.unwrap());
        assert_eq!(hub.second_factor(&me).await.unwrap(), FactorState::Off);
        let session = pages.sign_in_to_hub(&visitor("192.0.2.8"), ADMIN_PASSWORD).await.unwrap();
        assert!(session.device.is_some(), "nobody is asked for a code that they may not have");
        assert_eq!(fault(hub.confirm_second_factor(&me, &home, " ").await), Fault::FactorCodeMissing);
        let of_the_first = hub.confirm_second_factor(&me, &home, &given_up.shows(&world)).await;
        assert_eq!(fault(of_the_first), Fault::FactorCodeWrong);
        assert_eq!(may(&pages, &elsewhere).await, Ok(()));

        let codes = hub.confirm_second_factor(&me, &home, &phone.shows(&world)).await.unwrap();
        assert_eq!(codes.len(), 10);
        let since = world.environment.now();
        assert_eq!(hub.second_factor(&me).await.unwrap(), FactorState::On { since, recovery_codes: 10 });
        assert_eq!(may(&pages, &home).await, Ok(()));
        assert_eq!(may(&pages, &elsewhere).await, Err(Fault::NotSignedIn), "it was begun without the factor");
        let again = hub.begin_second_factor(&me, &home, ADMIN_PASSWORD).await;
        assert_eq!(fault(again), Fault::ChangedMeanwhile);
        assert_eq!(deeds(&world, "factor_added").await, 1);
    });
}

#[test]
fn one_that_is_not_confirmed_in_time_is_given_up() {
    for_each_database(async |world: World| {
        let (pages, home, me) = Owner::signed_in(&world).await;
        let phone = Phone::scanned(&pages.hub.begin_second_factor(&me, &home, ADMIN_PASSWORD).await.unwrap());
        world.clock.advance(FACTOR_SET_UP);
        let late = pages.hub.confirm_second_factor(&me, &home, &phone.shows(&world)).await;
        assert_eq!(fault(late), Fault::ChangedMeanwhile);
        server::access::session::sweep(&world.store, world.environment.now()).await.unwrap();
        assert_eq!(second_factor::Entity::find().count(world.store.read()).await.unwrap(), 0);
    });
}

#[test]
fn the_password_alone_opens_nothing_and_the_code_opens_once() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let (pages, away) = (&owner.pages, at_the_code(&owner.pages, "192.0.2.9").await);
        assert_eq!(may(pages, &away).await, Err(Fault::NotSignedIn));
        assert_eq!(pages.hub.sign_in_step(&away).await.unwrap(), SignInStep::Code);
        assert_eq!(pages.hub.sign_in_step(&visitor("192.0.2.9")).await.unwrap(), SignInStep::Password);
        assert_eq!(fault(enter(pages, &away, "").await), Fault::FactorCodeMissing);
        assert_eq!(fault(enter(pages, &away, WRONG).await), Fault::FactorCodeWrong);
        // With it the factor was switched on: it is used.
        assert_eq!(fault(enter(pages, &away, &owner.phone.shows(&world)).await), Fault::FactorCodeWrong);
        let code = owner.phone.shows_next(&world);
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        let session = enter(pages, &away, &spaced).await.unwrap();
        assert!(session.device.is_some());
        assert_eq!(may(pages, &returning(&away, &session)).await, Ok(()));
        // The cookie of the first step is worth nothing any more, and neither is the code.
        assert_eq!(may(pages, &away).await, Err(Fault::NotSignedIn));
        assert_eq!(fault(enter(pages, &away, &owner.phone.shows_next(&world)).await), Fault::SessionEnded);
        let other = at_the_code(pages, "192.0.2.10").await;
        assert_eq!(fault(enter(pages, &other, &code).await), Fault::FactorCodeWrong);
        assert_eq!(deeds(&world, "signed_in").await, 2, "with the code, not with the password");
        let left = world.pages();
        left.hub.sign_out(&other).await.unwrap();
        assert_eq!(pages.hub.sign_in_step(&other).await.unwrap(), SignInStep::Password);
        assert_eq!(hub_sign_in::Entity::find().count(world.store.read()).await.unwrap(), 0);
    });
}

#[test]
fn of_two_servers_that_are_shown_one_code_at_once_one_takes_it() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let elsewhere = world.replica().await.pages();
        let (one, other) = (at_the_code(&owner.pages, "192.0.2.9").await, at_the_code(&elsewhere, "192.0.2.10").await);
        let code = owner.phone.shows_next(&world);
        let both = futures::join!(enter(&owner.pages, &one, &code), enter(&elsewhere, &other, &code));
        let refused: Vec<_> = [both.0, both.1].into_iter().filter_map(Result::err).map(|told| told.fault).collect();
        assert_eq!(refused, [Fault::FactorCodeWrong]);
        let recovery = &owner.codes[0];
        let (one, other) = (at_the_code(&owner.pages, "192.0.2.9").await, at_the_code(&elsewhere, "192.0.2.10").await);
        let both = futures::join!(enter(&owner.pages, &one, recovery), enter(&elsewhere, &other, recovery));
        let refused: Vec<_> = [both.0, both.1].into_iter().filter_map(Result::err).map(|told| told.fault).collect();
        assert_eq!(refused, [Fault::FactorCodeWrong]);
    });
}

#[test]
fn a_recovery_code_stands_in_for_it_once_and_new_ones_replace_the_old() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let kept = recovery_code::Entity::find().all(world.store.read()).await.unwrap();
        assert!(kept.iter().all(|kept| !owner.codes.contains(&kept.code_hash)), "only their hashes are kept");
        let away = at_the_code(&owner.pages, "192.0.2.9").await;
        enter(&owner.pages, &away, &owner.codes[3].to_uppercase()).await.unwrap();
        let away = at_the_code(&owner.pages, "192.0.2.9").await;
        assert_eq!(fault(enter(&owner.pages, &away, &owner.codes[3]).await), Fault::FactorCodeWrong);
        assert!(matches!(owner.state().await, FactorState::On { recovery_codes: 9, .. }));

        let (hub, home, me) = (&owner.pages.hub, &owner.home, &owner.me);
        assert_eq!(fault(hub.renew_recovery_codes(me, home, WRONG).await), Fault::FactorCodeWrong);
        let renewed = hub.renew_recovery_codes(me, home, &owner.phone.shows_next(&world)).await.unwrap();
        assert!(matches!(owner.state().await, FactorState::On { recovery_codes: 10, .. }));
        assert_eq!(fault(enter(&owner.pages, &away, &owner.codes[4]).await), Fault::FactorCodeWrong);
        enter(&owner.pages, &away, &renewed[4]).await.unwrap();
        assert_eq!(deeds(&world, "recovery_codes_made").await, 1);
    });
}

#[test]
fn codes_are_guessed_no_more_often_than_passwords_and_no_browser_passes() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let away = at_the_code(&owner.pages, "198.51.100.1").await;
        // Whoever knows the password has the owner's cookie of a known browser, too.
        let away = Visitor { device: owner.home.device.clone(), ..away };
        for _ in 0..HUB_SIGN_IN.account.max {
            assert_eq!(fault(enter(&owner.pages, &away, WRONG).await), Fault::FactorCodeWrong);
        }
        let code = owner.phone.shows_next(&world);
        assert_eq!(fault(enter(&owner.pages, &away, &code).await), Fault::TooManyAttempts);
        // The right password begins nothing anew, and another server has heard of it.
        let again = at_the_code(&world.replica().await.pages(), "198.51.100.1").await;
        assert_eq!(fault(enter(&world.replica().await.pages(), &again, &code).await), Fault::TooManyAttempts);
        // The owner is elsewhere.
        let home = at_the_code(&owner.pages, "192.0.2.1").await;
        enter(&owner.pages, &home, &code).await.unwrap();
        world.clock.advance(HUB_SIGN_IN.account.window);
        let away = at_the_code(&owner.pages, "198.51.100.1").await;
        enter(&owner.pages, &away, &owner.phone.shows(&world)).await.unwrap();
    });
}

#[test]
fn a_sign_in_that_waits_ends_with_time_with_the_password_and_with_the_account() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let (store, environment) = (&world.store, &world.environment);
        let away = at_the_code(&owner.pages, "192.0.2.9").await;
        world.clock.advance(SIGN_IN_CODE);
        assert_eq!(fault(enter(&owner.pages, &away, &owner.phone.shows(&world)).await), Fault::SessionEnded);

        let away = at_the_code(&owner.pages, "192.0.2.9").await;
        administrators::add(store, environment, world.tenant, ADMIN, NEW).await.unwrap();
        assert_eq!(fault(enter(&owner.pages, &away, &owner.phone.shows(&world)).await), Fault::SessionEnded);
        administrators::add(store, environment, world.tenant, ADMIN, ADMIN_PASSWORD).await.unwrap();
        assert_eq!(fault(enter(&owner.pages, &away, &owner.phone.shows(&world)).await), Fault::SessionEnded);

        let away = at_the_code(&owner.pages, "192.0.2.9").await;
        administrators::disable(store, environment, ADMIN).await.unwrap();
        assert_eq!(fault(enter(&owner.pages, &away, &owner.phone.shows(&world)).await), Fault::SessionEnded);
        administrators::remove(store, environment, ADMIN).await.unwrap();
        for left in [
            second_factor::Entity::find().count(store.read()).await.unwrap(),
            recovery_code::Entity::find().count(store.read()).await.unwrap(),
            hub_sign_in::Entity::find().count(store.read()).await.unwrap(),
        ] {
            assert_eq!(left, 0);
        }
    });
}

#[test]
fn a_new_password_does_not_do_without_it() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let (store, environment) = (&world.store, &world.environment);
        administrators::add(store, environment, world.tenant, "ben@sp.example", NEW).await.unwrap();
        let people = owner.pages.hub.people(&owner.me).await.unwrap();
        let me = people.iter().find(|person| person.email == ADMIN).unwrap();
        let link = owner.pages.hub.reset_person(&owner.me, me.id).await.unwrap().link;
        let (away, token) = (visitor("192.0.2.9"), link.rsplit('/').next().unwrap());
        let session = owner.pages.hub.accept_invitation(&away, token, ADMIN_PASSWORD).await.unwrap();
        let away = returning(&away, &session);
        assert_eq!(may(&owner.pages, &away).await, Err(Fault::NotSignedIn));
        enter(&owner.pages, &away, &owner.phone.shows_next(&world)).await.unwrap();
    });
}

#[test]
fn whoever_has_it_removes_it_and_whoever_runs_the_server_takes_it_away() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let (hub, home, me) = (&owner.pages.hub, &owner.home, &owner.me);
        let away = at_the_code(&owner.pages, "192.0.2.9").await;
        let away = returning(&away, &enter(&owner.pages, &away, &owner.phone.shows_next(&world)).await.unwrap());
        assert_eq!(fault(hub.remove_second_factor(me, home, WRONG).await), Fault::FactorCodeWrong);
        hub.remove_second_factor(me, home, &owner.phone.shows_next(&world)).await.unwrap();
        assert_eq!(owner.state().await, FactorState::Off);
        assert_eq!((may(&owner.pages, home).await, may(&owner.pages, &away).await), (Ok(()), Err(Fault::NotSignedIn)));
        assert_eq!(fault(hub.remove_second_factor(me, home, &owner.codes[0]).await), Fault::FactorCodeWrong);
        let alone = owner.pages.sign_in_to_hub(&visitor("192.0.2.9"), ADMIN_PASSWORD).await.unwrap();
        assert!(alone.device.is_some());

        let phone = Phone::scanned(&hub.begin_second_factor(me, home, ADMIN_PASSWORD).await.unwrap());
        hub.confirm_second_factor(me, home, &phone.shows(&world)).await.unwrap();
        let (store, environment) = (&world.store, &world.environment);
        assert!(administrators::forget_factor(store, environment, ADMIN).await.unwrap());
        assert!(!administrators::forget_factor(store, environment, ADMIN).await.unwrap());
        assert_eq!(may(&owner.pages, home).await, Err(Fault::NotSignedIn));
        owner.pages.sign_in_to_hub(&visitor("192.0.2.9"), ADMIN_PASSWORD).await.unwrap();
        assert_eq!((deeds(&world, "factor_removed").await, deeds(&world, "factor_reset").await), (1, 1));
    });
}

#[test]
fn its_secret_is_kept_under_a_key_and_whoever_loses_that_has_the_recovery_codes() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let kept = second_factor::Entity::find().one(world.store.read()).await.unwrap().unwrap();
        assert!(kept.secret.starts_with("$chacha20-poly1305$"), "{}", kept.secret);
        let lost = World {
            code_keys: CodeKeys::parse("another-key-which-is-no-secret-too").unwrap(),
            ..world.replica().await
        };
        let (pages, code) = (lost.pages(), owner.phone.shows_next(&world));
        let away = at_the_code(&pages, "192.0.2.9").await;
        assert_eq!(fault(enter(&pages, &away, &code).await), Fault::FactorUnavailable);
        enter(&pages, &away, &owner.codes[0]).await.unwrap();

        let without = World { code_keys: CodeKeys::default(), ..world.replica().await };
        administrators::forget_factor(&world.store, &world.environment, ADMIN).await.unwrap();
        let hub = without.pages().hub;
        assert_eq!(hub.second_factor(&owner.me).await.unwrap(), FactorState::Unavailable);
        let begun = hub.begin_second_factor(&owner.me, &owner.home, ADMIN_PASSWORD).await;
        assert_eq!(fault(begun), Fault::FactorUnavailable);
    });
}

#[test]
fn without_javascript_one_page_asks_for_the_password_and_then_for_the_code() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let site = world.site().await;
        let mut browser = Browser::at(&format!("http://localhost:{}", site.address.port()));
        let sign_in = [("email", ADMIN), ("password", ADMIN_PASSWORD), ("next", "/hub/tokens")];
        let answer = browser.send("/api/hub/sign-in", &sign_in).await;
        let page = browser.follow(answer).await;
        assert!(page.body.contains("name=\"code\"") && !page.body.contains("name=\"password\""), "{}", page.body);
        assert_eq!(page.hidden("next").as_deref(), Some("/hub/tokens"));
        let answer = browser.send("/api/hub/sign-in-code", &[("code", WRONG), ("next", "/hub/tokens")]).await;
        let page = browser.follow(answer).await;
        assert!(page.body.contains("data-code=\"44021\"") && page.body.contains("name=\"code\""), "{}", page.body);
        assert_eq!(page.field("code").unwrap_or_default(), "", "a code is in no cookie");
        let code = owner.phone.shows_next(&world);
        let answer = browser.send("/api/hub/sign-in-code", &[("code", &code), ("next", "/hub/tokens")]).await;
        let page = browser.follow(answer).await;
        assert_eq!((page.path.as_str(), page.status.as_u16()), ("/hub/tokens", 200));
    });
}

#[test]
fn where_it_is_asked_for_whoever_has_none_sets_it_up_and_does_nothing_else() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let (pages, hub) = (&owner.pages, &owner.pages.hub);
        let (away, ben) = ben(&world, pages).await;
        let strangers = world.other_partner().await;
        administrators::add(&world.store, &world.environment, strangers, "eve@sp.example", NEW).await.unwrap();
        let eve = visitor("192.0.2.45");
        let eve = returning(&eve, &hub.sign_in(&eve, "eve@sp.example", NEW).await.unwrap());
        let me = hub.me(&ben).await.unwrap();
        assert_eq!((works(pages, &away).await, me.factor_required, me.factor_owed), (Ok(()), false, false));

        hub.require_factor(&owner.me, true).await.unwrap();
        hub.require_factor(&owner.me, true).await.unwrap();
        assert_eq!(deeds(&world, "second_factor_required").await, 1, "the second time nothing changed");
        // Who has one notices nothing, nor does another partner; a session that was open before counts no more than a new one.
        assert_eq!((works(pages, &owner.home).await, works(pages, &eve).await), (Ok(()), Ok(())));
        for ((away, _), when) in [((away, ben), "before"), (ben_again(pages).await, "after")] {
            assert_eq!(works(pages, &away).await, Err(Fault::FactorRequired), "signed in {when}");
            let ben = hub.administrator(&away, Permission::OwnAccount).await.unwrap();
            let me = hub.me(&ben).await.unwrap();
            assert!(me.factor_required && me.factor_owed, "{me:?}");
        }
        let (away, ben) = ben_again(pages).await;
        let phone = Phone::scanned(&hub.begin_second_factor(&ben, &away, NEW).await.unwrap());
        assert_eq!(works(pages, &away).await, Err(Fault::FactorRequired), "its first code is missing");
        hub.confirm_second_factor(&ben, &away, &phone.shows(&world)).await.unwrap();
        assert_eq!(works(pages, &away).await, Ok(()));
        hub.remove_second_factor(&ben, &away, &phone.shows_next(&world)).await.unwrap();
        assert_eq!(works(pages, &away).await, Err(Fault::FactorRequired));

        hub.require_factor(&owner.me, false).await.unwrap();
        assert_eq!((works(pages, &away).await, deeds(&world, "second_factor_optional").await), (Ok(()), 1));
    });
}

#[test]
fn until_it_is_set_up_every_page_leads_to_the_account_page_and_no_file_is_given_out() {
    for_each_database(async |world: World| {
        let id = world.administrator().await;
        let template = world.template(|_| ()).await;
        let factors = Factors { store: &world.store, environment: &world.environment, keys: &world.code_keys };
        factors.require((world.tenant, &Actor::Operator), true).await.unwrap();
        let site = world.site().await;
        let mut browser = Browser::at(&format!("http://localhost:{}", site.address.port()));
        for next in ["/hub", "/hub/people", "/hub/tokens"] {
            let sign_in = [("email", ADMIN), ("password", ADMIN_PASSWORD), ("next", next)];
            let answer = browser.send("/api/hub/sign-in", &sign_in).await;
            let page = browser.follow(answer).await;
            assert_eq!((page.path.as_str(), page.status.as_u16()), ("/hub/account", 200), "{next}");
            assert!(page.body.contains("Your company requires a second factor"), "{}", page.body);
            assert!(!page.body.contains("topbar-nav"), "there is nowhere to go: {}", page.body);
        }
        let cookie = world.hub_cookie(id).await;
        let file = format!(
            "GET /hub/templates/{}/users.csv HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
             Cookie: {cookie}\r\nConnection: close\r\n\r\n",
            template.id
        );
        assert_eq!(site.send(file.clone()).await.status, 403);
        factors.require((world.tenant, &Actor::Operator), false).await.unwrap();
        assert_eq!(site.send(file).await.status, 200);
    });
}

#[test]
fn a_server_that_cannot_keep_one_does_not_ask_for_it() {
    for_each_database(async |world: World| {
        let (pages, _, me) = Owner::signed_in(&world).await;
        let without = World { code_keys: CodeKeys::default(), ..world.replica().await };
        assert_eq!(fault(without.pages().hub.require_factor(&me, true).await), Fault::FactorUnavailable);
        assert!(!pages.hub.me(&me).await.unwrap().factor_required);
        without.pages().hub.require_factor(&me, false).await.unwrap();
    });
}

#[test]
fn a_full_administrator_takes_a_colleagues_away_who_is_told_and_not_their_own() {
    for_each_database(async |world: World| {
        let owner = Owner::of(&world).await;
        let (pages, hub) = (&owner.pages, &owner.pages.hub);
        let (mut away, mut ben) = ben(&world, pages).await;
        let people = hub.people(&owner.me).await.unwrap();
        let id = |email: &str| people.iter().find(|person| person.email == email).unwrap().id;
        let take = async |id: PersonId| hub.take_factor(&owner.me, &owner.home, id).await;
        assert_eq!(fault(take(id(ADMIN)).await), Fault::PermissionMissing, "their own needs a code");
        assert_eq!(fault(take(id(BEN)).await), Fault::ChangedMeanwhile, "there is none");
        for (mail_server, told) in [(true, true), (false, false)] {
            let phone = Phone::scanned(&hub.begin_second_factor(&ben, &away, NEW).await.unwrap());
            hub.confirm_second_factor(&ben, &away, &phone.shows(&world)).await.unwrap();
            let shown: Vec<_> = hub.people(&owner.me).await.unwrap().into_iter().map(|one| one.factor).collect();
            assert_eq!(shown, [true, true]);
            if !mail_server {
                world.postman.close(Fault::MailUnavailable);
            }
            assert_eq!(take(id(BEN)).await, Ok(told));
            assert_eq!(may(pages, &away).await, Err(Fault::NotSignedIn));
            (away, ben) = ben_again(pages).await;
            assert_eq!(hub.second_factor(&ben).await.unwrap(), FactorState::Off);
        }
        assert_eq!(world.postman.notices(), [(BEN.to_owned(), "SP One".to_owned())]);
        assert_eq!(deeds(&world, "factor_reset").await, 2);
        assert!(matches!(owner.state().await, FactorState::On { .. }));
    });
}
