//! The jobs that this administrator has begun: how far they are, on whatever page, until their end was seen. Those that are not over
//! are shown in whatever tab and session is open.

use std::time::Duration;

use domain::{Permission, bulk::Action};
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_location};

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address,
    allowed::{Allowed, CurrentAdministrator},
    model::{JobId, JobRow, JobState, Me},
    text::{action_text, job_progress, job_state_text, job_users},
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{button::Emphasis, focus, hydrated::use_hydrated},
};

/// How long after an answer the next one is asked for.
const BETWEEN: Duration = Duration::from_secs(1);

/// Those that one has begun and that are not over.
#[server(prefix = "/api", endpoint = "hub/open-jobs", client = crate::hub::client::HubClient)]
pub async fn open_jobs() -> Result<Vec<JobRow>, Problem> {
    let (hub, administrator) = signed_in::<OpenJobs>().await?;
    hub.open_jobs(&administrator).await
}

/// How a job stands.
#[server(prefix = "/api", endpoint = "hub/job", client = crate::hub::client::HubClient)]
pub async fn get_job(job: JobId) -> Result<JobRow, Problem> {
    let (hub, administrator) = signed_in::<GetJob>().await?;
    hub.job(&administrator, job).await
}

/// Ends a job early.
#[server(prefix = "/api", endpoint = "hub/cancel-job", client = crate::hub::client::HubClient)]
pub async fn cancel_job(job: JobId) -> Result<JobRow, Problem> {
    let (hub, administrator) = signed_in::<CancelJob>().await?;
    hub.cancel_job(&administrator, job).await
}

/// The jobs that are followed.
#[derive(Clone, Copy)]
pub(super) struct Followed(RwSignal<Vec<ArcRwSignal<JobRow>>>);

impl Followed {
    /// For all pages below.
    pub(super) fn provide() {
        provide_context(Self(RwSignal::default()));
    }

    /// Those of the page.
    pub(super) fn here() -> Self {
        expect_context()
    }

    /// Shows how far this one is from now on.
    pub(super) fn follow(self, job: JobRow) {
        self.follow_to_its_end(job, |_| ());
    }

    /// The same, and reports its end.
    pub(super) fn follow_to_its_end(self, job: JobRow, ended: impl FnOnce(&JobRow) + 'static) {
        // Whoever asks for what is asked for already is shown the same job.
        let known = self.0.try_with_untracked(|jobs| {
            jobs.iter().find(|known| known.with_untracked(|known| known.id == job.id)).cloned()
        });
        // The hub may have been left before the answer came.
        if let Some(None) = known {
            let job = ArcRwSignal::new(job);
            self.0.update(|jobs| jobs.push(job.clone()));
            look_again(job, ended);
        }
    }

    /// Also those that were begun in another tab, or before this page was loaded: now, and whenever one comes back to it.
    fn find(self) {
        let (me, hydrated): (CurrentAdministrator, _) = (expect_context(), use_hydrated());
        // Who sees no users has begun nothing.
        let may = Memo::new(move |_| {
            let may = |me: &Me| me.role.permissions().allow(Permission::UsersRead);
            hydrated.get() && me.with(|me| matches!(me, Some(Ok(me)) if may(me)))
        });
        let find = move || {
            spawn_local(async move {
                // Whoever is signed out is told so by the page.
                for job in open_jobs().await.unwrap_or_default() {
                    self.follow(job);
                }
            });
        };
        Effect::new(move || {
            if !may.get() {
                return;
            }
            find();
            let back = window_event_listener(ev::focus, move |_| find());
            on_cleanup(move || back.remove());
        });
    }

    fn dismiss(self, id: JobId) {
        self.0.update(|jobs| jobs.retain(|job| job.with_untracked(|job| job.id != id)));
    }
}

/// Reads a job every second until nothing more becomes of it, and reports that.
pub(super) fn look_again(job: ArcRwSignal<JobRow>, ended: impl FnOnce(&JobRow) + 'static) {
    let (id, over) = job.with_untracked(|job| (job.id, job.state.is_over()));
    if over {
        return job.with_untracked(ended);
    }
    set_timeout(
        move || {
            spawn_local(async move {
                match get_job(id).await {
                    Ok(now) => {
                        if job.with_untracked(|known| !known.state.is_over() && *known != now) {
                            job.set(now);
                        }
                    }
                    // The job goes on without its reader.
                    Err(problem) if !problem.fault.is_transient() => return,
                    Err(_) => {}
                }
                look_again(job, ended);
            });
        },
        BETWEEN,
    );
}

