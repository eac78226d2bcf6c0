//! The page of the Customer List.

use leptos::prelude::*;

use super::{
    customer_list::{CustomerList, asked, list_customers},
    loaded::loaded,
};

/// The Customer List.
#[component]
pub fn Customers() -> impl IntoView {
    let after = asked();
    let page = Resource::new_blocking(move || after.get(), list_customers);
    loaded(page, move |page| view! { <CustomerList page after=after.get_untracked()/> })
}
