//! Every transaction locks in one order, so that none waits for one that waits for it.

use domain::lifecycle::Event;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use server::{
    fault::Trouble,
    provisioning::{
        arrival::arrive,
        change::{self, Circumstances},
    },
    store::{Actor, Stored as _, Subscriber, Template},
};

use crate::entity::subscriber;
use crate::support::{World, for_each_database, new_subscriber};

/// How many clients work at once, on how many users.
const CLIENTS: usize = 8;
const USERS: usize = 2;
/// How often each of them.
const ROUNDS: usize = 60;

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
    let Some(found) = Subscriber::lock(&work, found.id).await? else { return Ok(()) };
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
