//! The Customer List, for its own page and the first one.

use leptos::{either::Either, prelude::*};
use leptos_router::{components::A, hooks::use_query_map};

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address,
    model::{CustomerRow, Page},
    user_counts::UserCounts,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        empty::Empty,
        pager::Pager,
        table::{Cell, Table},
        title::Title,
    },
};

/// The Customer List, from `after` on.
#[server(prefix = "/api", endpoint = "hub/customers", client = crate::hub::client::HubClient)]
pub async fn list_customers(after: Option<String>) -> Result<Page<CustomerRow>, Problem> {
    let (hub, administrator) = signed_in::<ListCustomers>().await?;
    hub.customers(&administrator, after).await
}

/// From where on the address wants the list.
pub(super) fn asked() -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.read().get("after"))
}

/// A part of the list, from `after` on.
#[component]
pub(super) fn CustomerList(page: Page<CustomerRow>, after: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Title text=text!(i18n, hub.customers.title)/>
        <header class="page-head">
            <h1>{text!(i18n, hub.customers.title)}</h1>
            <p class="lead">{text!(i18n, hub.customers.lead)}</p>
        </header>
        <List page first=after.map(|_| address::HOME.to_owned())/>
    }
}

#[component]
fn List(page: Page<CustomerRow>, first: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    if page.rows.is_empty() {
        return Either::Left(view! {
            <Empty title=text!(i18n, hub.customers.empty).into_any()>{text!(i18n, hub.customers.empty_hint)}</Empty>
        });
    }
    let columns = vec![
        text!(i18n, hub.customers.name).into_any(),
        text!(i18n, hub.customers.enterprise).into_any(),
        text!(i18n, hub.users).into_any(),
        text!(i18n, hub.customers.templates).into_any(),
    ];
    let next = page.next.map(address::customers);
    Either::Right(view! {
        <Table label=text!(i18n, hub.customers.title) columns>
            {page.rows.into_iter().map(|customer| view! { <Customer customer/> }).collect_view()}
        </Table>
        <Pager first next/>
    })
}

#[component]
fn Customer(customer: CustomerRow) -> impl IntoView {
    let i18n = use_i18n();
    let CustomerRow { id, name, sp_enterprise_id, users, .. } = customer;
    let of = name.clone();
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.customers.name)>
                <strong>{name}</strong>
            </Cell>
            <Cell label=text!(i18n, hub.customers.enterprise)>
                <span class="id" translate="no">{sp_enterprise_id}</span>
            </Cell>
            <Cell label=text!(i18n, hub.users)>
                <UserCounts users/>
            </Cell>
            <Cell label=text!(i18n, hub.customers.templates)>
                <A href=address::customer(id) attr:class=Emphasis::Secondary.class()>
                    {text!(i18n, hub.customers.view_templates)}
                    <span class="visually-hidden">{t!(i18n, hub.customers.of, customer = move || of.clone())}</span>
                </A>
            </Cell>
        </tr>
    }
}
