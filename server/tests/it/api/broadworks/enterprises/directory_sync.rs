//! `/v1/broadworks/enterprises/{id}/broadworksDirectorySync`

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{body::Body, http::Method};
use domain::{
    BroadWorksId, Permission, Permissions, SpEnterpriseId,
    timestamp::{DAY, HOUR, MINUTE},
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryOrder as _};
use serde_json::{Value, json};
use server::{
    broadworks::{DirectoryPage, EnterpriseDirectory, Person, Unavailable},
    directory_sync::Syncer,
};
use tokio::sync::Notify;

use super::{PATH, only};
use crate::entity::{external_user, subscriber};
use crate::support::{Answer, BroadWorks, Client, World, for_each_database};

/// A subscriber of `acme` whom BroadWorks knows, and the path of acme's sync.
async fn acme(world: &mut World) -> (BroadWorks, Client, String) {
    let broadworks = BroadWorks::start().await;
    broadworks.put("member@sp.com", "Ann");
    world.directory = broadworks.directory();
    world.arrive(&world.template(|_| ()).await, "Member@sp.com", None).await;
    let client = world.client().await;
    let path = format!("{PATH}/{}/broadworksDirectorySync", only(&client).await);
    (broadworks, client, path)
}

async fn switch(client: &Client, path: &str, on: bool) -> Answer {
    client.put(path, &json!({ "enableDirSync": on })).await
}

async fn start(client: &Client, path: &str) -> Answer {
    client.post(path, &json!({ "syncStatus": "SYNC_NOW" })).await
}

async fn sync(world: &World) {
    let syncer = Syncer::new(world.store.clone(), world.environment.clone(), world.directories());
    while syncer.turn().await.unwrap() {}
}

async fn status(client: &Client, path: &str) -> Value {
    client.get(path).await.body["directorySyncStatus"].clone()
}

/// Added, updated, deleted, and how many are known.
async fn counts(client: &Client, path: &str) -> [i64; 4] {
    let status = status(client, path).await;
    ["usersAdded", "usersUpdated", "usersDeleted", "totalExternalUsersInCI"].map(|name| status[name].as_i64().unwrap())
}

async fn known(world: &World) -> Vec<(String, String)> {
    let users = external_user::Entity::find().order_by_asc(external_user::Column::UserIdKey);
    let users = users.all(world.store.read()).await.unwrap();
    users.into_iter().map(|user| (user.user_id, user.first_name)).collect()
}

fn pair(id: &str, name: &str) -> (String, String) {
    (id.to_owned(), name.to_owned())
}

#[test]
fn a_sync_copies_the_directory_and_orders_nothing() {
    for_each_database(async |mut world: World| {
        let (broadworks, client, path) = acme(&mut world).await;
        broadworks.put("bob@sp.com", "Bob");
        broadworks.put("Eve@sp.com", "Eve");
        broadworks.put_at("SP2", "stranger@sp.com", "Joe");
        let before = subscriber::Entity::find().one(world.store.read()).await.unwrap();

        let on = switch(&client, &path, true).await;
        let fresh = json!({ "enableDirSync": true, "directorySyncStatus": { "syncStatus": "NOT_SYNCED" } });
        assert_eq!((on.status.as_u16(), &on.body), (200, &fresh));
        let started = start(&client, &path).await;
        let under_way = json!({ "enableDirSync": true, "directorySyncStatus": { "syncStatus": "IN_PROGRESS" } });
        assert_eq!((started.status.as_u16(), &started.body), (200, &under_way));
        world.clock.advance(MINUTE);
        sync(&world).await;

        let whole = client.get(&path).await;
        let expected = json!({ "enableDirSync": true, "directorySyncStatus": {
            "lastSyncStartTime": "2026-01-01T00:00:00.001Z",
            "lastSyncEndTime": "2026-01-01T00:01:00.001Z",
            "lastSuccessfulSyncTime": "2026-01-01T00:01:00.001Z",
            "syncStatus": "COMPLETE",
            "usersAdded": 2, "usersUpdated": 0, "usersDeleted": 0,
            "machinesAdded": 0, "machinesUpdated": 0, "machinesDeleted": 0,
            "totalExternalUsersInCI": 2, "totalExternalMachinesInCI": 0,
            "lastSyncTrackingId": started.header("trackingid"),
        }});
        assert_eq!(whole.body, expected);
        assert_eq!(client.get(PATH).await.body["items"][0]["broadworksDirectorySync"], expected);
        assert_eq!(known(&world).await, [pair("bob@sp.com", "Bob"), pair("Eve@sp.com", "Eve")]);
        assert_eq!(subscriber::Entity::find().count(world.store.read()).await.unwrap(), 1);
        assert_eq!(subscriber::Entity::find().one(world.store.read()).await.unwrap(), before);
    });
}

