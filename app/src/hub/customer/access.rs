//! Who of the partner's people sees a customer, and inviting its own administrator.

use domain::{Fault, Permission, Role};
use leptos::{either::EitherOf3, prelude::*};
use leptos_router::components::A;

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        address::PEOPLE,
        allowed::{Allowed, CurrentAdministrator},
        model::{CustomerId, CustomerPeople, Person, Post},
        person::{Invite, StateBadge},
        text::role_text,
    },
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        notice::Tone,
        problem::ProblemText,
        table::{Cell, Table},
    },
};

/// Those who see a customer.
#[server(prefix = "/api", endpoint = "hub/customer-people", client = crate::hub::client::HubClient)]
pub async fn list_customer_people(customer: CustomerId) -> Result<CustomerPeople, Problem> {
    let (hub, administrator) = signed_in::<ListCustomerPeople>().await?;
    hub.customer_people(&administrator, customer).await
}

/// Those who see the customer of the page; nothing for whoever may not know.
pub(super) type Found = Resource<Result<Option<CustomerPeople>, Problem>>;

/// Asks for them, where whoever looks may know. The page does, before anything is shown: what is asked for within what waits for
/// something else is not found again by the browser.
pub(super) fn ask(customer: impl Fn() -> Result<CustomerId, Problem> + Send + Sync + 'static) -> Found {
    let me: CurrentAdministrator = expect_context();
    Resource::new_blocking(customer, move |customer| async move {
        match me.await?.role.permissions().allow(Permission::PeopleRead) {
            true => list_customer_people(customer?).await.map(Some),
            false => Ok(None),
        }
    })
}

/// The section.
#[component]
pub(super) fn WhoHasAccess(found: Found) -> impl IntoView {
    let reload = Callback::new(move |()| found.refetch());
    // The customer's id at the service provider, while somebody is invited for it.
    let inviting = RwSignal::new(None::<String>);
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(Some(found)) => EitherOf3::A(view! { <Section><List found inviting/></Section> }),
                    // What the page says already.
                    Ok(None) => EitherOf3::B(()),
                    Err(Problem { fault: Fault::NotSignedIn | Fault::FactorRequired | Fault::NotFound, .. }) => {
                        EitherOf3::B(())
                    }
                    Err(problem) => EitherOf3::C(view! {
                        <Section>
                            <div class=Tone::Error.class() role="alert">
                                <ProblemText problem/>
                            </div>
                        </Section>
                    }),
                }
            })}
        </Transition>
        {move || inviting.get().map(|customers| {
            let post = Post { role: Role::CustomerAdministrator, assigned_only: true, customers };
            view! { <Invite post reload on_close=move || inviting.set(None)/> }
        })}
    }
}

#[component]
fn Section(children: Children) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="access" aria-labelledby="access-title">
            <div>
                <h2 id="access-title">{text!(i18n, hub.access.title)}</h2>
                <p class="lead">{text!(i18n, hub.access.lead)}</p>
            </div>
            {children()}
        </section>
    }
}

#[component]
fn List(found: CustomerPeople, inviting: RwSignal<Option<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let CustomerPeople { sp_enterprise_id, people } = found;
    let columns = vec![
        text!(i18n, hub.email).into_any(),
        text!(i18n, hub.people.role).into_any(),
        text!(i18n, hub.people.customers).into_any(),
        text!(i18n, hub.people.state).into_any(),
    ];
    view! {
        <Table label=text!(i18n, hub.access.title) columns>
            {people.into_iter().map(|person| view! { <Row person/> }).collect_view()}
        </Table>
        <p class="actions">
            <Allowed to=Permission::PeopleWrite>
                <button
                    type="button"
                    class=Emphasis::Secondary.class()
                    on:click={
                        let customer = sp_enterprise_id.clone();
                        move |_| inviting.set(Some(customer.clone()))
                    }
                >
                    {text!(i18n, hub.access.invite)}
                </button>
            </Allowed>
            <A href=PEOPLE>{text!(i18n, hub.access.change)}</A>
        </p>
    }
}

#[component]
fn Row(person: Person) -> impl IntoView {
    let i18n = use_i18n();
    let Person { email, post, state, oneself, .. } = person;
    let Post { role, assigned_only, customers } = post;
    let only = customers.lines().count() == 1;
    let customers = move || match (assigned_only, only) {
        (false, _) => t_string!(i18n, hub.people.every_customer),
        (true, true) => t_string!(i18n, hub.access.this_one),
        (true, false) => t_string!(i18n, hub.access.among),
    };
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.email)>
                <strong class="name" translate="no">{email}</strong>
                {oneself.then(|| view! { " " <span class="tag">{text!(i18n, hub.people.oneself)}</span> })}
            </Cell>
            <Cell label=text!(i18n, hub.people.role)>{move || role_text(i18n.get_locale(), role)}</Cell>
            <Cell label=text!(i18n, hub.people.customers)>{customers}</Cell>
            <Cell label=text!(i18n, hub.people.state)><StateBadge state/></Cell>
        </tr>
    }
}
