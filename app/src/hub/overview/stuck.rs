//! Who waits for longer than three days, those first who came first.

use leptos::{either::Either, prelude::*};
use leptos_router::components::A;

use crate::{
    hub::{
        address,
        model::{Cursor, Stuck},
        text::number_text,
    },
    i18n::*,
    ui::{
        badge::StatusBadge,
        table::{Cell, Table},
    },
};

/// Who they are, in the filter language.
const STUCK: &str = "stuck:>3d";

/// How many they are, the first of them, and the way to all.
#[component]
pub(super) fn StuckUsers(stuck: Stuck) -> impl IntoView {
    let i18n = use_i18n();
    let Stuck { users, more, first } = stuck;
    if first.is_empty() {
        return Either::Left(view! {
            <section class="overview-section" aria-labelledby="overview-stuck">
                <h2 id="overview-stuck">{text!(i18n, hub.overview.stuck)}</h2>
                <p class="muted">{text!(i18n, hub.overview.nobody_stuck)}</p>
            </section>
        });
    }
    let columns = vec![
        text!(i18n, hub.status.broadworks_id).into_any(),
        text!(i18n, hub.status.name).into_any(),
        text!(i18n, hub.status.status).into_any(),
        text!(i18n, hub.search.customer).into_any(),
        text!(i18n, hub.search.template).into_any(),
    ];
    let rows = first.into_iter().map(move |hit| {
        view! {
            <tr role="row">
                <Cell label=text!(i18n, hub.status.broadworks_id)>
                    <A href=address::user(&hit.id) attr:class="id" attr:translate="no">{hit.broadworks_id}</A>
                </Cell>
                <Cell label=text!(i18n, hub.status.name)>{hit.name}</Cell>
                <Cell label=text!(i18n, hub.status.status)>
                    <StatusBadge status=Signal::stored(hit.status)/>
                </Cell>
                <Cell label=text!(i18n, hub.search.customer)>{hit.customer}</Cell>
                <Cell label=text!(i18n, hub.search.template)>{hit.template}</Cell>
            </tr>
        }
    });
    let all = move || {
        let number = number_text(i18n.get_locale(), users);
        let number = if more { format!("{number}+") } else { number };
        t_string!(i18n, hub.overview.all_stuck, number).to_string()
    };
    Either::Right(view! {
        <section class="overview-section" aria-labelledby="overview-stuck">
            <h2 id="overview-stuck">{text!(i18n, hub.overview.stuck)}</h2>
            <Table label=text!(i18n, hub.overview.stuck) columns>{rows.collect_view()}</Table>
            <p><a href=address::search(STUCK, Cursor::Start)>{all}</a></p>
        </section>
    })
}
