//! Workspaces: what the queue and the worker promise holds for them as it does for users.

use std::io::Cursor;

use domain::{
    BroadWorksId, Fault, SpEnterpriseId,
    timestamp::{DAY, SECOND},
};
use server::{
    fault::Trouble,
    import::{ImportOptions, import},
    provisioning::{
        queue,
        workspaces::{self, Changes, NewWorkspace},
    },
    store::{Actor, Template, Workspace, WorkspaceId},
    targets::Refusal,
    templates::{self, Outcome},
};

use crate::support::{Act, Call, MAX_ATTEMPTS, Refused as _, World, fault, for_each_database};

/// A workspace of `acme`.
async fn add(world: &World) -> Workspace {
    let template = world.trusted().await;
    world.arrive(&template, "user@sp.com", None).await;
    try_add(world, &template).await.unwrap()
}

/// One under this template; `acme` has to be there.
async fn try_add(world: &World, template: &Template) -> Result<Workspace, Trouble> {
    let acme = SpEnterpriseId::parse("SP1+acme").unwrap();
    let customer = workspaces::customer(&world.store, world.tenant, &acme).await.unwrap();
    let new = NewWorkspace {
        user_id: BroadWorksId::parse("room@sp.com").unwrap(),
        display_name: "Conference Room".to_owned(),
        primary_phone: None,
        extension: Some("1".to_owned()),
    };
    workspaces::add(&world.store, &world.environment, (template, &customer), new, &Actor::Import).await
}

async fn update(world: &World, id: WorkspaceId, extension: &str) {
    let changes = Changes { extension: Some(Some(extension.to_owned())), ..Changes::default() };
    let own = (world.tenant, id);
    workspaces::update(&world.store, &world.environment, own, changes, &Actor::Import).await.unwrap();
}

async fn remove(world: &World, id: WorkspaceId) {
    workspaces::remove(&world.store, &world.environment, (world.tenant, id), &Actor::Import).await.unwrap();
}

async fn status(world: &World, id: WorkspaceId) -> String {
    world.workspace(id).await.expect("it is still there").status
}

#[test]
fn nothing_is_added_under_a_template_that_was_deleted_meanwhile() {
    for_each_database(async |world: World| {
        world.arrive(&world.trusted().await, "user@sp.com", None).await;
        let gone = world.trusted().await;
        assert_eq!(templates::delete(&world.store, &world.environment, &gone).await.unwrap(), Outcome::Done(()));
        assert_eq!(try_add(&world, &gone).await.refused(), Fault::UnknownProvisioningId);
        assert!(world.tasks().await.is_empty());
    });
}

#[test]
fn a_target_that_is_down_is_asked_again_and_told_of_meanwhile() {
    for_each_database(async |world: World| {
        let detail = Some("503".to_owned());
        world.target.plan([Act::Refuse(Refusal { detail, ..Fault::TargetUnavailable.into() })]);
        let room = add(&world).await;
        world.work().await;
        let waiting = world.workspace(room.id).await.unwrap();
        assert_eq!((waiting.status.as_str(), waiting.setback), ("provisioning", Some(41002)));
        world.work_for_an_hour().await;
        let done = world.workspace(room.id).await.unwrap();
        assert_eq!((done.status.as_str(), done.setback), ("provisioned", None));
        assert_eq!(done.place_id, Some(world.places().await[0].id.to_string()));
        assert_eq!(world.history(room.id).await, ["arrived", "attempt_postponed", "workspace_created"]);
    });
}

#[test]
fn attempts_come_to_an_end_and_a_bug_is_one_that_failed() {
    for act in [Act::Refuse(fault(Fault::TargetUnavailable)), Act::Panic] {
        for_each_database(async |world: World| {
            world.target.plan((0..MAX_ATTEMPTS).map(|_| act.clone()));
            let room = add(&world).await;
            world.work_for_an_hour().await;
            assert_eq!(status(&world, room.id).await, "error");
            assert_eq!(world.target.calls().len(), MAX_ATTEMPTS as usize);
            assert!(world.tasks().await.is_empty());
        });
    }
}

#[test]
fn a_server_that_dies_in_mid_call_neither_loses_nor_doubles_a_workspace() {
    for_each_database(async |world: World| {
        let room = add(&world).await;
        for step in ["create", "update", "remove"] {
            match step {
                "update" => update(&world, room.id, "2").await,
                "remove" => remove(&world, room.id).await,
                _ => {}
            }
            world.target.plan([Act::WorkThenHang]);
            let worker = world.worker();
            let dying = tokio::spawn(async move { worker.drain().await });
            world.target.reached().await;
            dying.abort();
            assert!(dying.await.unwrap_err().is_cancelled());
            let before = world.workspace(room.id).await.unwrap();
            world.work().await;
            assert_eq!(world.workspace(room.id).await.unwrap(), before, "{step}: not before the lease has run out");
            world.leases_run_out();
            world.work().await;
            assert_eq!(world.places().await.len(), usize::from(step != "remove"), "{step}");
            world.doubt_ends().await;
        }
        assert!(world.workspace(room.id).await.is_none() && world.tasks().await.is_empty());
        let calls = world.target.calls();
        let keys: Vec<_> = calls
            .iter()
            .filter_map(|call| match call {
                Call::CreateWorkspace(room) | Call::UpdateWorkspace(room) => Some(room.idempotency_key),
                _ => None,
            })
            .collect();
        assert!(keys.len() == 4 && keys[0] == keys[1] && keys[2] == keys[3] && keys[0] != keys[2], "{calls:?}");
        let steps = [
            "arrived",
            "workspace_created",
            "workspace_changed",
            "workspace_updated",
            "removal_requested",
            "workspace_removed",
        ];
        assert_eq!(world.history(room.id).await, steps);
    });
}

