//! A dialog that asks once more before something is done.

use std::future::Future;

use leptos::{prelude::*, text_prop::TextProp};

use super::{dialog_form::DialogForm, request::Request};
use crate::{
    problem::Problem,
    ui::{
        button::Emphasis,
        dialog::{CloseDialog, Dialog},
        toast::Toasts,
    },
};

/// Asks once more. Once it is done the dialog closes, and a toast says so.
#[component]
pub(super) fn Confirmation<Asked, Done>(
    /// The dialog's heading.
    #[prop(into)]
    title: Signal<String>,
    /// Asks the server for it.
    ask: impl Fn() -> Asked + Send + 'static,
    /// Takes the answer, and returns what is said of it. The page may have been left meanwhile.
    done: impl Fn(Done) -> String + Clone + Send + 'static,
    /// The id of the place where a refusal is announced.
    problem_id: &'static str,
    /// What the button is called.
    #[prop(into)]
    submit: TextProp,
    /// How much the button asks for attention.
    #[prop(optional)]
    emphasis: Emphasis,
    /// Called once the dialog is closed.
    on_close: impl Fn() + 'static,
    /// What comes of it.
    children: Children,
) -> impl IntoView
where
    Asked: Future<Output = Result<Done, Problem>> + 'static,
    Done: 'static,
{
    view! {
        <Dialog title on_close>
            <Form ask done problem_id submit emphasis children/>
        </Dialog>
    }
}

#[component]
fn Form<Asked, Done>(
    ask: impl Fn() -> Asked + 'static,
    done: impl Fn(Done) -> String + Clone + 'static,
    problem_id: &'static str,
    submit: TextProp,
    emphasis: Emphasis,
    children: Children,
) -> impl IntoView
where
    Asked: Future<Output = Result<Done, Problem>> + 'static,
    Done: 'static,
{
    let (dialog, toasts, request) = (CloseDialog::here(), Toasts::here(), Request::new());
    let send = move || {
        let done = done.clone();
        request.send(ask(), move |answer| {
            dialog.close();
            toasts.show(done(answer));
        });
    };
    view! {
        <DialogForm request on_submit=send problem_id submit emphasis>{children()}</DialogForm>
    }
}
