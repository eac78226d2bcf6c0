//! One row that contradicts itself is its owner's trouble, and nobody else's.

use app::{
    backend::{Jobs as _, Users as _},
    hub::model::{Cursor, UserFilter},
    problem::Problem,
};
use domain::{
    EmailAddress, Fault, Happening, Permission, Permissions, audit::Deed, lifecycle::Event, timestamp::MINUTE,
};
use futures::TryStreamExt as _;
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::json;
use server::{
    access::{administrators, tokens},
    backend::hub::{HubService, caller},
    export::csv,
    fault::Trouble,
    provisioning::update,
    store::{
        Actor, SubscriberId, Template, Unreadable, Window, administrator, api_token, audit, counter, customer,
        directory_sync, history,
        subscriber::{self as subscribers, Filter},
        webhook,
        webhook_delivery::{self, Which},
    },
};
use uuid::Uuid;

use crate::entity::{subscriber, task, workspace};
use crate::{
    entity::template,
    support::{PUBLIC_URL, World, for_each_database},
};

/// Every column of a subscriber that a later version, or somebody with a shell, may have written what we do not know into.
const STRANGE: [(subscriber::Column, &str); 5] = [
    (subscriber::Column::AtTarget, "limbo"),
    (subscriber::Column::Status, "dreaming"),
    (subscriber::Column::EmailProof, "hearsay"),
    (subscriber::Column::Attempt, "wish"),
    (subscriber::Column::Package, "gold"),
];

async fn write(world: &World, of: SubscriberId, column: subscriber::Column, value: &str) {
    let work = world.store.work().await.unwrap();
    subscriber::Entity::update_many()
        .col_expr(column, Expr::value(value))
        .filter(subscriber::Column::Id.eq(of))
        .exec(&*work)
        .await
        .unwrap();
    work.commit().await.unwrap();
}

async fn spoil(world: &World, of: &Template, column: template::Column, value: &str) {
    let work = world.store.work().await.unwrap();
    let update = template::Entity::update_many().col_expr(column, Expr::value(value));
    update.filter(template::Column::Id.eq(of.id)).exec(&*work).await.unwrap();
    work.commit().await.unwrap();
}

/// The ids that the hub's list shows.
async fn shown(world: &World, template: &Template) -> Result<Vec<String>, Problem> {
    let hub = HubService(world.context(std::sync::Arc::default()));
    let administrator = caller(Uuid::nil().into(), world.tenant);
    let template = template.id.into();
    let status = hub.user_status(&administrator, template, UserFilter::default(), Cursor::Start).await?;
    Ok(status.page.rows.into_iter().map(|row| row.broadworks_id).collect())
}

#[test]
fn lists_the_worker_and_exports_go_on_without_a_row_that_contradicts_itself() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let mut strange = Vec::new();
        for (number, (column, value)) in STRANGE.into_iter().enumerate() {
            let user = format!("strange{number}@sp.com");
            let arrived = world.arrive(&template, &user, Some(&format!("s{number}@acme.com"))).await;
            write(&world, arrived.id, column, value).await;
            strange.push(arrived.id);
        }
        let plain = world.arrive(&template, "plain@sp.com", Some("plain@acme.com")).await;

        // The worker: it comes to the strange ones first.
        world.worker().drain().await.unwrap();
        assert_eq!(world.status(plain.id).await, "provisioned");
        let left = task::Entity::find().all(world.store.read()).await.unwrap();
        assert!(left.iter().all(|task| strange.contains(&task.owner_id.into())), "{left:?}");
        assert!(left.iter().all(|task| task.lease_until == 0), "they are laid aside, and take nobody's place");

        // The hub.
        let listed = shown(&world, &template).await.unwrap();
        assert!(listed.contains(&"plain@sp.com".to_owned()), "{listed:?}");

        // The API.
        let answer = client.get("/v1/broadworks/subscribers").await;
        assert_eq!(answer.status, 200);
        assert!(answer.body["items"].as_array().unwrap().iter().any(|item| item["userId"] == "plain@sp.com"));
        assert_eq!(client.get("/v1/broadworks/enterprises").await.status, 200);

        // Export.
        let filter = crate::export::everyone(&world, &template);
        let chunks: Vec<_> = csv(world.store.clone(), filter).try_collect().await.unwrap();
        let file: String = chunks.iter().map(|chunk| String::from_utf8_lossy(chunk)).collect();
        assert!(file.contains("plain@sp.com"));

        // Its owner alone notices.
        for id in &strange {
            let (own, actor) = ((world.tenant, *id), Actor::Operator);
            let refused = update::retry(&world.store, &world.environment, own, None, &actor).await.unwrap_err();
            assert!(matches!(refused, Trouble::Unreadable(Unreadable { table: "subscriber", .. })), "{refused}");
        }
    });
}

