//! The account is there.

use leptos::prelude::*;

use super::{Download, Platform, heading::Heading, visit::use_visit};
use crate::{i18n::*, ui::problem::ProblemNotice, visitor};

/// Says so, and where to get the app: for the visitor's own device first.
#[component]
pub fn DoneStep(
    /// The address of the account.
    email: String,
    /// Where to get the app.
    mut downloads: Vec<Download>,
) -> impl IntoView {
    let i18n = use_i18n();
    let own = platform_of(&visitor::user_agent());
    downloads.sort_by_key(|download| Some(download.platform) != own);
    let address = move || view! { <bdi class="address" translate="no">{email.clone()}</bdi> };
    view! {
        <svg class="done-mark" viewBox="0 0 48 48" width="56" height="56" aria-hidden="true" focusable="false">
            <circle cx="24" cy="24" r="24"/>
            <path d="M14.5 24.8l6.6 6.6 13-14" fill="none" stroke-width="3.6" stroke-linecap="round" stroke-linejoin="round"/>
        </svg>
        <Heading text=move || t_string!(i18n, portal.done.heading)/>
        <p class="portal-lead">{t!(i18n, portal.done.lead, email = address)}</p>
        <ProblemNotice problem=Signal::stored(use_visit().problem)/>
        <section aria-labelledby="downloads">
            <h2 id="downloads">{t!(i18n, portal.done.downloads)}</h2>
            <ul class="downloads">
                {downloads
                    .into_iter()
                    .map(|download| view! { <DownloadLink is_own=Some(download.platform) == own download/> })
                    .collect_view()}
            </ul>
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

/// The platform that a `User-Agent` names. The order matters: Android also says Linux, an iPhone also says Mac OS X.
fn platform_of(user_agent: &str) -> Option<Platform> {
    [
        ("iPhone", Platform::Ios),
        ("iPad", Platform::Ios),
        ("Android", Platform::Android),
        ("Windows", Platform::Windows),
        ("Macintosh", Platform::Macos),
    ]
    .into_iter()
    .find(|(mark, _)| user_agent.contains(mark))
    .map(|(_, platform)| platform)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_told_apart() {
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15";
        let pixel = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36";
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15";
        assert_eq!(platform_of(iphone), Some(Platform::Ios));
        assert_eq!(platform_of(pixel), Some(Platform::Android));
        assert_eq!(platform_of(mac), Some(Platform::Macos));
        assert_eq!(platform_of("Mozilla/5.0 (X11; Linux x86_64)"), None);
    }
}
