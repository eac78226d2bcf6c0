//! The Customer List, for its own page and the first one.

use leptos::{either::EitherOf3, prelude::*};
use leptos_router::{components::A, hooks::use_query_map};

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address,
    filter_form::FilterForm,
    model::{CustomerRow, FoundCustomers, Page},
    tags::TagLinks,
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

/// The Customer List of those who fit what was typed, from `after` on.
#[server(prefix = "/api", endpoint = "hub/customers", client = crate::hub::client::HubClient)]
pub async fn list_customers(typed: Option<String>, after: Option<String>) -> Result<FoundCustomers, Problem> {
    let (hub, administrator) = signed_in::<ListCustomers>().await?;
    hub.customers(&administrator, typed.as_deref().unwrap_or_default(), after).await
}

/// What the address wants: those who fit what was typed, and from where on.
pub(super) type Asked = (Option<String>, Option<String>);

/// What the address wants.
pub(super) fn asked() -> Memo<Asked> {
    let query = use_query_map();
    Memo::new(move |_| {
        let query = query.read();
        (query.get(address::FILTER).filter(|typed| !typed.trim().is_empty()), query.get("after"))
    })
}

/// A part of the list.
#[component]
pub(super) fn CustomerList(
    /// Whom it shows.
    found: FoundCustomers,
    /// What the address wants.
    asked: Asked,
) -> impl IntoView {
    let i18n = use_i18n();
    let (FoundCustomers { page, flaw }, (typed, after)) = (found, asked);
    let is_wrong = flaw.is_some();
    let first = after.map(|_| address::customers(typed.clone(), None));
    view! {
        <Title text=text!(i18n, hub.customers.title)/>
        <header class="page-head">
            <h1>{text!(i18n, hub.customers.title)}</h1>
            <p class="lead">{text!(i18n, hub.customers.lead)}</p>
        </header>
        <div class="list-tools">
            <FilterForm
                action=address::CUSTOMERS.to_owned()
                name=address::FILTER
                typed=typed.clone().unwrap_or_default()
                flaw
                label=text!(i18n, hub.tags.filter)
                example="tag:gold"
            />
        </div>
        {(!is_wrong).then(|| view! { <List page first typed/> })}
    }
}

#[component]
fn List(page: Page<CustomerRow>, first: Option<String>, typed: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    if page.rows.is_empty() && typed.is_some() {
        return EitherOf3::A(view! {
            <Empty title=text!(i18n, hub.tags.nobody).into_any()>{text!(i18n, hub.tags.nobody_hint)}</Empty>
        });
    }
    if page.rows.is_empty() {
        return EitherOf3::B(view! {
            <Empty title=text!(i18n, hub.customers.empty).into_any()>{text!(i18n, hub.customers.empty_hint)}</Empty>
        });
    }
    let columns = vec![
        text!(i18n, hub.customers.name).into_any(),
        text!(i18n, hub.customers.enterprise).into_any(),
        text!(i18n, hub.users).into_any(),
        text!(i18n, hub.customers.templates).into_any(),
    ];
    let next = page.next.map(|next| address::customers(typed, Some(next)));
    EitherOf3::C(view! {
        <Table label=text!(i18n, hub.customers.title) columns>
            {page.rows.into_iter().map(|customer| view! { <Customer customer/> }).collect_view()}
        </Table>
        <Pager first next/>
    })
}

#[component]
fn Customer(customer: CustomerRow) -> impl IntoView {
    let i18n = use_i18n();
    let CustomerRow { id, name, sp_enterprise_id, users, tags, .. } = customer;
    let of = name.clone();
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.customers.name)>
                <strong>{name}</strong>
                <TagLinks tags/>
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