/// What a column cannot hold, as a damaged file may: no text in this alphabet, text for a number, a short id.
#[test]
fn lists_of_any_length_go_on_without_a_row_in_which_a_cell_holds_what_it_cannot() {
    for_each_database(async |world: World| {
        if world.store.backend() == DbBackend::Postgres {
            return; // It refuses to hold that.
        }
        let template = world.trusted().await;
        let client = world.client().await;
        let cells =
            ["first_name = CAST(x'ff' AS text)", "created_at = 'yesterday'", "last_name = x'00ff'", "fault = 'none'"];
        let mut plain = Vec::new();
        for (number, cell) in cells.into_iter().enumerate() {
            plain.push(world.arrive(&template, &format!("plain{number}@sp.com"), None).await.id);
            let strange = world.arrive(&template, &format!("strange{number}@sp.com"), None).await.id;
            let work = world.store.work().await.unwrap();
            let sql = format!("UPDATE subscriber SET {cell} WHERE id = x'{}'", Uuid::from(strange).simple());
            work.execute_unprepared(&sql).await.unwrap();
            work.commit().await.unwrap();
        }
        plain.push(world.arrive(&template, "last@sp.com", None).await.id);
        assert_eq!(shown(&world, &template).await.unwrap().len(), plain.len());
        // One part of the list after the other, none of which ends it too soon.
        for most in [1, 2, 3] {
            let mut seen = Vec::new();
            let mut next = Some(format!("/v1/broadworks/subscribers?max={most}"));
            while let Some(path) = next {
                let answer = client.get(&path).await;
                assert_eq!(answer.status, 200);
                seen.extend(answer.body["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
                let link = answer.headers.get("link").map(|link| link.to_str().unwrap().to_owned());
                next = link.map(|link| link[1..].split('>').next().unwrap().trim_start_matches(PUBLIC_URL).to_owned());
            }
            assert_eq!(seen.len(), plain.len(), "{most} at a time: {seen:?}");
        }
        let filter = crate::export::everyone(&world, &template);
        let chunks: Vec<_> = csv(world.store.clone(), filter).try_collect().await.unwrap();
        let file: String = chunks.iter().map(|chunk| String::from_utf8_lossy(chunk)).collect();
        assert_eq!((file.matches("plain").count() > 3, file.contains("strange")), (true, false), "{file}");
    });
}

#[test]
fn neither_tokens_nor_people_webhooks_histories_and_jobs_are_gone_with_one_cell() {
    for_each_database(async |world: World| {
        if world.store.backend() == DbBackend::Postgres {
            return; // It refuses to hold that.
        }
        let (store, environment, tenant) = (&world.store, &world.environment, world.tenant);
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("one@acme.com")).await;
        world.work().await;
        let client = world.client().await;
        for name in ["plain", "strange"] {
            tokens::add(store, environment, tenant, name, Permissions::of(&[Permission::UsersRead]), None)
                .await
                .unwrap();
            let email = format!("{name}@acme.com");
            administrators::add(store, environment, tenant, &email, "nine quiet lighthouses").await.unwrap();
            let hook = json!({ "url": format!("https://{name}.example/"), "events": ["subscriber.error"] });
            assert_eq!(client.post("/v1/webhooks", &hook).await.status, 201);
            let row = json!({ "userId": format!("{name}@sp.com") });
            let job = json!({ "action": "delete", "rows": [row] });
            assert_eq!(client.post("/v1/broadworks/subscribers/bulk", &job).await.status, 202);
        }
        let strange = [
            "UPDATE api_token SET created_at = 'yesterday' WHERE name = 'strange'",
            "UPDATE administrator SET created_at = 'yesterday' WHERE email = 'strange@acme.com'",
            "UPDATE webhook SET failures = 'many' WHERE url = 'https://strange.example/'",
            "UPDATE webhook_event SET event = CAST(x'ff' AS text) WHERE webhook_id IN \
             (SELECT id FROM webhook WHERE url = 'https://strange.example/')",
            "UPDATE history SET at = 'yesterday' WHERE event = 'arrived'",
            "UPDATE bulk_job SET size = 'some' WHERE id = (SELECT max(id) FROM bulk_job)",
        ];
        let work = store.work().await.unwrap();
        for sql in strange {
            work.execute_unprepared(sql).await.unwrap();
        }
        work.commit().await.unwrap();

        let db = store.read();
        let named: Vec<_> = api_token::list(db, tenant).await.unwrap().into_iter().map(|token| token.name).collect();
        assert!(named.contains(&"plain".to_owned()) && !named.contains(&"strange".to_owned()), "{named:?}");
        let window = Window { after: None, skip: None, most: 50 };
        let newest = api_token::newest_first(db, tenant, window).await.unwrap();
        assert_eq!(newest.rows.len(), named.len());
        let people = administrator::list(db, tenant).await.unwrap();
        assert_eq!(people.into_iter().map(|one| one.email).collect::<Vec<_>>(), ["plain@acme.com"]);
        let steps = history::newest(db, tenant, user.id, 50).await.unwrap();
        assert_eq!(steps.into_iter().map(|step| step.event.as_str()).collect::<Vec<_>>(), ["account_created"]);
        for (path, left) in [("/v1/webhooks", 1)] {
            let answer = client.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.body["items"].as_array().unwrap().len(), left, "{path}: {}", answer.body);
        }
        let hub = HubService(world.context(std::sync::Arc::default()));
        let administrator = caller(Uuid::nil().into(), tenant);
        assert_eq!(hub.jobs(&administrator, None).await.unwrap().rows.len(), 1);
    });
}

