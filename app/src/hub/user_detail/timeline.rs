//! What has happened to a user, step by step, the newest first.

use domain::{Status, Timestamp};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    happening::{StepIcon, happening_text},
    part::Part,
    place::Place,
};
use crate::{
    hub::{
        address,
        model::{Step, StepId, UserId},
        pending::Cause,
        text::doer_text,
    },
    i18n::*,
    ui::{
        badge::status_text,
        moment::{Ago, Moment, use_clock},
        pager::Pager,
    },
};

/// The history, or a page of it; in a panel its newest page, and the way to the whole.
#[component]
pub(in crate::hub) fn Timeline(
    /// The user whose history it is.
    id: UserId,
    /// Before which step, if this is not its newest page.
    before: Option<StepId>,
    /// The steps.
    steps: RwSignal<Vec<Step>>,
    /// The key by which those before them are read.
    next: RwSignal<Option<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_clock();
    let first = before.map(|_| address::user(id));
    let place = Place::here();
    let pager = move || match place {
        Place::Page => {
            let next = next.get().map(|key| address::user_before(id, key));
            view! { <Pager first=first.clone() next/> }.into_any()
        }
        Place::Panel => next
            .read()
            .is_some()
            .then(|| view! { <p><A href=address::user(id)>{text!(i18n, hub.user.whole_history)}</A></p> })
            .into_any(),
    };
    view! {
        <Part id="history-title" title=text!(i18n, hub.user.history)>
            <ol class="timeline">
                <For each=move || steps.get() key=|step| step.id let:step>
                    <Item step now/>
                </For>
            </ol>
            {move || steps.read().is_empty().then(|| view! { <p class="muted">{text!(i18n, hub.user.none)}</p> })}
            {pager}
        </Part>
    }
}

#[component]
fn Item(step: Step, now: Signal<Option<Timestamp>>) -> impl IntoView {
    let i18n = use_i18n();
    let Step { at, happening, by, from, to, fault, detail, .. } = step;
    let words = {
        let by = by.clone();
        move || happening_text(i18n.get_locale(), happening, &by)
    };
    let at = Signal::stored(at);
    view! {
        <li class="timeline-step">
            <StepIcon happening/>
            <div class="timeline-what">
                <p class="timeline-words">{words}</p>
                {fault.map(|found| view! { <Cause found/> })}
                {detail.map(|said| view! { <p class="id muted" lang="en" translate="no">{said}</p> })}
                <Became from to/>
                <p class="muted timeline-when">
                    {move || doer_text(i18n.get_locale(), &by)} " · " <Moment at/> " " <Ago at now/>
                </p>
            </div>
        </li>
    }
}

/// The status that the step brought, if it brought another one.
#[component]
fn Became(from: Option<Status>, to: Option<Status>) -> impl IntoView {
    let i18n = use_i18n();
    let to = to.filter(|to| Some(*to) != from)?;
    let name = move |status: Status| move || status_text(i18n.get_locale(), status);
    let text = match from {
        Some(from) => t!(i18n, hub.user.became, from = name(from), to = name(to)).into_any(),
        None => t!(i18n, hub.user.became_first, to = name(to)).into_any(),
    };
    Some(view! { <p class="timeline-became">{text}</p> })
}
