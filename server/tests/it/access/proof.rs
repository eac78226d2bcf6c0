//! Who they are is proven once more before somebody is let in or a list taken out.

use app::{
    access::{Guard as _, PROOF_NEEDED, SERVER_FUNCTIONS},
    backend::{Administrator, Administrators as _, SecondFactors as _, Visitor},
    hub::model::{ProofBy, Selection, SignInStep},
    problem::Problem,
};
use domain::{
    Fault, Permission,
    limit::{HUB_PROOF, HUB_SIGN_IN},
    permission::Access,
    timestamp::MINUTE,
};
use sea_orm::{EntityTrait as _, sea_query::Expr};
use server::access::administrators;

use super::{
    second_factor::Phone,
    server_functions::{CALLS, Things, with_ids},
};
use crate::entity::hub_session;
use crate::support::{ADMIN_PASSWORD, Pages, World, for_each_database, returning, visitor};

fn fault<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> Fault {
    outcome.unwrap_err().fault
}

/// The administrator, signed in.
async fn signed_in(world: &World) -> (Pages, Visitor, Administrator) {
    world.administrator().await;
    let (pages, home) = (world.pages(), visitor("192.0.2.1"));
    let home = returning(&home, &pages.sign_in_to_hub(&home, ADMIN_PASSWORD).await.unwrap());
    let me = pages.hub.administrator(&home, Permission::OwnAccount).await.unwrap();
    (pages, home, me)
}

async fn proven(pages: &Pages, visitor: &Visitor) -> Result<(), Fault> {
    pages.hub.proven(visitor).await.map_err(|problem| problem.fault)
}

#[test]
fn a_session_that_is_a_while_old_makes_no_tokens_and_changes_no_rights_until_it_is_proven() {
    for_each_database(async |world: World| {
        let id = world.administrator().await;
        let cookie = world.hub_cookie(id).await;
        world.clock.advance(HUB_PROOF);
        let (site, things) = (world.site().await, Things::default());
        let refused = async |path: &str| {
            let form = CALLS.iter().find(|(called, _)| *called == path).expect("it is called").1;
            let reply = site.post(path, &cookie, &with_ids(form, &things)).await;
            let refused = reply.body.contains("proof_required");
            assert_eq!(refused, reply.status == 403, "{path}: {} {}", reply.status, reply.body);
            refused
        };
        let hub =
            SERVER_FUNCTIONS.iter().filter(|(path, access)| path.starts_with("/api/hub/") && *access != Access::Public);
        for (path, _) in hub.filter(|(path, _)| !path.ends_with("change-password")) {
            assert_eq!(refused(path).await, PROOF_NEEDED.contains(path), "{path}");
        }
        let reply = site.post("/api/hub/prove", &cookie, &format!("typed={}", ADMIN_PASSWORD.replace(' ', "+"))).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        for path in PROOF_NEEDED {
            assert!(!refused(path).await, "{path}");
        }
    });
}

#[test]
fn a_list_leaves_only_by_a_session_that_was_proven_a_short_while_ago() {
    for_each_database(async |world: World| {
        let id = world.administrator().await;
        let (template, cookie, site) = (world.template(|_| ()).await, world.hub_cookie(id).await, world.site().await);
        let files = async || {
            let selection = serde_json::to_string(&Selection::default()).unwrap();
            let selection =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("selection", &selection).finish();
            [
                site.get(&format!("/hub/templates/{}/users.csv", template.id), &cookie).await.status,
                site.get("/hub/audit.csv", &cookie).await.status,
                site.post("/hub/users.csv", &cookie, &selection).await.status,
            ]
        };
        let fresh = files().await;
        assert!(fresh[..2] == [200, 200] && fresh[2] != 403, "{fresh:?}");
        world.clock.advance(HUB_PROOF);
        assert_eq!(files().await, [403, 403, 403]);
        site.post("/api/hub/prove", &cookie, &format!("typed={}", ADMIN_PASSWORD.replace(' ', "+"))).await;
        assert_eq!(files().await, fresh);
    });
}

