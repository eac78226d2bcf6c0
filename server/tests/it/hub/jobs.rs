//! Many users at once: whom it touches, what becomes of each, and how it is taken back.

use app::{
    backend::{Administrator, Audit as _, Jobs as _, People as _, Users as _},
    hub::model::{
        AuditFilter, BulkDeed, Doer, Example, JobRow, JobState, JobSummary, LeftOut, Selection, UserFilter, UserId,
        UserList,
    },
};
use domain::{
    Fault, Package, Status,
    bulk::{Action, Outcome, UNDO},
    lifecycle::Event,
    timestamp::{DAY, MINUTE},
};
use sea_orm::{DbBackend, EntityTrait as _};
use server::{
    access::administrators,
    backend::hub::{HubService, caller},
    lease::Leased as _,
    live::{News, Topic},
    provisioning::bulk,
    store::{AdministratorId, Subscriber, Template, Tenant, lease},
};

use super::{hub, user::ann};
use crate::{
    entity::{admission, bulk_row, subscriber},
    store::counters::walks,
    support::{Act, World, fault, for_each_database, new_subscriber},
};

fn everybody(template: &Template) -> Selection {
    Selection { template: Some(template.id.into()), everybody: true, ..Selection::default() }
}

pub fn these(users: &[&Subscriber]) -> Selection {
    Selection { ids: users.iter().map(|user| user.id.into()).collect(), ..Selection::default() }
}

fn server(world: &World) -> bulk::Worker {
    bulk::Worker::new(world.store.clone(), world.environment.clone())
}

/// One turn of a server that has just started: nothing of a job is only in memory.
pub async fn turn(world: &World) -> bool {
    server(world).turn().await.unwrap()
}

pub async fn carry_out(world: &World) {
    while turn(world).await {}
}

/// Deletes these users, and lets the time pass in which that can be undone.
pub async fn delete(world: &World, by: &Administrator, ids: Vec<UserId>) {
    hub(world).begin_bulk(by, &Selection { ids, ..Selection::default() }, BulkDeed::Delete).await.unwrap();
    world.clock.advance(UNDO);
    carry_out(world).await;
}

/// Another full administrator.
async fn add(world: &World, tenant: Tenant, email: &str) -> AdministratorId {
    administrators::add(&world.store, &world.environment, tenant, email, "nine quiet lighthouses").await.unwrap()
}

async fn users(world: &World) -> usize {
    subscriber::Entity::find().all(world.store.read()).await.unwrap().len()
}

/// Three users: the first two have failed, the third is provisioned.
async fn three(world: &World, template: &Template) -> [Subscriber; 3] {
    world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable)), Act::Refuse(fault(Fault::PackageUnavailable))]);
    let mut users = Vec::new();
    for number in 1..=3 {
        users.push(world.arrive(template, &format!("{number}@sp.com"), Some(&format!("{number}@acme.com"))).await);
        world.work().await;
    }
    users.try_into().unwrap()
}

#[test]
fn whom_it_touches_is_said_before_and_what_became_of_each_afterwards() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.trusted().await);
        let [first, _, third] = three(&world, &template).await;
        let all = everybody(&template);
        assert_eq!(hub.count_selected(&ann, &all).await, Ok(3));
        let preview = hub.preview_bulk(&ann, &all, BulkDeed::Retry).await.unwrap();
        assert_eq!((preview.users, preview.fitting), (3, 2));
        assert_eq!(preview.left_out, [LeftOut { why: Some(Fault::NothingToRetry), users: 1 }]);
        let (id, why) = (third.id.into(), Some(Fault::NothingToRetry));
        assert_eq!(preview.examples, [Example { id, broadworks_id: "3@sp.com".to_owned(), why }]);

        let begun = hub.begin_bulk(&ann, &all, BulkDeed::Retry).await.unwrap();
        assert_eq!((begun.state, begun.action, begun.rows), (JobState::Selecting, Action::Retry, 0));
        carry_out(&world).await;
        let done = hub.job(&ann, begun.id).await.unwrap();
        assert_eq!((done.state, done.rows), (JobState::Finished, 3));
        assert_eq!((done.accepted, done.unchanged, done.refused), (2, 0, 1));
        assert_eq!(done.by, Doer::Administrator(Some("ann@sp.example".to_owned())));
        assert_eq!(hub.jobs(&ann, None).await.unwrap().rows, [done]);

        let refused = hub.job_rows(&ann, begun.id, Some(Outcome::Refused), None).await.unwrap().page.rows;
        let told: Vec<_> = refused.iter().map(|row| (row.broadworks_id.as_deref(), row.why.as_slice())).collect();
        assert_eq!(told, [(Some("3@sp.com"), &[(None, Fault::NothingToRetry)][..])]);
        world.work().await;
        let row = hub.user_rows(&ann, vec![first.id.into()]).await.unwrap().remove(0);
        assert_eq!(row.status, Status::Provisioned);
        let steps = hub.user(&ann, row.id, None).await.unwrap().steps.rows;
        assert!(steps.iter().any(|step| step.by == Doer::Administrator(Some("ann@sp.example".to_owned()))));
    });
}

