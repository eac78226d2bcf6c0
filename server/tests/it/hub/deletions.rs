//! Deletions above the threshold: they wait for a yes, and nothing is done of them before.

use app::{
    backend::{Administrator, Audit as _, Deletions as _, Jobs as _},
    hub::model::{AuditFilter, BulkDeed, JobRow, JobState, SeenDeletions},
};
use domain::{EmailAddress, Fault, audit::Deed, bulk::UNDO, deletion::WINDOW, lifecycle::Event};
use futures::future::join_all;
use sea_orm::{DbBackend, EntityTrait as _};
use serde_json::json;
use server::{
    backend::hub::HubService,
    fault::Trouble,
    provisioning::{
        admission::Comeback,
        deletion::{self, Decision},
        flow_through,
        update::{self, Removal},
    },
    store::{Actor, Subscriber, Template},
};

use super::{
    hub,
    jobs::{carry_out, these, turn},
    row,
    user::ann,
};
use crate::{
    entity::{admission, bulk_job, subscriber},
    support::{World, for_each_database},
};

async fn threshold(world: &World, users: i32) {
    let caller = (world.tenant, &Actor::Operator);
    deletion::set_threshold(&world.store, &world.environment, caller, users).await.unwrap();
}

async fn arrive(world: &World, template: &Template, users: usize) -> Vec<Subscriber> {
    let mut all = Vec::new();
    for number in 0..users {
        all.push(world.arrive(template, &format!("{number}@sp.com"), None).await);
    }
    all
}

/// BroadWorks takes the service from this user.
async fn unassign(world: &World, template: &Template, user: &Subscriber) -> Removal {
    flow_through::remove(&world.store, &world.environment, template, &user.user_id).await.unwrap()
}

async fn users(world: &World) -> usize {
    subscriber::Entity::find().all(world.store.read()).await.unwrap().len()
}

async fn waiting(hub: &HubService, ann: &Administrator) -> Vec<JobRow> {
    hub.staged_deletions(ann).await.unwrap().jobs
}

fn seen(jobs: &[JobRow]) -> Vec<SeenDeletions> {
    jobs.iter().map(|job| SeenDeletions { job: job.id, rows: job.rows }).collect()
}

#[test]
fn a_mass_unassign_is_stopped_at_the_threshold_and_nothing_happens_to_the_rest_before_a_yes() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        threshold(&world, 3).await;
        let all = arrive(&world, &template, 6).await;
        for (number, user) in all.iter().enumerate() {
            let removal = if number < 3 { Removal::Begun } else { Removal::Waits };
            assert_eq!(unassign(&world, &template, user).await, removal, "{number}");
        }
        assert_eq!(unassign(&world, &template, &all[4]).await, Removal::Waits, "calls are repeated");
        world.clock.advance(2 * UNDO);
        carry_out(&world).await;
        world.work().await;
        assert_eq!(users(&world).await, 3);
        let staged = waiting(&hub, &ann).await;
        assert_eq!((staged.len(), staged[0].rows, staged[0].state), (1, 3, JobState::Staged));
        for user in &all[3..] {
            assert_eq!(world.status(user.id).await, "pending_email_input", "the status knows nothing of it");
            assert_eq!(world.history(user.id).await.last().map(String::as_str), Some("deletion_staged"));
        }

        // Whoever waits goes on as before, and the hub still offers it.
        let email = EmailAddress::parse("ann@acme.com").unwrap();
        world.apply(all[3].id, Event::AddressEntered(email)).await.unwrap();
        assert_eq!(world.status(all[3].id).await, "pending_email_validation");

        assert_eq!(hub.decide_deletions(&ann, true, &seen(&staged)).await, Ok(3));
        carry_out(&world).await;
        world.work().await;
        assert_eq!((users(&world).await, waiting(&hub, &ann).await), (0, Vec::new()));
        // They were announced no longer.
        assert!(admission::Entity::find().all(world.store.read()).await.unwrap().is_empty());
        let log = hub.audit(&ann, AuditFilter::default(), None).await.unwrap().page.rows;
        assert!(log.iter().any(|row| row.deed == Deed::DeletionsApproved), "{log:?}");
    });
}

#[test]
fn a_no_leaves_everybody_and_the_list_says_who_waits() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        threshold(&world, 0).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        assert_eq!(unassign(&world, &template, &user).await, Removal::Waits);
        let shown = row(&world, &template).await;
        assert!(shown.staged && !shown.leaving && shown.actions.onboard, "{shown:?}");
        let staged = waiting(&hub, &ann).await;
        assert_eq!(hub.decide_deletions(&ann, false, &seen(&staged)).await, Ok(1));
        carry_out(&world).await;
        assert_eq!((users(&world).await, waiting(&hub, &ann).await), (1, Vec::new()));
        assert!(!row(&world, &template).await.staged);
        assert_eq!(hub.job(&ann, staged[0].id).await.unwrap().state, JobState::Cancelled);
        let again = hub.decide_deletions(&ann, true, &seen(&staged)).await;
        assert_eq!(again.unwrap_err().fault, Fault::NotFound, "somebody else was faster");
        // It may be asked for again.
        assert_eq!(unassign(&world, &template, &user).await, Removal::Waits);
        assert_eq!(waiting(&hub, &ann).await.len(), 1);
    });
}

