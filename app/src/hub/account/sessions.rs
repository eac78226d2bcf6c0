//! Where whoever is signed in is signed in, and the way out of it.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{
    hub::session::signed_in,
    visitor::{HUB_SESSION, visitor},
};
use crate::{
    hub::{
        model::{SessionRow, Sessions},
        request::Request,
    },
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        moment::Moment,
        problem::ProblemNotice,
        table::{Cell, Table},
    },
};

/// The sessions of the caller.
#[server(prefix = "/api", endpoint = "hub/sessions", client = crate::hub::client::HubClient)]
pub async fn list_sessions() -> Result<Vec<SessionRow>, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<ListSessions>().await?;
    hub.sessions(&administrator, &visitor).await
}

/// Ends some of them, and returns those that are left.
#[server(prefix = "/api", endpoint = "hub/end-sessions", client = crate::hub::client::HubClient)]
pub async fn end_sessions(which: Sessions) -> Result<Vec<SessionRow>, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<EndSessions>().await?;
    hub.end_sessions(&administrator, &visitor, which).await
}

/// The sessions.
#[component]
pub(super) fn OwnSessions() -> impl IntoView {
    let i18n = use_i18n();
    let sessions = Resource::new_blocking(|| (), |()| list_sessions());
    view! {
        <section class="card" aria-labelledby="sessions-title">
            <h2 id="sessions-title">{text!(i18n, hub.account.sessions)}</h2>
            <p class="lead">{text!(i18n, hub.account.sessions_lead)}</p>
            <Transition>
                {move || Suspend::new(async move {
                    sessions.await.ok().map(|found| view! { <List found/> })
                })}
            </Transition>
        </section>
    }
}

#[component]
fn List(found: Vec<SessionRow>) -> impl IntoView {
    let i18n = use_i18n();
    let request = Request::new();
    let rows = RwSignal::new(found);
    let end = move |which: Sessions| {
        request.send(end_sessions(which), move |left| _ = rows.try_set(left));
    };
    let columns = vec![
        text!(i18n, hub.account.network).into_any(),
        text!(i18n, hub.account.begun).into_any(),
        text!(i18n, hub.account.used).into_any(),
        view! { <span class="visually-hidden">{text!(i18n, hub.status.actions)}</span> }.into_any(),
    ];
    let row = move |SessionRow { id, begun, used, network, here }: SessionRow| {
        view! {
            <tr role="row">
                <Cell label=text!(i18n, hub.account.network)>
                    {match network {
                        Some(network) => view! { <span class="id" translate="no">{network}</span> }.into_any(),
                        None => text!(i18n, hub.account.unknown).into_any(),
                    }}
                    {here.then(|| view! { " " <span class="tag">{text!(i18n, hub.account.here)}</span> })}
                </Cell>
                <Cell label=text!(i18n, hub.account.begun)><Moment at=begun/></Cell>
                <Cell label=text!(i18n, hub.account.used)><Moment at=used/></Cell>
                <Cell label=text!(i18n, hub.status.actions)>
                    {match here {
                        true => view! { <span class="none"></span> }.into_any(),
                        false => view! {
                            <button
                                type="button"
                                class=Emphasis::Secondary.class()
                                on:click=move |_| end(Sessions::One(id.clone()))
                            >
                                {text!(i18n, hub.account.end)}
                            </button>
                        }.into_any(),
                    }}
                </Cell>
            </tr>
        }
    };
    let several = move || rows.read().len() > 1;
    view! {
        <Table label=text!(i18n, hub.account.sessions) columns>
            <For each=move || rows.get() key=|row| row.id.clone() children=row/>
        </Table>
        <ProblemNotice problem=request.problem() id="sessions-problem"/>
        <Show when=several>
            <p class="actions">
                <button
                    type="button"
                    class=Emphasis::Secondary.class()
                    on:click=move |_| end(Sessions::Others)
                >
                    {text!(i18n, hub.account.end_others)}
                </button>
            </p>
        </Show>
    }
}
