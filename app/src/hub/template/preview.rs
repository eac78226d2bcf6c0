//! How a template's portal and mail look: as they are saved, in the colour that is being chosen, in any language.

use domain::Accent;
use leptos::{prelude::*, task::spawn_local, web_sys::Element};

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        address,
        model::{MailPreview, TemplateDetail, TemplateId},
    },
    i18n::*,
    problem::Problem,
};

/// The mail that asks to prove an address, in a language, for a user who is made up.
#[server(prefix = "/api", endpoint = "hub/mail-preview", client = crate::hub::client::HubClient)]
pub async fn preview_mail(template: TemplateId, language: String) -> Result<MailPreview, Problem> {
    let (hub, administrator) = signed_in::<PreviewMail>().await?;
    hub.mail_preview(&administrator, template, &language).await
}

/// Both, in frames of their own. They are loaded when they are opened.
#[component]
pub(super) fn Preview(
    /// The template as it was read.
    template: TemplateDetail,
    /// The version that was read or saved last.
    version: RwSignal<i32>,
    /// What stands in the field of the colour.
    accent: RwSignal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let TemplateDetail { id, languages, mail_language, .. } = template;
    let open = RwSignal::new(false);
    let language = RwSignal::new(mail_language);
    // While something is typed that is no colour, the last one stays.
    let shown = Memo::new(move |before: Option<&String>| match accent.read().trim() {
        "" => String::new(),
        written => {
            Accent::parse(written).map_or_else(|_| before.cloned().unwrap_or_default(), |accent| accent.to_string())
        }
    });
    let choices = move || {
        let choice = |(tag, name): (String, String)| {
            let selected = tag == language.get_untracked();
            view! { <option value=tag.clone() lang=tag selected=selected>{name}</option> }
        };
        languages.clone().into_iter().map(choice).collect_view()
    };
    let frame =
        move |what| Signal::derive(move || address::preview(id, what, &language.read(), &shown.read(), version.get()));
    view! {
        <section class="card" aria-labelledby="preview-title">
            <h2 id="preview-title">{text!(i18n, hub.brand.preview)}</h2>
            <p class="lead">{text!(i18n, hub.brand.preview_lead)}</p>
            <details class="preview-shown" on:toggle=move |event| open.set(event_target::<Element>(&event).has_attribute("open"))>
                <summary>{text!(i18n, hub.brand.preview_show)}</summary>
                {move || open.get().then(|| view! {
                    <div class="field">
                        <label for="preview_language">{text!(i18n, hub.brand.preview_language)}</label>
                        <select
                            class="input"
                            id="preview_language"
                            on:change=move |event| language.set(event_target_value(&event))
                        >
                            {choices()}
                        </select>
                    </div>
                    <div class="previews">
                        <Framed title=Signal::derive(text!(i18n, hub.brand.preview_portal)) at=frame("portal")/>
                        <Framed title=Signal::derive(text!(i18n, hub.brand.preview_mail)) at=frame("mail")/>
                    </div>
                    <MailText id language version/>
                })}
            </details>
        </section>
    }
}

/// A page in a frame: it runs nothing, and leads nowhere.
#[component]
fn Framed(title: Signal<&'static str>, at: Signal<String>) -> impl IntoView {
    view! {
        <figure class="preview">
            <figcaption>{title}</figcaption>
            <iframe src=at title=title sandbox="allow-same-origin" inert></iframe>
        </figure>
    }
}

/// The mail as those read it who read plain text.
#[component]
fn MailText(id: TemplateId, language: RwSignal<String>, version: RwSignal<i32>) -> impl IntoView {
    let i18n = use_i18n();
    let mail = RwSignal::new(None);
    Effect::new(move || {
        version.track();
        let wanted = language.get();
        spawn_local(async move {
            let found = preview_mail(id, wanted.clone()).await;
            // Another language may be wanted by now, and the page be gone.
            if language.try_get_untracked() == Some(wanted) {
                _ = mail.try_set(found.ok());
            }
        });
    });
    let shown = move |mail: MailPreview| {
        view! {
            <h3>{text!(i18n, hub.brand.preview_text)}</h3>
            <div lang=mail.language dir=mail.direction>
                <p><strong>{mail.subject}</strong></p>
                <pre class="mail-preview">{mail.text}</pre>
            </div>
        }
    };
    move || mail.get().map(shown)
}
