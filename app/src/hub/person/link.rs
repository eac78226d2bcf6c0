//! A dialog out of which a link comes for somebody, which is shown this once.

use leptos::prelude::*;

use crate::{
    hub::{
        model::Invited,
        shown_once::{SecretDialog, ShownOnce},
    },
    i18n::*,
};

/// The dialog: its children, until there is a link.
#[component]
pub(in crate::hub) fn LinkDialog(
    /// Its heading until then.
    #[prop(into)]
    title: Signal<&'static str>,
    /// The link.
    link: RwSignal<Option<Invited>>,
    on_close: impl Fn() + 'static,
    children: ChildrenFn,
) -> impl IntoView {
    let i18n = use_i18n();
    let show = move |Invited { email, link }| {
        view! {
            <p>
                {text!(i18n, hub.people.link_for)} " " <strong class="name" translate="no">{email}</strong>
            </p>
            <ShownOnce
                secret=link
                label=text!(i18n, hub.people.link)
                copy=text!(i18n, hub.people.copy_link)
                lead=text!(i18n, hub.people.link_once)
                hint=text!(i18n, hub.people.link_hint)
            />
        }
        .into_any()
    };
    view! {
        <SecretDialog
            title
            shown_title=text!(i18n, hub.people.link_title)
            secret=link
            show
            reminder=text!(i18n, hub.people.link_reminder)
            done=text!(i18n, hub.people.link_done)
            on_close
        >
            {children()}
        </SecretDialog>
    }
}
