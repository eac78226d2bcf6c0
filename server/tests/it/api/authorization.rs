//! Who may call.

use domain::{Fault, Permission, Permissions, TokenState, limit::TOKEN_LIFETIME};
use sea_orm::EntityTrait as _;
use serde_json::json;
use server::{
    access::tokens,
    store::{Window, api_token},
};

use crate::entity;
use crate::support::{Refused as _, World, for_each_database};

const PATH: &str = "/v1/broadworks/subscribers";

#[test]
fn without_a_valid_token_nothing_is_answered() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        let none = client.without_authorization().get(PATH).await;
        assert_eq!(none.errors(), (401, vec![(45004, "")]));
        assert_eq!(none.header("www-authenticate"), "Bearer realm=\"flowthrough\"");
        for wrong in ["Bearer made-up", "bearer ", "Basic dTpw", "Bearer", "Bearer a b"] {
            let answer = client.with_authorization(wrong).get(PATH).await;
            assert_eq!(answer.status, 401, "{wrong}");
            assert!(answer.header("www-authenticate").starts_with("Bearer realm="), "{wrong}");
        }
        let unread = client.without_authorization().post(PATH, &json!({})).await;
        assert_eq!(unread.status, 401, "before the body is looked at");
        assert_eq!(client.get(PATH).await.status, 200);
    });
}

#[test]
fn a_scope_allows_what_it_says() {
    for_each_database(async |world: World| {
        let reader = world.client_of(world.tenant, Permissions::of(&[Permission::UsersRead])).await;
        let writer = world.client_of(world.tenant, Permissions::of(&[Permission::UsersWrite])).await;
        assert_eq!(reader.get(PATH).await.status, 200);
        assert_eq!(writer.post(PATH, &json!({})).await.status, 400);
        let refused = reader.post(PATH, &json!({})).await;
        assert_eq!(refused.errors(), (403, vec![(45005, "")]));
        assert!(refused.header("www-authenticate").contains("insufficient_scope"));
        assert_eq!(writer.get(PATH).await.status, 403);
        assert_eq!(reader.post(&format!("{PATH}/validate"), &json!({})).await.status, 403);
    });
}

#[test]
fn an_expired_or_revoked_token_is_worthless() {
    for_each_database(async |world: World| {
        let scopes = Permissions::of(&[Permission::UsersRead]);
        let client = world.client().await;
        let token = tokens::add(&world.store, &world.environment, world.tenant, "short", scopes, Some(1_000));
        let client = client.with_authorization(&format!("Bearer {}", token.await.unwrap()));
        world.clock.advance(999);
        assert_eq!(client.get(PATH).await.status, 200);
        world.clock.advance(1);
        assert_eq!(client.get(PATH).await.status, 401);

        let client = world.client().await;
        let replica = client.at_replica(&world);
        assert_eq!((client.get(PATH).await.status.as_u16(), replica.get(PATH).await.status.as_u16()), (200, 200));
        let token = api_token::list(world.store.read(), world.tenant).await.unwrap().pop().unwrap().id;
        let revoke = async |tenant| tokens::revoke(&world.store, &world.environment, tenant, token).await;
        assert_eq!(revoke(world.other_partner().await).await.refused(), Fault::NotFound);
        assert_eq!(client.get(PATH).await.status, 200);
        revoke(world.tenant).await.unwrap();
        assert_eq!((client.get(PATH).await.status.as_u16(), replica.get(PATH).await.status.as_u16()), (401, 401));
        let revoked = all(&world).await;
        world.clock.advance(1);
        revoke(world.tenant).await.unwrap();
        assert_eq!(all(&world).await, revoked, "revoking again changes nothing");
    });
}

#[test]
fn the_last_use_is_written_down_once_a_minute() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        let mut uses = Vec::new();
        for _ in 0..4 {
            client.get(PATH).await;
            uses.push(all(&world).await[0].used_at.unwrap());
            world.clock.advance(30_000);
        }
        let start = uses[0];
        assert_eq!(uses, [start, start, start + 60_000, start + 60_000]);
    });
}

async fn all(world: &World) -> Vec<entity::api_token::Model> {
    entity::api_token::Entity::find().all(world.store.read()).await.unwrap()
}

#[test]
fn a_token_has_a_name_and_scopes() {
    for_each_database(async |world: World| {
        let long = "x".repeat(81);
        let read = Permissions::of(&[Permission::UsersRead]);
        for (name, permissions, fault) in [
            (" ", read, Fault::MissingParameter),
            (long.as_str(), read, Fault::InvalidParameterSize),
            ("a\nb", read, Fault::InvalidParameter),
            ("CRM", Permissions::default(), Fault::MissingParameter),
            ("CRM", Permissions::of(&[Permission::UsersRead, Permission::TokensWrite]), Fault::InvalidParameter),
        ] {
            let added = tokens::add(&world.store, &world.environment, world.tenant, name, permissions, None).await;
            assert_eq!(added.refused(), fault, "{name:?}");
        }
        for lifetime in [-1, 0, TOKEN_LIFETIME + 1] {
            let added = tokens::add(&world.store, &world.environment, world.tenant, "CRM", read, Some(lifetime)).await;
            assert_eq!(added.refused(), Fault::InvalidParameter, "{lifetime}");
        }
        assert!(all(&world).await.is_empty());
        tokens::add(&world.store, &world.environment, world.tenant, "CRM", read, Some(TOKEN_LIFETIME)).await.unwrap();
    });
}

#[test]
fn tokens_are_listed_in_pages_the_newest_first_and_only_their_partners() {
    for_each_database(async |world: World| {
        let other = world.other_partner().await;
        let scopes = Permissions::of(&[Permission::UsersRead]);
        for name in ["1", "2", "3", "4", "5"] {
            for tenant in [world.tenant, other] {
                tokens::add(&world.store, &world.environment, tenant, name, scopes, Some(1_000)).await.unwrap();
            }
        }
        let page = async |after| {
            let window = Window { after, skip: None, most: 3 };
            api_token::newest_first(world.store.read(), world.tenant, window).await.unwrap().rows
        };
        let first = page(None).await;
        let second = page(Some(first[2].id)).await;
        let names: Vec<_> = first.iter().chain(&second).map(|token| token.name.as_str()).collect();
        assert_eq!(names, ["5", "4", "3", "2", "1"]);
        assert!(first.iter().chain(&second).all(|token| token.partner_id == world.tenant.partner()));

        let state = |token| tokens::state(token, world.environment.now());
        assert_eq!(state(&first[0]), TokenState::Valid);
        world.clock.advance(1_000);
        assert_eq!(state(&first[0]), TokenState::Expired);
        let revoke = tokens::revoke(&world.store, &world.environment, world.tenant, first[0].id);
        assert_eq!(state(&revoke.await.unwrap()), TokenState::Revoked);
    });
}
