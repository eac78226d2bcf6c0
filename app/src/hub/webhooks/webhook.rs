//! One webhook: how it stands, what can be done with it, and what it was told.

use domain::webhook::Silence;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    StateBadge,
    change::{Deeds, PauseDialog, RemoveDialog, What},
    deliveries::Deliveries,
    events_text, get_webhook,
};
use crate::{
    hub::{
        address,
        breadcrumbs::Breadcrumbs,
        loaded::loaded,
        model::{DeliveryState, WebhookDetail, WebhookRow},
    },
    i18n::*,
    ui::{moment::Moment, notice::Tone, title::Title},
};

/// A webhook's page.
#[component]
pub fn WebhookPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let state = query.get(address::OUTCOME).as_deref().and_then(DeliveryState::parse);
        (address::id(&params.read()), state, query.get("after"))
    });
    let detail =
        Resource::new_blocking(move || asked.get(), async |(id, state, after)| get_webhook(id?, state, after).await);
    let reload = Callback::new(move |()| detail.refetch());
    let dialog = RwSignal::new(None::<What>);
    let shown = loaded(detail, move |WebhookDetail { webhook, page }| {
        let (_, state, after) = asked.get_untracked();
        let (id, silent) = (webhook.id, webhook.silent.is_some());
        view! {
            <Head webhook dialog reload/>
            <Deliveries id silent state after page/>
        }
    });
    view! {
        {shown}
        {move || {
            let (what, id) = (dialog.get()?, asked.get_untracked().0.ok()?);
            let on_close = move || dialog.set(None);
            Some(match what {
                What::Pause => view! { <PauseDialog id reload on_close/> }.into_any(),
                What::Remove => view! { <RemoveDialog id on_close/> }.into_any(),
            })
        }}
    }
}

#[component]
fn Head(webhook: WebhookRow, dialog: RwSignal<Option<What>>, reload: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let WebhookRow { url, host, events, created, failing, silent, why, .. } = webhook.clone();
    let (here, title) = (host.clone(), host.clone());
    let way = vec![(text!(i18n, hub.webhooks.title).into_any(), address::WEBHOOKS.to_owned())];
    let why = move || match why {
        Some(Silence::Gone) => t_string!(i18n, hub.webhooks.why_gone),
        Some(Silence::Deaf) => t_string!(i18n, hub.webhooks.why_deaf),
        Some(Silence::Paused) => t_string!(i18n, hub.webhooks.why_paused),
        None => t_string!(i18n, hub.webhooks.disabled),
    };
    view! {
        <Title text=move || title.clone()/>
        <Breadcrumbs way here=Signal::derive(move || here.clone())/>
        <header class="page-head page-head-split">
            <div class="user-head">
                <h1 translate="no">{host}</h1>
                <StateBadge webhook=webhook.clone()/>
                <p class="lead webhook-address" translate="no">{url}</p>
            </div>
            <Deeds webhook dialog reload/>
        </header>
        {silent.map(|at| view! {
            <p class=Tone::Warning.class()>{why} " (" <Moment at/> ")"</p>
        })}
        {failing.filter(|_| silent.is_none()).map(|at| view! {
            <p class=Tone::Warning.class()>{text!(i18n, hub.webhooks.failing_since)} " " <Moment at/> "."</p>
        })}
        <dl class="facts">
            <div>
                <dt>{text!(i18n, hub.webhooks.told)}</dt>
                <dd>{move || events_text(i18n.get_locale(), &events)}</dd>
            </div>
            <div>
                <dt>{text!(i18n, hub.webhooks.created)}</dt>
                <dd><Moment at=created/></dd>
            </div>
        </dl>
    }
}