#[test]
fn a_wrong_password_is_no_proof_and_counts_as_one_at_the_sign_in() {
    for_each_database(async |world: World| {
        let (pages, home, me) = signed_in(&world).await;
        let other = returning(&home, &pages.sign_in_to_hub(&visitor("192.0.2.9"), ADMIN_PASSWORD).await.unwrap());
        assert_eq!(pages.hub.proof_needed(&me, &home).await.unwrap(), None);
        world.clock.advance(HUB_PROOF - 1);
        assert_eq!(proven(&pages, &home).await, Ok(()));
        world.clock.advance(1);
        assert_eq!(proven(&pages, &home).await, Err(Fault::ProofRequired));
        assert_eq!(
            pages.hub.proof_needed(&me, &home).await.unwrap(),
            Some(ProofBy { step: SignInStep::Password, passkey: false })
        );
        // What was left empty is no try.
        for _ in 0..2 * HUB_SIGN_IN.account.max {
            assert_eq!(fault(pages.hub.prove(&me, &home, "").await), Fault::PasswordMissing);
        }
        for _ in 0..3 {
            assert_eq!(
                fault(pages.hub.prove(&me, &home, "wrong password, quite long").await),
                Fault::CurrentPasswordWrong
            );
        }
        assert_eq!(proven(&pages, &home).await, Err(Fault::ProofRequired));
        pages.hub.prove(&me, &home, ADMIN_PASSWORD).await.unwrap();
        assert_eq!(proven(&pages, &home).await, Ok(()));
        // Another session of the same administrator has proven nothing.
        assert_eq!(proven(&pages, &other).await, Err(Fault::ProofRequired));
        world.clock.advance(HUB_PROOF);
        assert_eq!(proven(&pages, &home).await, Err(Fault::ProofRequired));
        let stranger = Visitor { session: home.session.clone(), ..visitor("198.51.100.1") };
        for _ in 0..HUB_SIGN_IN.account.max {
            assert_eq!(
                fault(pages.hub.prove(&me, &stranger, "wrong password, quite long").await),
                Fault::CurrentPasswordWrong
            );
        }
        assert_eq!(fault(pages.hub.prove(&me, &stranger, ADMIN_PASSWORD).await), Fault::TooManyAttempts);
        assert_eq!(fault(pages.sign_in_to_hub(&visitor("198.51.100.1"), ADMIN_PASSWORD).await), Fault::TooManyAttempts);
    });
}

#[test]
fn whoever_has_a_second_factor_proves_it_by_a_code_which_counts_once() {
    for_each_database(async |world: World| {
        let (pages, home, me) = signed_in(&world).await;
        let made = pages.hub.begin_second_factor(&me, &home, ADMIN_PASSWORD).await.unwrap();
        let phone = Phone::scanned(&made);
        pages.hub.confirm_second_factor(&me, &home, &phone.shows(&world)).await.unwrap();
        world.clock.advance(HUB_PROOF + MINUTE);
        assert_eq!(
            pages.hub.proof_needed(&me, &home).await.unwrap(),
            Some(ProofBy { step: SignInStep::Code, passkey: false })
        );
        assert_eq!(fault(pages.hub.prove(&me, &home, ADMIN_PASSWORD).await), Fault::FactorCodeWrong);
        assert_eq!(fault(pages.hub.prove(&me, &home, "").await), Fault::FactorCodeMissing);
        assert_eq!(proven(&pages, &home).await, Err(Fault::ProofRequired));
        let code = phone.shows(&world);
        pages.hub.prove(&me, &home, &code).await.unwrap();
        assert_eq!(proven(&pages, &home).await, Ok(()));
        assert_eq!(fault(pages.hub.prove(&me, &home, &code).await), Fault::FactorCodeWrong);
    });
}

#[test]
fn a_session_of_the_version_before_was_proven_when_it_began() {
    for_each_database(async |world: World| {
        let (pages, home, me) = signed_in(&world).await;
        world.clock.advance(HUB_PROOF);
        pages.hub.prove(&me, &home, ADMIN_PASSWORD).await.unwrap();
        let work = world.store.work().await.unwrap();
        let none = hub_session::Entity::update_many().col_expr(hub_session::Column::ProvenAt, Expr::value(None::<i64>));
        none.exec(&*work).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(proven(&pages, &home).await, Err(Fault::ProofRequired));
        let session = pages.sign_in_to_hub(&home, ADMIN_PASSWORD).await.unwrap();
        assert_eq!(proven(&pages, &returning(&home, &session)).await, Ok(()));
        // One that has ended proves nothing.
        administrators::disable(&world.store, &world.environment, crate::support::ADMIN).await.unwrap();
        assert_eq!(proven(&pages, &returning(&home, &session)).await, Err(Fault::ProofRequired));
    });
}
