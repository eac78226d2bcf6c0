//! Users are found by whatever is known of them, by their own partner, and without a walk through all of them.

use app::{backend::Users as _, hub::model::Cursor};
use domain::{EmailAddress, draft::NewSubscriber, filter, lifecycle::Event, search::Terms};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use server::{
    backend::hub::{HubService, caller},
    store::{
        Tenant, Window, search,
        subscriber::{self, Filter},
    },
};
use uuid::Uuid;

use super::counters::walks;
use crate::support::{World, for_each_database, new_subscriber};

/// By words, the best first: whether that is found out by the index or of whom the list has, it is the same.
async fn found(world: &World, tenant: Tenant, typed: &str) -> Vec<String> {
    let (db, terms) = (world.store.read(), Terms::typed(typed).unwrap());
    let words = filter::Filter { words: vec![typed.to_owned()], ..filter::Filter::default() };
    let filter = Filter { wanted: words, ..Filter::default() };
    let window = Window { after: None, skip: None, most: 50 };
    let page = subscriber::newest_first(db, tenant, &filter, window).await.unwrap();
    assert!(page.next.is_none(), "everybody is on the page");
    let best = subscriber::best_first(db, tenant, &terms, (page.rows.clone(), true), 10).await.unwrap();
    let by_index = subscriber::best_first(db, tenant, &terms, (page.rows, false), 10).await.unwrap();
    assert_eq!(best, by_index, "{typed}");
    best.into_iter().map(|user| user.user_id.into()).collect()
}

fn named(user: &str, first: &str, last: &str, phone: Option<&str>) -> NewSubscriber {
    NewSubscriber {
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        primary_phone: phone.map(str::to_owned),
        ..new_subscriber(user, None)
    }
}

fn filter(text: &str, world: &World) -> Filter {
    Filter { wanted: filter::Filter::parse(text).unwrap(), now: world.environment.now(), ..Filter::default() }
}

async fn listed(world: &World, text: &str) -> Vec<String> {
    let window = Window { after: None, skip: None, most: 50 };
    let page = subscriber::newest_first(world.store.read(), world.tenant, &filter(text, world), window).await.unwrap();
    page.rows.into_iter().map(|user| user.user_id.into()).collect()
}

#[test]
fn users_are_found_by_any_part_of_what_is_known_of_them() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        for (user, first, last, phone) in [
            ("71000@sp.com", "Zoë", "Ångström", Some("+49 171 5550001")),
            ("71001@sp.com", "Ольга", "Zoega", None),
            ("5550001@sp.com", "小明", "王", None),
        ] {
            world.try_arrive(&template, named(user, first, last, phone)).await.unwrap();
        }
        assert_eq!(found(&world, world.tenant, "zoe").await, [""; 0], "not taken in yet");
        search::catch_up(&world.store).await.unwrap();
        assert_eq!(found(&world, world.tenant, "zoe").await, ["71000@sp.com", "71001@sp.com"], "a whole word first");
        assert_eq!(found(&world, world.tenant, "ANGSTR").await, ["71000@sp.com"]);
        assert_eq!(found(&world, world.tenant, "oega zo").await, ["71001@sp.com"]);
        assert_eq!(found(&world, world.tenant, "ОЛЬ").await, ["71001@sp.com"]);
        assert_eq!(found(&world, world.tenant, "明").await, ["5550001@sp.com"]);
        assert_eq!(found(&world, world.tenant, "0171 555-00 01").await, ["71000@sp.com"]);
        assert_eq!(
            found(&world, world.tenant, "5550001").await,
            ["5550001@sp.com", "71000@sp.com"],
            "what begins so first"
        );
        assert_eq!(found(&world, world.tenant, "%").await, [""; 0]);
        assert_eq!(found(&world, world.tenant, "zo%").await, [""; 0]);
        assert_eq!(found(&world, world.tenant, "an\"g OR").await, [""; 0]);
    });
}

#[test]
fn what_changes_or_goes_is_found_as_it_is() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        let gone = world.arrive(&template, "2@sp.com", None).await;
        search::catch_up(&world.store).await.unwrap();
        let email = EmailAddress::parse("olga@acme.com").unwrap();
        world.apply(user.id, Event::AddressEntered(email)).await.unwrap();
        world.apply(gone.id, Event::RemovalRequested).await.unwrap();
        assert_eq!(found(&world, world.tenant, "2@sp.com").await, [""; 0]);
        search::catch_up(&world.store).await.unwrap();
        assert_eq!(found(&world, world.tenant, "lga@a").await, ["1@sp.com"]);
        // Nothing of one who is gone is left, and nothing is to be done for one in whom nothing changed that is looked for.
        let other = EmailAddress::parse("olga@acme.com").unwrap();
        world.apply(user.id, Event::AddressEntered(other)).await.unwrap();
        let kept = "SELECT (SELECT COUNT(*) FROM subscriber_search) AS texts, (SELECT COUNT(*) FROM search_due) AS due";
        let kept = Statement::from_string(world.store.backend(), kept);
        let kept = world.store.read().query_one_raw(kept).await.unwrap().unwrap();
        assert_eq!((kept.try_get::<i64>("", "texts").unwrap(), kept.try_get::<i64>("", "due").unwrap()), (1, 0));
    });
}

