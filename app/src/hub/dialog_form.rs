//! The form of a dialog in which something is asked of the server.

use leptos::{ev, prelude::*, text_prop::TextProp};

use super::{refusal::Refusal, request::Request};
use crate::ui::{
    button::{Emphasis, SubmitButton},
    dialog_foot::DialogFoot,
};

/// What there is to fill in or to know, why the last answer was a refusal, the way out, and the button that sends it.
#[component]
pub(super) fn DialogForm(
    /// What is asked.
    request: Request,
    /// Asks it.
    on_submit: impl Fn() + 'static,
    /// The id of the place where a refusal is announced.
    problem_id: &'static str,
    /// What the button is called.
    #[prop(into)]
    submit: TextProp,
    /// Whether it may not be sent now, for a reason that the form says.
    #[prop(into, optional)]
    unavailable: Signal<bool>,
    /// How much the button asks for attention.
    #[prop(optional)]
    emphasis: Emphasis,
    /// What stands above.
    children: Children,
) -> impl IntoView {
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        on_submit();
    };
    view! {
        // What is missing is told by the form itself, in the reader's language.
        <form class="form" on:submit=send novalidate>
            {children()}
            <Refusal request id=problem_id/>
            <DialogFoot>
                <SubmitButton emphasis pending=request.pending() unavailable>{move || submit.get()}</SubmitButton>
            </DialogFoot>
        </form>
    }
}
