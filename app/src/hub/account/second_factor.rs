//! The second factor of whoever is signed in: set up, given new recovery codes, removed.

use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};

use super::recovery_codes::RecoveryCodes;
#[cfg(feature = "ssr")]
use crate::{
    hub::session::signed_in,
    visitor::{HUB_SESSION, visitor},
};
use crate::{
    hub::{
        allowed::CurrentAdministrator,
        dialog_form::DialogForm,
        model::{FactorSetUp, FactorState},
        request::Request,
        shown_once::SecretDialog,
    },
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        dialog::CloseDialog,
        field::Field,
        moment::Moment,
        notice::{Notice, Tone},
        qr_code::QrCode,
        toast::Toasts,
    },
};

/// The state of the caller's second factor.
#[server(prefix = "/api", endpoint = "hub/second-factor", client = crate::hub::client::HubClient)]
pub async fn get_second_factor() -> Result<FactorState, Problem> {
    let (hub, administrator) = signed_in::<GetSecondFactor>().await?;
    hub.second_factor(&administrator).await
}

/// Makes the secret of one, for whoever knows the password.
#[server(prefix = "/api", endpoint = "hub/begin-second-factor", client = crate::hub::client::HubClient)]
pub async fn begin_second_factor(password: String) -> Result<FactorSetUp, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<BeginSecondFactor>().await?;
    hub.begin_second_factor(&administrator, &visitor, &password).await
}

/// Lets it count, by its first code, and returns the recovery codes.
#[server(prefix = "/api", endpoint = "hub/confirm-second-factor", client = crate::hub::client::HubClient)]
pub async fn confirm_second_factor(code: String) -> Result<Vec<String>, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<ConfirmSecondFactor>().await?;
    hub.confirm_second_factor(&administrator, &visitor, &code).await
}

/// Makes new recovery codes, for whoever has the factor.
#[server(prefix = "/api", endpoint = "hub/renew-recovery-codes", client = crate::hub::client::HubClient)]
pub async fn renew_recovery_codes(code: String) -> Result<Vec<String>, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<RenewRecoveryCodes>().await?;
    hub.renew_recovery_codes(&administrator, &visitor, &code).await
}

/// Removes the factor, for whoever has it.
#[server(prefix = "/api", endpoint = "hub/remove-second-factor", client = crate::hub::client::HubClient)]
pub async fn remove_second_factor(code: String) -> Result<(), Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<RemoveSecondFactor>().await?;
    hub.remove_second_factor(&administrator, &visitor, &code).await
}

/// What is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    SetUp,
    Renew,
    Remove,
}

impl What {
    fn title(self, locale: Locale) -> &'static str {
        match self {
            Self::SetUp => td_string!(locale, hub.factor.set_up),
            Self::Renew => td_string!(locale, hub.factor.renew),
            Self::Remove => td_string!(locale, hub.factor.remove),
        }
    }
}

/// The second factor, and what can be done about it.
#[component]
pub(super) fn OwnFactor(
    /// Whether nothing else can be done without one.
    owed: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let state = Resource::new_blocking(|| (), |()| get_second_factor());
    let open = RwSignal::new(None::<What>);
    let me: CurrentAdministrator = expect_context();
    let reload = Callback::new(move |()| {
        state.refetch();
        me.refetch();
    });
    view! {
        <section class="card" aria-labelledby="factor-title">
            <h2 id="factor-title">{text!(i18n, hub.factor.title)}</h2>
            <p class="lead">{text!(i18n, hub.factor.lead)}</p>
            <Transition>
                {move || Suspend::new(async move {
                    state.await.ok().map(|state| view! { <FactorSection state owed open/> })
                })}
            </Transition>
        </section>
        {move || open.get().map(|what| view! { <FactorDialog what reload on_close=move || open.set(None)/> })}
    }
}

#[component]
fn FactorSection(state: FactorState, owed: bool, open: RwSignal<Option<What>>) -> impl IntoView {
    let i18n = use_i18n();
    let button = move |what: What, emphasis: Emphasis| {
        view! {
            <button type="button" class=emphasis.class() on:click=move |_| open.set(Some(what))>
                {move || what.title(i18n.get_locale())}
            </button>
        }
    };
    let notice = (owed && !matches!(state, FactorState::On { .. })).then(|| {
        view! {
            <Notice tone=Tone::Warning>
                <p class="notice-title">{text!(i18n, hub.factor.owed_title)}</p>
                <p>{text!(i18n, hub.factor.owed)}</p>
            </Notice>
        }
    });
    let standing = match state {
        FactorState::Unavailable => EitherOf3::A(view! { <p>{text!(i18n, hub.factor.unavailable)}</p> }),
        FactorState::Off => EitherOf3::B(view! {
            <p class="actions">{button(What::SetUp, Emphasis::Primary)}</p>
        }),
        FactorState::On { since, recovery_codes } => EitherOf3::C(view! {
            <dl class="facts">
                <div>
                    <dt>{text!(i18n, hub.factor.since)}</dt>
                    <dd><Moment at=since/></dd>
                </div>
                <div>
                    <dt>{text!(i18n, hub.factor.left)}</dt>
                    <dd>{recovery_codes}</dd>
                </div>
            </dl>
            <p class="actions">
                {button(What::Renew, Emphasis::Secondary)}
                {button(What::Remove, Emphasis::Danger)}
            </p>
        }),
    };
    view! {
        {notice}
        {standing}
    }
}