#[test]
fn nobody_finds_another_partners_users() {
    for_each_database(async |world: World| {
        let (template, other) = (world.template(|_| ()).await, world.other_partner().await);
        world.arrive(&template, "71000@sp.com", None).await;
        search::catch_up(&world.store).await.unwrap();
        assert_eq!(found(&world, world.tenant, "71000").await.len(), 1);
        for typed in ["71000@sp.com", "71000", "7"] {
            assert_eq!(found(&world, other, typed).await, [""; 0], "{typed}");
            let window = Window { after: None, skip: None, most: 50 };
            let page =
                subscriber::newest_first(world.store.read(), other, &filter(typed, &world), window).await.unwrap();
            assert!(page.rows.is_empty(), "{typed}");
        }
    });
}

#[test]
fn a_list_has_whoever_fits_its_filter() {
    for_each_database(async |world: World| {
        let (open, trusted) = (world.template(|_| ()).await, world.trusted().await);
        world.try_arrive(&open, named("1@sp.com", "Ann", "Lee", Some("+49 171 1"))).await.unwrap();
        world.arrive(&trusted, "2@sp.com", Some("bob@acme.com")).await;
        world.work().await;
        world.clock.advance(4 * 86_400_000);
        let third = world.try_arrive(&open, named("3@sp.com", "Ann", "", None)).await.unwrap();
        world.apply(third.id, Event::AddressEntered(EmailAddress::parse("bob@acme.com").unwrap())).await.unwrap();
        search::catch_up(&world.store).await.unwrap();
        for (text, fitting) in [
            ("", &["3@sp.com", "2@sp.com", "1@sp.com"][..]),
            ("status:provisioned", &["2@sp.com"]),
            ("status:waiting", &["3@sp.com", "1@sp.com"]),
            ("provisioned:no ann", &["3@sp.com", "1@sp.com"]),
            ("needs:email_input", &["1@sp.com"]),
            ("stuck:>3d", &["1@sp.com"]),
            ("missing:number", &["3@sp.com"]),
            ("same:email", &["3@sp.com", "2@sp.com"]),
            ("came:csv", &["3@sp.com", "2@sp.com", "1@sp.com"]),
            ("came:api,self-activation", &[]),
            ("mail:waiting", &["3@sp.com"]),
            ("mail:sent,refused", &[]),
            ("code:41007", &[]),
            ("customer:SP1+acme package:standard id:1@SP.com", &["1@sp.com"]),
            ("customer:nobody", &[]),
            ("template:\"Standard users\" 1@sp", &["1@sp.com"]),
            ("needs:administrator", &[]),
        ] {
            assert_eq!(listed(&world, text).await, fitting, "{text}");
        }
    });
}

#[test]
fn parts_of_a_list_follow_each_other_in_both_directions() {
    for_each_database(async |world: World| {
        let (open, trusted) = (world.template(|_| ()).await, world.trusted().await);
        for at in 0..9 {
            let template = if at % 3 == 0 { &trusted } else { &open };
            world.arrive(template, &format!("{at}@sp.com"), Some(&format!("{at}@acme.com"))).await;
        }
        world.work().await;
        search::catch_up(&world.store).await.unwrap();
        for text in ["", "status:waiting,provisioned", "sp.com", "sp.com status:waiting,provisioned"] {
            let filter = filter(text, &world);
            for forwards in [true, false] {
                let (mut after, mut all) = (None, Vec::new());
                loop {
                    let (db, window) = (world.store.read(), Window { after, skip: None, most: 2 });
                    let page = match forwards {
                        true => subscriber::newest_first(db, world.tenant, &filter, window).await.unwrap(),
                        false => subscriber::oldest_first(db, world.tenant, &filter, window).await.unwrap(),
                    };
                    all.extend(page.rows.iter().map(|user| user.user_id.as_str()[..1].to_owned()));
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                let expected: String = if forwards { "876543210" } else { "012345678" }.to_owned();
                assert_eq!(all.concat(), expected, "{text}");
            }
        }
    });
}

#[test]
fn nobody_is_found_by_a_walk_through_all() {
    for_each_database(async |world: World| {
        if world.store.backend() != DbBackend::Sqlite {
            return;
        }
        let (world, heard) = world.overheard();
        world.arrive(&world.template(|_| ()).await, "71000@sp.com", None).await;
        search::catch_up(&world.store).await.unwrap();
        heard.statements();
        assert_eq!(found(&world, world.tenant, "100").await.len(), 1);
        assert_eq!(walks(&world, &heard).await, [""; 0]);
        let worker = world.worker();
        let hub = HubService(world.context(worker.breakers().clone()));
        let by = caller(Uuid::nil().into(), world.tenant);
        assert_eq!(hub.search(&by, "710", Cursor::Start).await.unwrap().page.rows.len(), 1);
        let by_grams = heard.statements().into_iter().filter(|sql| sql.contains("subscriber_gram")).count();
        assert_eq!(by_grams, 1, "whoever has everybody on the page knows who fits best");
        for text in ["710", "status:waiting 710", "status:waiting", "code:41007", "provisioned:no", "id:71000@sp.com"] {
            listed(&world, text).await;
            assert_eq!(walks(&world, &heard).await, [""; 0], "{text}");
        }
    });
}
