//! The overview: is onboarding healthy?

mod chart;
mod errors;
mod services;
mod speed;
mod stuck;

use leptos::prelude::*;

use self::{
    chart::{Activations, Standings},
    errors::Errors,
    services::Services,
    stuck::StuckUsers,
};
#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address,
    loaded::loaded,
    model::{Counts, Cursor, Healthy},
    text::number_text,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{empty::Empty, title::Title},
};

/// How onboarding goes.
#[server(prefix = "/api", endpoint = "hub/overview", client = crate::hub::client::HubClient)]
pub async fn get_overview() -> Result<Healthy, Problem> {
    let (hub, administrator) = signed_in::<GetOverview>().await?;
    hub.overview(&administrator).await
}

/// The overview.
#[component]
pub fn Overview() -> impl IntoView {
    let i18n = use_i18n();
    let healthy = Resource::new_blocking(|| (), |()| get_overview());
    loaded(healthy, move |healthy| {
        let began = healthy.users.total > 0 || healthy.days.iter().any(|day| day.activated > 0);
        view! {
            <Title text=text!(i18n, hub.overview.title)/>
            <header class="page-head">
                <h1>{text!(i18n, hub.overview.title)}</h1>
                <p class="lead">{text!(i18n, hub.overview.lead)}</p>
            </header>
            {if began { view! { <Shown healthy/> }.into_any() } else { view! { <Beginning healthy/> }.into_any() }}
        }
    })
}

#[component]
fn Shown(healthy: Healthy) -> impl IntoView {
    let Healthy { users, days, speed, errors, stuck, services, overdue } = healthy;
    view! {
        <Now users/>
        <div class="overview-charts">
            <Standings days=days.clone()/>
            <Activations days speed/>
        </div>
        <Services services overdue/>
        <Errors errors/>
        <StuckUsers stuck/>
    }
}

/// Nobody is here yet: what brings them.
#[component]
fn Beginning(healthy: Healthy) -> impl IntoView {
    let i18n = use_i18n();
    let Healthy { services, overdue, .. } = healthy;
    view! {
        <Empty title=text!(i18n, hub.overview.empty).into_any()>
            {text!(i18n, hub.overview.empty_hint)} " " <a href=address::TOKENS>{text!(i18n, hub.tokens.title)}</a>
        </Empty>
        <Services services overdue/>
    }
}

/// The numbers of now, each of which leads to whom it counts.
#[component]
fn Now(users: Counts) -> impl IntoView {
    let i18n = use_i18n();
    let tile = move |tone: Option<&'static str>, filter: &str, number: u32, name: Signal<&'static str>| {
        let to = address::search(filter, Cursor::Start);
        view! {
            <div data-tone=tone>
                <dt><a href=to>{move || name.get()}</a></dt>
                <dd>{move || number_text(i18n.get_locale(), number)}</dd>
            </div>
        }
    };
    let Counts { provisioned, pending, error, .. } = users;
    view! {
        <nav aria-label=text!(i18n, hub.status.tiles)>
            <dl class="summary">
                {tile(Some("good"), "status:provisioned", provisioned, Signal::derive(text!(i18n, hub.standing.provisioned)))}
                {tile(Some("waiting"), "status:pending", pending, Signal::derive(text!(i18n, hub.standing.pending)))}
                {tile(Some("bad"), "status:error", error, Signal::derive(text!(i18n, hub.standing.error)))}
            </dl>
        </nav>
    }
}
