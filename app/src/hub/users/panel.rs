//! The panel beside the list: what the user's page shows, while the list stays.

use std::sync::Arc;

use domain::Fault;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::{A, Redirect},
};

use super::beside::Beside;
use crate::{
    hub::{
        address,
        deeds::dialogs::UserDialogs,
        history::get_user,
        model::{Page, Step, TemplateId, UserDetail, UserHistory, UserId},
        user_detail::{OpenUser, Parts, Place, Timeline, WhatToDo},
    },
    i18n::*,
    problem::Problem,
    ui::{badge::StatusBadge, button::Emphasis, notice::Tone, problem::ProblemText},
};

/// The panel, if the address names somebody.
#[component]
pub(super) fn Panel(
    /// Who that is.
    beside: Beside,
    /// Whose users the list shows.
    template: Signal<Option<TemplateId>>,
) -> impl IntoView {
    Place::Panel.provide();
    let found = Resource::new_blocking(
        move || beside.user.get(),
        async |user| match user {
            Some(user) => Some((user, get_user(user, None).await)),
            None => None,
        },
    );
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let (id, found) = found.await?;
                Some(untrack(|| view! { <Found beside id found template=template.get_untracked()/> }))
            })}
        </Transition>
    }
}

/// What there is of whom the address names.
#[component]
fn Found(
    beside: Beside,
    id: UserId,
    found: Result<UserHistory, Problem>,
    template: Option<TemplateId>,
) -> impl IntoView {
    beside.made();
    match found {
        // Another list has them by now, and tells of what becomes of them.
        Ok(UserHistory { user: Some(user), .. }) if Some(user.row.template_id) != template => {
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            view! { <Redirect path=address::user(id) options/> }.into_any()
        }
        Ok(UserHistory { user: Some(user), steps }) => view! { <Shown beside user steps/> }.into_any(),
        Ok(UserHistory { user: None, steps }) => view! { <Gone beside id steps/> }.into_any(),
        // The list leads them to where they sign in.
        Err(problem) if matches!(problem.fault, Fault::NotSignedIn | Fault::FactorRequired) => ().into_any(),
        Err(problem) => view! { <Missing beside problem/> }.into_any(),
    }
}

/// A user who is there, or was when the panel was opened.
#[component]
fn Shown(beside: Beside, user: UserDetail, steps: Page<Step>) -> impl IntoView {
    let (id, heading) = (user.row.id, user.row.broadworks_id.clone());
    let open = OpenUser::new(user, None, &steps);
    let dialog = RwSignal::new(None);
    beside.refreshed(move || open.refresh());
    view! {
        <Frame beside page=Some(address::user(id)) heading=Signal::stored(heading) is_id=true>
            <div class="user-head">
                <StatusBadge status=Signal::derive(move || open.row.read().status)/>
                <p class="lead">{move || open.row.read().name.clone()}</p>
            </div>
            <Show when=move || !open.gone.get()>
                <WhatToDo open dialog/>
            </Show>
            <Parts open id before=None/>
            <UserDialogs dialog follower=Arc::new(open)/>
        </Frame>
    }
}

/// What is left of a user who is gone.
#[component]
fn Gone(beside: Beside, id: UserId, steps: Page<Step>) -> impl IntoView {
    let i18n = use_i18n();
    let heading = Signal::derive(move || t_string!(i18n, hub.user.deleted).to_owned());
    let next = RwSignal::new(steps.next);
    view! {
        <Frame beside page=Some(address::user(id)) heading>
            <p class="lead">{text!(i18n, hub.user.deleted_lead)}</p>
            <Timeline id before=None steps=RwSignal::new(steps.rows) next/>
        </Frame>
    }
}

/// Nobody whom one may see.
#[component]
fn Missing(beside: Beside, problem: Problem) -> impl IntoView {
    let i18n = use_i18n();
    let missing = problem.fault == Fault::NotFound;
    let heading = Signal::derive(move || match missing {
        true => t_string!(i18n, hub.missing.thing).to_owned(),
        false => t_string!(i18n, hub.missing.failed).to_owned(),
    });
    view! {
        <Frame beside page=None heading>
            <div class=if missing { Tone::Info.class() } else { Tone::Error.class() } role="alert">
                <ProblemText problem/>
            </div>
        </Frame>
    }
}

/// The panel around what it shows: a heading, the way to the page, and the way out. Without JavaScript that is a link, too.
#[component]
fn Frame(
    beside: Beside,
    /// The page that shows it alone.
    page: Option<String>,
    heading: Signal<String>,
    /// Whether the heading is an id, and not words.
    #[prop(optional)]
    is_id: bool,
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="user-panel" aria-labelledby="panel-title">
            <header class="panel-head">
                <h2 id="panel-title" class="user-id" tabindex="-1" translate=is_id.then_some("no")>{heading}</h2>
                <p class="panel-ways">
                    {page.map(|page| view! {
                        <A href=page attr:class=Emphasis::Quiet.class()>{text!(i18n, hub.user.open_page)}</A>
                    })}
                    <a
                        href=move || beside.alone()
                        class="panel-close"
                        aria-label=text!(i18n, ui.close)
                        aria-keyshortcuts="Escape"
                        on:click=move |event| {
                            event.prevent_default();
                            beside.close();
                        }
                    ></a>
                </p>
            </header>
            {children()}
        </section>
    }
}
