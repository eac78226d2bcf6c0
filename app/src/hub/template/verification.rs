//! User Verification: who vouches for addresses, where the Share Link points, and whether users can self-provision.

use domain::template::{Misconfiguration, SelfProvisioning, UserVerification, misconfigurations};
use leptos::{ev, prelude::*};

use super::{new_link::NewShareLink, save::SaveFoot};
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        model::{TemplateDetail, TemplateId},
        request::Request,
        text::verification_text,
    },
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis, clipboard::CopyButton, field::Field, notice::Tone, toast::Toasts, unsaved::AskBeforeLeaving,
    },
};

/// Saves User Verification, unless somebody else was faster.
#[server(prefix = "/api", endpoint = "hub/save-user-verification", client = crate::hub::client::HubClient)]
pub async fn save_user_verification(
    template: TemplateId,
    version: i32,
    verification: UserVerification,
    share_link: String,
) -> Result<TemplateDetail, Problem> {
    let (hub, administrator) = signed_in::<SaveUserVerification>().await?;
    hub.save_user_verification(&administrator, template, version, verification, &share_link).await
}

/// The form, and beside it what it means for users while it is being filled in.
#[component]
pub(super) fn Verification(
    /// The template as it is saved.
    template: TemplateDetail,
    /// The version that was read or saved last.
    version: RwSignal<i32>,
    /// Loads the template again.
    reload: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = Toasts::here();
    let verification = RwSignal::new(template.verification);
    let share_link = RwSignal::new(template.share_link.clone());
    let self_activation = template.self_activation;
    let saved = RwSignal::new(template);
    let request = Request::new();
    let activation_link = Signal::derive(move || saved.with(|saved| saved.activation_link.clone()));
    let found = Memo::new(move |_| misconfigurations(verification.get(), &share_link.read(), &activation_link.read()));
    let standing = Memo::new(move |_| SelfProvisioning::of(verification.get(), self_activation, &found.read()));
    let unsaved = Memo::new(move |_| {
        saved.with(|saved| saved.verification != verification.get() || saved.share_link != *share_link.read())
    });
    let replacing = RwSignal::new(false);
    let show_saved = move |template: TemplateDetail| {
        _ = version.try_set(template.version);
        _ = share_link.try_set(template.share_link.clone());
        _ = saved.try_set(template);
    };
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let id = saved.with_untracked(|saved| saved.id);
        let call = save_user_verification(
            id,
            version.get_untracked(),
            verification.get_untracked(),
            share_link.get_untracked(),
        );
        request.send(call, move |template| {
            toasts.show(tu_string!(i18n, hub.verification.saved));
            show_saved(template);
        });
    };
    view! {
        <section class="card" aria-labelledby="verification-title">
            <h2 id="verification-title">{text!(i18n, hub.verification.title)}</h2>
            <p class="lead">{text!(i18n, hub.verification.lead)}</p>
            // Until the page listens, the form sends nothing: as a GET it would put its fields into the address.
            <form class="form" method="dialog" on:submit=save novalidate data-saves="">
                <div class="choices" role="radiogroup" aria-labelledby="verification-title">
                    <Choice value=UserVerification::Trusted selected=verification/>
                    <Choice value=UserVerification::Untrusted selected=verification/>
                </div>
                <Field
                    name="share_link"
                    label=text!(i18n, hub.verification.share_link)
                    hint=text!(i18n, hub.verification.share_link_hint)
                    input=view! {
                        <{..}
                            type="url"
                            autocomplete="off"
                            spellcheck="false"
                            value=share_link.get_untracked()
                            prop:value=share_link
                            on:input=move |event| share_link.set(event_target_value(&event))
                        />
                    }
                />
                <p class="actions">
                    <button
                        type="button"
                        class=Emphasis::Secondary.class()
                        on:click=move |_| share_link.set(activation_link.get_untracked())
                    >
                        {text!(i18n, hub.verification.fill_in)}
                    </button>
                    <CopyButton label=text!(i18n, hub.verification.copy_link) text=share_link/>
                    <button
                        type="button"
                        class=Emphasis::Secondary.class()
                        on:click=move |_| replacing.set(true)
                    >
                        {text!(i18n, hub.verification.replace)}
                    </button>
                </p>
                <Verdict standing found/>
                <SaveFoot request unsaved reload>{text!(i18n, hub.save)}</SaveFoot>
            </form>
            {move || replacing.get().then(|| view! {
                <NewShareLink
                    template=saved.with_untracked(|saved| saved.id)
                    version=version.get_untracked()
                    replaced=Callback::new(show_saved)
                    on_close=move || replacing.set(false)
                />
            })}
            <AskBeforeLeaving unsaved/>
        </section>
    }
}

