//! Signing in to the hub.

use std::time::Duration;

use app::{backend::HubBackend as _, problem::Problem};
use domain::{Fault, limit::HUB_SIGN_IN};
use server::administrators;

use crate::support::{ADMIN, ADMIN_PASSWORD, World, for_each_database, returning, visitor};

const WRONG: &str = "wrong password, quite long";

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
        // Who would have to wait for too long is told so instead of being kept.
        let crowd = (2..40).map(async |number| {
            let stranger = visitor(&format!("203.0.113.{number}"));
            tokio::time::timeout(pause, pages.sign_in_to_hub(&stranger, WRONG)).await
        });
        let crowd = futures::future::join_all(crowd).await;
        let sent_away: Vec<_> = crowd.into_iter().flatten().map(Result::unwrap_err).collect();
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
        let token = administrators::setup_token(&world.store, &world.environment, world.partner).await.unwrap();
        pages.hub.set_up(&visitor("192.0.2.2"), &token, ADMIN, ADMIN_PASSWORD).await.unwrap();
        pages.sign_in_to_hub(&somebody, ADMIN_PASSWORD).await.unwrap();
    });
}