#[test]
fn a_workspace_is_no_external_user() {
    for_each_database(async |mut world: World| {
        let (broadworks, client, path) = acme(&mut world).await;
        broadworks.put("bob@sp.com", "Bob");
        broadworks.put("Room@sp.com", "Room");
        switch(&client, &path, true).await;
        start(&client, &path).await;
        sync(&world).await;
        assert_eq!(known(&world).await, [pair("bob@sp.com", "Bob"), pair("Room@sp.com", "Room")]);

        let listed = client.get("/v1/broadworks/subscribers").await;
        let room = json!({
            "provisioningId": listed.body["items"][0]["provisioningId"], "userId": "room@sp.com",
            "spEnterpriseId": "SP1+acme", "displayName": "Room",
        });
        assert_eq!(client.post("/v1/broadworks/workspaces", &room).await.status, 200);
        start(&client, &path).await;
        sync(&world).await;
        assert_eq!(known(&world).await, [pair("bob@sp.com", "Bob")]);
    });
}

#[test]
fn every_day_it_follows_what_came_changed_and_went() {
    for_each_database(async |mut world: World| {
        let (broadworks, client, path) = acme(&mut world).await;
        for (id, name) in [("bob@sp.com", "Bob"), ("eve@sp.com", "Eve"), ("joe@sp.com", "Joe")] {
            broadworks.put(id, name);
        }
        switch(&client, &path, true).await;
        sync(&world).await;
        assert_eq!(counts(&client, &path).await, [3, 0, 0, 3]);

        broadworks.put("bob@sp.com", "Robert");
        broadworks.remove("eve@sp.com");
        broadworks.put("zoe@sp.com", "Zoë");
        // Joe becomes a subscriber, and is no external user any more.
        world.arrive(&world.template(|_| ()).await, "JOE@sp.com", None).await;
        world.clock.advance(DAY - HOUR);
        sync(&world).await;
        assert_eq!(counts(&client, &path).await, [3, 0, 0, 3]);
        world.clock.advance(HOUR);
        sync(&world).await;
        assert_eq!(counts(&client, &path).await, [1, 1, 2, 2]);
        assert_eq!(known(&world).await, [pair("bob@sp.com", "Robert"), pair("zoe@sp.com", "Zoë")]);
    });
}

#[test]
fn switching_it_off_ends_it_and_forgets_what_it_knew() {
    for_each_database(async |mut world: World| {
        let (broadworks, client, path) = acme(&mut world).await;
        broadworks.put("bob@sp.com", "Bob");
        assert_eq!(start(&client, &path).await.errors(), (409, vec![(46002, "")]));
        switch(&client, &path, true).await;
        sync(&world).await;
        assert_eq!(known(&world).await.len(), 1);
        start(&client, &path).await;
        let on = switch(&client, &path, true).await;
        assert_eq!(on.body["directorySyncStatus"]["syncStatus"], "IN_PROGRESS", "it was on already");

        let off = switch(&client, &path, false).await;
        let nothing = json!({ "enableDirSync": false, "directorySyncStatus": { "syncStatus": "NOT_SYNCED" } });
        assert_eq!((off.status.as_u16(), &off.body), (200, &nothing));
        sync(&world).await;
        world.clock.advance(2 * DAY);
        sync(&world).await;
        assert_eq!(client.get(&path).await.body, nothing);
        assert_eq!(known(&world).await, []);
    });
}

