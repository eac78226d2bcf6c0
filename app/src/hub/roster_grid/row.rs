//! One of a customer's people, and the field for their address.

use domain::fault::Audience;
use leptos::{ev, prelude::*, web_sys::ClipboardEvent};

use super::{
    drafts::{Drafts, Wrong},
    list::{Open, Row},
    paste::{self, Filled, Place},
};
use crate::{
    hub::{
        model::Member,
        text::{number_text, requirement_text},
    },
    i18n::*,
    ui::{badge::StatusBadge, fault, hydrated::use_hydrated, moment::Moment, table::Cell},
};

/// One row.
#[component]
pub(super) fn Person(
    /// What it shows.
    row: Row,
    /// The list that it stands in.
    open: Open,
    /// What is typed and ticked.
    drafts: Drafts,
    /// What was said last of what was done.
    said: RwSignal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let hydrated = use_hydrated();
    let member = RwSignal::from(row.member);
    let ticked = Memo::new(move |_| drafts.has(row.id));
    let idle = move || !hydrated.get() || member.with(|member| !member.takes_address && !member.can_retry);
    let pick =
        move || member.with(|member| t_string!(i18n, hub.bulk.pick, user = member.broadworks_id.as_str()).to_string());
    let takes_address = Memo::new(move |_| member.read().takes_address);
    let address = move || match takes_address.get() {
        true => view! { <Address member open drafts said/> }.into_any(),
        false => view! { <span translate="no">{move || member.read().email.clone()}</span> }.into_any(),
    };
    view! {
        <tr role="row" data-ticked=move || ticked.get().then_some("")>
            <Cell label=text!(i18n, hub.status.name)>
                <label class="tick">
                    <input
                        type="checkbox"
                        aria-label=pick
                        disabled=idle
                        prop:checked=ticked
                        on:change=move |event| drafts.tick(&member.get_untracked(), event_target_checked(&event))
                    />
                </label>
                <strong>{move || member.read().name.clone()}</strong> " "
                <span class="id" translate="no">{move || member.read().broadworks_id.clone()}</span>
            </Cell>
            <Cell label=text!(i18n, hub.roster.number)>
                <span class="roster-number" translate="no">{move || member.read().number.clone()}</span>
            </Cell>
            <Cell label=text!(i18n, hub.roster.address)>{address}</Cell>
            <Cell label=text!(i18n, hub.status.status)>
                <StatusBadge status=Signal::derive(move || member.read().status)/>
                <Words member/>
            </Cell>
            <Cell label=text!(i18n, hub.status.changed)>
                <Moment at=Signal::derive(move || member.read().changed)/>
            </Cell>
        </tr>
    }
}

/// What is pending, or what went wrong and what can be done about it by whoever is no partner.
#[component]
fn Words(member: RwSignal<Member>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        let (locale, Member { requirement, fault, .. }) = (i18n.get_locale(), member.get());
        let requirement = requirement.map(|requirement| view! { <p>{requirement_text(locale, requirement)}</p> });
        let fault = fault.map(|found| {
            view! {
                <p class="fault">{fault::cause(locale, found)}</p>
                <p class="muted">{fault::remedy(locale, Audience::User, found)}</p>
            }
        });
        view! {
            {requirement}
            {fault}
        }
    }
}