#[test]
fn nobody_is_meant_by_nothing_and_nobody_of_another_partner() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.trusted().await);
        let [first, ..] = three(&world, &template).await;
        assert_eq!(hub.count_selected(&ann, &Selection::default()).await, Ok(0));
        let search = Selection { everybody: true, ..Selection::default() };
        let refused = hub.begin_bulk(&ann, &search, BulkDeed::Delete).await.unwrap_err();
        assert_eq!(refused.fault, Fault::InvalidParameter, "the search shows nobody without a word");

        let other = world.other_partner().await;
        let eve = caller(add(&world, other, "eve@sp.example").await, other);
        assert_eq!(hub.preview_bulk(&eve, &these(&[&first]), BulkDeed::Delete).await.unwrap().users, 0);
        assert_eq!(hub.count_selected(&eve, &everybody(&template)).await.unwrap_err().fault, Fault::NotFound);
        let nobody = hub.begin_bulk(&eve, &these(&[&first]), BulkDeed::ChangePackage(Package::Basic)).await;
        assert_eq!(nobody.unwrap_err().fault, Fault::NotFound, "nobody whom she may see");
        let job = hub.begin_bulk(&ann, &these(&[&first]), BulkDeed::ChangePackage(Package::Basic)).await.unwrap();
        carry_out(&world).await;
        assert_eq!(hub.job(&eve, job.id).await.unwrap_err().fault, Fault::NotFound);
        assert_eq!(hub.cancel_job(&eve, job.id).await.unwrap_err().fault, Fault::NotFound);
        assert_eq!(hub.jobs(&eve, None).await.unwrap().rows, []);
    });
}

#[test]
fn who_was_sent_a_mail_within_a_day_is_left_out_and_listed() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        world.arrive(&template, "2@sp.com", None).await;
        let asked = world.arrive(&template, "1@sp.com", Some("one@acme.com")).await;
        world.work().await;
        let all = everybody(&template);
        let preview = hub.preview_bulk(&ann, &all, BulkDeed::Resend).await.unwrap();
        assert_eq!((preview.users, preview.fitting, preview.examples.len()), (2, 0, 2));
        assert!(preview.left_out.contains(&LeftOut { why: Some(Fault::MailedRecently), users: 1 }));
        let mailed = world.postman.letters().len();
        let job = hub.begin_bulk(&ann, &these(&[&asked]), BulkDeed::Resend).await.unwrap();
        carry_out(&world).await;
        let rows = hub.job_rows(&ann, job.id, Some(Outcome::Unchanged), None).await.unwrap().page.rows;
        assert_eq!(rows[0].why, [(None, Fault::MailedRecently)]);
        world.work().await;
        assert_eq!(world.postman.letters().len(), mailed);

        // To the millisecond.
        world.clock.advance(DAY);
        assert_eq!(hub.preview_bulk(&ann, &all, BulkDeed::Resend).await.unwrap().fitting, 1);
        let job = hub.begin_bulk(&ann, &all, BulkDeed::Resend).await.unwrap();
        carry_out(&world).await;
        let JobRow { accepted, refused, .. } = hub.job(&ann, job.id).await.unwrap();
        assert_eq!((accepted, refused), (1, 1), "who is to enter an address is asked for none");
        world.work().await;
        assert_eq!(world.postman.letters().len(), mailed + 1);
    });
}

