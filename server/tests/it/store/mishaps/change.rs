//! What is asked of users and workspaces that are there, and what users do in the portal.

use axum::{body::Body, http::Method};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Fault;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use server::{access::adapter_accounts, store::Store};

use super::{SUBSCRIBERS, accounts, drain, each_call_fails_somehow, events, find, with_mishaps};
use crate::entity::{customer, directory_place, subscriber, workspace};
use crate::support::{Answer, BroadWorks, Client, World, for_each_database};

const WORKSPACES: &str = "/v1/broadworks/workspaces";

/// Calls, and calls again where it is said that the database is away.
async fn call(client: &Client, method: Method, path: &str, body: &Value) -> Answer {
    let once = async || {
        let body = (*body != Value::Null).then(|| body.to_string());
        let json = body.is_some().then_some("application/json");
        client.call(method.clone(), path, json, body.map_or_else(Body::empty, Body::from)).await
    };
    let answer = once().await;
    match answer.errors() {
        (503, codes) => {
            assert_eq!(codes, [(49002, "")]);
            once().await
        }
        _ => answer,
    }
}

/// Asks for this change until it has been made, also where the first call was accepted and nobody heard of it.
async fn change(world: &World, store: &Store, client: &Client, path: &str, body: &Value) {
    let answer = call(client, Method::PUT, path, body).await;
    drain(world, store).await;
    if answer.status.as_u16() == 423 {
        assert!(call(client, Method::PUT, path, body).await.status.is_success());
        drain(world, store).await;
    } else {
        assert!(answer.status.is_success(), "{}", answer.body);
    }
}

/// Asks for the removal until it has been made.
async fn remove(world: &World, store: &Store, client: &Client, path: &str) {
    let answer = call(client, Method::DELETE, path, &Value::Null).await;
    assert!(matches!(answer.status.as_u16(), 204 | 404), "{}", answer.body);
    drain(world, store).await;
}

#[test]
fn whichever_call_of_a_change_or_removal_fails_it_is_made_once() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let (world, store, nth) = with_mishaps(world);
        let client = world.client().await;
        each_call_fails_somehow(&nth, 50, async |run| {
            let user = run.user("");
            world.arrive(&template, &user, Some(&user)).await;
            drain(&world, &store).await;
            let id = find(&store, &user).await[0].id;
            let listed = client.get(&format!("{SUBSCRIBERS}?userId={user}")).await.body;
            let path = format!("{SUBSCRIBERS}/{}", listed["items"][0]["id"].as_str().unwrap());
            run.one_call_fails(async {
                change(&world, &store, &client, &path, &json!({ "package": "premium" })).await;
                let there = find(&store, &user).await;
                assert_eq!((there.len(), there[0].status.as_str()), (1, "provisioned"), "{run}");
                let told = events(&store, &there[0]).await;
                assert_eq!(told.iter().filter(|event| *event == "account_updated").count(), 1, "{run}: {told:?}");
                let accounts = accounts(&store, id).await;
                assert_eq!(accounts.iter().map(|account| &account.package).collect::<Vec<_>>(), ["premium"], "{run}");
                remove(&world, &store, &client, &path).await;
            })
            .await;
            assert_eq!(find(&store, &user).await, [], "{run}");
            assert_eq!(accounts(&store, id).await, [], "{run}");
            assert!(world.billed_wrongly().await.is_empty(), "{run}");
        })
        .await;
    });
}

#[test]
fn whichever_call_about_a_workspace_fails_it_is_there_once_and_then_gone() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.arrive(&template, "user@sp.example", None).await;
        world.work().await;
        let (world, store, nth) = with_mishaps(world);
        let client = world.client().await;
        each_call_fails_somehow(&nth, 50, async |run| {
            let room = run.user("room");
            let body = json!({
                "provisioningId": template.provisioning_id, "userId": room, "spEnterpriseId": "SP1+acme",
                "displayName": "Room",
            });
            let rooms = async || {
                let these = workspace::Entity::find().filter(workspace::Column::UserId.eq(&room));
                these.all(store.read()).await.unwrap()
            };
            let places = async || {
                let these = directory_place::Entity::find().filter(directory_place::Column::UserId.eq(&room));
                these.all(store.read()).await.unwrap()
            };
            run.one_call_fails(async {
                let added = call(&client, Method::POST, WORKSPACES, &body).await;
                let added = added.errors();
                assert!(added == (200, vec![]) || added == (409, vec![(10022, "userId")]), "{added:?} {run}");
                drain(&world, &store).await;
                let listed = call(&client, Method::GET, &format!("{WORKSPACES}?userId={room}"), &Value::Null).await;
                let path = format!("{WORKSPACES}/{}", listed.body["items"][0]["id"].as_str().unwrap());
                change(&world, &store, &client, &path, &json!({ "extension": "7" })).await;
                let there: Vec<_> = rooms().await.into_iter().map(|room| room.status).collect();
                assert_eq!(there, ["provisioned"], "{run}");
                let there: Vec<_> = places().await.into_iter().map(|place| place.extension).collect();
                assert_eq!(there, [Some("7".to_owned())], "{run}");
                remove(&world, &store, &client, &path).await;
            })
            .await;
            assert!(rooms().await.is_empty() && places().await.is_empty(), "{run}");
        })
        .await;
    });
}