/// The same for whoever may not change it.
#[component]
pub(super) fn VerificationShown(template: TemplateDetail) -> impl IntoView {
    let i18n = use_i18n();
    let TemplateDetail { verification, share_link, activation_link, self_activation, .. } = template;
    let found = Memo::new({
        let share_link = share_link.clone();
        move |_| misconfigurations(verification, &share_link, &activation_link)
    });
    let standing = Memo::new(move |_| SelfProvisioning::of(verification, self_activation, &found.read()));
    view! {
        <section class="card" aria-labelledby="verification-title">
            <h2 id="verification-title">{text!(i18n, hub.verification.title)}</h2>
            <p class="lead">{text!(i18n, hub.verification.lead)}</p>
            <dl class="facts">
                <div class="facts-wide">
                    <dt>{text!(i18n, hub.verification.title)}</dt>
                    <dd>{move || verification_text(i18n.get_locale(), verification)}</dd>
                </div>
                <div class="facts-wide">
                    <dt>{text!(i18n, hub.verification.share_link)}</dt>
                    <dd class="id" translate="no">{share_link.clone()}</dd>
                    <dd>
                        <CopyButton
                            label=text!(i18n, hub.verification.copy_link)
                            text=Signal::stored(share_link)
                        />
                    </dd>
                </div>
            </dl>
            <Verdict standing found/>
        </section>
    }
}

#[component]
fn Choice(value: UserVerification, selected: RwSignal<UserVerification>) -> impl IntoView {
    let i18n = use_i18n();
    let hint = move || match value {
        UserVerification::Trusted => t_string!(i18n, hub.verification.trusted_hint),
        UserVerification::Untrusted => t_string!(i18n, hub.verification.untrusted_hint),
    };
    let hint_id = format!("{}-hint", value.as_str());
    view! {
        <div class="choice">
            <input
                type="radio"
                name="verification"
                id=value.as_str()
                value=value.as_str()
                checked=selected.get_untracked() == value
                prop:checked=move || selected.get() == value
                aria-describedby=hint_id.clone()
                on:change=move |_| selected.set(value)
            />
            <label for=value.as_str()>{move || verification_text(i18n.get_locale(), value)}</label>
            <p class="field-hint" id=hint_id>{hint}</p>
        </div>
    }
}

/// Whether users can self-provision, and if not though they should, everything that is wrong and how to fix it.
#[component]
fn Verdict(standing: Memo<SelfProvisioning>, found: Memo<Vec<Misconfiguration>>) -> impl IntoView {
    let i18n = use_i18n();
    let findings = move || {
        let locale = i18n.get_locale();
        let finding = |found| view! { <li>{cause(locale, found)} " " <strong>{remedy(locale, found)}</strong></li> };
        view! { <ul>{found.get().into_iter().map(finding).collect_view()}</ul> }
    };
    let verdict = move || match standing.get() {
        SelfProvisioning::Possible => view! {
            <p class="notice-title">{text!(i18n, hub.verification.possible)}</p>
            <p>{text!(i18n, hub.verification.possible_hint)}</p>
        }
        .into_any(),
        SelfProvisioning::NotNeeded => view! {
            <p class="notice-title">{text!(i18n, hub.verification.not_needed)}</p>
            <p>{text!(i18n, hub.verification.not_needed_hint)}</p>
        }
        .into_any(),
        SelfProvisioning::Broken => view! {
            <p class="notice-title">{text!(i18n, hub.verification.broken)}</p>
            <p>{text!(i18n, hub.verification.broken_hint)}</p>
            {findings}
        }
        .into_any(),
    };
    let tone = move || match standing.get() {
        SelfProvisioning::Possible => Tone::Success.class(),
        SelfProvisioning::NotNeeded => Tone::Info.class(),
        SelfProvisioning::Broken => Tone::Warning.class(),
    };
    view! {
        <div role="status" class=tone>
            {verdict}
        </div>
    }
}

fn cause(locale: Locale, misconfiguration: Misconfiguration) -> &'static str {
    match misconfiguration {
        Misconfiguration::UntrustedEmailsNotSelected => td_string!(locale, hub.verification.not_selected),
        Misconfiguration::ShareLinkMissing => td_string!(locale, hub.verification.missing),
        Misconfiguration::ShareLinkNotALink => td_string!(locale, hub.verification.not_a_link),
        Misconfiguration::ShareLinkElsewhere => td_string!(locale, hub.verification.elsewhere),
    }
}

fn remedy(locale: Locale, misconfiguration: Misconfiguration) -> &'static str {
    match misconfiguration {
        Misconfiguration::UntrustedEmailsNotSelected => td_string!(locale, hub.verification.not_selected_remedy),
        Misconfiguration::ShareLinkMissing => td_string!(locale, hub.verification.missing_remedy),
        Misconfiguration::ShareLinkNotALink => td_string!(locale, hub.verification.not_a_link_remedy),
        Misconfiguration::ShareLinkElsewhere => td_string!(locale, hub.verification.elsewhere_remedy),
    }
}