#[test]
fn a_template_or_a_workspace_that_contradicts_itself_is_in_nobodys_way() {
    for_each_database(async |world: World| {
        let strange = world.template(|_| ()).await;
        let broken = world.template(|_| ()).await;
        let waiting = world.arrive(&strange, "1@sp.com", Some("one@acme.com")).await;
        world.arrive(&broken, "2@sp.com", None).await;
        spoil(&world, &strange, template::Column::Verification, "hearsay").await;
        spoil(&world, &broken, template::Column::DefaultPackage, "gold").await;
        let template = world.trusted().await;
        let client = world.client().await;
        let room = serde_json::json!({
            "provisioningId": template.provisioning_id, "userId": "room@sp.com", "spEnterpriseId": "SP1+acme",
            "displayName": "Room", "extension": "51212",
        });
        let plain = world.arrive(&template, "3@sp.com", Some("three@acme.com")).await;
        assert_eq!(client.post("/v1/broadworks/workspaces", &room).await.status, 200);
        let work = world.store.work().await.unwrap();
        workspace::Entity::update_many()
            .col_expr(workspace::Column::AtTarget, Expr::value("limbo"))
            .exec(&*work)
            .await
            .unwrap();
        work.commit().await.unwrap();
        world.worker().drain().await.unwrap();
        assert_eq!(world.status(plain.id).await, "provisioned");
        assert_eq!(client.get("/v1/broadworks/workspaces").await.status, 200);
        assert_eq!(client.get("/v1/broadworks/subscribers").await.status, 200);
        assert_eq!(shown(&world, &template).await.unwrap(), ["3@sp.com"]);

        // Nobody guesses what it was: that would decide who is vouched for, and what is billed.
        assert_eq!(world.status(waiting.id).await, "pending_email_validation");
        for template in [&strange, &broken] {
            assert_eq!(shown(&world, template).await.unwrap_err().fault, Fault::Internal);
            let new = serde_json::json!({
                "provisioningId": template.provisioning_id, "userId": "4@sp.com", "spEnterpriseId": "SP1+acme",
                "firstName": "Ann", "lastName": "Lee", "package": "standard", "extension": "51212",
            });
            assert_eq!(client.post("/v1/broadworks/subscribers", &new).await.status, 500);
        }
    });
}

