//! The brand of a template: its logo, and the colour of its buttons and links.

use domain::{Accent, Colour, Fault};
use leptos::{ev, prelude::*};

use super::save::SaveFoot;
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    frame::Picture,
    hub::{
        import_words,
        model::{LARGEST_PICTURE, TemplateDetail, TemplateId},
        refusal::Refusal,
        request::Request,
    },
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        chosen_file::ChosenFile,
        field::Field,
        file_field::FileField,
        focus::{self, focus_on_what_is_refused},
        toast::Toasts,
        unsaved::AskBeforeLeaving,
    },
};

/// The ids of the places where refusals are announced: the page has other forms.
const PROBLEM: &str = "accent-problem";
const LOGO_PROBLEM: &str = "logo-problem";

/// The id of the field in which a logo is chosen.
const LOGO_FIELD: &str = "logo_file";

/// Saves the colour of a template's buttons and links, unless somebody else was faster; an empty text for ours.
#[server(prefix = "/api", endpoint = "hub/save-accent", client = crate::hub::client::HubClient)]
pub async fn save_accent(template: TemplateId, version: i32, accent: String) -> Result<TemplateDetail, Problem> {
    let (hub, administrator) = signed_in::<SaveAccent>().await?;
    hub.save_accent(&administrator, template, version, &accent).await
}

/// Makes a template's logo of a picture (base64 for addresses), unless somebody else was faster.
#[server(prefix = "/api", endpoint = "hub/save-logo", client = crate::hub::client::HubClient)]
pub async fn save_logo(template: TemplateId, version: i32, picture: String) -> Result<TemplateDetail, Problem> {
    let (hub, administrator) = signed_in::<SaveLogo>().await?;
    hub.save_logo(&administrator, template, version, &picture).await
}

/// Takes a template's logo away, unless somebody else was faster.
#[server(prefix = "/api", endpoint = "hub/remove-logo", client = crate::hub::client::HubClient)]
pub async fn remove_logo(template: TemplateId, version: i32) -> Result<TemplateDetail, Problem> {
    let (hub, administrator) = signed_in::<RemoveLogo>().await?;
    hub.remove_logo(&administrator, template, version).await
}

/// The logo, and the form with the colour.
#[component]
pub(super) fn Brand(
    /// The template as it is saved.
    template: TemplateDetail,
    /// The version that was read or saved last.
    version: RwSignal<i32>,
    /// What stands in the field of the colour, for the preview.
    accent: RwSignal<String>,
    /// Loads the template again.
    reload: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = Toasts::here();
    let id = template.id;
    let saved = RwSignal::new(template.accent.clone());
    let request = Request::new();
    let unsaved = Memo::new(move |_| saved.get() != accent.read().trim());
    let fault = Memo::new(move |_| match accent.read().trim() {
        "" => None,
        written => Accent::parse(written).err(),
    });
    let error = Signal::derive(move || fault.get().map(|fault| import_words::in_words(i18n.get_locale(), None, fault)));
    // The nearest that can be read, where the colour cannot.
    let nearest = Memo::new(move |_| {
        let colour = Colour::parse(&accent.read()).filter(|_| fault.get() == Some(Fault::AccentTooPale))?;
        Some(Accent::nearest(colour).to_string())
    });
    let picked = move || Colour::parse(&accent.read()).unwrap_or(Colour::from(OURS)).to_string();
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if fault.get_untracked().is_some() {
            return request_animation_frame(focus_on_what_is_refused);
        }
        request.send(save_accent(id, version.get_untracked(), accent.get_untracked()), move |template| {
            toasts.show(tu_string!(i18n, hub.brand.accent_saved));
            _ = version.try_set(template.version);
            _ = accent.try_set(template.accent.clone());
            _ = saved.try_set(template.accent);
        });
    };
    view! {
        <section class="card" aria-labelledby="brand-title">
            <h2 id="brand-title">{text!(i18n, hub.brand.title)}</h2>
            <p class="lead">{text!(i18n, hub.brand.lead)}</p>
            <LogoField template version/>
            // Until the page listens, the form sends nothing: as a GET it would put its fields into the address.
            <form class="form" method="dialog" on:submit=save novalidate data-saves="">
                <Field
                    name="accent"
                    label=text!(i18n, hub.brand.accent)
                    hint=text!(i18n, hub.brand.accent_hint)
                    error
                    input=view! {
                        <{..}
                            type="text"
                            autocomplete="off"
                            spellcheck="false"
                            dir="ltr"
                            value=accent.get_untracked()
                            prop:value=accent
                            on:input=move |event| accent.set(event_target_value(&event))
                        />
                    }
                />
                {move || nearest.get().map(|nearest| {
                    let chosen = nearest.clone();
                    view! {
                        <p class="actions">
                            <button
                                type="button"
                                class=Emphasis::Secondary.class()
                                on:click=move |_| {
                                    accent.set(chosen.clone());
                                    // The button goes with what it was for.
                                    focus::focus(document().get_element_by_id("accent"));
                                }
                            >
                                {text!(i18n, hub.brand.use_nearest)} " " <bdi>{nearest}</bdi>
                            </button>
                        </p>
                    }
                })}
                <p class="swatch">
                    <label for="accent_picker">{text!(i18n, hub.brand.pick)}</label>
                    <input
                        id="accent_picker"
                        type="color"
                        prop:value=picked
                        on:input=move |event| accent.set(event_target_value(&event))
                    />
                </p>
                <SaveFoot request unsaved reload problem_id=PROBLEM>{text!(i18n, hub.brand.save_accent)}</SaveFoot>
            </form>
            <AskBeforeLeaving unsaved/>
        </section>
    }
}

