//! Signing in to the hub.

use std::time::Duration;

use app::{
    backend::{Administrators as _, Visitor},
    problem::Problem,
};
use domain::{Fault, limit::HUB_SIGN_IN};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use server::access::{administrators, secret, throttle};

use crate::entity::administrator;
use crate::support::{ADMIN, ADMIN_PASSWORD, World, for_each_database, returning, visitor};

const WRONG: &str = "wrong password, quite long";
const NEW: &str = "rainy Tuesdays in Plovdiv";

fn fault<T: std::fmt::Debug>(answer: Result<T, Problem>) -> Fault {
    answer.unwrap_err().fault
}

#[test]
fn strangers_do_not_lock_the_owner_out() {
    for_each_database(async |world: World| {
        world.administrator().await;
        let pages = world.pages();
        let (owner, stranger) = (visitor("192.0.2.1"), visitor("198.51.100.1"));
        for _ in 0..20 {
            pages.sign_in_to_hub(&owner, ADMIN_PASSWORD).await.unwrap();
        }
        for _ in 0..HUB_SIGN_IN.account.max {
            assert_eq!(fault(pages.sign_in_to_hub(&stranger, WRONG).await), Fault::HubBadCredentials);
        }
        let refused = pages.sign_in_to_hub(&stranger, ADMIN_PASSWORD).await.unwrap_err();
        assert_eq!((refused.fault, refused.retry_after), (Fault::TooManyAttempts, Some(15 * 60)));
        pages.sign_in_to_hub(&owner, ADMIN_PASSWORD).await.unwrap();
        world.replica().await.pages().sign_in_to_hub(&owner, ADMIN_PASSWORD).await.unwrap();
        world.clock.advance(HUB_SIGN_IN.account.window);
        pages.sign_in_to_hub(&stranger, ADMIN_PASSWORD).await.unwrap();
    });
}

#[test]
fn a_browser_in_which_the_owner_has_signed_in_before_is_let_pass() {
    for_each_database(async |world: World| {
        world.administrator().await;
        let pages = world.pages();
        let office = visitor("192.0.2.1");
        let known = returning(&office, &pages.sign_in_to_hub(&office, ADMIN_PASSWORD).await.unwrap());
        let other = pages.hub.sign_in(&known, "somebody@else.example", WRONG).await;
        assert_eq!(fault(other), Fault::HubBadCredentials);
        for _ in 0..HUB_SIGN_IN.account.max {
            assert_eq!(fault(pages.sign_in_to_hub(&office, WRONG).await), Fault::HubBadCredentials);
        }
        assert_eq!(fault(pages.sign_in_to_hub(&office, ADMIN_PASSWORD).await), Fault::TooManyAttempts);
        pages.sign_in_to_hub(&known, ADMIN_PASSWORD).await.unwrap();
        let replica = world.replica().await.pages();
        let elsewhere =
            returning(&visitor("2001:db8::1"), &replica.sign_in_to_hub(&known, ADMIN_PASSWORD).await.unwrap());
        // It may fail as often as anybody; then it is a stranger's, who is refused here and not there.
        for _ in 0..8 {
            assert_eq!(fault(pages.sign_in_to_hub(&elsewhere, WRONG).await), Fault::HubBadCredentials);
        }
        let stolen = app::backend::Visitor { network: office.network, ..elsewhere };
        assert_eq!(fault(pages.sign_in_to_hub(&stolen, WRONG).await), Fault::TooManyAttempts);
    });
}

#[test]
fn tries_at_one_account_from_everywhere_are_slowed_down_and_not_refused() {
    for_each_database(async |world: World| {
        world.administrator().await;
        let pages = world.pages();
        let free = HUB_SIGN_IN.brake.limit.max;
        for number in 0..free {
            let stranger = visitor(&format!("198.51.100.{number}"));
            assert_eq!(fault(pages.sign_in_to_hub(&stranger, WRONG).await), Fault::HubBadCredentials);
        }
        let (next, owner) = (visitor("203.0.113.1"), visitor("192.0.2.1"));
        assert_eq!(fault(pages.sign_in_to_hub(&next, WRONG).await), Fault::HubBadCredentials);
        let began = tokio::time::Instant::now();
        pages.sign_in_to_hub(&owner, ADMIN_PASSWORD).await.unwrap();
        let pause = Duration::from_millis(HUB_SIGN_IN.brake.pause(free).unsigned_abs());
        assert!(began.elapsed() >= pause, "{:?}", began.elapsed());
        // Whoever has failed before and would have to wait for too long is told so instead of being kept.
        let strangers: Vec<_> = (2..40).map(|number| visitor(&format!("203.0.113.{number}"))).collect();
        for Visitor { network, .. } in &strangers {
            let at = format!("hub\n{ADMIN}\n{network}");
            throttle::add(&world.store, world.environment.now(), HUB_SIGN_IN.account, &at, 1).await.unwrap();
        }
        let crowd = strangers
            .iter()
            .map(async |stranger| tokio::time::timeout(pause, pages.sign_in_to_hub(stranger, WRONG)).await);
        let crowd = futures::future::join_all(crowd).await;
        let answered = crowd.into_iter().flatten().map(Result::unwrap_err);
        // One may have had its turn.
        let sent_away: Vec<_> = answered.filter(|answer| answer.fault != Fault::HubBadCredentials).collect();
        assert!(sent_away.len() > 30, "{sent_away:?}");
        let longest = u32::try_from(2 * HUB_SIGN_IN.brake.longest / 1_000).unwrap();
        for away in sent_away {
            assert!(away.fault == Fault::TooManyAttempts && away.retry_after <= Some(longest), "{away:?}");
        }
    });
}

