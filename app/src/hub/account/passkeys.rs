//! The passkeys of whoever is signed in: added, named, removed.

use domain::limit;
use leptos::{either::Either, prelude::*};

#[cfg(feature = "ssr")]
use crate::{
    hub::session::signed_in,
    visitor::{HUB_SESSION, visitor},
};
use crate::{
    hub::{
        confirmation::Confirmation,
        dialog_form::DialogForm,
        model::{PasskeyAnswer, PasskeyId, PasskeyQuestion, PasskeyRow, Passkeys},
        passkey,
        request::Request,
    },
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        dialog::{CloseDialog, Dialog},
        field::Field,
        focus::focus,
        moment::Moment,
        table::{Cell, Table},
        toast::Toasts,
    },
};

/// The id of the place where a refusal is announced.
const PROBLEM: &str = "passkey-problem";
/// The id of the field for the name.
const NAME: &str = "passkey_name";

/// Those of the caller.
#[server(prefix = "/api", endpoint = "hub/passkeys", client = crate::hub::client::HubClient)]
pub async fn list_passkeys() -> Result<Passkeys, Problem> {
    let (hub, administrator) = signed_in::<ListPasskeys>().await?;
    hub.passkeys(&administrator).await
}

/// What the browser is asked that is to make one.
#[server(prefix = "/api", endpoint = "hub/begin-passkey", client = crate::hub::client::HubClient)]
pub async fn begin_passkey() -> Result<PasskeyQuestion, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<BeginPasskey>().await?;
    hub.begin_passkey(&administrator, &visitor).await
}

/// Adds the one that it has made.
#[server(prefix = "/api", endpoint = "hub/add-passkey", client = crate::hub::client::HubClient)]
pub async fn add_passkey(answer: PasskeyAnswer, name: String) -> Result<Passkeys, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<AddPasskey>().await?;
    hub.add_passkey(&administrator, &visitor, &answer, &name).await
}

/// Gives one another name.
#[server(prefix = "/api", endpoint = "hub/rename-passkey", client = crate::hub::client::HubClient)]
pub async fn rename_passkey(id: PasskeyId, name: String) -> Result<Passkeys, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<RenamePasskey>().await?;
    hub.rename_passkey(&administrator, &visitor, id, &name).await
}

/// Removes one.
#[server(prefix = "/api", endpoint = "hub/remove-passkey", client = crate::hub::client::HubClient)]
pub async fn remove_passkey(id: PasskeyId) -> Result<Passkeys, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<RemovePasskey>().await?;
    hub.remove_passkey(&administrator, &visitor, id).await
}

/// Which dialog is open.
#[derive(Clone)]
enum Open {
    Add,
    Rename(PasskeyRow),
    Remove(PasskeyRow),
}

/// The passkeys. Whatever has become of them, `changed` is told how many there are.
#[component]
pub(super) fn OwnPasskeys(changed: Callback<usize>) -> impl IntoView {
    let i18n = use_i18n();
    let state = Resource::new_blocking(|| (), |()| list_passkeys());
    let open = RwSignal::new(None::<Open>);
    view! {
        <section class="card" aria-labelledby="passkeys-title">
            <h2 id="passkeys-title" tabindex="-1">{text!(i18n, hub.passkey.title)}</h2>
            <p class="lead">{text!(i18n, hub.passkey.lead)}</p>
            <Transition>
                {move || Suspend::new(async move {
                    state.await.ok().map(|found| view! { <Found found open/> })
                })}
            </Transition>
        </section>
        {move || open.get().map(|what| {
            let (on_close, found) = (move || open.set(None), state);
            let done = Callback::new(move |now: Passkeys| {
                let left = now.rows.len();
                found.set(Some(Ok(now)));
                changed.run(left);
            });
            match what {
                Open::Add => view! { <Add done on_close/> }.into_any(),
                Open::Rename(passkey) => view! { <Rename passkey done on_close/> }.into_any(),
                Open::Remove(passkey) => view! { <Remove passkey done on_close/> }.into_any(),
            }
        })}
    }
}

#[component]
fn Found(found: Passkeys, open: RwSignal<Option<Open>>) -> impl IntoView {
    let i18n = use_i18n();
    let possible = passkey::possible();
    let Passkeys { available, rows } = found;
    let full = rows.len() >= limit::PASSKEYS;
    view! {
        {(!rows.is_empty()).then(|| view! { <List rows open/> })}
        {move || match (available && possible.get(), full) {
            (false, _) => Either::Left(view! { <p>{text!(i18n, hub.passkey.unavailable)}</p> }),
            (true, true) => Either::Left(view! { <p>{text!(i18n, hub.passkey.full)}</p> }),
            (true, false) => Either::Right(view! {
                <p class="actions">
                    <button type="button" class=Emphasis::Primary.class() on:click=move |_| open.set(Some(Open::Add))>
                        {text!(i18n, hub.passkey.add)}
                    </button>
                </p>
            }),
        }}
    }
}

