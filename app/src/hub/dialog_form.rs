//! The form of a dialog in which something is asked of the server.

use std::rc::Rc;

use domain::Fault;
use leptos::{ev, prelude::*, text_prop::TextProp};

use super::{
    proof::{AskForProof, Proof},
    refusal::Refusal,
    request::Request,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        dialog::{CloseDialog, Dialog, Entered},
        dialog_foot::DialogFoot,
        unsaved::AskBeforeLeaving,
    },
};

/// What there is to fill in or to know, why the last answer was a refusal, the way out, and the button that sends it. What was
/// entered is not lost without a word.
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
    let (i18n, entered) = (use_i18n(), Entered::here());
    let on_submit: Rc<dyn Fn()> = Rc::new(on_submit);
    let on_submit = StoredValue::new_local(on_submit);
    let submit_it = move || {
        if let Some(send) = on_submit.try_get_value() {
            send();
        }
    };
    // What was asked is asked once more, as it was typed, when its sender has proven who they are.
    let proof = Proof::before(Callback::new(move |()| submit_it()));
    Effect::new(move || {
        let refused = |problem: &Problem| problem.fault == Fault::ProofRequired;
        if request.problem().with(|problem| problem.as_ref().is_some_and(refused)) {
            proof.ask(i18n.get_locale_untracked());
        }
    });
    // What comes in its place begins anew.
    on_cleanup(move || entered.forget());
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        submit_it();
    };
    view! {
        // What is missing is told by the form itself, in the reader's language.
        <form class="form" on:submit=send on:input=move |_| entered.set() novalidate>
            {children()}
            <Refusal request id=problem_id/>
            <DialogFoot>
                <SubmitButton emphasis pending=request.pending() unavailable>{move || submit.get()}</SubmitButton>
            </DialogFoot>
        </form>
        <AskBeforeLeaving unsaved=entered.unsent()/>
        <AskBeforeClosing entered/>
        <AskForProof proof/>
    }
}

/// Asks before what was entered is lost with the dialog.
#[component]
fn AskBeforeClosing(entered: Entered) -> impl IntoView {
    let i18n = use_i18n();
    let surrounding = CloseDialog::here();
    let asked = entered.in_doubt();
    move || {
        asked.get().then(|| {
            view! {
                <Dialog title=text!(i18n, hub.unsent.title) on_close=move || asked.set(false)>
                    <GiveUp surrounding/>
                </Dialog>
            }
        })
    }
}

#[component]
fn GiveUp(surrounding: CloseDialog) -> impl IntoView {
    let i18n = use_i18n();
    let question = CloseDialog::here();
    let give_up = move |_| {
        question.close();
        surrounding.close();
    };
    view! {
        <p>{text!(i18n, hub.unsent.lead)}</p>
        <DialogFoot way_out=text!(i18n, hub.unsent.stay) autofocus=true>
            <button type="button" class=Emphasis::Danger.class() on:click=give_up>
                {text!(i18n, hub.unsent.give_up)}
            </button>
        </DialogFoot>
    }
}
