//! What is down is said once, however many wait for it.

use std::sync::Arc;

use domain::{Fault, bulk::Action, timestamp::MINUTE};
use sea_orm::ConnectionTrait as _;
use server::{
    provisioning::{
        bulk::{self, NewJob, NewRow},
        worker::Worker,
    },
    search::Index,
    store::Actor,
    targets::Refusal,
};
use tracing::Level;

use super::{Kept, lines, logged};
use crate::support::{Outage, World};

/// One server at work for an hour.
async fn work_for_an_hour(world: &World, worker: &Worker) {
    for _ in 0..60 {
        worker.drain().await.unwrap();
        world.clock.advance(MINUTE);
    }
}

/// An outage that begins, lasts, ends and comes again: two lines of warning, one each time.
async fn twice(
    world: &World,
    kept: &Kept,
    worker: &Worker,
    (begin, end): (impl Fn(), impl Fn()),
    users: impl AsyncFn(&str),
    said: &str,
) {
    for time in 1..=2 {
        begin();
        users(&format!("{time}")).await;
        work_for_an_hour(world, worker).await;
        let warnings = lines(kept, "WARN");
        assert_eq!(warnings.len(), time, "{warnings:#?}");
        assert!(warnings.iter().all(|line| line.contains(said)), "{said} is not in {warnings:#?}");
        end();
        work_for_an_hour(world, worker).await;
        let again: Vec<_> =
            lines(kept, "INFO").into_iter().filter(|line| line.contains("event=\"works_again\"")).collect();
        assert_eq!(again.len(), time, "{}", kept.text());
        let seconds = again[time - 1].split_once("seconds=").unwrap().1.split(' ').next().unwrap();
        assert!((3_600..4_200).contains(&seconds.parse().unwrap()), "an hour and a trial's rest: {seconds}");
        assert_eq!(lines(kept, "WARN").len(), time);
    }
    assert!(!kept.text().contains("annabel"), "{}", kept.text());
}

#[test]
fn an_outage_of_a_target_is_one_warning_however_many_wait() {
    for cause in [Fault::TargetUnavailable, Fault::TargetTimeout, Fault::TargetBusy, Fault::TargetUnauthorized] {
        logged(Level::INFO, async |world: World, kept: &Kept| {
            let (worker, template) = (world.worker(), world.trusted().await);
            let said = format!("event=\"fails\" what=\"target\" which=\"directory\" cause=\"{}\"", cause.entry().key);
            let switch = (|| world.target.go_down(cause), || world.target.come_back());
            let users = async |time: &str| {
                for number in 0..6 {
                    let user = format!("annabel{time}{number}");
                    world.arrive(&template, &format!("{user}@sp.com"), Some(&format!("{user}@acme.example"))).await;
                }
            };
            twice(&world, kept, &worker, switch, users, &said).await;
        });
    }
}

#[test]
fn a_target_without_settings_is_one_warning() {
    logged(Level::INFO, async |world: World, kept: &Kept| {
        let (worker, template) = (world.worker(), world.trusted_at("scim", None).await);
        for number in 0..3 {
            let user = format!("annabel{number}");
            world.arrive(&template, &format!("{user}@sp.com"), Some(&format!("{user}@acme.example"))).await;
        }
        work_for_an_hour(&world, &worker).await;
        let warnings = lines(kept, "WARN");
        let said = "event=\"fails\" what=\"target\" which=\"scim\" cause=\"target_unauthorized\"";
        assert!(warnings.len() == 1 && warnings[0].contains(said), "{warnings:#?}");
    });
}

#[test]
fn a_mail_server_that_is_away_is_one_warning_however_many_mails_wait() {
    logged(Level::INFO, async |world: World, kept: &Kept| {
        let (worker, template) = (world.worker(), world.template(|_| ()).await);
        let switch = (|| world.postman.close(Fault::MailUnavailable), || world.postman.open());
        let users = async |time: &str| {
            for number in 0..6 {
                let user = format!("annabel{time}{number}");
                world.arrive(&template, &format!("{user}@sp.com"), Some(&format!("{user}@acme.example"))).await;
            }
        };
        let said = "event=\"fails\" what=\"mail server\" which=\"\" cause=\"mail_unavailable\"";
        twice(&world, kept, &worker, switch, users, said).await;
    });
}

