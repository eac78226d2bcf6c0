//! Where a page stands in the hub.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    address::{self, HOME},
    model::CustomerId,
};
use crate::i18n::*;

/// The way from the Customer List to the page: names and addresses of the pages in between, and the page's own name.
#[component]
pub(super) fn Breadcrumbs(
    /// The pages in between.
    way: Vec<(AnyView, String)>,
    /// The page's own name.
    #[prop(into)]
    here: Signal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let between = way.into_iter().map(|(name, href)| view! { <li><A href>{name}</A></li> });
    view! {
        <nav class="breadcrumbs" aria-label=text!(i18n, hub.breadcrumbs)>
            <ol>
                <li><A href=HOME>{text!(i18n, hub.customers.title)}</A></li>
                {between.collect_view()}
                <li aria-current="page">{here}</li>
            </ol>
        </nav>
    }
}

/// The customer by whose list a page was reached: its name and its page's address.
pub(super) fn crumb(name: Option<String>, customer: Option<CustomerId>) -> Option<(AnyView, String)> {
    name.zip(customer).map(|(name, id)| (name.into_any(), address::customer(id)))
}
