//! What a webhook was and is told.

use std::time::Duration;

use domain::webhook::Outcome;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

use super::event_text;
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        address,
        model::{Answer, DeliveryRow, DeliveryState, Page, StepId, WebhookDetail, WebhookId},
        request::Request,
        text::number_text,
    },
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        empty::Empty,
        fault, focus,
        moment::Moment,
        pager::Pager,
        table::{Cell, Table},
        toast::Toasts,
    },
};

/// How long after an answer the next one is asked for, while something is still to be told.
const BETWEEN: Duration = Duration::from_secs(3);

/// A webhook and those of its deliveries that are this far, from `after` on.
#[server(prefix = "/api", endpoint = "hub/webhook", client = crate::hub::client::HubClient)]
pub async fn get_webhook(
    webhook: WebhookId,
    state: Option<DeliveryState>,
    after: Option<String>,
) -> Result<WebhookDetail, Problem> {
    let (hub, administrator) = signed_in::<GetWebhook>().await?;
    hub.webhook(&administrator, webhook, state, after).await
}

/// Has a webhook told a change once more.
#[server(prefix = "/api", endpoint = "hub/repeat-delivery", client = crate::hub::client::HubClient)]
pub async fn repeat_delivery(webhook: WebhookId, delivery: StepId) -> Result<(), Problem> {
    let (hub, administrator) = signed_in::<RepeatDelivery>().await?;
    hub.repeat_delivery(&administrator, webhook, delivery).await
}

/// The deliveries, the last change first. As long as one of them is still to be told, they are looked at again.
#[component]
pub(super) fn Deliveries(
    id: WebhookId,
    /// Whether it is told nothing.
    silent: bool,
    /// Which are shown.
    state: Option<DeliveryState>,
    /// From where on.
    after: Option<String>,
    page: Page<DeliveryRow>,
) -> impl IntoView {
    let i18n = use_i18n();
    let first = after.as_ref().map(|_| address::webhook(id, state.map(DeliveryState::as_str), None));
    let next = page.next.map(|next| address::webhook(id, state.map(DeliveryState::as_str), Some(next)));
    let rows = RwSignal::new(page.rows);
    let look = Callback::new(move |()| {
        let after = after.clone();
        spawn_local(async move {
            // Whoever is signed out is told so by the next thing they do.
            if let Ok(detail) = get_webhook(id, state, after).await {
                _ = rows.try_set(detail.page.rows);
            }
        });
    });
    Effect::new(move || {
        let waits = rows.with(|rows| rows.iter().any(|row| row.state == DeliveryState::Pending));
        if waits && !silent {
            set_timeout(move || _ = look.try_run(()), BETWEEN);
        }
    });
    let none = Memo::new(move |_| rows.read().is_empty());
    let columns = move || {
        vec![
            text!(i18n, hub.webhooks.when).into_any(),
            text!(i18n, hub.webhooks.what).into_any(),
            text!(i18n, hub.webhooks.user).into_any(),
            text!(i18n, hub.webhooks.result).into_any(),
            text!(i18n, hub.webhooks.attempts).into_any(),
            view! { <span class="widest">{text!(i18n, hub.webhooks.answer)}</span> }.into_any(),
            view! { <span class="visually-hidden">{text!(i18n, hub.status.actions)}</span> }.into_any(),
        ]
    };
    view! {
        <h2>{text!(i18n, hub.webhooks.deliveries)}</h2>
        <Filter id state/>
        {move || match none.get() {
            true => view! {
                <Empty title=text!(i18n, hub.webhooks.no_deliveries).into_any()>
                    {text!(i18n, hub.webhooks.no_deliveries_hint)}
                </Empty>
            }
            .into_any(),
            false => view! {
                <Table label=text!(i18n, hub.webhooks.deliveries) columns=columns()>
                    <For
                        each=move || rows.get()
                        key=|row| (row.id, row.state.as_str(), row.attempts)
                        children=move |delivery| view! { <Row id silent delivery look/> }
                    />
                </Table>
            }
            .into_any(),
        }}
        <Pager first next/>
    }
}

