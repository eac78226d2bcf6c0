//! Proving once more who one is, before what lets somebody in or takes out what is known of users.

use domain::Fault;
use leptos::{either::EitherOf3, ev, prelude::*, task::spawn_local};

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address::CONFIRM,
    model::{ProofBy, SignInStep},
    passkey,
    refusal::Refusal,
    request::Request,
};
#[cfg(feature = "ssr")]
use crate::visitor::{HUB_SESSION, visitor};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        dialog::{CloseDialog, Dialog},
        dialog_foot::DialogFoot,
        fault,
        field::Field,
        toast::Toasts,
    },
};

/// The id of the place where a refusal is announced.
const PROBLEM: &str = "proof-problem";

/// With what one has to prove who one is; none where that was done a short while ago.
#[server(prefix = "/api", endpoint = "hub/proof-needed", client = crate::hub::client::HubClient)]
pub async fn proof_needed() -> Result<Option<ProofBy>, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<ProofNeeded>().await?;
    hub.proof_needed(&administrator, &visitor).await
}

/// Proves it, by the password or by a code.
#[server(prefix = "/api", endpoint = "hub/prove", client = crate::hub::client::HubClient)]
pub async fn prove(typed: String) -> Result<(), Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<Prove>().await?;
    hub.prove(&administrator, &visitor, &typed).await
}

/// Asks for the proof where it is needed, and then goes on.
#[derive(Clone, Copy)]
pub(super) struct Proof {
    /// What is asked for now.
    asked: RwSignal<Option<ProofBy>>,
    go_on: Callback<()>,
    toasts: Toasts,
}

impl Proof {
    /// Nothing is asked yet. What is shown by [`AskForProof`] calls `go_on`.
    pub(super) fn before(go_on: Callback<()>) -> Self {
        Self { asked: RwSignal::new(None), go_on, toasts: Toasts::here() }
    }

    /// Asks, if there is anything to prove, and goes on.
    pub(super) fn ask(self, locale: Locale) {
        spawn_local(async move {
            match proof_needed().await {
                Ok(Some(by)) => _ = self.asked.try_set(Some(by)),
                Ok(None) => _ = self.go_on.try_run(()),
                Err(problem) => self.toasts.warn_about("proof", fault::cause(locale, problem.fault)),
            }
        });
    }
}

/// The dialog in which it is asked for, over whatever is open.
#[component]
pub(super) fn AskForProof(proof: Proof) -> impl IntoView {
    let i18n = use_i18n();
    let Proof { asked, go_on, .. } = proof;
    move || {
        asked.get().map(|ProofBy { step, passkey: has_passkey }| {
            view! {
                <Dialog
                    title=Signal::derive(move || t_string!(i18n, hub.proof.title).to_owned())
                    on_close=move || _ = asked.try_set(None)
                >
                    {match step {
                        SignInStep::Provider => EitherOf3::A(view! { <ProofElsewhere go_on/> }),
                        SignInStep::Passkey => EitherOf3::B(view! { <ProofByPasskey go_on/> }),
                        _ => EitherOf3::C(view! { <ProofForm step has_passkey go_on/> }),
                    }}
                </Dialog>
            }
        })
    }
}

/// Sends whoever signs in by a service there, in a tab of its own: nothing of what was typed here is lost. Goes on when they come
/// back and it is done.
#[component]
fn ProofElsewhere(go_on: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, request) = (CloseDialog::here(), Request::new());
    let done = move || {
        dialog.close();
        _ = go_on.try_run(());
    };
    let look = move |_| {
        let needed = async {
            match proof_needed().await? {
                None => Ok(()),
                Some(_) => Err(Fault::ProofRequired.into()),
            }
        };
        request.send(needed, move |()| done());
    };
    Effect::new(move || {
        let back = window_event_listener(ev::focus, move |_| {
            spawn_local(async move {
                if matches!(proof_needed().await, Ok(None)) {
                    done();
                }
            });
        });
        on_cleanup(move || back.remove());
    });
    view! {
        <p>{text!(i18n, hub.proof.lead_service)}</p>
        <Refusal request id=PROBLEM/>
        <p class="actions">
            <a class=Emphasis::Primary.class() href=CONFIRM target="_blank" rel="external noopener" autofocus=true>
                {text!(i18n, hub.proof.at_service)}
            </a>
        </p>
        <DialogFoot>
            <button type="button" class=Emphasis::Secondary.class() on:click=look>
                {text!(i18n, hub.proof.go_on)}
            </button>
        </DialogFoot>
    }
}

/// Asks for a passkey, where nothing that is typed does.
#[component]
fn ProofByPasskey(go_on: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, request) = (CloseDialog::here(), Request::new());
    let show = move |_| {
        request.send(passkey::prove(), move |()| {
            dialog.close();
            _ = go_on.try_run(());
        });
    };
    view! {
        <p>{text!(i18n, hub.proof.lead_passkey)}</p>
        <Refusal request id=PROBLEM/>
        <DialogFoot>
            <button type="button" class=Emphasis::Primary.class() on:click=show autofocus=true>
                {text!(i18n, hub.passkey.show)}
            </button>
        </DialogFoot>
    }
}

#[component]
fn ProofForm(step: SignInStep, has_passkey: bool, go_on: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, request) = (CloseDialog::here(), Request::new());
    let typed = RwSignal::new(String::new());
    let refused_by = Signal::derive(move || request.problem().get().map(|_| PROBLEM));
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        request.send(prove(typed.get_untracked()), move |()| {
            dialog.close();
            _ = go_on.try_run(());
        });
    };
    let show = move |_| {
        request.send(passkey::prove(), move |()| {
            dialog.close();
            _ = go_on.try_run(());
        });
    };
    let possible = passkey::possible();
    let code = step == SignInStep::Code;
    let lead = move || match code {
        true => t_string!(i18n, hub.proof.lead_code),
        false => t_string!(i18n, hub.proof.lead),
    };
    let label = move || match code {
        true => t_string!(i18n, hub.factor.either_code),
        false => t_string!(i18n, hub.password),
    };
    view! {
        // The server says what is wrong, in the reader's language.
        <form class="form" on:submit=send novalidate>
            <p>{lead}</p>
            <Field
                name="proof"
                label=label
                refused_by
                input=view! {
                    <{..}
                        type=if code { "text" } else { "password" }
                        autocomplete=if code { "one-time-code" } else { "current-password" }
                        autocapitalize="none"
                        spellcheck="false"
                        dir=code.then_some("ltr")
                        autofocus=true
                        on:input=move |event| typed.set(event_target_value(&event))
                    />
                }
            />
            <Refusal request id=PROBLEM/>
            <Show when=move || has_passkey && possible.get()>
                <p class="actions">
                    <button type="button" class=Emphasis::Secondary.class() on:click=show>
                        {text!(i18n, hub.passkey.show)}
                    </button>
                </p>
            </Show>
            <DialogFoot>
                <SubmitButton pending=request.pending()>{text!(i18n, hub.proof.confirm)}</SubmitButton>
            </DialogFoot>
        </form>
    }
}
