//! Who waits for longer than three days, those first who came first.

use std::iter;

use domain::filter::Filter;
use leptos::{either::Either, prelude::*};
use leptos_router::components::A;

use crate::{
    hub::{
        address,
        hit::{HitCells, headings},
        model::{Cursor, Stuck},
        text::number_text,
    },
    i18n::*,
    ui::table::{Cell, Table},
};

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
    let everybody = address::search(&Filter::stuck().to_string(), Cursor::Start);
    let columns = iter::once(text!(i18n, hub.status.broadworks_id).into_any()).chain(headings()).collect();
    let rows = first.into_iter().map(move |hit| {
        let (to, id) = (address::user(hit.id), hit.broadworks_id.clone());
        view! {
            <tr role="row">
                <Cell label=text!(i18n, hub.status.broadworks_id)>
                    <A href=to attr:class="id" attr:translate="no">{id}</A>
                </Cell>
                <HitCells hit/>
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
            <p><a href=everybody>{all}</a></p>
        </section>
    })
}
