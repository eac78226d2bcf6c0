//! A user's page: who it is, how they stand, what can be done, and all that has happened.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    address,
    breadcrumbs::Breadcrumbs,
    deeds::dialogs::UserDialogs,
    history::get_user,
    live,
    loaded::loaded,
    model::{Page, Step, StepId, UserDetail, UserFilter, UserHistory, UserId},
    user_detail::{OpenUser, Parts, Timeline, WhatToDo},
};
use crate::{
    i18n::*,
    ui::{badge::StatusBadge, title::Title},
};

/// A user's page.
#[component]
pub fn UserPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| (address::id(&params.read()), address::id_in(&query.read(), "after")));
    let found = Resource::new_blocking(move || asked.get(), async |(id, before)| get_user(id?, before?).await);
    loaded(found, move |UserHistory { user, steps }| {
        let (Ok(id), Ok(before)) = asked.get_untracked() else { return None };
        Some(match user {
            Some(user) => view! { <Present user before steps/> }.into_any(),
            None => view! { <Gone id before steps/> }.into_any(),
        })
    })
}

/// A user who is there, or was when the page was opened.
#[component]
fn Present(user: UserDetail, before: Option<StepId>, steps: Page<Step>) -> impl IntoView {
    let id = user.row.id;
    let name = user.row.broadworks_id.clone();
    let open = OpenUser::new(user.clone(), before, &steps);
    let dialog = RwSignal::new(None);
    live::follow(address::user_live(id), move |_| open.refresh());
    let heading = name.clone();
    view! {
        <Title text=name.clone()/>
        <Way user/>
        <header class="page-head page-head-split">
            <div class="user-head">
                <h1 class="user-id" translate="no">{heading}</h1>
                <StatusBadge status=Signal::derive(move || open.row.read().status)/>
                <p class="lead">{move || open.row.read().name.clone()}</p>
            </div>
            <Show when=move || !open.gone.get()>
                <WhatToDo open dialog/>
            </Show>
        </header>
        <Parts open id before/>
        <UserDialogs dialog follower=Arc::new(open)/>
    }
}

/// The way here: the customer, the template, the list.
#[component]
fn Way(user: UserDetail) -> impl IntoView {
    let i18n = use_i18n();
    let UserDetail { row, customer, .. } = user;
    let filter = UserFilter { customer: Some(customer), ..UserFilter::default() };
    let way = vec![
        (row.customer.into_any(), address::customer(customer)),
        (row.template.into_any(), address::template(row.template_id, Some(customer))),
        (text!(i18n, hub.status.title).into_any(), address::users(row.template_id, filter)),
    ];
    view! { <Breadcrumbs way here=Signal::stored(row.broadworks_id)/> }
}

/// What is left of a user who is gone: the history. Nothing in it says who it was.
#[component]
fn Gone(id: UserId, before: Option<StepId>, steps: Page<Step>) -> impl IntoView {
    let i18n = use_i18n();
    let title = text!(i18n, hub.user.deleted);
    let next = RwSignal::new(steps.next);
    view! {
        <Title text=title/>
        <Breadcrumbs way=Vec::new() here=Signal::derive(move || title().to_owned())/>
        <header class="page-head">
            <h1>{title}</h1>
            <p class="lead">{text!(i18n, hub.user.deleted_lead)}</p>
        </header>
        <Timeline id before steps=RwSignal::new(steps.rows) next/>
    }
}
