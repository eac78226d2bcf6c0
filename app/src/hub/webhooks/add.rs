//! Adding a webhook, and showing its secret this once.

use domain::{Fault, Status, webhook::Event};
use leptos::{ev, prelude::*};

use super::event_text;
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        dialog_form::DialogForm,
        model::NewWebhook,
        request::Request,
        shown_once::{SecretDialog, ShownOnce},
    },
    i18n::*,
    problem::Problem,
    ui::{field::Field, focus::focus},
};

/// The ids of the fields that may be found missing, and of the place where a refusal is announced.
const ADDRESS: &str = "webhook_address";
const EVENTS_ERROR: &str = "webhook-events-error";
const PROBLEM: &str = "webhook-problem";

/// What most want to be told of.
const USUAL: [Event; 3] = [Event::Status(Status::Provisioned), Event::Status(Status::Error), Event::Removed];

/// Adds a webhook and returns its secret, too.
#[server(prefix = "/api", endpoint = "hub/add-webhook", client = crate::hub::client::HubClient)]
pub async fn add_webhook(url: String, #[server(default)] events: Vec<Event>) -> Result<NewWebhook, Problem> {
    let (hub, administrator) = signed_in::<AddWebhook>().await?;
    hub.add_webhook(&administrator, &url, &events).await
}

/// The dialog: first the form, then the secret.
#[component]
pub(super) fn AddDialog(
    /// Loads the list again.
    reload: Callback<()>,
    on_close: impl Fn() + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let secret = RwSignal::new(None::<String>);
    let done = Callback::new(move |added: NewWebhook| {
        secret.set(Some(added.secret));
        reload.run(());
    });
    let show = move |secret| {
        view! {
            <ShownOnce
                secret
                label=text!(i18n, hub.webhooks.secret)
                copy=text!(i18n, hub.webhooks.copy_secret)
                lead=text!(i18n, hub.webhooks.shown_once)
                hint=text!(i18n, hub.webhooks.shown_once_hint)
            />
        }
        .into_any()
    };
    view! {
        <SecretDialog
            title=text!(i18n, hub.webhooks.add)
            shown_title=text!(i18n, hub.webhooks.added_title)
            secret
            show
            reminder=text!(i18n, hub.webhooks.reminder)
            done=text!(i18n, hub.tokens.done)
            on_close
        >
            <Form done/>
        </SecretDialog>
    }
}

#[component]
fn Form(done: Callback<NewWebhook>) -> impl IntoView {
    let i18n = use_i18n();
    let request = Request::new();
    let url = RwSignal::new(String::new());
    let events = RwSignal::new(USUAL.to_vec());
    // Nobody is told that something is missing before having been asked for it.
    let asked = RwSignal::new(false);
    let missing = Signal::derive(move || {
        let missing = asked.get() && url.read().trim().is_empty();
        missing.then(|| t_string!(i18n, hub.webhooks.address_missing).to_owned())
    });
    let none_chosen = Memo::new(move |_| asked.get() && events.read().is_empty());
    let is_of_address = |problem: Problem| {
        matches!(problem.fault, Fault::WebhookAddressRefused | Fault::WebhookHostUnlisted).then_some(PROBLEM)
    };
    let refused_by = Signal::derive(move || request.problem().get().and_then(is_of_address));
    let send = move || {
        asked.set(true);
        if missing.read_untracked().is_some() {
            return focus(document().get_element_by_id(ADDRESS));
        }
        if events.read_untracked().is_empty() {
            return focus(Event::all().next().and_then(|first| document().get_element_by_id(&id(first))));
        }
        let call = add_webhook(url.get_untracked(), events.get_untracked());
        request.send(call, move |added| _ = done.try_run(added));
    };
    view! {
        <DialogForm request on_submit=send problem_id=PROBLEM submit=text!(i18n, hub.webhooks.add)>
            <Field
                name=ADDRESS
                label=text!(i18n, hub.webhooks.address)
                hint=text!(i18n, hub.webhooks.address_hint)
                error=missing
                refused_by
                input=view! {
                    <{..}
                        type="url"
                        autocomplete="off"
                        spellcheck="false"
                        autofocus=true
                        on:input=move |event| url.set(event_target_value(&event))
                    />
                }
            />
            <fieldset class="choices choices-short" aria-describedby=EVENTS_ERROR>
                <legend>{text!(i18n, hub.webhooks.told)}</legend>
                {Event::all().map(|event| view! { <Choice event chosen=events/> }).collect_view()}
                <p class="field-error" id=EVENTS_ERROR aria-live="polite">
                    {move || none_chosen.get().then_some(text!(i18n, hub.webhooks.told_missing))}
                </p>
            </fieldset>
        </DialogForm>
    }
}

/// The id of an event's checkbox.
fn id(event: Event) -> String {
    format!("event-{}", event.name().replace(['.', '_'], "-"))
}

#[component]
fn Choice(event: Event, chosen: RwSignal<Vec<Event>>) -> impl IntoView {
    let i18n = use_i18n();
    let id = id(event);
    let choose = move |change: ev::Event| {
        let wanted = event_target_checked(&change);
        chosen.update(|chosen| {
            chosen.retain(|other| *other != event);
            chosen.extend(wanted.then_some(event));
        });
    };
    view! {
        <div class="choice">
            <input
                type="checkbox"
                id=id.clone()
                checked=chosen.read_untracked().contains(&event)
                on:change=choose
            />
            <label for=id>{move || event_text(i18n.get_locale(), event)}</label>
        </div>
    }
}
