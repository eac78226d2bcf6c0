//! Jobs: what was asked for many users at once, or can be taken back, and what has become of it.

pub mod job;

use leptos::{either::Either, prelude::*};
use leptos_router::{components::A, hooks::use_query_map};

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address,
    followed::{CancelJob, look_again},
    loaded::loaded,
    model::{JobRow, JobState, Page},
    text::{action_text, doer_text, job_progress, job_state_text, job_users, number_text},
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        empty::Empty,
        moment::Moment,
        pager::Pager,
        table::{Cell, Table},
        title::Title,
    },
};

/// The jobs, from `after` on.
#[server(prefix = "/api", endpoint = "hub/jobs", client = crate::hub::client::HubClient)]
pub async fn list_jobs(after: Option<String>) -> Result<Page<JobRow>, Problem> {
    let (hub, administrator) = signed_in::<ListJobs>().await?;
    hub.jobs(&administrator, after).await
}

/// The jobs.
#[component]
pub fn Jobs() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let after = move || query.read().get("after");
    let page = Resource::new_blocking(after, list_jobs);
    loaded(page, move |page| {
        view! {
            <Title text=text!(i18n, hub.jobs.title)/>
            <header class="page-head">
                <h1>{text!(i18n, hub.jobs.title)}</h1>
                <p class="lead">{text!(i18n, hub.jobs.lead)}</p>
            </header>
            <List page/>
        }
    })
}

#[component]
fn List(page: Page<JobRow>) -> impl IntoView {
    let i18n = use_i18n();
    if page.rows.is_empty() {
        return Either::Left(view! {
            <Empty title=text!(i18n, hub.jobs.empty).into_any()>{text!(i18n, hub.jobs.empty_hint)}</Empty>
        });
    }
    let columns = vec![
        text!(i18n, hub.jobs.what).into_any(),
        text!(i18n, hub.jobs.state).into_any(),
        text!(i18n, hub.jobs.users).into_any(),
        view! { <span class="widest">{text!(i18n, hub.jobs.result)}</span> }.into_any(),
        text!(i18n, hub.jobs.by).into_any(),
        text!(i18n, hub.jobs.begun).into_any(),
        view! { <span class="visually-hidden">{text!(i18n, hub.status.actions)}</span> }.into_any(),
    ];
    let first = page.previous.map(|_| address::JOBS.to_owned());
    let next = page.next.map(address::jobs);
    Either::Right(view! {
        <Table label=text!(i18n, hub.jobs.title) columns>
            {page.rows.into_iter().map(|job| view! { <Row job/> }).collect_view()}
        </Table>
        <Pager first next/>
    })
}

#[component]
fn Row(job: JobRow) -> impl IntoView {
    let i18n = use_i18n();
    let (created, action, listed) = (job.created, job.action, job.list.is_some());
    let (by, page) = (job.by.clone(), address::job(job.id, None, None));
    let job = ArcRwSignal::new(job);
    let row = RwSignal::from(job.clone());
    Effect::new(move || look_again(job.clone(), |_| ()));
    let whom = move || row.with(|job| job_users(i18n.get_locale(), job));
    // How many they are stands in a column of its own.
    let named = listed || row.with_untracked(|job| job.user.is_some());
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.jobs.what)>
                <A href=page attr:class="job-name">{move || action_text(i18n.get_locale(), action, row.read().rows)}</A>
                {named.then(|| view! { <span class="job-whom muted" translate="no">{whom}</span> })}
            </Cell>
            <Cell label=text!(i18n, hub.jobs.state)>
                <JobBadge state=Signal::derive(move || row.read().state)/>
            </Cell>
            <Cell label=text!(i18n, hub.jobs.users)>
                <span class="bulk-number">{move || number_text(i18n.get_locale(), row.read().rows)}</span>
            </Cell>
            <Cell label=text!(i18n, hub.jobs.result)>{move || job_progress(i18n.get_locale(), &row.read())}</Cell>
            <Cell label=text!(i18n, hub.jobs.by)>{move || doer_text(i18n.get_locale(), &by)}</Cell>
            <Cell label=text!(i18n, hub.jobs.begun)>
                <Moment at=created/>
            </Cell>
            <Cell label=text!(i18n, hub.status.actions)>
                <CancelJob row/>
            </Cell>
        </tr>
    }
}

/// How a job stands, at a glance.
#[component]
fn JobBadge(state: Signal<JobState>) -> impl IntoView {
    let i18n = use_i18n();
    let tone = move || match state.get() {
        JobState::Waiting(_) | JobState::Selecting | JobState::Running => "busy",
        JobState::Staged => "waiting",
        JobState::Finished => "good",
        JobState::Cancelled => "off",
    };
    view! {
        <span class="status" data-tone=tone>{move || job_state_text(i18n.get_locale(), state.get())}</span>
    }
}