/// Dies, as a server does, when it is asked for the second part of a directory.
struct Dying {
    directory: Arc<dyn EnterpriseDirectory>,
    died: Arc<Notify>,
}

/// Counts how many parts it was asked for.
struct Counting {
    directory: Arc<dyn EnterpriseDirectory>,
    parts: AtomicUsize,
}

#[async_trait::async_trait]
impl EnterpriseDirectory for Dying {
    async fn user(&self, of: &SpEnterpriseId, user: &BroadWorksId) -> Result<Option<Person>, Unavailable> {
        self.directory.user(of, user).await
    }

    async fn page(&self, of: &SpEnterpriseId, member: &BroadWorksId, start: u32) -> Result<DirectoryPage, Unavailable> {
        if start > 1 {
            self.died.notify_one();
            std::future::pending::<()>().await;
        }
        self.directory.page(of, member, start).await
    }
}

#[async_trait::async_trait]
impl EnterpriseDirectory for Counting {
    async fn user(&self, of: &SpEnterpriseId, user: &BroadWorksId) -> Result<Option<Person>, Unavailable> {
        self.directory.user(of, user).await
    }

    async fn page(&self, of: &SpEnterpriseId, member: &BroadWorksId, start: u32) -> Result<DirectoryPage, Unavailable> {
        self.parts.fetch_add(1, Ordering::SeqCst);
        self.directory.page(of, member, start).await
    }
}

#[test]
fn after_a_crash_it_goes_on_where_it_stood() {
    for_each_database(async |mut world: World| {
        let (broadworks, client, path) = acme(&mut world).await;
        for number in 0..620 {
            broadworks.put(&format!("{number}@sp.com"), "Bob");
        }
        switch(&client, &path, true).await;
        let died = Arc::new(Notify::new());
        let dying = Arc::new(Dying { directory: world.directory.clone(), died: died.clone() });
        let honest = std::mem::replace(&mut world.directory, dying);
        let server = Syncer::new(world.store.clone(), world.environment.clone(), world.directories());
        tokio::select! {
            _ = server.turn() => panic!("it was to die"),
            () = died.notified() => {}
        }
        assert_eq!(status(&client, &path).await["syncStatus"], "IN_PROGRESS");
        let counting = Arc::new(Counting { directory: honest, parts: AtomicUsize::new(0) });
        world.directory = counting.clone();
        sync(&world).await;
        assert_eq!(counting.parts.load(Ordering::SeqCst), 0, "its lease has not run out");

        world.clock.advance(2 * MINUTE);
        sync(&world).await;
        assert_eq!(status(&client, &path).await["syncStatus"], "COMPLETE");
        assert_eq!(counts(&client, &path).await, [620, 0, 0, 620]);
        // 621 entries in parts of 50, without the one that was there.
        assert_eq!(counting.parts.load(Ordering::SeqCst), 12);
    });
}

#[test]
fn a_broadworks_that_cannot_be_asked_is_asked_again_and_then_told() {
    for_each_database(async |mut world: World| {
        let (broadworks, client, path) = acme(&mut world).await;
        broadworks.put("bob@sp.com", "Bob");
        switch(&client, &path, true).await;
        world.directory = broadworks.directory_with("wrong");
        start(&client, &path).await;
        sync(&world).await;
        assert_eq!(status(&client, &path).await["syncStatus"], "IN_PROGRESS");
        for _ in 0..4 {
            world.clock.advance(5 * MINUTE);
            sync(&world).await;
        }
        let failed = status(&client, &path).await;
        assert_eq!(failed["syncStatus"], "FAILED");
        assert_eq!(failed["errors"][0]["errorCode"], 46001);
        assert!(failed["errors"][0]["description"].is_string() && failed["lastSyncEndTime"].is_string());
        assert!(failed.get("lastSuccessfulSyncTime").is_none());

        world.directory = broadworks.directory();
        start(&client, &path).await;
        sync(&world).await;
        let complete = status(&client, &path).await;
        assert_eq!((&complete["syncStatus"], complete.get("errors")), (&json!("COMPLETE"), None));
    });
}

