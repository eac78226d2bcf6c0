//! The first page: the customers, or for whoever is of one customer its people.

use domain::Permission;
use leptos::{either::Either, prelude::*};
use serde::{Deserialize, Serialize};

use super::{
    allowed::CurrentAdministrator,
    customer_list::{self, CustomerList, list_customers},
    loaded::loaded,
    model::{FoundCustomers, Roster as People},
    roster_grid::{self, AskForDrafts, Drafts, Grid},
};

/// What stands there.
#[derive(Clone, Serialize, Deserialize)]
enum First {
    Customers(FoundCustomers),
    People(People),
}

/// The first page. Who looks is found out before it is read, and not around it: what waits for that is made twice, and would be
/// read twice.
#[component]
pub fn Home() -> impl IntoView {
    let me: CurrentAdministrator = expect_context();
    let (customers, people, drafts) = (customer_list::asked(), roster_grid::asked(), Drafts::new());
    let first = Resource::new_blocking(
        move || (customers.get(), people.get()),
        move |((typed, after), people)| async move {
            match me.await?.role.permissions().allow(Permission::CustomersRead) {
                true => list_customers(typed, after).await.map(First::Customers),
                false => roster_grid::read(people).await.map(First::People),
            }
        },
    );
    let shown = loaded(first, move |first| match first {
        First::Customers(found) => Either::Left(view! { <CustomerList found asked=customers.get_untracked()/> }),
        First::People(found) => {
            let grid = |query| view! { <Grid query found drafts/> };
            Either::Right(people.get_untracked().ok().map(grid))
        }
    });
    view! {
        {shown}
        <AskForDrafts drafts/>
    }
}
