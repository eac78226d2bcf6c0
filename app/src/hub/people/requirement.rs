//! Whether everybody who signs in has to have a second factor.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{allowed::WhoIsHere, dialog_form::DialogForm, request::Request, text::number_text},
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        dialog::{CloseDialog, Dialog},
        toast::Toasts,
    },
};

/// Asks everybody for a second factor, or leaves it to them again.
#[server(prefix = "/api", endpoint = "hub/require-factor", client = crate::hub::client::HubClient)]
pub async fn require_factor(required: bool) -> Result<(), Problem> {
    let (hub, administrator) = signed_in::<RequireFactor>().await?;
    hub.require_factor(&administrator, required).await
}

/// How it stands, and the button that changes it.
#[component]
pub(super) fn Requirement(
    /// Whether it is asked for.
    required: bool,
    /// How many have none.
    without: usize,
) -> impl IntoView {
    let i18n = use_i18n();
    let (required, asking) = (RwSignal::new(required), RwSignal::new(false));
    view! {
        <section class="card" aria-labelledby="requirement-title">
            <h2 id="requirement-title">{text!(i18n, hub.people.require_title)}</h2>
            <p class="lead">{move || standing(i18n.get_locale(), required.get())}</p>
            <p class="actions">
                <button type="button" class=Emphasis::Secondary.class() on:click=move |_| asking.set(true)>
                    {move || title(i18n.get_locale(), !required.get())}
                </button>
            </p>
        </section>
        {move || asking.get().then(|| view! {
            <Confirm required without on_close=move || asking.set(false)/>
        })}
    }
}

#[component]
fn Confirm(required: RwSignal<bool>, without: usize, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let wanted = !required.get_untracked();
    view! {
        <Dialog title=Signal::derive(move || title(i18n.get_locale(), wanted).to_owned()) on_close>
            <Confirmation required wanted without/>
        </Dialog>
    }
}

#[component]
fn Confirmation(required: RwSignal<bool>, wanted: bool, without: usize) -> impl IntoView {
    let i18n = use_i18n();
    let me: WhoIsHere = expect_context();
    let (dialog, toasts, request) = (CloseDialog::here(), Toasts::here(), Request::new());
    let send = move || {
        request.send(require_factor(wanted), move |()| {
            _ = required.try_set(wanted);
            me.refetch();
            dialog.close();
            toasts.show(standing(i18n.get_locale_untracked(), wanted));
        });
    };
    let effect = move || match wanted {
        true => {
            let number = number_text(i18n.get_locale(), u32::try_from(without).unwrap_or(u32::MAX));
            t_string!(i18n, hub.people.require_effect, number).to_string()
        }
        false => t_string!(i18n, hub.people.stop_effect).to_owned(),
    };
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id="requirement-problem"
            submit=move || title(i18n.get_locale(), wanted)
        >
            <p>{effect}</p>
        </DialogForm>
    }
}

fn standing(locale: Locale, required: bool) -> &'static str {
    match required {
        true => td_string!(locale, hub.people.require_on),
        false => td_string!(locale, hub.people.require_off),
    }
}

fn title(locale: Locale, wanted: bool) -> &'static str {
    match wanted {
        true => td_string!(locale, hub.people.require),
        false => td_string!(locale, hub.people.stop_requiring),
    }
}
