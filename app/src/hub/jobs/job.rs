//! One job: how far it is, and what became of each of its rows.

use domain::{Fault, bulk::Outcome, timestamp::MINUTE};
use leptos::{either::Either, prelude::*};
use leptos_router::{
    components::A,
    hooks::{use_params_map, use_query_map},
};

use super::JobBadge;
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        address,
        breadcrumbs::Breadcrumbs,
        followed::{CancelJob, JobProgress, look_again},
        loaded::loaded,
        model::{JobDetail, JobId, JobRow, JobState, JobUser, Page},
        text::{action_text, doer_text, job_progress, job_users, number_text},
    },
    i18n::*,
    problem::Problem,
    ui::{
        empty::Empty,
        fault,
        moment::Moment,
        pager::Pager,
        table::{Cell, Table},
        title::Title,
    },
};

/// A job and those of its rows that have this outcome, from `after` on.
#[server(prefix = "/api", endpoint = "hub/job-rows", client = crate::hub::client::HubClient)]
pub async fn get_job_rows(job: JobId, outcome: Option<Outcome>, after: Option<String>) -> Result<JobDetail, Problem> {
    let (hub, administrator) = signed_in::<GetJobRows>().await?;
    hub.job_rows(&administrator, job, outcome, after).await
}

/// A job's page.
#[component]
pub fn JobPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let outcome = query.get(address::OUTCOME).as_deref().and_then(Outcome::parse);
        (address::id(&params.read()), outcome, query.get("after"))
    });
    let detail = Resource::new_blocking(
        move || asked.get(),
        async |(id, outcome, after)| get_job_rows(id?, outcome, after).await,
    );
    loaded(detail, move |JobDetail { job, page }| {
        let (_, outcome, _) = asked.get_untracked();
        view! { <Shown job page outcome reload=Callback::new(move |()| detail.refetch())/> }
    })
}

#[component]
fn Shown(job: JobRow, page: Page<JobUser>, outcome: Option<Outcome>, reload: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let (id, action) = (job.id, job.action);
    // A time is written to the minute: most jobs begin and end in the same.
    let finished = job.finished.filter(|at| at.0 / MINUTE != job.created.0 / MINUTE);
    let (by, created) = (job.by.clone(), job.created);
    let was_over = job.state.is_over();
    let job = ArcRwSignal::new(job);
    let row = RwSignal::from(job.clone());
    let title = move || action_text(i18n.get_locale(), action, row.read().rows);
    Effect::new(move || look_again(job.clone(), |_| ()));
    let over = Memo::new(move |_| row.read().state.is_over());
    let undo = move || {
        let job = row.read();
        matches!(job.state, JobState::Waiting(_)).then(|| format!(" · {}", job_progress(i18n.get_locale(), &job)))
    };
    // Its rows have their outcomes now.
    Effect::new(move || {
        if over.get() && !was_over {
            reload.run(());
        }
    });
    let way = vec![(text!(i18n, hub.jobs.title).into_any(), address::JOBS.to_owned())];
    view! {
        <Title text=title/>
        <Breadcrumbs way here=Signal::derive(move || title().to_owned())/>
        <header class="page-head page-head-split">
            <div class="user-head">
                <h1>{title}</h1>
                <JobBadge state=Signal::derive(move || row.read().state)/>
                <p class="lead">
                    <span translate="no">{move || job_users(i18n.get_locale(), &row.read())}</span> " · "
                    {move || doer_text(i18n.get_locale(), &by)} " · " <Moment at=created/>
                    {finished.map(|at| view! { " – " <Moment at/> })} {undo}
                </p>
            </div>
            <CancelJob row/>
        </header>
        <JobProgress row/>
        <Numbers row outcome/>
        <Rows id page outcome over/>
    }
}