/// The field. A column of a spreadsheet that is pasted into it goes on in those below.
#[component]
fn Address(member: RwSignal<Member>, open: Open, drafts: Drafts, said: RwSignal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let hydrated = use_hydrated();
    let id = member.with_untracked(|member| member.id);
    let (field, error) = (format!("address-{id}"), format!("address-{id}-error"));
    let wrong = Memo::new(move |_| drafts.wrong(id));
    let typed = move || drafts.is_typed(id);
    let label =
        move || member.with(|member| t_string!(i18n, hub.roster.address_of, user = member.name.as_str()).to_string());
    let shown = Memo::new(move |_| member.with(|member| drafts.shown(member)));
    let before = shown.get_untracked();
    let on_paste = move |event: ClipboardEvent| {
        let Some(lines) = clipboard(&event).as_deref().and_then(paste::lines) else { return };
        event.prevent_default();
        let rows = open.rows.get_untracked();
        let from = rows.iter().position(|row| row.id == id).unwrap_or_default();
        let places: Vec<Place> = rows.iter().map(|row| row.member.with_untracked(place)).collect();
        let Filled { addresses, left } = paste::fill(lines, &places, from);
        let locale = i18n.get_locale_untracked();
        let number = |many: usize| number_text(locale, u32::try_from(many).unwrap_or(u32::MAX));
        let mut news = td_string!(locale, hub.roster.pasted, number = number(addresses.len())).to_string();
        if left > 0 {
            news = format!("{news} {}", td_string!(locale, hub.roster.no_place, number = number(left)));
        }
        for (at, address) in addresses {
            rows[at].member.with_untracked(|member| drafts.put(member, address));
        }
        said.set(news);
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowDown" | "Enter" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        event.prevent_default();
        go(&event, by);
    };
    let described = error.clone();
    view! {
        <input
            type="email"
            class="input"
            id=field
            aria-label=label
            aria-invalid=move || wrong.read().is_some().then_some("true")
            aria-describedby=described
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            translate="no"
            disabled=move || !hydrated.get()
            value=before
            prop:value=shown
            on:input=move |event| drafts.put(&member.get_untracked(), event_target_value(&event))
            on:paste=on_paste
            on:keydown=on_keydown
        />
        <p class="field-error" id=error>
            {move || wrong.get().map(|wrong| wrong_text(i18n.get_locale(), &wrong))}
        </p>
        {move || (typed() && wrong.read().is_none()).then(|| view! {
            <p class="muted">{text!(i18n, hub.roster.unsaved)}</p>
        })}
    }
}

fn place(member: &Member) -> Place {
    let names = [Some(member.broadworks_id.clone()), Some(member.name.clone()), member.number.clone()];
    Place {
        names: names.into_iter().flatten().filter(|name| !name.is_empty()).collect(),
        takes_address: member.takes_address,
    }
}

fn wrong_text(locale: Locale, wrong: &Wrong) -> String {
    match wrong {
        Wrong::Twice => td_string!(locale, hub.roster.twice).to_owned(),
        Wrong::Refused(problem) => {
            let (cause, remedy) =
                (fault::cause(locale, problem.fault), fault::remedy(locale, Audience::User, problem.fault));
            format!("{cause} {remedy}")
        }
    }
}

/// What is being pasted.
#[cfg(feature = "hydrate")]
fn clipboard(event: &ClipboardEvent) -> Option<String> {
    use wasm_bindgen::JsCast as _;
    let data = js_sys::Reflect::get(event, &"clipboardData".into()).ok()?;
    let read: js_sys::Function = js_sys::Reflect::get(&data, &"getData".into()).ok()?.dyn_into().ok()?;
    read.call1(&data, &"text".into()).ok()?.as_string()
}

#[cfg(not(feature = "hydrate"))]
const fn clipboard(_: &ClipboardEvent) -> Option<String> {
    None
}

/// Goes to a field above or below.
#[cfg(feature = "hydrate")]
fn go(event: &ev::KeyboardEvent, by: i32) {
    use wasm_bindgen::JsCast as _;
    let here = event_target::<leptos::web_sys::HtmlInputElement>(event);
    let Some(table) = here.closest("tbody").ok().flatten() else { return };
    let Ok(fields) = table.query_selector_all("input[type=email]") else { return };
    let field = |at: u32| fields.item(at).and_then(|field| field.dyn_into::<leptos::web_sys::HtmlInputElement>().ok());
    let at = (0..fields.length()).find(|at| field(*at).as_ref() == Some(&here));
    if let Some(next) = at.and_then(|at| at.checked_add_signed(by)).and_then(field) {
        _ = next.focus();
        next.select();
    }
}

#[cfg(not(feature = "hydrate"))]
const fn go(_: &ev::KeyboardEvent, _: i32) {}