#[test]
fn a_task_of_a_newer_version_is_left_to_it() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let arrived = world.arrive(&template, "1@sp.com", Some("one@acme.com")).await;
        let call = async |kind: &str| {
            let work = world.store.work().await.unwrap();
            task::Entity::update_many().col_expr(task::Column::Kind, Expr::value(kind)).exec(&*work).await.unwrap();
            work.commit().await.unwrap();
        };
        let known = task::Entity::find().one(world.store.read()).await.unwrap().unwrap().kind;
        call("praise").await;
        world.worker().drain().await.unwrap();
        let left = task::Entity::find().all(world.store.read()).await.unwrap();
        assert!(left.len() == 1 && left[0].lease_until == 0, "{left:?}");
        // The newer version's worker comes by.
        call(&known).await;
        world.clock.advance(5 * MINUTE);
        world.worker().drain().await.unwrap();
        assert_eq!(world.status(arrived.id).await, "provisioned");
    });
}

async fn run(world: &World, sql: &str) {
    let work = world.store.work().await.unwrap();
    work.execute_unprepared(sql).await.unwrap();
    work.commit().await.unwrap();
}

const ALL: u64 = 100;

/// Each column of a step of a history that is a type of ours, and what nobody can read there.
const STRANGE_STEPS: [(&str, &str); 4] =
    [("actor", "'ghost'"), ("status", "'dreaming'"), ("fault", "1"), ("event", "'praised'")];

#[test]
fn a_history_goes_on_without_a_step_that_cannot_be_read() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let hub = HubService(world.context(std::sync::Arc::default()));
        let administrator = caller(Uuid::nil().into(), world.tenant);
        let address = EmailAddress::parse("ann@acme.com").unwrap();
        for (number, (column, value)) in STRANGE_STEPS.into_iter().enumerate() {
            let user = world.arrive(&template, &format!("{number}@sp.com"), None).await.id;
            world.apply(user, Event::AddressEntered(address.clone())).await.unwrap();
            let steps = async || {
                let window = Window { after: None, skip: None, most: ALL };
                let oldest = history::page(world.store.read(), world.tenant, user, window).await.unwrap().rows;
                let newest = history::newest(world.store.read(), world.tenant, user, ALL).await.unwrap();
                let shown = hub.user(&administrator, user.into(), None).await.unwrap().steps.rows;
                [oldest.len(), newest.len(), shown.len()]
            };
            assert_eq!(steps().await, [2; 3]);
            run(&world, &format!("UPDATE history SET {column} = {value} WHERE event = 'arrived'")).await;
            assert_eq!(steps().await, [1; 3], "{column}");
            let arrival = history::last(world.store.read(), world.tenant, user, [Happening::Arrived]).await;
            match (column, arrival) {
                ("event", arrival) => assert_eq!(arrival.unwrap(), None),
                (_, arrival) => {
                    let refused = arrival.unwrap_err();
                    let named =
                        matches!(refused, Trouble::Unreadable(row) if (row.table, row.column) == ("history", column));
                    assert!(named, "{refused}");
                }
            }
        }
    });
}