#[test]
fn made_up_set_up_links_are_counted_and_good_ones_are_not() {
    for_each_database(async |world: World| {
        let pages = world.pages();
        let somebody = visitor("192.0.2.1");
        let set_up = async |token: &str| pages.hub.set_up(&somebody, token, ADMIN, ADMIN_PASSWORD).await;
        for _ in 0..100 {
            assert_eq!(fault(set_up("made-up").await), Fault::SetupLinkInvalid);
        }
        assert_eq!(fault(set_up("made-up").await), Fault::TooManyAttempts);
        let token = administrators::setup_token(&world.store, &world.environment, world.tenant).await.unwrap();
        pages.hub.set_up(&visitor("192.0.2.2"), &token, ADMIN, ADMIN_PASSWORD).await.unwrap();
        pages.sign_in_to_hub(&somebody, ADMIN_PASSWORD).await.unwrap();
    });
}

#[test]
fn a_set_up_link_is_worth_nothing_once_there_is_an_administrator() {
    for_each_database(async |world: World| {
        let (store, environment) = (&world.store, &world.environment);
        let (pages, somebody) = (world.pages(), visitor("192.0.2.1"));
        let refused = async |token: &str, email| fault(pages.hub.set_up(&somebody, token, email, NEW).await);
        let printed = administrators::setup_token(store, environment, world.tenant).await.unwrap();
        world.administrator().await;
        // As versions left it that did not forget the link.
        let left = administrators::setup_token(store, environment, world.tenant).await.unwrap();
        for token in [printed, left] {
            assert_eq!(refused(&token, ADMIN).await, Fault::SetupLinkInvalid);
            assert_eq!(refused(&token, "other@sp.example").await, Fault::SetupLinkInvalid);
        }
        // Another partner's first administrator cannot have the address, nor its owner's account.
        let other = world.other_partner().await;
        let token = administrators::setup_token(store, environment, other).await.unwrap();
        assert_eq!(refused(&token, ADMIN).await, Fault::PersonExists);
        pages.sign_in_to_hub(&somebody, ADMIN_PASSWORD).await.unwrap();
        pages.hub.set_up(&somebody, &token, "other@sp.example", NEW).await.unwrap();
        assert_eq!(refused(&token, "second@sp.example").await, Fault::SetupLinkInvalid);
    });
}

/// Whoever opens it again is told before anything is filled in, and where to go.
#[test]
fn a_set_up_link_that_is_used_up_shows_no_form() {
    for_each_database(async |world: World| {
        let token = administrators::setup_token(&world.store, &world.environment, world.tenant).await.unwrap();
        let site = world.site().await;
        let page = async |token: &str| site.get(&format!("/hub/setup/{token}"), "").await.body;
        let fresh = page(&token).await;
        assert!(fresh.contains("name=\"email\"") && !fresh.contains("data-code"), "{fresh}");
        world.pages().hub.set_up(&visitor("192.0.2.1"), &token, ADMIN, ADMIN_PASSWORD).await.unwrap();
        for token in [token.as_str(), "made-up"] {
            let spent = page(token).await;
            assert!(spent.contains("data-code=\"44008\"") && !spent.contains("name=\"email\""), "{spent}");
            assert!(spent.contains("href=\"/hub/sign-in"), "{spent}");
        }
    });
}

/// Gives the administrator a password past the rule.
async fn keep(world: &World, password: &str) {
    let hash = secret::hash(&world.environment, password).await;
    let work = world.store.work().await.unwrap();
    administrator::Entity::update_many()
        .col_expr(administrator::Column::PasswordHash, hash.into())
        .filter(administrator::Column::Email.eq(ADMIN))
        .exec(&*work)
        .await
        .unwrap();
    work.commit().await.unwrap();
}

#[test]
fn a_password_from_before_the_rule_signs_in_until_it_is_changed() {
    for_each_database(async |world: World| {
        world.administrator().await;
        let (pages, office) = (world.pages(), visitor("192.0.2.1"));
        // Short, and typed on a keyboard that sends an accent by itself.
        for old in ["short", "cosi\u{300}"] {
            keep(&world, old).await;
            let session = pages.sign_in_to_hub(&office, old).await.unwrap();
            let (me, here) = (pages.signed_in(&session, &office).await.unwrap(), returning(&office, &session));
            let again = pages.hub.change_password(&me, &here, old, old).await;
            assert_eq!(fault(again), Fault::PasswordTooShort);
            pages.hub.change_password(&me, &here, old, NEW).await.unwrap();
            pages.sign_in_to_hub(&office, NEW).await.unwrap();
        }
    });
}

