//! The words by which a partner sorts its customers: each leads to all that have it.

use domain::{Tag, filter::CustomerFilter};
use leptos::prelude::*;
use leptos_router::components::A;

use super::address;
use crate::i18n::*;

/// A customer's.
#[component]
pub(super) fn TagLinks(tags: Vec<Tag>) -> impl IntoView {
    let i18n = use_i18n();
    let link = |tag: Tag| {
        let to = address::customers(Some(CustomerFilter::tagged(tag.clone()).to_string()), None);
        view! {
            <li>
                <A href=to attr:class="customer-tag">{tag.as_str().to_owned()}</A>
            </li>
        }
    };
    (!tags.is_empty()).then(|| {
        view! {
            <ul class="tags" aria-label=text!(i18n, hub.tags.title)>
                {tags.into_iter().map(link).collect_view()}
            </ul>
        }
    })
}
