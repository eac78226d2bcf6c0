//! The search over all users of the partner.

use std::iter;

use leptos::{either::Either, html, prelude::*};
use leptos_router::{components::A, hooks::use_query_map};

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address,
    bulk::SelectionBar,
    filter_form::FilterForm,
    hit::{HitCells, headings},
    loaded::loaded,
    model::{Cursor, Found, Hit, Selection, UserFilter},
    selection::{Tick, TickPage, Ticked, walk_by_keys},
    views::SavedViews,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        empty::Empty,
        pager::Pager,
        table::{Cell, Table},
        title::Title,
    },
};

/// The users of the partner who fit what was typed.
#[server(prefix = "/api", endpoint = "hub/search", client = crate::hub::client::HubClient)]
pub async fn search_users(typed: String, cursor: Cursor) -> Result<Found, Problem> {
    let (hub, administrator) = signed_in::<SearchUsers>().await?;
    hub.search(&administrator, &typed, cursor).await
}

/// Everybody who fits what was typed. It stands in the address, so that it can be kept and sent.
#[component]
pub fn Search() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        (query.get(address::SEARCHED).unwrap_or_default(), address::cursor(&query))
    });
    let found = Resource::new_blocking(move || asked.get(), |(typed, cursor)| search_users(typed, cursor));
    loaded(found, move |Found { page, flaw }| {
        let (typed, _) = asked.get_untracked();
        let to = |cursor| address::search(&typed, cursor);
        let first = page.previous.as_ref().map(|_| to(Cursor::Start));
        let (previous, next) = (page.previous.map(Cursor::Before).map(to), page.next.map(Cursor::After).map(to));
        let (is_wrong, several) = (flaw.is_some(), previous.is_some() || next.is_some());
        view! {
            <Title text=text!(i18n, hub.search.title)/>
            <header class="page-head">
                <h1>{text!(i18n, hub.search.title)}</h1>
            </header>
            <div class="list-tools">
                <FilterForm action=address::SEARCH.to_owned() name=address::SEARCHED typed=typed.clone() flaw/>
                <SavedViews/>
            </div>
            {(!is_wrong).then(|| view! { <Hits hits=page.rows typed several/> })}
            <Pager first previous next/>
        }
    })
}

#[component]
fn Hits(hits: Vec<Hit>, typed: String, several: bool) -> impl IntoView {
    let i18n = use_i18n();
    if hits.is_empty() {
        return Either::Left(view! {
            <Empty title=text!(i18n, hub.search.nobody).into_any()>{text!(i18n, hub.search.nobody_hint)}</Empty>
        });
    }
    let filter = UserFilter { text: Some(typed), ..UserFilter::default() };
    let (ticked, table) = (Ticked::of(Selection { filter, ..Selection::default() }), NodeRef::<html::Div>::new());
    let page = Signal::stored(hits.iter().map(|hit| hit.id).collect::<Vec<_>>());
    walk_by_keys(table, |_| {});
    let id = view! {
        <TickPage ticked page/>
        {text!(i18n, hub.status.broadworks_id)}
    };
    let columns = iter::once(id.into_any()).chain(headings()).collect();
    let rows = hits.into_iter().map(move |hit| {
        let (id, to) = (hit.id, address::user(hit.id));
        let (broadworks_id, name) = (hit.broadworks_id.clone(), Signal::stored(hit.broadworks_id.clone()));
        let is_ticked = move || ticked.has(id).then_some("");
        view! {
            <tr role="row" data-ticked=is_ticked>
                <Cell label=text!(i18n, hub.status.broadworks_id)>
                    <Tick ticked id name page/>
                    <A href=to>
                        <span class="id" translate="no">{broadworks_id}</span>
                    </A>
                </Cell>
                <HitCells hit/>
            </tr>
        }
    });
    Either::Right(view! {
        <div node_ref=table>
            <Table label=text!(i18n, hub.search.title) columns first=text!(i18n, hub.status.broadworks_id)>{rows.collect_view()}</Table>
        </div>
        <SelectionBar ticked page more=Signal::stored(several)/>
    })
}