#[test]
fn mails_that_nobody_confirms_are_one_warning_and_the_next_that_is_ends_it() {
    logged(Level::INFO, async |world: World, kept: &Kept| {
        let (worker, template) = (world.worker(), world.template(|_| ()).await);
        let users = async |time: &str| {
            for number in 0..3 {
                let user = format!("annabel{time}{number}");
                world.arrive(&template, &format!("{user}@sp.com"), Some(&format!("{user}@acme.example"))).await;
            }
        };
        let silent = || (0..3).for_each(|_| world.postman.take_silently());
        let said = "event=\"fails\" what=\"mail\" which=\"confirmation\" cause=\"uncertain\"";
        for time in 1..=2 {
            silent();
            users(&format!("silent{time}")).await;
            work_for_an_hour(&world, &worker).await;
            let warnings = lines(kept, "WARN");
            assert!(warnings.len() == time && warnings[time - 1].contains(said), "{warnings:#?}");
            users(&format!("taken{time}")).await;
            work_for_an_hour(&world, &worker).await;
            let again = lines(kept, "INFO").into_iter().filter(|line| line.contains("event=\"works_again\"")).count();
            assert_eq!(again, time, "{}", kept.text());
        }
        assert!(!kept.text().contains("annabel"), "{}", kept.text());
    });
}

#[test]
fn an_order_that_a_target_refuses_for_good_is_one_line_and_no_warning() {
    let causes = [
        Fault::TargetRefused,
        Fault::PackageUnavailable,
        Fault::AccountConflict,
        Fault::ConsentDeclined,
        Fault::AddressInUse,
    ];
    for cause in causes {
        logged(Level::INFO, async |world: World, kept: &Kept| {
            let (worker, template) = (world.worker(), world.trusted().await);
            let detail = Some("the seat of annabel (Annabel Lee) is taken".to_owned());
            world.target.fail_for("annabel@sp.com", Refusal { detail, ..cause.into() });
            for user in ["annabel", "zoe"] {
                let (user_id, address) = (format!("{user}@sp.com"), format!("{user}@acme.example"));
                world.arrive(&template, &user_id, Some(&address)).await;
            }
            work_for_an_hour(&world, &worker).await;
            let failed: Vec<_> = lines(kept, "INFO").into_iter().filter(|line| line.contains("order_failed")).collect();
            let code = format!("code={}", cause.code());
            assert!(failed.len() == 1 && failed[0].contains(&code), "{cause:?}: {failed:#?}");
            assert_eq!(lines(kept, "WARN"), Vec::<String>::new());
            assert!(!kept.text().contains("annabel"), "{}", kept.text());
        });
    }
}

async fn rename(world: &World, from: &str, to: &str) {
    let work = world.store.work().await.unwrap();
    work.execute_unprepared(&format!("ALTER TABLE {from} RENAME TO {to}")).await.unwrap();
    work.commit().await.unwrap();
}

#[test]
fn work_that_cannot_be_done_is_an_error_and_none_where_the_database_is_away() {
    logged(Level::INFO, async |world: World, kept: &Kept| {
        let row = NewRow { written: "".into(), subscriber: None, user_id: None, line: None, flaws: Vec::new() };
        let (by, new) = ((world.tenant, Actor::Import), NewJob::of(Action::Retry, vec![row], Vec::new()));
        bulk::accept(&world.store, &world.environment, by, new).await.unwrap();
        let outage = Arc::new(Outage::default());
        let jobs = bulk::Worker::new(world.store.with_mishaps(outage.clone()), world.environment.clone());
        let look_once = async || jobs.clone().run(async {}).await;
        outage.spread();
        look_once().await;
        assert_eq!(lines(kept, "ERROR"), Vec::<String>::new(), "the database's own line is enough");
        outage.end();
        let broken = [("bulk_job", "bulk jobs cannot be claimed"), ("bulk_row", "bulk jobs cannot be carried out")];
        for (time, (table, said)) in (1..).zip(broken) {
            rename(&world, table, "away").await;
            look_once().await;
            rename(&world, "away", table).await;
            let errors = lines(kept, "ERROR");
            assert!(errors.len() == time && errors[time - 1].contains(said), "{errors:#?}");
        }
    });
}

#[test]
fn a_search_that_cannot_follow_is_one_warning_and_none_where_the_database_is_away() {
    logged(Level::INFO, async |world: World, kept: &Kept| {
        let template = world.trusted().await;
        world.arrive(&template, "annabel@sp.com", None).await;
        let outage = Arc::new(Outage::default());
        let index = Index::new(world.store.with_mishaps(outage.clone()), world.environment.clone());
        let follow = async || {
            for _ in 0..5 {
                index.follow().await;
            }
        };
        outage.begin();
        follow().await;
        assert_eq!(lines(kept, "WARN"), Vec::<String>::new(), "the database's own line is enough");
        outage.end();
        for [from, to] in [["search_due", "away"], ["away", "search_due"]] {
            rename(&world, from, to).await;
            follow().await;
        }
        let said: Vec<_> =
            kept.text().lines().filter(|line| line.contains("what=\"search\"")).map(str::to_owned).collect();
        let [fails, works] = said.as_slice() else { panic!("{said:#?}") };
        assert!(fails.contains("WARN") && fails.contains("event=\"fails\" what=\"search\" which=\"index\""), "{fails}");
        assert!(works.contains("INFO") && works.contains("event=\"works_again\""), "{works}");
    });
}
