//! Signing in to the portal.

use app::{
    backend::{PortalBackend as _, Visitor},
    portal::{PortalPage, PortalStep},
    problem::Problem,
};
use domain::{
    Fault,
    limit::{LINK_NETWORK, PORTAL_SIGN_IN},
};
use futures::{StreamExt as _, stream::FuturesUnordered};
use server::{access::throttle, store::Template};

use crate::support::{BroadWorks, World, for_each_database, returning, visitor};

const USER: &str = "1@sp.com";
const PASSWORD: &str = "secret";

fn fault<T: std::fmt::Debug>(answer: Result<T, Problem>) -> Fault {
    answer.unwrap_err().fault
}

/// A template that can be activated, one of whose users is expected.
async fn template(world: &World, broadworks: &BroadWorks) -> Template {
    broadworks.put(USER, "Ann");
    let template = world.open_template(broadworks, |_| ()).await;
    world.arrive(&template, USER, None).await;
    template
}

#[test]
fn strangers_neither_lock_the_owner_out_nor_hammer_broadworks() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let share = template(&world, &broadworks).await.share_token;
        let pages = world.pages();
        let (owner, stranger) = (visitor("192.0.2.1"), visitor("198.51.100.1"));
        let known = returning(&owner, &pages.sign_in(&owner, &share, USER, PASSWORD).await.unwrap());
        for _ in 0..10 {
            pages.sign_in(&owner, &share, USER, PASSWORD).await.unwrap();
        }
        let before = broadworks.asked();
        let max = PORTAL_SIGN_IN.account.max;
        for _ in 0..max {
            assert_eq!(fault(pages.sign_in(&stranger, &share, USER, "wrong").await), Fault::BadCredentials);
        }
        for _ in 0..50 {
            let refused = pages.sign_in(&stranger, &share, USER, PASSWORD).await.unwrap_err();
            assert_eq!((refused.fault, refused.retry_after), (Fault::TooManyAttempts, Some(15 * 60)));
        }
        // Many networks at once: BroadWorks is asked once, the others wait for longer and longer or, if they have failed
        // before, are sent away.
        let strangers: Vec<_> = (2..60).map(|number| visitor(&format!("198.51.100.{number}"))).collect();
        for Visitor { network, .. } in &strangers {
            let at = format!("portal\n{}\n{USER}\n{network}", world.partner);
            throttle::add(&world.store, world.environment.now(), PORTAL_SIGN_IN.account, &at, 1).await.unwrap();
        }
        let crowd: FuturesUnordered<_> =
            strangers.iter().map(|stranger| pages.sign_in(stranger, &share, USER, "wrong")).collect();
        let answered: Vec<_> = crowd.take(42).map(fault).collect().await;
        let sent_away = answered.iter().filter(|fault| **fault == Fault::TooManyAttempts).count();
        let guessed = answered.iter().filter(|fault| **fault == Fault::BadCredentials).count();
        assert!(sent_away > 38 && sent_away + guessed == 42, "{answered:?}");
        // Those who wait begin to be let in after a second; on a slow machine that is before the others were sent away.
        let asked = || broadworks.asked() - before - usize::try_from(max).unwrap();
        assert!((1..=4).contains(&asked()), "{}", asked());
        let before_newcomers = asked();
        let newcomers: Vec<_> = (1..60).map(|number| visitor(&format!("203.0.113.{number}"))).collect();
        let mut newcomers: FuturesUnordered<_> =
            newcomers.iter().map(|newcomer| pages.sign_in(newcomer, &share, USER, "wrong")).collect();
        assert_eq!(newcomers.next().await.map(fault), Some(Fault::BadCredentials));
        drop(newcomers);
        assert!((1..=3).contains(&(asked() - before_newcomers)), "{}", asked());
        pages.sign_in(&known, &share, USER, PASSWORD).await.unwrap();
    });
}

#[test]
fn the_owner_gets_in_from_a_new_place_while_others_guess() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let share = template(&world, &broadworks).await.share_token;
        let pages = world.pages();
        for number in 0..=PORTAL_SIGN_IN.brake.limit.max {
            let stranger = visitor(&format!("198.51.100.{number}"));
            assert_eq!(fault(pages.sign_in(&stranger, &share, USER, "wrong").await), Fault::BadCredentials);
        }
        pages.sign_in(&visitor("192.0.2.1"), &share, USER, PASSWORD).await.unwrap();
    });
}

#[test]
fn links_that_do_not_exist_are_counted_and_keep_nobody_from_one_that_does() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let share = template(&world, &broadworks).await.share_token;
        let pages = world.pages();
        let somebody = visitor("192.0.2.1");
        for _ in 0..LINK_NETWORK.max {
            let page = pages.portal.page(&somebody, "made-up").await.unwrap();
            assert!(matches!(page.step, PortalStep::Unavailable(Problem { fault: Fault::UnknownShareLink, .. })));
        }
        let refused = pages.portal.page(&somebody, "made-up").await;
        assert_eq!(fault(refused), Fault::TooManyAttempts);
        assert_eq!(fault(pages.portal.join(&somebody, &share, "made-up").await), Fault::TooManyAttempts);
        let _writing = world.writing().await;
        assert_eq!(fault(pages.portal.join_page(&somebody, &share, "made-up").await), Fault::TooManyAttempts);
        let PortalPage { step, .. } = pages.portal.page(&somebody, &share).await.unwrap();
        assert_eq!(step, PortalStep::SignIn);
    });
}