#[test]
fn the_audit_log_goes_on_without_a_deed_that_cannot_be_read() {
    for_each_database(async |world: World| {
        let deeds = [Deed::TemplateChanged, Deed::PartnerRenamed, Deed::TokenRevoked, Deed::PersonAdded];
        let work = world.store.work().await.unwrap();
        for deed in deeds {
            audit::record(&work, &world.environment, world.tenant, &Actor::Operator, (deed, None)).await.unwrap();
        }
        work.commit().await.unwrap();
        for (deed, set) in deeds.iter().zip(["actor = 'ghost'", "deed = 'praised'", "detail = 'nothing'"]) {
            run(&world, &format!("UPDATE audit_event SET {set} WHERE deed = '{}'", deed.as_str())).await;
        }
        let window = Window { after: None, skip: None, most: ALL };
        let left = audit::newest_first(world.store.read(), world.tenant, &audit::Filter::default(), window).await;
        let left: Vec<_> = left.unwrap().rows.into_iter().map(|entry| entry.deed).collect();
        assert_eq!(left, [Deed::PersonAdded]);
    });
}

#[test]
fn a_delivery_of_a_newer_version_is_left_to_it() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        let events: Vec<_> = domain::webhook::Event::all().map(domain::webhook::Event::name).collect();
        let new = json!({ "url": "https://hooks.example/flowthrough", "events": events });
        assert_eq!(client.post("/v1/webhooks", &new).await.status, 201);
        world.arrive(&world.template(|_| ()).await, "1@sp.com", None).await;
        let db = world.store.read();
        let window = Window { after: None, skip: None, most: ALL };
        let webhook = webhook::page(db, world.tenant, window).await.unwrap().rows.remove(0);
        let window = Window { after: None, skip: None, most: ALL };
        let is_due = async || webhook::is_due(db, world.environment.now()).await.unwrap();
        let name = webhook_delivery::pending(db, &webhook, ALL).await.unwrap()[0].event.name();
        assert!(is_due().await);
        run(&world, "UPDATE webhook_delivery SET event = 'subscriber.praised'").await;
        assert!(!is_due().await, "nobody turns in circles for it");
        assert_eq!(webhook_delivery::pending(db, &webhook, ALL).await.unwrap(), []);
        assert_eq!(webhook_delivery::page(db, &webhook, Which::All, window).await.unwrap().rows, []);
        run(&world, &format!("UPDATE webhook_delivery SET event = '{name}'")).await;
        assert!(is_due().await);
    });
}

#[test]
fn a_directory_sync_whose_fault_cannot_be_read_is_left_out() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let customer = customer::find(world.store.read(), world.tenant, user.customer_id).await.unwrap().unwrap();
        let client = world.client().await;
        let listed = client.get("/v1/broadworks/enterprises").await;
        let path = format!(
            "/v1/broadworks/enterprises/{}/broadworksDirectorySync",
            listed.body["items"][0]["id"].as_str().unwrap()
        );
        let on = client.put(&path, &serde_json::json!({ "enableDirSync": true })).await;
        assert_eq!(on.status, 200, "{:?}", on.body);
        assert!(directory_sync::find(world.store.read(), &customer).await.unwrap().is_some());
        run(&world, "UPDATE directory_sync SET fault = 1").await;
        let refused = directory_sync::find(world.store.read(), &customer).await.unwrap_err();
        assert!(matches!(refused, Trouble::Unreadable(row) if (row.table, row.column) == ("directory_sync", "fault")));
        assert_eq!(client.get("/v1/broadworks/enterprises").await.status, 200);
    });
}

#[test]
fn a_sum_goes_on_without_those_who_cannot_be_read() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let strange = world.arrive(&template, "strange@sp.com", Some("s@acme.com")).await;
        world.arrive(&template, "plain@sp.com", Some("plain@acme.com")).await;
        write(&world, strange.id, subscriber::Column::Package, "gold").await;
        let alike = subscribers::standing(world.store.read(), world.tenant, &Filter::default()).await.unwrap();
        assert_eq!(alike.iter().map(|alike| alike.users).sum::<i64>(), 1);
        run(&world, "UPDATE subscriber SET fault = 1").await;
        assert_eq!(counter::failing(world.store.read(), world.tenant).await.unwrap(), []);
    });
}
