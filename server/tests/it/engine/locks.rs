//! Every transaction locks in one order, so that none waits for one that waits for it.

use std::{pin::Pin, time::Duration};

use domain::{BroadWorksId, lifecycle::Event};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, Statement};
use serde_json::json;
use server::{
    fault::Trouble,
    provisioning::{
        arrival::arrive,
        change::{self, Circumstances},
        draft::from_json,
        update, user_id,
        workspaces::{self, Changes, NewWorkspace},
    },
    store::{Actor, Stored as _, Subscriber, Template, customer},
};

use tokio::time::timeout;

use crate::entity::subscriber;
use crate::support::{World, for_each_database, new_subscriber};

/// How many clients work at once, on how many users.
const CLIENTS: usize = 8;
const USERS: usize = 2;
/// How often each of them.
const ROUNDS: usize = 60;
/// How long a test may take before it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// One arrival, which may find the user there already.
async fn come(world: &World, template: &Template, user: &str) -> Result<(), Trouble> {
    let mut work = world.store.work().await?;
    match arrive(&mut work, &world.environment, template, new_subscriber(user, None), &Actor::Import).await {
        Ok(_) => Ok(work.commit().await?),
        Err(Trouble::Known { .. }) => Ok(()),
        Err(accident) => Err(accident),
    }
}

/// One removal, which may find nobody.
async fn go(world: &World, user: &str) -> Result<(), Trouble> {
    let found = subscriber::Entity::find().filter(subscriber::Column::UserId.eq(user)).one(world.store.read()).await?;
    let Some(found) = found else { return Ok(()) };
    let mut work = world.store.work().await?;
    let Some(found) = Subscriber::lock(&work, world.tenant, found.id).await? else { return Ok(()) };
    let with = Circumstances::default();
    change::apply(&mut work, &world.environment, found, Event::RemovalRequested, &Actor::Import, with).await?;
    Ok(work.commit().await?)
}

#[test]
fn whoever_leaves_and_comes_at_once_is_not_in_anybodys_way() {
    for_each_database(async |world: World| {
        let template = world.template(|_| {}).await;
        let client = async |number: usize| {
            for round in 0..ROUNDS {
                let user = format!("{}@sp.com", (number + round) % USERS);
                come(&world, &template, &user).await.unwrap();
                go(&world, &user).await.unwrap();
            }
        };
        futures::future::join_all((0..CLIENTS).map(client)).await;
    });
}

/// Returns when somebody waits for a lock.
async fn somebody_waits(world: &World) {
    let waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    let waiting = || Statement::from_string(DbBackend::Postgres, waiting);
    while world.store.read().query_one_raw(waiting()).await.unwrap().is_none() {}
}

/// Of two who give one id, each to another kind, neither would see the other's row.
#[test]
fn whoever_gives_an_id_waits_for_whoever_gives_some_and_nobody_else_does() {
    for_each_database(async |world: World| {
        if world.store.backend() != DbBackend::Postgres {
            // It has one writer.
            return;
        }
        let template = world.template(|_| {}).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        let customer = customer::find(world.store.read(), world.tenant, user.customer_id).await.unwrap().unwrap();
        let (store, environment, by) = (&world.store, &world.environment, Actor::Import);
        let id = |id: &str| BroadWorksId::parse(id).unwrap();
        let room = NewWorkspace {
            user_id: id("room@sp.com"),
            display_name: "Room".to_owned(),
            primary_phone: None,
            extension: None,
        };
        let room = workspaces::add(store, environment, (&template, &customer), room, &by).await.unwrap();
        world.work().await;
        let change = async |written: serde_json::Value| {
            let draft = from_json(written.as_object().unwrap());
            update::update(store, environment, (world.tenant, user.id), &draft, &by).await.unwrap();
        };
        let change_room = async |changes: Changes| {
            workspaces::update(store, environment, (world.tenant, room.id), changes, &by).await.unwrap();
        };

        let holder = world.store.work().await.unwrap();
        user_id::alone(&holder, world.tenant).await.unwrap();
        timeout(PATIENCE, change(json!({ "firstName": "Zoe" }))).await.expect("it gives no id");
        let extension = Changes { extension: Some(Some("2".to_owned())), ..Changes::default() };
        timeout(PATIENCE, change_room(extension)).await.expect("nor does it");
        holder.commit().await.unwrap();
        world.work().await;

        let waits = async |gives: Pin<Box<dyn Future<Output = ()> + '_>>| {
            let holder = world.store.work().await.unwrap();
            user_id::alone(&holder, world.tenant).await.unwrap();
            let looks = async {
                somebody_waits(&world).await;
                drop(holder);
            };
            timeout(PATIENCE, futures::future::join(gives, looks)).await.expect("it waits");
        };
        waits(Box::pin(change(json!({ "userId": "2@sp.com" })))).await;
        waits(Box::pin(change_room(Changes { user_id: Some(id("hall@sp.com")), ..Changes::default() }))).await;
    });
}

/// Whoever waits for the customer holds nothing that the customer's holder may want next.
#[test]
fn whoever_waits_for_a_customer_has_not_locked_its_user() {
    for_each_database(async |world: World| {
        if world.store.backend() != DbBackend::Postgres {
            // It has one writer.
            return;
        }
        let user = world.arrive(&world.template(|_| {}).await, "1@sp.com", None).await;
        let customer = customer::find(world.store.read(), world.tenant, user.customer_id).await.unwrap().unwrap();
        let holder = world.store.work().await.unwrap();
        customer::lock(&holder, &customer).await.unwrap();
        let waits = async {
            let waiting = world.store.work().await.unwrap();
            assert!(Subscriber::lock(&waiting, world.tenant, user.id).await.unwrap().is_some());
        };
        let looks = async {
            somebody_waits(&world).await;
            let now = Statement::from_string(DbBackend::Postgres, "SELECT 1 FROM subscriber FOR UPDATE NOWAIT");
            let free = holder.query_one_raw(now).await;
            drop(holder);
            assert!(free.is_ok_and(|row| row.is_some()), "the user is locked");
        };
        futures::future::join(waits, looks).await;
    });
}
