//! What can be done for many users at once: the bar below a list in which some are ticked, and its dialogs.

mod destination;
mod dialog;
mod kind;

use domain::Permission;
use leptos::prelude::*;

pub(super) use self::kind::begin_bulk;
use self::{dialog::BulkDialog, kind::Kind};
use super::{
    address,
    allowed::Allowed,
    export::ExportForm,
    model::{Selection, UserId},
    selection::Ticked,
    text::number_text,
};
use crate::{i18n::*, ui::focus};

/// The bar: how many are ticked, everybody as a second step, and what can be done. It stays in sight.
#[component]
pub(super) fn SelectionBar(
    /// The ticks.
    ticked: Ticked,
    /// Who is on the page.
    page: Signal<Vec<UserId>>,
    /// Whether the list goes on behind it.
    #[prop(into)]
    more: Signal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let dialog = RwSignal::new(None::<Kind>);
    let count = Memo::new(move |_| ticked.count());
    let any = Memo::new(move |_| count.get() > 0);
    let everybody = Memo::new(move |_| ticked.is_everybody());
    let words = move || {
        let (count, number) = (count.get(), number_text(i18n.get_locale(), count.get()));
        match everybody.get() {
            true => t_string!(i18n, hub.bulk.all_selected, number).to_string(),
            false => t_string!(i18n, hub.bulk.selected, count = count, number).to_string(),
        }
    };
    let offer = Memo::new(move |_| {
        let whole = more.get() && !everybody.get() && ticked.has_all(&page.read());
        ticked.fitting().filter(|all| whole && *all > count.get())
    });
    let kinds = move || {
        Kind::ALL.map(|kind| {
            let class = if kind == Kind::Delete { "button bulk-danger" } else { "button button-quiet" };
            view! {
                <button type="button" class=class on:click=move |_| dialog.set(Some(kind))>
                    {move || kind.title(i18n.get_locale())}
                </button>
            }
        })
    };
    let clear = move |_| {
        ticked.clear();
        focus::keep();
    };
    // The words stand there from the start: a live region that comes with its text is not read.
    view! {
        <p class="visually-hidden" role="status">{move || any.get().then(words)}</p>
        <section class="bulk-bar" aria-label=text!(i18n, hub.bulk.bar) hidden=move || !any.get()>
            <div class="bulk-count">
                <strong>{words}</strong>
                {move || offer.get().map(|all| {
                    let number = move || number_text(i18n.get_locale(), all);
                    view! {
                        <button type="button" class="button-link" on:click=move |_| ticked.set_everybody()>
                            {t!(i18n, hub.bulk.select_all, number)}
                        </button>
                    }
                })}
                {move || everybody.get().then(|| view! {
                    <button
                        type="button"
                        class="button-link"
                        on:click=move |_| ticked.set_all(&page.get_untracked(), true)
                    >
                        {text!(i18n, hub.bulk.only_page)}
                    </button>
                })}
            </div>
            <div class="bulk-deeds">
                <Allowed to=Permission::UsersWrite>{kinds}</Allowed>
                <Allowed to=Permission::UsersExport><Export ticked/></Allowed>
                <button
                    type="button"
                    class="bulk-clear"
                    aria-label=text!(i18n, hub.bulk.clear)
                    title=text!(i18n, hub.bulk.clear)
                    on:click=clear
                ></button>
            </div>
        </section>
        {move || dialog.get().map(|kind| {
            let selection = untrack(|| ticked.selection());
            view! { <BulkDialog kind selection on_begun=move || ticked.clear() on_close=move || dialog.set(None)/> }
        })}
    }
}

/// Retry Activation for all of a list, which is not open.
#[component]
pub(super) fn BulkRetry(
    /// Whom it is about.
    selection: Selection,
    /// Called when the dialog was closed.
    on_close: impl Fn() + 'static,
) -> impl IntoView {
    view! { <BulkDialog kind=Kind::Retry selection on_begun=|| () on_close/> }
}

/// Move to Another Template, for one user: what many are told before is told there, too.
#[component]
pub(super) fn MoveUser(
    /// Whom it is about.
    user: UserId,
    /// Called when the dialog was closed.
    on_close: impl Fn() + 'static,
) -> impl IntoView {
    let selection = Selection { ids: vec![user], ..Selection::default() };
    view! { <BulkDialog kind=Kind::Move selection on_begun=|| () on_close/> }
}

/// Those who are ticked as a file. A form, because their ids are too many for an address.
#[component]
fn Export(ticked: Ticked) -> impl IntoView {
    view! {
        <ExportForm action=address::EXPORT_SELECTED>
            <input type="hidden" name="selection" value=move || written(&ticked.selection())/>
        </ExportForm>
    }
}

/// A selection as the server reads it. Texts and lists always become JSON.
fn written(selection: &Selection) -> String {
    #[cfg(any(feature = "ssr", feature = "hydrate"))]
    return serde_json::to_string(selection).unwrap_or_default();
    #[cfg(not(any(feature = "ssr", feature = "hydrate")))]
    {
        let _ = selection;
        String::new()
    }
}