#[component]
fn List(rows: Vec<PasskeyRow>, open: RwSignal<Option<Open>>) -> impl IntoView {
    let i18n = use_i18n();
    let columns = vec![
        text!(i18n, hub.passkey.name).into_any(),
        text!(i18n, hub.passkey.added).into_any(),
        text!(i18n, hub.passkey.used).into_any(),
        view! { <span class="visually-hidden">{text!(i18n, hub.status.actions)}</span> }.into_any(),
    ];
    let row = move |passkey: PasskeyRow| {
        let (renamed, removed) = (passkey.clone(), passkey.clone());
        let PasskeyRow { name, added, used, .. } = passkey;
        let (of, gone) = (name.clone(), name.clone());
        view! {
            <tr role="row">
                <Cell label=text!(i18n, hub.passkey.name)><span class="name" translate="no">{name}</span></Cell>
                <Cell label=text!(i18n, hub.passkey.added)><Moment at=added/></Cell>
                <Cell label=text!(i18n, hub.passkey.used)>
                    {match used {
                        Some(at) => view! { <Moment at/> }.into_any(),
                        None => text!(i18n, hub.passkey.never).into_any(),
                    }}
                </Cell>
                <Cell label=text!(i18n, hub.status.actions)>
                    <button
                        type="button"
                        class=Emphasis::Secondary.class()
                        aria-label=move || format!("{}: {of}", t_string!(i18n, hub.passkey.rename))
                        on:click=move |_| open.set(Some(Open::Rename(renamed.clone())))
                    >
                        {text!(i18n, hub.passkey.rename)}
                    </button>
                    " "
                    <button
                        type="button"
                        class=Emphasis::Secondary.class()
                        aria-label=move || format!("{}: {gone}", t_string!(i18n, hub.passkey.remove))
                        on:click=move |_| open.set(Some(Open::Remove(removed.clone())))
                    >
                        {text!(i18n, hub.passkey.remove)}
                    </button>
                </Cell>
            </tr>
        }
    };
    view! {
        <Table label=text!(i18n, hub.passkey.title) columns>{rows.into_iter().map(row).collect_view()}</Table>
    }
}

#[component]
fn Add(done: Callback<Passkeys>, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let title = Signal::derive(move || t_string!(i18n, hub.passkey.add).to_owned());
    view! {
        <Dialog title on_close>
            <AddForm done/>
        </Dialog>
    }
}

#[component]
fn AddForm(done: Callback<Passkeys>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, toasts, request) = (CloseDialog::here(), Toasts::here(), Request::new());
    let name = Name::new(String::new());
    let send = move || {
        let Some(name) = name.chosen() else { return };
        let added = async move { add_passkey(passkey::make(begin_passkey().await?).await?, name).await };
        request.send(added, move |now| {
            _ = done.try_run(now);
            dialog.close();
            toasts.show(tu_string!(i18n, hub.passkey.done));
        });
    };
    view! {
        <DialogForm request on_submit=send problem_id=PROBLEM submit=text!(i18n, hub.passkey.go_on)>
            <p>{text!(i18n, hub.passkey.effect)}</p>
            <NameField name/>
        </DialogForm>
    }
}

#[component]
fn Rename(passkey: PasskeyRow, done: Callback<Passkeys>, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let title = Signal::derive(move || t_string!(i18n, hub.passkey.rename).to_owned());
    view! {
        <Dialog title on_close>
            <RenameForm passkey done/>
        </Dialog>
    }
}

#[component]
fn RenameForm(passkey: PasskeyRow, done: Callback<Passkeys>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, request, id) = (CloseDialog::here(), Request::new(), passkey.id);
    let name = Name::new(passkey.name);
    let send = move || {
        let Some(name) = name.chosen() else { return };
        request.send(rename_passkey(id, name), move |now| {
            _ = done.try_run(now);
            dialog.close();
        });
    };
    view! {
        <DialogForm request on_submit=send problem_id=PROBLEM submit=text!(i18n, hub.save)>
            <NameField name/>
        </DialogForm>
    }
}

#[component]
fn Remove(passkey: PasskeyRow, done: Callback<Passkeys>, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let id = passkey.id;
    let removed = move |now: Passkeys| {
        _ = done.try_run(now);
        // The button that opened the dialog is gone with its row.
        focus(document().get_element_by_id("passkeys-title"));
        tu_string!(i18n, hub.passkey.removed).to_owned()
    };
    view! {
        <Confirmation
            title=Signal::derive(move || t_string!(i18n, hub.passkey.remove).to_owned())
            ask=move || remove_passkey(id)
            done=removed
            problem_id=PROBLEM
            submit=text!(i18n, hub.passkey.remove)
            emphasis=Emphasis::Danger
            on_close
        >
            <p><strong class="name" translate="no">{passkey.name}</strong></p>
            <p>{text!(i18n, hub.passkey.remove_effect)}</p>
        </Confirmation>
    }
}

/// What a passkey is to be called, as it is typed.
#[derive(Clone, Copy)]
struct Name {
    typed: RwSignal<String>,
    /// Nobody is told that something is missing before having been asked for it.
    asked: RwSignal<bool>,
}

impl Name {
    fn new(typed: String) -> Self {
        Self { typed: RwSignal::new(typed), asked: RwSignal::new(false) }
    }

    fn length(self) -> usize {
        self.typed.read().trim().chars().count()
    }

    /// The name, if it does; else the field has the focus.
    fn chosen(self) -> Option<String> {
        self.asked.set(true);
        let typed = self.typed.get_untracked();
        if (1..=limit::PASSKEY_NAME).contains(&typed.trim().chars().count()) {
            return Some(typed);
        }
        focus(document().get_element_by_id(NAME));
        None
    }
}

#[component]
fn NameField(name: Name) -> impl IntoView {
    let i18n = use_i18n();
    let error = Signal::derive(move || match name.length() {
        0 if name.asked.get() => Some(t_string!(i18n, hub.passkey.name_missing).to_owned()),
        0..=limit::PASSKEY_NAME => None,
        _ => Some(t_string!(i18n, hub.views.name_long).to_owned()),
    });
    view! {
        <Field
            name=NAME
            label=text!(i18n, hub.passkey.name)
            hint=text!(i18n, hub.passkey.name_hint)
            error
            input=view! {
                <{..}
                    type="text"
                    autocomplete="off"
                    autofocus=true
                    value=name.typed.get_untracked()
                    on:input=move |event| name.typed.set(event_target_value(&event))
                />
            }
        />
    }
}
