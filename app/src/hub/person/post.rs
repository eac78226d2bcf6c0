//! What somebody is, and for which customers: the fields, and the dialog that changes it.

use domain::Role;
use leptos::{html, prelude::*};

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        dialog_form::DialogForm,
        model::{Person, PersonId, Post},
        request::Request,
        text::role_text,
    },
    i18n::*,
    problem::Problem,
    ui::{
        dialog::{CloseDialog, Dialog},
        text_area::TextArea,
        toast::Toasts,
    },
};

/// The id of the field of customers.
const CUSTOMERS: &str = "person-customers";

/// Makes somebody something else.
#[server(prefix = "/api", endpoint = "hub/change-person", client = crate::hub::client::HubClient)]
pub async fn change_person(person: PersonId, post: Post) -> Result<(), Problem> {
    let (hub, administrator) = signed_in::<ChangePerson>().await?;
    hub.change_person(&administrator, person, post).await
}

/// The fields while they are filled in.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    role: RwSignal<Role>,
    assigned: RwSignal<bool>,
    customers: NodeRef<html::Textarea>,
    before: StoredValue<String>,
}

impl Draft {
    pub(super) fn of(post: &Post) -> Self {
        Self {
            role: RwSignal::new(post.role),
            assigned: RwSignal::new(post.assigned_only),
            customers: NodeRef::new(),
            before: StoredValue::new(post.customers.clone()),
        }
    }

    /// What is filled in.
    pub(super) fn post(self) -> Post {
        let role = self.role.get_untracked();
        let assigned_only = role.is_of_one_customer() || role.can_be_assigned() && self.assigned.get_untracked();
        let typed = self.customers.get_untracked().map(|field| field.value()).unwrap_or_default();
        Post { role, assigned_only, customers: typed }
    }
}

/// The fields.
#[component]
pub(super) fn PostFields(draft: Draft) -> impl IntoView {
    let i18n = use_i18n();
    let can_be_assigned = move || draft.role.get().can_be_assigned();
    // Whoever is of one customer has no choice.
    let one = move || draft.role.get().is_of_one_customer();
    view! {
        <fieldset class="choices">
            <legend>{text!(i18n, hub.people.role)}</legend>
            {Role::ALL.map(|role| view! { <RoleChoice role chosen=draft.role/> })}
        </fieldset>
        <Show when=can_be_assigned>
            <fieldset class="choices choices-short" hidden=one>
                <legend>{text!(i18n, hub.people.customers)}</legend>
                <label class="choice">
                    <input
                        type="radio"
                        name="assigned"
                        checked=!draft.assigned.get_untracked()
                        on:change=move |_| draft.assigned.set(false)
                    />
                    {text!(i18n, hub.people.every_customer)}
                </label>
                <label class="choice">
                    <input
                        type="radio"
                        name="assigned"
                        checked=draft.assigned.get_untracked()
                        on:change=move |_| draft.assigned.set(true)
                    />
                    {text!(i18n, hub.people.these_customers)}
                </label>
            </fieldset>
            <Show when=move || draft.assigned.get() || one()>
                <div class="field">
                    <label for=CUSTOMERS>{text!(i18n, hub.people.enterprise_ids)}</label>
                    <p class="field-hint" id="person-customers-hint">{text!(i18n, hub.people.enterprise_ids_hint)}</p>
                    <TextArea
                        text=draft.before.get_value()
                        node_ref=draft.customers
                        {..}
                        id=CUSTOMERS
                        rows="4"
                        aria-describedby="person-customers-hint"
                        spellcheck="false"
                        translate="no"
                    />
                </div>
            </Show>
        </Show>
    }
}

#[component]
fn RoleChoice(role: Role, chosen: RwSignal<Role>) -> impl IntoView {
    let i18n = use_i18n();
    let (id, hint_id) = (format!("role-{}", role.as_str()), format!("role-{}-hint", role.as_str()));
    view! {
        <div class="choice">
            <input
                type="radio"
                name="role"
                id=id.clone()
                aria-describedby=hint_id.clone()
                checked=chosen.get_untracked() == role
                on:change=move |_| chosen.set(role)
            />
            <label for=id>{move || role_text(i18n.get_locale(), role)}</label>
            <p class="field-hint" id=hint_id>{move || hint(i18n.get_locale(), role)}</p>
        </div>
    }
}

fn hint(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::FullAdministrator => td_string!(locale, hub.people.full_administrator_hint),
        Role::Administrator => td_string!(locale, hub.people.administrator_hint),
        Role::ReadOnly => td_string!(locale, hub.people.read_only_hint),
        Role::HelpDesk => td_string!(locale, hub.people.help_desk_hint),
        Role::CustomerAdministrator => td_string!(locale, hub.people.customer_administrator_hint),
    }
}

/// The dialog.
#[component]
pub(in crate::hub) fn ChangePost(person: Person, reload: Callback<()>, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog title=text!(i18n, hub.people.change) on_close>
            <Form person reload/>
        </Dialog>
    }
}

#[component]
fn Form(person: Person, reload: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, toasts, request) = (CloseDialog::here(), Toasts::here(), Request::new());
    let draft = Draft::of(&person.post);
    let Person { id, email, .. } = person;
    let named = email.clone();
    let send = move || {
        let email = email.clone();
        request.send(change_person(id, draft.post()), move |()| {
            dialog.close();
            _ = reload.try_run(());
            toasts.show(tu_string!(i18n, hub.people.changed, person = email.as_str()));
        });
    };
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id="person-problem"
            submit=text!(i18n, hub.save)
        >
            <p>
                <strong class="name" translate="no">{named}</strong>
            </p>
            <PostFields draft/>
            <p class="lead">{text!(i18n, hub.people.change_effect)}</p>
        </DialogForm>
    }
}