#[test]
fn a_deletion_waits_for_some_seconds_and_can_be_taken_back_whole() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.trusted().await);
        let [first, second, _] = three(&world, &template).await;
        let job = hub.begin_bulk(&ann, &these(&[&first]), BulkDeed::Delete).await.unwrap();
        assert_eq!(job.state, JobState::Waiting(8));
        world.clock.advance(2_500);
        assert_eq!(hub.open_jobs(&ann).await.unwrap()[0].state, JobState::Waiting(6), "in whatever tab and session");
        assert_eq!(job.user.as_deref(), Some("1@sp.com"));
        assert!(!turn(&world).await, "it is not begun yet");
        assert_eq!(hub.cancel_job(&ann, job.id).await.unwrap().state, JobState::Cancelled);
        world.clock.advance(2 * UNDO);
        assert!(!turn(&world).await);
        assert_eq!((users(&world).await, hub.open_jobs(&ann).await), (3, Ok(Vec::new())));

        let job = hub.begin_bulk(&ann, &these(&[&second]), BulkDeed::Delete).await.unwrap();
        world.clock.advance(UNDO);
        carry_out(&world).await;
        world.work().await;
        assert_eq!((users(&world).await, hub.job(&ann, job.id).await.unwrap().accepted), (2, 1));
        let over = hub.cancel_job(&ann, job.id).await.unwrap();
        assert_eq!(over.state, JobState::Finished, "what is done stays done");
    });
}

#[test]
fn a_deletion_can_be_taken_back_also_after_a_restart() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.trusted().await);
        let [first, second, _] = three(&world, &template).await;
        let job = hub.begin_bulk(&ann, &these(&[&first]), BulkDeed::Delete).await.unwrap();
        lease::free(&world.store, world.environment.now()).await.unwrap();
        assert!(!turn(&world).await, "its time has not come");
        assert_eq!(hub.cancel_job(&ann, job.id).await.unwrap().state, JobState::Cancelled);
        hub.begin_bulk(&ann, &these(&[&second]), BulkDeed::Delete).await.unwrap();
        lease::free(&world.store, world.environment.now()).await.unwrap();
        world.clock.advance(UNDO);
        carry_out(&world).await;
        world.work().await;
        assert_eq!(users(&world).await, 2);
    });
}

/// Users who wait for their address.
async fn many(world: &World, template: &Template, users: u32) {
    let mut work = world.store.work().await.unwrap();
    for number in 0..users {
        let new = new_subscriber(&format!("{number}@sp.com"), None);
        let actor = &server::store::Actor::Import;
        let arrived = server::provisioning::arrival::arrive(&mut work, &world.environment, template, new, actor);
        arrived.await.unwrap();
    }
    work.commit().await.unwrap();
}

async fn premium(hub: &HubService, ann: &Administrator, selection: &Selection) -> JobRow {
    hub.begin_bulk(ann, selection, BulkDeed::ChangePackage(Package::Premium)).await.unwrap()
}

#[test]
fn all_of_a_long_list_are_selected_and_nobody_who_comes_meanwhile() {
    const USERS: u32 = 1_050;
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        many(&world, &template, USERS).await;
        let job = premium(&hub, &ann, &everybody(&template)).await;
        assert!(turn(&world).await);
        let selecting = hub.job(&ann, job.id).await.unwrap();
        assert_eq!((selecting.state, selecting.rows), (JobState::Selecting, 1_000));
        world.arrive(&template, "late@sp.com", None).await;
        carry_out(&world).await;
        let done = hub.job(&ann, job.id).await.unwrap();
        assert_eq!((done.state, done.rows, done.accepted), (JobState::Finished, USERS, USERS));
        let rows = subscriber::Entity::find().all(world.store.read()).await.unwrap();
        let others = rows.iter().filter(|row| row.package != "premium");
        assert_eq!(others.map(|row| row.user_id.as_str()).collect::<Vec<_>>(), ["late@sp.com"]);
        let rows = bulk_row::Entity::find().all(world.store.read()).await.unwrap();
        let mut numbers: Vec<_> = rows.into_iter().map(|row| row.number.cast_unsigned()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=USERS).collect::<Vec<_>>());

        let again = hub.preview_bulk(&ann, &everybody(&template), BulkDeed::ChangePackage(Package::Premium)).await;
        assert_eq!(again.unwrap().left_out, [LeftOut { why: None, users: USERS }]);
        let text = Some("package:premium 7@sp".to_owned());
        let filter = UserFilter { text, ..UserFilter::default() };
        server::store::search::catch_up(&world.store).await.unwrap();
        let some = hub.count_selected(&ann, &Selection { filter, ..everybody(&template) }).await.unwrap();
        let sevens = (0..USERS).filter(|number| number.to_string().ends_with('7')).count();
        assert_eq!(usize::try_from(some), Ok(sevens));
    });
}

