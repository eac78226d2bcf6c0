//! Signing in.

use app::portal::PortalStep;
use domain::{Fault, limit::PORTAL_SIGN_IN};

use crate::support::{BroadWorks, World, for_each_database};

#[test]
fn what_is_missing_is_named_and_is_no_try() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        broadworks.put("1@sp.com", "Ann");
        let template = world.open_template(&broadworks, |_| ()).await;
        world.arrive(&template, "1@sp.com", None).await;
        let mut person = world.person(&template);
        for _ in 0..=PORTAL_SIGN_IN.account.max {
            assert_eq!(person.sign_in("", "").await, Err(Fault::CredentialsMissing));
            assert_eq!(person.sign_in(" \u{200b}", "secret").await, Err(Fault::UserIdMissing));
            assert_eq!(person.sign_in("1@sp.com", "").await, Err(Fault::PasswordMissing));
        }
        assert_eq!(person.sign_in("1@sp.com", "wrong").await, Err(Fault::BadCredentials));
        person.sign_in("1@sp.com", "secret").await.unwrap();
    });
}

#[test]
fn whoever_signs_in_for_the_first_time_twice_at_once_is_let_in_twice() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let template = world.open_template(&broadworks, |template| template.self_activation = true).await;
        for user in ["1@sp.com", "2@sp.com", "3@sp.com", "4@sp.com"] {
            broadworks.put(user, "Ann");
            let (mut one, mut other) = (world.person(&template), world.person(&template));
            let (one, other) = tokio::join!(one.sign_in(user, "secret"), other.sign_in(user, "secret"));
            assert_eq!((one, other), (Ok(()), Ok(())));
        }
        assert_eq!(world.history_of_all().await, ["self_activated"; 4]);
    });
}

#[test]
fn an_address_is_taken_as_it_is_pasted() {
    for_each_database(async |world: World| {
        let (_broadworks, person) = world.ann_at_the_portal().await;
        person.enter_address("Ann Lee <mailto:ann@acme.com>,").await.unwrap();
        let PortalStep::Proof { email, .. } = person.step().await else { panic!("{:?}", person.step().await) };
        assert_eq!(email, "ann@acme.com");
    });
}

#[test]
fn an_id_is_taken_as_keyboards_and_clipboards_give_it() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        broadworks.put("1@sp.com", "Ann");
        let template = world.open_template(&broadworks, |template| template.self_activation = true).await;
        for typed in [
            "1@sp.com",
            " 1@SP.com ",
            "１＠ｓｐ．ｃｏｍ",
            "\u{feff}1\u{200b}@sp.com\u{202c}",
            "<sip:1@sp.com>",
            "1@sp.com,",
        ] {
            world.person(&template).sign_in(typed, "secret").await.unwrap();
        }
        assert_eq!(world.customers().await.len(), 1);
        assert_eq!(world.history_of_all().await, ["self_activated"]);
        // What can be no id is not told as a wrong password, and is no try.
        let mut person = world.person(&template);
        for _ in 0..=PORTAL_SIGN_IN.account.max {
            for typed in ["\u{430}nn@sp.com", "ann:1@sp.com", "d\u{e9}j\u{e0}@sp.com"] {
                assert_eq!(person.sign_in(typed, "secret").await, Err(Fault::UserIdStrange), "{typed}");
            }
        }
        person.sign_in("1@sp.com", "secret").await.unwrap();
    });
}
