//! Pausing, resuming, testing and removing a webhook.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        address::WEBHOOKS,
        confirmation::Confirmation,
        model::{Answer, Tested, WebhookId, WebhookRow},
        request::Request,
    },
    i18n::*,
    problem::Problem,
    ui::{button::Emphasis, fault, focus, toast::Toasts},
};

/// Has it told nothing until it is resumed.
#[server(prefix = "/api", endpoint = "hub/pause-webhook", client = crate::hub::client::HubClient)]
pub async fn pause_webhook(webhook: WebhookId) -> Result<WebhookRow, Problem> {
    let (hub, administrator) = signed_in::<PauseWebhook>().await?;
    hub.pause_webhook(&administrator, webhook).await
}

/// Has it told again.
#[server(prefix = "/api", endpoint = "hub/resume-webhook", client = crate::hub::client::HubClient)]
pub async fn resume_webhook(webhook: WebhookId) -> Result<WebhookRow, Problem> {
    let (hub, administrator) = signed_in::<ResumeWebhook>().await?;
    hub.resume_webhook(&administrator, webhook).await
}

/// Removes it.
#[server(prefix = "/api", endpoint = "hub/remove-webhook", client = crate::hub::client::HubClient)]
pub async fn remove_webhook(webhook: WebhookId) -> Result<(), Problem> {
    let (hub, administrator) = signed_in::<RemoveWebhook>().await?;
    hub.remove_webhook(&administrator, webhook).await
}

/// Sends it a test.
#[server(prefix = "/api", endpoint = "hub/test-webhook", client = crate::hub::client::HubClient)]
pub async fn test_webhook(webhook: WebhookId) -> Result<Tested, Problem> {
    let (hub, administrator) = signed_in::<TestWebhook>().await?;
    hub.test_webhook(&administrator, webhook).await
}

/// What is asked once more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Pause,
    Remove,
}

/// The buttons of its page.
#[component]
pub(super) fn Deeds(
    webhook: WebhookRow,
    /// Opens a dialog.
    dialog: RwSignal<Option<What>>,
    /// Loads the page again.
    reload: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let (id, silent) = (webhook.id, webhook.silent.is_some());
    let (toasts, testing, resuming) = (Toasts::here(), Request::new(), Request::new());
    let about = webhook.url.clone();
    let told = move |tested: Tested| {
        let Tested { taken, answer: Answer { status, problem }, took } = tested;
        match (status, problem) {
            (Some(status), _) if taken => {
                toasts.show_about(&about, tu_string!(i18n, hub.webhooks.test_taken, status, took).to_string());
            }
            (Some(status), None) => {
                toasts.warn_about(&about, tu_string!(i18n, hub.webhooks.test_refused, status).to_string());
            }
            (_, problem) => {
                let problem = problem.unwrap_or_default();
                toasts.warn_about(&about, tu_string!(i18n, hub.webhooks.test_failed, problem).to_string());
            }
        }
    };
    let test = move |_| testing.send(test_webhook(id), told.clone());
    let resume = move |_| {
        resuming.send(resume_webhook(id), move |_| {
            _ = reload.try_run(());
            focus::keep();
            toasts.show(tu_string!(i18n, hub.webhooks.resumed).to_string());
        });
    };
    // Buttons have no place of their own where a refusal could stand.
    Effect::new(move || {
        for request in [testing, resuming] {
            if let Some(problem) = request.problem().get() {
                toasts.warn_about("webhook", fault::cause(i18n.get_locale_untracked(), problem.fault));
            }
        }
    });
    let busy = move |request: Request| move || request.pending().get().then_some("true");
    view! {
        <p class="actions">
            <button type="button" class=Emphasis::Secondary.class() aria-busy=busy(testing) on:click=test>
                {text!(i18n, hub.webhooks.test)}
            </button>
            {match silent {
                true => view! {
                    <button type="button" class=Emphasis::Primary.class() aria-busy=busy(resuming) on:click=resume>
                        {text!(i18n, hub.webhooks.resume)}
                    </button>
                }
                .into_any(),
                false => view! {
                    <button type="button" class=Emphasis::Secondary.class() on:click=move |_| dialog.set(Some(What::Pause))>
                        {text!(i18n, hub.webhooks.pause)}
                    </button>
                }
                .into_any(),
            }}
            <button type="button" class=Emphasis::Danger.class() on:click=move |_| dialog.set(Some(What::Remove))>
                {text!(i18n, hub.webhooks.remove)}
            </button>
        </p>
    }
}

/// Asks once more before it is paused.
#[component]
pub(super) fn PauseDialog(id: WebhookId, reload: Callback<()>, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let done = move |_| {
        _ = reload.try_run(());
        tu_string!(i18n, hub.webhooks.pause_done).to_string()
    };
    view! {
        <Confirmation
            title=text!(i18n, hub.webhooks.pause_title)
            ask=move || pause_webhook(id)
            done
            problem_id="webhook-problem"
            submit=text!(i18n, hub.webhooks.pause_title)
            on_close
        >
            <p>{text!(i18n, hub.webhooks.pause_effect)}</p>
        </Confirmation>
    }
}

/// Asks once more before it is removed; then the list is what is left.
#[component]
pub(super) fn RemoveDialog(id: WebhookId, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let done = move |()| {
        navigate(WEBHOOKS, NavigateOptions { replace: true, ..NavigateOptions::default() });
        tu_string!(i18n, hub.webhooks.remove_done).to_string()
    };
    view! {
        <Confirmation
            title=text!(i18n, hub.webhooks.remove_title)
            ask=move || remove_webhook(id)
            done
            problem_id="webhook-problem"
            submit=text!(i18n, hub.webhooks.remove_title)
            emphasis=Emphasis::Danger
            on_close
        >
            <p>{text!(i18n, hub.webhooks.remove_effect)}</p>
        </Confirmation>
    }
}
