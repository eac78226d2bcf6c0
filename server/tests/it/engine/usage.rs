//! What is billed: spans that begin and end with the accounts, in the same transaction.

use std::io::Cursor;

use domain::{BroadWorksId, Fault, Network, Package, lifecycle::Event, timestamp::DAY};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use server::{
    import::{ImportOptions, import},
    provisioning::{activation, bulk, draft, flow_through},
};

use crate::support::{Act, World, fault, for_each_database, new_subscriber};

/// Package, BroadWorks id, day of the beginning and of the end, and whether the account went on.
async fn spans(world: &World, began: i64) -> Vec<(String, String, i64, Option<i64>, bool)> {
    let day = |at: i64| (at - began) / DAY;
    let spans = world.usage().await.into_iter();
    spans.map(|one| (one.package, one.user_id, day(one.from_at), one.until_at.map(day), one.continued)).collect()
}

fn span(package: &str, from: i64, until: Option<i64>, continued: bool) -> (String, String, i64, Option<i64>, bool) {
    (package.to_owned(), "1@sp.com".to_owned(), from, until, continued)
}

#[test]
fn a_span_begins_with_the_account_and_follows_it_to_its_end() {
    for_each_database(async |world: World| {
        let began = world.environment.now().0;
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        assert!(world.usage().await.is_empty(), "ordered is not there yet");
        world.work().await;
        world.clock.advance(DAY);
        world.apply(user.id, Event::PackageChanged(Package::Premium)).await.unwrap();
        assert_eq!(spans(&world, began).await, [span("standard", 0, None, false)], "not before the target has done it");
        world.clock.advance(DAY);
        world.work().await;
        let changed = [span("standard", 0, Some(2), true), span("premium", 2, None, false)];
        assert_eq!(spans(&world, began).await, changed);

        world.clock.advance(DAY);
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        world.clock.advance(DAY);
        assert_eq!(spans(&world, began).await, changed, "it is there until the target says that it is gone");
        world.work().await;
        let gone = [span("standard", 0, Some(2), true), span("premium", 2, Some(4), false)];
        assert_eq!(spans(&world, began).await, gone);

        world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        assert_eq!(spans(&world, began).await, [gone.to_vec(), vec![span("standard", 4, None, false)]].concat());
    });
}

#[test]
fn another_broadworks_id_begins_another_span_and_another_name_does_not() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        let client = world.client().await;
        let listed = client.get("/v1/broadworks/subscribers").await;
        let path = format!("/v1/broadworks/subscribers/{}", listed.body["items"][0]["id"].as_str().unwrap());
        assert_eq!(client.put(&path, &json!({ "firstName": "Anne", "extension": "7" })).await.status, 200);
        world.work().await;
        assert_eq!(world.usage().await.len(), 1);

        world.clock.advance(DAY);
        let renamed = client.put(&path, &json!({ "userId": "2@sp.com", "package": "basic" })).await;
        assert_eq!(renamed.status, 200, "{}", renamed.body);
        world.work().await;
        let shown: Vec<_> = world
            .usage()
            .await
            .into_iter()
            .map(|one| {
                (
                    server::store::SubscriberId::from(one.owner_id) == user.id,
                    one.user_id,
                    one.package,
                    one.until_at.is_none(),
                )
            })
            .collect();
        let expected = [("1@sp.com", "standard", false), ("2@sp.com", "standard", false), ("2@sp.com", "basic", true)];
        assert_eq!(shown, expected.map(|(id, package, open)| (true, id.to_owned(), package.to_owned(), open)));
    });
}

#[test]
fn what_fails_changes_nothing() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Refuse(fault(Fault::TargetRefused))]);
        let failed = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        assert!(world.usage().await.is_empty(), "an account that may exist is not known to");
        world.apply(failed.id, Event::Retried).await.unwrap();
        world.work().await;
        let begun = world.usage().await;
        assert_eq!(begun.len(), 1);

        for event in [Event::PackageChanged(Package::Premium), Event::RemovalRequested] {
            world.clock.advance(DAY);
            world.target.plan([Act::Refuse(fault(Fault::TargetRefused))]);
            world.apply(failed.id, event).await.unwrap();
            world.work().await;
            assert_eq!(world.status(failed.id).await, "error");
            assert_eq!(world.usage().await, begun);
        }
    });
}

#[test]
fn a_server_that_dies_in_mid_call_neither_loses_nor_doubles_a_span() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        for (event, spans, open) in [
            (None, 1, true),
            (Some(Event::PackageChanged(Package::Basic)), 2, true),
            (Some(Event::RemovalRequested), 2, false),
        ] {
            if let Some(event) = event {
                world.apply(user.id, event).await.unwrap();
            }
            world.target.plan([Act::WorkThenHang]);
            let worker = world.worker();
            let dying = tokio::spawn(async move { worker.drain().await });
            world.target.reached().await;
            dying.abort();
            assert!(dying.await.unwrap_err().is_cancelled());
            world.leases_run_out();
            world.work().await;
            let usage = world.usage().await;
            assert_eq!((usage.len(), usage.last().unwrap().until_at.is_none()), (spans, open));
            world.doubt_ends().await;
        }
    });
}