/// The dialog: what is asked, and then the recovery codes, which it holds until somebody has them.
#[component]
fn FactorDialog(what: What, reload: Callback<()>, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let codes = RwSignal::new(None::<Vec<String>>);
    let done = Callback::new(move |made: Vec<String>| {
        reload.run(());
        codes.set(Some(made));
    });
    view! {
        <SecretDialog
            title=Signal::derive(move || what.title(i18n.get_locale()))
            shown_title=text!(i18n, hub.factor.codes_title)
            secret=codes
            show=|codes| view! { <RecoveryCodes codes/> }.into_any()
            reminder=text!(i18n, hub.factor.reminder)
            done=text!(i18n, hub.factor.kept)
            on_close
        >
            {match what {
                What::SetUp => Either::Left(view! { <SetUp done/> }),
                _ => Either::Right(view! { <WithCode what done reload/> }),
            }}
        </SecretDialog>
    }
}

/// First the password, then the first code.
#[component]
fn SetUp(done: Callback<Vec<String>>) -> impl IntoView {
    let begun = RwSignal::new(None::<FactorSetUp>);
    move || match begun.get() {
        None => view! { <Begin begun/> }.into_any(),
        Some(made) => view! { <FirstCode made done/> }.into_any(),
    }
}

#[component]
fn Begin(begun: RwSignal<Option<FactorSetUp>>) -> impl IntoView {
    let i18n = use_i18n();
    let request = Request::new();
    let password = RwSignal::new(String::new());
    let send = move || {
        request.send(begin_second_factor(password.get_untracked()), move |made| _ = begun.try_set(Some(made)));
    };
    let refused_by = Signal::derive(move || request.problem().get().map(|_| PROBLEM));
    view! {
        <DialogForm request on_submit=send problem_id=PROBLEM submit=text!(i18n, hub.factor.go_on)>
            <p>{text!(i18n, hub.factor.effect)}</p>
            <Field
                name="factor_password"
                label=text!(i18n, hub.password)
                hint=text!(i18n, hub.factor.password_hint)
                refused_by
                input=view! {
                    <{..}
                        type="password"
                        autocomplete="current-password"
                        autofocus=true
                        on:input=move |event| password.set(event_target_value(&event))
                    />
                }
            />
        </DialogForm>
    }
}

#[component]
fn FirstCode(made: FactorSetUp, done: Callback<Vec<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let request = Request::new();
    let code = RwSignal::new(String::new());
    let send = move || {
        request.send(confirm_second_factor(code.get_untracked()), move |codes| _ = done.try_run(codes));
    };
    let FactorSetUp { key, url, drawing } = made;
    let label = tu_string!(i18n, hub.factor.qr).to_owned();
    view! {
        <DialogForm request on_submit=send problem_id=PROBLEM submit=text!(i18n, hub.factor.switch_on)>
            <div class="factor-scan">
                {drawing.map(|drawing| view! { <QrCode drawing label/> })}
                <div>
                    <p>{text!(i18n, hub.factor.scan)}</p>
                    <p>
                        {text!(i18n, hub.factor.key)} " " <code class="id" translate="no">{key}</code>
                    </p>
                    <p>
                        <a href=url rel="external">{text!(i18n, hub.factor.on_this_device)}</a>
                    </p>
                </div>
            </div>
            <CodeField label=text!(i18n, hub.factor.code) code request/>
        </DialogForm>
    }
}

/// What only whoever has the factor may do.
#[component]
fn WithCode(what: What, done: Callback<Vec<String>>, reload: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, toasts, request) = (CloseDialog::here(), Toasts::here(), Request::new());
    let code = RwSignal::new(String::new());
    let send = move || {
        let code = code.get_untracked();
        match what {
            What::Remove => request.send(remove_second_factor(code), move |()| {
                _ = reload.try_run(());
                dialog.close();
                toasts.show(tu_string!(i18n, hub.factor.removed));
            }),
            _ => request.send(renew_recovery_codes(code), move |codes| _ = done.try_run(codes)),
        }
    };
    let effect = move || match what {
        What::Remove => t_string!(i18n, hub.factor.remove_effect),
        _ => t_string!(i18n, hub.factor.renew_effect),
    };
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id=PROBLEM
            submit=move || what.title(i18n.get_locale())
            emphasis=if what == What::Remove { Emphasis::Danger } else { Emphasis::Primary }
        >
            <p>{effect}</p>
            <CodeField label=text!(i18n, hub.factor.either_code) code request/>
        </DialogForm>
    }
}

#[component]
fn CodeField(#[prop(into)] label: Signal<&'static str>, code: RwSignal<String>, request: Request) -> impl IntoView {
    let refused_by = Signal::derive(move || request.problem().get().map(|_| PROBLEM));
    view! {
        <Field
            name="factor_code"
            label=move || label.get()
            refused_by
            input=view! {
                <{..}
                    autocomplete="one-time-code"
                    autocapitalize="none"
                    spellcheck="false"
                    dir="ltr"
                    autofocus=true
                    on:input=move |event| code.set(event_target_value(&event))
                />
            }
        />
    }
}

/// The id of the place where a refusal is announced.
const PROBLEM: &str = "factor-problem";
