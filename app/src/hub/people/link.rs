//! A dialog out of which a link comes for somebody, which is shown this once.

use leptos::{either::Either, prelude::*};

use crate::{
    hub::{model::Invited, shown_once::ShownOnce},
    i18n::*,
    ui::{dialog::Dialog, unsaved::AskBeforeLeaving},
};

/// The dialog: its children, until there is a link. It cannot be shown again, so it stays until somebody says that they have
/// it.
#[component]
pub(super) fn LinkDialog(
    /// Its heading until then.
    #[prop(into)]
    title: Signal<&'static str>,
    /// The link.
    link: RwSignal<Option<Invited>>,
    on_close: impl Fn() + 'static,
    children: ChildrenFn,
) -> impl IntoView {
    let i18n = use_i18n();
    let (at_risk, reminded) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move || at_risk.set(link.read().is_some()));
    let title = move || match link.read().is_some() {
        true => t_string!(i18n, hub.people.link_title),
        false => title.get(),
    };
    view! {
        <Dialog
            title=Signal::derive(move || title().to_owned())
            held=at_risk
            on_held=Callback::new(move |()| reminded.set(true))
            on_close
        >
            {move || match link.get() {
                Some(Invited { email, link }) => Either::Left(view! {
                    <p>
                        {text!(i18n, hub.people.link_for)} " " <strong class="name" translate="no">{email}</strong>
                    </p>
                    <ShownOnce
                        secret=link
                        label=text!(i18n, hub.people.link)
                        copy=text!(i18n, hub.people.copy_link)
                        lead=text!(i18n, hub.people.link_once)
                        hint=text!(i18n, hub.people.link_hint)
                        reminder=text!(i18n, hub.people.link_reminder)
                        done=text!(i18n, hub.people.link_done)
                        at_risk
                        reminded
                    />
                }),
                None => Either::Right(children()),
            }}
        </Dialog>
        <AskBeforeLeaving unsaved=at_risk/>
    }
}
