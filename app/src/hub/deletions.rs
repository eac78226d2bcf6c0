//! Deletions that wait: who wants whom deleted since when, and yes or no to all of them.

use domain::{Permission, deletion};
use leptos::{either::Either, prelude::*};
use leptos_router::components::A;

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address,
    allowed::Allowed,
    confirmation::Confirmation,
    loaded::loaded,
    model::{JobRow, SeenDeletions, StagedDeletions},
    request::Request,
    staged::list_staged,
    text::{doer_text, job_users, number_text},
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        empty::Empty,
        field::Field,
        moment::Moment,
        problem::ProblemNotice,
        table::{Cell, Table},
        title::Title,
        toast::Toasts,
    },
};

/// Says yes or no to the deletions that were shown. Returns about how many users.
#[server(prefix = "/api", endpoint = "hub/decide-deletions", client = crate::hub::client::HubClient)]
pub async fn decide_deletions(approve: bool, #[server(default)] seen: Vec<SeenDeletions>) -> Result<u32, Problem> {
    let (hub, administrator) = signed_in::<DecideDeletions>().await?;
    hub.decide_deletions(&administrator, approve, &seen).await
}

/// Says how many users may be deleted in an hour before deletions wait.
#[server(prefix = "/api", endpoint = "hub/deletion-threshold", client = crate::hub::client::HubClient)]
pub async fn set_deletion_threshold(threshold: u32) -> Result<(), Problem> {
    let (hub, administrator) = signed_in::<SetDeletionThreshold>().await?;
    hub.set_deletion_threshold(&administrator, threshold).await
}

/// The deletions that wait.
#[component]
pub fn Deletions() -> impl IntoView {
    let i18n = use_i18n();
    let staged = Resource::new_blocking(|| (), |()| list_staged());
    let reload = Callback::new(move |()| staged.refetch());
    loaded(staged, move |StagedDeletions { jobs, threshold }| {
        let lead = move || {
            let threshold = number_text(i18n.get_locale(), threshold);
            t_string!(i18n, hub.deletions.lead, threshold).to_string()
        };
        view! {
            <Title text=text!(i18n, hub.deletions.title)/>
            <header class="page-head">
                <h1>{text!(i18n, hub.deletions.title)}</h1>
                <Allowed to=Permission::DeletionsApprove>
                    <p class="lead">{lead}</p>
                </Allowed>
            </header>
            <Waiting jobs reload/>
            <Allowed to=Permission::DeletionsApprove>
                <Threshold threshold reload/>
            </Allowed>
        }
    })
}

#[component]
fn Waiting(jobs: Vec<JobRow>, reload: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let asking = RwSignal::new(None);
    if jobs.is_empty() {
        return Either::Left(view! {
            <Empty title=text!(i18n, hub.deletions.empty).into_any()>{text!(i18n, hub.deletions.empty_hint)}</Empty>
        });
    }
    let seen: Vec<_> = jobs.iter().map(|job| SeenDeletions { job: job.id, rows: job.rows }).collect();
    let columns = vec![
        text!(i18n, hub.jobs.users).into_any(),
        text!(i18n, hub.jobs.by).into_any(),
        text!(i18n, hub.deletions.since).into_any(),
    ];
    Either::Right(view! {
        <Table label=text!(i18n, hub.deletions.title) columns>
            {jobs.into_iter().map(|job| view! { <Row job/> }).collect_view()}
        </Table>
        <p class="actions">
            <button
                type="button"
                class=Emphasis::Secondary.class()
                on:click=move |_| asking.set(Some(false))
            >
                {text!(i18n, hub.deletions.refuse)}
            </button>
            <button
                type="button"
                class=Emphasis::Danger.class()
                on:click=move |_| asking.set(Some(true))
            >
                {text!(i18n, hub.deletions.approve)}
            </button>
        </p>
        {move || asking.get().map(|approve| view! {
            <Decision approve seen=seen.clone() reload on_close=move || asking.set(None)/>
        })}
    })
}

#[component]
fn Row(job: JobRow) -> impl IntoView {
    let i18n = use_i18n();
    let page = address::job(job.id, None, None);
    let (by, since, users) = (job.by.clone(), job.created, job);
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.jobs.users)>
                <A href=page attr:class="job-name">
                    <span translate="no">{move || job_users(i18n.get_locale(), &users)}</span>
                </A>
            </Cell>
            <Cell label=text!(i18n, hub.jobs.by)>{move || doer_text(i18n.get_locale(), &by)}</Cell>
            <Cell label=text!(i18n, hub.deletions.since)><Moment at=since/></Cell>
        </tr>
    }
}

/// Asks once more.
#[component]
fn Decision(
    approve: bool,
    seen: Vec<SeenDeletions>,
    reload: Callback<()>,
    on_close: impl Fn() + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let title =
        move || if approve { t_string!(i18n, hub.deletions.approve) } else { t_string!(i18n, hub.deletions.refuse) };
    let done = move |users: u32| {
        _ = reload.try_run(());
        let locale = i18n.get_locale_untracked();
        match approve {
            true => td_string!(locale, hub.deletions.approved, count = users).to_string(),
            false => td_string!(locale, hub.deletions.refused, count = users).to_string(),
        }
    };
    let effect = move || match approve {
        true => t_string!(i18n, hub.deletions.approve_effect),
        false => t_string!(i18n, hub.deletions.refuse_effect),
    };
    view! {
        <Confirmation
            title=Signal::derive(move || title().to_owned())
            ask=move || decide_deletions(approve, seen.clone())
            done
            problem_id="deletions-problem"
            submit=title
            emphasis=if approve { Emphasis::Danger } else { Emphasis::Primary }
            on_close
        >
            <p>{effect}</p>
        </Confirmation>
    }
}

/// From how many on they wait.
#[component]
fn Threshold(threshold: u32, reload: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let (toasts, request) = (Toasts::here(), Request::new());
    let typed = RwSignal::new(threshold.to_string());
    let number = Memo::new(move |_| typed.read().trim().parse::<u32>().ok().filter(|users| *users <= MOST));
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(threshold) = number.get_untracked() else { return };
        request.send(set_deletion_threshold(threshold), move |()| {
            toasts.show(td_string!(i18n.get_locale_untracked(), hub.deletions.saved));
            _ = reload.try_run(());
        });
    };
    view! {
        <form class="form card" on:submit=save novalidate>
            <Field
                name="threshold"
                label=move || t_string!(i18n, hub.deletions.threshold)
                hint=move || t_string!(i18n, hub.deletions.threshold_hint)
                input=view! {
                    <{..}
                        type="number"
                        min="0"
                        max=MOST.to_string()
                        required=true
                        prop:value=move || typed.get()
                        on:input=move |event| typed.set(event_target_value(&event))
                    />
                }
            />
            <ProblemNotice problem=request.problem() id="threshold-problem"/>
            <p class="actions">
                <SubmitButton
                    emphasis=Emphasis::Secondary
                    pending=request.pending()
                    unavailable=Signal::derive(move || number.get().is_none())
                >
                    {text!(i18n, hub.save)}
                </SubmitButton>
            </p>
        </form>
    }
}

const MOST: u32 = deletion::MOST.unsigned_abs();