#[test]
fn a_subscriber_has_one_open_span_at_the_most() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        let work = world.store.work().await.unwrap();
        let again = "INSERT INTO \"usage\" (id, partner_id, customer_id, subscriber_id, user_id, package, self_activated, \
                     from_at, until_at, continued) SELECT customer_id, partner_id, customer_id, subscriber_id, user_id, \
                     package, self_activated, from_at, until_at, continued FROM \"usage\"";
        let refused = work.execute_unprepared(again).await.unwrap_err();
        assert!(server::store::is_taken(&refused), "{refused}");
    });
}

#[test]
fn whoever_had_an_account_before_spans_were_kept_has_one_since_it_was_created() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        let created = world.environment.now().0;
        world.clock.advance(DAY);
        world.apply(user.id, Event::PackageChanged(Package::Premium)).await.unwrap();
        world.work().await;
        // An account whose history does not say when it came.
        let old = world.arrive(&template, "2@sp.com", Some("bob@acme.com")).await;
        world.work().await;
        let since = world.find(old.id).await.unwrap().status_changed_at;
        let waiting = world.arrive(&world.template(|_| ()).await, "3@sp.com", None).await;

        let work = world.store.work().await.unwrap();
        for statement in [
            "DROP TABLE \"usage\"",
            "DROP TABLE billing_report",
            "DELETE FROM seaql_migrations WHERE version = 'm0009_usage'",
            "DELETE FROM history WHERE event = 'account_created' AND subscriber_id IN (SELECT id FROM subscriber WHERE user_id = '2@sp.com')",
        ] {
            work.execute_unprepared(statement).await.unwrap();
        }
        work.commit().await.unwrap();
        world.store.migrate().await.unwrap();

        let begun: Vec<_> =
            world.usage().await.into_iter().map(|one| (one.owner_id, one.package, one.from_at, one.until_at)).collect();
        assert_eq!(
            begun,
            [
                (user.id.into(), "premium".to_owned(), created, None),
                (old.id.into(), "standard".to_owned(), since, None)
            ],
            "{} has none",
            waiting.id
        );
        for user in [user, old] {
            world.apply(user.id, Event::RemovalRequested).await.unwrap();
        }
        world.work().await;
        assert!(world.usage().await.iter().all(|one| one.until_at.is_some()));
    });
}

/// Everybody who has a span, and whether it is over.
async fn billed(world: &World) -> Vec<(String, bool, bool)> {
    let mut billed: Vec<_> =
        world.usage().await.into_iter().map(|one| (one.user_id, one.self_activated, one.until_at.is_some())).collect();
    billed.sort();
    billed
}

#[test]
fn every_way_in_begins_a_span_and_every_way_out_ends_it() {
    for_each_database(async |world: World| {
        let (store, environment) = (&world.store, &world.environment);
        let template = world.trusted().await;
        let user = |id: &str| {
            json!({
                "provisioningId": template.provisioning_id, "userId": id, "spEnterpriseId": "SP1+acme",
                "firstName": "Ann", "lastName": "Lee", "package": "basic", "email": format!("{id}@acme.com"),
            })
        };
        let client = world.client().await;
        client.post("/v1/broadworks/subscribers", &user("api")).await;
        client.post("/v1/broadworks/subscribers/bulk", &json!({ "action": "create", "rows": [user("bulk")] })).await;
        while bulk::Worker::new(store.clone(), environment.clone()).turn().await.unwrap() {}
        let draft = draft::from_json(user("adapter").as_object().unwrap());
        flow_through::add(store, environment, &template, &draft).await.unwrap();
        let file = format!(
            "BroadWorks ID,First Name,Last Name,Enterprise ID,Email,Package,Provisioning ID\n\
             import,Ann,Lee,SP1+acme,import@acme.com,basic,{}",
            template.provisioning_id
        );
        import(store, environment, world.tenant, Cursor::new(file), &ImportOptions::default(), |_| ()).await.unwrap();
        let mut new = new_subscriber("self", None);
        new.self_activated = true;
        let came = world.try_arrive(&world.template(|_| ()).await, new).await.unwrap();
        activation::enter_address(store, environment, &came, "self@acme.com", "en").await.unwrap();
        world.work().await;
        let code = world.postman.last().code;
        activation::prove_by_code(store, environment, &world.code_keys, &came, &code, Network::UNKNOWN).await.unwrap();
        world.work().await;
        let ways = ["adapter", "api", "bulk", "import", "self"];
        assert_eq!(billed(&world).await, ways.map(|way| (way.to_owned(), way == "self", false)));

        let listed = client.get("/v1/broadworks/subscribers?userId=api").await;
        let id = listed.body["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(client.delete(&format!("/v1/broadworks/subscribers/{id}")).await.status, 204);
        let rows = json!([{ "userId": "bulk" }, { "userId": "import" }]);
        client.post("/v1/broadworks/subscribers/bulk", &json!({ "action": "delete", "rows": rows })).await;
        while bulk::Worker::new(store.clone(), environment.clone()).turn().await.unwrap() {}
        let adapter = BroadWorksId::parse("adapter").unwrap();
        flow_through::remove(store, environment, &template, &adapter).await.unwrap();
        world.apply(came.id, Event::RemovalRequested).await.unwrap();
        world.work().await;
        assert_eq!(billed(&world).await, ways.map(|way| (way.to_owned(), way == "self", true)));
    });
}