/// How far they are.
#[component]
pub(super) fn FollowedJobs() -> impl IntoView {
    let i18n = use_i18n();
    let followed = Followed::here();
    followed.find();
    let any = Memo::new(move |_| !followed.0.read().is_empty());
    view! {
        <section class="job-strips" aria-label=text!(i18n, hub.jobs.strip) hidden=move || !any.get()>
            <For each=move || followed.0.get() key=|job| job.with_untracked(|job| job.id) let:job>
                <Strip job/>
            </For>
        </section>
    }
}

#[component]
fn Strip(job: ArcRwSignal<JobRow>) -> impl IntoView {
    let i18n = use_i18n();
    let (id, action) = job.with_untracked(|job| (job.id, job.action));
    let row = RwSignal::from(job);
    let state = Memo::new(move |_| row.read().state);
    let over = Memo::new(move |_| state.get().is_over());
    let what = move || action_text(i18n.get_locale(), action, row.read().rows);
    let said = move || {
        let (what, state) = (what(), job_state_text(i18n.get_locale(), state.get()));
        t_string!(i18n, hub.jobs.said, what, state).to_string()
    };
    let users = move || job_users(i18n.get_locale(), &row.read());
    let numbers = move || job_progress(i18n.get_locale(), &row.read());
    let details = address::job(id, None, None);
    // A job's own page says as much.
    let (path, own) = (use_location().pathname, details.clone());
    let is_here = move || *path.read() == own;
    let followed = Followed::here();
    let dismiss = move |_| {
        followed.dismiss(id);
        focus::keep();
    };
    view! {
        <div class="job-strip" hidden=is_here>
            <p class="job-strip-words">
                // Not the seconds: a reader would say each of them.
                <strong role="status">{said}</strong> " "
                <span translate="no">{users}</span> " "
                <span class="muted">{numbers}</span>
            </p>
            <JobProgress row/>
            <div class="actions">
                <CancelJob row/>
                <A href=details attr:class=Emphasis::Quiet.class()>{text!(i18n, hub.jobs.details)}</A>
                <Show when=move || over.get()>
                    <button
                        type="button"
                        class="bulk-clear"
                        aria-label=text!(i18n, ui.close)
                        on:click=dismiss
                    ></button>
                </Show>
            </div>
        </div>
    }
}

/// How far a job is, drawn; nothing when it is over.
#[component]
pub(super) fn JobProgress(row: RwSignal<JobRow>) -> impl IntoView {
    let i18n = use_i18n();
    let running = Memo::new(move |_| row.read().state == JobState::Running);
    let what = move || {
        let what = action_text(i18n.get_locale(), row.read().action, row.read().rows);
        t_string!(i18n, hub.jobs.progress_of, what).to_string()
    };
    view! {
        <Show when=move || running.get()>
            <progress
                class="progress"
                max=move || row.read().rows.max(1)
                value=move || row.read().done()
                aria-label=what
            ></progress>
        </Show>
    }
}

/// The button that ends a job early; as long as it is not begun, takes it back.
#[component]
pub(super) fn CancelJob(row: RwSignal<JobRow>) -> impl IntoView {
    let i18n = use_i18n();
    let state = Memo::new(move |_| row.read().state);
    let pending = RwSignal::new(false);
    let cancel = move |_| {
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        let id = row.with_untracked(|job| job.id);
        spawn_local(async move {
            let answer = cancel_job(id).await;
            _ = pending.try_set(false);
            if let Ok(job) = answer {
                _ = row.try_set(job);
                focus::keep();
            }
        });
    };
    // About what waits for approval is decided on a page of its own.
    let over = Memo::new(move |_| state.get().is_over() || state.get() == JobState::Staged);
    view! {
        <Allowed to=Permission::UsersWrite>
            <Show when=move || !over.get()>
                <button
                    type="button"
                    class=Emphasis::Secondary.class()
                    aria-busy=move || pending.get().then_some("true")
                    on:click=cancel
                >
                    {move || match (state.get(), row.read().action) {
                        (JobState::Waiting(_), Action::Delete) => t_string!(i18n, hub.jobs.undo),
                        _ => t_string!(i18n, hub.jobs.cancel),
                    }}
                </button>
            </Show>
        </Allowed>
    }
}