#[test]
fn wherever_a_new_password_is_set_it_has_to_do() {
    for_each_database(async |world: World| {
        world.administrator().await;
        let (store, environment, tenant) = (&world.store, &world.environment, world.tenant);
        let (pages, office) = (world.pages(), visitor("192.0.2.1"));
        let token = administrators::setup_token(store, environment, tenant).await.unwrap();
        let session = pages.sign_in_to_hub(&office, ADMIN_PASSWORD).await.unwrap();
        let (me, here) = (pages.signed_in(&session, &office).await.unwrap(), returning(&office, &session));
        let named = &pages.hub.me(&me).await.unwrap().partner.repeat(3);
        for (bad, expected) in [
            ("fourteen signs", Fault::PasswordTooShort),
            ("passwordpassword", Fault::PasswordGuessable),
            ("BroadWorksFlowthrough", Fault::PasswordNamesOwner),
            (named, Fault::PasswordGuessable),
        ] {
            let added = administrators::add(store, environment, tenant, ADMIN, bad).await.unwrap_err();
            assert_eq!(added.fault().0, expected, "{bad}");
            assert_eq!(fault(pages.hub.set_up(&office, &token, ADMIN, bad).await), expected, "{bad}");
            assert_eq!(fault(pages.hub.change_password(&me, &here, ADMIN_PASSWORD, bad).await), expected, "{bad}");
        }
        // Nothing has happened, and what was refused was no wrong password.
        pages.hub.change_password(&me, &here, ADMIN_PASSWORD, NEW).await.unwrap();
    });
}

#[test]
fn another_password_ends_every_other_session_and_renews_this_one() {
    for_each_database(async |world: World| {
        world.administrator().await;
        let (pages, office, home) = (world.pages(), visitor("192.0.2.1"), visitor("198.51.100.1"));
        let there = pages.sign_in_to_hub(&home, ADMIN_PASSWORD).await.unwrap();
        let before = pages.sign_in_to_hub(&office, ADMIN_PASSWORD).await.unwrap();
        let me = pages.signed_in(&before, &office).await.unwrap();
        let here = returning(&office, &before);
        let after = pages.hub.change_password(&me, &here, ADMIN_PASSWORD, NEW).await.unwrap();
        for ended in [&there, &before] {
            assert_eq!(fault(pages.signed_in(ended, &office).await), Fault::NotSignedIn);
        }
        let renewed = pages.signed_in(&after, &office).await.unwrap();
        assert_eq!(pages.hub.me(&renewed).await.unwrap().id, pages.hub.me(&me).await.unwrap().id);
        assert_eq!(fault(pages.sign_in_to_hub(&home, ADMIN_PASSWORD).await), Fault::HubBadCredentials);
        pages.sign_in_to_hub(&home, NEW).await.unwrap();

        // Whoever was disabled meanwhile is not let in again by it.
        let disable = administrators::disable(&world.store, &world.environment, ADMIN);
        let change = pages.hub.change_password(&me, &here, NEW, ADMIN_PASSWORD);
        disable.await.unwrap();
        assert_eq!(fault(change.await), Fault::NotSignedIn);
        administrators::enable(&world.store, &world.environment, ADMIN).await.unwrap();
        pages.sign_in_to_hub(&home, NEW).await.unwrap();
    });
}

#[test]
fn a_wrong_current_password_counts_as_one_at_the_sign_in() {
    for_each_database(async |world: World| {
        world.administrator().await;
        let (pages, office) = (world.pages(), visitor("192.0.2.1"));
        let session = pages.sign_in_to_hub(&office, ADMIN_PASSWORD).await.unwrap();
        let me = pages.signed_in(&session, &office).await.unwrap();
        // A browser that somebody left, of which the other cookie is gone.
        let found = app::backend::Visitor { device: None, ..returning(&office, &session) };
        for tries in 0..HUB_SIGN_IN.account.max {
            match tries % 2 {
                0 => assert_eq!(
                    fault(pages.hub.change_password(&me, &found, WRONG, NEW).await),
                    Fault::CurrentPasswordWrong
                ),
                _ => assert_eq!(fault(pages.sign_in_to_hub(&office, WRONG).await), Fault::HubBadCredentials),
            }
        }
        let right = pages.hub.change_password(&me, &found, ADMIN_PASSWORD, NEW).await;
        assert_eq!(fault(right), Fault::TooManyAttempts);
        assert_eq!(fault(pages.sign_in_to_hub(&office, ADMIN_PASSWORD).await), Fault::TooManyAttempts);
        pages.hub.change_password(&me, &returning(&office, &session), ADMIN_PASSWORD, NEW).await.unwrap();
    });
}
