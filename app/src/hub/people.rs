//! Those who sign in to the hub: what they may do, for which customers, and whether they can sign in.

mod confirm;
mod requirement;

use domain::{Permission, Role};
use leptos::{either::Either, prelude::*};

use self::{
    confirm::{Confirm, What},
    requirement::Requirement,
};
#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    allowed::Allowed,
    loaded::loaded,
    model::{Person, PersonState, Post},
    person::{ChangePost, Invite, StateBadge},
    text::role_text,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        menu::{Menu, MenuItem},
        moment::Moment,
        table::{Cell, Table},
        title::Title,
    },
};

/// All who sign in for the partner.
#[server(prefix = "/api", endpoint = "hub/people", client = crate::hub::client::HubClient)]
pub async fn list_people() -> Result<Vec<Person>, Problem> {
    let (hub, administrator) = signed_in::<ListPeople>().await?;
    hub.people(&administrator).await
}

/// Which dialog is open.
#[derive(Clone)]
enum PersonDialog {
    Invite,
    Post(Person),
    Confirm(What, Person),
}

/// The people.
#[component]
pub fn People() -> impl IntoView {
    let i18n = use_i18n();
    let people = Resource::new_blocking(|| (), |()| list_people());
    let reload = Callback::new(move |()| people.refetch());
    let dialog = RwSignal::new(None::<PersonDialog>);
    let shown = loaded(people, move |people| {
        let without = people.iter().filter(|person| !person.factor && !person.passkey && !person.by_service).count();
        view! {
            <Title text=text!(i18n, hub.people.title)/>
            <header class="page-head page-head-split">
                <div>
                    <h1>{text!(i18n, hub.people.title)}</h1>
                    <p class="lead">{text!(i18n, hub.people.lead)}</p>
                </div>
                <Allowed to=Permission::PeopleWrite>
                    <button
                        type="button"
                        class=Emphasis::Primary.class()
                        on:click=move |_| dialog.set(Some(PersonDialog::Invite))
                    >
                        {text!(i18n, hub.people.invite)}
                    </button>
                </Allowed>
            </header>
            <List people dialog/>
            <Allowed to=Permission::PeopleWrite>
                <Requirement without reload/>
            </Allowed>
        }
    });
    view! {
        {shown}
        {move || dialog.get().map(|open| {
            let on_close = move || dialog.set(None);
            match open {
                PersonDialog::Invite => {
                    let post = Post { role: Role::Administrator, assigned_only: false, customers: String::new() };
                    view! { <Invite post reload on_close/> }.into_any()
                }
                PersonDialog::Post(person) => view! { <ChangePost person reload on_close/> }.into_any(),
                PersonDialog::Confirm(what, person) => view! { <Confirm what person reload on_close/> }.into_any(),
            }
        })}
    }
}

#[component]
fn List(people: Vec<Person>, dialog: RwSignal<Option<PersonDialog>>) -> impl IntoView {
    let i18n = use_i18n();
    let columns = vec![
        text!(i18n, hub.email).into_any(),
        text!(i18n, hub.people.role).into_any(),
        text!(i18n, hub.people.customers).into_any(),
        text!(i18n, hub.people.state).into_any(),
        text!(i18n, hub.people.signed_in).into_any(),
        view! { <span class="visually-hidden">{text!(i18n, hub.status.actions)}</span> }.into_any(),
    ];
    view! {
        <Table label=text!(i18n, hub.people.title) columns>
            {people.into_iter().map(|person| view! { <Row person dialog/> }).collect_view()}
        </Table>
    }
}

#[component]
fn Row(person: Person, dialog: RwSignal<Option<PersonDialog>>) -> impl IntoView {
    let i18n = use_i18n();
    let Person { email, post, state, signed_in, oneself, factor, passkey, by_service, .. } = person.clone();
    let customers = match post.assigned_only {
        false => view! { <span class="muted">{text!(i18n, hub.people.every_customer)}</span> }.into_any(),
        true if post.customers.is_empty() => text!(i18n, hub.people.no_customer).into_any(),
        true => {
            let ids = post.customers.lines().map(|id| view! { <li class="id" translate="no">{id.to_owned()}</li> });
            view! { <ul>{ids.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.email)>
                <strong class="name" translate="no">{email}</strong>
                {oneself.then(|| view! { " " <span class="tag">{text!(i18n, hub.people.oneself)}</span> })}
            </Cell>
            <Cell label=text!(i18n, hub.people.role)>{move || role_text(i18n.get_locale(), post.role)}</Cell>
            <Cell label=text!(i18n, hub.people.customers)>{customers}</Cell>
            <Cell label=text!(i18n, hub.people.state)>
                <StateBadge state/>
                {factor.then(|| view! { " " <span class="tag">{text!(i18n, hub.people.factor)}</span> })}
                {passkey.then(|| view! { " " <span class="tag">{text!(i18n, hub.passkey.title)}</span> })}
                {by_service.then(|| view! { " " <span class="tag">{text!(i18n, hub.people.by_service)}</span> })}
            </Cell>
            <Cell label=text!(i18n, hub.people.signed_in)>
                {match signed_in {
                    Some(at) => Either::Left(view! { <Moment at/> }),
                    None => Either::Right(view! { <span class="muted">{text!(i18n, hub.people.never)}</span> }),
                }}
            </Cell>
            <Cell label=text!(i18n, hub.status.actions)>
                <Allowed to=Permission::PeopleWrite>
                    <PersonMenu person=person.clone() dialog/>
                </Allowed>
            </Cell>
        </tr>
    }
}

/// What can be done with somebody. Who is the last one who may do everything is said by the server.
#[component]
fn PersonMenu(person: Person, dialog: RwSignal<Option<PersonDialog>>) -> impl IntoView {
    let i18n = use_i18n();
    let id = format!("menu-{}", person.id);
    let email = person.email.clone();
    let label = Signal::derive(move || t_string!(i18n, hub.status.actions_for, user = email.as_str()));
    let open = {
        let person = person.clone();
        move |what: What| {
            let person = person.clone();
            move || dialog.set(Some(PersonDialog::Confirm(what, person.clone())))
        }
    };
    let disabled = person.state == PersonState::Disabled;
    view! {
        <Menu id label>
            <MenuItem on_choose={
                let person = person.clone();
                move || dialog.set(Some(PersonDialog::Post(person.clone())))
            }>{text!(i18n, hub.people.change)}</MenuItem>
            {(!person.by_service).then(|| view! {
                <MenuItem on_choose=open(What::Reset)>{text!(i18n, hub.people.reset)}</MenuItem>
            })}
            {((person.factor || person.passkey) && !person.oneself).then(|| view! {
                <MenuItem on_choose=open(What::TakeFactor)>{text!(i18n, hub.people.take_factor)}</MenuItem>
            })}
            {match disabled {
                true => view! { <MenuItem on_choose=open(What::Enable)>{text!(i18n, hub.people.enable)}</MenuItem> }.into_any(),
                false => view! { <MenuItem on_choose=open(What::Disable)>{text!(i18n, hub.people.disable)}</MenuItem> }.into_any(),
            }}
            <MenuItem on_choose=open(What::Remove) danger=true>{text!(i18n, hub.people.remove)}</MenuItem>
        </Menu>
    }
}
