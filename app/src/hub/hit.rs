//! What a list says of users wherever they are: after the BroadWorks ID, who it is, how they stand, and whose they are.

use leptos::prelude::*;

use super::model::Hit;
use crate::{
    i18n::*,
    ui::{badge::StatusBadge, table::Cell},
};

/// The headings of [`HitCells`].
pub(super) fn headings() -> Vec<AnyView> {
    let i18n = use_i18n();
    vec![
        text!(i18n, hub.status.name).into_any(),
        text!(i18n, hub.status.status).into_any(),
        text!(i18n, hub.search.customer).into_any(),
        text!(i18n, hub.search.template).into_any(),
    ]
}

/// The cells of one.
#[component]
pub(super) fn HitCells(
    /// The user whom it shows.
    hit: Hit,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Cell label=text!(i18n, hub.status.name)>{hit.name}</Cell>
        <Cell label=text!(i18n, hub.status.status)>
            <StatusBadge status=Signal::stored(hit.status)/>
        </Cell>
        <Cell label=text!(i18n, hub.search.customer)>{hit.customer}</Cell>
        <Cell label=text!(i18n, hub.search.template)>{hit.template}</Cell>
    }
}
