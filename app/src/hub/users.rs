//! User Status: the users of a template, live.

mod beside;
mod list;
mod panel;
mod row;
mod tiles;

use std::sync::Arc;

use domain::{Permission, filter::Flaw};
use leptos::{ev, html, prelude::*};
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_navigate, use_params_map, use_query_map},
};

use self::{
    beside::Beside,
    list::{Places, Query, UserList, list_users},
    panel::Panel,
    row::User,
    tiles::Tiles,
};
use super::{
    address,
    allowed::Allowed,
    breadcrumbs::{Breadcrumbs, crumb},
    bulk::SelectionBar,
    deeds::{dialog::UserDialog, dialogs::UserDialogs},
    export::ExportLink,
    filter_form::FilterForm,
    live,
    loaded::loaded,
    model::{Cursor, Selection, TemplateId, UserFilter, UserStatus},
    outages::Outages,
    selection::{TickPage, Ticked, walk_by_keys},
    views::SavedViews,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{button::Emphasis, empty::Empty, moment::use_clock, pager::Pager, switch::Switch, table::Table, title::Title},
};

/// How many rows a page has: the previous one begins that many places before.
const PAGE: u32 = 50;

/// User Status. What it shows stands in the address, so that it can be kept, sent and come back to.
#[component]
pub fn Users() -> impl IntoView {
    let i18n = use_i18n();
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        Ok(Query {
            template: address::id(&params.read())?,
            filter: UserFilter {
                customer: address::id_in(&query, address::CUSTOMER)?,
                exclude_provisioned: query.get(address::EXCLUDE_PROVISIONED).as_deref() == Some("true"),
                text: query.get(address::FILTER).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            },
            cursor: address::cursor(&query),
            from: query.get("from").and_then(|from| from.parse().ok()),
        })
    });
    let status = Resource::new_blocking(
        move || asked.get(),
        async |asked: Result<Query, Problem>| {
            let Query { template, filter, cursor, .. } = asked?;
            list_users(template, filter, cursor).await
        },
    );
    let beside = Beside::new();
    let template = Signal::derive(move || asked.with(|asked| asked.as_ref().ok().map(|query| query.template)));
    let shown = loaded(status, move |status| {
        let UserStatus { template, customer, .. } = status.clone();
        let here = asked.get_untracked().ok()?;
        // The list stays what it is until it is said that another address names none.
        let query = Memo::new({
            let here = here.clone();
            move |_| asked.get().unwrap_or_else(|_| here.clone())
        });
        let flaw = status.flaw.clone();
        let list = UserList::new(here.clone(), status);
        Some(view! {
            <Title text=text!(i18n, hub.status.title)/>
            <header class="list-head">
                <Way query=here.clone() template customer/>
                <h1>{text!(i18n, hub.status.title)}</h1>
                <Ways query/>
            </header>
            <Outages template=Signal::derive(move || query.read().template)/>
            <div class="list-tools" role="group" aria-label=text!(i18n, hub.status.filters)>
                <Tiles users=list.users template=here.template filter=here.filter.clone()/>
                <InWords query=here.clone() flaw/>
                <SavedViews/>
                <Exclude query/>
            </div>
            <List query=here list beside/>
        })
    });
    view! {
        <div class="beside">
            {shown}
            <Panel beside template/>
        </div>
    }
}

/// The way here, by the names of the template and, where the list shows only one customer's users, the customer.
#[component]
fn Way(query: Query, template: String, customer: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    let Query { template: id, filter, .. } = query;
    let customer = crumb(customer, filter.customer);
    let way = customer.into_iter().chain([(template.into_any(), address::template(id, filter.customer))]).collect();
    let here = Signal::derive(text!(i18n, hub.status.title).to_owned());
    view! { <Breadcrumbs way here/> }
}

/// Exclude Provisioned Users. A form of the page's own: it works without JavaScript.
#[component]
fn Exclude(query: Memo<Query>) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let exclude = Signal::derive(move || query.read().filter.exclude_provisioned);
    let action = move || {
        let Query { template, .. } = query.get();
        address::users(template, UserFilter::default())
    };
    let toggle = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Query { template, mut filter, .. } = query.get_untracked();
        filter.exclude_provisioned = !filter.exclude_provisioned;
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate(&address::users(template, filter), options);
    };
    view! {
        <form method="get" action=action on:submit=toggle>
            {move || query.get().filter.customer.map(|id| view! { <input type="hidden" name=address::CUSTOMER value=id.to_string()/> })}
            {move || query.get().filter.text.map(|text| view! { <input type="hidden" name=address::FILTER value=text/> })}
            {move || (!exclude.get()).then(|| view! {
                <input type="hidden" name=address::EXCLUDE_PROVISIONED value="true"/>
            })}
            <Switch on=exclude label=text!(i18n, hub.status.exclude_provisioned)/>
        </form>
    }
}

/// Users come in by Import; Export is what the list shows.
#[component]
fn Ways(query: Memo<Query>) -> impl IntoView {
    let i18n = use_i18n();
    let import = move || {
        let Query { template, filter, .. } = query.get();
        address::import(template, filter.customer)
    };
    let export = move || address::export(query.read().template, query.read().filter.clone());
    view! {
        <p class="actions">
            <Allowed to=Permission::UsersWrite>
                <a class=Emphasis::Secondary.class() href=import>{text!(i18n, hub.importing.open)}</a>
            </Allowed>
            <Allowed to=Permission::UsersExport>
                <ExportLink href=Signal::derive(export)/>
            </Allowed>
        </p>
    }
}

