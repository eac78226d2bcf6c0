//! The account is there.

use leptos::prelude::*;

use super::{
    ClientApp, ClientPassword, Download, Platform, heading::Heading, identifier::Identifier, visit::use_visit,
};
use crate::{
    i18n::*,
    ui::{
        problem::ProblemNotice,
        qr_code::{Drawing, QrCode},
    },
    visitor,
};

/// Says so, and where to get the app: for the visitor's own device first, and from a computer on to the phone.
#[component]
pub fn DoneStep(
    /// The address of the account.
    email: String,
    /// The app.
    client: ClientApp,
    /// Where the server leads each device to the app that runs there.
    anywhere: String,
) -> impl IntoView {
    let i18n = use_i18n();
    let own = Platform::of(&visitor::user_agent());
    let on_phone = client.is_for_phones() && !own.is_some_and(Platform::is_phone);
    let ClientApp { name, password, mut downloads } = client;
    downloads.sort_by_key(|download| Some(download.platform) != own);
    let address = move || view! { <Identifier text=email.clone()/> };
    view! {
        <svg class="done-mark" viewBox="0 0 48 48" width="56" height="56" aria-hidden="true" focusable="false">
            <circle cx="24" cy="24" r="24"/>
            <path d="M14.5 24.8l6.6 6.6 13-14" fill="none" stroke-width="3.6" stroke-linecap="round" stroke-linejoin="round"/>
        </svg>
        <Heading text=move || t_string!(i18n, portal.done.heading)/>
        <p class="portal-lead">{t!(i18n, portal.done.lead, email = address)}</p>
        <p>
            {match password {
                ClientPassword::BroadWorks => t_string!(i18n, portal.done.password_broadworks),
                ClientPassword::Own => t_string!(i18n, portal.done.password_own),
            }}
        </p>
        <ProblemNotice problem=Signal::stored(use_visit().problem)/>
        <section aria-labelledby="downloads">
            <h2 id="downloads">{t!(i18n, portal.done.downloads)} ": " <bdi translate="no">{name}</bdi></h2>
            <ul class="downloads">
                {downloads
                    .into_iter()
                    .map(|download| view! { <DownloadLink is_own=Some(download.platform) == own download/> })
                    .collect_view()}
            </ul>
        </section>
        {on_phone.then(|| view! { <OnPhone url=anywhere/> })}
    }
}

/// The way on from a computer to the phone.
#[component]
fn OnPhone(url: String) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="on-phone" aria-labelledby="on-phone">
            {Drawing::of(&url).map(|drawing| view! {
                <QrCode drawing label=t_string!(i18n, portal.done.on_phone).to_owned()/>
            })}
            <div>
                <h2 id="on-phone">{t!(i18n, portal.done.on_phone)}</h2>
                <p>{t!(i18n, portal.done.scan)}</p>
            </div>
        </section>
    }
}

#[component]
fn DownloadLink(download: Download, is_own: bool) -> impl IntoView {
    let i18n = use_i18n();
    let Download { platform, url } = download;
    let name = match platform {
        Platform::Ios => t_string!(i18n, portal.done.ios),
        Platform::Android => t_string!(i18n, portal.done.android),
        Platform::Windows => t_string!(i18n, portal.done.windows),
        Platform::Macos => t_string!(i18n, portal.done.macos),
        Platform::Web => t_string!(i18n, portal.done.web),
    };
    view! {
        <li>
            <a class="download" class:download-own=is_own href=url rel="noreferrer">
                <span>{name}</span>
                {is_own.then(|| view! { <span class="download-note">{t!(i18n, portal.done.own)}</span> })}
            </a>
        </li>
    }
}
