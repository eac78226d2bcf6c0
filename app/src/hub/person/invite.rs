//! Inviting somebody, and the link for them, which is shown this once.

use domain::Fault;
use leptos::prelude::*;

use super::{
    link::LinkDialog,
    post::{Draft, PostFields},
};
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        dialog_form::DialogForm,
        model::{Invited, Post},
        request::Request,
    },
    i18n::*,
    problem::Problem,
    ui::field::Field,
};

/// Adds somebody, and returns the link for them.
#[server(prefix = "/api", endpoint = "hub/invite", client = crate::hub::client::HubClient)]
pub async fn invite(email: String, post: Post) -> Result<Invited, Problem> {
    let (hub, administrator) = signed_in::<Invite>().await?;
    hub.invite(&administrator, &email, post).await
}

/// The dialog: first the form, then the link.
#[component]
pub(in crate::hub) fn Invite(
    /// What somebody is invited as, unless another choice is made.
    post: Post,
    /// Reads again what shows who there is.
    reload: Callback<()>,
    on_close: impl Fn() + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let link = RwSignal::new(None);
    let done = Callback::new(move |invited| {
        link.set(Some(invited));
        reload.run(());
    });
    view! {
        <LinkDialog title=text!(i18n, hub.people.invite) link on_close>
            <Form post=post.clone() done/>
        </LinkDialog>
    }
}

#[component]
fn Form(post: Post, done: Callback<Invited>) -> impl IntoView {
    let i18n = use_i18n();
    let request = Request::new();
    let email = RwSignal::new(String::new());
    let draft = Draft::of(&post);
    let is_of_address = |problem: Problem| {
        matches!(problem.fault, Fault::AddressMissing | Fault::InvalidAddress | Fault::PersonExists).then_some(PROBLEM)
    };
    let refused_by = Signal::derive(move || request.problem().get().and_then(is_of_address));
    let send = move || {
        let call = invite(email.get_untracked(), draft.post());
        request.send(call, move |link| _ = done.try_run(link));
    };
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id=PROBLEM
            submit=text!(i18n, hub.people.invite_submit)
        >
            <Field
                name="person_email"
                label=text!(i18n, hub.email)
                refused_by
                input=view! {
                    <{..}
                        type="email"
                        autocomplete="off"
                        autofocus=true
                        on:input=move |event| email.set(event_target_value(&event))
                    />
                }
            />
            <PostFields draft/>
        </DialogForm>
    }
}

/// The id of the place where a refusal is announced.
const PROBLEM: &str = "invite-problem";
