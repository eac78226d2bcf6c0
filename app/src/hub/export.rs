//! Lists that leave the hub as files: whoever takes one out has proven a short while ago who they are.

use leptos::{ev, html, prelude::*};

use super::proof::{AskForProof, Proof};
use crate::{i18n::*, ui::button::Emphasis};

/// The link to a file.
#[component]
pub(super) fn ExportLink(
    /// Where it is.
    #[prop(into)]
    href: Signal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let link = NodeRef::<html::A>::new();
    // The link is followed once it is known that it leads to a file.
    let proven = StoredValue::new(false);
    let follow = Callback::new(move |()| {
        proven.set_value(true);
        if let Some(link) = link.get_untracked() {
            link.click();
        }
    });
    let proof = Proof::before(follow);
    let ask = move |event: ev::MouseEvent| {
        if !proven.get_value() {
            event.prevent_default();
            proof.ask(i18n.get_locale_untracked());
        }
        proven.set_value(false);
    };
    view! {
        <a class=Emphasis::Secondary.class() href=href download rel="external" node_ref=link on:click=ask>
            {text!(i18n, hub.status.export)}
        </a>
        <AskForProof proof/>
    }
}

/// The button that sends a form which a file answers: what it is about is too much for an address.
#[component]
pub(super) fn ExportForm(
    /// Where it is sent.
    action: &'static str,
    /// What is sent.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let form = NodeRef::<html::Form>::new();
    let send = Callback::new(move |()| {
        if let Some(form) = form.get_untracked() {
            // By a script, which nobody asks again.
            _ = form.submit();
        }
    });
    let proof = Proof::before(send);
    let ask = move |event: ev::SubmitEvent| {
        event.prevent_default();
        proof.ask(i18n.get_locale_untracked());
    };
    view! {
        <form method="post" action=action node_ref=form on:submit=ask>
            {children()}
            <button type="submit" class=Emphasis::Quiet.class()>{text!(i18n, hub.status.export)}</button>
        </form>
        <AskForProof proof/>
    }
}