#[test]
fn whichever_call_of_broadworks_fails_its_user_is_there_once_and_then_gone() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let account = adapter_accounts::set(&world.store, &world.environment, &template, None, None).await.unwrap();
        let (world, store, nth) = with_mishaps(world);
        let basic = STANDARD.encode(format!("{}:{}", account.user_name, account.secret));
        let broadworks = world.client().await.with_authorization(&format!("Basic {basic}"));
        each_call_fails_somehow(&nth, 50, async |run| {
            let user = run.user("");
            let body = json!({
                "userId": user, "spEnterpriseId": "SP1+acme", "firstName": "Ann", "lastName": "Lee", "email": user,
            });
            let path = format!("/adapter/{}/users", template.provisioning_id);
            let one = format!("{path}/{user}");
            let id = run
                .one_call_fails(async {
                    // What is repeated is accepted, too.
                    assert_eq!(call(&broadworks, Method::POST, &path, &body).await.status, 202, "{run}");
                    drain(&world, &store).await;
                    change(&world, &store, &broadworks, &one, &json!({ "package": "premium" })).await;
                    let there = find(&store, &user).await;
                    assert_eq!((there.len(), there[0].status.as_str()), (1, "provisioned"), "{run}");
                    let accounts = accounts(&store, there[0].id).await;
                    let packages: Vec<_> = accounts.iter().map(|account| &account.package).collect();
                    assert_eq!(packages, ["premium"], "{run}");
                    remove(&world, &store, &broadworks, &one).await;
                    there[0].id
                })
                .await;
            assert_eq!(find(&store, &user).await, [], "{run}");
            assert_eq!(accounts(&store, id).await, [], "{run}");
            assert!(world.billed_wrongly().await.is_empty(), "{run}");
            // So many that they would wait for approval.
            world.clock.advance(domain::deletion::WINDOW);
        })
        .await;
    });
}

/// Does it again where it is said that the database is away.
async fn persist<T>(what: impl AsyncFn() -> Result<T, Fault>) -> Result<T, Fault> {
    match what().await {
        Err(Fault::StoreUnavailable) => what().await,
        outcome => outcome,
    }
}

#[test]
fn whichever_call_of_a_visit_to_the_portal_fails_the_user_gets_on() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let template = world.open_template(&broadworks, |template| template.self_activation = true).await;
        let (world, store, nth) = with_mishaps(world);
        each_call_fails_somehow(&nth, 50, async |run| {
            let user = run.user("");
            broadworks.put(&user, "Ann");
            let mut person = world.person(&template);
            run.one_call_fails(async {
                if person.sign_in(&user, "secret").await == Err(Fault::StoreUnavailable) {
                    person.sign_in(&user, "secret").await.unwrap();
                }
                persist(async || person.enter_address(&user).await).await.unwrap();
                drain(&world, &store).await;
                if world.postman.letters().last().is_some_and(|letter| letter.subscriber.user_id.as_str() == user) {
                    let code = world.postman.last().code;
                    persist(async || person.enter_code(&code).await).await.unwrap();
                    drain(&world, &store).await;
                }
            })
            .await;
            let there = find(&store, &user).await;
            assert_eq!(there.len(), 1, "{run}");
            let told = events(&store, &there[0]).await;
            assert_eq!(told.iter().filter(|event| *event == "self_activated").count(), 1, "{run}: {told:?}");
            let reached = there[0].status.as_str();
            // A mail that may have been sent is not sent again by itself.
            assert!(reached == "provisioned" || told.iter().any(|event| event == "mail_uncertain"), "{run}: {told:?}");
        })
        .await;
        assert_eq!(customer::Entity::find().all(store.read()).await.unwrap().len(), 1);
        assert!(subscriber::Entity::find().all(store.read()).await.unwrap().len() > 50);
    });
}