/// The colour that the picker shows before one is chosen: Flowthrough's.
const OURS: [u8; 3] = [0x0b, 0x6b, 0x6b];

/// The logo as it is; a file that is chosen becomes it at once.
#[component]
fn LogoField(template: TemplateDetail, version: RwSignal<i32>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = Toasts::here();
    let (id, name) = (template.id, template.partner_admin);
    let logo = RwSignal::new(template.logo);
    let file = RwSignal::new(None);
    let request = Request::new();
    let show = move |template: TemplateDetail| {
        _ = version.try_set(template.version);
        _ = logo.try_set(template.logo);
        _ = file.try_set(None);
    };
    let send = move || {
        let Some(chosen) = ChosenFile::of(LOGO_FIELD) else { return };
        file.set(Some(chosen.name()));
        let sending = async move {
            if chosen.is_larger_than(LARGEST_PICTURE) {
                return Err(Fault::LogoTooLarge.into());
            }
            let picture = chosen.in_base64().await.ok_or(Fault::LogoUnreadable)?;
            save_logo(id, version.get_untracked(), picture).await
        };
        request.send(sending, move |template| {
            toasts.show(tu_string!(i18n, hub.brand.logo_saved));
            show(template);
            request_animation_frame(|| focus::focus(document().get_element_by_id(LOGO_FIELD)));
        });
    };
    let remove = move |_: ev::MouseEvent| {
        request.send(remove_logo(id, version.get_untracked()), move |template| {
            toasts.show(tu_string!(i18n, hub.brand.logo_removed));
            show(template);
            request_animation_frame(|| focus::focus(document().get_element_by_id(LOGO_FIELD)));
        });
    };
    let busy = request.pending();
    let shown = move |Picture { address, width, height }: Picture| {
        view! {
            <p class="brand-logo"><img src=address width=width height=height alt=name.clone()/></p>
            <p class="actions">
                <button type="button" class=Emphasis::Secondary.class() disabled=busy on:click=remove>
                    {text!(i18n, hub.brand.remove_logo)}
                </button>
            </p>
        }
    };
    view! {
        <div class="form">
            {move || logo.get().map(shown.clone())}
            <FileField
                name=LOGO_FIELD
                label=text!(i18n, hub.brand.logo)
                hint=text!(i18n, hub.brand.logo_hint)
                chosen=file
                input=view! {
                    <{..}
                        accept="image/png,image/jpeg,image/webp"
                        disabled=busy
                        on:click=move |_| ChosenFile::forget(LOGO_FIELD)
                        on:change=move |_| send()
                    />
                }
            />
            <p class="muted" role="status">{move || busy.get().then_some(text!(i18n, hub.brand.uploading))}</p>
            <Refusal request id=LOGO_PROBLEM/>
        </div>
    }
}

/// The same for whoever may not change it.
#[component]
pub(super) fn BrandShown(template: TemplateDetail) -> impl IntoView {
    let i18n = use_i18n();
    let TemplateDetail { accent, logo, partner_admin, .. } = template;
    let accent = move || if accent.is_empty() { t_string!(i18n, hub.mails.none).to_owned() } else { accent.clone() };
    let logo = logo.map(|Picture { address, width, height }| {
        view! {
            <div class="facts-wide">
                <dt>{text!(i18n, hub.brand.logo)}</dt>
                <dd class="brand-logo"><img src=address width=width height=height alt=partner_admin/></dd>
            </div>
        }
    });
    view! {
        <section class="card" aria-labelledby="brand-title">
            <h2 id="brand-title">{text!(i18n, hub.brand.title)}</h2>
            <dl class="facts">
                {logo}
                <div>
                    <dt>{text!(i18n, hub.brand.accent)}</dt>
                    <dd class="id" translate="no">{accent}</dd>
                </div>
            </dl>
        </section>
    }
}