#[test]
fn what_is_cancelled_leaves_the_rest_as_it_is() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        many(&world, &template, 120).await;
        let job = premium(&hub, &ann, &everybody(&template)).await;
        assert!(turn(&world).await && turn(&world).await, "they are selected, and some carried out");
        let running = hub.job(&ann, job.id).await.unwrap();
        assert_eq!((running.state, running.accepted), (JobState::Running, 50));
        hub.cancel_job(&ann, job.id).await.unwrap();
        carry_out(&world).await;
        let ended = hub.job(&ann, job.id).await.unwrap();
        assert_eq!((ended.state, ended.accepted), (JobState::Cancelled, 50));
        let rows = subscriber::Entity::find().all(world.store.read()).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.package == "premium").count(), 50);

        let early = premium(&hub, &ann, &everybody(&template)).await;
        hub.cancel_job(&ann, early.id).await.unwrap();
        assert!(!turn(&world).await, "nobody is selected any more");
    });
}

#[test]
fn whoever_is_selected_while_that_is_cancelled_or_done_by_another_server_is_left_alone() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        many(&world, &template, 3).await;
        let server = server(&world);
        let job = premium(&hub, &ann, &everybody(&template)).await;
        let claimed = server.claim(1).await.unwrap().remove(0);
        hub.cancel_job(&ann, job.id).await.unwrap();
        server.carry_out(claimed).await.unwrap();
        let ended = hub.job(&ann, job.id).await.unwrap();
        assert_eq!((ended.state, ended.rows), (JobState::Cancelled, 0));

        let job = premium(&hub, &ann, &everybody(&template)).await;
        let held_up = server.claim(1).await.unwrap().remove(0);
        world.clock.advance(MINUTE);
        let taken_over = server.claim(1).await.unwrap().remove(0);
        server.carry_out(taken_over).await.unwrap();
        server.carry_out(held_up).await.unwrap();
        carry_out(&world).await;
        let done = hub.job(&ann, job.id).await.unwrap();
        assert_eq!((done.state, done.rows, done.accepted), (JobState::Finished, 3, 3));
    });
}

#[test]
fn a_running_server_carries_out_what_was_asked_for() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let user = world.arrive(&template, "1@sp.com", None).await;
        let job = premium(&hub, &ann, &these(&[&user])).await;
        // It looks once, and stops.
        server(&world).run(async {}).await;
        assert_eq!(hub.job(&ann, job.id).await.unwrap().state, JobState::Finished);
    });
}

/// SQLite waits for the disk with every commit. On PostgreSQL rows would hold their locks while they wait for others'.
#[test]
fn rows_share_a_commit_on_sqlite_and_hold_no_locks_together_on_postgresql() {
    const USERS: usize = 20;
    for_each_database(async |world: World| {
        let (world, heard) = world.overheard();
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        many(&world, &template, u32::try_from(USERS).unwrap()).await;
        premium(&hub, &ann, &everybody(&template)).await;
        assert!(turn(&world).await, "they are selected");
        heard.numbers();
        assert!(turn(&world).await);
        let (commits, _) = heard.numbers();
        assert_eq!(commits < USERS, world.store.backend() == DbBackend::Sqlite, "{commits}");
    });
}

