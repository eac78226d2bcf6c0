//! An attempt for a workspace: the call to the target, and what becomes of it. When an attempt is made again, and what is
//! in doubt, is the same for all tasks.

use domain::{
    Fault,
    workspace::{Event, State},
};

use super::{
    Worker,
    attempt::{CALL, Outcome, POLL, not_set_up},
};
use crate::{
    fault::Trouble,
    provisioning::{
        queue::{self, Kind, Setback},
        workspaces::{self, Circumstances},
    },
    store::{Actor, Customer, Template, Tenant, Work, Workspace as Row, customer, task::Task, template, workspace},
    targets::{Holds, Identity, Progress, Refusal, Target, Workspace},
};

impl Worker {
    pub(super) async fn carry_out_workspace(&self, kind: Kind, task: &Task) -> Result<Outcome<Event>, Trouble> {
        let db = self.store.read();
        let Some(row) = workspace::find(db, Tenant::of_task(task), task.subscriber_id).await? else {
            return Ok(Outcome::Moot);
        };
        let template = template::find(db, Tenant::of_task(task), row.template_id.into()).await?;
        let customer = customer::find(db, Tenant::of_task(task), row.customer_id.into()).await?;
        let (Some(template), Some(customer)) = (template, customer) else { return Ok(Outcome::Moot) };
        let Some(target) = self.targets.get(&template.target) else { return Ok(Outcome::Refused(not_set_up())) };
        let state = workspaces::lifecycle(&row)?.state;
        let wanted = wanted(task, row, template, customer);
        let call = ask(target.as_ref(), kind, state, &wanted, task.claims > 1);
        let outcome = tokio::time::timeout(CALL, call).await;
        Ok(outcome.unwrap_or_else(|_| Err(Fault::TargetTimeout.into())).unwrap_or_else(Outcome::Refused))
    }

    /// Brings the outcome back: the next event, the next attempt, or nothing.
    pub(super) async fn settle_workspace(&self, task: &Task, outcome: Outcome<Event>) -> Result<(), Trouble> {
        let work = self.store.work().await?;
        let Some(row) = workspaces::lock_if_there(&work, task.subscriber_id).await? else { return Ok(()) };
        let (now, answered) = (self.environment.now(), outcome.is_answer());
        let Some((mut work, task)) = self.still_ours(work, task, answered).await? else { return Ok(()) };
        match outcome {
            Outcome::Moot | Outcome::Sent | Outcome::Uncertain | Outcome::PutOff(_) => {
                queue::finish(&work, &task).await?;
            }
            Outcome::Underway(_) if self.is_endless(&task) => {
                self.workspace_failed(&mut work, &task, row, Fault::TargetTimeout.into()).await?;
            }
            Outcome::Underway(wait) => {
                workspaces::note_hitch(&work, &self.environment, &row, None).await?;
                queue::wait(&work, task, now, now.plus(wait)).await?;
            }
            Outcome::Done { event, person_id: place_id } => {
                queue::finish(&work, &task).await?;
                let with = Circumstances { place_id, ..Circumstances::default() };
                workspaces::apply(&mut work, &self.environment, row, event, &Actor::Engine, with).await?;
            }
            Outcome::Waits(refusal, wait) => {
                workspaces::note_hitch(&work, &self.environment, &row, Some(refusal)).await?;
                let setback = Setback { run_at: now.plus(wait), answered, counts: false };
                queue::postpone(&work, task, now, setback).await?;
            }
            Outcome::Refused(refusal) => match self.again_at(&task, &refusal) {
                Some(run_at) => {
                    workspaces::note_hitch(&work, &self.environment, &row, Some(refusal)).await?;
                    queue::postpone(&work, task, now, Setback { run_at, answered, counts: true }).await?;
                }
                None => self.workspace_failed(&mut work, &task, row, refusal).await?,
            },
        }
        Ok(work.commit().await?)
    }

    /// For good, or for the last time.
    async fn workspace_failed(&self, work: &mut Work, task: &Task, row: Row, refusal: Refusal) -> Result<(), Trouble> {
        queue::finish(work, task).await?;
        self.give_up(task, &refusal);
        let with = Circumstances { detail: refusal.detail, ..Circumstances::default() };
        let event = Event::AttemptFailed(refusal.fault);
        workspaces::apply(work, &self.environment, row, event, &Actor::Engine, with).await?;
        Ok(())
    }
}

/// Asks the target for what the order says, if the workspace still stands where it was given.
async fn ask(
    target: &dyn Target,
    kind: Kind,
    state: State,
    wanted: &Workspace,
    again: bool,
) -> Result<Outcome<Event>, Refusal> {
    let (progress, done) = match (kind, state) {
        (Kind::CreateWorkspace, State::Provisioning) => (create(target, wanted, again).await?, Event::Created),
        (Kind::UpdateWorkspace, State::Updating) => (target.update(wanted).await?, Event::Updated),
        (Kind::RemoveWorkspace, State::Removing) => (Holds::<Workspace>::remove(target, wanted).await?, Event::Removed),
        _ => return Ok(Outcome::Moot),
    };
    Ok(match progress {
        Progress::Done(person_id) => Outcome::Done { event: done, person_id },
        Progress::Underway(retry_after) => Outcome::Underway(retry_after.unwrap_or(POLL)),
        // A workspace has no owner who could agree.
        Progress::ConsentAsked => Outcome::Underway(POLL),
    })
}

/// Creates the workspace. If that was tried before, its outcome may be unknown: the target is asked first.
async fn create(target: &dyn Target, wanted: &Workspace, again: bool) -> Result<Progress, Refusal> {
    if again && let Some(Progress::Done(_)) = Holds::<Workspace>::find(target, &wanted.identity).await? {
        // An earlier order may have made it, with another number.
        return target.update(wanted).await;
    }
    target.create(wanted).await
}

fn wanted(task: &Task, row: Row, template: Template, customer: Customer) -> Workspace {
    let identity = Identity {
        external_id: row.id,
        user_id: row.user_id,
        sp_enterprise_id: customer.sp_enterprise_id.into(),
        template: template.target_reference,
        person_id: row.place_id,
    };
    Workspace {
        identity,
        idempotency_key: task.id,
        display_name: row.display_name,
        primary_phone: row.primary_phone,
        extension: row.extension,
    }
}
