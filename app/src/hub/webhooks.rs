//! The partner's webhooks: where its own systems are told of what happens to users.

mod add;
mod change;
mod deliveries;
pub mod webhook;

use domain::webhook::Event;
use leptos::{either::Either, html, prelude::*};
use leptos_router::{components::A, hooks::use_query_map};

use self::add::AddDialog;
#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address,
    loaded::loaded,
    model::{DeliveryState, Page, WebhookDetail, WebhookId, WebhookRow},
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        badge::status_text,
        button::Emphasis,
        empty::Empty,
        moment::Moment,
        pager::Pager,
        table::{Cell, Table},
        title::Title,
    },
};

/// The API's documentation, on this server: it says what a message looks like.
const DOCUMENTATION: &str = "/v1/docs";

/// The webhooks, from `after` on.
#[server(prefix = "/api", endpoint = "hub/webhooks", client = crate::hub::client::HubClient)]
pub async fn list_webhooks(after: Option<String>) -> Result<Page<WebhookRow>, Problem> {
    let (hub, administrator) = signed_in::<ListWebhooks>().await?;
    hub.webhooks(&administrator, after).await
}

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

/// The webhooks.
#[component]
pub fn Webhooks() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let after = move || query.read().get("after");
    let page = Resource::new_blocking(after, list_webhooks);
    let adding = RwSignal::new(false);
    let add = NodeRef::<html::Button>::new();
    let shown = loaded(page, move |page| {
        view! {
            <Title text=text!(i18n, hub.webhooks.title)/>
            <header class="page-head page-head-split">
                <div>
                    <h1>{text!(i18n, hub.webhooks.title)}</h1>
                    <p class="lead">
                        {text!(i18n, hub.webhooks.lead)} " "
                        <a href=DOCUMENTATION rel="external">{text!(i18n, hub.tokens.docs)}</a>
                    </p>
                </div>
                <button
                    type="button"
                    class=Emphasis::Primary.class()
                    node_ref=add
                    on:click=move |_| adding.set(true)
                >
                    {text!(i18n, hub.webhooks.add)}
                </button>
            </header>
            <List page first=after().map(|_| address::WEBHOOKS.to_owned())/>
        }
    });
    view! {
        {shown}
        {move || adding.get().then(|| {
            let reload = Callback::new(move |()| page.refetch());
            view! { <AddDialog reload on_close=move || adding.set(false)/> }
        })}
    }
}

#[component]
fn List(page: Page<WebhookRow>, first: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    if page.rows.is_empty() {
        return Either::Left(view! {
            <Empty title=text!(i18n, hub.webhooks.empty).into_any()>{text!(i18n, hub.webhooks.empty_hint)}</Empty>
        });
    }
    let columns = vec![
        text!(i18n, hub.webhooks.address).into_any(),
        text!(i18n, hub.webhooks.state).into_any(),
        view! { <span class="widest">{text!(i18n, hub.webhooks.told)}</span> }.into_any(),
        text!(i18n, hub.webhooks.created).into_any(),
    ];
    let next = page.next.map(address::webhooks);
    Either::Right(view! {
        <Table label=text!(i18n, hub.webhooks.title) columns>
            {page.rows.into_iter().map(|webhook| view! { <Row webhook/> }).collect_view()}
        </Table>
        <Pager first next/>
    })
}

#[component]
fn Row(webhook: WebhookRow) -> impl IntoView {
    let i18n = use_i18n();
    let (to, url, created) = (address::webhook(webhook.id, None, None), webhook.url.clone(), webhook.created);
    let events = webhook.events.clone();
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.webhooks.address)>
                <A href=to attr:class="id" attr:translate="no">{url}</A>
            </Cell>
            <Cell label=text!(i18n, hub.webhooks.state)>
                <StateBadge webhook/>
            </Cell>
            <Cell label=text!(i18n, hub.webhooks.told)>{move || events_text(i18n.get_locale(), &events)}</Cell>
            <Cell label=text!(i18n, hub.webhooks.created)>
                <Moment at=created/>
            </Cell>
        </tr>
    }
}

/// How a webhook stands, at a glance.
#[component]
fn StateBadge(webhook: WebhookRow) -> impl IntoView {
    use domain::webhook::Silence;
    let i18n = use_i18n();
    let WebhookRow { failing, silent, why, .. } = webhook;
    let tone = match (silent, failing) {
        (Some(_), _) if why == Some(Silence::Paused) => "off",
        (Some(_), _) => "bad",
        (None, Some(_)) => "waiting",
        (None, None) => "good",
    };
    let text = move || match (silent, failing) {
        (Some(_), _) if why == Some(Silence::Paused) => t_string!(i18n, hub.webhooks.paused),
        (Some(_), _) => t_string!(i18n, hub.webhooks.disabled),
        (None, Some(_)) => t_string!(i18n, hub.webhooks.failing),
        (None, None) => t_string!(i18n, hub.webhooks.active),
    };
    view! { <span class="status" data-tone=tone>{text}</span> }
}

/// Of what a webhook is told.
fn event_text(locale: Locale, event: Event) -> &'static str {
    match event {
        Event::Status(status) => status_text(locale, status),
        Event::MailRefused => td_string!(locale, hub.webhooks.mail_refused),
        Event::MailBounced => td_string!(locale, hub.webhooks.mail_bounced),
        Event::DeletionWaits => td_string!(locale, hub.webhooks.deletion_waits),
        Event::Removed => td_string!(locale, hub.webhooks.removed_event),
    }
}

/// Those, in the order in which they are offered.
fn events_text(locale: Locale, events: &[Event]) -> String {
    let told = Event::all().filter(|event| events.contains(event));
    told.map(|event| event_text(locale, event)).collect::<Vec<_>>().join(" · ")
}