#[test]
fn open_pages_hear_of_a_deletion_when_it_is_asked_for_and_when_it_is_taken_back() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let user = world.arrive(&template, "1@sp.com", None).await;
        let mut page = world.live.listen(Topic::Template(template.id));
        let mut heard = || {
            let mut of = Vec::new();
            while let Ok(News::Changed(change)) = page.try_recv() {
                of.push(change.subscriber);
            }
            of
        };
        let job = hub.begin_bulk(&ann, &these(&[&user]), BulkDeed::Delete).await.unwrap();
        assert_eq!(heard(), [user.id]);
        hub.cancel_job(&ann, job.id).await.unwrap();
        assert_eq!(heard(), [user.id]);
        premium(&hub, &ann, &these(&[&user])).await;
        assert_eq!(heard(), [], "nothing has changed yet");
    });
}

#[test]
fn a_user_who_is_deleted_meanwhile_is_no_failure() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let user = world.arrive(&template, "1@sp.com", None).await;
        let job = hub.begin_bulk(&ann, &these(&[&user]), BulkDeed::Delete).await.unwrap();
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        world.clock.advance(UNDO);
        carry_out(&world).await;
        assert_eq!(hub.job(&ann, job.id).await.unwrap().unchanged, 1);
    });
}

#[test]
fn whoever_was_kept_out_meanwhile_has_nothing_carried_out() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.trusted().await);
        let [first, ..] = three(&world, &template).await;
        let id = add(&world, world.tenant, "ben@sp.example").await;
        let ben = caller(id, world.tenant);
        let job = hub.begin_bulk(&ben, &everybody(&template), BulkDeed::Delete).await.unwrap();
        hub.disable_person(&ann, id.into(), true).await.unwrap();
        world.clock.advance(UNDO);
        carry_out(&world).await;
        let refused = hub.job_rows(&ann, job.id, Some(Outcome::Refused), None).await.unwrap().page.rows;
        assert!(refused.len() == 3 && refused.iter().all(|row| row.why == [(None, Fault::PermissionMissing)]));
        assert_eq!(users(&world).await, 3);
        let begun = hub.begin_bulk(&ben, &these(&[&first]), BulkDeed::Retry).await;
        assert_eq!(begun.unwrap_err().fault, Fault::SessionEnded);
    });
}

#[test]
fn whoever_is_deleted_may_come_back_unless_that_is_forbidden() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.trusted().await);
        let [first, second, _] = three(&world, &template).await;
        for (user, deed, open) in [(first, BulkDeed::Delete, true), (second, BulkDeed::DeleteForGood, false)] {
            let key = user.user_id.key();
            hub.begin_bulk(&ann, &these(&[&user]), deed).await.unwrap();
            let may = async || {
                admission::Entity::find_by_id((world.partner, key.clone())).one(world.store.read()).await.unwrap()
            };
            assert!(may().await.is_none_or(|before| before.open), "nothing is said before it begins");
            world.clock.advance(UNDO);
            carry_out(&world).await;
            assert_eq!(may().await.map(|said| said.open), Some(open));
        }
    });
}

