//! What stands in the mails to a template's users, and how often these are reminded.

use domain::{
    Fault,
    template::{LONGEST_SIGNATURE, Reminders},
};
use leptos::{ev, prelude::*};
use leptos_i18n::I18nContext;

use super::save::SaveFoot;
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        import_words,
        model::{TemplateDetail, TemplateId},
        request::Request,
    },
    i18n::*,
    problem::Problem,
    ui::{field::Field, focus::focus_on_what_is_refused, toast::Toasts, unsaved::AskBeforeLeaving},
};

/// The id of the place where a refusal is announced: the page has another form.
const PROBLEM: &str = "mails-problem";

/// Saves what stands in a template's mails and how users are reminded, unless somebody else was faster.
#[server(prefix = "/api", endpoint = "hub/save-mails", client = crate::hub::client::HubClient)]
pub async fn save_mails(
    template: TemplateId,
    version: i32,
    reply_to: String,
    signature: String,
    reminders: i32,
    reminder_days: i32,
) -> Result<TemplateDetail, Problem> {
    let (hub, administrator) = signed_in::<SaveMails>().await?;
    let reminders = Reminders { count: reminders, days: reminder_days };
    hub.save_mails(&administrator, template, version, &reply_to, &signature, reminders).await
}

/// The form.
#[component]
pub(super) fn Mails(
    /// The template as it is saved.
    template: TemplateDetail,
    /// The version that was read or saved last.
    version: RwSignal<i32>,
    /// Loads the template again.
    reload: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = Toasts::here();
    let reply_to = RwSignal::new(template.reply_to.clone());
    let signature = RwSignal::new(template.signature.clone());
    let count = RwSignal::new(template.reminders.count);
    let days = RwSignal::new(template.reminders.days);
    let saved = RwSignal::new(template);
    let request = Request::new();
    let unsaved = Memo::new(move |_| {
        saved.with(|saved| {
            saved.reply_to != *reply_to.read()
                || saved.signature != *signature.read()
                || saved.reminders != Reminders { count: count.get(), days: days.get() }
        })
    });
    // A field that cut what is pasted would save half a line without a word.
    let too_long = Signal::derive(move || {
        let is_too_long = signature.read().trim().chars().count() > LONGEST_SIGNATURE;
        is_too_long.then(|| import_words::in_words(i18n.get_locale(), None, Fault::InvalidParameterSize))
    });
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if too_long.with_untracked(Option::is_some) {
            return request_animation_frame(focus_on_what_is_refused);
        }
        let id = saved.with_untracked(|saved| saved.id);
        let (to, ending) = (reply_to.get_untracked(), signature.get_untracked());
        let call = save_mails(id, version.get_untracked(), to, ending, count.get_untracked(), days.get_untracked());
        request.send(call, move |template| {
            toasts.show(tu_string!(i18n, hub.mails.saved));
            _ = version.try_set(template.version);
            _ = reply_to.try_set(template.reply_to.clone());
            _ = signature.try_set(template.signature.clone());
            _ = saved.try_set(template);
        });
    };
    let is_of_reply_to = |problem: Problem| (problem.fault == Fault::InvalidAddress).then_some(PROBLEM);
    let refused_by = Signal::derive(move || request.problem().get().and_then(is_of_reply_to));
    view! {
        <section class="card" aria-labelledby="mails-title">
            <h2 id="mails-title">{text!(i18n, hub.mails.title)}</h2>
            <p class="lead">{text!(i18n, hub.mails.lead)}</p>
            // Until the page listens, the form sends nothing: as a GET it would put its fields into the address.
            <form class="form" method="dialog" on:submit=save novalidate data-saves="">
                <Field
                    name="reply_to"
                    label=text!(i18n, hub.mails.reply_to)
                    hint=text!(i18n, hub.mails.reply_to_hint)
                    refused_by
                    input=view! {
                        <{..}
                            type="email"
                            autocomplete="off"
                            spellcheck="false"
                            value=reply_to.get_untracked()
                            prop:value=reply_to
                            on:input=move |event| reply_to.set(event_target_value(&event))
                        />
                    }
                />
                <Field
                    name="signature"
                    label=text!(i18n, hub.mails.signature)
                    hint=text!(i18n, hub.mails.signature_hint)
                    error=too_long
                    input=view! {
                        <{..}
                            type="text"
                            autocomplete="off"
                            value=signature.get_untracked()
                            prop:value=signature
                            on:input=move |event| signature.set(event_target_value(&event))
                        />
                    }
                />
                <div class="field">
                    <label for="reminders">{text!(i18n, hub.mails.reminders)}</label>
                    <p class="field-hint" id="reminders-hint">{text!(i18n, hub.mails.reminders_hint)}</p>
                    <Number name="reminders" from=0 to=Reminders::MOST of=count described_by="reminders-hint"/>
                </div>
                <div class="field">
                    <label for="reminder_days">{text!(i18n, hub.mails.reminder_days)}</label>
                    <Number name="reminder_days" from=1 to=Reminders::LONGEST of=days/>
                </div>
                <SaveFoot request unsaved reload problem_id=PROBLEM>{text!(i18n, hub.mails.save)}</SaveFoot>
            </form>
            <AskBeforeLeaving unsaved/>
        </section>
    }
}

/// The same for whoever may not change it.
#[component]
pub(super) fn MailsShown(template: TemplateDetail) -> impl IntoView {
    let i18n = use_i18n();
    let TemplateDetail { reply_to, signature, reminders, .. } = template;
    view! {
        <section class="card" aria-labelledby="mails-title">
            <h2 id="mails-title">{text!(i18n, hub.mails.title)}</h2>
            <dl class="facts">
                <div>
                    <dt>{text!(i18n, hub.mails.reply_to)}</dt>
                    <dd class="id" translate="no">{reply_to}</dd>
                </div>
                <div>
                    <dt>{text!(i18n, hub.mails.signature)}</dt>
                    <dd>{signature}</dd>
                </div>
                <div>
                    <dt>{text!(i18n, hub.mails.reminders)}</dt>
                    <dd>{number(i18n, reminders.count)}</dd>
                </div>
                <div>
                    <dt>{text!(i18n, hub.mails.reminder_days)}</dt>
                    <dd>{reminders.days}</dd>
                </div>
            </dl>
        </section>
    }
}

/// A number out of a few.
#[component]
fn Number(
    /// The form field's name, and the element's id.
    name: &'static str,
    from: i32,
    to: i32,
    of: RwSignal<i32>,
    /// The id of what is said of it.
    #[prop(optional)]
    described_by: Option<&'static str>,
) -> impl IntoView {
    let i18n = use_i18n();
    let chosen = of.get_untracked();
    let options = (from..=to).map(|value| {
        view! { <option value=value.to_string() selected=value == chosen>{number(i18n, value)}</option> }
    });
    view! {
        <select
            class="input"
            id=name
            name=name
            aria-describedby=described_by
            on:change=move |event| of.set(event_target_value(&event).parse().unwrap_or(chosen))
        >
            {options.collect_view()}
        </select>
    }
}

fn number(i18n: I18nContext<Locale>, value: i32) -> impl Fn() -> String {
    move || if value == 0 { t_string!(i18n, hub.mails.none).to_owned() } else { value.to_string() }
}
