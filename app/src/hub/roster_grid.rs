//! The people of one customer in a grid, for the partner's page of a customer and the first page of the customer's own
//! administrator, who gives them addresses, has activation mails sent, and sees how far each is.

mod drafts;
mod list;
mod paste;
mod row;
mod send;

use domain::{Permission, filter::Flaw};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};

pub(super) use self::{drafts::Drafts, list::Query};
use self::{
    list::{Open, get_roster},
    row::Person,
    send::Send,
};
use super::{
    address,
    allowed::Allowed,
    breadcrumbs::{Breadcrumbs, crumb},
    filter_form::FilterForm,
    live,
    model::{Cursor, Roster as Found},
    user_counts::UserCounts,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{empty::Empty, pager::Pager, table::Table, title::Title, unsaved::AskBeforeLeaving},
};

/// Which part of whose people the address wants.
pub(super) fn asked() -> Memo<Result<Query, Problem>> {
    let (params, query) = (use_params_map(), use_query_map());
    Memo::new(move |_| {
        let query = query.read();
        Ok(Query {
            customer: address::id_in(&params.read(), "id")?,
            find: query.get(address::FILTER).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            cursor: address::cursor(&query),
        })
    })
}

/// The people whom the address names.
pub(super) async fn read(asked: Result<Query, Problem>) -> Result<Found, Problem> {
    let Query { customer, find, cursor } = asked?;
    get_roster(customer, find, cursor).await
}

/// Asks before what was typed is lost.
#[component]
pub(super) fn AskForDrafts(drafts: Drafts) -> impl IntoView {
    view! { <AskBeforeLeaving unsaved=Signal::derive(move || drafts.any())/> }
}

/// The people, and what is typed and ticked of them.
#[component]
pub(super) fn Grid(query: Query, found: Found, drafts: Drafts) -> impl IntoView {
    let i18n = use_i18n();
    let open = Open::new(query.clone(), &found, drafts);
    let said = RwSignal::new(String::new());
    live::follow(address::customer_live(found.id), move |stale| open.refresh(stale));
    let Found { customer, users, page, flaw, .. } = found;
    let here = customer.clone();
    let title = move || t_string!(i18n, hub.roster.title, customer = here.as_str());
    let Query { customer: id, find, cursor } = query;
    let way = move || {
        let way = crumb(Some(customer.clone()), id).into_iter().collect();
        view! { <Breadcrumbs way here=Signal::derive(text!(i18n, hub.roster.nav).to_owned())/> }
    };
    let columns = vec![
        text!(i18n, hub.status.name).into_any(),
        text!(i18n, hub.roster.number).into_any(),
        text!(i18n, hub.roster.address).into_any(),
        text!(i18n, hub.status.status).into_any(),
        text!(i18n, hub.status.changed).into_any(),
    ];
    let to = |cursor| address::roster(id, find.as_deref(), cursor);
    let first = (cursor != Cursor::Start).then(|| to(Cursor::Start));
    let (previous, next) =
        (page.previous.map(|key| to(Cursor::Before(key))), page.next.map(|key| to(Cursor::After(key))));
    let table = match page.rows.is_empty() {
        true => Either::Left(view! { <Nobody found=find.is_some()/> }),
        false => Either::Right(view! {
            <Send open drafts said/>
            <div class="roster">
                <Table label=text!(i18n, hub.roster.nav) columns>
                    <For each=move || open.rows.get() key=|row| row.id let:row>
                        <Person row open drafts said/>
                    </For>
                </Table>
            </div>
            <Pager first previous next/>
        }),
    };
    let action = address::roster(id, None, Cursor::Start);
    view! {
        <Title text=title.clone()/>
        <Allowed to=Permission::CustomersRead>{way()}</Allowed>
        <header class="page-head">
            <h1>{title}</h1>
            <p class="lead">{text!(i18n, hub.roster.lead)}</p>
            <UserCounts users/>
        </header>
        <Find action typed=find.clone().unwrap_or_default() flaw/>
        {table}
    }
}

/// Any filter in words. A form of the page's own: it works without JavaScript.
#[component]
fn Find(action: String, typed: String, flaw: Option<Flaw>) -> impl IntoView {
    view! { <FilterForm action name=address::FILTER typed flaw/> }
}

/// Why the list is empty.
#[component]
fn Nobody(found: bool) -> impl IntoView {
    let i18n = use_i18n();
    let (title, hint) = match found {
        true => (text!(i18n, hub.search.nobody).into_any(), None),
        false => (text!(i18n, hub.roster.empty).into_any(), Some(text!(i18n, hub.roster.empty_hint))),
    };
    view! { <Empty title>{hint}</Empty> }
}
