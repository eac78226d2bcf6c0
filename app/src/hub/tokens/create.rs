//! Creating an API token, and showing it this once.

use domain::{Permission, Permissions, limit};
use leptos::{either::Either, ev, prelude::*};

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        dialog_form::DialogForm,
        model::TokenLifetime,
        request::Request,
        shown_once::{SecretDialog, ShownOnce},
        text::scope_text,
    },
    i18n::*,
    problem::Problem,
    ui::{field::Field, focus::focus},
};

/// The ids of the fields that may be found missing.
const NAME: &str = "token_name";
const FIRST_SCOPE: &str = "scope-read";

/// Creates a token and returns it.
#[server(prefix = "/api", endpoint = "hub/create-token", client = crate::hub::client::HubClient)]
pub async fn create_token(
    name: String,
    permissions: Vec<Permission>,
    lifetime: TokenLifetime,
) -> Result<String, Problem> {
    let (hub, administrator) = signed_in::<CreateToken>().await?;
    hub.create_token(&administrator, &name, &permissions, lifetime).await
}

/// The dialog: first the form, then the token.
#[component]
pub(super) fn CreateToken(
    /// Loads the list again.
    reload: Callback<()>,
    on_close: impl Fn() + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let created = RwSignal::new(None::<String>);
    let done = Callback::new(move |token| {
        created.set(Some(token));
        reload.run(());
    });
    let show = move |secret| {
        view! {
            <ShownOnce
                secret
                label=text!(i18n, hub.tokens.token)
                copy=text!(i18n, hub.tokens.copy_token)
                lead=text!(i18n, hub.tokens.shown_once)
                hint=text!(i18n, hub.tokens.shown_once_hint)
            />
        }
        .into_any()
    };
    view! {
        <SecretDialog
            title=text!(i18n, hub.tokens.create)
            shown_title=text!(i18n, hub.tokens.created_title)
            secret=created
            show
            reminder=text!(i18n, hub.tokens.reminder)
            done=text!(i18n, hub.tokens.done)
            on_close
        >
            <Form done/>
        </SecretDialog>
    }
}

#[component]
fn Form(done: Callback<String>) -> impl IntoView {
    let i18n = use_i18n();
    let request = Request::new();
    let name = RwSignal::new(String::new());
    let scopes = RwSignal::new(vec![Permission::UsersRead]);
    let lifetime = RwSignal::new(TokenLifetime::Days(90));
    // Nobody is told that something is missing before having been asked for it.
    let asked = RwSignal::new(false);
    let name_error = Signal::derive(move || {
        let length = name.read().trim().chars().count();
        match length {
            0 if asked.get() => Some(t_string!(i18n, hub.tokens.name_missing).to_owned()),
            0..=limit::TOKEN_NAME => None,
            _ => Some(t_string!(i18n, hub.tokens.name_long).to_owned()),
        }
    });
    let scopes_missing = Memo::new(move |_| asked.get() && scopes.read().is_empty());
    let send = move || {
        asked.set(true);
        // The dialog is longer than a phone's screen: whoever pressed its button has to see what is missing.
        if name_error.read_untracked().is_some() {
            return focus(document().get_element_by_id(NAME));
        }
        if scopes.read_untracked().is_empty() {
            return focus(document().get_element_by_id(FIRST_SCOPE));
        }
        let call = create_token(name.get_untracked(), scopes.get_untracked(), lifetime.get_untracked());
        request.send(call, move |token| _ = done.try_run(token));
    };
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id="create-problem"
            submit=text!(i18n, hub.tokens.create)
        >
            <Field
                name=NAME
                label=text!(i18n, hub.tokens.name)
                hint=text!(i18n, hub.tokens.name_hint)
                error=name_error
                input=view! {
                    <{..}
                        type="text"
                        autocomplete="off"
                        autofocus=true
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                }
            />
            <fieldset class="choices" aria-describedby="scopes-error">
                <legend>{text!(i18n, hub.tokens.scopes)}</legend>
                {Permissions::TOKEN.iter().map(|scope| view! { <Scope scope selected=scopes/> }).collect_view()}
                <p class="field-error" id="scopes-error" aria-live="polite">
                    {move || scopes_missing.get().then_some(text!(i18n, hub.tokens.scopes_missing))}
                </p>
            </fieldset>
            <fieldset class="choices choices-short">
                <legend>{text!(i18n, hub.tokens.expiry)}</legend>
                {TokenLifetime::OFFERED.map(|offered| view! { <Lifetime offered selected=lifetime/> })}
            </fieldset>
        </DialogForm>
    }
}

/// The checkbox of a permission, if a token can have it.
#[component]
fn Scope(scope: Permission, selected: RwSignal<Vec<Permission>>) -> impl IntoView {
    let i18n = use_i18n();
    let (id, hint_id) = match scope {
        Permission::UsersRead => (FIRST_SCOPE, "scope-read-hint"),
        Permission::UsersWrite => ("scope-write", "scope-write-hint"),
        Permission::WorkspacesRead => ("scope-workspaces-read", "scope-workspaces-read-hint"),
        Permission::WorkspacesWrite => ("scope-workspaces-write", "scope-workspaces-write-hint"),
        Permission::BillingRead => ("scope-billing-read", "scope-billing-read-hint"),
        Permission::BillingWrite => ("scope-billing-write", "scope-billing-write-hint"),
        Permission::AuditRead => ("scope-audit-read", "scope-audit-read-hint"),
        _ => return None,
    };
    let hint = move || match scope {
        Permission::UsersRead => t_string!(i18n, hub.tokens.read_hint),
        Permission::UsersWrite => t_string!(i18n, hub.tokens.write_hint),
        Permission::WorkspacesRead => t_string!(i18n, hub.tokens.workspaces_read_hint),
        Permission::WorkspacesWrite => t_string!(i18n, hub.tokens.workspaces_write_hint),
        Permission::BillingRead => t_string!(i18n, hub.tokens.billing_read_hint),
        Permission::BillingWrite => t_string!(i18n, hub.tokens.billing_write_hint),
        Permission::AuditRead => t_string!(i18n, hub.tokens.audit_read_hint),
        _ => "",
    };
    let choose = move |event: ev::Event| {
        let chosen = event_target_checked(&event);
        selected.update(|selected| {
            selected.retain(|other| *other != scope);
            selected.extend(chosen.then_some(scope));
        });
    };
    Some(view! {
        <div class="choice">
            <input
                type="checkbox"
                id=id
                aria-describedby=hint_id
                checked=selected.read_untracked().contains(&scope)
                on:change=choose
            />
            <label for=id>{move || scope_text(i18n.get_locale(), scope)}</label>
            <p class="field-hint" id=hint_id>{hint}</p>
        </div>
    })
}

#[component]
fn Lifetime(offered: TokenLifetime, selected: RwSignal<TokenLifetime>) -> impl IntoView {
    let i18n = use_i18n();
    let text = move || match offered {
        TokenLifetime::Days(days) => Either::Left(t!(i18n, hub.tokens.days, days = move || days)),
        TokenLifetime::Unlimited => Either::Right(text!(i18n, hub.tokens.never)),
    };
    view! {
        <label class="choice">
            <input
                type="radio"
                name="lifetime"
                checked=selected.get_untracked() == offered
                on:change=move |_| selected.set(offered)
            />
            {text}
        </label>
    }
}
