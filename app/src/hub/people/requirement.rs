//! Whether everybody who signs in has to have a second factor.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{allowed::CurrentAdministrator, confirmation::Confirmation, text::number_text},
    i18n::*,
    problem::Problem,
    ui::button::Emphasis,
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
    /// How many have none.
    without: usize,
    /// Reads the people anew: whoever owes a factor from now on is led to where it is set up.
    reload: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let me: CurrentAdministrator = expect_context();
    // Known: nobody else sees this, and it is made anew when it changes.
    let required = me.get_untracked().and_then(Result::ok).is_some_and(|me| me.factor_required);
    let asking = RwSignal::new(false);
    view! {
        <section class="card" aria-labelledby="requirement-title">
            <h2 id="requirement-title">{text!(i18n, hub.people.require_title)}</h2>
            <p class="lead">{move || standing(i18n.get_locale(), required)}</p>
            <p class="actions">
                <button type="button" class=Emphasis::Secondary.class() on:click=move |_| asking.set(true)>
                    {move || title(i18n.get_locale(), !required)}
                </button>
            </p>
        </section>
        {move || asking.get().then(|| view! {
            <Confirm wanted=!required without reload on_close=move || asking.set(false)/>
        })}
    }
}

#[component]
fn Confirm(wanted: bool, without: usize, reload: Callback<()>, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let me: CurrentAdministrator = expect_context();
    let done = move |()| {
        me.refetch();
        _ = reload.try_run(());
        standing(i18n.get_locale_untracked(), wanted).to_owned()
    };
    let effect = move || match wanted {
        true => {
            let number = number_text(i18n.get_locale(), u32::try_from(without).unwrap_or(u32::MAX));
            t_string!(i18n, hub.people.require_effect, number).to_string()
        }
        false => t_string!(i18n, hub.people.stop_effect).to_owned(),
    };
    view! {
        <Confirmation
            title=Signal::derive(move || title(i18n.get_locale(), wanted).to_owned())
            ask=move || require_factor(wanted)
            done
            problem_id="requirement-problem"
            submit=move || title(i18n.get_locale(), wanted)
            on_close
        >
            <p>{effect}</p>
        </Confirmation>
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
