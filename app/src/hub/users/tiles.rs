//! How many users there are and how they stand: numbers that lead to the users they count.

use leptos::prelude::*;

use crate::{
    hub::{
        address,
        model::{Counts, TemplateId, UserFilter},
    },
    i18n::*,
};

/// A tile: its tone, its filter in words, and its number.
type Tile = (Option<&'static str>, &'static str, fn(&Counts) -> u32);

const TILES: [Tile; 4] = [
    (None, "", |users| users.total),
    (Some("good"), "status:provisioned", |users| users.provisioned),
    (Some("waiting"), "status:pending", |users| users.pending),
    (Some("bad"), "status:error", |users| users.error),
];

/// The numbers, large. Each is the length of the list to which it leads.
#[component]
pub(super) fn Tiles(
    /// The numbers.
    users: RwSignal<Counts>,
    /// The template's id.
    template: TemplateId,
    /// Which of its users the page shows.
    filter: UserFilter,
) -> impl IntoView {
    let i18n = use_i18n();
    let tiles = TILES.map(|(tone, text, number)| {
        let text = Some(text).filter(|text| !text.is_empty());
        let to = UserFilter {
            customer: filter.customer,
            exclude_provisioned: false,
            text: text.map(str::to_owned),
        };
        let current = (to == filter).then_some("page");
        view! {
            <div data-tone=tone>
                // Not the router's link: that would call every filter of this page the current one.
                <dt><a href=address::users(template, to) aria-current=current>{move || name(i18n.get_locale(), text)}</a></dt>
                <dd>{move || number(&users.read())}</dd>
            </div>
        }
    });
    view! {
        <nav aria-label=text!(i18n, hub.status.tiles)>
            <dl class="summary">{tiles}</dl>
        </nav>
    }
}

fn name(locale: Locale, text: Option<&str>) -> &'static str {
    match text {
        Some("status:provisioned") => td_string!(locale, hub.standing.provisioned),
        Some("status:pending") => td_string!(locale, hub.standing.pending),
        Some("status:error") => td_string!(locale, hub.standing.error),
        _ => td_string!(locale, hub.standing.total),
    }
}
