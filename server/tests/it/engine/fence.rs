//! A task is ended by the attempt that holds it, and by no other.

use server::{
    provisioning::queue::{self, ClaimState, For},
    store::task::Task,
};

use crate::support::{World, for_each_database};

const SERVER: &str = "this server";

#[test]
fn only_the_attempt_that_holds_a_task_ends_it() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        let claim = async || {
            let at = queue::moment(&world.environment);
            let claimed = queue::claim(&world.store, at, SERVER, 1, For::AllBut(Vec::new())).await.unwrap();
            let [task] = <[Task; 1]>::try_from(claimed).unwrap();
            task
        };
        let ends = async |task: &Task| {
            let mut work = world.store.work().await.unwrap();
            let state = queue::finish(&mut work, task, world.environment.now()).await.unwrap();
            work.commit().await.unwrap();
            matches!(state, ClaimState::Mine(_))
        };
        let first = claim().await;
        world.leases_run_out();
        let second = claim().await;
        assert!(!ends(&first).await, "the same server has taken it once more");
        queue::free(&world.store, Some(SERVER)).await.unwrap();
        assert!(!ends(&second).await, "it was given back");
        let third = claim().await;
        assert!(ends(&third).await);
        assert_eq!(world.tasks().await, []);
    });
}