/// Which deliveries are shown: links, which can be kept and sent.
#[component]
fn Filter(id: WebhookId, state: Option<DeliveryState>) -> impl IntoView {
    let i18n = use_i18n();
    let ways = [None].into_iter().chain(DeliveryState::ALL.map(Some)).map(|of| {
        let to = address::webhook(id, of.map(DeliveryState::as_str), None);
        let text = move || match of {
            None => t_string!(i18n, hub.webhooks.all),
            Some(state) => state_text(i18n.get_locale(), state),
        };
        view! { <li><a href=to aria-current=(of == state).then_some("page")>{text}</a></li> }
    });
    view! {
        <nav aria-label=text!(i18n, hub.webhooks.deliveries)>
            <ul class="webhook-filter">{ways.collect_view()}</ul>
        </nav>
    }
}

#[component]
fn Row(id: WebhookId, silent: bool, delivery: DeliveryRow, look: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let DeliveryRow { id: step, event, user, broadworks_id, state, attempts, created, tried, answer } = delivery;
    let event = move || match event {
        Some(event) => event_text(i18n.get_locale(), event),
        None => t_string!(i18n, hub.user.step.unknown),
    };
    let of = broadworks_id.clone();
    let repeatable = !silent && state != DeliveryState::Pending;
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.webhooks.when)>
                <Moment at=created/>
            </Cell>
            <Cell label=text!(i18n, hub.webhooks.what)>{event}</Cell>
            <Cell label=text!(i18n, hub.webhooks.user)>
                <A href=address::user(user) attr:class="id" attr:translate="no">{broadworks_id}</A>
            </Cell>
            <Cell label=text!(i18n, hub.webhooks.result)>
                <span class="status" data-tone=tone(state)>{move || state_text(i18n.get_locale(), state)}</span>
            </Cell>
            <Cell label=text!(i18n, hub.webhooks.attempts)>
                {move || number_text(i18n.get_locale(), attempts)}
                {tried.map(|at| view! { <span class="muted">" · " <Moment at/></span> })}
            </Cell>
            <Cell label=text!(i18n, hub.webhooks.answer)>
                <Said answer/>
            </Cell>
            <Cell label=text!(i18n, hub.status.actions)>
                {repeatable.then(|| view! { <Repeat id step event=Signal::derive(event) of look/> })}
            </Cell>
        </tr>
    }
}

/// What was answered, or why nothing was.
#[component]
fn Said(answer: Answer) -> impl IntoView {
    let Answer { status, problem } = answer;
    let nothing = status.is_none() && problem.is_none();
    view! {
        {status.map(|status| view! { <span class="code">{status}</span> " " })}
        {problem.map(|problem| view! { <span class="fault" lang="en">{problem}</span> })}
        {nothing.then(|| view! { <span class="none">"–"</span> })}
    }
}

#[component]
fn Repeat(id: WebhookId, step: StepId, event: Signal<&'static str>, of: String, look: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let (toasts, request) = (Toasts::here(), Request::new());
    let repeat = move |_| {
        request.send(repeat_delivery(id, step), move |()| {
            _ = look.try_run(());
            focus::keep();
            toasts.show(tu_string!(i18n, hub.webhooks.repeated).to_string());
        });
    };
    Effect::new(move || {
        if let Some(problem) = request.problem().get() {
            toasts.warn_about("webhook", fault::cause(i18n.get_locale_untracked(), problem.fault));
        }
    });
    view! {
        <button
            type="button"
            class=Emphasis::Secondary.class()
            aria-busy=move || request.pending().get().then_some("true")
            on:click=repeat
        >
            {text!(i18n, hub.webhooks.repeat)}
            <span class="visually-hidden">": " {event} ", " {of}</span>
        </button>
    }
}

fn state_text(locale: Locale, state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => td_string!(locale, hub.webhooks.pending),
        DeliveryState::Ended(Outcome::Failed) => td_string!(locale, hub.webhooks.failed),
        DeliveryState::Ended(Outcome::Delivered) => td_string!(locale, hub.webhooks.delivered),
    }
}

const fn tone(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "busy",
        DeliveryState::Ended(Outcome::Failed) => "bad",
        DeliveryState::Ended(Outcome::Delivered) => "good",
    }
}
