//! Sign-in. Works as plain forms too.

use domain::Fault;
use leptos::{either::EitherOf3, form::ActionForm, prelude::*};
use leptos_router::hooks::use_query_map;

use super::{
    address,
    arrival::ArrivedAlone,
    entrance::{Entrance, go_on, told},
    model::{SignInService, SignInStep},
    passkey,
    session::{EnterSignInCode, SignIn, SignOut, get_sign_in_services, get_sign_in_step, local},
};
use crate::{
    flash::Flash,
    i18n::*,
    ui::{
        button::{Emphasis, SubmitButton},
        field::Field,
        password_field::PasswordField,
        problem::{PROBLEM, ProblemNotice},
        title::Title,
    },
};

/// The sign-in page: one address, whose step is the server's to know.
#[component]
pub fn SignInPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let next = Signal::derive(move || query.read().get("next").unwrap_or_default());
    let here = untrack(|| local(&next.get()).to_owned());
    let flash = told(address::sign_in(here.clone()), here);
    let step = Resource::new_blocking(|| (), |()| get_sign_in_step());
    let services = Resource::new_blocking(|| (), |()| get_sign_in_services());
    let look_again = Callback::new(move |()| step.refetch());
    view! {
        <Title text=text!(i18n, hub.sign_in.title)/>
        <Entrance>
            <Suspense>
                {move || {
                    let flash = flash.clone();
                    Suspend::new(async move {
                        // Whoever has a password signs in even if nobody knows who else could.
                        let services = services.await.unwrap_or_default();
                        match step.await {
                            Ok(SignInStep::Code) => EitherOf3::A(view! { <CodeStep next flash look_again/> <ArrivedAlone/> }),
                            Ok(SignInStep::Passkey) => EitherOf3::B(view! { <PasskeyStep next look_again/> <ArrivedAlone/> }),
                            // The page comes before its heading.
                            _ => EitherOf3::C(view! {
                                <PasswordStep next flash look_again/>
                                <Others services next/>
                                <ArrivedAlone/>
                            }),
                        }
                    })
                }}
            </Suspense>
        </Entrance>
    }
}

/// Asks for address and password.
#[component]
fn PasswordStep(next: Signal<String>, flash: Option<Flash>, look_again: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let typed = flash.as_ref().map(|flash| flash.typed.clone());
    let action = ServerAction::<SignIn>::new();
    let outcome = Signal::derive(move || action.value().get());
    let problem = go_on(outcome, flash, move || local(&next.get_untracked()).to_owned(), Some(look_again));
    let refused_with = move |own: Fault| {
        let any = [Fault::HubBadCredentials, Fault::TooManyAttempts, Fault::HubCredentialsMissing, own];
        Signal::derive(move || problem.get().filter(|problem| any.contains(&problem.fault)).map(|_| PROBLEM))
    };
    let (email_refused, password_refused) = (refused_with(Fault::AddressMissing), refused_with(Fault::PasswordMissing));
    view! {
        <h1>{text!(i18n, hub.sign_in.title)}</h1>
        <p class="lead">{text!(i18n, hub.sign_in.lead)}</p>
        <ProblemNotice problem/>
        // The server checks, in the reader's language; the browser would only be first.
        <ActionForm action attr:class="form" attr:novalidate=true>
            <input type="hidden" name="next" value=next/>
            <Field
                name="email"
                label=text!(i18n, hub.email)
                refused_by=email_refused
                input=view! {
                    <{..}
                        type="email"
                        autocomplete="username"
                        value=typed
                        required=true
                        autofocus=true
                    />
                }
            />
            <PasswordField
                name="password"
                label=text!(i18n, hub.password)
                refused_by=password_refused
                autocomplete="current-password"
            />
            <SubmitButton pending=action.pending()>{text!(i18n, hub.sign_in.submit)}</SubmitButton>
        </ActionForm>
    }
}