/// A tile: the outcome that it counts, its tone, and its number.
type Tile = (Option<Outcome>, Option<&'static str>, fn(&JobRow) -> u32);

const TILES: [Tile; 4] = [
    (None, None, |job| job.rows),
    (Some(Outcome::Accepted), Some("good"), |job| job.accepted),
    (Some(Outcome::Unchanged), Some("off"), |job| job.unchanged),
    (Some(Outcome::Refused), Some("bad"), |job| job.refused),
];

/// How many rows have which outcome: numbers that lead to the rows they count.
#[component]
fn Numbers(row: RwSignal<JobRow>, outcome: Option<Outcome>) -> impl IntoView {
    let i18n = use_i18n();
    let id = row.with_untracked(|job| job.id);
    let tiles = TILES.map(|(of, tone, number)| {
        let to = address::job(id, of.map(Outcome::as_str), None);
        view! {
            <div data-tone=tone>
                <dt>
                    <a href=to aria-current=(of == outcome).then_some("page")>
                        {move || outcome_text(i18n.get_locale(), of)}
                    </a>
                </dt>
                <dd>{move || number_text(i18n.get_locale(), number(&row.read()))}</dd>
            </div>
        }
    });
    view! {
        <nav aria-label=text!(i18n, hub.jobs.result)>
            <dl class="summary">{tiles}</dl>
        </nav>
    }
}

fn outcome_text(locale: Locale, outcome: Option<Outcome>) -> &'static str {
    match outcome {
        None => td_string!(locale, hub.jobs.all),
        Some(Outcome::Accepted) => td_string!(locale, hub.jobs.done),
        Some(Outcome::Unchanged) => td_string!(locale, hub.jobs.skipped),
        Some(Outcome::Refused) => td_string!(locale, hub.jobs.refused),
    }
}

#[component]
fn Rows(id: JobId, page: Page<JobUser>, outcome: Option<Outcome>, over: Memo<bool>) -> impl IntoView {
    let i18n = use_i18n();
    if page.rows.is_empty() {
        return Either::Left(view! {
            <Empty title=text!(i18n, hub.jobs.no_rows).into_any()>{text!(i18n, hub.jobs.no_rows_hint)}</Empty>
        });
    }
    let columns = vec![
        text!(i18n, hub.status.broadworks_id).into_any(),
        text!(i18n, hub.status.name).into_any(),
        text!(i18n, hub.jobs.result).into_any(),
        view! { <span class="widest">{text!(i18n, hub.jobs.why)}</span> }.into_any(),
    ];
    let to = |after| address::job(id, outcome.map(Outcome::as_str), after);
    let first = page.previous.map(|_| to(None));
    let next = page.next.map(|next| to(Some(next)));
    Either::Right(view! {
        <Table label=text!(i18n, hub.jobs.result) columns>
            {page.rows.into_iter().map(|row| view! { <Row row over/> }).collect_view()}
        </Table>
        <Pager first next/>
    })
}

#[component]
fn Row(row: JobUser, over: Memo<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let JobUser { number, line, user, broadworks_id, name, outcome, why } = row;
    let who = match (user, broadworks_id) {
        (Some(user), Some(id)) => view! {
            <A href=address::user(user) attr:class="id" attr:translate="no">{id}</A>
        }
        .into_any(),
        (None, Some(id)) => view! { <span class="id" translate="no">{id}</span> }.into_any(),
        (Some(user), None) => view! { <A href=address::user(user)>{text!(i18n, hub.jobs.gone)}</A> }.into_any(),
        (None, None) => {
            let place = line.unwrap_or(number);
            view! { {text!(i18n, hub.jobs.row)} " " {move || number_text(i18n.get_locale(), place)} }.into_any()
        }
    };
    let (tone, text) = match outcome {
        Some(Outcome::Accepted) => ("good", Some(outcome)),
        Some(Outcome::Unchanged) => ("off", Some(outcome)),
        Some(Outcome::Refused) => ("bad", Some(outcome)),
        None => ("waiting", None),
    };
    let text = move || match text {
        Some(outcome) => outcome_text(i18n.get_locale(), outcome),
        None if over.get() => td_string!(i18n.get_locale(), hub.jobs.not_done),
        None => td_string!(i18n.get_locale(), hub.jobs.not_yet),
    };
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.status.broadworks_id)>{who}</Cell>
            <Cell label=text!(i18n, hub.status.name)>{name}</Cell>
            <Cell label=text!(i18n, hub.jobs.result)>
                <span class="status" data-tone=tone>{text}</span>
            </Cell>
            <Cell label=text!(i18n, hub.jobs.why)>
                <Why why/>
            </Cell>
        </tr>
    }
}

#[component]
fn Why(why: Vec<(Option<domain::Field>, Fault)>) -> impl IntoView {
    let i18n = use_i18n();
    let one = move |(field, why): (Option<domain::Field>, Fault)| {
        view! {
            <span class="fault">
                {field.map(|field| view! { <span translate="no">{field.column()}</span> ": " })}
                {move || fault::cause(i18n.get_locale(), why)} " " <span class="code">{why.code()}</span>
            </span>
            " "
        }
    };
    if why.is_empty() {
        return Either::Left(view! { <span class="none">"–"</span> });
    }
    Either::Right(why.into_iter().map(one).collect_view())
}