/// Any filter in words. A form of the page's own: it works without JavaScript.
#[component]
fn InWords(query: Query, flaw: Option<Flaw>) -> impl IntoView {
    let Query { template, filter, .. } = query;
    let UserFilter { customer, exclude_provisioned, text } = filter;
    let typed = text.unwrap_or_default();
    view! {
        <FilterForm action=address::users(template, UserFilter::default()) name=address::FILTER typed flaw>
            {customer.map(|id| view! { <input type="hidden" name=address::CUSTOMER value=id.to_string()/> })}
            {exclude_provisioned.then(|| view! { <input type="hidden" name=address::EXCLUDE_PROVISIONED value="true"/> })}
        </FilterForm>
    }
}

/// One page of the list.
#[component]
fn List(query: Query, list: UserList, beside: Beside) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_clock();
    let dialog = RwSignal::new(None::<UserDialog>);
    live::follow(address::live(query.template), move |stale| {
        beside.hear(&stale);
        list.refresh(stale);
    });
    let Query { template, filter, .. } = query;
    let whole = Selection { template: Some(template), filter: filter.clone(), ..Selection::default() };
    let (ticked, table) = (Ticked::of(whole), NodeRef::<html::Div>::new());
    let page = Signal::derive(move || list.rows.read().iter().map(|row| row.id).collect::<Vec<_>>());
    walk_by_keys(table, move |at| beside.walked(at, page));
    beside.open_by_keys(table, page);
    let columns = move || {
        vec![
            view! {
                <TickPage ticked page/>
                {text!(i18n, hub.status.broadworks_id)}
            }
            .into_any(),
            text!(i18n, hub.status.name).into_any(),
            text!(i18n, hub.status.package).into_any(),
            text!(i18n, hub.status.status).into_any(),
            view! { <span class="widest">{text!(i18n, hub.status.pending)}</span> }.into_any(),
            text!(i18n, hub.status.changed).into_any(),
            view! { <span class="visually-hidden">{text!(i18n, hub.status.actions)}</span> }.into_any(),
        ]
    };
    let empty = Memo::new(move |_| list.rows.read().is_empty());
    let nobody = {
        let filter = filter.clone();
        move || view! { <Nobody template filter=filter.clone()/> }
    };
    let places = Memo::new(move |_| list.places());
    let several = Memo::new(move |_| list.previous.read().is_some() || list.next.read().is_some());
    let position = move || {
        let Places { from, to, of } = places.get().filter(|_| several.get())?;
        Some(t_string!(i18n, ui.paging.position, from, to, of).to_string())
    };
    let pager = move || {
        let to = |cursor, from| address::users_at(template, filter.clone(), cursor, from);
        let first = list.previous.get().map(|_| address::users(template, filter.clone()));
        let from = places.get().map(|places| places.from);
        let previous =
            list.previous.get().map(|key| to(Cursor::Before(key), from.map(|from| from.saturating_sub(PAGE).max(1))));
        let next = list.next.get().map(|key| to(Cursor::After(key), places.get().map(|places| places.to + 1)));
        view! { <Pager first previous next position=Signal::derive(position)/> }
    };
    view! {
        <p class="visually-hidden" role="status">
            {move || list.gone.get().map(|user| t!(i18n, hub.status.gone, user = move || user.clone()))}
        </p>
        <Show when=move || !empty.get() fallback=nobody>
            <div node_ref=table class="users">
                <Table label=text!(i18n, hub.status.title) columns=columns() first=text!(i18n, hub.status.broadworks_id)>
                    <For each=move || list.rows.get() key=|row| row.id let:row>
                        <User row dialog ticked page now beside/>
                    </For>
                </Table>
            </div>
        </Show>
        {pager}
        <SelectionBar ticked page more=several/>
        <UserDialogs dialog follower=Arc::new(list)/>
    }
}

/// Why the list is empty.
#[component]
fn Nobody(template: TemplateId, filter: UserFilter) -> impl IntoView {
    let i18n = use_i18n();
    if filter.text.is_some() {
        let all = address::users(template, UserFilter { text: None, ..filter });
        return view! {
            <Empty title=text!(i18n, hub.search.nobody).into_any()>
                <A href=all>{text!(i18n, hub.status.show_all)}</A>
            </Empty>
        }
        .into_any();
    }
    if !filter.exclude_provisioned {
        return view! {
            <Empty title=text!(i18n, hub.status.empty).into_any()>{text!(i18n, hub.status.empty_hint)}</Empty>
        }
        .into_any();
    }
    let all = address::users(template, UserFilter { exclude_provisioned: false, ..filter });
    view! {
        <Empty title=text!(i18n, hub.status.all_provisioned).into_any()>
            {text!(i18n, hub.status.all_provisioned_hint)} " " <A href=all>{text!(i18n, hub.status.show_all)}</A>
        </Empty>
    }
    .into_any()
}
