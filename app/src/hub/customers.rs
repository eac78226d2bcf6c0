//! The page of the Customer List.

use leptos::prelude::*;

use super::{
    customer_list::{CustomerList, asked, list_customers},
    loaded::loaded,
};

/// The Customer List.
#[component]
pub fn Customers() -> impl IntoView {
    let asked = asked();
    let found = Resource::new_blocking(move || asked.get(), |(typed, after)| list_customers(typed, after));
    loaded(found, move |found| view! { <CustomerList found asked=asked.get_untracked()/> })
}