#[test]
fn a_workspace_removed_while_it_is_being_created_leaves_no_orphan() {
    for act in [Act::Wait, Act::WorkThenWait] {
        for_each_database(async |world: World| {
            world.target.plan([act.clone()]);
            let room = add(&world).await;
            let worker = world.worker();
            let creating = tokio::spawn(async move { worker.drain().await });
            world.target.reached().await;
            remove(&world, room.id).await;
            world.work().await;
            assert_eq!(world.target.calls().len(), 1, "the removal waits until the attempt under way has ended");
            world.target.go_on();
            creating.await.unwrap().unwrap();
            world.work().await;
            assert!(matches!(world.target.calls().as_slice(), [Call::CreateWorkspace(_), Call::RemoveWorkspace]));
            assert!(world.workspace(room.id).await.is_none() && world.places().await.is_empty(), "{act:?}");
        });
    }
}

#[test]
fn a_creation_that_takes_effect_after_its_caller_gave_up_leaves_no_orphan() {
    for_each_database(async |world: World| {
        world.target.plan((0..MAX_ATTEMPTS).map(|_| Act::Refuse(fault(Fault::TargetTimeout))));
        let room = add(&world).await;
        while status(&world, room.id).await == "provisioning" {
            world.work().await;
            world.clock.advance(SECOND);
        }
        remove(&world, room.id).await;
        world.work().await;
        assert_eq!(status(&world, room.id).await, "updating");
        world.target.act_late().await;
        assert_eq!(world.places().await.len(), 1);
        world.clock.advance(queue::SETTLING);
        world.work().await;
        assert!(world.workspace(room.id).await.is_none() && world.places().await.is_empty());
    });
}

#[test]
fn a_target_that_works_on_it_for_ever_has_failed() {
    for_each_database(async |world: World| {
        world.target.plan([Act::WorkOn, Act::WorkOn]);
        let room = add(&world).await;
        world.work().await;
        assert_eq!(status(&world, room.id).await, "provisioning");
        world.clock.advance(DAY + SECOND);
        world.work().await;
        let failed = world.workspace(room.id).await.unwrap();
        assert_eq!((failed.status.as_str(), failed.fault), ("error", Some(41003)));
    });
}

#[test]
fn a_file_with_a_workspaces_id_adds_nobody_for_it() {
    for_each_database(async |world: World| {
        let room = add(&world).await;
        let before = world.workspace(room.id).await;
        let template = world.trusted().await;
        let file = format!(
            "BroadWorks ID,First Name,Last Name,Enterprise ID,Provisioning ID\nROOM@sp.com,Ann,Lee,SP1+acme,{id}\n\
             other@sp.com,Bob,Ray,SP1+acme,{id}\n",
            id = template.provisioning_id
        );
        let (store, environment, options) = (&world.store, &world.environment, ImportOptions::default());
        let report = import(store, environment, world.tenant, Cursor::new(file), &options, |_| ()).await.unwrap();
        assert_eq!((report.added, report.already_there, report.refused), (1, 1, 0));
        assert_eq!(world.workspace(room.id).await, before);
    });
}

#[test]
fn a_workspace_is_billed_while_it_is_there() {
    for_each_database(async |world: World| {
        let room = add(&world).await;
        world.work().await;
        world.clock.advance(DAY);
        update(&world, room.id, "2").await;
        world.work().await;
        assert_eq!(world.usage().await.len(), 1, "a number is nothing that is billed");
        let changes = Changes { user_id: Some(BroadWorksId::parse("hall@sp.com").unwrap()), ..Changes::default() };
        let own = (world.tenant, room.id);
        workspaces::update(&world.store, &world.environment, own, changes, &Actor::Import).await.unwrap();
        world.work().await;
        world.clock.advance(DAY);
        remove(&world, room.id).await;
        world.work().await;
        let spans: Vec<_> = world
            .usage()
            .await
            .into_iter()
            .map(|one| (one.package, one.user_id, one.until_at.unwrap() - one.from_at, one.continued))
            .collect();
        let span = |user_id: &str, continued| ("workspace".to_owned(), user_id.to_owned(), DAY, continued);
        assert_eq!(spans, [span("room@sp.com", true), span("hall@sp.com", false)]);
    });
}

#[test]
fn since_when_a_workspace_stands_so_changes_with_the_status_alone() {
    for_each_database(async |world: World| {
        let since = async |id| world.workspace(id).await.unwrap().status_changed_at;
        let room = add(&world).await;
        world.clock.advance(SECOND);
        world.work().await;
        assert_eq!(since(room.id).await, world.environment.now().0, "it is provisioned");
        world.clock.advance(SECOND);
        update(&world, room.id, "2").await;
        let updating = world.environment.now().0;
        world.clock.advance(SECOND);
        remove(&world, room.id).await;
        assert_eq!((status(&world, room.id).await.as_str(), since(room.id).await), ("updating", updating));
    });
}