#[test]
fn a_job_that_is_too_large_waits_whole_and_one_that_fits_does_not() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        threshold(&world, 3).await;
        let all = arrive(&world, &template, 5).await;
        let all: Vec<_> = all.iter().collect();
        let job = hub.begin_bulk(&ann, &these(&all[..4]), BulkDeed::Delete).await.unwrap();
        assert_eq!(job.state, JobState::Staged);
        world.clock.advance(2 * UNDO);
        assert!(!turn(&world).await, "nobody works on it");
        let refused = hub.cancel_job(&ann, job.id).await.unwrap_err();
        assert_eq!(refused.fault, Fault::PermissionMissing, "that is decided where all of them are");
        assert_eq!(hub.decide_deletions(&ann, false, &seen(&[job])).await, Ok(4));

        world.clock.advance(WINDOW + 60_000);
        let job = hub.begin_bulk(&ann, &these(&all[..3]), BulkDeed::Delete).await.unwrap();
        assert_eq!(job.state, JobState::Waiting(8), "the hour is over");
        world.clock.advance(UNDO);
        carry_out(&world).await;
        assert_eq!(users(&world).await, 2);
        let job = hub.begin_bulk(&ann, &these(&all[3..4]), BulkDeed::Delete).await.unwrap();
        assert_eq!(job.state, JobState::Staged, "the fourth of this hour");
    });
}

#[test]
fn rows_that_are_wrong_delete_nobody_and_do_not_count() {
    for_each_database(async |world: World| {
        threshold(&world, 1).await;
        arrive(&world, &world.template(|_| ()).await, 1).await;
        let asked = json!({ "action": "delete", "rows": ["wrong", "wrong", { "userId": "0@sp.com" }] });
        let job = world.client().await.post("/v1/broadworks/subscribers/bulk", &asked).await;
        assert_eq!((job.status.as_u16(), job.text("status")), (202, "running"));
    });
}

#[test]
fn a_list_of_which_all_are_meant_is_found_out_first_and_only_they_are_deleted_later() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        threshold(&world, 1).await;
        arrive(&world, &template, 3).await;
        let everybody =
            app::hub::model::Selection { template: Some(template.id.into()), everybody: true, ..Default::default() };
        let job = hub.begin_bulk(&ann, &everybody, BulkDeed::Delete).await.unwrap();
        assert_eq!(job.state, JobState::Selecting);
        carry_out(&world).await;
        world.arrive(&template, "late@sp.com", None).await;
        let staged = waiting(&hub, &ann).await;
        assert_eq!((staged[0].state, staged[0].rows, users(&world).await), (JobState::Staged, 3, 4));
        assert_eq!(hub.decide_deletions(&ann, true, &seen(&staged)).await, Ok(3));
        carry_out(&world).await;
        let left = subscriber::Entity::find().all(world.store.read()).await.unwrap();
        assert_eq!(left.iter().map(|user| user.user_id.as_str()).collect::<Vec<_>>(), ["late@sp.com"]);
    });
}

#[test]
fn only_what_was_shown_is_decided() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        threshold(&world, 0).await;
        let all = arrive(&world, &template, 3).await;
        unassign(&world, &template, &all[0]).await;
        let shown = seen(&waiting(&hub, &ann).await);
        for user in &all[1..] {
            unassign(&world, &template, user).await;
        }
        assert_eq!(hub.decide_deletions(&ann, true, &shown).await, Ok(1));
        carry_out(&world).await;
        let staged = waiting(&hub, &ann).await;
        assert_eq!((users(&world).await, staged.len(), staged[0].rows), (2, 1, 2));
        unassign(&world, &template, &all[1]).await;
        assert_eq!(waiting(&hub, &ann).await[0].rows, 2, "it waits already");
        let caller = (world.tenant, &Actor::Operator);
        let (store, environment) = (&world.store, &world.environment);
        deletion::decide(store, environment, caller, Decision::Approved, None).await.unwrap();
        carry_out(&world).await;
        assert_eq!(users(&world).await, 0);
    });
}

#[test]
fn whoever_is_announced_again_is_not_deleted() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        threshold(&world, 0).await;
        let all = arrive(&world, &template, 2).await;
        for user in &all {
            unassign(&world, &template, user).await;
        }
        deletion::withdraw(&world.store, &all[0]).await.unwrap();
        let staged = hub.staged_deletions(&ann).await.unwrap();
        assert_eq!(staged.users(), 1);
        hub.decide_deletions(&ann, true, &seen(&staged.jobs)).await.unwrap();
        carry_out(&world).await;
        let left = subscriber::Entity::find().all(world.store.read()).await.unwrap();
        assert_eq!(left.iter().map(|user| user.id).collect::<Vec<_>>(), [all[0].id]);
    });
}

#[test]
fn servers_that_delete_at_once_count_together() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        threshold(&world, 4).await;
        let all = arrive(&world, &template, 10).await;
        // SQLite has one server.
        let other = match world.store.backend() {
            DbBackend::Postgres => Some(world.replica().await),
            _ => None,
        };
        let calls = all.iter().enumerate().map(|(number, user)| {
            let world = other.as_ref().filter(|_| number % 2 == 0).unwrap_or(&world);
            let own = (world.tenant, user.id);
            async move {
                loop {
                    let removed =
                        update::remove(&world.store, &world.environment, own, &Actor::Import, Comeback::Allowed);
                    match removed.await {
                        // On a busy machine they wait for one another longer than anybody is kept waiting.
                        Err(Trouble::Interrupted(_)) => {}
                        ended => return ended.unwrap(),
                    }
                }
            }
        });
        let removed = join_all(calls).await.into_iter();
        assert_eq!(removed.filter(|removal| *removal == Removal::Begun).count(), 4);
        assert_eq!(users(&world).await, 6);
        let staged = bulk_job::Entity::find().all(world.store.read()).await.unwrap();
        assert_eq!(staged.iter().map(|job| job.size).collect::<Vec<_>>(), [6]);
    });
}