#[test]
fn nothing_else_is_done_for_whoever_is_about_to_be_deleted() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.trusted().await);
        let [first, second, third] = three(&world, &template).await;
        let row = async |user: &Subscriber| hub.user_rows(&ann, vec![user.id.into()]).await.unwrap().remove(0);
        let job = hub.begin_bulk(&ann, &these(&[&first]), BulkDeed::Delete).await.unwrap();
        let shown = row(&first).await;
        assert!(shown.leaving && !shown.actions.remove && !shown.actions.retry, "{shown:?}");
        assert_eq!(hub.retry(&ann, shown.id).await.unwrap_err().fault, Fault::InProgress);
        assert_eq!(hub.resend(&ann, shown.id).await.unwrap_err().fault, Fault::InProgress);
        let again = hub.begin_bulk(&ann, &these(&[&first]), BulkDeed::Retry).await;
        assert_eq!(again.unwrap_err().fault, Fault::InProgress);
        let again = hub.begin_bulk(&ann, &these(&[&first]), BulkDeed::DeleteForGood).await.unwrap();
        assert_eq!((again.id, hub.jobs(&ann, None).await.unwrap().rows.len()), (job.id, 1), "the same job");
        let preview = hub.preview_bulk(&ann, &these(&[&first, &second]), BulkDeed::Retry).await.unwrap();
        assert_eq!((preview.fitting, preview.left_out[0].why), (1, Some(Fault::InProgress)));

        let both = hub.begin_bulk(&ann, &these(&[&first, &second]), BulkDeed::Retry).await.unwrap();
        let all = hub.begin_bulk(&ann, &everybody(&template), BulkDeed::ChangePackage(Package::Premium)).await.unwrap();
        carry_out(&world).await;
        for (job, accepted) in [(both, 1), (all, 1)] {
            let refused = hub.job_rows(&ann, job.id, Some(Outcome::Refused), None).await.unwrap();
            let withheld = refused.page.rows.iter().find(|row| row.user == Some(shown.id)).unwrap();
            assert_eq!((refused.job.accepted, withheld.why.as_slice()), (accepted, &[(None, Fault::InProgress)][..]));
        }
        hub.cancel_job(&ann, job.id).await.unwrap();
        let shown = row(&first).await;
        assert!(!shown.leaving && shown.actions.retry, "{shown:?}");

        // Also of a list of which nobody is a row yet.
        let job = hub.begin_bulk(&ann, &everybody(&template), BulkDeed::Delete).await.unwrap();
        assert!(row(&third).await.leaving);
        hub.cancel_job(&ann, job.id).await.unwrap();
        assert!(!row(&third).await.leaving);
    });
}

#[test]
fn a_job_says_of_whom_it_is_and_keeps_who_was_deleted() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.trusted().await);
        let [first, ..] = three(&world, &template).await;
        let filter = UserFilter { text: Some("status:error".to_owned()), ..UserFilter::default() };
        let job = hub.begin_bulk(&ann, &Selection { filter, ..everybody(&template) }, BulkDeed::Delete).await.unwrap();
        world.clock.advance(UNDO);
        carry_out(&world).await;
        world.work().await;
        assert_eq!(users(&world).await, 1);
        let done = hub.job_rows(&ann, job.id, None, None).await.unwrap();
        let gone: Vec<_> = done.page.rows.iter().map(|row| row.broadworks_id.as_deref().unwrap()).collect();
        assert_eq!(gone, ["2@sp.com", "1@sp.com"]);
        let list = UserList {
            template: Some(template.name.clone()),
            customer: None,
            exclude_provisioned: false,
            filter: "status:error".to_owned(),
        };
        assert_eq!(done.job.list, Some(list.clone()), "also when all of them were its rows");

        let words = format!("\"{}\" status:waiting", first.user_id.as_str());
        let filter = UserFilter { text: Some(words), ..UserFilter::default() };
        let some = Selection { filter, ..everybody(&template) };
        hub.begin_bulk(&ann, &some, BulkDeed::Retry).await.unwrap();
        let page = hub.audit(&ann, AuditFilter::default(), None).await.unwrap().page;
        let asked: Vec<_> = page.rows.into_iter().filter_map(|row| row.asked).collect();
        let waiting = "status:pending_email_input,pending_email_validation,pending_user_migration …".to_owned();
        let retry = JobSummary {
            action: Action::Retry,
            users: Some(0),
            list: Some(UserList { filter: waiting, ..list.clone() }),
        };
        let delete = JobSummary { action: Action::Delete, users: Some(2), list: Some(list) };
        assert_eq!(asked, [retry, delete], "the deed, how many and which, and nobody's name");
    });
}

#[test]
fn who_was_mailed_lately_is_found_by_time() {
    for_each_database(async |world: World| {
        if world.store.backend() != DbBackend::Sqlite {
            return;
        }
        let (world, heard) = world.overheard();
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        world.arrive(&template, "1@sp.com", Some("one@acme.com")).await;
        world.work().await;
        heard.statements();
        assert_eq!(hub.preview_bulk(&ann, &everybody(&template), BulkDeed::Resend).await.unwrap().fitting, 0);
        let scanned: Vec<_> = walks(&world, &heard).await.into_iter().filter(|plan| plan.contains("SCAN")).collect();
        assert_eq!(scanned, Vec::<String>::new());
    });
}
