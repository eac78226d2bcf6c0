//! What users wait for, and how that does: the mail server, and what creates accounts.

use domain::{
    Timestamp,
    fault::{Audience, Fixer},
};
use leptos::prelude::*;

use crate::{
    hub::{
        model::{Quarantine, Service, ServiceState},
        text::number_text,
    },
    i18n::*,
    ui::{
        fault,
        moment::Moment,
        table::{Cell, Table},
    },
};

/// Each with its state, and how much waits for it.
#[component]
pub(super) fn Services(services: Vec<ServiceState>, overdue: Option<Timestamp>) -> impl IntoView {
    let i18n = use_i18n();
    let columns = vec![
        text!(i18n, hub.overview.service).into_any(),
        text!(i18n, hub.jobs.state).into_any(),
        text!(i18n, hub.overview.waiting).into_any(),
        view! { <span class="widest">{text!(i18n, hub.jobs.why)}</span> }.into_any(),
    ];
    view! {
        <section class="overview-section" aria-labelledby="overview-services">
            <h2 id="overview-services">{text!(i18n, hub.overview.services)}</h2>
            <Table label=text!(i18n, hub.overview.services) columns>
                {services.into_iter().map(|state| view! { <Row state/> }).collect_view()}
            </Table>
            {overdue.map(|at| view! {
                <p class="muted">{text!(i18n, hub.overview.overdue)} " " <Moment at=Signal::stored(at)/></p>
            })}
        </section>
    }
}

#[component]
fn Row(state: ServiceState) -> impl IntoView {
    let i18n = use_i18n();
    let ServiceState { service, name, waiting, outage } = state;
    let what = move || match service {
        Service::Mail => t_string!(i18n, hub.overview.mail),
        Service::Accounts => t_string!(i18n, hub.overview.accounts),
    };
    let (tone, works) = if outage.is_some() { ("bad", false) } else { ("good", true) };
    let stands = move || match works {
        true => t_string!(i18n, hub.overview.works),
        false => t_string!(i18n, hub.overview.rests),
    };
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.overview.service)>
                <span class="overview-service">{what}</span>
                {(service == Service::Accounts).then(|| view! {
                    " " <span class="code" translate="no">{name}</span>
                })}
            </Cell>
            <Cell label=text!(i18n, hub.jobs.state)>
                <span class="status" data-tone=tone>{stands}</span>
            </Cell>
            <Cell label=text!(i18n, hub.overview.waiting)>
                <span class="bulk-number">{move || number_text(i18n.get_locale(), waiting)}</span>
            </Cell>
            <Cell label=text!(i18n, hub.jobs.why)>
                {match outage {
                    Some(outage) => view! { <Why outage/> }.into_any(),
                    None if waiting > 0 => view! {
                        <span class="muted">{text!(i18n, hub.overview.in_turn)}</span>
                    }
                    .into_any(),
                    None => view! { <span class="none">"–"</span> }.into_any(),
                }}
            </Cell>
        </tr>
    }
}

/// Why it is left alone, since when, and when it is tried next.
#[component]
fn Why(outage: Quarantine) -> impl IntoView {
    let i18n = use_i18n();
    let Quarantine { cause, since, next } = outage;
    // Somebody can do something about it, or it passes by itself.
    let remedy = move || {
        let operators = cause.entry().fixer == Fixer::Operator;
        operators.then(|| fault::remedy(i18n.get_locale(), Audience::Administrator, cause))
    };
    view! {
        <p class="fault">
            {move || fault::cause(i18n.get_locale(), cause)} " " <span class="code">{cause.code()}</span>
        </p>
        <p class="muted">
            {text!(i18n, hub.outage.since)} " " <Moment at=Signal::stored(since)/> ". "
            {next.map(|at| view! { {text!(i18n, hub.under_way.again)} " " <Moment at=Signal::stored(at)/> ". " })}
            {remedy}
        </p>
    }
}