#[test]
fn one_user_is_synced_at_once() {
    for_each_database(async |mut world: World| {
        let (broadworks, client, path) = acme(&mut world).await;
        let path_of_user = format!("{path}/externalUser");
        let user = async |client: &Client, id: &str| client.post(&path_of_user, &json!({ "userId": id })).await;
        assert_eq!(user(&client, "john@sp.com").await.errors(), (409, vec![(46002, "")]));
        switch(&client, &path, true).await;
        broadworks.put("john@sp.com", "John");
        broadworks.put_at("SP2", "stranger@sp.com", "Joe");

        let added = user(&client, "John@sp.com").await;
        let shown = json!({
            "userId": "john@sp.com", "firstName": "John", "lastName": "O'Neil & Sons", "extension": "4653",
            "number": "+35391884653", "mobile": "+188-(2323)-(343)"
        });
        assert_eq!(added.body, json!({ "userResponse": shown, "status": "ADD" }));
        assert_eq!(user(&client, "john@sp.com").await.body["status"], "NO_OPERATION");
        broadworks.put("john@sp.com", "Johnny");
        let updated = user(&client, "john@sp.com").await;
        assert_eq!(
            (&updated.body["status"], &updated.body["userResponse"]["firstName"]),
            (&json!("UPDATE"), &json!("Johnny"))
        );
        broadworks.remove("john@sp.com");
        assert_eq!(user(&client, "john@sp.com").await.body["status"], "DELETE");
        assert_eq!(known(&world).await, []);
        assert_eq!(user(&client, "john@sp.com").await.errors(), (404, vec![(45006, "")]));
        assert_eq!(user(&client, "stranger@sp.com").await.errors(), (404, vec![(45006, "")]));
        assert_eq!(user(&client, "member@sp.com").await.body["status"], "NO_OPERATION");
        assert_eq!(known(&world).await, []);
        assert_eq!(user(&client, "a b").await.errors(), (400, vec![(45001, "userId")]));
        assert_eq!(client.post(&path_of_user, &json!({})).await.errors(), (400, vec![(1001, "userId")]));

        world.directory = broadworks.directory_with("wrong");
        let client = world.client().await;
        assert_eq!(user(&client, "john@sp.com").await.errors(), (502, vec![(46001, "")]));
    });
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    for_each_database(async |mut world: World| {
        let (_, client, path) = acme(&mut world).await;
        let put = async |body: Value| client.put(&path, &body).await;
        assert_eq!(put(json!({})).await.errors(), (400, vec![(1001, "enableDirSync")]));
        assert_eq!(put(json!({ "enableDirSync": "true" })).await.errors(), (400, vec![(45001, "enableDirSync")]));
        let post = async |body: Value| client.post(&path, &body).await;
        assert_eq!(post(json!({})).await.errors(), (400, vec![(1001, "syncStatus")]));
        assert_eq!(post(json!({ "syncStatus": "LATER" })).await.errors(), (400, vec![(45001, "syncStatus")]));
        let bare = client.call(Method::PUT, &path, None, Body::from("{\"enableDirSync\": true}")).await;
        assert_eq!(bare.status, 415);
        assert_eq!(client.delete(&path).await.status, 405);
        assert_eq!(client.get(&format!("{PATH}/x/broadworksDirectorySync")).await.status, 400);

        let stranger = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        assert_eq!(stranger.get(&path).await.status, 404);
        assert_eq!(switch(&stranger, &path, true).await.status, 404);
        let reader = world.client_of(world.tenant, Permissions::of(&[Permission::UsersRead])).await;
        assert_eq!(switch(&reader, &path, true).await.status, 403);
        assert_eq!(start(&reader, &path).await.status, 403);
        assert_eq!(client.get(&path).await.body["enableDirSync"], false);
    });
}