/// The other ways in, where there are any.
#[component]
fn Others(services: Vec<SignInService>, next: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let (possible, any) = (passkey::possible(), !services.is_empty());
    let services = StoredValue::new(services);
    view! {
        <Show when=move || any || possible.get()>
            <div class="sign-in-services">
                <p class="sign-in-or">{text!(i18n, hub.sign_in.or)}</p>
                <Show when=move || possible.get()>
                    <ByPasskey next emphasis=Emphasis::Secondary/>
                </Show>
                <Services services=services.get_value() next/>
            </div>
        </Show>
    }
}

/// By a passkey, which says itself whose it is.
#[component]
fn ByPasskey(next: Signal<String>, emphasis: Emphasis) -> impl IntoView {
    let i18n = use_i18n();
    let action = Action::new_local(|(): &()| passkey::sign_in());
    let outcome = Signal::derive(move || action.value().get());
    let problem = go_on(outcome, None, move || local(&next.get_untracked()).to_owned(), None);
    view! {
        <button
            type="button"
            class=emphasis.class()
            aria-disabled=move || action.pending().get().then_some("true")
            on:click=move |_| {
                if !action.pending().get_untracked() {
                    action.dispatch_local(());
                }
            }
        >
            {text!(i18n, hub.passkey.sign_in)}
        </button>
        <ProblemNotice problem id="passkey-problem"/>
    }
}

/// The services. Each is a link that leaves the hub: it works without JavaScript, and a form's policy would stop it.
#[component]
fn Services(services: Vec<SignInService>, next: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let link = |SignInService { key, name }: SignInService| {
        view! {
            <a
                class=Emphasis::Secondary.class()
                rel="external nofollow"
                href=move || address::sign_in_with(&key, local(&next.get()).to_owned())
            >
                <span>{move || t_string!(i18n, hub.sign_in.with, service = name.as_str())}</span>
            </a>
        }
    };
    services.into_iter().map(link).collect_view()
}

/// Asks for the code of the second factor.
#[component]
fn CodeStep(next: Signal<String>, flash: Option<Flash>, look_again: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<EnterSignInCode>::new();
    let outcome = Signal::derive(move || action.value().get());
    let problem = go_on(outcome, flash, move || local(&next.get_untracked()).to_owned(), None);
    let refused = Signal::derive(move || problem.get().map(|_| PROBLEM));
    view! {
        <h1>{text!(i18n, hub.sign_in.code_title)}</h1>
        <p class="lead">{text!(i18n, hub.sign_in.code_lead)}</p>
        <ProblemNotice problem/>
        <ActionForm action attr:class="form" attr:novalidate=true>
            <input type="hidden" name="next" value=next/>
            <Field
                name="code"
                label=text!(i18n, hub.sign_in.code)
                hint=text!(i18n, hub.sign_in.code_hint)
                refused_by=refused
                input=view! {
                    <{..}
                        autocomplete="one-time-code"
                        autocapitalize="none"
                        spellcheck="false"
                        dir="ltr"
                        required=true
                        autofocus=true
                    />
                }
            />
            <SubmitButton pending=action.pending()>{text!(i18n, hub.sign_in.submit)}</SubmitButton>
        </ActionForm>
        <BeginAgain look_again/>
    }
}

/// Asks for a passkey, where the password alone does not do.
#[component]
fn PasskeyStep(next: Signal<String>, look_again: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let possible = passkey::possible();
    view! {
        <h1>{text!(i18n, hub.sign_in.passkey_title)}</h1>
        <p class="lead">{text!(i18n, hub.sign_in.passkey_lead)}</p>
        <Show when=move || possible.get() fallback=move || view! { <p>{text!(i18n, hub.passkey.unavailable)}</p> }>
            <div class="form"><ByPasskey next emphasis=Emphasis::Primary/></div>
        </Show>
        <BeginAgain look_again/>
    }
}

/// Back to address and password.
#[component]
fn BeginAgain(look_again: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let leave = ServerAction::<SignOut>::new();
    Effect::new(move || {
        if matches!(leave.value().get(), Some(Ok(()))) {
            look_again.run(());
        }
    });
    view! {
        <ActionForm action=leave attr:class="form">
            <button type="submit" class=Emphasis::Quiet.class()>
                {text!(i18n, hub.sign_in.begin_again)}
            </button>
        </ActionForm>
    }
}
